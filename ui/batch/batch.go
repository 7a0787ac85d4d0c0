// Package batch archives many files: a dialog that asks for a list or folder, and the screen of the plan that was made of it.
package batch

import (
	"cmp"
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
)

// Service is what the dialog and the screen need of the program.
type Service interface {
	// ReadRows reads a list or folder; PlanArchive checks its rows and tells checked of those that were, from other goroutines.
	ReadRows(ctx context.Context, path, bizType, title string) ([]transfer.Row, error)
	PlanArchive(ctx context.Context, rows []transfer.Row, checked func(rows int)) ([]transfer.Planned, error)
	// StartArchive sends the rows of a plan that have no problem, in the background.
	StartArchive(label string, plan []transfer.Planned) (taskID string, err error)
	// ExportPlan writes a plan as CSV beside where downloads go, and returns the file's path.
	ExportPlan(ctx context.Context, plan []transfer.Planned) (path string, err error)
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	Codes() *codes.Book
	ProfileName() string
	// WhyNotWrite returns, translated, why this profile cannot archive; empty when it can.
	WhyNotWrite() string
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// StartedMsg tells the router that a task was started: the plan, which Screen shows, is done with.
type StartedMsg struct {
	Screen core.Screen
	Rows   int
}

// row is a row of the plan as the grid shows it.
type row struct {
	transfer.Planned
	key string
}

// Model is the screen's state.
type Model struct {
	env   *core.Env
	svc   Service
	from  Origin
	plan  []transfer.Planned
	count transfer.Counts
	grid  *grid.Grid[row]
	few   bool // only rows with something wrong are shown
	seen  *counter
	check core.Load[[]transfer.Planned]
	start core.Load[string]
	write core.Load[written]

	listHeight int // of the last View, in lines, for the mouse
}

// written is the path of a plan that was exported.
type written string

var (
	_ core.Screen = (*Model)(nil)
	_ core.Busier = (*Model)(nil)
	_ core.Backer = (*Model)(nil)
	_ core.Closer = (*Model)(nil)
)

// New returns the screen of a plan.
func New(env *core.Env, svc Service, c Checked) *Model {
	m := &Model{env: env, svc: svc, from: c.From, seen: &counter{}}
	m.grid = grid.New(env, grid.Config[row]{Columns: m.columns(), Key: func(r row) string { return r.key }, Empty: "batch.none_wrong", Loading: "batch.reading", NoMarks: true})
	m.grid.SetFocus(true)
	m.take(c.Plan)
	return m
}

// take shows a plan, in the order of its list.
func (m *Model) take(plan []transfer.Planned) {
	m.plan, m.count = plan, transfer.Count(plan)
	m.show()
}

// show gives the grid the rows that are wanted.
func (m *Model) show() {
	rows := make([]row, 0, len(m.plan))
	for _, p := range m.plan {
		if !m.few || p.Problem != nil || p.Doubt != nil {
			rows = append(rows, row{p, p.Path + "\n" + p.AccountNo + "\n" + p.Code + "\n" + number(p.Line)})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.Line, b.Line) })
	m.grid.SetRows(rows)
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return nil }

// Close ends what the screen still waits for. A task that is being queued is seen through.
func (m *Model) Close() {
	m.check.Stop()
	m.write.Stop()
}

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.check.Busy() || m.start.Busy() || m.write.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool { return m.grid.Typing() }

// Back implements core.Backer: a check under way is called off first.
func (m *Model) Back() bool {
	switch {
	case m.grid.Back():
		return true
	case m.check.Busy():
		m.check.Stop()
		m.show()
		return true
	case m.few:
		m.few = false
		m.show()
		return true
	}
	return false
}

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("batch.title") + " > " + m.from.name() }

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[[]transfer.Planned]:
		return m.checked(msg)
	case core.Loaded[string]:
		return m.started(msg)
	case core.Loaded[written]:
		switch {
		case !m.write.Accept(msg):
			return nil
		case msg.Err != nil:
			return core.Toast(core.Failure, m.svc.Explain(msg.Err))
		}
		return core.Toast(core.Success, m.env.T("batch.exported", "path", client.Text(msg.Value)))
	case core.DialogClosedMsg:
		if msg.Owner == any(m) && msg.Action == (core.Confirm{}) {
			return m.submit()
		}
	}
	return m.grid.InPanel(msg, m.ownBindings, m.listHeight)
}

// checked takes the plan that a second check made.
func (m *Model) checked(msg core.Loaded[[]transfer.Planned]) tea.Cmd {
	switch {
	case !m.check.Accept(msg):
		return nil
	case msg.Err != nil:
		m.show() // the plan before stands
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	m.take(msg.Value)
	return core.Toast(core.Success, m.env.T("batch.checked"))
}

func (m *Model) started(msg core.Loaded[string]) tea.Cmd {
	switch {
	case !m.start.Accept(msg):
		return nil
	case msg.Err != nil:
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	return core.Send(StartedMsg{m, m.count.Good})
}

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	return append(m.ownBindings(), m.grid.Bindings()...)
}

func (m *Model) ownBindings() []keymap.Binding {
	busy := ""
	if m.Busy() {
		busy = m.env.T("batch.busy")
	}
	none := ""
	if m.count.Good == 0 {
		none = m.env.T("batch.none_good")
	}
	return m.env.Apply(
		keymap.Binding{ID: "batch.send", Keys: []string{"a", "f7", "f6"}, Footer: 1, Reason: cmp.Or(busy, none, m.svc.WhyNotWrite()), Do: m.ask},
		keymap.Binding{ID: "batch.problems", Keys: []string{"F"}, Footer: 2, Do: m.toggle},
		keymap.Binding{ID: "batch.again", Keys: []string{"r", "f5"}, Footer: 3, Reason: busy, Do: m.again},
		keymap.Binding{ID: "batch.export", Keys: []string{"e"}, Footer: 4, Reason: busy, Do: m.export},
	)
}

func (m *Model) toggle() tea.Cmd {
	m.few = !m.few
	m.show()
	return nil
}

// again checks the same list or folder once more, as it is now.
func (m *Model) again() tea.Cmd {
	svc, from, seen := m.svc, m.from, &counter{}
	m.seen = seen
	return m.check.Start(m.env.Ctx, func(ctx context.Context) ([]transfer.Planned, error) { return from.plan(ctx, svc, seen) })
}

func (m *Model) export() tea.Cmd {
	svc, plan := m.svc, m.plan
	return m.write.Start(m.env.Ctx, func(ctx context.Context) (written, error) {
		path, err := svc.ExportPlan(ctx, plan)
		return written(path), err
	})
}

// ask shows what will be sent, and where to.
func (m *Model) ask() tea.Cmd {
	lines := []string{
		m.env.T("batch.ask_good", "n", m.count.Good, "profile", m.svc.ProfileName()),
		m.env.T("batch.ask_once"),
	}
	if m.count.Refused > 0 {
		lines = append(lines, m.env.T("batch.ask_refused", "n", m.count.Refused))
	}
	if m.count.Doubtful > 0 {
		lines = append(lines, "", m.env.T("batch.ask_doubtful", "n", m.count.Doubtful))
	}
	for _, p := range m.plan {
		if p.Problem == nil && p.Doubt != nil {
			lines = append(lines, "  "+client.Text(p.AccountNo).String()+" "+client.Text(p.Code).String()+" "+client.Text(base(p.Path)).String()+"  "+m.svc.Explain(p.Doubt))
		}
	}
	return core.Open(overlay.NewConfirm(m.env, m.env.T("batch.ask_title", "n", m.count.Good), lines, "batch.ask_yes"), m)
}

// submit queues the good rows. What is queued goes on whatever becomes of the screen.
func (m *Model) submit() tea.Cmd {
	svc, name, plan := m.svc, m.from.name(), m.plan
	return m.start.Start(context.WithoutCancel(m.env.Ctx), func(context.Context) (string, error) { return svc.StartArchive(name, plan) })
}
