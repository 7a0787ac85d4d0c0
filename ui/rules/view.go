package rules

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/codes"
	engine "imagery/internal/rules"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/style"
)

// footLines are the lines below the grid in its panel.
const footLines = 5

func (m *Model) columns() []grid.Column[row] {
	safe := func(of func(row) string) func(row) string {
		return func(r row) string { return client.SafeText(of(r), 500) }
	}
	less := func(of func(row) string) func(a, b row) bool {
		return func(a, b row) bool { return of(a) < of(b) }
	}
	id, name, basis := func(r row) string { return r.ID }, func(r row) string { return r.Name }, func(r row) string { return r.Basis }
	return []grid.Column[row]{
		{ID: "id", Title: "rules.col.id", Min: 6, Max: 12, Cell: safe(id), Less: less(id)},
		{ID: "name", Title: "rules.col.name", Min: 16, Max: 30, Cell: safe(name), Less: less(name)},
		{ID: "state", Title: "rules.col.state", Min: 6, Max: 8, Cell: m.state, Style: m.stateStyle},
		{ID: "missing", Title: "rules.col.missing", Min: 9, Align: grid.Right, Cell: func(r row) string { return m.number(r, violating) }, Less: func(a, b row) bool { return m.of(a) < m.of(b) }},
		{ID: "concerned", Title: "rules.col.concerned", Min: 9, Align: grid.Right, Priority: 1, Cell: func(r row) string { return m.number(r, concerned) }},
		{ID: "basis", Title: "rules.col.basis", Min: 12, Max: -1, Priority: 2, Cell: safe(basis), Less: less(basis)},
		{ID: "any", Title: "rules.col.any", Min: 12, Max: 40, Hidden: true, Cell: func(r row) string { return m.names(r.Any) }},
	}
}

// of is how many accounts violate a rule, -1 while that is not known.
func (m *Model) of(r row) int64 {
	if e, known := m.tally.get(asks(*r.Rule)); known {
		return e.Violating
	}
	return -1
}

func (m *Model) state(r row) string {
	if r.Disabled {
		return m.env.T("rules.disabled")
	}
	return m.env.T("rules.enabled")
}

func (m *Model) stateStyle(r row) *lipgloss.Style {
	if r.Disabled {
		return &m.env.Styles.Muted
	}
	return nil
}

func (m *Model) search(r row) []string {
	return []string{r.ID, r.Name, r.Basis, m.names(r.Any)}
}

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: m.heading(), Info: m.info(), W: w, H: h, Focused: true}
	iw, ih := p.Inner()
	var found engine.Problems
	if errors.As(m.err, &found) {
		p.Body = strings.Join(m.mistakes(found, iw, ih), "\n")
		return m.env.Styles.Panel(p), nil
	}
	body, cursor := m.grid.View(iw, ih-footLines)
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+style.BodyX, cursor.Y+style.BodyY
	}
	p.Body = body + "\n" + strings.Join(m.foot(iw), "\n")
	return m.env.Styles.Panel(p), cursor
}

func (m *Model) heading() string {
	if m.book.File == nil {
		return m.env.T("rules.title")
	}
	return m.env.T("rules.title_of", "n", len(m.book.Set().Rules), "all", len(m.book.Rules))
}

func (m *Model) info() string {
	if m.book.File == nil || m.err != nil {
		return ""
	}
	return m.env.T("rules.hash", "hash", m.hash())
}

// mistakes lists what is wrong in the file, each with its line and rule.
func (m *Model) mistakes(found engine.Problems, w, h int) []string {
	lines := []string{m.env.Styles.Error.Render(text.Truncate(m.env.T("rules.wrong", "n", len(found)), w))}
	lines = append(lines, text.Wrap(client.SafeText(m.book.Path, 300), w)...)
	lines = append(lines, "")
	for _, p := range found {
		lines = append(lines, text.Wrap(m.svc.RuleProblem(p), w)...)
	}
	hint := append([]string{""}, text.Wrap(m.env.T("rules.mend", "key", m.env.KeyOf("rules.recount", "r")), w)...)
	return append(lines[:min(len(lines), max(0, h-len(hint)))], hint...)
}

// foot says what the rule under the cursor asks of whom, and where the rules come from.
func (m *Model) foot(w int) []string {
	out := make([]string, 0, footLines)
	requires, about, basis := "", "", ""
	if r, ok := m.grid.Current(); ok {
		requires, about = m.requires(r.Rule), m.about(r.Rule)
		basis = m.env.T("rules.basis_is", "basis", client.SafeText(r.Basis, 500))
	}
	s := m.env.Styles
	out = append(out, "", s.Strong.Render(text.Truncate(requires, w)), text.Truncate(about, w), text.Truncate(basis, w))
	return append(out, m.source(w))
}

// source says where the rules come from.
func (m *Model) source(w int) string {
	path := client.SafeText(m.book.Path, 300)
	switch {
	case m.book.File == nil:
		return ""
	case m.book.Example:
		return m.env.Styles.Warning.Render(text.Truncate(m.env.T("rules.is_example", "path", path), w))
	case !m.book.Kept:
		return m.env.Styles.Warning.Render(text.Truncate(m.env.T("rules.no_file", "key", m.env.KeyOf("rules.example", "E")), w))
	}
	return m.env.Styles.Muted.Render(text.Truncate(m.env.T("rules.file_is", "path", path), w))
}

// requires says which materials a rule asks for, and when.
func (m *Model) requires(r *engine.Rule) string {
	out := m.env.T("rules.requires", "any", m.names(r.Any))
	if len(r.IfAny) > 0 {
		out += m.env.T("rules.if", "any", m.names(r.IfAny))
	}
	if len(r.UnlessAny) > 0 {
		out += m.env.T("rules.unless", "any", m.names(r.UnlessAny))
	}
	return out
}

// about says which accounts a rule is about.
func (m *Model) about(r *engine.Rule) string {
	var parts []string
	for _, p := range []struct {
		table codes.Table
		list  []string
	}{{codes.BizTypes, r.BizTypes}, {codes.AccountCustomerTypes, r.CustomerTypes}} {
		if len(p.list) > 0 {
			parts = append(parts, m.named(p.table, p.list, m.env.T("rules.list_gap")))
		}
	}
	for _, s := range r.Status {
		parts = append(parts, m.status(s))
	}
	if !r.OpenedFrom.IsZero() || !r.OpenedTo.IsZero() {
		parts = append(parts, m.env.T("rules.opened", "from", r.OpenedFrom.String(), "to", r.OpenedTo.String()))
	}
	if len(parts) == 0 {
		return m.env.T("rules.about_all")
	}
	return m.env.T("rules.about", "who", strings.Join(parts, m.env.T("rules.part_gap")))
}

func (m *Model) status(code string) string { return statusName(m.env, code) }

func statusName(env *core.Env, code string) string {
	switch code {
	case "0":
		return env.T("rules.status_closed")
	case "1":
		return env.T("rules.status_valid")
	}
	return client.SafeText(code, 64)
}

// names lists codes of materials with their names.
func (m *Model) names(list []string) string {
	return m.named(codes.Materials, list, m.env.T("rules.or"))
}

func (m *Model) named(table codes.Table, list []string, gap string) string {
	book, out := m.svc.Codes(), make([]string, len(list))
	for i, code := range list {
		safe := client.SafeText(code, 64)
		out[i] = strings.TrimSpace(safe + " " + strings.TrimPrefix(book.Name(table, client.Text(code)), safe))
	}
	return strings.Join(out, gap)
}

// Status implements core.Screen.
func (m *Model) Status() string {
	switch {
	case m.save.Busy():
		return m.env.Spinner() + " " + m.env.T("rules.saving")
	case m.counts.Busy():
		return m.env.Spinner() + " " + m.env.T("rules.counting")
	case m.failed:
		return m.env.T("rules.not_counted", "key", m.env.KeyOf("rules.recount", "r"))
	}
	return m.env.T("rules.legend")
}
