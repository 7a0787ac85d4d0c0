// Package tasks is the screen of everything that runs in the background.
package tasks

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

// Service is what the screen needs of the program.
type Service interface {
	Tasks() []transfer.Task
	CancelTask(id string)
	RetryTask(id string)
	PauseTask(id string)
	ResumeTask(id string)
	// RankTask orders a task among others; higher goes first.
	RankTask(id string, priority int)
	// LookUpTask looks rows of unknown outcome up once more; nothing is sent.
	LookUpTask(ctx context.Context, id string) error
	// OpenFolder shows a folder of ours in the system's file manager.
	OpenFolder(path string) error
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// ChangedMsg tells the screen that tasks changed; the router sends it.
type ChangedMsg struct{}

// Model is the screen's state.
type Model struct {
	env  *core.Env
	svc  Service
	grid *grid.Grid[transfer.Task]
	open core.Load[struct{}]

	folder string // that open is to show
	look   core.Load[ordered]

	listHeight int // of the last View, in lines, for the mouse
}

var (
	_ core.Screen = (*Model)(nil)
	_ core.Busier = (*Model)(nil)
	_ core.Closer = (*Model)(nil)
)

// New returns the screen.
func New(env *core.Env, svc Service) *Model {
	m := &Model{env: env, svc: svc}
	m.grid = grid.New(env, grid.Config[transfer.Task]{
		Columns: m.columns(), Key: func(t transfer.Task) string { return t.ID }, Empty: "tasks.empty", NoMarks: true,
		Open: func(transfer.Task) tea.Cmd { return m.openTask() },
	})
	m.grid.SetFocus(true)
	m.refresh()
	return m
}

func (m *Model) columns() []grid.Column[transfer.Task] {
	return []grid.Column[transfer.Task]{
		{ID: "kind", Title: "tasks.col.kind", Min: 4, Max: 8, Priority: 5, Cell: m.kind},
		{ID: "label", Title: "tasks.col.label", Min: 26, Max: -1, Cell: func(t transfer.Task) string { return client.Text(t.Label).String() }},
		{ID: "progress", Title: "tasks.col.progress", Min: barWidth, Max: barWidth, Priority: 1, Cell: m.bar},
		{
			ID: "files", Title: "tasks.col.files", Min: 9, Max: 11, Align: grid.Right,
			Cell: func(t transfer.Task) string { return strconv.Itoa(t.DoneFiles) + "/" + strconv.Itoa(t.AllFiles) },
		},
		{ID: "priority", Title: "tasks.col.priority", Min: 4, Max: 4, Priority: 6, Align: grid.Right, Cell: priority},
		{ID: "size", Title: "tasks.col.size", Min: 9, Max: 9, Priority: 7, Align: grid.Right, Cell: func(t transfer.Task) string { return text.Bytes(t.DoneBytes) }},
		{ID: "rate", Title: "tasks.col.rate", Min: 11, Max: 11, Priority: 4, Align: grid.Right, Cell: rate},
		{ID: "state", Title: "tasks.col.state", Min: 12, Max: 20, Cell: m.state, Style: m.stateStyle},
	}
}

// kind names what a task does.
func (m *Model) kind(t transfer.Task) string {
	if t.Kind == transfer.KindArchive {
		return m.env.T("tasks.kind.archive")
	}
	return m.env.T("tasks.kind.download")
}

// barWidth is that of a task's bar, in cells.
const barWidth = 12

// bar is how far a task is, once all its files are known.
func (m *Model) bar(t transfer.Task) string {
	if t.Listing && t.State == transfer.Running {
		return m.env.T("tasks.listing")
	}
	return style.Bar(part(t), barWidth)
}

// state says where a task stands, and counts what did not go well; of one that failed that says it all.
func (m *Model) state(t transfer.Task) string {
	var parts []string
	if t.State != transfer.Failed || t.FailedFiles+t.UnknownFiles == 0 {
		parts = append(parts, m.env.T(stateKey(t.State)))
	}
	if t.FailedFiles > 0 {
		parts = append(parts, m.env.T("tasks.failed_n", "n", t.FailedFiles))
	}
	if t.UnknownFiles > 0 {
		parts = append(parts, m.env.T("tasks.unknown_n", "n", t.UnknownFiles))
	}
	return strings.Join(parts, " ")
}

// priority is empty for the usual one.
func priority(t transfer.Task) string {
	if t.Priority == 0 {
		return ""
	}
	return fmt.Sprintf("%+d", t.Priority)
}

func part(t transfer.Task) float64 {
	switch {
	case t.AllFiles == 0:
		return 0
	case t.AllBytes > 0 && !t.State.Ended():
		return min(1, float64(t.DoneBytes)/float64(t.AllBytes))
	}
	return float64(t.DoneFiles) / float64(t.AllFiles)
}

func rate(t transfer.Task) string {
	if t.State != transfer.Running || t.Rate <= 0 {
		return ""
	}
	return text.Bytes(int64(t.Rate)) + "/s"
}

func stateKey(s transfer.State) i18n.Key {
	switch s {
	case transfer.Running:
		return i18n.Key("tasks.state.running")
	case transfer.Done:
		return i18n.Key("tasks.state.done")
	case transfer.Failed:
		return i18n.Key("tasks.state.failed")
	case transfer.Canceled:
		return i18n.Key("tasks.state.canceled")
	case transfer.Paused:
		return i18n.Key("tasks.state.paused")
	}
	return i18n.Key("tasks.state.waiting")
}

func (m *Model) stateStyle(t transfer.Task) *lipgloss.Style {
	switch t.State {
	case transfer.Done:
		return &m.env.Styles.Success
	case transfer.Failed:
		return &m.env.Styles.Error
	case transfer.Canceled, transfer.Paused:
		return &m.env.Styles.Warning
	}
	return nil
}

// refresh takes a snapshot; the tasks live in memory, so this waits for nothing.
func (m *Model) refresh() { m.grid.SetRows(m.svc.Tasks()) }

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { m.refresh(); return nil }

// Close ends what the screen still waits for; what it has ordered goes on.
func (m *Model) Close() { m.open.Stop() }

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.look.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool { return m.grid.Typing() }

// Back implements core.Backer.
func (m *Model) Back() bool { return m.grid.Back() }

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("tasks.title") }

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case ChangedMsg:
		m.refresh()
		return nil
	case core.Loaded[struct{}]:
		if m.open.Accept(msg) && msg.Err != nil {
			return core.Toast(core.Failure, m.env.T("tasks.not_opened", "folder", text.Middle(client.Text(m.folder).String(), 50), "why", m.svc.Explain(msg.Err)))
		}
		return nil
	case core.Loaded[ordered]:
		switch {
		case !m.look.Accept(msg):
			return nil
		case msg.Err != nil:
			return core.Toast(core.Failure, m.svc.Explain(msg.Err))
		}
		return core.Toast(core.Info, string(msg.Value))
	}
	return m.grid.InPanel(msg, m.ownBindings, m.listHeight)
}

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	return append(m.ownBindings(), m.grid.Bindings()...)
}
