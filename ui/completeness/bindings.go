package completeness

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/completeness"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
)

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	switch {
	case m.grid.Typing():
		return m.grid.Bindings()
	case m.shown == nil && m.err == nil: // there is no list to move in
		return append(m.ownBindings(), m.backBindings()...)
	case m.grid.HasStep(): // which comes first
		return append(m.ownBindings(), m.grid.Bindings()...)
	}
	return append(append(m.ownBindings(), m.backBindings()...), m.grid.Bindings()...)
}

func (m *Model) ownBindings() []keymap.Binding {
	busy, none, row := "", "", ""
	if m.work.Busy() {
		busy = m.env.T("completeness.busy")
	}
	if m.shown == nil {
		none = m.env.T("completeness.no_run")
	}
	if _, ok := m.grid.Current(); !ok {
		row = m.env.T("completeness.no_row")
	}
	bs := m.env.Apply(
		keymap.Binding{ID: "completeness.check", Keys: []string{"r", "f5"}, Footer: 2, Reason: busy, Do: func() tea.Cmd { return m.check(false) }},
		keymap.Binding{ID: "completeness.resume", Keys: []string{"R"}, Footer: 6, Reason: cmp.Or(busy, m.whyNoResume()), Do: func() tea.Cmd { return m.check(true) }},
		keymap.Binding{ID: "completeness.missing", Keys: []string{"F"}, Footer: 3, Reason: none, Do: m.toggleMissing},
		keymap.Binding{ID: "completeness.column", Keys: []string{"f", "f3"}, Reason: none, Do: m.toggleColumn},
		keymap.Binding{ID: "completeness.group", Keys: []string{"b"}, Footer: 4, Reason: none, Do: m.groupMenu},
		keymap.Binding{ID: "completeness.totals", Keys: []string{"i"}, Footer: 7, Reason: none, Do: m.openTotals},
		keymap.Binding{ID: "completeness.rules", Keys: []string{"L"}, Footer: 5, Do: func() tea.Cmd { return core.Send(RulesMsg{m.scope}) }},
		keymap.Binding{ID: "completeness.confirm", Keys: []string{"K"}, Footer: 7, Reason: cmp.Or(busy, none, m.whyNoConfirm()), Do: m.askConfirm},
		keymap.Binding{ID: "completeness.basis", Keys: []string{"p"}, Reason: none, Do: m.openBasis},
		keymap.Binding{ID: "completeness.changes", Keys: []string{"w"}, Reason: cmp.Or(none, m.whyNoChanges()), Do: m.openChanges},
		keymap.Binding{ID: "completeness.export", Keys: []string{"e"}, Footer: 5, Reason: cmp.Or(none, m.whyNoExport()), Do: m.openExport},
	)
	if row == "" {
		bs = append(m.env.Apply(keymap.Binding{ID: "completeness.open", Keys: []string{"enter", "o"}, Show: "enter", Footer: 1, Do: m.openCurrent}), bs...)
	}
	return bs
}

// backBindings name the smaller step that Esc means while there is one.
func (m *Model) backBindings() []keymap.Binding {
	back := func() tea.Cmd { m.Back(); return nil }
	switch {
	case m.stoppable():
		return m.env.Apply(keymap.Binding{ID: "completeness.stop", Keys: []string{"esc"}, Footer: 1, Do: back})
	case m.onlyMissing || m.onlyColumn >= 0:
		return m.env.Apply(keymap.Binding{ID: "completeness.all", Keys: []string{"esc"}, Footer: 1, Do: back})
	}
	return nil
}

func (m *Model) openCurrent() tea.Cmd {
	if row, ok := m.grid.Current(); ok {
		return m.open(row)
	}
	return nil
}

func (m *Model) whyNoResume() string {
	if m.resumable == 0 {
		return m.env.T("completeness.nothing_to_resume")
	}
	return ""
}

func (m *Model) whyNoChanges() string {
	if m.shown != nil && m.shown.before.Run == nil {
		return m.env.T("completeness.no_before")
	}
	return ""
}

// whyNoConfirm: only findings that are not settled can be confirmed, and those of a whole run.
func (m *Model) whyNoConfirm() string {
	if m.shown == nil {
		return ""
	}
	if m.shown.ID == 0 || m.shown.unsettled == 0 {
		return m.env.T("completeness.nothing_to_confirm")
	}
	return ""
}

// whyNoExport: a report is of a check that came to its end.
func (m *Model) whyNoExport() string {
	if m.shown != nil && m.shown.Finished.IsZero() {
		return m.env.T("completeness.not_finished")
	}
	return ""
}

// unsettled counts the accounts that a confirmation would ask about.
func unsettled(r *engine.Run) (n int) {
	last := -1
	for _, v := range r.Violations {
		if (v.State == engine.Found || v.State == engine.Doubt) && v.Account != last {
			n, last = n+1, v.Account
		}
	}
	return n
}

func (m *Model) toggleMissing() tea.Cmd {
	m.onlyMissing, m.onlyColumn = !m.onlyMissing && m.onlyColumn < 0, -1
	m.pick()
	return nil
}

// toggleColumn leaves the accounts that lack what the column under the cursor asks for.
func (m *Model) toggleColumn() tea.Cmd {
	col := m.columnAt()
	if col < 0 && m.onlyColumn < 0 {
		return core.Toast(core.Warning, m.env.T("completeness.no_column"))
	}
	if m.onlyColumn == col {
		col = -1
	}
	m.onlyColumn = col
	m.pick()
	return nil
}

// Owners of the screen's dialogs.
type (
	groupOwner   struct{ m *Model }
	confirmOwner struct{ m *Model }
)

func (m *Model) groupMenu() tea.Cmd {
	var items []overlay.Item
	for _, by := range []grouping{ungrouped, byDept, byBiz, byCustomer} {
		items = append(items, overlay.Item{ID: string(by), Label: m.env.T(by.title())})
	}
	return core.Open(overlay.NewMenu(m.env, m.env.T("completeness.group_title"), items, string(m.by)), groupOwner{m})
}

func (m *Model) askConfirm() tea.Cmd {
	n := m.shown.unsettled
	lines := []string{m.env.T("completeness.confirm_ask", "n", text.Count(int64(n)))}
	return core.Open(overlay.NewConfirm(m.env, m.env.T("completeness.confirm_title"), lines, "completeness.confirm_yes"), confirmOwner{m})
}

// closed does what the screen's dialogs were for.
func (m *Model) closed(msg core.DialogClosedMsg) tea.Cmd {
	switch owner := msg.Owner.(type) {
	case confirmOwner:
		if owner.m == m && msg.Action == (core.Confirm{}) && !m.work.Busy() && m.shown != nil {
			return m.confirm()
		}
		return nil
	case groupOwner:
		if act, ok := msg.Action.(overlay.Chosen); ok && owner.m == m {
			column := m.grid.CurrentColumn()
			m.by = grouping(act.ID)
			m.rebuild(true)
			m.grid.SelectColumn(column)
			m.pick()
		}
		return nil
	case *Model:
		if act, ok := msg.Action.(exported); ok && owner == m {
			return core.Toast(core.Success, m.env.T("completeness.exported", "n", act.n, "folder", act.folder))
		}
		return nil
	}
	return m.grid.Update(msg)
}
