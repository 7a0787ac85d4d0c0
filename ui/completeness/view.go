package completeness

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/completeness"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/style"
)

const (
	footLines = 5 // below the grid in its panel
	shortTime = "2006-01-02 15:04"
)

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: m.env.T("completeness.title"), Info: m.info(), W: w, H: h, Focused: true}
	iw, ih := p.Inner()
	if m.shown == nil && m.doing != reading && m.err == nil {
		p.Body = m.before(iw)
		return m.env.Styles.Panel(p), nil
	}
	body, cursor := m.grid.View(iw, ih-footLines)
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+style.BodyX, cursor.Y+style.BodyY
	}
	if m.shown != nil {
		p.Title = m.heading()
	}
	p.Body = body + "\n" + strings.Join(m.foot(iw), "\n")
	return m.env.Styles.Panel(p), cursor
}

// heading tells what the matrix is of, and which of its requirements are in sight.
func (m *Model) heading() string {
	out := m.env.T("completeness.title_of", "accounts", text.Count(int64(m.shown.matrix.Rows())), "rules", len(m.shown.matrix.Columns))
	if first, last, all := m.grid.Window(); first > 0 && last-first+1 < all {
		out += " " + m.env.T("completeness.window", "first", first, "last", last)
	}
	return out
}

// info is how far the work is, or when the run was.
func (m *Model) info() string {
	if m.stoppable() {
		at := m.track.latest.Load()
		if at == nil {
			return m.env.Spinner() + " " + m.env.T("completeness.starting")
		}
		return m.env.T("completeness.progress", "bar", style.Bar(share(*at), 14), "done", text.Count(int64(at.Done)), "planned", text.Count(int64(at.Planned)))
	}
	switch {
	case m.shown == nil:
		return ""
	case m.shown.Finished.IsZero():
		return m.env.T("completeness.open")
	}
	return m.env.T("completeness.run_at", "at", m.finished())
}

func (m *Model) finished() string {
	return m.shown.Finished.In(m.env.Now().Location()).Format(shortTime)
}

func share(p engine.Progress) float64 {
	if p.Planned == 0 {
		return 0
	}
	return min(1, float64(p.Done)/float64(p.Planned))
}

// before is the picture without a run: what a check would ask, or how far one is.
func (m *Model) before(w int) string {
	t, s := m.env.T, m.env.Styles
	said := t("completeness.not_checked")
	if m.scope.Conditions() > 0 { // a check of all may know
		said = t("completeness.not_checked_scope")
	}
	lines := []string{"", s.Strong.Render(said)}
	if m.doing == checking {
		lines = []string{"", s.Info.Render(m.env.Spinner() + " " + m.phase())}
	}
	if m.set != nil {
		lines = append(lines, "", t("completeness.rules_are", "n", len(m.set.Rules), "hash", m.set.Hash()[:12]))
	}
	lines = append(lines, m.scopeWords(), "")
	if m.doing != checking {
		lines = append(lines, text.Wrap(t("completeness.how", "key", m.env.KeyOf("completeness.check", "r")), w-6)...)
		if m.resumable > 0 {
			lines = append(lines, "", s.Accent.Render(t("completeness.can_resume", "n", m.resumable, "key", m.env.KeyOf("completeness.resume", "R"))))
		}
	}
	return "   " + strings.Join(lines, "\n   ")
}

// phase says what a check is doing.
func (m *Model) phase() string {
	at := m.track.latest.Load()
	if at == nil {
		return m.env.T("completeness.starting")
	}
	out := m.env.T("completeness.phase", "phase", m.env.T(i18n.Key("check.phase."+string(at.Phase))), "percent", int(100*share(*at)),
		"done", text.Count(int64(at.Done)), "planned", text.Count(int64(at.Planned)))
	if at.Accounts > 0 {
		out += m.env.T("completeness.phase_accounts", "n", text.Count(int64(at.Accounts)))
	}
	return out
}

// scopeWords says which accounts the screen is about.
func (m *Model) scopeWords() string {
	n := m.scope.Conditions()
	if n == 0 {
		return m.env.T("completeness.whole_book")
	}
	return m.env.T("completeness.scope", "n", n)
}

// foot tells of the account and the column under the cursor, of the cells' words, and what the result is worth, in lines of w cells.
func (m *Model) foot(w int) []string {
	s, t := m.env.Styles, m.env.T
	out := make([]string, 0, footLines)
	if m.shown == nil {
		return make([]string, footLines)
	}
	line, counts := t("completeness.no_column"), ""
	if col := m.columnAt(); col >= 0 {
		line, counts = m.requirement(col), m.tally(col)
	}
	out = append(out, s.Missing.Render(m.lacking(w)), s.Strong.Render(text.Truncate(line, w)), text.Truncate(counts, w),
		s.Muted.Render(text.Truncate(t("completeness.legend"), w)))
	switch {
	case m.isLive():
		return append(out, s.Info.Render(text.Truncate(m.env.Spinner()+" "+t("completeness.live", "n", len(m.shown.Pending)), w)))
	case m.stoppable() && !m.shown.Finished.IsZero():
		return append(out, s.Info.Render(text.Truncate(t("completeness.earlier", "at", m.finished()), w)))
	case len(m.shown.Pending) > 0:
		return append(out, s.Warning.Render(text.Truncate(t("completeness.unfinished", "n", len(m.shown.Pending), "key", m.env.KeyOf("completeness.resume", "R")), w)))
	case len(m.doubts) > 0:
		return append(out, s.Warning.Render(text.Truncate(t("completeness.not_certified", "n", len(m.doubts), "first", m.doubts[0]), w)))
	}
	return append(out, s.Success.Render(text.Truncate(t("completeness.certified"), w)))
}

// lacking names what the account under the cursor lacks, in sight or not, in w cells: by the rules' ids alone where names would leave some out.
func (m *Model) lacking(w int) string {
	row, ok := m.grid.Current()
	if !ok || m.shown.matrix.MissingIn(row) == 0 {
		return ""
	}
	var named, ids []string
	for col, c := range m.shown.matrix.Columns {
		if !m.shown.matrix.Lacks(row, col) {
			continue
		}
		named = append(named, m.rulesOf(col)...)
		for _, i := range c.Rules {
			ids = append(ids, m.shown.Rules.Rules[i].ID)
		}
	}
	say := func(list []string) string {
		return m.env.T("completeness.account_lacks", "what", strings.Join(list, m.env.T("completeness.list_gap")))
	}
	if out := say(named); text.Width(out) <= w {
		return out
	}
	return text.Truncate(say(ids), w)
}

// requirement names what a column asks for.
func (m *Model) requirement(col int) string {
	return strings.Join(m.rulesOf(col), m.env.T("completeness.list_gap")) + ": " + m.names(m.shown.matrix.Columns[col].Codes)
}

// rulesOf names a column's rules.
func (m *Model) rulesOf(col int) (list []string) {
	for _, i := range m.shown.matrix.Columns[col].Rules {
		r := &m.shown.Rules.Rules[i]
		list = append(list, r.ID+" "+text.Steady(r.Name))
	}
	return list
}

// tally counts a column's cells.
func (m *Model) tally(col int) string {
	n := m.shown.totals[col].Cells
	out := m.env.T("completeness.tally", "have", text.Count(int64(n[engine.Have])), "missing", text.Count(int64(n[engine.Missing])), "exempt", text.Count(int64(n[engine.NotRequired])))
	if rest := n[engine.Unknown] + n[engine.Loading] + n[engine.Failed]; rest > 0 {
		out += m.env.T("completeness.tally_rest", "n", text.Count(int64(rest)))
	}
	return out
}

// Status implements core.Screen.
func (m *Model) Status() string {
	if m.stoppable() {
		return m.phase()
	}
	if m.shown == nil {
		return ""
	}
	if m.failure != "" {
		return m.env.T("completeness.last_failed", "key", m.env.KeyOf("completeness.check", "r"), "why", m.failure)
	}
	s := m.shown.summary
	parts := []string{m.env.T("completeness.sum", "missing", text.Count(int64(s.AccountsMissing)), "violations", text.Count(int64(s.Violations)), "requests", text.Count(int64(s.Requests)))}
	switch {
	case m.onlyColumn >= 0:
		parts = append(parts, m.env.T("completeness.only_column", "rule", m.shown.Rules.Rules[m.shown.matrix.Columns[m.onlyColumn].Rules[0]].ID))
	case m.onlyMissing:
		parts = append(parts, m.env.T("completeness.only_missing"))
	}
	if m.shown.before.Run != nil {
		parts = append(parts, m.env.T("completeness.since", "fixed", text.Count(int64(len(m.shown.diff.Fixed))), "new", text.Count(int64(len(m.shown.diff.New))), "key", m.env.KeyOf("completeness.changes", "w")))
	}
	return strings.Join(parts, "  |  ")
}
