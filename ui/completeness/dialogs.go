package completeness

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/completeness"
	"imagery/internal/rules"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
)

// openTotals shows the totals of columns, departments and types.
func (m *Model) openTotals() tea.Cmd {
	lines := []string{m.env.T("completeness.by_column")}
	for i := range m.shown.matrix.Columns {
		t, r := m.shown.totals[i], &m.shown.Rules.Rules[m.shown.matrix.Columns[i].Rules[0]]
		lines = append(lines, "  "+m.bar(r.ID+" "+text.Steady(r.Name), t.Lacking, t.Accounts))
	}
	for _, by := range []grouping{byDept, byBiz, byCustomer} {
		lines = append(lines, "", m.env.T(by.title()))
		for _, g := range m.shown.groups[by] {
			lines = append(lines, "  "+m.bar(m.groupName(by, g), g.Lacking, g.Accounts))
		}
	}
	return core.Open(overlay.NewMessage(m.env, m.env.T("completeness.totals_title"), lines...), nil)
}

// openBasis shows how the run came about, what it rests on, and why it is not certified.
func (m *Model) openBasis() tea.Cmd {
	var lines []string
	for _, f := range m.svc.Obtained(m.shown.Run) {
		lines = append(lines, f.Label+": "+f.Value)
	}
	return core.Open(overlay.NewMessage(m.env, m.env.T("completeness.basis_title"), lines...), nil)
}

// openChanges shows what was fixed and what is new since the run before.
func (m *Model) openChanges() tea.Cmd {
	d := m.shown.diff
	at := m.shown.before.Finished.In(m.env.Now().Location()).Format(shortTime)
	lines := []string{m.env.T("completeness.changes_since", "at", at)}
	if d.OtherRules {
		lines = append(lines, m.env.T("completeness.other_rules"))
	}
	if len(d.Open) > 0 {
		lines = append(lines, m.env.T("completeness.not_compared", "rules", strings.Join(d.Open, " ")))
	}
	for _, part := range []struct {
		title string
		list  []engine.Finding
	}{{m.env.T("completeness.new_n", "n", text.Count(int64(len(d.New)))), d.New}, {m.env.T("completeness.fixed_n", "n", text.Count(int64(len(d.Fixed)))), d.Fixed}} {
		lines = append(lines, "", part.title)
		for _, f := range part.list[:min(len(part.list), maxLines)] {
			lines = append(lines, "  "+f.AccountNo.String()+"  "+f.Rule+"  "+m.names(f.Missing))
		}
		if more := len(part.list) - maxLines; more > 0 {
			lines = append(lines, "  "+m.env.T("completeness.and_more", "n", text.Count(int64(more))))
		}
	}
	return core.Open(overlay.NewMessage(m.env, m.env.T("completeness.changes_title"), lines...), nil)
}

// applyRules takes in the rules that the next check is by.
func (m *Model) applyRules(msg core.Loaded[*rules.Set]) tea.Cmd {
	if !m.reread.Accept(msg) || msg.Err != nil {
		return nil // the check says what is wrong
	}
	m.set, m.resumable = msg.Value, 0
	return nil
}

// showRule puts the cursor on a rule's column and leaves the accounts that lack what it asks for.
func (m *Model) showRule(id string) tea.Cmd {
	if m.shown == nil {
		return core.Toast(core.Warning, m.env.T("completeness.no_run"))
	}
	for i, c := range m.shown.matrix.Columns {
		if !slices.ContainsFunc(c.Rules, func(n int) bool { return m.shown.Rules.Rules[n].ID == id }) {
			continue
		}
		m.onlyMissing, m.onlyColumn = false, i
		m.pick()
		m.grid.SelectColumn(m.columnID(i))
		return nil
	}
	return core.Toast(core.Warning, m.env.T("completeness.not_in_run"))
}
