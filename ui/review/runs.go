package review

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	engine "imagery/internal/review"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
)

// Model is the list of runs.
type Model struct {
	env   *core.Env
	svc   Service
	scope client.SearchAccountsRequest // the population of a new run
	grid  *grid.Grid[row]
	ask   bool // a new run is asked for as soon as the screen is there

	load   core.Load[[]row]
	err    error
	stale  bool // a run moved on while another screen was on top
	under  bool // another screen of spot checks is on top
	reopen core.Load[int]
	end    core.Load[ending]
	choose string // run for the cursor, of the next answer
}

// row is a run and how far it has come.
type row struct {
	engine.Run
	progress engine.Progress
}

var (
	_ core.Screen = (*Model)(nil)
	_ core.Backer = (*Model)(nil)
	_ core.Closer = (*Model)(nil)
	_ core.Busier = (*Model)(nil)
)

// New returns the list of runs; new ones are of the accounts that a search finds, whose page does not matter.
func New(env *core.Env, svc Service, scope client.SearchAccountsRequest) *Model {
	scope.PageNumber, scope.PageSize = 0, 0
	m := &Model{env: env, svc: svc, scope: scope}
	m.grid = grid.New(env, grid.Config[row]{
		Columns: m.columns(), Key: func(r row) string { return r.ID }, Open: m.open, Retry: m.fetch, Empty: "review.empty", Remedy: [2]string{"review.create", "n"}, NoMarks: true,
	})
	m.grid.SetFocus(true)
	return m
}

// AskFirst makes the dialog of a new run open with the screen.
func (m *Model) AskFirst() *Model { m.ask = true; return m }

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd {
	if m.ask {
		return tea.Batch(m.fetch(), m.create())
	}
	return m.fetch()
}

// Close ends what the screen still waits for.
func (m *Model) Close() {
	m.load.Stop()
	m.reopen.Stop()
	m.end.Stop()
}

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.load.Busy() || m.end.Busy() || m.reopen.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool { return m.grid.Typing() }

// Back implements core.Backer.
func (m *Model) Back() bool { return m.grid.Back() }

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("review.title") }

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[[]row]:
		return m.apply(msg)
	case core.Loaded[int]:
		return m.reopened(msg)
	case core.Loaded[ending]:
		return m.openEnding(msg)
	case changedMsg:
		m.stale = true
		return m.refresh()
	case core.SizeMsg: // this screen is on top again, or the window has another size
		m.under = false
		return m.refresh()
	case core.RetryMsg:
		if m.err != nil {
			return m.fetch()
		}
		return nil
	case core.LanguageMsg:
		if m.err != nil {
			m.grid.SetFailed(m.svc.Explain(m.err))
		}
		return nil
	case core.DialogClosedMsg:
		return tea.Batch(m.closed(msg), m.grid.Update(msg))
	}
	return m.grid.InPanel(msg, m.ownBindings, 0)
}

// refresh fetches the runs again if one moved on, once they are to be seen.
func (m *Model) refresh() tea.Cmd {
	if !m.stale || m.under {
		return nil
	}
	return m.fetch()
}

// leave shows another screen of spot checks.
func (m *Model) leave(msg tea.Msg) tea.Cmd {
	m.under = true
	return core.Send(msg)
}

// fetch reads the runs, and how far those have come that are under review.
func (m *Model) fetch() tea.Cmd {
	m.grid.SetLoading()
	m.err, m.stale = nil, false
	svc := m.svc
	return m.load.Start(m.env.Ctx, func(ctx context.Context) ([]row, error) {
		runs, err := svc.Reviews(ctx)
		if err != nil {
			return nil, err
		}
		rows := make([]row, len(runs))
		for i, r := range runs {
			rows[i].Run = r
			if r.State == engine.Frozen {
				continue
			}
			if rows[i].progress, err = svc.ReviewProgress(ctx, r.ID); err != nil {
				return nil, err
			}
		}
		return rows, nil
	})
}

func (m *Model) apply(msg core.Loaded[[]row]) tea.Cmd {
	if !m.load.Accept(msg) {
		return nil
	}
	if m.err = msg.Err; m.err != nil {
		m.grid.SetFailed(m.svc.Explain(m.err))
		return nil
	}
	m.grid.SetRows(msg.Value)
	if m.choose != "" {
		m.grid.Select(m.choose)
		m.choose = ""
	}
	return nil
}

// reload fetches again and puts the cursor on a run.
func (m *Model) reload(run string) tea.Cmd {
	m.choose = run
	return m.fetch()
}

// open goes on with a run: to its review, or to the drawing of its sample.
func (m *Model) open(r row) tea.Cmd {
	switch r.State {
	case engine.Frozen:
		return m.askDraw(r.Run)
	case engine.Signed:
		return m.details(r)
	}
	return m.leave(OpenMsg{r.Run})
}

// reopened says what was put back into the queue.
func (m *Model) reopened(msg core.Loaded[int]) tea.Cmd {
	if !m.reopen.Accept(msg) {
		return nil
	}
	if msg.Err != nil {
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	return tea.Batch(m.fetch(), core.Toast(core.Success, m.env.T("review.reopened", "n", msg.Value)))
}

// putBack puts what was put aside back into the queue.
func (m *Model) putBack() tea.Cmd {
	r, _ := m.grid.Current()
	svc, run := m.svc, r.ID
	return m.reopen.Start(m.env.Ctx, func(ctx context.Context) (int, error) { return svc.ReopenReview(ctx, run) })
}

// finished reports whether every review of a run is in and nothing waits to be settled.
func (r row) finished() bool {
	return r.State == engine.Drawn && r.progress.Remaining == 0 && r.progress.Unsettled == 0
}

// signers are who signed a run.
func (r row) signers() (out []string) {
	for _, s := range r.Signatures {
		if !slices.Contains(out, s.By) {
			out = append(out, s.By)
		}
	}
	return out
}
