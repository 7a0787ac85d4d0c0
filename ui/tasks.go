package ui

import (
	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
)

// summary is what the frame shows of the background tasks. A snapshot of them is too dear for every frame.
type summary struct {
	running   int // have not ended
	done, all int // files of those, failed ones among the done
	failed    bool
	listing   bool // all still grows
}

// summarize takes in the tasks as they are now, and returns them.
func (m *Model) summarize() []transfer.Task {
	ts := m.app.Tasks()
	m.tasks = summary{}
	for _, t := range ts {
		if t.State.Ended() {
			continue
		}
		m.tasks.running++
		m.tasks.done += t.DoneFiles + t.FailedFiles
		m.tasks.all += t.AllFiles
		m.tasks.failed = m.tasks.failed || t.FailedFiles > 0
		m.tasks.listing = m.tasks.listing || t.Listing && t.State == transfer.Running
	}
	return ts
}

// ended tells of tasks of this session that have come to their end since the last time.
func (m *Model) ended() tea.Cmd {
	var cmds []tea.Cmd
	s := m.app.Session()
	for _, t := range m.summarize() {
		if was := m.seen[t.ID]; was == t.State.Ended() {
			continue
		}
		if m.seen[t.ID] = t.State.Ended(); t.State.Ended() && t.Ended.Before(m.began) {
			continue // in an earlier run
		}
		if len(m.screens) < 2 || t.Profile != s.Profile.Name || t.Operator != s.Username {
			continue // another's
		}
		if words, kind := m.ending(t); words != "" {
			cmds = append(cmds, core.Send(core.ToastMsg{Text: words, Kind: kind, Unasked: true}))
		}
	}
	return tea.Batch(cmds...)
}

// ending says how a task has ended; nothing for one that was cancelled or paused.
func (m *Model) ending(t transfer.Task) (words string, kind core.Kind) {
	label, folder := client.SafeText(t.Label, 40), text.Middle(client.Text(t.Folder).String(), 60)
	archive := t.Kind == transfer.KindArchive
	switch {
	case t.State == transfer.Done && archive:
		return m.env.T("main.archive_done", "label", label, "n", t.DoneFiles), core.Success
	case t.State == transfer.Done:
		return m.env.T("main.task_done", "label", label, "n", t.DoneFiles, "folder", folder), core.Success
	case t.State == transfer.Failed && archive:
		return m.env.T("main.archive_failed", "label", label, "n", t.AllFiles-t.DoneFiles-t.UnknownFiles, "unknown", t.UnknownFiles) + m.whereShown(), core.Failure
	case t.State == transfer.Failed:
		return m.env.T("main.task_failed", "label", label, "n", t.AllFiles-t.DoneFiles, "folder", folder) + m.whereShown(), core.Failure
	}
	return "", core.Info
}

// whereShown tells the key that shows the tasks, where they are not on show already.
func (m *Model) whereShown() string {
	if m.onTasks() {
		return ""
	}
	return m.env.T("main.look", "key", m.env.KeyOf("main.tasks", "t"))
}
