package batch

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/text"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/style"
)

func (m *Model) columns() []grid.Column[row] {
	by := func(cell func(row) string) func(a, b row) bool {
		return func(a, b row) bool { return cell(a) < cell(b) }
	}
	account := func(r row) string { return client.Text(r.AccountNo).String() }
	file := func(r row) string { return client.Text(base(r.Path)).String() }
	return []grid.Column[row]{
		{ID: "line", Title: "batch.col.line", Min: 5, Max: 7, Priority: 5, Align: grid.Right, Cell: func(r row) string { return number(r.Line) }, Less: func(a, b row) bool { return a.Line < b.Line }},
		{ID: "status", Title: "batch.col.status", Min: 8, Max: 8, Cell: m.verdict, Style: m.verdictStyle, Less: by(m.verdict)},
		{ID: "account", Title: "batch.col.account", Min: 11, Max: 14, Cell: account, Less: by(account)},
		{ID: "code", Title: "batch.col.code", Min: 12, Max: 22, Priority: 3, Cell: m.material, Less: by(m.material)},
		{ID: "file", Title: "batch.col.path", Min: 16, Max: -1, Middle: true, Cell: file, Less: by(file)},
		{ID: "size", Title: "batch.col.size", Min: 8, Max: 8, Priority: 4, Align: grid.Right, Cell: size, Less: func(a, b row) bool { return a.Size < b.Size }},
		{ID: "title", Title: "batch.col.title", Min: 10, Max: 20, Priority: 6, Cell: func(r row) string { return client.Text(r.Title).String() }},
		{ID: "reason", Title: "batch.col.reason", Min: 20, Max: 40, Priority: 2, Cell: m.reason, Less: by(m.reason)},
	}
}

func number(line int) string {
	if line == 0 {
		return ""
	}
	return strconv.Itoa(line)
}

func size(r row) string {
	if r.Size == 0 {
		return ""
	}
	return text.Bytes(r.Size)
}

func (m *Model) verdict(r row) string {
	switch {
	case r.Problem != nil:
		return m.env.T("batch.status.refused")
	case r.Doubt != nil:
		return m.env.T("batch.status.doubt")
	}
	return m.env.T("batch.status.ready")
}

func (m *Model) verdictStyle(r row) *lipgloss.Style {
	switch {
	case r.Problem != nil:
		return &m.env.Styles.Error
	case r.Doubt != nil:
		return &m.env.Styles.Warning
	}
	return &m.env.Styles.Success
}

func (m *Model) material(r row) string {
	code := client.Text(r.Code).String()
	if name := m.svc.Codes().Name(codes.Materials, client.Text(r.Code)); name != code {
		return code + " " + name
	}
	return code
}

func (m *Model) reason(r row) string {
	switch {
	case r.Problem != nil:
		return m.svc.Explain(r.Problem)
	case r.Doubt != nil:
		return m.svc.Explain(r.Doubt)
	}
	return ""
}

// belowLines is the height of the pane with the row under the cursor in full.
const belowLines = 7

// View implements core.Screen: the rows of the plan, and below them the one under the cursor in full.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	m.listHeight = h - belowLines
	p := style.Panel{Title: m.from.name(), Info: m.counts(), W: w, H: m.listHeight, Focused: true}
	iw, ih := p.Inner()
	body, cur := m.grid.View(iw, ih)
	p.Body = body
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY
	}
	detail := m.env.Styles.Panel(style.Panel{Title: m.env.T("batch.detail"), Body: m.detail(w-4, belowLines-2), W: w, H: belowLines})
	return m.env.Styles.Panel(p) + "\n" + detail, cur
}

func (m *Model) counts() string {
	return m.env.T("batch.plan_counts", "all", len(m.plan), "good", m.count.Good, "doubtful", m.count.Doubtful, "refused", m.count.Refused)
}

// detail is the row under the cursor in full, in h lines of w cells.
func (m *Model) detail(w, h int) string {
	r, ok := m.grid.Current()
	if !ok {
		return m.env.Styles.Muted.Render(m.env.T("batch.no_row"))
	}
	lines := []string{
		text.Middle(client.Text(r.Path).String(), w),
		text.Truncate(m.env.T("batch.detail_row", "account", client.Text(r.AccountNo), "biz", m.svc.Codes().Name(codes.BizTypes, client.Text(r.AccountBizType)), "material", m.material(r), "title", client.Text(r.Title)), w),
	}
	if r.SHA256 != "" {
		lines = append(lines, text.Truncate(client.Text(r.Type).String()+"  "+text.Bytes(r.Size)+"  SHA256 "+r.SHA256, w))
	}
	if why := m.reason(r); why != "" {
		for _, l := range text.Wrap(why, w) {
			lines = append(lines, m.verdictStyle(r).Render(l))
		}
	}
	return strings.Join(lines[:min(len(lines), h)], "\n")
}

// Status implements core.Screen.
func (m *Model) Status() string {
	switch {
	case m.check.Busy():
		return m.env.Spinner() + " " + m.seen.words(m.env)
	case m.start.Busy():
		return m.env.Spinner() + " " + m.env.T("batch.starting")
	case m.few:
		return m.env.T("batch.only_wrong")
	case m.count.Good == 0:
		return m.env.T("batch.none_good")
	}
	return m.env.T("batch.hint", "n", m.count.Good)
}
