package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/completeness"
)

// XLSX writes a workbook: summary, matrix, a list of what to bring in for each department, rules, and how the result was obtained. Rows
// are streamed; whatever exceeds memory lies in the system's temporary folder meanwhile. All cells but counts are texts, so that numbers
// of accounts stay what they are.
func (r *Report) XLSX(w io.Writer) (err error) {
	b := &workbook{file: excelize.NewFile(), used: map[string]bool{}}
	defer func() {
		if e := b.file.Close(); err == nil {
			err = e
		}
	}()
	if b.head, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE6F0"}}}); err != nil {
		return err
	}
	if b.lack, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "B00020", Bold: true}}); err != nil {
		return err
	}
	m := completeness.NewMatrix(r.Run)
	for _, write := range []func(*workbook, *completeness.Matrix) error{r.summarySheet, r.matrixSheets, r.listSheets, r.ruleSheet, r.obtainedSheet} {
		if err := write(b, m); err != nil {
			return fmt.Errorf("writing the workbook: %w", err)
		}
	}
	return b.file.Write(w)
}

// workbook is an XLSX file in the making.
type workbook struct {
	file       *excelize.File
	used       map[string]bool // sheets' names in lower case
	head, lack int             // styles
}

// sheet is a worksheet in the making.
type sheet struct {
	*excelize.StreamWriter
	row int
}

// sheet adds a worksheet with a header row that stays in view; widths are in characters.
func (b *workbook) sheet(name string, header []string, widths ...float64) (*sheet, error) {
	name = b.sheetName(name)
	if len(b.used) == 1 {
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	w, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	s := &sheet{StreamWriter: w}
	cells := make([]any, len(header))
	for i, h := range header {
		cells[i] = excelize.Cell{StyleID: b.head, Value: h}
	}
	return s, s.add(cells...)
}

func (s *sheet) add(cells ...any) error {
	s.row++
	return s.SetRow(fmt.Sprintf("A%d", s.row), cells)
}

func (s *sheet) texts(list []string) error {
	cells := make([]any, len(list))
	for i, x := range list {
		cells[i] = x
	}
	return s.add(cells...)
}

// sheetName makes a name that is allowed, 31 UTF-16 units at most, and not used yet.
func (b *workbook) sheetName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return '_'
		}
		return r
	}, name), "' ")
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf(" %d", n)
		}
		units := utf16.Encode([]rune(name))
		short := strings.TrimRight(string(utf16.Decode(units[:min(len(units), 31-len(suffix))])), "\ufffd") + suffix
		if key := strings.ToLower(short); short != "" && !b.used[key] {
			b.used[key] = true
			return short
		}
	}
}

func (r *Report) summarySheet(b *workbook, m *completeness.Matrix) error {
	s, err := b.sheet(r.t("report.sheet.summary"), []string{r.t("report.item"), r.t("report.value"), "", ""}, 34, 22, 16, 16)
	if err != nil {
		return err
	}
	for _, f := range r.summary() {
		if err := s.texts([]string{f.Label, f.Value}); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		label  string
		groups []completeness.Group
		name   func(completeness.Group) string
	}{
		{r.t("report.by_dept"), m.ByDepartment(), func(g completeness.Group) string { return r.dept(g.Code, g.Name) }},
		{r.t("report.by_biz_type"), m.ByBizType(), func(g completeness.Group) string { return r.named(codes.BizTypes, g.Code.Raw()) }},
		{r.t("report.by_customer_type"), m.ByCustomerType(), func(g completeness.Group) string { return r.named(codes.AccountCustomerTypes, g.Code.Raw()) }},
	} {
		if err := s.add(); err != nil {
			return err
		}
		if err := s.head(b, part.label, r.t("report.accounts_listed"), r.t("report.accounts_missing"), r.t("report.violations")); err != nil {
			return err
		}
		for _, g := range part.groups {
			var accounts any // not known unless complete accounts are listed too
			if r.Run.Listed {
				accounts = g.Accounts
			}
			if err := s.add(part.name(g), accounts, g.Lacking, g.Cells[completeness.Missing]); err != nil {
				return err
			}
		}
	}
	return s.Flush()
}

// head adds a header row further down.
func (s *sheet) head(b *workbook, list ...string) error {
	cells := make([]any, len(list))
	for i, x := range list {
		cells[i] = excelize.Cell{StyleID: b.head, Value: x}
	}
	return s.add(cells...)
}

// maxRows is how many rows of data go on a sheet, which can have 1,048,576.
const maxRows = 1_000_000

func (r *Report) matrixSheets(b *workbook, m *completeness.Matrix) error {
	header := []string{r.t("report.dept"), r.t("report.account"), r.t("report.holder"), r.t("report.biz_type"), r.t("report.missing_count")}
	for _, c := range m.Columns {
		header = append(header, r.column(c))
	}
	words := make([]any, 0, 8)
	for i, w := range r.cellWords() {
		if completeness.Cell(i) == completeness.Missing {
			words = append(words, excelize.Cell{StyleID: b.lack, Value: w})
			continue
		}
		words = append(words, w)
	}
	for from := 0; from == 0 || from < m.Rows(); from += maxRows {
		s, err := b.sheet(r.t("report.sheet.matrix"), header, 22, 16, 14, 14, 8)
		if err != nil {
			return err
		}
		for row := from; row < min(from+maxRows, m.Rows()); row++ {
			a := m.Account(row)
			cells := []any{r.dept(a.Dept, a.DeptName), r.number(a), r.holder(a), r.named(codes.BizTypes, a.BizType.Raw()), m.MissingIn(row)}
			for col := range m.Columns {
				cells = append(cells, words[m.Cell(row, col)])
			}
			if err := s.add(cells...); err != nil {
				return err
			}
		}
		if err := s.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// maxLists is how many departments get a list of their own; the rest share one.
const maxLists = 100

// listSheets writes what to bring in. Accounts, and so violations, are in order of departments.
func (r *Report) listSheets(b *workbook, _ *completeness.Matrix) error {
	open := slices.DeleteFunc(slices.Clone(r.Run.Violations), func(v completeness.Violation) bool { return v.State == completeness.Cleared })
	dept := func(v completeness.Violation) client.Text { return r.Run.Accounts[v.Account].Dept }
	lists := 0
	for len(open) > 0 {
		n := len(open)
		name := r.t("report.sheet.list", "dept", r.t("report.other_departments"))
		if lists++; lists <= maxLists {
			if i := slices.IndexFunc(open, func(v completeness.Violation) bool { return dept(v) != dept(open[0]) }); i > 0 {
				n = i
			}
			a := &r.Run.Accounts[open[0].Account]
			name = r.t("report.sheet.list", "dept", r.dept(a.Dept, a.DeptName))
		}
		n = min(n, maxRows)
		if err := r.listSheet(b, name, open[:n]); err != nil {
			return err
		}
		open = open[n:]
	}
	return nil
}

func (r *Report) listSheet(b *workbook, name string, list []completeness.Violation) error {
	s, err := b.sheet(name, r.findingHeader(), 22, 16, 14, 14, 14, 10, 12, 8, 24, 36, 30, 12)
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := s.texts(r.findingRow(v)); err != nil {
			return err
		}
	}
	return s.Flush()
}

func (r *Report) ruleSheet(b *workbook, _ *completeness.Matrix) error {
	s, err := b.sheet(r.t("report.sheet.rules"), r.ruleHeader(), 8, 26, 40, 30, 30, 30, 30, 12, 24, 40)
	if err != nil {
		return err
	}
	for i := range r.Run.Rules.Rules {
		if err := s.texts(r.ruleRow(&r.Run.Rules.Rules[i])); err != nil {
			return err
		}
	}
	return s.Flush()
}

func (r *Report) obtainedSheet(b *workbook, _ *completeness.Matrix) error {
	s, err := b.sheet(r.t("report.sheet.obtained"), []string{r.t("report.item"), r.t("report.value")}, 28, 90)
	if err != nil {
		return err
	}
	for _, f := range r.obtained() {
		if err := s.texts([]string{f.Label, f.Value}); err != nil {
			return err
		}
	}
	return s.Flush()
}
