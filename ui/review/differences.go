package review

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/i18n"
	engine "imagery/internal/review"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

// Differences is the list of accounts whose two reviews differ.
type Differences struct {
	env  *core.Env
	svc  Service
	run  engine.Run
	grid *grid.Grid[engine.Difference]
	load core.Load[[]engine.Difference]
	err  error
}

var (
	_ core.Screen = (*Differences)(nil)
	_ core.Backer = (*Differences)(nil)
	_ core.Closer = (*Differences)(nil)
	_ core.Busier = (*Differences)(nil)
)

// NewDifferences returns the screen for a blind run.
func NewDifferences(env *core.Env, svc Service, run engine.Run) *Differences {
	m := &Differences{env: env, svc: svc, run: run}
	m.grid = grid.New(env, grid.Config[engine.Difference]{
		Columns: m.columns(), Key: func(d engine.Difference) string { return strconv.Itoa(d.Item.Place) }, Open: m.open, Retry: m.fetch,
		Empty: "review.differences.empty", NoMarks: true,
	})
	m.grid.SetFocus(true)
	return m
}

func (m *Differences) columns() []grid.Column[engine.Difference] {
	outcome := func(v engine.Verdict) string {
		return m.env.T(i18n.Key("review.outcome."+string(v.Outcome))) + " " + client.SafeText(v.Reviewer, 40)
	}
	return []grid.Column[engine.Difference]{
		{ID: "place", Title: "review.differences.place", Min: 4, Max: 6, Align: grid.Right, Cell: func(d engine.Difference) string { return strconv.Itoa(d.Item.Place) }},
		{ID: "no", Title: "review.differences.no", Min: 10, Max: 16, Cell: func(d engine.Difference) string { return client.Text(d.Item.AccountNo).String() }},
		{ID: "name", Title: "review.differences.name", Min: 10, Max: 20, Priority: 3, Cell: func(d engine.Difference) string { return d.Item.Name }},
		{ID: "first", Title: "review.differences.first", Min: 12, Max: 20, Priority: 1, Cell: func(d engine.Difference) string { return outcome(d.First) }},
		{ID: "second", Title: "review.differences.second", Min: 12, Max: 20, Priority: 1, Cell: func(d engine.Difference) string { return outcome(d.Second) }},
		{ID: "checks", Title: "review.differences.checks", Min: 12, Max: -1, Priority: 2, Cell: m.checks},
		{ID: "settled", Title: "review.differences.settled", Min: 8, Max: 12, Cell: m.settled, Style: m.settledStyle},
	}
}

// checks names what the reviewers differ in.
func (m *Differences) checks(d engine.Difference) string {
	said := map[[2]string]engine.Value{}
	for _, a := range d.First.Answers {
		said[[2]string{a.Check, a.Material}] = a.Value
	}
	var out []string
	for _, a := range d.Second.Answers {
		if said[[2]string{a.Check, a.Material}] != a.Value {
			out = append(out, strings.TrimSpace(a.Material+" "+pointOf(m.run.Checklist, a).Check.Label(m.env.Lang)))
		}
	}
	return client.SafeText(strings.Join(out, "; "), 200)
}

func (m *Differences) settled(d engine.Difference) string {
	if d.Settled == nil {
		return m.env.T("review.differences.open")
	}
	return m.env.T(i18n.Key("review.outcome." + string(d.Settled.Outcome)))
}

func (m *Differences) settledStyle(d engine.Difference) *lipgloss.Style {
	if d.Settled == nil {
		return &m.env.Styles.Warning
	}
	return nil
}

// Init implements core.Screen.
func (m *Differences) Init() tea.Cmd { return m.fetch() }

// Close ends what the screen still waits for.
func (m *Differences) Close() { m.load.Stop() }

// Busy implements core.Busier.
func (m *Differences) Busy() bool { return m.load.Busy() }

// Typing implements core.Screen.
func (m *Differences) Typing() bool { return m.grid.Typing() }

// Back implements core.Backer.
func (m *Differences) Back() bool { return m.grid.Back() }

// Title implements core.Screen.
func (m *Differences) Title() string { return m.env.T("review.differences.breadcrumb") }

// Status implements core.Screen.
func (m *Differences) Status() string { return m.env.T("review.differences.status") }

func (m *Differences) fetch() tea.Cmd {
	m.grid.SetLoading()
	m.err = nil
	svc, run := m.svc, m.run.ID
	return m.load.Start(m.env.Ctx, func(ctx context.Context) ([]engine.Difference, error) { return svc.ReviewDifferences(ctx, run) })
}

func (m *Differences) open(d engine.Difference) tea.Cmd { return core.Send(SettleMsg{m.run, d}) }

// Update implements core.Screen.
func (m *Differences) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[[]engine.Difference]:
		if !m.load.Accept(msg) {
			return nil
		}
		if m.err = msg.Err; m.err != nil {
			m.grid.SetFailed(m.svc.Explain(m.err))
			return nil
		}
		m.grid.SetRows(msg.Value)
		return nil
	case changedMsg:
		if msg.run == m.run.ID {
			return m.fetch()
		}
		return nil
	case core.RetryMsg:
		if m.err != nil {
			return m.fetch()
		}
		return nil
	}
	return m.grid.InPanel(msg, m.ownBindings, 0)
}

// Bindings implements core.Screen.
func (m *Differences) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	return append(m.ownBindings(), m.grid.Bindings()...)
}

func (m *Differences) ownBindings() []keymap.Binding {
	why := ""
	d, ok := m.grid.Current()
	switch {
	case !ok:
		why = m.env.T("review.no_row")
	case m.run.State != engine.Drawn:
		why = m.env.T("review.not_drawn")
	}
	return m.env.Apply(
		keymap.Binding{ID: "review.settle", Keys: []string{"enter", "o"}, Show: "enter", Footer: 1, Reason: why, Do: func() tea.Cmd { return m.open(d) }},
		keymap.Binding{ID: "review.refresh", Keys: []string{"r", "f5"}, Footer: 2, Do: m.fetch},
	)
}

// View implements core.Screen.
func (m *Differences) View(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: m.env.T("review.differences.heading", "n", text.Count(int64(m.grid.Len()))), W: w, H: h, Focused: true}
	iw, ih := p.Inner()
	body, cursor := m.grid.View(iw, ih)
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+style.BodyX, cursor.Y+style.BodyY
	}
	p.Body = body
	return m.env.Styles.Panel(p), cursor
}
