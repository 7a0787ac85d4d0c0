package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

// Confirm asks a question with a few answers; the focus starts on the first, which is the harmless one. Everything that is affected stands in
// Lines, which scroll. Letters answer nothing, so that the key that opened it never confirms it.
type Confirm struct {
	Env     *core.Env
	Title   string   // translated
	Lines   []string // translated and sanitised, wrapped as needed
	Answers []Answer
	Danger  bool // the last answer destroys something

	say           func(i18n.Key, ...any) string // in the language of the question, whatever F9 does meanwhile
	at, top, room int
	spots         []spot
	buttonY       int
}

// spot is the cells from start up to end of the button line.
type spot struct{ start, end int }

// Answer is one button of a Confirm, and the Action it closes with.
type Answer struct {
	Label  i18n.Key
	Action core.Action
}

var _ core.Dialog = (*Confirm)(nil)

// NewConfirm asks with Cancel in front and yes, translated by its key, behind; yes closes with core.Confirm{}.
func NewConfirm(env *core.Env, title string, lines []string, yes i18n.Key) *Confirm {
	return &Confirm{Env: env, Title: title, Lines: lines, Answers: []Answer{{"ui.cancel", core.Cancel{}}, {yes, core.Confirm{}}}}
}

// NewMessage shows lines and closes with core.Cancel{}.
func NewMessage(env *core.Env, title string, lines ...string) *Confirm {
	return &Confirm{Env: env, Title: title, Lines: lines, Answers: []Answer{{"ui.close", core.Cancel{}}}}
}

// Init implements core.Dialog.
func (c *Confirm) Init() tea.Cmd { return nil }

// Typing implements core.Dialog.
func (c *Confirm) Typing() bool { return false }

// Bindings implements core.Dialog.
func (c *Confirm) Bindings() []keymap.Binding {
	if len(c.Answers) == 1 {
		return c.Env.Apply(keymap.Binding{ID: "dialog.close", Keys: []string{"enter", "esc"}, Footer: 1})
	}
	return c.Env.Apply(
		keymap.Binding{ID: "dialog.choose", Keys: []string{"enter"}, Footer: 1},
		keymap.Binding{ID: "dialog.next", Keys: []string{"tab", "right"}, Footer: 2},
		keymap.Binding{ID: "dialog.cancel", Keys: []string{"esc"}, Footer: 3})
}

// Update implements core.Dialog.
func (c *Confirm) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return c.key(msg), nil
	case tea.MouseWheelMsg:
		c.top += wheel[msg.Button]
	case tea.MouseClickMsg:
		for i, at := range c.spots {
			if msg.Y == c.buttonY && msg.X >= at.start && msg.X < at.end {
				return c.Answers[i].Action, nil
			}
		}
	}
	return nil, nil
}

func (c *Confirm) key(k tea.KeyPressMsg) core.Action {
	n := len(c.Answers)
	switch keymap.Normalize(k) {
	case "esc":
		return core.Cancel{}
	case "enter", "space":
		return c.Answers[c.at].Action
	case "tab", "right":
		c.at = (c.at + 1) % n
	case "shift+tab", "left":
		c.at = (c.at + n - 1) % n
	case "up":
		c.top--
	case "down":
		c.top++
	case "pgup":
		c.top -= c.room
	case "pgdown":
		c.top += c.room
	case "home":
		c.top = 0
	case "end":
		c.top = len(c.Lines) * c.room // further than there is; View comes back
	}
	return nil
}

// View implements core.Dialog.
func (c *Confirm) View(maxW, maxH int) (string, *tea.Cursor) {
	buttons, width := c.buttons()
	w := max(width, text.Width(c.Title)+4, 30)
	for _, l := range c.Lines {
		w = max(w, text.Width(l))
	}
	w = min(w, maxW-4, 76)
	var lines []string
	for _, l := range c.Lines {
		lines = append(lines, text.Wrap(l, w)...)
	}
	c.room = min(len(lines), max(1, maxH-4))
	c.top = max(0, min(c.top, len(lines)-c.room))
	info := ""
	if len(lines) > c.room {
		info = itoa(c.top+c.room) + "/" + itoa(len(lines))
	}
	body := strings.Join(lines[c.top:c.top+c.room], "\n")
	in := max(0, (w-width)/2)
	c.buttonY = c.room + 2
	for i := range c.spots {
		c.spots[i].start += in + style.BodyX
		c.spots[i].end += in + style.BodyX
	}
	box := c.Env.Styles.Panel(style.Panel{
		Title: c.Title, Info: info, Body: body + "\n\n" + strings.Repeat(" ", in) + buttons,
		W: w + 4, H: c.room + 4, Focused: true,
	})
	return box, tea.NewCursor(c.spots[c.at].start+2, c.buttonY)
}

func (c *Confirm) buttons() (line string, width int) {
	if c.say == nil {
		c.say = c.Env.T
	}
	s := c.Env.Styles
	c.spots = c.spots[:0]
	for i, a := range c.Answers {
		if i > 0 {
			line += "    "
			width += 4
		}
		label := "[ " + c.say(a.Label) + " ]"
		c.spots = append(c.spots, spot{width, width + text.Width(label)})
		width += text.Width(label)
		switch {
		case i == c.at && c.Danger && i == len(c.Answers)-1:
			label = s.ButtonDanger.Render(label)
		case i == c.at:
			label = s.ButtonFocus.Render(label)
		}
		line += label
	}
	return line, width
}
