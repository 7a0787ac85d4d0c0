package tasks

import (
	"cmp"
	"context"
	"iter"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
)

// Reporter is what the report of an archive needs of the program.
type Reporter interface {
	Task(id string) (t transfer.Task, ok bool)
	TaskFiles(ctx context.Context, id string) iter.Seq2[transfer.FileResult, error]
	RetryTask(id string)
	// LookUpTask looks rows of unknown outcome up once more; nothing is sent. SendAgain sends such rows again.
	LookUpTask(ctx context.Context, id string) error
	SendAgain(ctx context.Context, id string, rows ...int64) error
	// ExportTask writes the report as CSV and JSON Lines, and returns the files' paths.
	ExportTask(ctx context.Context, id string) ([]string, error)
	// WhyNotWrite returns, translated, why this profile cannot archive; empty when it can.
	WhyNotWrite() string
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// ReportMsg asks the router for the report of an archive task.
type ReportMsg struct{ TaskID string }

// ElsewhereMsg asks the router for the dialog that brings what a download did not, to another folder.
type ElsewhereMsg struct{ Task transfer.Task }

// What the loads of the report bring.
type (
	results []transfer.FileResult
	ordered string   // a message, translated
	written []string // paths
)

// Report is the screen of the rows of one archive task.
type Report struct {
	env    *core.Env
	svc    Reporter
	task   transfer.Task
	read   transfer.Task // as it was when its rows were read last
	readAt time.Time
	grid   *grid.Grid[transfer.FileResult]
	all    results
	few    bool // only rows that are not archived are shown
	load   core.Load[results]
	order  core.Load[ordered]
	write  core.Load[written]

	listHeight int // of the last View, in lines, for the mouse
}

var (
	_ core.Screen = (*Report)(nil)
	_ core.Busier = (*Report)(nil)
	_ core.Backer = (*Report)(nil)
	_ core.Closer = (*Report)(nil)
)

// NewReport returns the screen, not loaded.
func NewReport(env *core.Env, svc Reporter, taskID string) *Report {
	m := &Report{env: env, svc: svc}
	m.task, _ = svc.Task(taskID)
	m.task.ID = taskID
	m.grid = grid.New(env, grid.Config[transfer.FileResult]{
		Columns: m.columns(), Key: func(f transfer.FileResult) string { return strconv.FormatInt(f.Seq, 10) }, Retry: m.fetch, Empty: "tasks.report.empty",
	})
	m.grid.SetFocus(true)
	return m
}

// fetch reads every row of the task.
func (m *Report) fetch() tea.Cmd {
	svc, id := m.svc, m.task.ID
	m.read, m.readAt = m.task, m.env.Now()
	return m.load.Start(m.env.Ctx, func(ctx context.Context) (results, error) {
		var out results
		for f, err := range svc.TaskFiles(ctx, id) {
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
		return out, ctx.Err()
	})
}

func (m *Report) show() {
	var rows []transfer.FileResult
	for _, f := range m.all {
		if !m.few || f.Status != transfer.StatusArchived {
			rows = append(rows, f)
		}
	}
	m.grid.Remark(m.all)
	m.grid.SetRows(rows)
}

// Init implements core.Screen.
func (m *Report) Init() tea.Cmd { return m.fetch() }

// Close ends what the screen still waits for.
func (m *Report) Close() { m.load.Stop(); m.write.Stop() }

// Busy implements core.Busier.
func (m *Report) Busy() bool { return m.load.Busy() || m.order.Busy() || m.write.Busy() }

// Typing implements core.Screen.
func (m *Report) Typing() bool { return m.grid.Typing() }

// Back implements core.Backer.
func (m *Report) Back() bool {
	if m.grid.Back() {
		return true
	}
	was := m.few
	m.few = false
	if was {
		m.show()
	}
	return was
}

// Title implements core.Screen.
func (m *Report) Title() string {
	return m.env.T("tasks.report.title", "label", client.SafeText(m.task.Label, 40), "id", m.task.ID)
}

// Update implements core.Screen.
func (m *Report) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case ChangedMsg:
		return m.follow()
	case core.Loaded[results]:
		return m.loaded(msg)
	case core.Loaded[ordered]:
		return m.done(msg)
	case core.Loaded[written]:
		switch {
		case !m.write.Accept(msg):
			return nil
		case msg.Err != nil:
			return core.Toast(core.Failure, m.svc.Explain(msg.Err))
		}
		return core.Toast(core.Success, m.env.T("tasks.report.exported", "paths", client.Text(strings.Join(msg.Value, "  "))))
	case core.DialogClosedMsg:
		if to, ok := msg.Owner.(*againOwner); ok && to.m == m && msg.Action == (core.Confirm{}) {
			return m.sendAgain(to.rows)
		}
	}
	return m.grid.InPanel(msg, m.ownBindings, m.listHeight)
}

// readEvery is how often the rows of a task that runs are read again: there may be a hundred thousand.
const readEvery = 2 * time.Second

// follow takes in how far the task has come, and reads the rows again when they differ: at once at its end, now and then before.
func (m *Report) follow() tea.Cmd {
	if t, ok := m.svc.Task(m.task.ID); ok {
		m.task = t
	}
	soon := m.task.State == m.read.State && m.env.Now().Sub(m.readAt) < readEvery
	if m.load.Busy() || soon || counted(m.task) == counted(m.read) {
		return nil
	}
	return m.fetch()
}

// counted is what of a task its rows show.
func counted(t transfer.Task) [4]any {
	return [4]any{t.State, t.DoneFiles, t.FailedFiles, t.UnknownFiles}
}

func (m *Report) loaded(msg core.Loaded[results]) tea.Cmd {
	switch {
	case !m.load.Accept(msg):
		return nil
	case msg.Err != nil:
		m.grid.SetFailed(m.svc.Explain(msg.Err))
		return nil
	}
	m.all = msg.Value
	m.show()
	return m.follow() // it may have gone on meanwhile
}

func (m *Report) done(msg core.Loaded[ordered]) tea.Cmd {
	switch {
	case !m.order.Accept(msg):
		return nil
	case msg.Err != nil:
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	return core.Toast(core.Info, string(msg.Value))
}

// Bindings implements core.Screen.
func (m *Report) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	return append(m.ownBindings(), m.grid.Bindings()...)
}

func (m *Report) ownBindings() []keymap.Binding {
	why := ""
	switch {
	case m.order.Busy():
		why = m.env.T("tasks.report.busy")
	default:
		why = whyNotResolve(m.env, m.task)
	}
	again := cmp.Or(why, m.svc.WhyNotWrite())
	if again == "" && len(m.unknown()) == 0 {
		again = m.env.T("tasks.report.not_unknown")
	}
	retry := ""
	if m.task.State != transfer.Failed && m.task.State != transfer.Canceled || m.task.FailedFiles == 0 && !m.task.Waits() {
		retry = m.env.T("tasks.nothing_failed")
	}
	return m.env.Apply(
		keymap.Binding{ID: "tasks.look_up", Keys: []string{"L"}, Footer: 1, Reason: why, Do: m.lookUp},
		keymap.Binding{ID: "tasks.send_again", Keys: []string{"S"}, Footer: 2, Reason: again, Do: m.askAgain},
		keymap.Binding{ID: "tasks.only_open", Keys: []string{"F"}, Footer: 3, Do: m.toggle},
		keymap.Binding{ID: "tasks.retry", Keys: []string{"R"}, Footer: 4, Reason: cmp.Or(retry, m.svc.WhyNotWrite()), Do: m.retry},
		keymap.Binding{ID: "tasks.export", Keys: []string{"e"}, Footer: 4, Do: m.export},
		keymap.Binding{ID: "tasks.reload", Keys: []string{"r", "f5"}, Do: m.fetch},
	)
}

// whyNotResolve says why unknown rows of a task cannot be looked up now.
func whyNotResolve(env *core.Env, t transfer.Task) string {
	switch {
	case t.UnknownFiles == 0:
		return env.T("tasks.none_unknown")
	case !t.State.Ended():
		return env.T("tasks.still_runs")
	case t.Waits():
		return env.T("tasks.has_unsent")
	}
	return ""
}

func (m *Report) toggle() tea.Cmd {
	m.few = !m.few
	m.show()
	return nil
}

func (m *Report) retry() tea.Cmd {
	m.svc.RetryTask(m.task.ID)
	return nil
}

func (m *Report) lookUp() tea.Cmd {
	svc, id, words := m.svc, m.task.ID, m.env.T("tasks.looking_up", "n", m.task.UnknownFiles)
	return m.order.Start(m.env.Ctx, func(ctx context.Context) (ordered, error) { return ordered(words), svc.LookUpTask(ctx, id) })
}

// unknown are the marked rows, or the one under the cursor, as far as their outcome is unknown.
func (m *Report) unknown() (rows []transfer.FileResult) {
	for _, f := range m.grid.Targets() {
		if f.Status == transfer.StatusUnknown {
			rows = append(rows, f)
		}
	}
	return rows
}

// againOwner is the question whether rows are to be sent again.
type againOwner struct {
	m    *Report
	rows []int64
}

// askAgain shows which rows would be sent again, and what that means.
func (m *Report) askAgain() tea.Cmd {
	rows := m.unknown()
	lines := []string{m.env.T("tasks.report.again_warning"), ""}
	owner := againOwner{m: m}
	for _, f := range rows {
		owner.rows = append(owner.rows, f.Seq)
		lines = append(lines, "  "+client.Text(f.Row.AccountNo).String()+" "+client.Text(f.Row.Code).String()+" "+client.Text(base(f.Row.Path)).String())
	}
	d := overlay.NewConfirm(m.env, m.env.T("tasks.report.again_title", "n", len(rows)), lines, "tasks.report.again_yes")
	d.Danger = true
	return core.Open(d, &owner)
}

func (m *Report) sendAgain(rows []int64) tea.Cmd {
	svc, id, words := m.svc, m.task.ID, m.env.T("tasks.report.sending_again", "n", len(rows))
	m.grid.ClearMarks()
	return m.order.Start(context.WithoutCancel(m.env.Ctx), func(ctx context.Context) (ordered, error) { return ordered(words), svc.SendAgain(ctx, id, rows...) })
}

func (m *Report) export() tea.Cmd {
	svc, id := m.svc, m.task.ID
	return m.write.Start(m.env.Ctx, func(ctx context.Context) (written, error) {
		paths, err := svc.ExportTask(ctx, id)
		return written(paths), err
	})
}
