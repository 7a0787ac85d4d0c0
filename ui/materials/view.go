package materials

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/style"
)

// Layout, in cells.
const (
	gridX, gridY = style.BodyX, style.BodyY // where the grid starts in the list's panel
	detailWidth  = 34
	roomForBoth  = 96 // narrower, the detail pane folds away
)

const (
	longTime  = "2006-01-02 15:04:05"
	shortTime = "2006-01-02 15:04"
)

func (m *Model) columns() []grid.Column[row] {
	return []grid.Column[row]{
		{ID: "file", Title: "materials.col.file", Min: 18, Max: -1, Middle: true, Cell: fileCell, Less: func(a, b row) bool { return a.fileName() < b.fileName() }},
		{
			ID: "size", Title: "materials.col.size", Min: 8, Max: 8, Priority: 1, Align: grid.Right, Cell: row.size,
			Less: func(a, b row) bool { return a.file.FileSize < b.file.FileSize },
		},
		{ID: "source", Title: "materials.col.source", Min: 12, Max: 24, Priority: 2, Cell: row.source, Less: func(a, b row) bool { return a.source() < b.source() }},
		{
			ID: "submitter", Title: "materials.col.submitter", Min: 12, Max: 14, Priority: 4, Cell: row.submitter,
			Less: func(a, b row) bool { return a.submitter() < b.submitter() },
		},
		{
			ID: "time", Title: "materials.col.time", Min: 16, Max: 16, Priority: 3, Cell: func(r row) string { return moment(r.time(), shortTime) },
			Less: func(a, b row) bool { return a.time().Before(b.time()) },
		},
		{ID: "type", Title: "materials.col.type", Min: 10, Max: 16, Priority: 6, Hidden: true, Cell: func(r row) string { return r.file.FileContentType.String() }, Less: func(a, b row) bool { return a.file.FileContentType < b.file.FileContentType }},
		{ID: "archive", Title: "materials.col.archive", Min: 10, Max: 24, Priority: 5, Hidden: true, Cell: func(r row) string { return r.mat.ServiceAccessID.String() }, Less: func(a, b row) bool { return a.mat.ServiceAccessID < b.mat.ServiceAccessID }},
		{ID: "id", Title: "materials.col.id", Min: 12, Max: 36, Priority: 7, Hidden: true, Cell: func(r row) string { return r.file.ID.String() }, Less: func(a, b row) bool { return a.file.ID < b.file.ID }},
	}
}

func fileCell(r row) string {
	if !r.hasFile() {
		return "--"
	}
	return r.fileName()
}

// groupKey tells the groups apart: a material's code, and whose it is.
func groupKey(r row) string { return string(rune('0'+int(r.section))) + r.mat.MaterialCode.Raw() }

// group is the header line a row stands under: whose the material is, its code and name.
func (m *Model) group(r row) string {
	name := r.mat.MaterialCode.String() + " " + r.mat.MaterialName.String()
	switch r.section {
	case ofCustomer:
		return m.env.T("materials.group_customer", "name", name)
	case ofHistory:
		return m.env.T("materials.group_history", "name", name)
	}
	return name
}

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	side := 0
	if m.detail && w >= roomForBoth {
		side = detailWidth
	}
	m.listWidth = w - side
	list, cursor := m.list(w-side, h)
	if side == 0 {
		return list, cursor
	}
	return lipgloss.JoinHorizontal(lipgloss.Top, list, m.env.Styles.Panel(style.Panel{
		Title: m.env.T("materials.detail_title"), Body: m.details(side - 4), W: side, H: h,
	})), cursor
}

func (m *Model) list(w, h int) (string, *tea.Cursor) {
	title := m.env.T("materials.title")
	if n := m.grid.Marks(); n > 0 {
		title += "  " + m.env.T("materials.marked", "n", n)
	}
	p := style.Panel{Title: title, Info: m.info(), W: w, H: h, Focused: true}
	var cursor *tea.Cursor
	iw, ih := p.Inner()
	p.Body, cursor = m.grid.View(iw, ih)
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+gridX, cursor.Y+gridY
	}
	return m.env.Styles.Panel(p), cursor
}

func (m *Model) info() string {
	if !m.loaded {
		return ""
	}
	return m.env.T("materials.count", "n", m.count, "files", m.grid.Len())
}

// details tells all there is about the file under the cursor, in lines of w cells.
func (m *Model) details(w int) string {
	r, ok := m.grid.Current()
	if !ok {
		return m.env.Styles.Muted.Render(m.env.T("materials.nothing_chosen"))
	}
	var b strings.Builder
	b.WriteString(m.env.Styles.Strong.Render(text.Truncate(r.mat.MaterialName.String(), w)) + "\n\n")
	line := func(label i18n.Key, value string) {
		if value == "" || value == "--" {
			return
		}
		b.WriteString(m.env.Styles.Muted.Render(m.env.T(label)) + "\n")
		for _, l := range text.Wrap(value, w-2) {
			b.WriteString("  " + l + "\n")
		}
	}
	line("materials.detail.file", fileCell(r))
	if r.hasFile() {
		line("materials.detail.size", fmt.Sprintf("%s  %s", r.size(), r.file.FileContentType))
	}
	line("materials.detail.submitter", r.submitter())
	line("materials.detail.time", moment(r.mat.CreateTime.Time, longTime))
	line("materials.detail.replaced", moment(r.mat.HisCreateTime.Time, longTime))
	line("materials.detail.archive", strings.TrimSpace(r.mat.ServiceAccessTitle.String()+" "+r.mat.ServiceAccessID.String()))
	line("materials.detail.process", strings.TrimSpace(r.mat.ProcessName.String()+" "+r.mat.ProcessInstanceID.String()))
	line("materials.detail.source", r.mat.SourceType.String())
	line("materials.detail.expires", m.expiry(r))
	line("materials.detail.id", r.file.ID.String())
	return b.String()
}

// expiry warns of a temporary file, which the platform purges.
func (m *Model) expiry(r row) string {
	if !r.file.IsTemp {
		return ""
	}
	return m.env.T("materials.temporary", "time", moment(r.file.TempExpireTime.Time, longTime))
}

// Title implements core.Screen.
func (m *Model) Title() string {
	a := m.account.Account
	name := a.AccountName.String()
	if name == "" {
		name = m.account.Customer.CustomerName.String()
	}
	return strings.Join(strings.Fields(m.env.T("materials.breadcrumb", "no", a.AccountNo, "name", name)), " ")
}

// Status implements core.Screen.
func (m *Model) Status() string {
	onOff := func(on bool) string {
		if on {
			return m.env.T("materials.on")
		}
		return m.env.T("materials.off")
	}
	s := m.env.T("materials.status", "customer", onOff(m.asked.WithCustomer), "history", onOff(m.asked.WithHis))
	if n := len(m.asked.MaterialCodes); n > 0 {
		s += "  " + m.env.T("materials.filtered", "n", n)
	}
	if m.notice != "" {
		return m.notice + "  |  " + s
	}
	return s
}
