package viewer

import (
	tea "charm.land/bubbletea/v2"

	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/look"
)

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	alone, apart, compared, pages := "", "", m.env.T("viewer.not_compared", "key", m.env.KeyOf("viewer.compare", "b")), m.env.T("viewer.one_page")
	if m.apart {
		apart = m.env.T("main.not_from_list")
	}
	if len(m.items) < 2 {
		alone = m.env.T("viewer.one_file")
	}
	if m.layout != single {
		compared = ""
	}
	switch s := m.current().pane.Shown(); {
	case s == nil:
		pages = m.env.T("look.loading")
	case s.Look.Info.Pages > 1:
		pages = ""
	}
	onlyCompared := 9
	if m.layout != single {
		onlyCompared = 4
	}
	var failed []keymap.Binding
	if m.sides[0].pane.Err() != nil || m.sides[1].pane.Err() != nil {
		failed = []keymap.Binding{{ID: "viewer.again", Keys: []string{"f5"}, Footer: 1, Do: m.again}}
	}
	return m.env.Apply(append(append(failed, []keymap.Binding{
		{ID: "viewer.next", Keys: []string{"n", "space", "enter"}, Show: "n/N", Footer: 2, Reason: alone, Do: m.step(1)},
		{ID: "viewer.previous", Keys: []string{"N", "backspace"}, Reason: alone, Do: m.step(-1)},
		{ID: "viewer.next_page", Keys: []string{"]", "pgdown"}, Show: "[ ]", Footer: 3, Reason: pages, Do: m.turn(1)},
		{ID: "viewer.previous_page", Keys: []string{"[", "pgup"}, Reason: pages, Do: m.turn(-1)},
		{ID: "viewer.compare", Keys: []string{"b"}, Footer: 5, Reason: alone, Do: m.compare},
		{ID: "viewer.history", Keys: []string{"H"}, Footer: 8, Do: m.lookBack},
		{ID: "viewer.difference", Keys: []string{"D"}, Footer: onlyCompared, Reason: compared, Do: m.difference},
		{ID: "viewer.side", Keys: []string{"tab", "shift+tab"}, Footer: onlyCompared, Reason: compared, Do: m.switchSide},
		{ID: "viewer.next_account", Keys: []string{"}"}, Reason: apart, Do: func() tea.Cmd { return core.Send(NeighbourMsg{1}) }},
		{ID: "viewer.previous_account", Keys: []string{"{"}, Reason: apart, Do: func() tea.Cmd { return core.Send(NeighbourMsg{-1}) }},
		{ID: "viewer.info", Keys: []string{"i"}, Footer: 4, Do: func() tea.Cmd { m.info = !m.info; return m.arrange() }},
		{ID: "viewer.outside", Keys: []string{"O", "o"}, Footer: 8, Do: m.outside},
		{ID: "viewer.download", Keys: []string{"d"}, Footer: 6, Do: m.download},
		{ID: "viewer.copy_sha", Keys: []string{"y"}, Do: m.copySHA},
	}...), m.lookBindings()...)...)
}

// Alone tells the screen that its account was opened from elsewhere than the list of accounts: there is no next one.
func (m *Model) Alone() { m.apart = true }

// lookBindings are the keys that change how the page is looked at.
func (m *Model) lookBindings() []keymap.Binding {
	contrast := func(n int) func() tea.Cmd {
		return m.changed(func(v look.View) look.View { v.Contrast = min(max(v.Contrast+n, -6), 6); return v })
	}
	return []keymap.Binding{
		{ID: "viewer.zoom_in", Keys: []string{"+", "="}, Show: "+/-", Footer: 1, Do: m.zoom(1)},
		{ID: "viewer.zoom_out", Keys: []string{"-", "_"}, Do: m.zoom(-1)},
		{ID: "viewer.whole", Keys: []string{"0"}, Footer: 3, Do: m.as(look.Whole)},
		{ID: "viewer.width", Keys: []string{"w"}, Footer: 8, Do: m.as(look.Width)},
		{ID: "viewer.actual", Keys: []string{"1"}, Do: m.as(look.Actual)},
		{ID: "viewer.rotate", Keys: []string{"r"}, Footer: 4, Do: m.rotate()},
		{ID: "viewer.invert", Keys: []string{"v"}, Do: m.changed(func(v look.View) look.View { v.Invert = !v.Invert; return v })},
		{ID: "viewer.contrast_up", Keys: []string{"c"}, Do: contrast(1)},
		{ID: "viewer.contrast_down", Keys: []string{"C"}, Do: contrast(-1)},
		{ID: "viewer.left", Keys: []string{"left", "h"}, Show: "arrows", Footer: 6, Do: m.pan(-1, 0)},
		{ID: "viewer.right", Keys: []string{"right", "l"}, Do: m.pan(1, 0)},
		{ID: "viewer.up", Keys: []string{"up", "k"}, Do: m.pan(0, -1)},
		{ID: "viewer.down", Keys: []string{"down", "j"}, Do: m.pan(0, 1)},
	}
}

func (m *Model) outside() tea.Cmd {
	return core.Send(OutsideMsg{Account: m.account, Items: m.items})
}

func (m *Model) download() tea.Cmd {
	return core.Send(DownloadMsg{Owner: m, Items: []transfer.Item{m.item(m.active)}})
}

func (m *Model) copySHA() tea.Cmd {
	if s := m.current().pane.Shown(); s != nil {
		return core.Send(core.CopyMsg{Text: s.Look.SHA256, What: "SHA256"})
	}
	return nil
}
