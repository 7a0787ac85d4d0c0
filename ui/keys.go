package ui

import (
	"image"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/palette"
	"imagery/ui/materials"
	"imagery/ui/tasks"
)

// key routes a key press: Ctrl+C always, then the dialog on top, then what holds on every screen, then the screen.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if k.String() == "ctrl+c" {
		m.quitting = true
		return nil
	}
	if m.pressed = m.env.Now(); !m.pressed.Before(m.keep) {
		m.toast = core.ToastMsg{}
	}
	if n := len(m.dialogs); n > 0 {
		return m.dialogKey(n-1, k)
	}
	top := m.top()
	if k.String() == "esc" {
		return m.back()
	}
	if own, _ := keymap.Match(top.Bindings(), k); own == nil || top.Typing() {
		if cmd, handled := m.env.Run(m.bindings(), k, top.Typing()); handled {
			return cmd
		}
	}
	return top.Update(k)
}

// dialogKey routes a key to the dialog on top. What helps everywhere helps there too, but over the palette itself.
func (m *Model) dialogKey(i int, k tea.KeyPressMsg) tea.Cmd {
	if m.env.Now().Before(m.held) {
		return nil
	}
	d := m.dialogs[i]
	switch list, on := d.Dialog.(*palette.Palette); {
	case on:
		if b, _ := keymap.MatchTyping(m.everywhere(), k); b != nil && b.ID == "main.language" {
			return m.translate(i, list)
		}
	default:
		if own, _ := keymap.Match(d.Bindings(), k); own == nil || d.Typing() {
			if cmd, handled := m.env.Run(m.everywhere(), k, d.Typing()); handled {
				return cmd
			}
		}
	}
	return m.tell(i, k)
}

// translate switches the language under the palette or the help, which is made anew in it.
func (m *Model) translate(i int, list *palette.Palette) tea.Cmd {
	m.dialogs = m.dialogs[:i:i]
	switched := m.switchLanguage()
	if list.Help() {
		return tea.Batch(switched, m.openHelp())
	}
	return tea.Batch(switched, m.openPalette())
}

// back takes one step back: the screen's own smaller one first.
func (m *Model) back() tea.Cmd {
	if b, ok := m.top().(core.Backer); ok && b.Back() {
		return m.top().Update(m.size())
	}
	return m.pop()
}

// everywhere are the keys that work over dialogs too.
func (m *Model) everywhere() []keymap.Binding {
	nothing := ""
	if m.failure == nil && m.last == "" {
		nothing = m.env.T("main.no_failure")
	}
	return m.env.Apply(
		keymap.Binding{ID: "main.palette", Keys: []string{":", "ctrl+p"}, Footer: 8, Do: m.openPalette},
		keymap.Binding{ID: "main.help", Keys: []string{"?", "f1"}, Footer: 1, Do: m.openHelp},
		keymap.Binding{ID: "main.language", Keys: []string{"f9"}, Do: m.switchLanguage},
		keymap.Binding{ID: "main.contrast", Do: m.switchContrast},
		keymap.Binding{ID: "main.details", Keys: []string{"f12"}, Reason: nothing, Do: m.openDetails},
		keymap.Binding{ID: "main.mouse", Keys: []string{"M"}, Do: m.freeMouse},
		keymap.Binding{ID: "main.suspend", Keys: []string{"ctrl+z"}, Do: func() tea.Cmd { return tea.Suspend }},
	)
}

// freeMouse leaves the mouse to the terminal, or takes it back, and says who has it now.
func (m *Model) freeMouse() tea.Cmd {
	if m.freed = !m.freed; m.freed {
		return core.Toast(core.Info, m.env.T("main.mouse_freed"))
	}
	return core.Toast(core.Info, m.env.T("main.mouse_taken"))
}

// openDetails shows the last failure in full, with what the program knows of its cause.
func (m *Model) openDetails() tea.Cmd {
	return core.Open(overlay.NewMessage(m.env, m.env.T("main.details_title"), m.lastFailure()...), nil)
}

// maxCause is how many characters of a failure's cause are shown and logged.
const maxCause = 1000

// lastFailure is what went wrong last, in lines; nil when nothing has.
func (m *Model) lastFailure() []string {
	switch {
	case m.failure != nil:
		return append(m.svc.explain(m.failure), "", client.SafeText(m.failure.Error(), maxCause))
	case m.last != "":
		return []string{m.last}
	}
	return nil
}

// noticed keeps a notice for who wants to read it in full, in the place of the failure before it. A notice that tells of that failure says
// less than is kept, and a warning that fits its line has been read.
func (m *Model) noticed(t core.ToastMsg) {
	switch {
	case t.Kind < core.Warning:
	case m.failure != nil && (t.Kind == core.Warning && m.fits(t.Text) || strings.Contains(t.Text, m.svc.Explain(m.failure))):
	default:
		m.failure, m.last = nil, t.Text
	}
}

// bindings are the keys of every screen.
func (m *Model) bindings() []keymap.Binding {
	signedIn := ""
	if len(m.screens) < 2 {
		signedIn = m.env.T("main.sign_in_first")
	}
	tasksFooter := 9
	if m.onTasks() {
		tasksFooter = 0
	}
	return append(m.env.Apply(
		keymap.Binding{ID: "main.back", Keys: []string{"esc"}, Footer: 3, Do: m.back, Reason: m.whyNoBack()},
		keymap.Binding{ID: "main.tasks", Keys: []string{"t", "f4", "4"}, Footer: tasksFooter, Reason: signedIn, Do: m.openTasks},
		keymap.Binding{ID: "main.reviews", Keys: []string{"3"}, Reason: signedIn, Do: m.openReviews},
		keymap.Binding{ID: "main.journal", Keys: []string{"J"}, Reason: signedIn, Do: m.openJournal},
		keymap.Binding{ID: "main.accounts", Keys: []string{"1"}, Reason: signedIn, Do: func() tea.Cmd { return m.popTo(2) }},
		keymap.Binding{ID: "main.materials", Keys: []string{"2"}, Reason: m.whyNoMaterials(), Do: m.toMaterials},
		keymap.Binding{ID: "main.sign_out", Reason: signedIn, Do: m.signOut},
		keymap.Binding{ID: "main.leave", Keys: []string{"q"}, Do: m.leave},
		keymap.Binding{ID: "main.quit", Keys: []string{"ctrl+c"}, Do: m.askQuit},
	), m.everywhere()...)
}

// closeScreens ends the screens from n on; the sign-in screen stays.
func (m *Model) closeScreens(n int) {
	for i := len(m.screens) - 1; i >= n; i-- {
		if c, ok := m.screens[i].(core.Closer); ok {
			c.Close()
		}
	}
	m.screens = m.screens[:min(len(m.screens), max(n, 1))]
}

// signOut goes back to the sign-in screen, to another platform or as another user. What runs in the background goes on.
func (m *Model) signOut() tea.Cmd {
	m.closeScreens(1)
	m.minutes++
	m.later, m.lately = false, nil
	m.failure, m.last, m.toast, m.recent = nil, "", core.ToastMsg{}, nil // the next user's are his own
	a, profile := m.app, m.app.Session().Profile.Name
	return func() tea.Msg { a.SignOut(); return signedOutMsg{profile} }
}

func (m *Model) whyNoBack() string {
	if len(m.screens) <= 2 {
		return m.env.T("main.no_back")
	}
	return ""
}

func (m *Model) whyNoMaterials() string {
	if len(m.screens) < 2 || m.lately == nil {
		return m.env.T("main.no_materials")
	}
	return ""
}

// toMaterials goes back to the materials, or opens those of the account seen last again.
func (m *Model) toMaterials() tea.Cmd {
	if i := at[*materials.Model](m.screens); i >= 0 {
		return m.popTo(i + 1)
	}
	return tea.Batch(m.popTo(2), m.push(materials.New(m.env, m.svc, *m.lately)))
}

// popTo goes back until n screens are left.
func (m *Model) popTo(n int) tea.Cmd {
	var cmds []tea.Cmd
	for len(m.screens) > max(2, n) {
		cmds = append(cmds, m.pop())
	}
	return tea.Batch(cmds...)
}

// leave is back on an inner screen and quit on the outer ones.
func (m *Model) leave() tea.Cmd {
	if len(m.screens) > 2 {
		return m.pop()
	}
	return m.askQuit()
}

// askQuit leaves, asking only if tasks run.
func (m *Model) askQuit() tea.Cmd {
	m.summarize() // exactly now
	running := m.tasks.running
	if running == 0 {
		m.quitting = true
		return nil
	}
	d := overlay.NewConfirm(m.env, m.env.T("main.quit_title"), []string{m.env.T("main.quit_running", "n", running)}, "main.quit_anyway")
	d.Danger = true
	return core.Open(d, quitOwner{})
}

func (m *Model) openPalette() tea.Cmd {
	return core.Open(palette.New(m.env, m.allBindings(), m.recent), paletteOwner{})
}

func (m *Model) openHelp() tea.Cmd {
	return core.Open(palette.NewHelp(m.env, m.allBindings()), paletteOwner{})
}

// allBindings are the keys that work now: the dialog's on top, else the screen's, and those that always do.
func (m *Model) allBindings() []keymap.Binding {
	if n := len(m.dialogs); n > 0 {
		return append(m.dialogs[n-1].Bindings(), m.everywhere()...)
	}
	own := m.top().Bindings()
	bs := append(own, m.bindings()...)
	if _, step := keymap.Match(own, tea.KeyPressMsg{Code: tea.KeyEscape}); step { // that is what Esc means now
		bs = slices.DeleteFunc(bs, func(b keymap.Binding) bool { return b.ID == "main.back" })
	}
	return bs
}

// maxRecent is how many commands the palette remembers.
const maxRecent = 5

func (m *Model) remember(id string) {
	m.recent = slices.DeleteFunc(m.recent, func(s string) bool { return s == id })
	m.recent = slices.Insert(m.recent, 0, id)
	m.recent = m.recent[:min(len(m.recent), maxRecent)]
}

// onTasks reports whether the tasks are on show.
func (m *Model) onTasks() bool {
	_, on := m.top().(*tasks.Model)
	return on
}

// openTasks goes back to the tasks, or opens them.
func (m *Model) openTasks() tea.Cmd {
	if i := at[*tasks.Model](m.screens); i >= 0 {
		return m.popTo(i + 1)
	}
	return m.push(tasks.New(m.env, m.svc))
}

func (m *Model) switchLanguage() tea.Cmd {
	next := i18n.Languages[0]
	if m.env.Lang == next {
		next = i18n.Languages[1]
	}
	m.env.SetLang(next)
	m.svc.setLang(next)
	var keep tea.Cmd
	if f := m.opts.KeepLang; f != nil {
		keep = func() tea.Msg { f(next); return nil }
	}
	if len(m.screens) > 1 { // signing out lists them
		return tea.Batch(keep, m.broadcast(core.LanguageMsg{}))
	}
	return tea.Batch(keep, m.broadcast(core.LanguageMsg{}), m.listProfiles(""))
}

// mouse hands a click or wheel to what is under it, in its own coordinates.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	dx, dy := 0, bodyTop
	if len(m.dialogs) > 0 {
		dx, dy = m.box.Min.X, m.box.Min.Y
	}
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		switch {
		case len(m.dialogs) == 0 && msg.Y == 1:
			return m.clickTab(msg.X)
		case len(m.dialogs) > 0 && !image.Pt(msg.X, msg.Y).In(m.box):
			return nil
		}
		msg.X, msg.Y = msg.X-dx, msg.Y-dy
		return m.toTop(msg)
	case tea.MouseWheelMsg:
		msg.X, msg.Y = msg.X-dx, msg.Y-dy
		return m.toTop(msg)
	}
	return nil
}
