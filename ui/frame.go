package ui

import (
	"image"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/picture/screen"
	"imagery/internal/text"
	"imagery/ui/accounts"
	"imagery/ui/completeness"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/statusbar"
	"imagery/ui/materials"
	"imagery/ui/rules"
	"imagery/ui/tasks"
)

// The frame: two lines above the screen, two below. Cells.
const (
	bodyTop    = 2
	frameLines = 4
	minWidth   = 80
	minHeight  = 24
)

// View implements tea.Model.
func (m *Model) View() tea.View {
	content, cursor := m.content()
	v := tea.NewView(m.env.Graphics.Writer.Frame(content, m.w))
	v.ReportFocus = true
	v.Cursor = cursor
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	if m.freed {
		v.MouseMode = tea.MouseModeNone
	}
	v.WindowTitle = m.windowTitle()
	v.ProgressBar = m.progress()
	return v
}

// content is the window's cells and the cursor.
func (m *Model) content() (string, *tea.Cursor) {
	content, cursor := m.draw()
	if m.narrow {
		content = text.Narrow(content)
	}
	return content, cursor
}

// progress is how far the background tasks are, for the terminal's task bar (OSC 9;4); nil when none runs.
func (m *Model) progress() *tea.ProgressBar {
	t, state := m.tasks, tea.ProgressBarDefault
	switch {
	case t.all == 0:
		return nil
	case t.listing:
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	case t.failed:
		state = tea.ProgressBarWarning
	}
	return tea.NewProgressBar(state, t.done*100/t.all)
}

// draw fills exactly the window.
func (m *Model) draw() (string, *tea.Cursor) {
	switch {
	case m.w == 0 || m.h == 0:
		return "", nil
	case m.w < minWidth || m.h < minHeight:
		return statusbar.TooSmall(m.env, m.w, m.h, minWidth, minHeight), nil
	}
	m.env.Graphics.Covered = len(m.dialogs) > 0
	body, cursor := m.top().View(m.w, m.h-frameLines)
	if cursor != nil {
		cursor.Y += bodyTop
	}
	lines := []string{
		statusbar.Head(m.env, m.header(), m.w),
		statusbar.Tabs(m.env, m.tabs(), m.activeTab(), m.env.T("main.platform"), m.w),
		body,
		m.status(),
		statusbar.Foot(m.env, m.footBindings(), m.w),
	}
	out := strings.Join(lines, "\n")
	for _, d := range m.dialogs {
		box, c := d.View(m.w-4, m.h-2)
		m.box = overlay.Area(m.w, m.h, box)
		if s, ok := d.Dialog.(interface{ Tallest() int }); ok {
			m.box = m.box.Sub(image.Pt(0, m.box.Min.Y-max(0, (m.h-s.Tallest())/2)))
		}
		out, cursor = overlay.PlaceAt(overlay.Dim(m.env, screen.Blank(out)), m.w, m.h, box, c, m.box.Min.X, m.box.Min.Y)
	}
	return out, cursor
}

func (m *Model) footBindings() []keymap.Binding {
	bs, typing := m.allBindings(), m.top().Typing()
	if n := len(m.dialogs); n > 0 {
		typing = m.dialogs[n-1].Typing()
	}
	if typing {
		bs = whileTyping(bs)
	}
	return bs
}

// whileTyping leaves each binding the keys that are not text.
func whileTyping(bs []keymap.Binding) []keymap.Binding {
	out := slices.Clone(bs)
	for i, b := range out {
		out[i].Keys = slices.DeleteFunc(slices.Clone(b.Keys), func(k string) bool { return utf8.RuneCountInString(k) == 1 })
		switch len(out[i].Keys) {
		case 0:
			out[i].Footer = 0
		case len(b.Keys):
		default:
			out[i].Show = "" // it may have shown a letter
		}
	}
	return out
}

func (m *Model) header() statusbar.Header {
	h := statusbar.Header{App: "imagery", Title: m.top().Title(), User: m.opts.Version}
	if len(m.screens) < 2 {
		return h
	}
	s := m.app.Session()
	h.User, h.ReadOnly = client.Text(s.Username).String(), s.ReadOnly
	h.Profile = client.Text(s.Profile.Name).String()
	switch {
	case s.Insecure:
		h.Profile += " " + m.env.T("main.insecure")
	case s.Plain && !s.Profile.Demo:
		h.Profile += " " + m.env.T("main.plain")
	}
	left := max(0, s.Expires.Sub(m.env.Now()))
	h.Session = m.env.T("main.session", "n", text.FitRight(strconv.Itoa(int(left.Minutes())), 2)) // as wide at nine
	if h.Alarm = left < time.Minute; h.Alarm {
		h.Session = m.env.T("main.session_seconds", "left", text.Clock(left))
	}
	return h
}

func (m *Model) tabs() []statusbar.Tab {
	return []statusbar.Tab{{Label: m.env.T("main.tab_accounts")}, {Label: m.env.T("main.tab_materials")}, {Label: m.env.T("main.tab_reviews")}, {Label: m.env.T("main.tab_tasks"), Count: m.tasks.running}}
}

func (m *Model) activeTab() int {
	if inReview(m.top()) {
		return 2
	}
	switch m.top().(type) {
	case *accounts.Model, *completeness.Model, *rules.Model:
		return 0
	case *materials.Model:
		return 1
	case *tasks.Model:
		return 3
	}
	return -1
}

// tabIDs are the bindings that the tabs stand for.
var tabIDs = []string{"main.accounts", "main.materials", "main.reviews", "main.tasks"}

// clickTab does what the tab at cell x stands for.
func (m *Model) clickTab(x int) tea.Cmd {
	i := statusbar.TabAt(m.tabs(), x)
	if i < 0 {
		return nil
	}
	bs := m.bindings()
	b := bs[slices.IndexFunc(bs, func(b keymap.Binding) bool { return b.ID == tabIDs[i] })]
	if b.Reason != "" {
		return core.Toast(core.Warning, b.Reason)
	}
	return b.Do()
}

func (m *Model) status() string {
	if t := m.toast; t.Text != "" {
		if t.Kind >= core.Warning && !m.fits(t.Text) { // the rest can be read
			bs := m.everywhere()
			details := bs[slices.IndexFunc(bs, func(b keymap.Binding) bool { return b.ID == "main.details" })]
			more := "  " + m.env.KeyCap(details, true) + " " + m.env.T("main.details_title")
			t.Text = text.Truncate(t.Text, m.w-4-text.Width(more)) + more
		}
		return statusbar.Status(m.env, t.Kind, t.Text, m.w)
	}
	return statusbar.Status(m.env, core.Info, m.top().Status(), m.w)
}

// fits reports whether a notice has room in the status line.
func (m *Model) fits(notice string) bool { return text.Width(notice) <= m.w-4 }

// windowTitle names profile and kind of screen, and nothing the platform said.
func (m *Model) windowTitle() string {
	title := "imagery"
	if len(m.screens) > 1 {
		title += " - " + client.Text(m.app.Session().Profile.Name).String()
	}
	if i := m.activeTab(); i >= 0 {
		title += " - " + m.tabs()[i].Label
	}
	return title
}

// tick keeps the spinner turning while something visible is busy, and stops it otherwise: an idle program writes nothing.
func (m *Model) tick() tea.Cmd {
	if m.ticking || !m.busy() {
		return nil
	}
	m.ticking = true
	return core.Tick()
}

func (m *Model) busy() bool {
	if !m.env.Motion {
		return false
	}
	for _, d := range m.dialogs {
		if b, ok := d.Dialog.(core.Busier); ok && b.Busy() {
			return true
		}
	}
	if len(m.screens) == 0 {
		return false
	}
	b, ok := m.top().(core.Busier)
	return ok && b.Busy()
}

// nextMinute wakes up when the header's remaining time changes: by the minute, and by the second in the last one.
func (m *Model) nextMinute() tea.Cmd {
	left := m.app.Session().Expires.Sub(m.env.Now())
	wait := left%time.Minute + 50*time.Millisecond
	if left < time.Minute {
		wait = time.Second
	}
	generation := m.minutes
	return tea.Tick(max(wait, time.Second), func(time.Time) tea.Msg { return minuteMsg{generation} })
}

// waitTasks waits until background tasks change.
func (m *Model) waitTasks() tea.Cmd {
	changed, done := m.app.Changed(), m.env.Ctx.Done()
	return func() tea.Msg {
		select {
		case <-changed:
			return tasksChangedMsg{}
		case <-done:
			return nil
		}
	}
}
