package ui

import (
	"context"
	"errors"
	"image"
	"log"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/picture/screen"
	"imagery/ui/completeness"
	"imagery/ui/internal/core"
	"imagery/ui/internal/palette"
	"imagery/ui/internal/style"
	"imagery/ui/login"
	"imagery/ui/tasks"
)

// Model is the program.
type Model struct {
	env  *core.Env
	app  *app.App
	svc  *service
	opts Options
	look style.Options

	w, h     int
	screens  []core.Screen // the bottom one is the sign-in screen
	dialogs  []opened
	toast    core.ToastMsg
	began    time.Time // this run
	tasks    summary
	seen     map[string]bool // tasks by ID, true for those whose end is no news
	failure  error           // of the last answer that had one, for those who want to read it in full; nil once last is newer
	last     string          // warning or failure that was told, for the same
	toasts   int             // generation of the toast's timer
	pressed  time.Time       // the last key
	keep     time.Time       // until when the toast outlasts keys
	minutes  int             // generation of the timer of the session's remaining time
	ticking  bool
	held     time.Time // until when keys are kept from a dialog that opened by itself
	recent   []string  // palette commands, newest first
	freed    bool      // the mouse belongs to the terminal
	detector *screen.Detector
	lately   *client.CustomerAccount // opened last in this session, nil for none
	matrix   completeness.Place      // where the user left it in this session
	opening  core.Load[link]         // of a gallery in the browser
	narrow   bool                    // the terminal draws ambiguous characters in two cells
	later    bool                    // the user put signing in again off; only what needs it asks once more
	box      image.Rectangle         // where the top dialog was drawn, for the mouse
	quitting bool
}

// opened is a dialog and who gets its Action.
type opened struct {
	core.Dialog
	owner any
}

// Messages to the router itself.
type (
	toastOverMsg    struct{ generation int }
	tasksChangedMsg struct{}
	minuteMsg       struct{ generation int }
)

// Owners of the dialogs that the router opens for itself.
type (
	paletteOwner struct{}
	quitOwner    struct{}
	againOwner   struct{}
)

// probeRow is where the start-up probe prints its character: on row 1 the terminal's answer could be taken for Shift+F3.
const probeRow = 2

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd {
	m.summarize()
	cmds := []tea.Cmd{m.push(login.New(m.env, m.svc, m.svc.profiles())), tea.RequestBackgroundColor, m.waitTasks(), m.queryGraphics()}
	// Borders are Unicode only where they are one cell wide: print one and ask where the cursor went.
	cmds = append(cmds, tea.Raw("\x1b7\x1b[2;1H\u2500\x1b[6n\x1b8"))
	if m.app.Session().SignedIn {
		cmds = append(cmds, core.Send(login.DoneMsg{}))
	}
	return tea.Batch(cmds...)
}

// Update implements tea.Model.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := tea.Batch(m.detect(msg), m.failed(msg), m.route(msg))
	if m.quitting {
		m.closeScreens(0) // pictures leave the terminal with the last frame
		return m, tea.Quit
	}
	return m, tea.Batch(cmd, m.tick())
}

// failed keeps and logs the error of an answer that has one.
func (m *Model) failed(msg tea.Msg) tea.Cmd {
	a, ok := msg.(interface{ Failed() error })
	if !ok || a.Failed() == nil || errors.Is(a.Failed(), context.Canceled) {
		return nil
	}
	m.failure = a.Failed()
	cause := client.SafeText(m.failure.Error(), maxCause)
	return func() tea.Msg { log.Print(cause); return nil }
}

func (m *Model) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		return m.resized()
	case tea.BackgroundColorMsg:
		m.look.Dark = msg.IsDark()
		m.env.Styles = style.New(m.look)
	case tea.ColorProfileMsg:
		m.depth(msg.Profile)
	case tea.FocusMsg, tea.ResumeMsg: // the terminal's colours may have been changed meanwhile
		return tea.RequestBackgroundColor
	case tea.CursorPositionMsg:
		return m.probed(msg)
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.toTop(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	case core.TickMsg:
		m.ticking = false
		m.env.Frame++
	case core.OpenDialogMsg, core.DialogClosedMsg, core.PopMsg, core.QuitMsg, core.ToastMsg, core.CopyMsg:
		return m.service(msg)
	case core.Loaded[link]:
		return m.opened(msg)
	case toastOverMsg, tasksChangedMsg, minuteMsg:
		return m.timer(msg)
	default:
		if cmd, mine := m.navigate(msg); mine {
			return cmd
		}
		return tea.Batch(m.watchSession(msg), m.broadcast(msg))
	}
	return nil
}

// depth takes in how many colours the terminal has.
func (m *Model) depth(p colorprofile.Profile) {
	switch {
	case m.opts.NoColor || p < colorprofile.ANSI:
		m.look.Depth = style.None
	case p == colorprofile.ANSI:
		m.look.Depth = style.Sixteen
	default:
		m.look.Depth = style.Full
	}
	m.env.Styles = style.New(m.look)
}

// switchContrast turns the colours of the highest contrast on and off.
func (m *Model) switchContrast() tea.Cmd {
	m.look.HighContrast = !m.look.HighContrast
	m.env.Styles = style.New(m.look)
	return nil
}

// service does what any screen or dialog may ask of the router.
func (m *Model) service(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.OpenDialogMsg:
		if msg.Unasked {
			m.held = m.env.Now().Add(holdKeys)
		}
		m.dialogs = append(m.dialogs, opened{msg.Dialog, msg.Owner})
		return msg.Dialog.Init()
	case core.DialogClosedMsg:
		return m.closed(msg)
	case core.PopMsg:
		return m.drop(msg.Screen)
	case core.QuitMsg:
		return m.askQuit()
	case core.ToastMsg:
		m.toast, m.toasts = msg, m.toasts+1
		m.keep = m.outlasts(msg)
		m.noticed(msg)
		generation := m.toasts
		return tea.Tick(toastFor, func(time.Time) tea.Msg { return toastOverMsg{generation} })
	case core.CopyMsg:
		a, text := m.app, msg.Text
		native := func() tea.Msg { a.Copy(text); return nil }
		return tea.Batch(tea.SetClipboard(text), native, core.Toast(core.Success, m.env.T("main.copied", "what", msg.What)))
	}
	return nil
}

const (
	holdKeys = 500 * time.Millisecond
	toastFor = 5 * time.Second
	seenFor  = time.Second // a toast that no key asked for
	answers  = 200 * time.Millisecond
)

// outlasts is until when keys leave a toast that has just come: the answer to a key is gone by the next one, what comes later or by itself
// must have been seen, and a failure stays.
func (m *Model) outlasts(t core.ToastMsg) time.Time {
	now := m.env.Now()
	switch {
	case t.Kind == core.Failure:
		return now.Add(toastFor)
	case t.Unasked || now.Sub(m.pressed) >= answers:
		return now.Add(seenFor)
	}
	return now
}

// timer does what comes by itself.
func (m *Model) timer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case toastOverMsg:
		if msg.generation == m.toasts {
			m.toast = core.ToastMsg{}
		}
	case tasksChangedMsg:
		return tea.Batch(m.broadcast(tasks.ChangedMsg{}), m.waitTasks(), m.ended())
	case minuteMsg:
		if msg.generation == m.minutes && len(m.screens) > 1 {
			return tea.Batch(m.nextMinute(), m.watchSession(nil))
		}
	}
	return nil
}

// broadcast delivers what is neither key nor mouse. Every screen gets it: each knows its own answers and drops the rest. Of the dialogs
// the top one does, and the others only answers to what they asked.
func (m *Model) broadcast(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range m.screens {
		cmds = append(cmds, s.Update(msg))
	}
	_, answer := msg.(interface{ Failed() error })
	if a, ok := msg.(interface{ Addressed() bool }); ok {
		answer = a.Addressed()
	}
	top := len(m.dialogs) - 1 // before one closes: what it was told is not for the next
	for i := top; i >= 0; i-- {
		if answer || i == top {
			cmds = append(cmds, m.tell(i, msg))
		}
	}
	return tea.Batch(cmds...)
}

// tell delivers msg to a dialog and closes it when it is done.
func (m *Model) tell(i int, msg tea.Msg) tea.Cmd {
	act, cmd := m.dialogs[i].Update(msg)
	if act == nil {
		return cmd
	}
	owner := m.dialogs[i].owner
	m.dialogs = append(m.dialogs[:i:i], m.dialogs[i+1:]...)
	return tea.Batch(cmd, core.Send(core.DialogClosedMsg{Owner: owner, Action: act}))
}

// toTop delivers msg to the dialog on top, or else to the screen.
func (m *Model) toTop(msg tea.Msg) tea.Cmd {
	if n := len(m.dialogs); n > 0 {
		return m.tell(n-1, msg)
	}
	return m.top().Update(msg)
}

func (m *Model) top() core.Screen { return m.screens[len(m.screens)-1] }

func (m *Model) push(s core.Screen) tea.Cmd {
	m.screens, m.toast = append(m.screens, s), core.ToastMsg{}
	if one, ok := s.(interface{ Alone() }); ok {
		if _, list := m.listBelow(); list == nil {
			one.Alone()
		}
	}
	if m.w > 0 {
		return tea.Batch(s.Update(m.size()), s.Init())
	}
	return s.Init()
}

// pop goes back one screen; the sign-in screen and the first behind it stay.
func (m *Model) pop() tea.Cmd {
	if len(m.screens) <= 2 {
		return nil
	}
	if c, ok := m.top().(core.Closer); ok {
		c.Close()
	}
	m.screens = m.screens[:len(m.screens)-1]
	return m.top().Update(m.size()) // what it shows may have moved on
}

// drop closes a screen that is done, wherever in the stack it is.
func (m *Model) drop(s core.Screen) tea.Cmd {
	i := slices.Index(m.screens, s)
	switch {
	case i < 0:
		return nil
	case i == len(m.screens)-1:
		return m.pop()
	}
	if c, ok := s.(core.Closer); ok {
		c.Close()
	}
	m.screens = slices.Delete(m.screens, i, i+1)
	return nil
}

// probed takes in where the cursor went when a border was printed.
func (m *Model) probed(msg tea.CursorPositionMsg) tea.Cmd {
	if msg.Y == probeRow-1 {
		m.narrow = msg.X == 2
		m.look.Unicode = msg.X == 1 && !m.opts.ASCII
		m.env.Styles = style.New(m.look)
	}
	return tea.ClearScreen
}

// watchSession asks for the password when an answer, or the clock, says that the session is over.
func (m *Model) watchSession(msg tea.Msg) tea.Cmd {
	if len(m.screens) < 2 {
		return nil
	}
	over := !m.app.Session().SignedIn && !m.later
	if a, ok := msg.(interface{ Failed() error }); ok {
		err := a.Failed()
		over = errors.Is(err, app.ErrNotSignedIn) || errors.Is(err, client.ErrSignInRefused) || errors.Is(err, client.ErrUnauthorized)
	}
	if !over {
		return nil
	}
	for _, d := range m.dialogs {
		if d.owner == (againOwner{}) {
			return nil
		}
	}
	s := m.app.Session()
	d := login.NewAgain(m.env, m.svc, s.Profile.Name, s.Username, m.env.T("main.session_over"))
	return m.service(core.OpenDialogMsg{Dialog: d, Owner: againOwner{}, Unasked: true}) // at once: the next answer must see it
}

// closed does what the router's own dialogs were for, and hands the rest to their owners.
func (m *Model) closed(msg core.DialogClosedMsg) tea.Cmd {
	switch msg.Owner.(type) {
	case paletteOwner:
		if run, ok := msg.Action.(palette.Run); ok {
			m.remember(run.ID)
			return run.Do()
		}
		return nil
	case quitOwner:
		if msg.Action == (core.Confirm{}) {
			m.quitting = true
		}
		return nil
	case againOwner:
		if m.later = msg.Action != (core.Confirm{}); !m.later {
			return m.broadcast(core.RetryMsg{})
		}
		return nil
	}
	return m.finished(msg)
}
