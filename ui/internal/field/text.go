package field

import (
	"cmp"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

// Text is a one-line text field. Set the fields before first use.
type Text struct {
	Env         *core.Env
	Placeholder string              // translated
	Password    bool                // show a * for each character
	MaxLen      int                 // in code points; 0 for no limit
	Validate    func(string) string // translated problem, or empty
	Changed     func() tea.Cmd      // called after every edit
	History     []string            // earlier values, oldest first, that Up and Down walk through
	Bare        bool                // no brackets around

	buf     Buffer
	focused bool
	scroll  int // cells hidden at the left
	walk    int // how far back in History; 0 is the user's own text
	own     string
	rest    func() string // what may follow the text, shown faintly behind it
	end     string        // closing bracket, " ]" unless set
}

var _ Control = (*Text)(nil)

// NewText returns an empty field.
func NewText(env *core.Env) *Text { return &Text{Env: env} }

// Focus implements Control.
func (t *Text) Focus() tea.Cmd { t.focused = true; return nil }

// Blur implements Control.
func (t *Text) Blur() { t.focused = false }

// Focused implements Control.
func (t *Text) Focused() bool { return t.focused }

// Typing implements Control.
func (t *Text) Typing() bool { return t.focused }

// Height implements Control.
func (t *Text) Height() int { return 1 }

// Value implements Control.
func (t *Text) Value() string { return t.buf.String() }

// SetValue implements Control.
func (t *Text) SetValue(s string) { t.buf.Set(s); t.scroll, t.walk = 0, 0 }

// Problem implements Control.
func (t *Text) Problem() string {
	if t.Validate == nil {
		return ""
	}
	return t.Validate(t.Value())
}

// Update implements Control.
func (t *Text) Update(msg tea.Msg) (tea.Cmd, bool) {
	if !t.focused {
		return nil, false
	}
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return t.insert(strings.TrimRight(msg.Content, "\r\n")), true
	case tea.KeyPressMsg:
		if keymap.Types(msg) {
			return t.insert(msg.Text), true
		}
		return t.edit(msg.String())
	case tea.MouseClickMsg:
		t.buf.Click(msg.X - t.inset() + t.scroll)
		return nil, true
	}
	return nil, false
}

func (t *Text) insert(s string) tea.Cmd {
	if t.MaxLen > 0 {
		r, room := []rune(s), t.MaxLen-t.buf.Len()
		s = string(r[:min(len(r), max(0, room))])
	}
	if s == "" {
		return nil
	}
	t.buf.Insert(s)
	return t.changed()
}

func (t *Text) changed() tea.Cmd {
	t.walk = 0
	if t.Changed == nil {
		return nil
	}
	return t.Changed()
}

// moves and deletions are the editing keys, those of readline among them.
var moves = map[string]func(*Buffer){
	"left": func(b *Buffer) { b.Move(-1) }, "right": func(b *Buffer) { b.Move(1) }, "home": (*Buffer).Home, "end": (*Buffer).End,
	"ctrl+a": (*Buffer).Home, "ctrl+e": (*Buffer).End, "ctrl+left": (*Buffer).WordLeft, "ctrl+right": (*Buffer).WordRight,
	"alt+left": (*Buffer).WordLeft, "alt+right": (*Buffer).WordRight, "alt+b": (*Buffer).WordLeft, "alt+f": (*Buffer).WordRight,
	"ctrl+b": func(b *Buffer) { b.Move(-1) }, "ctrl+f": func(b *Buffer) { b.Move(1) },
}

var deletions = map[string]func(*Buffer){
	"backspace": func(b *Buffer) { b.Move(-1) }, "shift+backspace": func(b *Buffer) { b.Move(-1) }, "ctrl+h": func(b *Buffer) { b.Move(-1) },
	"delete": func(b *Buffer) { b.Move(1) }, "ctrl+d": func(b *Buffer) { b.Move(1) },
	"ctrl+w": (*Buffer).WordLeft, "alt+backspace": (*Buffer).WordLeft, "ctrl+backspace": (*Buffer).WordLeft, "alt+d": (*Buffer).WordRight,
	"ctrl+u": (*Buffer).Home, "ctrl+k": (*Buffer).End,
}

func (t *Text) edit(key string) (tea.Cmd, bool) {
	if move, ok := moves[key]; ok {
		move(&t.buf)
		return nil, true
	}
	if move, ok := deletions[key]; ok {
		before := len(t.buf.parts)
		t.buf.Delete(func() { move(&t.buf) })
		if len(t.buf.parts) == before {
			return nil, true
		}
		return t.changed(), true
	}
	switch {
	case key == "up" && len(t.History) > 0:
		return t.recall(1), true
	case key == "down" && t.walk > 0:
		return t.recall(-1), true
	}
	return nil, false
}

func (t *Text) recall(step int) tea.Cmd {
	if t.walk == 0 {
		t.own = t.Value()
	}
	at := min(max(t.walk+step, 0), len(t.History))
	value := t.own
	if at > 0 {
		value = t.History[len(t.History)-at]
	}
	t.buf.Set(value)
	cmd := t.changed()
	t.walk = at
	return cmd
}

func (t *Text) inset() int {
	if t.Bare {
		return 0
	}
	return 2
}

// View implements Control: "[ text ]", or the text alone when Bare.
func (t *Text) View(w int) (string, *tea.Cursor) {
	in := t.inset()
	inner := max(1, w-2*in)
	line, x := t.window(inner)
	st := t.style()
	body := st.Render(text.Fit(line, inner))
	if t.rest != nil && t.focused && text.Width(line) < inner {
		body = st.Render(line) + t.Env.Styles.Placeholder.Render(text.Fit(t.rest(), inner-text.Width(line)))
	}
	if len(t.buf.parts) == 0 && t.Placeholder != "" && (t.rest == nil || !t.focused) {
		body = t.Env.Styles.Placeholder.Render(text.Fit(t.Placeholder, inner))
	}
	if !t.Bare {
		body = t.bracket("[ ") + body + t.bracket(cmp.Or(t.end, " ]"))
	}
	if !t.focused {
		return body, nil
	}
	return body, tea.NewCursor(in+x, 0)
}

func (t *Text) bracket(s string) string {
	if t.focused {
		return t.Env.Styles.BorderFocus.Render(s)
	}
	return s
}

func (t *Text) style() lipgloss.Style {
	if t.focused {
		return t.Env.Styles.FieldFocus
	}
	return t.Env.Styles.Field
}

// window scrolls so that the cursor is among the inner cells, and returns what they show and the cursor's cell in them.
func (t *Text) window(inner int) (string, int) {
	shown, col := t.String(), t.buf.Column()
	if t.Password {
		col = t.buf.pos
	}
	if col < t.scroll {
		t.scroll = max(0, col-inner/4) // a little of what stands before stays in sight
	}
	if col-t.scroll > inner-1 {
		t.scroll = col - inner + 1
	}
	if total := text.Width(shown); t.scroll > 0 && total-t.scroll < inner-1 {
		t.scroll = max(0, total-inner+1)
	}
	return text.Cut(shown, t.scroll, t.scroll+inner), col - t.scroll
}

// String returns what is on screen: the text made steady, or one * for each of its characters.
func (t *Text) String() string {
	if t.Password {
		return strings.Repeat("*", len(t.buf.parts))
	}
	return text.Steady(t.buf.String())
}
