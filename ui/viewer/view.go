package viewer

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/picture/screen"
	"imagery/internal/text"
	"imagery/ui/internal/look"
	"imagery/ui/internal/style"
)

// infoWidth is the width of the facts, in cells.
const infoWidth = 38

// box is the room of a picture with its border, in cells.
type box struct{ w, h int }

// boxes are the rooms of both sides; one that is not shown has no width.
func (m *Model) boxes() [2]box {
	w := m.w
	if m.info && m.w >= 2*infoWidth {
		w -= infoWidth
	}
	if m.layout == beside {
		return [2]box{{w / 2, m.h}, {w - w/2, m.h}}
	}
	return [2]box{{w, m.h}, {}}
}

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	var panes []string
	for i, b := range m.boxes() {
		if b.w == 0 {
			continue
		}
		panes = append(panes, m.env.Styles.Panel(style.Panel{
			Title: m.heading(i), Info: m.state(i), W: b.w, H: b.h, Bare: true, Focused: i == m.active || m.layout == differ, Body: m.sides[i].pane.View(),
		}))
	}
	if m.info && w >= 2*infoWidth {
		panes = append(panes, m.env.Styles.Panel(style.Panel{Title: m.env.T("viewer.info"), Info: "i", W: infoWidth, H: h, Body: m.facts(infoWidth - 4)}))
	}
	return text.Block(lipgloss.JoinHorizontal(lipgloss.Top, panes...), w, h), nil
}

// heading names what a side shows.
func (m *Model) heading(i int) string {
	if m.layout == differ {
		return m.env.T("viewer.difference", "a", text.Middle(m.name(0), m.w/3), "b", text.Middle(m.name(1), m.w/3))
	}
	mark := ""
	if m.layout == beside && i == m.active {
		mark = "> "
	}
	return mark + text.Middle(m.name(i), max(8, m.boxes()[i].w*3/5))
}

// name tells a file from its like: an earlier version by its date, and files of one material by their own names.
func (m *Model) name(i int) string {
	it := m.item(i)
	name := it.Material.MaterialName.String() + "  " + it.Material.MaterialCode.String()
	if m.layout != single {
		name = it.File.FileOriginalName.String()
		if name == "" {
			name = client.Text(it.FileID).String()
		}
	}
	if !it.Material.HisCreateTime.IsZero() {
		name = m.env.T("viewer.replaced", "name", name, "time", it.Material.HisCreateTime.Format("2006-01-02"))
	}
	return text.Steady(name)
}

// state is how a side is looked at.
func (m *Model) state(i int) string {
	s := m.sides[i].pane.Shown()
	if s == nil || s.Item.FileID != m.item(i).FileID {
		return ""
	}
	if m.layout == differ {
		return m.env.T("viewer.differs", "percent", fmt.Sprintf("%.1f", s.Differs*100))
	}
	var out []string
	info := s.Look.Info
	if info.Pages > 1 {
		out = append(out, fmt.Sprintf("%d/%d", s.Page, info.Pages))
	}
	if info.Pages > 0 {
		mode := map[look.Mode]i18n.Key{look.Whole: i18n.Key("viewer.whole"), look.Width: i18n.Key("viewer.width"), look.Actual: i18n.Key("viewer.actual")}[m.view.Mode]
		if m.view.Zoom != 0 && m.view.Zoom != 1 {
			mode = i18n.Key("viewer.zoomed")
		}
		if m.layout == single {
			out = append(out, m.env.T(mode))
		}
		out = append(out, fmt.Sprintf("%d%%", m.view.Percent(info.Size(s.Page), m.sides[i].pane.Area(), info.Scalable)))
	}
	if m.view.Turn > 0 {
		out = append(out, m.env.T("viewer.turned", "n", 90*m.view.Turn))
	}
	return strings.Join(out, "  ")
}

// facts tells all that is known of the file on the active side.
func (m *Model) facts(w int) string {
	it, s := m.item(m.active), m.current().pane.Shown()
	var b strings.Builder
	line := func(label i18n.Key, value string) {
		if value == "" {
			return
		}
		b.WriteString(m.env.Styles.Muted.Render(m.env.T(label)) + "\n")
		for _, l := range text.Wrap(value, w-2) {
			b.WriteString("  " + l + "\n")
		}
	}
	if s != nil {
		for _, warning := range look.Warnings(m.env, s) {
			for _, l := range text.Wrap("! "+warning, w) {
				b.WriteString(m.env.Styles.Warning.Render(l) + "\n")
			}
		}
	}
	line("materials.detail.file", it.File.FileOriginalName.String())
	if s != nil {
		line("materials.detail.size", look.Facts(m.env, s))
		line("materials.detail.sha", s.Look.SHA256)
	}
	line("materials.detail.submitter", strings.TrimSpace(it.Material.SubmitterEmpName.String()+" "+it.Material.SubmitterEmpCode.String()))
	line("materials.detail.time", moment(it.Material.CreateTime))
	line("materials.detail.replaced", moment(it.Material.HisCreateTime))
	line("materials.detail.archive", strings.TrimSpace(it.Material.ServiceAccessTitle.String()+" "+it.Material.ServiceAccessID.String()))
	line("materials.detail.process", strings.TrimSpace(it.Material.ProcessName.String()+" "+it.Material.ProcessInstanceID.String()))
	line("materials.detail.id", client.Text(it.FileID).String())
	return b.String()
}

func moment(t client.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05")
}

// Title implements core.Screen.
func (m *Model) Title() string {
	crumb := func(name string) string {
		return m.env.T("viewer.breadcrumb", "no", m.account.Account.AccountNo, "name", name, "at", m.current().at+1, "all", len(m.items))
	}
	name := text.Steady(m.item(m.active).Material.MaterialName.String())
	return crumb(text.Truncate(name, max(8, m.w-headRest-text.Width(crumb("")))))
}

// headRest is the cells of the window's first line that its title usually leaves: which file of how many stands at the title's end.
const headRest = 52

// Status implements core.Screen.
func (m *Model) Status() string {
	if err := m.current().pane.Err(); err != nil {
		return "! " + m.svc.Explain(err)
	}
	if s := m.current().pane.Shown(); s != nil {
		if w := look.Warnings(m.env, s); len(w) > 0 {
			return "! " + strings.Join(w, "  ")
		}
		return m.env.T("viewer.status", "facts", look.Facts(m.env, s), "protocol", m.protocol())
	}
	return ""
}

// protocol is the way pictures are shown: the name of the terminal's own, or that there is none.
func (m *Model) protocol() string {
	switch p := m.env.Graphics.Caps.Protocol; p {
	case screen.None:
		return m.env.T("viewer.by_none")
	case screen.Cells:
		return m.env.T("viewer.by_cells")
	default:
		return p.String()
	}
}
