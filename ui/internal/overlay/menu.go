package overlay

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Item is one line of a Menu.
type Item struct {
	ID     string
	Label  string // translated and sanitised
	Note   string // at the right end
	Reason string // non-empty: cannot be chosen because
	On     bool   // for a menu of check boxes
	Width  int    // for a menu of columns: cells, 0 for as wide as there is room
}

// Chosen is the Action of a Menu with one answer.
type Chosen struct{ ID string }

// Arranged is the Action of a Menu of check boxes: the items in their new order and state.
type Arranged struct{ Items []Item }

// Menu lets one item be chosen from a list that typing filters, or with Checks several switched on and off and moved about. Set the fields
// before it opens.
type Menu struct {
	Env    *core.Env
	Title  string // translated
	Items  []Item
	Checks bool
	Widths bool // left and right change an item's Width
	// Usual, for a menu of check boxes, are the items as they are without the user's doing; a key brings them back.
	Usual []Item
	Help  string // translated line below

	find    field.Text
	hits    []int
	at, top int
	rows    int
}

var _ core.Dialog = (*Menu)(nil)

// NewMenu returns a menu with the item of ID current under the cursor.
func NewMenu(env *core.Env, title string, items []Item, current string) *Menu {
	m := &Menu{Env: env, Title: title, Items: items}
	for i, it := range items {
		if it.ID == current {
			m.at = i
		}
	}
	return m
}

// Init implements core.Dialog.
func (m *Menu) Init() tea.Cmd {
	m.find = field.Text{Env: m.Env, Bare: true}
	m.filter()
	return m.find.Focus()
}

// Typing implements core.Dialog.
func (m *Menu) Typing() bool { return !m.Checks }

// Bindings implements core.Dialog.
func (m *Menu) Bindings() []keymap.Binding {
	bs := []keymap.Binding{{ID: "dialog.choose", Keys: []string{"enter"}, Footer: 1}, {ID: "dialog.cancel", Keys: []string{"esc"}, Footer: 4}}
	if m.Checks {
		bs = append(bs, keymap.Binding{ID: "dialog.toggle", Keys: []string{"space"}, Footer: 2},
			keymap.Binding{ID: "dialog.reorder", Keys: []string{"shift+up", "shift+down"}, Show: "shift+up/down", Footer: 3})
	}
	if m.Usual != nil {
		bs = append(bs, keymap.Binding{ID: "dialog.usual", Keys: []string{"ctrl+r"}, Footer: 3})
	}
	if m.Widths {
		bs = append(bs, keymap.Binding{ID: "dialog.width", Keys: []string{"left", "right"}, Show: "left/right", Footer: 3})
	}
	return m.Env.Apply(bs...)
}

func (m *Menu) filter() {
	q := text.NewQuery(m.find.Value())
	m.hits = m.hits[:0]
	for i, it := range m.Items {
		if q.Match(it.Label) || q.Match(it.ID) {
			m.hits = append(m.hits, i)
		}
	}
	m.at = min(m.at, max(0, len(m.hits)-1))
}

// Update implements core.Dialog.
func (m *Menu) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return nil, m.search(msg)
	case tea.MouseWheelMsg:
		m.step(wheel[msg.Button])
	case tea.MouseClickMsg:
		if i := msg.Y - m.listY() + m.top; msg.Y >= m.listY() && msg.Y < m.listY()+m.rows && i < len(m.hits) {
			m.at = i
			return m.choose(m.Checks)
		}
	}
	return nil, nil
}

func (m *Menu) step(n int) { m.at = min(max(m.at+n, 0), max(0, len(m.hits)-1)) }

func (m *Menu) key(k tea.KeyPressMsg) (core.Action, tea.Cmd) {
	switch key := k.String(); key {
	case "esc":
		return core.Cancel{}, nil
	case "up", "ctrl+p":
		m.step(-1)
	case "down", "ctrl+n":
		m.step(1)
	case "pgup":
		m.step(-m.rows)
	case "pgdown":
		m.step(m.rows)
	case "home":
		m.step(-len(m.hits))
	case "end":
		m.step(len(m.hits))
	case "enter":
		return m.choose(false)
	case "ctrl+r":
		if m.Usual != nil {
			m.Items = slices.Clone(m.Usual)
		}
	case "shift+up", "shift+down":
		m.reorder(map[string]int{"shift+up": -1, "shift+down": 1}[key])
	case "left", "right":
		if !m.Widths {
			return nil, m.search(k)
		}
		m.widen(map[string]int{"left": -1, "right": 1}[key])
	default:
		if m.Checks {
			if keymap.Normalize(k) == "space" {
				return m.choose(true)
			}
			return nil, nil
		}
		return nil, m.search(k)
	}
	return nil, nil
}

func (m *Menu) search(msg tea.Msg) tea.Cmd {
	if m.Checks {
		return nil
	}
	cmd, _ := m.find.Update(msg)
	m.at, m.top = 0, 0
	m.filter()
	return cmd
}

// reorder moves the item under the cursor; a filtered list keeps its order.
func (m *Menu) reorder(n int) {
	to := m.at + n
	if !m.Checks || to < 0 || to >= len(m.Items) {
		return
	}
	m.Items[m.at], m.Items[to] = m.Items[to], m.Items[m.at]
	m.at = to
}

// The widths a column can be given, in cells.
const (
	minWidth = 4
	maxWidth = 60
)

// widen changes the width of the item under the cursor; narrower than the narrowest is as wide as there is room.
func (m *Menu) widen(n int) {
	if m.at >= len(m.Items) {
		return
	}
	switch w := &m.Items[m.at].Width; {
	case *w == 0 && n > 0:
		*w = minWidth
	case *w+n < minWidth:
		*w = 0
	default:
		*w = min(*w+n, maxWidth)
	}
}

func (m *Menu) note(it Item) string {
	switch {
	case !m.Widths:
		return it.Note
	case it.Width == 0:
		return m.Env.T("ui.grid.width_auto")
	}
	return m.Env.T("ui.grid.width", "n", it.Width)
}

func (m *Menu) choose(toggle bool) (core.Action, tea.Cmd) {
	switch {
	case m.Checks && !toggle:
		return Arranged{m.Items}, nil
	case m.at >= len(m.hits):
		return nil, nil
	}
	it := &m.Items[m.hits[m.at]]
	if it.Reason != "" {
		return nil, core.Toast(core.Warning, it.Reason)
	}
	if m.Checks {
		it.On = !it.On
		return nil, nil
	}
	return Chosen{it.ID}, nil
}

// listY is the line of the box where the items start.
func (m *Menu) listY() int {
	if m.Checks {
		return 1
	}
	return 3
}

// View implements core.Dialog.
func (m *Menu) View(maxW, maxH int) (string, *tea.Cursor) {
	w := max(text.Width(m.Title)+4, text.Width(m.Help), 36)
	for _, it := range m.Items {
		w = max(w, text.Width(it.Label)+text.Width(m.note(it))+8)
	}
	w = min(w, maxW-4)
	extra := 1 + m.listY()
	if m.Help != "" {
		extra += 2
	}
	m.rows = max(1, min(len(m.Items), maxH-extra))
	m.top = max(0, min(max(m.top, m.at-m.rows+1), m.at))
	body, cur := m.list(w), tea.NewCursor(style.BodyX, m.at-m.top+1)
	if !m.Checks {
		line, c := m.find.View(max(1, w-2))
		body = "> " + line + "\n\n" + body
		if c != nil {
			cur = tea.NewCursor(c.X+style.BodyX+2, style.BodyY)
		}
	}
	if m.Help != "" {
		body += "\n\n" + m.Env.Styles.Muted.Render(text.Fit(m.Help, w))
	}
	return m.Env.Styles.Panel(style.Panel{Title: m.Title, Body: body, W: w + 4, H: m.rows + extra, Focused: true}), cur
}

func (m *Menu) list(w int) string {
	s := m.Env.Styles
	out := ""
	for i := m.top; i < m.top+m.rows; i++ {
		if i > m.top {
			out += "\n"
		}
		if i >= len(m.hits) {
			if i == 0 {
				out = s.Muted.Render(text.Fit("  "+m.Env.T("ui.picker.none"), w))
			}
			continue
		}
		it := m.Items[m.hits[i]]
		mark := "  "
		if i == m.at {
			mark = "> "
		}
		if m.Checks {
			mark += map[bool]string{true: "[x] ", false: "[ ] "}[it.On]
		}
		line := text.Spread(mark+it.Label, m.note(it), w)
		switch {
		case i == m.at:
			line = s.Selected.Render(line)
		case it.Reason != "":
			line = s.Disabled.Render(line)
		}
		out += line
	}
	return out
}
