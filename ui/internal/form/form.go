// Package form lays out labelled controls one below the other, moves the focus among them and a row of buttons, shows problems beside the
// field they belong to, and keeps drafts.
package form

import (
	"maps"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/i18n"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/keymap"
)

// Row is one labelled control.
type Row struct {
	ID       string // key of its value in Values
	Label    i18n.Key
	Control  field.Control
	Required bool     // an empty value is a problem; the label gets a *
	Hint     i18n.Key // shown below while the row has the focus, or empty
	Above    bool     // label on its own line above the control, for narrow panels
	Hidden   func() bool
	Reason   string // translated; non-empty: shown, but cannot have the focus
}

// Button is one of the row of buttons below the fields.
type Button struct {
	ID     string
	Label  i18n.Key
	Do     func() tea.Cmd
	Reason func() string // translated; non-empty: cannot be pressed because
	Danger bool
	Submit bool // pressing it is submitting: problems stop it, and F7 and Ctrl+S press it
}

// Form is a vertical form. Set it up with New; only the Update goroutine may use it.
type Form struct {
	env     *core.Env
	rows    []Row
	buttons []Button
	// LabelWidth is the cells for labels; 0 works it out.
	LabelWidth int
	// EnterSubmits makes Enter in a field press the submit button instead of going to the next field.
	EnterSubmits bool

	focus   int // rows, then buttons
	active  bool
	touched map[string]bool // rows whose problems show: left once, or all after a try to submit
	asked   map[string]bool // rows that a try to submit found fault with: their problems show while they have the focus and are empty, too
	note    string          // outcome of the last submit, shown above the buttons
	noteBad bool
	working string // what is under way: shown in place of the note, and nothing can be done meanwhile
	top     int    // lines scrolled away
	loose   bool   // the wheel scrolled: the focused row may be out of sight

	// From the last View, for the mouse:
	at      []int  // line of the rows' part where each row starts, -1 for a hidden one
	end     int    // line behind the last row
	room    int    // lines of the window that the rows scroll through
	buttonY int    // line of the window with the buttons, -1 while it is out of sight
	spots   []spot // where each button stands
}

// spot is the cells from start up to end of a line.
type spot struct{ start, end int }

// New returns a form with the first row focused but not yet active: call Focus.
func New(env *core.Env, rows []Row, buttons ...Button) *Form {
	return &Form{env: env, rows: rows, buttons: buttons, touched: map[string]bool{}, asked: map[string]bool{}}
}

// Focus makes the form active and puts the cursor in the current field.
func (f *Form) Focus() tea.Cmd {
	f.active = true
	if !f.enabled(f.focus) {
		return f.Move(1)
	}
	return f.enter()
}

// Blur makes the form inactive; the current field is remembered.
func (f *Form) Blur() { f.leave(); f.active = false }

// Focused reports whether the form is active.
func (f *Form) Focused() bool { return f.active }

// Current returns the ID of the row or button with the focus.
func (f *Form) Current() string {
	if f.focus < len(f.rows) {
		return f.rows[f.focus].ID
	}
	if b := f.focus - len(f.rows); b < len(f.buttons) {
		return f.buttons[b].ID
	}
	return ""
}

// FocusOn moves the focus to the row or button with id.
func (f *Form) FocusOn(id string) tea.Cmd {
	f.leave()
	for i, r := range f.rows {
		if r.ID == id {
			f.focus = i
		}
	}
	for i, b := range f.buttons {
		if b.ID == id {
			f.focus = len(f.rows) + i
		}
	}
	return f.enter()
}

// Control returns the control of a row, nil when there is none of that ID.
func (f *Form) Control(id string) field.Control {
	for _, r := range f.rows {
		if r.ID == id {
			return r.Control
		}
	}
	return nil
}

// Value returns the value of a row.
func (f *Form) Value(id string) string {
	if c := f.Control(id); c != nil {
		return c.Value()
	}
	return ""
}

// Values returns every row's value by ID, a draft for Restore. Passwords are left out.
func (f *Form) Values() map[string]string {
	out := map[string]string{}
	for _, r := range f.rows {
		if t, ok := r.Control.(*field.Text); !ok || !t.Password {
			out[r.ID] = r.Control.Value()
		}
	}
	return out
}

// Restore puts a draft's values back; rows it does not mention keep theirs.
func (f *Form) Restore(draft map[string]string) {
	for id, v := range maps.All(draft) {
		if c := f.Control(id); c != nil {
			c.SetValue(v)
		}
	}
}

// SetNote shows the outcome of a submit above the buttons, translated and sanitised; empty takes it away.
func (f *Form) SetNote(s string, bad bool) { f.note, f.noteBad = s, bad }

// SetWorking shows what is under way in the note's place, translated and sanitised, with the buttons disabled and the cursor hidden;
// empty brings the form back. Keys and clicks are the caller's to withhold.
func (f *Form) SetWorking(s string) { f.working = s }

// Busy reports whether a field waits for something, such as the names in a folder.
func (f *Form) Busy() bool {
	for _, r := range f.rows {
		if b, ok := r.Control.(core.Busier); ok && b.Busy() {
			return true
		}
	}
	return false
}

// problem returns what is wrong with a row, whether it shows yet or not.
func (f *Form) problem(r Row) string {
	if r.Reason != "" || r.Hidden != nil && r.Hidden() {
		return ""
	}
	if r.Required && r.Control.Value() == "" {
		return f.env.T("ui.field.required")
	}
	return r.Control.Problem()
}

// Check shows every problem, moves the focus to the first and reports whether there was none.
func (f *Form) Check() (ok bool, cmd tea.Cmd) {
	first := ""
	for _, r := range f.rows {
		bad := f.problem(r) != ""
		f.touched[r.ID], f.asked[r.ID] = true, bad
		if first == "" && bad {
			first = r.ID
		}
	}
	if first == "" {
		return true, nil
	}
	return false, f.FocusOn(first)
}

// Valid reports whether no row has a problem, without showing any.
func (f *Form) Valid() bool {
	for _, r := range f.rows {
		if f.problem(r) != "" {
			return false
		}
	}
	return true
}

// Typing reports whether the focused field takes letters.
func (f *Form) Typing() bool {
	return f.active && f.focus < len(f.rows) && f.rows[f.focus].Control.Typing()
}

// Bindings lists the form's keys, and before them those of a list that is open in the focused field.
func (f *Form) Bindings() []keymap.Binding {
	if f.active && f.focus < len(f.rows) {
		if open, ok := f.rows[f.focus].Control.(interface{ Bindings() []keymap.Binding }); ok {
			return append(f.env.Apply(open.Bindings()...), f.own()...)
		}
	}
	return f.own()
}

// own are the keys that the form itself acts on.
func (f *Form) own() []keymap.Binding {
	bs := []keymap.Binding{
		{ID: "form.next", Keys: []string{"tab"}, Footer: 2, Do: func() tea.Cmd { return f.Move(1) }},
		{ID: "form.previous", Keys: []string{"shift+tab"}, Footer: 5, Do: func() tea.Cmd { return f.Move(-1) }},
	}
	if f.submitButton() >= 0 {
		bs = append(bs, keymap.Binding{ID: "form.submit", Keys: []string{"f7", "ctrl+s"}, Footer: 1, Do: f.Submit})
	}
	return f.env.Apply(bs...)
}

func (f *Form) submitButton() int {
	for i, b := range f.buttons {
		if b.Submit {
			return i
		}
	}
	return -1
}

// Submit presses the submit button.
func (f *Form) Submit() tea.Cmd {
	if i := f.submitButton(); i >= 0 {
		return f.press(i)
	}
	return nil
}

func (f *Form) press(i int) tea.Cmd {
	b := f.buttons[i]
	if b.Submit {
		if ok, cmd := f.Check(); !ok {
			return cmd
		}
	}
	if b.Reason != nil {
		if why := b.Reason(); why != "" {
			return core.Toast(core.Warning, why)
		}
	}
	if b.Do == nil {
		return nil
	}
	return b.Do()
}
