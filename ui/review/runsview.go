package review

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/i18n"
	engine "imagery/internal/review"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/style"
)

// factLines is the room of the run under the cursor below the list.
const factLines = 5

func (m *Model) columns() []grid.Column[row] {
	return []grid.Column[row]{
		{ID: "title", Title: "review.col.title", Min: 14, Max: -1, Cell: func(r row) string { return m.name(r.Run) }},
		{ID: "state", Title: "review.col.state", Min: 8, Max: 10, Cell: m.state, Style: m.stateStyle},
		{
			ID: "size", Title: "review.col.size", Min: 11, Max: 17, Priority: 2, Align: grid.Right,
			Cell: func(r row) string {
				return text.Count(int64(r.Plan.Size)) + "/" + text.Count(int64(r.Population))
			},
		},
		{ID: "done", Title: "review.col.done", Min: 9, Max: 11, Align: grid.Right, Cell: done},
		{ID: "failed", Title: "review.col.failed", Min: 7, Max: 9, Priority: 1, Align: grid.Right, Cell: failed},
		{ID: "by", Title: "review.col.by", Min: 10, Max: 14, Priority: 4, Cell: func(r row) string { return client.SafeText(r.FrozenBy, 40) }},
		{
			ID: "at", Title: "review.col.at", Min: 16, Max: 16, Priority: 3,
			Cell: func(r row) string { return m.when(r.FrozenAt) }, Less: func(a, b row) bool { return a.FrozenAt.Before(b.FrozenAt) },
		},
	}
}

// name is a run's title, or else its number.
func (m *Model) name(r engine.Run) string {
	return cmp.Or(strings.TrimSpace(client.SafeText(r.Title, 200)), r.ID)
}

func (m *Model) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(m.env.Now().Location()).Format("2006-01-02 15:04")
}

func (m *Model) state(r row) string {
	if r.finished() {
		return m.env.T("review.state_finished")
	}
	return m.env.T(i18n.Key("sample.state_" + string(r.State)))
}

func (m *Model) stateStyle(r row) *lipgloss.Style {
	switch {
	case r.State == engine.Signed:
		return &m.env.Styles.Success
	case r.finished():
		return &m.env.Styles.Warning
	}
	return nil
}

func done(r row) string {
	if r.State == engine.Frozen {
		return "--"
	}
	return strconv.Itoa(r.progress.Done) + "/" + strconv.Itoa(r.progress.Reviews)
}

func failed(r row) string {
	if r.State == engine.Frozen {
		return "--"
	}
	return strconv.Itoa(r.progress.Failed)
}

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: m.env.T("review.heading"), Info: m.scopeWords(), W: w, H: h, Focused: true}
	iw, ih := p.Inner()
	body, cursor := m.grid.View(iw, max(1, ih-factLines-1))
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+style.BodyX, cursor.Y+style.BodyY
	}
	lines := m.facts()
	for i, l := range lines {
		lines[i] = text.Truncate(l, iw)
	}
	p.Body = body + "\n\n" + strings.Join(lines, "\n")
	return m.env.Styles.Panel(p), cursor
}

// scopeWords says which accounts a new run is of.
func (m *Model) scopeWords() string {
	if n := m.scope.Conditions(); n > 0 {
		return m.env.T("review.scope", "n", n)
	}
	return m.env.T("review.scope_all")
}

// facts tell of the run under the cursor.
func (m *Model) facts() []string {
	r, ok := m.grid.Current()
	if !ok {
		return []string{m.env.Styles.Muted.Render(m.env.T("review.how"))}
	}
	t := m.env.T
	out := []string{
		t("review.fact_plan", "size", text.Count(int64(r.Plan.Size)), "allowed", r.Plan.FailuresAllowed, "confidence", percent(r.Question.Confidence), "bound", percent(r.Plan.Rate), "mode", m.mode(r.Run)),
		t("review.fact_population", "n", text.Count(int64(r.Population)), "hash", r.Hash),
	}
	if r.Seed != "" {
		out = append(out, t("review.fact_seed", "seed", client.SafeText(r.Seed, 60), "by", client.SafeText(r.DrawnBy, 40), "at", m.when(r.DrawnAt)))
	}
	switch p := r.progress; {
	case r.State == engine.Signed:
		out = append(out, t("review.fact_signed", "by", client.SafeText(strings.Join(r.signers(), " "), 100), "at", m.when(r.Signatures[0].At)))
	case r.State == engine.Drawn:
		out = append(out, t("review.fact_progress", "undecided", max(0, p.Undecided-p.Skipped), "skipped", p.Skipped, "unsettled", p.Unsettled, "claimed", p.Claimed, "spent", text.Clock(p.Spent.Round(time.Second)),
			"each", text.Clock(p.Each.Round(time.Second)), "left", text.Clock(p.Left.Round(time.Second))))
	}
	return out
}

func (m *Model) mode(r engine.Run) string {
	if r.Blind {
		return m.env.T("review.mode_blind")
	}
	return m.env.T("review.mode_single")
}

// percent writes a rate for people.
func percent(rate float64) string { return strconv.FormatFloat(100*rate, 'g', 4, 64) + "%" }

// details shows all that is known of a run.
func (m *Model) details(r row) tea.Cmd {
	t := m.env.T
	lines := append([]string{t("review.fact_run", "run", r.ID)}, m.facts()...)
	lines = append(lines, shares(m.env, m.svc.Codes(), r.Run)...)
	for _, k := range slices.Sorted(maps.Keys(r.Filters)) {
		lines = append(lines, searched(m.env, k, r.Filters[k]))
	}
	if r.Result != nil {
		lines = append(lines, t("review.fact_result", "passed", r.Result.Passed, "failed", r.Result.Failed, "undecided", r.Result.Undecided, "bound", percent(r.Result.Worst.Rate)))
	}
	for _, s := range r.Signatures {
		lines = append(lines, fmt.Sprintf("%s  %s  %s", client.SafeText(s.By, 60), m.when(s.At), client.SafeText(s.Note, 300)))
	}
	return core.Open(overlay.NewMessage(m.env, m.name(r.Run), lines...), nil)
}

// Status implements core.Screen.
func (m *Model) Status() string { return m.env.T("review.status") }

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	return append(m.ownBindings(), m.grid.Bindings()...)
}

func (m *Model) ownBindings() []keymap.Binding {
	none, drawn, blind, done, signed, aside := "", "", "", "", "", ""
	r, ok := m.grid.Current()
	if !ok {
		none = m.env.T("review.no_row")
	}
	t := m.env.T
	if r.State != engine.Drawn {
		drawn = t("review.not_drawn")
	}
	if !r.Blind {
		blind = t("review.not_blind")
	}
	switch {
	case r.State == engine.Frozen:
		done = t("review.not_drawn")
	case r.State == engine.Drawn && !r.finished():
		done = t("review.still_open", "n", r.progress.Remaining, "unsettled", r.progress.Unsettled)
	}
	if r.State != engine.Signed {
		signed = t("review.not_signed")
	}
	if r.progress.Skipped == 0 {
		aside = t("review.none_aside")
	}
	open := func() tea.Cmd { return m.open(r) }
	return m.env.Apply(
		keymap.Binding{ID: "review.open", Keys: []string{"enter", "o"}, Show: "enter", Footer: 1, Reason: none, Do: open},
		keymap.Binding{ID: "review.create", Keys: []string{"n"}, Footer: 2, Do: m.create},
		keymap.Binding{ID: "review.differences", Keys: []string{"D"}, Footer: 4, Reason: cmp.Or(none, blind), Do: func() tea.Cmd { return m.leave(DifferencesMsg{r.Run}) }},
		keymap.Binding{ID: "review.sign", Keys: []string{"w"}, Footer: 3, Reason: cmp.Or(none, done), Do: m.askSign},
		keymap.Binding{ID: "review.pack", Keys: []string{"e"}, Footer: 3, Reason: cmp.Or(none, signed), Do: m.askPack},
		keymap.Binding{ID: "review.reopen", Keys: []string{"Z"}, Footer: 7, Reason: cmp.Or(none, drawn, aside), Do: m.putBack},
		keymap.Binding{ID: "review.details", Keys: []string{"i", "p"}, Footer: 5, Reason: none, Do: func() tea.Cmd { return m.details(r) }},
		keymap.Binding{ID: "review.refresh", Keys: []string{"r", "f5"}, Do: m.fetch},
	)
}
