package journal

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/style"
)

// footLines is the room below the list: a blank line, what the line under the cursor says, and what the journal is worth.
const footLines = 4

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: m.heading(), Info: m.chosen(), W: w, H: h, Focused: true}
	iw, ih := p.Inner()
	body, cursor := m.grid.View(iw, max(1, ih-footLines))
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+style.BodyX, cursor.Y+style.BodyY
	}
	words := ""
	if e, ok := m.grid.Current(); ok {
		words = strings.Join(m.details(e), "  ")
	}
	said := text.Wrap(words, iw)
	said = append(said[:min(len(said), 2)], "", "")[:2]
	p.Body = strings.Join([]string{body, "", said[0], said[1], m.worth(iw)}, "\n")
	return m.env.Styles.Panel(p), cursor
}

func (m *Model) heading() string {
	if m.filter.User == m.svc.Operator() && m.filter.User != "" {
		return m.env.T("journal.heading_own", "user", client.SafeText(m.filter.User, 40))
	}
	return m.env.T("journal.heading")
}

// chosen says what the filter leaves.
func (m *Model) chosen() string {
	f, n := m.filter, 0
	for _, on := range []bool{len(f.Acts) > 0, !f.From.IsZero() || !f.To.IsZero(), f.User != "" && f.User != m.svc.Operator(), len(f.Results) > 0, f.Text != "", f.Profile != ""} {
		if on {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return m.env.T("journal.filtered", "n", n)
}

// worth says whether the record holds.
func (m *Model) worth(w int) string {
	t, s := m.env.T, m.env.Styles
	switch r := m.report; {
	case m.verify.Busy():
		return s.Info.Render(text.Truncate(m.env.Spinner()+" "+t("journal.verifying"), w))
	case m.broken != nil:
		return s.Error.Render(text.Truncate("! "+m.svc.Explain(m.broken), w))
	case r == nil:
		return ""
	case r.Err() != nil:
		return s.Error.Render(text.Truncate("! "+t("journal.does_not_hold", "n", len(r.Problems), "key", m.env.KeyOf("journal.problems", "i"), "first", m.problem(r.Problems[0])), w))
	default:
		return s.Success.Render(text.Truncate(t("journal.holds", "n", r.Lines, "time", m.at.Format(time.TimeOnly))+"  "+m.sealed(r), w))
	}
}

// sealed says who could have forged a journal that holds.
func (m *Model) sealed(r *audit.Report) string {
	switch {
	case len(r.Seals) == 0:
		return m.env.T("journal.unsealed")
	case !r.Checked:
		return m.env.T("journal.unchecked")
	case r.Forgeable():
		return m.env.T("journal.key_in_file", "key", m.env.KeyOf("journal.head", "e"))
	}
	return m.env.T("journal.key_in_keyring", "key", m.env.KeyOf("journal.head", "e"))
}

func (m *Model) problem(p audit.Problem) string {
	what := m.env.T(i18n.Key("audit.fault_"+strings.ReplaceAll(string(p.Fault), "-", "_")), "seq", p.Seq)
	where := m.env.T("audit.whole")
	if p.Line > 0 {
		where = m.env.T("audit.at", "file", client.SafeText(p.File, 100), "line", p.Line)
	}
	return m.env.T("audit.problem", "where", where, "what", what)
}

// Status implements core.Screen.
func (m *Model) Status() string {
	if m.next == nil {
		return m.env.T("journal.all", "n", m.grid.Len())
	}
	return m.env.T("journal.some", "n", m.grid.Len())
}

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	return append(m.ownBindings(), m.grid.Bindings()...)
}

func (m *Model) ownBindings() []keymap.Binding {
	none, all, fine, busy := "", "", "", ""
	e, ok := m.grid.Current()
	if !ok {
		none = m.env.T("journal.no_row")
	}
	if m.next == nil {
		all = m.env.T("journal.no_more")
	}
	if m.report == nil || len(m.report.Problems) == 0 {
		fine = m.env.T("journal.no_problem")
	}
	if m.verify.Busy() {
		busy = m.env.T("journal.verifying")
	}
	return m.env.Apply(
		keymap.Binding{ID: "journal.show", Keys: []string{"enter", "o"}, Show: "enter", Footer: 1, Reason: none, Do: func() tea.Cmd { return m.show(e) }},
		keymap.Binding{ID: "journal.filter", Keys: []string{"f", "f3"}, Footer: 1, Do: m.openFilter},
		keymap.Binding{ID: "journal.own", Keys: []string{"a"}, Footer: 2, Do: m.toggleOwn},
		keymap.Binding{ID: "journal.older", Keys: []string{"]"}, Footer: 5, Reason: all, Do: m.older},
		keymap.Binding{ID: "journal.verify", Keys: []string{"V"}, Footer: 3, Reason: busy, Do: m.check},
		keymap.Binding{ID: "journal.problems", Keys: []string{"i"}, Footer: 6, Reason: fine, Do: m.openProblems},
		keymap.Binding{ID: "journal.head", Keys: []string{"e"}, Footer: 3, Do: m.openExport},
		keymap.Binding{ID: "journal.refresh", Keys: []string{"r", "f5"}, Do: m.fetch},
	)
}

// toggleOwn shows everybody's lines in this journal, or only one's own.
func (m *Model) toggleOwn() tea.Cmd {
	if m.filter.User == "" {
		m.filter.User = m.svc.Operator()
	} else {
		m.filter.User = ""
	}
	return m.fetch()
}

// show shows a line in full.
func (m *Model) show(e audit.Entry) tea.Cmd {
	line := func(label i18n.Key, value string) string { return m.env.T(label) + "  " + value }
	lines := []string{
		line("journal.col.seq", keyOf(e)), line("journal.col.time", e.Time.In(m.env.Now().Location()).Format("2006-01-02 15:04:05.000 -07:00")),
		line("journal.col.act", m.act(e)), line("journal.col.result", m.result(e)), line("journal.col.user", client.SafeText(e.User, 60)),
		line("journal.col.profile", client.SafeText(e.Profile, 60)), "",
	}
	lines = append(append(lines, m.details(e)...), "", "SHA-256  "+client.SafeText(e.Hash, 64))
	return core.Open(overlay.NewMessage(m.env, m.env.T("journal.line", "n", e.Seq), lines...), nil)
}

func (m *Model) openProblems() tea.Cmd {
	var lines []string
	for _, p := range m.report.Problems {
		lines = append(lines, m.problem(p))
	}
	return core.Open(overlay.NewMessage(m.env, m.env.T("journal.problems_title"), lines...), nil)
}
