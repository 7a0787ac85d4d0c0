package report

import (
	"fmt"
	"io"
	"slices"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/completeness"
	"imagery/internal/xlsx"
)

// XLSX writes a workbook: summary, matrix, a list of what to bring in for each department, rules, and how the result was obtained. Rows
// are streamed. All cells but counts are texts, so that numbers of accounts stay what they are.
func (r *Report) XLSX(w io.Writer) error {
	b := xlsx.NewWriter(w)
	m := completeness.NewMatrix(r.Run)
	for _, write := range []func(*xlsx.Writer, *completeness.Matrix) error{r.summarySheet, r.matrixSheets, r.listSheets, r.ruleSheet, r.obtainedSheet} {
		if err := write(b, m); err != nil {
			return fmt.Errorf("writing the workbook: %w", err)
		}
	}
	return b.Close()
}

func (r *Report) summarySheet(b *xlsx.Writer, m *completeness.Matrix) error {
	if err := b.Sheet(r.t("report.sheet.summary"), []string{r.t("report.item"), r.t("report.value"), "", ""}, 34, 22, 16, 16); err != nil {
		return err
	}
	for _, f := range r.summary() {
		if err := b.Texts([]string{f.Label, f.Value}); err != nil {
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
		if err := b.Row(); err != nil {
			return err
		}
		if err := b.Row(xlsx.Heads([]string{part.label, r.t("report.accounts_listed"), r.t("report.accounts_missing"), r.t("report.violations")})...); err != nil {
			return err
		}
		for _, g := range part.groups {
			var accounts xlsx.Cell // not known unless complete accounts are listed too
			if r.Run.Listed {
				accounts = xlsx.Count(g.Accounts)
			}
			if err := b.Row(xlsx.Text(part.name(g)), accounts, xlsx.Count(g.Lacking), xlsx.Count(g.Cells[completeness.Missing])); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxRows is how many rows of data go on a sheet, which can have xlsx.MaxRows.
const maxRows = 1_000_000

func (r *Report) matrixSheets(b *xlsx.Writer, m *completeness.Matrix) error {
	header := []string{r.t("report.dept"), r.t("report.account"), r.t("report.holder"), r.t("report.biz_type"), r.t("report.missing_count")}
	for _, c := range m.Columns {
		header = append(header, r.column(c))
	}
	words := make([]xlsx.Cell, 0, 8)
	for i, w := range r.cellWords() {
		if completeness.Cell(i) == completeness.Missing {
			words = append(words, xlsx.Alert(w))
			continue
		}
		words = append(words, xlsx.Text(w))
	}
	cells := make([]xlsx.Cell, 0, len(header))
	for from := 0; from == 0 || from < m.Rows(); from += maxRows {
		if err := b.Sheet(r.t("report.sheet.matrix"), header, 22, 16, 14, 14, 8); err != nil {
			return err
		}
		for row := from; row < min(from+maxRows, m.Rows()); row++ {
			a := m.Account(row)
			cells = append(cells[:0], xlsx.Text(r.dept(a.Dept, a.DeptName)), xlsx.Text(r.number(a)), xlsx.Text(r.holder(a)),
				xlsx.Text(r.named(codes.BizTypes, a.BizType.Raw())), xlsx.Count(m.MissingIn(row)))
			for col := range m.Columns {
				cells = append(cells, words[m.Cell(row, col)])
			}
			if err := b.Row(cells...); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxLists is how many departments get a list of their own; the rest share one.
const maxLists = 100

// listSheets writes what to bring in. Accounts, and so violations, are in order of departments.
func (r *Report) listSheets(b *xlsx.Writer, _ *completeness.Matrix) error {
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

func (r *Report) listSheet(b *xlsx.Writer, name string, list []completeness.Violation) error {
	if err := b.Sheet(name, r.findingHeader(), 22, 16, 14, 14, 14, 10, 12, 8, 24, 36, 30, 12); err != nil {
		return err
	}
	for _, v := range list {
		if err := b.Texts(r.findingRow(v)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) ruleSheet(b *xlsx.Writer, _ *completeness.Matrix) error {
	if err := b.Sheet(r.t("report.sheet.rules"), r.ruleHeader(), 8, 26, 40, 30, 30, 30, 30, 12, 24, 40); err != nil {
		return err
	}
	for i := range r.Run.Rules.Rules {
		if err := b.Texts(r.ruleRow(&r.Run.Rules.Rules[i])); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) obtainedSheet(b *xlsx.Writer, _ *completeness.Matrix) error {
	if err := b.Sheet(r.t("report.sheet.obtained"), []string{r.t("report.item"), r.t("report.value")}, 28, 90); err != nil {
		return err
	}
	for _, f := range r.Obtained() {
		if err := b.Texts([]string{f.Label, f.Value}); err != nil {
			return err
		}
	}
	return nil
}
