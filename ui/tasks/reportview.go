package tasks

import (
	"cmp"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/internal/transfer"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/style"
)

func (m *Report) columns() []grid.Column[transfer.FileResult] {
	type row = transfer.FileResult
	text1 := func(get func(transfer.Row) string) func(row) string {
		return func(f row) string { return client.Text(get(*cmp.Or(f.Row, &transfer.Row{}))).String() }
	}
	account, file := text1(func(r transfer.Row) string { return r.AccountNo }), text1(func(r transfer.Row) string { return base(r.Path) })
	code := text1(func(r transfer.Row) string { return r.Code })
	archive := func(f row) string {
		if f.Status != transfer.StatusArchived {
			return ""
		}
		return client.Text(f.FileID).String()
	}
	by := func(cell func(row) string) func(a, b row) bool {
		return func(a, b row) bool { return cell(a) < cell(b) }
	}
	return []grid.Column[row]{
		{ID: "row", Title: "tasks.report.row", Min: 5, Max: 7, Priority: 5, Align: grid.Right, Cell: func(f row) string { return strconv.FormatInt(f.Seq, 10) }},
		{ID: "status", Title: "tasks.report.status", Min: 8, Max: 8, Cell: m.status, Style: m.statusStyle, Less: by(m.status)},
		{ID: "account", Title: "tasks.report.account", Min: 11, Max: 14, Cell: account, Less: by(account)},
		{ID: "code", Title: "tasks.report.code", Min: 6, Max: 8, Priority: 3, Cell: code, Less: by(code)},
		{ID: "file", Title: "tasks.report.file", Min: 16, Max: -1, Middle: true, Cell: file, Less: by(file)},
		{ID: "size", Title: "tasks.report.size", Min: 8, Max: 8, Priority: 4, Align: grid.Right, Cell: func(f row) string { return text.Bytes(f.Bytes) }},
		{ID: "archive", Title: "tasks.report.archive", Min: 16, Max: 20, Priority: 6, Cell: archive},
		{ID: "reason", Title: "tasks.report.reason", Min: 18, Max: 40, Priority: 2, Cell: m.reason},
	}
}

var statusKeys = map[string]i18n.Key{
	transfer.StatusArchived: "tasks.report.archived", transfer.StatusFailed: "tasks.report.failed", transfer.StatusUnknown: "tasks.report.unknown",
	transfer.StatusWaiting: "tasks.report.unsent",
}

func (m *Report) status(f transfer.FileResult) string { return m.env.T(statusKeys[f.Status]) }

func (m *Report) statusStyle(f transfer.FileResult) *lipgloss.Style {
	switch f.Status {
	case transfer.StatusArchived:
		return &m.env.Styles.Success
	case transfer.StatusFailed:
		return &m.env.Styles.Error
	case transfer.StatusUnknown:
		return &m.env.Styles.Warning
	}
	return nil
}

func (m *Report) reason(f transfer.FileResult) string {
	if f.Err == nil {
		return ""
	}
	return m.svc.Explain(f.Err)
}

// reportBelow is the height of the pane with the row under the cursor in full.
const reportBelow = 7

// View implements core.Screen.
func (m *Report) View(w, h int) (string, *tea.Cursor) {
	m.listHeight = h - reportBelow
	p := style.Panel{Title: m.env.T("tasks.report.rows"), Info: m.counts(), W: w, H: m.listHeight, Focused: true}
	iw, ih := p.Inner()
	body, cur := m.grid.View(iw, ih)
	p.Body = body
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY
	}
	detail := m.env.Styles.Panel(style.Panel{Title: m.env.T("tasks.report.detail"), Body: m.detail(w-4, reportBelow-2), W: w, H: reportBelow})
	return m.env.Styles.Panel(p) + "\n" + detail, cur
}

func (m *Report) counts() string {
	t := m.task
	return m.env.T("tasks.report.counts", "done", t.DoneFiles, "failed", t.FailedFiles, "unknown", t.UnknownFiles, "unsent", t.AllFiles-t.DoneFiles-t.FailedFiles-t.UnknownFiles)
}

// detail is the row under the cursor in full, in h lines of w cells.
func (m *Report) detail(w, h int) string {
	f, ok := m.grid.Current()
	if !ok || f.Row == nil {
		return m.env.Styles.Muted.Render(m.env.T("tasks.report.no_row"))
	}
	lines := []string{
		text.Middle(client.Text(f.Row.Path).String(), w),
		text.Truncate(m.env.T("tasks.report.detail_row", "account", client.Text(f.Row.AccountNo), "code", client.Text(f.Row.Code), "title", client.Text(f.Row.Title)), w),
		text.Truncate("SHA256 "+f.Row.SHA256, w),
	}
	if f.Status == transfer.StatusArchived {
		lines = append(lines, text.Truncate(m.env.T("tasks.report.is_archive", "id", client.Text(f.FileID)), w))
	}
	for _, l := range text.Wrap(m.reason(f), w) {
		if s := m.statusStyle(f); l != "" && s != nil {
			lines = append(lines, s.Render(l))
		}
	}
	return strings.Join(lines[:min(len(lines), h)], "\n")
}

// Status implements core.Screen.
func (m *Report) Status() string {
	switch {
	case m.Busy():
		return m.env.Spinner() + " " + m.env.T("tasks.report.busy")
	case m.task.UnknownFiles > 0:
		return m.env.T("tasks.report.hint_unknown", "n", m.task.UnknownFiles)
	case m.few:
		return m.env.T("tasks.report.only_open")
	}
	return m.env.T("tasks.report.hint")
}
