package form

import (
	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/keymap"
)

// Update handles keys, pastes, clicks (relative to the form's top left) and the answers that controls wait for. handled is false for
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
		return nil, false
	}
	for _, r := range f.rows { // an answer goes to whoever knows it
		if cmd, handled := r.Control.Update(msg); handled {
			return cmd, true
		}
	}
	return nil, false
}

func (f *Form) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if f.focus < len(f.rows) {
		if cmd, handled := f.rows[f.focus].Control.Update(k); handled {
			return cmd, true
		}
	}
	if b, ok := keymap.MatchTyping(f.Bindings(), k); ok {
		return b.Do(), true
	}
	onButton := f.focus >= len(f.rows)
	switch k.String() {
	case "down":
		return f.Move(1), true
	case "up":
		return f.Move(-1), true
	case "right", "left":
		if onButton {
			return f.Move(map[string]int{"right": 1, "left": -1}[k.String()]), true
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

// click focuses what was clicked; a button is pressed.
func (f *Form) click(m tea.MouseClickMsg) (tea.Cmd, bool) {
	y := m.Y + f.top
	for i := len(f.at) - 1; i >= 0; i-- {
		if y < f.at[i] || f.at[i] < 0 {
			continue
		}
		if i >= len(f.rows) {
			return f.clickButton(m.X)
		}
		if !f.enabled(i) {
			return nil, true
		}
		f.leave()
		f.focus = i
		cmd := f.enter()
		m.X, m.Y = m.X-f.indent(f.rows[i]), y-f.at[i]
		if f.rows[i].Above {
			m.Y--
		}
		more, _ := f.rows[i].Control.Update(m)
		return tea.Batch(cmd, more), true
	}
	return nil, false
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
