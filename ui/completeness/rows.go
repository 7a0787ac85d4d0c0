package completeness

import (
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/codes"
	engine "imagery/internal/completeness"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/style"
)

// Widths of a requirement's column, in cells.
const (
	cellMin = 6
	cellMax = 12
)

// keptGrid is the key under which the arrangement is kept.
const keptGrid = "completeness.grid"

// grouping is what rows stand together by.
type grouping string

const (
	ungrouped    grouping = ""
	byDept       grouping = "dept"
	byBiz        grouping = "biz"
	byCustomer   grouping = "customer"
	barCells              = 22
	maxLines              = 400 // of findings in a dialog; a report has them all
	columnPrefix          = "rule:"
)

// rebuild makes the grid anew for the run and the grouping. What the user arranged stays, folded groups unless the grouping is another.
func (m *Model) rebuild(regroup bool) {
	var st grid.State
	switch {
	case m.grid != nil && m.grid.Len() > 0:
		st = m.grid.State()
	case m.place.grid != nil:
		st = *m.place.grid
	default:
		m.env.Kept.Recall(keptGrid, &st)
		regroup = true
	}
	cfg := grid.Config[int]{
		Columns: m.columns(), Key: m.key, Open: m.open, Search: m.search, NoMarks: true, CellCursor: true,
		Empty: "completeness.empty", Loading: "completeness.reading", Changed: m.keep, Retry: m.read,
	}
	if m.by != ungrouped && m.shown != nil {
		cfg.Group, cfg.GroupTitle, cfg.TitleCounts, cfg.GroupsByKey = m.group, m.groupTitle, true, true
	}
	m.grid = grid.New(m.env, cfg)
	m.grid.SetFocus(true)
	m.bars = m.groupBars()
	if cfg.Group != nil && regroup { // departments first, one below the other
		st.Folded = nil
		for key := range m.bars {
			st.Folded = append(st.Folded, key)
		}
	}
	m.grid.Restore(st)
	m.startAt = st.Cursor
}

// keep keeps the arrangement.
func (m *Model) keep() tea.Cmd { return m.env.Kept.Keep(keptGrid, m.grid.State().Arrangement()) }

func (m *Model) account(row int) *engine.Account { return m.shown.matrix.Account(row) }

func (m *Model) key(row int) string {
	a := m.account(row)
	if a.ID != "" {
		return a.ID.Raw()
	}
	return a.BizType.Raw() + "/" + a.No.Raw()
}

func (m *Model) search(row int) []string {
	a := m.account(row)
	return []string{a.No.String(), a.Name.String(), dept(a)}
}

func dept(a *engine.Account) string {
	if a.DeptName != "" {
		return a.DeptName.String()
	}
	return a.Dept.String()
}

// columns are those of the account and the result, which stay in sight, and one for each requirement.
func (m *Model) columns() []grid.Column[int] {
	less := func(of func(*engine.Account) client.Text) func(a, b int) bool {
		return func(a, b int) bool { return of(m.account(a)) < of(m.account(b)) }
	}
	cols := []grid.Column[int]{
		{
			ID: "no", Title: "completeness.col.no", Min: 12, Max: 16, Frozen: true, Cell: func(r int) string { return m.account(r).No.String() },
			Less: less(func(a *engine.Account) client.Text { return a.No }),
		},
		{
			ID: "name", Title: "completeness.col.name", Min: 10, Max: 20, Frozen: true, Cell: func(r int) string { return m.account(r).Name.String() },
			Less: less(func(a *engine.Account) client.Text { return a.Name }),
		},
		{
			ID: "result", Title: "completeness.col.result", Min: max(6, text.Width(m.env.T("completeness.lacks", "n", 10))), Max: 8, Frozen: true,
			Cell: m.result, Style: m.resultStyle,
			Less: func(a, b int) bool { return m.shown.matrix.MissingIn(a) < m.shown.matrix.MissingIn(b) },
		},
		{
			ID: "dept", Title: "completeness.col.dept", Min: 10, Max: 14, Hidden: true, Frozen: true, Cell: func(r int) string { return dept(m.account(r)) },
			Less: less(func(a *engine.Account) client.Text { return a.Dept }),
		},
	}
	if m.shown == nil {
		return cols
	}
	for i, name := range m.headings() {
		cols = append(cols, grid.Column[int]{
			ID: m.columnID(i), Name: name, Min: cellMin, Max: cellMax, Priority: i + 1,
			Cell: func(r int) string { return m.word(m.shown.matrix.Cell(r, i)) }, Style: func(r int) *lipgloss.Style { return m.look(m.shown.matrix.Cell(r, i)) },
			Less: func(a, b int) bool { return m.shown.matrix.Cell(a, i) < m.shown.matrix.Cell(b, i) },
		})
	}
	return cols
}

// columnID is empty for no column.
func (m *Model) columnID(i int) string {
	if i < 0 {
		return ""
	}
	return columnPrefix + m.shown.Rules.Rules[m.shown.matrix.Columns[i].Rules[0]].ID
}

// columnAt returns the requirement under the cell cursor, -1 on another column.
func (m *Model) columnAt() int {
	if m.shown == nil {
		return -1
	}
	return m.columnOf(m.grid.CurrentColumn())
}

// columnOf returns the requirement whose column has an ID, -1 for none.
func (m *Model) columnOf(id string) int {
	for i := range m.shown.matrix.Columns {
		if m.columnID(i) == id {
			return i
		}
	}
	return -1
}

// headings are the columns' names: those of their rules, or where these begin alike their ids.
func (m *Model) headings() []string {
	r := m.shown.Run
	out, seen := make([]string, len(m.shown.matrix.Columns)), map[string]int{}
	for i, c := range m.shown.matrix.Columns {
		out[i] = text.Steady(client.SafeText(r.Rules.Rules[c.Rules[0]].Name, 60))
		seen[text.Cut(out[i], 0, cellMin)]++
	}
	for i, c := range m.shown.matrix.Columns {
		if text.Width(out[i]) > cellMin && seen[text.Cut(out[i], 0, cellMin)] > 1 {
			out[i] = r.Rules.Rules[c.Rules[0]].ID
		}
	}
	return out
}

// word is what a cell says.
func (m *Model) word(c engine.Cell) string {
	switch c {
	case engine.Have:
		return m.env.T("completeness.cell.have")
	case engine.Missing:
		return m.env.T("completeness.cell.missing")
	case engine.NotRequired:
		return m.env.T("completeness.cell.not_required")
	case engine.Loading:
		return ".."
	case engine.Failed:
		return "!"
	}
	return m.env.T("completeness.cell.unknown")
}

func (m *Model) look(c engine.Cell) *lipgloss.Style {
	s := m.env.Styles
	switch c {
	case engine.Have:
		return &s.Have
	case engine.Missing:
		return &s.Missing
	case engine.NotRequired:
		return &s.Exempt
	case engine.Failed:
		return &s.Error
	}
	return &s.Pending
}

// result is how an account stands in all.
func (m *Model) result(row int) string {
	n := m.shown.matrix.MissingIn(row)
	switch {
	case n > 0:
		return m.env.T("completeness.lacks", "n", n)
	case len(m.shown.Failed) > 0:
		return m.env.T("completeness.failed")
	case m.isLive():
		return m.env.T("completeness.asking")
	case len(m.shown.Pending) > 0:
		return m.env.T("completeness.open")
	}
	return m.env.T("completeness.complete")
}

// isLive reports whether what is shown is what a check that goes on knows so far.
func (m *Model) isLive() bool {
	return m.doing == checking && m.shown.ID == 0 && len(m.shown.Pending) > 0
}

func (m *Model) resultStyle(row int) *lipgloss.Style {
	if m.shown.matrix.MissingIn(row) > 0 {
		return &m.env.Styles.Missing
	}
	return &m.env.Styles.Have
}

func (m *Model) group(row int) string {
	a := m.account(row)
	switch m.by {
	case byBiz:
		return a.BizType.Raw()
	case byCustomer:
		return a.CustomerType.Raw()
	}
	return a.Dept.Raw()
}

func (m *Model) groupTitle(row int) string { return m.bars[m.group(row)] }

// groupBars are the groups' headers by key: name, a bar of the share that lacks something, and the counts.
func (m *Model) groupBars() map[string]string {
	if m.shown == nil || m.by == ungrouped {
		return nil
	}
	out := map[string]string{}
	for _, g := range m.shown.groups[m.by] {
		out[g.Code.Raw()] = m.bar(m.groupName(m.by, g), g.Lacking, g.Accounts)
	}
	return out
}

func (m *Model) groupName(by grouping, g engine.Group) string {
	table := map[grouping]codes.Table{byDept: codes.Departments, byBiz: codes.BizTypes, byCustomer: codes.AccountCustomerTypes}[by]
	name := g.Name.String()
	if name == "" {
		name = strings.TrimPrefix(m.svc.Codes().Name(table, g.Code), g.Code.String())
	}
	return strings.TrimSpace(g.Code.String() + " " + name)
}

// bar is a line of a name, how many of how many lack something, and that share as a bar.
func (m *Model) bar(name string, part, all int) string {
	share := float64(part) / float64(max(1, all))
	return text.Fit(name, 20) + " " + style.Bar(share, barCells) + " " +
		m.env.T("completeness.share", "part", text.Count(int64(part)), "all", text.Count(int64(all)), "percent", fmt.Sprintf("%.1f", 100*share))
}

// open asks for the account's materials, at what the column under the cursor asks for.
func (m *Model) open(row int) tea.Cmd {
	a := m.account(row)
	var c client.CustomerAccount
	c.Account.AccountID, c.Account.AccountNo, c.Account.AccountBizType, c.Account.AccountName = a.ID, a.No, a.BizType, a.Name
	c.Account.CustomerID, c.Account.AccountCustomerType, c.Account.AccountStatus = a.CustomerID, a.CustomerType, a.Status
	c.Account.DeptCode, c.Account.OpenAcctDate, c.Department.DeptName = a.Dept, a.Opened.Date, a.DeptName
	msg := OpenMsg{Account: c}
	if col := m.columnAt(); col >= 0 {
		msg.Codes = m.shown.matrix.Columns[col].Codes
	}
	return core.Send(msg)
}

// names lists codes of materials with their names.
func (m *Model) names(list []string) string {
	out := make([]string, len(list))
	for i, code := range list {
		safe := client.Text(code).String()
		out[i] = strings.TrimSpace(safe + " " + strings.TrimPrefix(m.svc.Codes().Name(codes.Materials, client.Text(code)), safe))
	}
	return strings.Join(out, m.env.T("completeness.or"))
}

// title is what a grouping is called.
func (g grouping) title() i18n.Key { return i18n.Key("completeness.by." + cmp.Or(string(g), "none")) }
