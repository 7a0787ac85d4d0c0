package ui

import (
	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
)

// running counts the background tasks that have not ended.
func (m *Model) running() (n int) {
	for _, t := range m.app.Tasks() {
		if !t.State.Ended() {
			n++
		}
	}
	return n
}

// ended tells of tasks that have come to their end since the last time.
func (m *Model) ended() tea.Cmd {
	var cmds []tea.Cmd
	for _, t := range m.app.Tasks() {
		if was := m.seen[t.ID]; was == t.State.Ended() {
			continue
		}
		if m.seen == nil {
			m.seen = map[string]bool{}
		}
		m.seen[t.ID] = t.State.Ended()
		label := client.SafeText(t.Label, 40)
		switch t.State {
		case transfer.Done:
			cmds = append(cmds, core.Toast(core.Success, m.env.T("main.task_done", "label", label, "n", t.DoneFiles)))
		case transfer.Failed:
			cmds = append(cmds, core.Toast(core.Failure, m.env.T("main.task_failed", "label", label, "n", t.AllFiles-t.DoneFiles)))
		}
	}
	return tea.Batch(cmds...)
}
