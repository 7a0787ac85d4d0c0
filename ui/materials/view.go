package materials

import (
	"cmp"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/look"
	"imagery/ui/internal/style"
)

// Layout, in cells.
const (
	gridX, gridY     = style.BodyX, style.BodyY // where the grid starts in the list's panel
	minPane, maxPane = 34, 90
	factLines        = 10 // of a preview, below the picture
	roomForBoth      = 96 // narrower, the preview goes below the list
	roomBelow        = 36 // lower, it folds away
)

const (
	longTime  = "2006-01-02 15:04:05"
	shortTime = "2006-01-02 15:04"
)

func (m *Model) columns() []grid.Column[row] {
	return []grid.Column[row]{
		{ID: "file", Title: "materials.col.file", Min: 18, Max: -1, Middle: true, Cell: m.fileCell, Style: m.fileStyle, Less: func(a, b row) bool { return a.fileName() < b.fileName() }},
		{
			ID: "size", Title: "materials.col.size", Min: 8, Max: 8, Priority: 3, Align: grid.Right, Cell: row.size,
			Less: func(a, b row) bool { return a.file.FileSize < b.file.FileSize },
		},
		{ID: "source", Title: "materials.col.source", Min: 12, Max: 24, Priority: 2, Cell: row.source, Less: func(a, b row) bool { return a.source() < b.source() }},
		{
			ID: "submitter", Title: "materials.col.submitter", Min: 12, Max: 14, Priority: 5, Cell: row.submitter,
			Less: func(a, b row) bool { return a.submitter() < b.submitter() },
		},
		{
			ID: "time", Title: "materials.col.time", Min: 16, Max: 16, Priority: 1, Cell: func(r row) string { return moment(r.time(), shortTime) },
			Less: func(a, b row) bool { return a.time().Before(b.time()) },
		},
		{ID: "type", Title: "materials.col.type", Min: 10, Max: 16, Priority: 6, Hidden: true, Cell: func(r row) string { return r.file.FileContentType.String() }, Less: func(a, b row) bool { return a.file.FileContentType < b.file.FileContentType }},
		{ID: "archive", Title: "materials.col.archive", Min: 13, Max: 24, Priority: 4, Middle: true, Cell: func(r row) string { return r.mat.ServiceAccessID.String() }, Less: func(a, b row) bool { return a.mat.ServiceAccessID < b.mat.ServiceAccessID }},
		{ID: "id", Title: "materials.col.id", Min: 12, Max: 36, Priority: 7, Hidden: true, Cell: func(r row) string { return r.file.ID.String() }, Less: func(a, b row) bool { return a.file.ID < b.file.ID }},
	}
}

func (m *Model) fileCell(r row) string {
	switch {
	case r.section == missing:
		return m.oneOf(r)
	case !r.hasFile():
		return "--"
	}
	return r.fileName()
}

func (m *Model) fileStyle(r row) *lipgloss.Style {
	if r.section == missing {
		return &m.env.Styles.Missing
	}
	return nil
}

// groupKey tells the groups apart: a material's code, and whose it is. What is missing is one group.
func groupKey(r row) string {
	if r.section == missing {
		return "missing"
	}
	return string(rune('0'+int(r.section))) + r.mat.MaterialCode.Raw()
}

// group is the header line a row stands under: whose the material is, its code and name.
func (m *Model) group(r row) string {
	name := r.mat.MaterialCode.String() + " " + r.mat.MaterialName.String()
	switch r.section {
	case ofCustomer:
		return m.env.T("materials.group_customer", "name", name)
	case ofHistory:
		return m.env.T("materials.group_history", "name", name)
	case missing:
		return m.env.T("materials.group_missing", "at", m.svc.CheckedAt().In(m.env.Now().Location()).Format("01-02 15:04"))
	}
	return name
}

// areas is how the window is shared out, in cells; a pane of no width is not shown.
type areas struct {
	listW, listH int
	paneW, paneH int
	picture      int // lines of the pane for the picture
}

// areas puts the preview beside the list where the window is wide, below it where it is high, and folds it away where it is neither.
func (m *Model) areas(w, h int) areas {
	a := areas{listW: w, listH: h}
	switch {
	case !m.detail:
		return a
	case w >= roomForBoth:
		a.paneW, a.paneH = min(max(w*2/5, minPane), maxPane), h
		a.listW -= a.paneW
	case h >= roomBelow:
		a.paneW, a.paneH = w, h/2
		a.listH -= a.paneH
	default:
		return a
	}
	a.picture = max(a.paneH-2-factLines, (a.paneH-2)/2)
	return a
}

// resized tells the preview how much room it has now.
func (m *Model) resized() tea.Cmd {
	a := m.areas(m.w, m.h)
	if a.paneW == 0 {
		m.pane.Hide()
		return m.enterPane(false)()
	}
	return tea.Batch(m.pane.Resize(a.paneW-4, a.picture), m.pane.Again(), m.follow())
}

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	a := m.areas(w, h)
	list, cursor := m.list(a.listW, a.listH)
	if a.paneW == 0 {
		return list, cursor
	}
	p := style.Panel{Title: m.env.T("materials.preview_title"), W: a.paneW, H: a.paneH, Focused: m.facts.Focused}
	iw, ih := p.Inner()
	p.Body = m.pane.View() + "\n" + m.facts.View(m.details(iw), ih-a.picture)
	p.Info = cmp.Or(m.facts.Where(), "p")
	pane := m.env.Styles.Panel(p)
	if a.listH < h {
		return list + "\n" + pane, cursor
	}
	return lipgloss.JoinHorizontal(lipgloss.Top, list, pane), cursor
}

func (m *Model) list(w, h int) (string, *tea.Cursor) {
	title := m.env.T("materials.title")
	if n := m.grid.Marks(); n > 0 {
		title += "  " + m.env.T("materials.marked", "n", n)
	}
	p := style.Panel{Title: title, Info: m.info(), W: w, H: h, Focused: !m.facts.Focused}
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
	s := m.env.T("materials.count", "n", m.count, "files", m.files)
	if m.lacks > 0 {
		s += "  " + m.env.T("materials.lacks", "n", m.lacks)
	}
	return s
}

// details tells all there is about the file under the cursor, in lines of w cells, what matters first.
func (m *Model) details(w int) string {
	r, ok := m.grid.Current()
	if !ok {
		return m.env.Styles.Muted.Render(m.env.T("materials.nothing_chosen"))
	}
	if r.section == missing {
		return m.missingDetails(r, w)
	}
	var b strings.Builder
	b.WriteString(m.env.Styles.Strong.Render(text.Truncate(r.mat.MaterialName.String(), w)) + "\n")
	for _, warning := range m.warnings(r) {
		for _, l := range text.Wrap("! "+warning, w) {
			b.WriteString(m.env.Styles.Warning.Render(l) + "\n")
		}
	}
	line := func(label i18n.Key, value string) {
		if value == "" || value == "--" {
			return
		}
		for i, l := range text.Wrap(m.env.T(label)+" "+value, w) {
			if i == 0 {
				l = m.env.Styles.Muted.Render(m.env.T(label)) + strings.TrimPrefix(l, m.env.T(label))
			}
			b.WriteString(l + "\n")
		}
	}
	line("materials.detail.file", m.fileCell(r))
	line("materials.detail.size", m.about(r))
	line("materials.detail.submitter", r.submitter())
	line("materials.detail.time", moment(r.mat.CreateTime.Time, longTime))
	line("materials.detail.replaced", moment(r.mat.HisCreateTime.Time, longTime))
	line("materials.detail.archive", strings.TrimSpace(r.mat.ServiceAccessTitle.String()+" "+r.mat.ServiceAccessID.String()))
	line("materials.detail.process", strings.TrimSpace(r.mat.ProcessName.String()+" "+r.mat.ProcessInstanceID.String()))
	line("materials.detail.source", m.sourceType(r))
	line("materials.detail.id", r.file.ID.String())
	if s := m.pane.Shown(); s != nil && s.Item.FileID == r.file.ID.Raw() {
		line("materials.detail.sha", s.Look.SHA256)
	}
	return b.String()
}

// missingDetails says what is missing, by which check, and what can be done about it.
func (m *Model) missingDetails(r row, w int) string {
	out := text.Wrap(m.env.Styles.Missing.Render(m.oneOf(r)), w)
	out = append(out, text.Wrap(m.group(r), w)...)
	if m.svc.WhyNotWrite() == "" {
		out = append(out, text.Wrap(m.env.Styles.Muted.Render(m.env.T("materials.lacks_help", "key", m.env.KeyOf("materials.archive", "a"))), w)...)
	}
	return strings.Join(out, "\n")
}

// sourceType says by which way a material came: in words where the platform's value is one that is known, else as it is.
func (m *Model) sourceType(r row) string {
	switch r.mat.SourceType.Raw() {
	case "WORKFLOW":
		return m.env.T("materials.by_workflow")
	case "ARCHIVE":
		return m.env.T("materials.by_archive")
	}
	return r.mat.SourceType.String()
}

// about is the file's size, type and dimensions, as far as they are known.
func (m *Model) about(r row) string {
	if !r.hasFile() {
		return ""
	}
	out := r.size() + "  " + r.file.FileContentType.String()
	if s := m.pane.Shown(); s != nil && s.Item.FileID == r.file.ID.Raw() {
		out = look.Facts(m.env, s)
	}
	return out
}

// warnings are what a reviewer should not overlook about the file.
func (m *Model) warnings(r row) (out []string) {
	if w := m.expiry(r); w != "" {
		out = append(out, w)
	}
	if s := m.pane.Shown(); s != nil && s.Item.FileID == r.file.ID.Raw() {
		out = append(out, look.Warnings(m.env, s)...)
	}
	return out
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

// names are what some materials are called.
func (m *Model) names(list []string) string {
	out := make([]string, len(list))
	for i, code := range list {
		out[i] = m.svc.Codes().Name(codes.Materials, client.Text(code))
	}
	return strings.Join(out, " / ")
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
	if len(m.absent) > 0 {
		s = m.env.T("materials.not_listed", "what", m.names(m.absent)) + "  |  " + s
	}
	if n := len(m.asked.MaterialCodes); n > 0 {
		s += "  " + m.env.T("materials.filtered", "n", n, "key", m.env.KeyOf("materials.codes", "f"))
	}
	return s
}
