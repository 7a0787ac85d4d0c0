package review

import (
	"cmp"
	"strconv"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/review"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/look"
)

// Bindings implements core.Screen.
func (m *Work) Bindings() []keymap.Binding {
	none, file := m.whyNone(), m.whyNoFile()
	bs := append(m.verdictBindings(none), m.fileBindings(none, file)...)
	if m.onView {
		return m.env.Apply(append(bs, m.panBindings(file)...)...)
	}
	return m.env.Apply(append(bs, m.checkBindings(none)...)...)
}

// whyNone: without an account there is nothing to say anything of.
func (m *Work) whyNone() string {
	switch {
	case m.undoing.Busy():
		return m.env.T("review.work.undoing")
	case m.now() == nil && m.fetch.Busy():
		return m.env.T("review.work.claiming")
	case m.now() == nil:
		return m.env.T("review.work.none")
	}
	return ""
}

func (m *Work) whyNoFile() string {
	if a := m.now(); a == nil || len(a.items) == 0 {
		return m.env.T("review.work.no_file")
	}
	return ""
}

// verdictBindings are the keys of the verdict and of what goes with it.
func (m *Work) verdictBindings(none string) []keymap.Binding {
	check, unfinished, settled := none, none, none
	if a := m.now(); none == "" {
		if len(a.points) == 0 {
			check = m.env.T("review.work.no_checks")
		}
		if n := a.open(); n > 0 {
			unfinished = m.env.T("review.work.open", "n", n)
		}
	}
	if m.differs != nil {
		settled = m.env.T("review.work.settles")
	}
	return []keymap.Binding{
		{ID: "review.pass", Keys: []string{"y"}, Reason: check, Do: m.answer(engine.Pass)},
		{ID: "review.fail", Keys: []string{"n"}, Reason: check, Do: m.answer(engine.Fail)},
		{ID: "review.na", Keys: []string{"s"}, Reason: check, Do: m.answer(engine.NA)},
		{ID: "review.doubt", Keys: []string{"d"}, Reason: check, Do: m.answer(engine.Doubt)},
		{ID: "review.pass_rest", Keys: []string{"Y"}, Footer: 2, Reason: cmp.Or(none, settled), Do: m.passRest},
		{ID: "review.submit", Keys: []string{"enter", "f7"}, Footer: 6, Reason: unfinished, Do: m.submit},
		{ID: "review.aside", Keys: []string{"z"}, Footer: 5, Reason: cmp.Or(none, settled), Do: m.putAside},
		{ID: "review.undo", Keys: []string{"u"}, Footer: 4, Reason: m.whyNoUndo(), Do: m.undo},
		{ID: "review.note", Keys: []string{"c"}, Footer: 5, Reason: none, Do: m.openNote},
		{ID: "review.finding", Keys: []string{"f", "f3"}, Footer: 5, Reason: none, Do: m.openFinding},
		{ID: "review.drop_finding", Keys: []string{"F"}, Reason: cmp.Or(none, m.whyNoFinding()), Do: m.dropFinding},
		{ID: "review.again", Keys: []string{"r", "f5"}, Do: m.again},
	}
}

func (m *Work) whyNoUndo() string {
	a := m.now()
	switch {
	case a != nil && len(a.said) > 0:
		return ""
	case m.differs != nil:
		return m.env.T("review.work.settles")
	case len(m.given) > 0:
		return m.env.T("review.work.saving_first")
	case m.undoing.Busy():
		return m.env.T("review.work.undoing")
	case m.counted && m.progress.Mine == 0:
		return m.env.T("review.work.nothing_to_undo")
	}
	return ""
}

func (m *Work) whyNoFinding() string {
	if a := m.now(); a != nil && len(a.findings) == 0 {
		return m.env.T("review.work.no_finding")
	}
	return ""
}

// fileBindings are the keys of the picture that do not depend on which pane has the others.
func (m *Work) fileBindings(none, file string) []keymap.Binding {
	changed := func(f func(look.View) look.View) func() tea.Cmd {
		return func() tea.Cmd { m.view = f(m.view); return m.show() }
	}
	zoom := func(n int) func() tea.Cmd {
		return changed(func(v look.View) look.View { return v.Zoomed(n) })
	}
	return []keymap.Binding{
		{ID: "review.next_page", Keys: []string{"]", "pgdown", "space"}, Show: "[ ]", Footer: 3, Reason: file, Do: m.turn(1)},
		{ID: "review.previous_page", Keys: []string{"[", "pgup", "backspace"}, Reason: file, Do: m.turn(-1)},
		{ID: "review.next_file", Keys: []string{"}"}, Reason: file, Do: m.step(1)},
		{ID: "review.previous_file", Keys: []string{"{"}, Reason: file, Do: m.step(-1)},
		{ID: "review.zoom_in", Keys: []string{"+", "="}, Show: "+/-", Footer: 9, Reason: file, Do: zoom(1)},
		{ID: "review.zoom_out", Keys: []string{"-", "_"}, Reason: file, Do: zoom(-1)},
		{ID: "review.whole", Keys: []string{"0"}, Reason: file, Do: changed(func(look.View) look.View { return look.View{} })},
		{ID: "review.width", Keys: []string{"w"}, Reason: file, Do: changed(func(v look.View) look.View { return v.As(look.Width) })},
		{ID: "review.rotate", Keys: []string{"R"}, Reason: file, Do: changed(look.View.Turned)},
		{ID: "review.pane", Keys: []string{"tab", "shift+tab"}, Footer: 8, Reason: none, Do: m.switchPane},
		{ID: "review.viewer", Keys: []string{"v"}, Footer: 9, Reason: file, Do: m.viewer},
		{ID: "review.outside", Keys: []string{"O"}, Footer: 8, Reason: file, Do: m.outside},
	}
}

// checkBindings move among the checks.
func (m *Work) checkBindings(none string) []keymap.Binding {
	to := func(n int) func() tea.Cmd {
		return func() tea.Cmd { return m.moveTo(m.now().at + n) }
	}
	bs := []keymap.Binding{
		{ID: "review.down", Keys: []string{"down", "j"}, Show: "up/down", Footer: 9, Reason: none, Do: to(1)},
		{ID: "review.up", Keys: []string{"up", "k"}, Reason: none, Do: to(-1)},
	}
	for i := range 9 {
		jump := keymap.Binding{ID: "review.jump", Keys: []string{strconv.Itoa(i + 1)}, Show: "1-9", Hidden: i > 0, Reason: none}
		jump.Do = func() tea.Cmd { return m.moveTo(i) }
		bs = append(bs, jump)
	}
	return bs
}

// panBindings move the picture.
func (m *Work) panBindings(file string) []keymap.Binding {
	return []keymap.Binding{
		{ID: "review.pan_left", Keys: []string{"left", "h"}, Show: "hjkl", Footer: 7, Reason: file, Do: m.pan(-1, 0)},
		{ID: "review.pan_right", Keys: []string{"right", "l"}, Reason: file, Do: m.pan(1, 0)},
		{ID: "review.pan_up", Keys: []string{"up", "k"}, Reason: file, Do: m.pan(0, -1)},
		{ID: "review.pan_down", Keys: []string{"down", "j"}, Reason: file, Do: m.pan(0, 1)},
	}
}

func (m *Work) pan(dx, dy int) func() tea.Cmd {
	return func() tea.Cmd {
		if s := m.pane.Shown(); s != nil {
			m.view = m.view.Panned(dx, dy, s.Look.Info.Size(s.Page), m.pane.Area(), s.Look.Info.Scalable)
		}
		return m.show()
	}
}

func (m *Work) switchPane() tea.Cmd {
	m.onView = !m.onView
	return nil
}

func (m *Work) viewer() tea.Cmd {
	a := m.now()
	return core.Send(ViewMsg{Account: a.record(), Items: a.items, At: a.file})
}

func (m *Work) outside() tea.Cmd {
	a := m.now()
	return core.Send(OutsideMsg{Account: a.record(), Items: a.items})
}

// mouse zooms over the picture, and chooses a check.
func (m *Work) mouse(msg tea.MouseMsg) tea.Cmd {
	a := m.now()
	if a == nil {
		return nil
	}
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		if msg.X >= m.w-m.sideW() {
			return m.moveTo(a.at + wheel[msg.Button])
		}
		m.view = m.view.Zoomed(-wheel[msg.Button])
		return m.show()
	case tea.MouseClickMsg:
		m.onView = msg.X < m.w-m.sideW()
		if i := m.top + msg.Y - checksY; !m.onView && msg.Y >= checksY && msg.Y < checksY+m.checkLines() && i < len(a.points) {
			return m.moveTo(i)
		}
	}
	return nil
}

// wheel is the steps that a turn of the mouse's wheel makes.
var wheel = map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}
