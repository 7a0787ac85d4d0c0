package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/form"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

// Form is a dialog around a form.Form. The form's buttons end it by returning Close(action) as their command.
type Form struct {
	Env   *core.Env
	Title func() string // translated and sanitised
	Head  []string
	Form  *form.Form
	Width int // of the box in cells; 0 means 76
	// HeadFn, when set, draws the lines above the form in place of Head: at most maxH of them, each at most w cells.
	HeadFn func(w, maxH int) []string
	// HeadMove, when set, scrolls the head by n lines; the wheel over it does.
	HeadMove func(n int)
	// Keys, when set, are more bindings of the dialog. The form's own go first.
	Keys func() []keymap.Binding
	// Working, when set, says, translated, what is under way; empty when nothing is. Meanwhile a spinner stands beside it and neither
	// keys nor clicks reach the form. stop, which Esc then runs, calls the work off; nil for what cannot be called back.
	Working func() (words string, stop func())

	headH int // lines above the form in the last View
}

// closeMsg ends a form dialog: the one that owns it, or without an owner the one that receives it.
type closeMsg struct {
	owner  *Form
	action core.Action
}

// Addressed reports whether the message finds its dialog by itself, so that it may be shown to all that are open.
func (m closeMsg) Addressed() bool { return m.owner != nil }

// own makes what cmd closes this dialog and no other: another may be on top by then.
func (d *Form) own(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		switch msg := cmd().(type) {
		case closeMsg:
			if msg.owner == nil {
				msg.owner = d
			}
			return msg
		case tea.BatchMsg:
			for i, c := range msg {
				msg[i] = d.own(c)
			}
			return msg
		default:
			return msg
		}
	}
}

var _ core.Dialog = (*Form)(nil)

// NewForm returns a form dialog.
func NewForm(env *core.Env, title func() string, f *form.Form) *Form {
	return &Form{Env: env, Title: title, Form: f}
}

// Close returns a command that closes the form dialog whose button or key ran it with action.
func Close(action core.Action) tea.Cmd { return core.Send(closeMsg{action: action}) }

// Init implements core.Dialog.
func (d *Form) Init() tea.Cmd { return d.Form.Focus() }

// Typing implements core.Dialog.
func (d *Form) Typing() bool { return d.Form.Typing() }

// Busy implements core.Busier.
func (d *Form) Busy() bool {
	words, _ := d.working()
	return words != "" || d.Form.Busy()
}

func (d *Form) working() (words string, stop func()) {
	if d.Working == nil {
		return "", nil
	}
	return d.Working()
}

// Bindings implements core.Dialog.
func (d *Form) Bindings() []keymap.Binding {
	cancel := keymap.Binding{ID: "dialog.cancel", Keys: []string{"esc"}, Footer: 3}
	if words, stop := d.working(); words != "" {
		if stop == nil {
			cancel.Reason = d.Env.T("ui.field.sent")
		}
		return d.Env.Apply(cancel)
	}
	bs := d.Form.Bindings()
	if d.Keys != nil {
		bs = append(bs, d.Env.Apply(d.Keys()...)...)
	}
	for i, b := range bs { // the palette runs them too
		if b.Do != nil {
			bs[i].Do = func() tea.Cmd { return d.own(b.Do()) }
		}
	}
	return append(bs, d.Env.Apply(cancel)...)
}

// Update implements core.Dialog.
func (d *Form) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if words, stop := d.working(); words != "" {
		switch m := msg.(type) {
		case tea.KeyPressMsg:
			return nil, d.interrupt(m, stop)
		case closeMsg, tea.PasteMsg, tea.MouseClickMsg:
			return nil, nil
		}
	}
	switch m := msg.(type) {
	case closeMsg:
		if m.owner == nil || m.owner == d {
			return m.action, nil
		}
		return nil, nil
	case tea.KeyPressMsg:
		return d.key(m)
	case tea.MouseClickMsg:
		m.X, m.Y = m.X-style.BodyX, m.Y-style.BodyY-d.headH
		msg = m
	case tea.MouseWheelMsg:
		if d.HeadMove != nil && m.Y < style.BodyY+d.headH {
			d.HeadMove(wheel[m.Button])
			return nil, nil
		}
		m.X, m.Y = m.X-style.BodyX, m.Y-style.BodyY-d.headH
		msg = m
	}
	cmd, _ := d.Form.Update(msg)
	return nil, d.own(cmd)
}

// wheel is the lines that a turn of the mouse's wheel scrolls.
var wheel = map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}

// interrupt takes a key while something is under way: Esc calls it off where that can be done, and says so where not.
func (d *Form) interrupt(k tea.KeyPressMsg, stop func()) tea.Cmd {
	switch {
	case k.String() != "esc":
		return nil
	case stop == nil:
		return core.Toast(core.Warning, d.Env.T("ui.field.sent"))
	}
	stop()
	d.Form.SetNote(d.Env.T("ui.field.stopped"), true)
	return nil
}

func (d *Form) key(k tea.KeyPressMsg) (core.Action, tea.Cmd) {
	cmd, handled := d.Form.Update(k)
	if !handled && d.Keys != nil {
		cmd, handled = d.Env.Run(d.Env.Apply(d.Keys()...), k, d.Typing())
	}
	if handled || k.String() != "esc" {
		return nil, d.own(cmd)
	}
	return core.Cancel{}, nil
}

// leastForm is the lines that the head leaves to the form: a few fields, note and buttons.
const leastForm = 8

// View implements core.Dialog.
func (d *Form) View(maxW, maxH int) (string, *tea.Cursor) {
	w := d.Width
	if w == 0 {
		w = 76
	}
	p := style.Panel{Title: d.Title(), W: min(w, maxW), Focused: true}
	iw, _ := p.Inner()
	words, _ := d.working()
	if words != "" {
		words = d.Env.Spinner() + " " + words
	}
	d.Form.SetWorking(words)
	tall := d.Form.Height(iw)
	head := d.head(iw, max(0, maxH-2-min(tall, leastForm)), max(0, maxH-2-tall))
	d.headH = len(head)
	h := max(1, min(tall, maxH-2-d.headH))
	body, cur := d.Form.View(iw, h)
	p.Body, p.H = strings.Join(append(head, body), "\n"), h+2+d.headH
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY+d.headH
	}
	return d.Env.Styles.Panel(p), cur
}

// head returns the lines above the form: HeadFn gets what the form leaves but never less than half of most.
func (d *Form) head(w, most, left int) []string {
	lines := append([]string{}, d.Head...)
	if d.HeadFn != nil {
		lines = d.HeadFn(w, max(left, most/2))
	}
	lines = lines[:min(len(lines), most)]
	for i, l := range lines {
		lines[i] = text.Fit(l, w)
	}
	return lines
}

// Window shows part of a list that is too long for its place. The zero value starts at the top.
type Window struct{ top int }

// Move scrolls by n lines.
func (s *Window) Move(n int) { s.top += n }

// Tail scrolls to the end.
func (s *Window) Tail() { s.top = 1 << 30 }

// Show returns the h lines in sight and the index of the first.
func (s *Window) Show(lines []string, h int) (shown []string, from int) {
	h = max(h, 1)
	s.top = max(0, min(s.top, len(lines)-h))
	return lines[s.top:min(len(lines), s.top+h)], s.top
}

// Answered gives a dialog around f the answer of its work: after an error f says so, as explain does, and stays; otherwise the dialog closes
// with what end makes of it. mine is false for other messages.
func Answered[T any](f *Form, work *core.Load[T], msg tea.Msg, explain func(error) string, end func(T) core.Action) (act core.Action, mine bool) {
	answer, ok := msg.(core.Loaded[T])
	switch {
	case !ok:
		return nil, false
	case !work.Accept(answer):
		return nil, true
	case answer.Err != nil:
		f.Form.SetNote(explain(answer.Err), true)
		return nil, true
	}
	return end(answer.Value), true
}
