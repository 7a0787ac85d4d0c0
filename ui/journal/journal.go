// Package journal is the screen of what was done, by whom and when, and of whether the record of it still holds.
package journal

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/audit"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
)

// Service is what the screen needs of the program.
type Service interface {
	JournalPage(ctx context.Context, f audit.Filter, from audit.Cursor, n int) (audit.Page, error)
	VerifyJournal(context.Context) (*audit.Report, error)
	// ExportHead adds the journal's head to a file and returns it.
	ExportHead(ctx context.Context, path string) (head string, err error)
	// Operator is the user signed in.
	Operator() string
	DownloadFolder() string
	// CompletePath lists what a typed path may go on as.
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// Model is the screen's state.
type Model struct {
	env    *core.Env
	svc    Service
	grid   *grid.Grid[audit.Entry]
	filter audit.Filter
	load   core.Load[audit.Page]
	more   bool // what is loading goes behind the rows there are
	next   *audit.Cursor
	err    error
	verify core.Load[*audit.Report]
	report *audit.Report
	broken error // the verification could not be made
	at     time.Time
}

var (
	_ core.Screen = (*Model)(nil)
	_ core.Backer = (*Model)(nil)
	_ core.Closer = (*Model)(nil)
	_ core.Busier = (*Model)(nil)
)

// New returns the screen with the trail of the user signed in.
func New(env *core.Env, svc Service) *Model {
	m := &Model{env: env, svc: svc, filter: audit.Filter{User: svc.Operator()}}
	m.grid = grid.New(env, grid.Config[audit.Entry]{
		Columns: m.columns(), Key: keyOf, Search: m.searched, Moved: m.moved, Retry: m.fetch, Open: m.show, Empty: "journal.empty", NoMarks: true,
	})
	m.grid.SetFocus(true)
	return m
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return tea.Batch(m.fetch(), m.check()) }

// Close ends what the screen still waits for.
func (m *Model) Close() {
	m.load.Stop()
	m.verify.Stop()
}

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.load.Busy() || m.verify.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool { return m.grid.Typing() }

// Back implements core.Backer.
func (m *Model) Back() bool { return m.grid.Back() }

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("journal.title") }

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[audit.Page]:
		return m.apply(msg)
	case core.Loaded[*audit.Report]:
		if m.verify.Accept(msg) {
			m.report, m.broken, m.at = msg.Value, msg.Err, m.env.Now()
		}
		return nil
	case core.RetryMsg:
		if m.err != nil {
			return m.fetch()
		}
		return nil
	case core.LanguageMsg:
		if m.err != nil {
			m.grid.SetFailed(m.svc.Explain(m.err))
		}
		m.grid.SetRows(m.grid.Rows())
		return nil
	case core.DialogClosedMsg:
		return tea.Batch(m.closed(msg), m.grid.Update(msg))
	}
	return m.grid.InPanel(msg, m.ownBindings, 0)
}

// pageSize is how many lines are read at once, and soon how near to the last one more are.
const (
	pageSize = 200
	soon     = 20
)

// fetch reads the newest lines that the filter chooses.
func (m *Model) fetch() tea.Cmd {
	m.grid.SetLoading()
	m.err, m.more = nil, false
	svc, f := m.svc, m.filter
	return m.load.Start(m.env.Ctx, func(ctx context.Context) (audit.Page, error) {
		return svc.JournalPage(ctx, f, audit.Cursor{}, pageSize)
	})
}

// older reads the lines before those there are.
func (m *Model) older() tea.Cmd {
	if m.next == nil || m.load.Busy() {
		return nil
	}
	m.more = true
	svc, f, from := m.svc, m.filter, *m.next
	return m.load.Start(m.env.Ctx, func(ctx context.Context) (audit.Page, error) { return svc.JournalPage(ctx, f, from, pageSize) })
}

// moved reads on when the cursor comes near the last line.
func (m *Model) moved() tea.Cmd {
	if _, far := m.grid.Ahead(soon); far {
		return nil
	}
	return m.older()
}

func (m *Model) apply(msg core.Loaded[audit.Page]) tea.Cmd {
	if !m.load.Accept(msg) {
		return nil
	}
	if m.err = msg.Err; m.err != nil {
		m.grid.SetFailed(m.svc.Explain(m.err))
		return nil
	}
	rows := msg.Value.Entries
	if m.more {
		rows = append(m.grid.Rows()[:m.grid.Len():m.grid.Len()], rows...)
	}
	m.next = msg.Value.Next
	m.grid.SetRows(rows)
	return nil
}

// check verifies the whole journal.
func (m *Model) check() tea.Cmd {
	svc := m.svc
	return m.verify.Start(m.env.Ctx, func(ctx context.Context) (*audit.Report, error) { return svc.VerifyJournal(ctx) })
}
