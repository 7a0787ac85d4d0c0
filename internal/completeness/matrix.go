package completeness

import (
	"cmp"
	"slices"
	"strings"

	"imagery/client"
	"imagery/internal/rules"
)

// Cell is how one account stands towards one column of a matrix.
type Cell uint8

// Cells. Unknown: a rule with conditions that is not violated, so the material is held or not required, and which of them was not asked.
const (
	Unknown Cell = iota
	Have
	Missing
	NotRequired
	Loading // the question is still to be answered
	Failed  // the question was not answered
	cells
)

// Column is what some rules require: one of Codes. Rules that require the same share a column.
type Column struct {
	Codes []string
	Rules []int // indexes into the run's rules
}

// Matrix lays a run out as accounts × requirements, one byte a cell. Its rows are the run's accounts.
type Matrix struct {
	Columns []Column

	run     *Run
	cells   []Cell // row by row
	missing []int  // missing cells by row
}

// NewMatrix lays out a run as it is now. Only a listed run has rows for accounts that nothing is missing from.
func NewMatrix(r *Run) *Matrix {
	m := &Matrix{run: r, missing: make([]int, len(r.Accounts))}
	at := map[string]int{}
	for i := range r.Rules.Rules {
		codes := union(r.Rules.Rules[i].Any, nil)
		key := strings.Join(codes, "\x00")
		if _, ok := at[key]; !ok {
			at[key] = len(m.Columns)
			m.Columns = append(m.Columns, Column{Codes: r.Rules.Rules[i].Any})
		}
		c := &m.Columns[at[key]]
		c.Rules = append(c.Rules, i)
	}
	m.cells = make([]Cell, len(r.Accounts)*len(m.Columns))
	w := newWalk(r)
	for row := range r.Accounts {
		w.next(row)
		for col := range m.Columns {
			c := w.cell(m.Columns[col].Rules)
			m.cells[row*len(m.Columns)+col] = c
			if c == Missing {
				m.missing[row]++
			}
		}
	}
	return m
}

// walk goes through a run account by account.
type walk struct {
	*Run
	account rules.Account
	said    []Cell  // of each rule about this account, as far as findings and exemptions tell; cells if they do not
	open    []Cell  // of each rule: Loading or Failed while its question has no answer, else Unknown
	left    int     // violations behind this account's start here
	exempt  [][]int // of each rule, exemptions from this account on; nil if they were not asked for
}

func newWalk(r *Run) *walk {
	n := len(r.Rules.Rules)
	w := &walk{Run: r, said: make([]Cell, n), open: make([]Cell, n), exempt: make([][]int, n)}
	for rule, list := range r.Exempt {
		w.exempt[rule] = list
	}
	for _, rule := range r.Pending {
		w.open[rule] = Loading
	}
	for _, rule := range r.Failed {
		w.open[rule] = Failed
	}
	return w
}

// next goes to an account; they have to be gone through in order.
func (w *walk) next(account int) {
	w.account = w.Accounts[account].Facts()
	for rule := range w.said {
		w.said[rule] = cells
		if e := w.exempt[rule]; len(e) > 0 && e[0] == account {
			w.said[rule], w.exempt[rule] = NotRequired, e[1:]
		}
	}
	for ; w.left < len(w.Violations) && w.Violations[w.left].Account == account; w.left++ {
		v := w.Violations[w.left]
		w.said[v.Rule] = Missing
		if v.State == Cleared {
			w.said[v.Rule] = Have
			if w.Rules.Rules[v.Rule].Conditional() {
				w.said[v.Rule] = Unknown // cleared by the material or by a condition
			}
		}
	}
}

// rank orders what several rules say about one cell: what comes first is shown.
var rank = [cells]int{Missing: 0, Failed: 1, Loading: 2, Have: 3, Unknown: 4, NotRequired: 5}

// cell is what rules say about the account together.
func (w *walk) cell(list []int) Cell {
	out := NotRequired
	for _, rule := range list {
		if c := w.one(rule); rank[c] < rank[out] {
			out = c
		}
	}
	return out
}

func (w *walk) one(rule int) Cell {
	r := &w.Rules.Rules[rule]
	switch {
	case !r.Applies(w.account):
		return NotRequired
	case w.open[rule] != Unknown:
		return w.open[rule]
	case w.said[rule] != cells:
		return w.said[rule]
	case r.Conditional() && w.exempt[rule] == nil:
		return Unknown
	}
	return Have
}

// Rows is how many accounts there are.
func (m *Matrix) Rows() int { return len(m.missing) }

// Account returns the account of a row.
func (m *Matrix) Account(row int) *Account { return &m.run.Accounts[row] }

// Cell returns how an account stands towards a column.
func (m *Matrix) Cell(row, col int) Cell { return m.cells[row*len(m.Columns)+col] }

// MissingIn returns how many cells of a row are missing.
func (m *Matrix) MissingIn(row int) int { return m.missing[row] }

// Lacks reports whether something is missing from a row; col narrows to one column, -1 does not.
func (m *Matrix) Lacks(row, col int) bool {
	return col < 0 && m.missing[row] > 0 || col >= 0 && m.Cell(row, col) == Missing
}

// Tally counts the accounts and cells of a column or a group of accounts.
type Tally struct {
	Accounts int
	Lacking  int        // accounts with a missing cell
	Cells    [cells]int // by Cell
}

// Group is a department or type with its accounts' tally.
type Group struct {
	Code, Name client.Text // Name only for departments
	Tally
}

// Totals returns the tally of each column.
func (m *Matrix) Totals() []Tally {
	out := make([]Tally, len(m.Columns))
	for i, c := range m.cells {
		t := &out[i%len(m.Columns)]
		t.Cells[c]++
		if c != NotRequired {
			t.Accounts++
		}
		if c == Missing {
			t.Lacking++
		}
	}
	return out
}

// ByDepartment returns the departments, the one with most accounts lacking something first.
func (m *Matrix) ByDepartment() []Group {
	return m.groups(func(a *Account) (client.Text, client.Text) { return a.Dept, a.DeptName })
}

// ByBizType returns the business types, ordered alike.
func (m *Matrix) ByBizType() []Group {
	return m.groups(func(a *Account) (client.Text, client.Text) { return a.BizType, "" })
}

// ByCustomerType returns the account customer types, ordered alike.
func (m *Matrix) ByCustomerType() []Group {
	return m.groups(func(a *Account) (client.Text, client.Text) { return a.CustomerType, "" })
}

func (m *Matrix) groups(of func(*Account) (code, name client.Text)) []Group {
	at := map[client.Text]int{}
	var out []Group
	for row := range m.missing {
		code, name := of(m.Account(row))
		i, ok := at[code]
		if !ok {
			i = len(out)
			at[code] = i
			out = append(out, Group{Code: code, Name: name})
		}
		g := &out[i]
		g.Accounts++
		g.Lacking += min(m.missing[row], 1)
		for _, c := range m.cells[row*len(m.Columns) : (row+1)*len(m.Columns)] {
			g.Cells[c]++
		}
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Or(b.Lacking-a.Lacking, cmp.Compare(a.Code, b.Code)) })
	return out
}
