package form

import (
	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/keymap"
)

// Update handles keys, pastes, wheel and clicks (relative to the form's top left) and the answers that controls wait for. handled is false for
// a key the form has no use for, Esc among them.
func (f *Form) Update(msg tea.Msg) (cmd tea.Cmd, handled bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if !f.active {
			return nil, false
		}
		return f.key(msg)
	case tea.PasteMsg:
		if f.active && f.focus < len(f.rows) {
			return f.rows[f.focus].Control.Update(msg)
		}
		return nil, false
	case tea.MouseClickMsg:
		return f.click(msg)
	case tea.MouseWheelMsg:
		return f.wheel(msg)
	}
	for _, r := range f.rows { // an answer goes to whoever knows it
		if cmd, handled := r.Control.Update(msg); handled {
			return cmd, true
		}
	}
	return nil, false
}

func (f *Form) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	f.loose = false
	if f.focus < len(f.rows) {
		if cmd, handled := f.rows[f.focus].Control.Update(k); handled {
			return cmd, true
		}
	}
	if b, ok := keymap.MatchTyping(f.own(), k); ok {
		return b.Do(), true
	}
	onButton := f.focus >= len(f.rows)
	switch key := keymap.Normalize(k); key {
	case "down":
		return f.Move(1), true
	case "up":
		return f.Move(-1), true
	case "right", "left":
		if onButton {
			return f.Move(map[string]int{"right": 1, "left": -1}[key]), true
		}
	case "enter":
		return f.enterKey(), true
	case "space":
		if onButton {
			return f.press(f.focus - len(f.rows)), true
		}
	}
	return nil, false
}

func (f *Form) enterKey() tea.Cmd {
	if f.focus >= len(f.rows) {
		return f.press(f.focus - len(f.rows))
	}
	if f.EnterSubmits {
		return f.Submit()
	}
	return f.Move(1)
}

// Move takes the focus n steps on, around the ends and past what cannot have it.
func (f *Form) Move(n int) tea.Cmd {
	f.leave()
	total := len(f.rows) + len(f.buttons)
	for range total {
		f.focus = ((f.focus+n)%total + total) % total
		if f.enabled(f.focus) {
			break
		}
	}
	return f.enter()
}

func (f *Form) enabled(i int) bool {
	if i >= len(f.rows) {
		return true
	}
	r := f.rows[i]
	return r.Reason == "" && (r.Hidden == nil || !r.Hidden())
}

// Leave closes a list that is open in the focused field, and takes what was typed in it, as going on to the next field does.
func (f *Form) Leave() tea.Cmd {
	if f.focus < len(f.rows) {
		if open, ok := f.rows[f.focus].Control.(interface{ Leave() tea.Cmd }); ok {
			return open.Leave()
		}
	}
	return nil
}

func (f *Form) leave() {
	if f.focus < len(f.rows) {
		r := f.rows[f.focus]
		r.Control.Blur()
		if r.Control.Value() != "" {
			f.touched[r.ID] = true
		}
	}
}

func (f *Form) enter() tea.Cmd {
	if f.active && f.focus < len(f.rows) {
		return f.rows[f.focus].Control.Focus()
	}
	return nil
}

// wheel turns through the list that is open in the focused field, or else scrolls the form and leaves the focus where it is.
func (f *Form) wheel(m tea.MouseWheelMsg) (tea.Cmd, bool) {
	if f.active && f.focus < len(f.rows) {
		if cmd, handled := f.rows[f.focus].Control.Update(m); handled {
			return cmd, true
		}
	}
	f.top += map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[m.Button]
	f.loose = true
	return nil, true
}

// click focuses what was clicked; a button is pressed.
func (f *Form) click(m tea.MouseClickMsg) (tea.Cmd, bool) {
	if m.Y == f.buttonY {
		return f.clickButton(m.X)
	}
	y := m.Y + f.top
	if m.Y < 0 || m.Y >= f.room || y >= f.end {
		return nil, false
	}
	for i := len(f.at) - 1; i >= 0; i-- {
		if f.at[i] >= 0 && y >= f.at[i] {
			return f.clickRow(i, m, y-f.at[i])
		}
	}
	return nil, false
}

// clickRow hands a click on line y of row i to its control.
func (f *Form) clickRow(i int, m tea.MouseClickMsg, y int) (tea.Cmd, bool) {
	if !f.enabled(i) {
		return nil, true
	}
	r := f.rows[i]
	if i != f.focus {
		f.leave()
		f.focus = i
	}
	f.loose = false
	var cmd tea.Cmd
	if !r.Control.Focused() {
		cmd = f.enter()
	}
	m.X, m.Y = m.X-f.indent(r), y
	if r.Above {
		m.Y--
	}
	if m.X < 0 || m.Y < 0 || m.Y >= r.Control.Height() {
		return cmd, true // the label, or a hint
	}
	more, _ := r.Control.Update(m)
	return tea.Batch(cmd, more), true
}

func (f *Form) clickButton(x int) (tea.Cmd, bool) {
	for i, at := range f.spots {
		if x >= at.start && x < at.end {
			f.leave()
			f.focus = len(f.rows) + i
			return f.press(i), true
		}
	}
	return nil, false
}
