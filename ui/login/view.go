package login

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/internal/text"
	"imagery/ui/internal/style"
)

const (
	upperHeight = 18 // of the two upper panels where there is room, in lines
	trustLines  = 3  // that tell how the server is known
)

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	m.width = w
	left, hints := w*9/20, m.hintLines(w-4)
	upper := min(upperHeight, max(m.need(w-left-4), h-len(hints)-2))
	if h-upper < 3 { // no room for a line between borders
		upper = h
	}
	m.upper = upper
	form, cur := m.formPane(w-left, upper)
	if cur != nil {
		cur.X += left
	}
	out := lipgloss.JoinHorizontal(lipgloss.Top, m.listPane(left, upper), form)
	if h > upper {
		out += "\n" + m.env.Styles.Panel(style.Panel{Title: m.env.T("login.hints"), Body: strings.Join(hints, "\n"), W: w, H: h - upper})
	}
	return out, cur
}

func (m *Model) listPane(w, h int) string {
	p := style.Panel{Title: m.env.T("login.profiles"), W: w, H: h, Focused: m.onList}
	iw, ih := p.Inner()
	below := []string{"", m.listKeys()}
	if c, ok := m.profiles.Current(); ok && c.Trust != "" && ih > 8 {
		below = append(append(below, ""), strings.Split(text.Block(strings.Join(text.Wrap(c.Trust, iw), "\n"), iw, trustLines), "\n")...)
	}
	const heads = 2
	p.Body, _ = m.profiles.View(iw, max(1, min(heads+max(2, m.profiles.Len()), ih-len(below))))
	for _, l := range below {
		p.Body += "\n" + m.env.Styles.Muted.Render(text.Truncate(l, iw))
	}
	return m.env.Styles.Panel(p)
}

// listKeys tells what can be done about the list, and from the form how to get there.
func (m *Model) listKeys() string {
	var out []string
	for _, b := range m.env.Apply(m.listBindings()...) {
		if b.Reason == "" && slices.Contains([]string{"login.new", "login.edit", "login.test"}, b.ID) {
			out = append(out, m.env.KeyCap(b, false)+" "+m.env.FootLabel(b))
		}
	}
	line := strings.Join(out, "  ")
	if !m.onList {
		line = m.env.T("login.list_keys", "key", m.env.KeyOf("login.switch", "f2"), "keys", line)
	}
	return line
}

// need is the lines that the form's panel takes, iw cells wide inside.
func (m *Model) need(iw int) int {
	n := m.form.Height(iw) + 3
	if c, ok := m.profiles.Current(); ok && c.Note != "" {
		n += len(text.Wrap(c.Note, iw)) + 1
	}
	return n
}

func (m *Model) formPane(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: m.env.T("login.title"), W: w, H: h, Focused: !m.onList}
	iw, ih := p.Inner()
	note := ""
	if c, ok := m.profiles.Current(); ok && c.Note != "" {
		note = m.env.Styles.Warning.Render(strings.Join(text.Wrap(c.Note, iw), "\n"))
	}
	noteH := 0
	if note != "" {
		noteH = strings.Count(note, "\n") + 2
	}
	body, cur := m.form.View(iw, max(1, ih-1-noteH))
	p.Body = "\n" + body
	if note != "" {
		p.Body += "\n\n" + note
	}
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY+1
	}
	return m.env.Styles.Panel(p), cur
}

func (m *Model) hintLines(w int) (lines []string) {
	t, key := m.env.T, m.env.KeyOf
	for _, s := range []string{
		t("login.hint_first", "help", key("main.help", "f1"), "palette", key("main.palette", "ctrl+p")), t("login.hint_keys"), t("login.hint_access"),
		t("login.hint_language", "key", key("main.language", "f9")),
	} {
		lines = append(lines, text.Wrap(s, w)...)
	}
	return lines
}

// click hands a click to the panel under it.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	left := m.width * 9 / 20
	if msg.Y >= m.upper {
		return nil
	}
	msg.Y -= style.BodyY
	if msg.X < left {
		focus := m.focusList()
		msg.X -= style.BodyX
		return tea.Batch(focus, m.profiles.Update(msg))
	}
	msg.X, msg.Y = msg.X-left-style.BodyX, msg.Y-1
	focus := m.focusForm()
	cmd, _ := m.form.Update(msg)
	return tea.Batch(focus, cmd)
}
