package login

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/internal/text"
	"imagery/ui/internal/style"
)

const (
	formHeight = 18 // of the two upper panels, in lines
	trustLines = 3  // that tell how the server is known
)

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	m.width = w
	left, upper := w*9/20, min(formHeight, h)
	form, cur := m.formPane(w-left, upper)
	if cur != nil {
		cur.X += left
	}
	out := lipgloss.JoinHorizontal(lipgloss.Top, m.listPane(left, upper), form)
	if h > upper {
		out += "\n" + m.hints(w, h-upper)
	}
	return out, cur
}

func (m *Model) listPane(w, h int) string {
	p := style.Panel{Title: m.env.T("login.profiles"), W: w, H: h, Focused: m.onList}
	iw, ih := p.Inner()
	below := ""
	if c, ok := m.profiles.Current(); ok && c.Trust != "" && ih > 6 {
		below = "\n" + m.env.Styles.Muted.Render(text.Block(strings.Join(text.Wrap(c.Trust, iw), "\n"), iw, trustLines))
		ih -= trustLines
	}
	p.Body, _ = m.profiles.View(iw, ih)
	p.Body += below
	return m.env.Styles.Panel(p)
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

func (m *Model) hints(w, h int) string {
	var lines []string
	t, key := m.env.T, m.env.KeyOf
	for _, s := range []string{
		t("login.hint_first", "help", key("main.help", "f1"), "palette", key("main.palette", "ctrl+p")), t("login.hint_keys"), t("login.hint_access"),
		t("login.hint_language", "key", key("main.language", "f9")),
	} {
		lines = append(lines, text.Wrap(s, w-4)...)
	}
	return m.env.Styles.Panel(style.Panel{Title: t("login.hints"), Body: strings.Join(lines, "\n"), W: w, H: h})
}

// click hands a click to the panel under it.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	left := m.width * 9 / 20
	if msg.Y >= formHeight {
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
