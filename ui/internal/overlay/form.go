package overlay

import (
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
	Title string // translated and sanitised
	Head  []string
	Form  *form.Form
	Width int // of the box in cells; 0 means 76
	// Guard, when set, may hold Esc back: a non-nil command runs instead of closing.
	Guard func() tea.Cmd
}

// closeMsg ends the form dialog that receives it.
type closeMsg struct{ action core.Action }

var _ core.Dialog = (*Form)(nil)

// NewForm returns a form dialog.
func NewForm(env *core.Env, title string, f *form.Form) *Form {
	return &Form{Env: env, Title: title, Form: f}
}

// Close returns a command that closes the form dialog on top with action.
func Close(action core.Action) tea.Cmd { return core.Send(closeMsg{action}) }

// Init implements core.Dialog.
func (d *Form) Init() tea.Cmd { return d.Form.Focus() }

// Typing implements core.Dialog.
func (d *Form) Typing() bool { return d.Form.Typing() }

// Bindings implements core.Dialog.
func (d *Form) Bindings() []keymap.Binding {
	return append(d.Form.Bindings(), d.Env.Apply(keymap.Binding{ID: "dialog.cancel", Keys: []string{"esc"}, Footer: 3})...)
}

// Update implements core.Dialog.
func (d *Form) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch m := msg.(type) {
	case closeMsg:
		return m.action, nil
	case tea.MouseClickMsg:
		m.X, m.Y = m.X-style.BodyX, m.Y-style.BodyY-len(d.Head)
		msg = m
	}
	cmd, handled := d.Form.Update(msg)
	if k, ok := msg.(tea.KeyPressMsg); ok && !handled && k.String() == "esc" {
		if d.Guard != nil {
			if cmd := d.Guard(); cmd != nil {
				return nil, cmd
			}
		}
		return core.Cancel{}, nil
	}
	return nil, cmd
}

// View implements core.Dialog.
func (d *Form) View(maxW, maxH int) (string, *tea.Cursor) {
	w := d.Width
	if w == 0 {
		w = 76
	}
	w = min(w, maxW)
	p := style.Panel{Title: d.Title, W: w, H: 2, Focused: true}
	iw, _ := p.Inner()
	head := ""
	for _, l := range d.Head {
		head += text.Fit(l, iw) + "\n"
	}
	h := min(d.Form.Height(iw), max(1, maxH-2-len(d.Head)))
	body, cur := d.Form.View(iw, h)
	p.Body, p.H = head+body, h+2+len(d.Head)
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY+len(d.Head)
	}
	return d.Env.Styles.Panel(p), cur
}
