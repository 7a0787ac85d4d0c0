package completeness

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/completeness"
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
	for _, part := range []struct {
		title string
		list  []engine.Finding
	}{{m.env.T("completeness.new_n", "n", len(d.New)), d.New}, {m.env.T("completeness.fixed_n", "n", len(d.Fixed)), d.Fixed}} {
		lines = append(lines, "", part.title)
		for _, f := range part.list[:min(len(part.list), maxLines)] {
			lines = append(lines, "  "+f.AccountNo.String()+"  "+f.Rule+"  "+m.names(f.Missing))
		}
		if more := len(part.list) - maxLines; more > 0 {
			lines = append(lines, "  "+m.env.T("completeness.and_more", "n", more))
		}
	}
	return core.Open(overlay.NewMessage(m.env, m.env.T("completeness.changes_title"), lines...), nil)
}

// countRules asks the platform how many accounts each rule concerns and how many violate it, as it stands in the file now.
func (m *Model) countRules() tea.Cmd {
	svc, set, scope := m.svc, m.set, m.scope
	return m.counts.Start(m.env.Ctx, func(ctx context.Context) ([]engine.Estimate, error) { return svc.Estimates(ctx, set, scope) })
}

// openRules shows the rules with their counts. Choosing one leaves the accounts that violate it.
func (m *Model) openRules(msg core.Loaded[[]engine.Estimate]) tea.Cmd {
	if !m.counts.Accept(msg) {
		return nil
	}
	if msg.Err != nil {
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	items := make([]overlay.Item, 0, len(msg.Value))
	for i, e := range msg.Value {
		if i >= len(m.set.Rules) {
			break
		}
		r, upTo := &m.set.Rules[i], ""
		if e.AtMost {
			upTo = "<="
		}
		items = append(items, overlay.Item{
			ID: r.ID, Label: text.Truncate(r.ID+" "+text.Steady(r.Name), 40),
			Note: m.env.T("completeness.rule_counts", "missing", upTo+text.Count(e.Violating), "all", upTo+text.Count(e.Concerned)),
		})
	}
	d := overlay.NewMenu(m.env, m.env.T("completeness.rules_title", "n", len(items)), items, "")
	d.Help = m.env.T("completeness.rules_help")
	return core.Open(d, ruleOwner{m})
}

// showRule puts the cursor on a rule's column and leaves the accounts that lack what it asks for.
func (m *Model) showRule(id string) {
	if m.shown == nil {
		return
	}
	for i, c := range m.shown.matrix.Columns {
		if !slices.ContainsFunc(c.Rules, func(n int) bool { return m.shown.Rules.Rules[n].ID == id }) {
			continue
		}
		m.onlyMissing, m.onlyColumn = false, i
		m.pick()
		m.grid.SelectColumn(m.columnID(i))
	}
}
