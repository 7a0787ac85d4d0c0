package field

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

// Option is one thing to choose: what is stored, and what is shown.
type Option struct {
	Value string
	Label string        // translated and sanitised
	Key   i18n.Key      // when set, shown in place of Label, in the language of the moment
	Words func() string // when set, the same for words with something in them
}

func (o Option) text(env *core.Env) string {
	switch {
	case o.Words != nil:
		return o.Words()
	case o.Key != "":
		return env.T(o.Key)
	}
	return o.Label
}

// Checks is a row of check boxes, or of radio buttons when Single: "[x]经纪 [ ]居间". Set the fields before first use.
type Checks struct {
	Env     *core.Env
	Options []Option
	Single  bool // exactly one, drawn (o)
	Changed func() tea.Cmd

	on      map[string]bool
	at      int
	focused bool
	marks   []int // cells where each option starts, from the last View
	end     int   // cell behind the last of them
	scroll  int   // cells hidden at the left in the last View
}

var _ Control = (*Checks)(nil)

// NewChecks returns check boxes with nothing checked.
func NewChecks(env *core.Env, options ...Option) *Checks { return &Checks{Env: env, Options: options} }

// NewRadio returns radio buttons with the first option chosen.
func NewRadio(env *core.Env, options ...Option) *Checks {
	c := &Checks{Env: env, Options: options, Single: true}
	if len(options) > 0 {
		c.SetValue(options[0].Value)
	}
	return c
}

// Focus implements Control.
func (c *Checks) Focus() tea.Cmd { c.focused = true; return nil }

// Blur implements Control.
func (c *Checks) Blur() { c.focused = false }

// Focused implements Control.
func (c *Checks) Focused() bool { return c.focused }

// Typing implements Control.
func (c *Checks) Typing() bool { return false }

// Height implements Control.
func (c *Checks) Height() int { return 1 }

// Problem implements Control.
func (c *Checks) Problem() string { return "" }

// Values returns the chosen values in the order of Options.
func (c *Checks) Values() []string {
	var out []string
	for _, o := range c.Options {
		if c.on[o.Value] {
			out = append(out, o.Value)
		}
	}
	return out
}

// Checked reports whether value is chosen.
func (c *Checks) Checked(value string) bool { return c.on[value] }

// Value implements Control: the chosen values joined by commas.
func (c *Checks) Value() string { return strings.Join(c.Values(), ",") }

// SetValue implements Control.
func (c *Checks) SetValue(s string) {
	c.on = map[string]bool{}
	for i, o := range c.Options {
		for v := range strings.SplitSeq(s, ",") {
			if v == o.Value {
				c.on[v] = true
				c.at = i
			}
		}
	}
}

// Update implements Control: left and right move, Space chooses.
func (c *Checks) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return c.key(keymap.Normalize(msg))
	case tea.MouseClickMsg:
		x := msg.X + c.scroll
		for i := len(c.marks) - 1; i >= 0; i-- {
			if x >= c.marks[i] && x < c.end {
				c.at = i
				return c.toggle(), true
			}
		}
	}
	return nil, false
}

func (c *Checks) key(k string) (tea.Cmd, bool) {
	if !c.focused || len(c.Options) == 0 {
		return nil, false
	}
	switch k {
	case "left", "h":
		c.at = max(0, c.at-1)
	case "right", "l":
		c.at = min(len(c.Options)-1, c.at+1)
	case "space", "x":
		return c.toggle(), true
	default:
		return nil, false
	}
	if c.Single {
		return c.toggle(), true
	}
	return nil, true
}

func (c *Checks) toggle() tea.Cmd {
	v := c.Options[c.at].Value
	if c.Single || c.on == nil {
		c.on = map[string]bool{v: c.Single || !c.on[v]}
	} else {
		c.on[v] = !c.on[v]
	}
	if c.Changed == nil {
		return nil
	}
	return c.Changed()
}

// View implements Control. The cursor stands in the box of the option that Space would toggle.
func (c *Checks) View(w int) (string, *tea.Cursor) {
	s := c.Env.Styles
	var b strings.Builder
	x, at := 0, 0
	c.marks = c.marks[:0]
	for i, o := range c.Options {
		if i > 0 {
			b.WriteString(" ")
			x++
		}
		label := c.box(o.Value) + o.text(c.Env)
		c.marks = append(c.marks, x)
		if i == c.at {
			at = x + 1
		}
		x += text.Width(label)
		if c.focused && i == c.at {
			label = s.Selected.Render(label)
		}
		b.WriteString(label)
	}
	c.scroll, c.end = 0, x
	if end := x; c.focused && end > w { // keep the option with the focus in sight
		if c.at+1 < len(c.marks) {
			end = c.marks[c.at+1]
		}
		c.scroll = max(0, min(end-w, at-1))
	}
	line := text.Fit(text.Cut(b.String(), c.scroll, c.scroll+w), w)
	if c.scroll == 0 {
		line = text.Fit(b.String(), w)
	}
	if !c.focused {
		return line, nil
	}
	return line, tea.NewCursor(min(at-c.scroll, max(0, w-1)), 0)
}

func (c *Checks) box(v string) string {
	switch {
	case c.Single && c.on[v]:
		return "(o)"
	case c.Single:
		return "( )"
	case c.on[v]:
		return "[x]"
	}
	return "[ ]"
}
