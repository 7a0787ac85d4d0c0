package tasks

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

func (m *Model) ownBindings() []keymap.Binding {
	t, ok := m.grid.Current()
	why := func(can bool, key string) string {
		switch {
		case !ok:
			return m.env.T("tasks.no_row")
		case !can:
			return key
		}
		return ""
	}
	return m.env.Apply(
		keymap.Binding{
			ID: "tasks.retry", Keys: []string{"R", "r", "f5"}, Footer: 1,
			Reason: why(t.State == transfer.Failed || t.State == transfer.Canceled, m.env.T("tasks.nothing_failed")), Do: m.retry,
		},
		keymap.Binding{
			ID: "tasks.pause", Keys: []string{"p", "space"}, Footer: 2,
			Reason: why(t.State == transfer.Running || t.State == transfer.Waiting || t.State == transfer.Paused, m.env.T("tasks.has_ended")), Do: m.pause,
		},
		keymap.Binding{ID: "tasks.cancel", Keys: []string{"X", "delete"}, Footer: 2, Reason: why(!t.State.Ended(), m.env.T("tasks.has_ended")), Do: m.cancel},
		keymap.Binding{ID: "tasks.folder", Keys: []string{"o", "enter"}, Footer: 3, Reason: why(t.Folder != "", m.env.T("tasks.no_folder")), Do: m.openFolder},
		keymap.Binding{ID: "tasks.copy_path", Keys: []string{"y"}, Footer: 4, Reason: why(t.Folder != "", m.env.T("tasks.no_folder")), Do: m.copyPath},
	)
}

func (m *Model) retry() tea.Cmd {
	if t, ok := m.grid.Current(); ok {
		m.svc.RetryTask(t.ID)
		m.refresh()
	}
	return nil
}

func (m *Model) cancel() tea.Cmd {
	if t, ok := m.grid.Current(); ok {
		m.svc.CancelTask(t.ID)
		m.refresh()
	}
	return nil
}

// pause stops a task, or lets a paused one go on.
func (m *Model) pause() tea.Cmd {
	if t, ok := m.grid.Current(); ok {
		if t.State == transfer.Paused {
			m.svc.ResumeTask(t.ID)
		} else {
			m.svc.PauseTask(t.ID)
		}
		m.refresh()
	}
	return nil
}

func (m *Model) openFolder() tea.Cmd {
	t, _ := m.grid.Current()
	svc, folder := m.svc, t.Folder
	return m.open.Start(m.env.Ctx, func(context.Context) (struct{}, error) { return struct{}{}, svc.OpenFolder(folder) })
}

func (m *Model) copyPath() tea.Cmd {
	t, _ := m.grid.Current()
	return core.Send(core.CopyMsg{Text: client.Text(t.Folder).String(), What: m.env.T("tasks.path")})
}

// View implements core.Screen: the tasks, and below them what became of the files of the one under the cursor.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	below := min(12, h/2)
	m.listHeight = h - below
	p := style.Panel{Title: m.env.T("tasks.title"), Info: m.summary(), W: w, H: h - below, Focused: true}
	iw, ih := p.Inner()
	body, cur := m.grid.View(iw, ih)
	p.Body = body
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY
	}
	detail := m.env.Styles.Panel(style.Panel{Title: m.env.T("tasks.files"), Body: m.files(w-4, below-2), W: w, H: below})
	return m.env.Styles.Panel(p) + "\n" + detail, cur
}

// summary counts the tasks by state.
func (m *Model) summary() string {
	n := map[transfer.State]int{}
	for _, t := range m.grid.Rows() {
		n[t.State]++
	}
	return m.env.T("tasks.summary", "running", n[transfer.Running], "waiting", n[transfer.Waiting], "failed", n[transfer.Failed], "done", n[transfer.Done])
}

// files lists what became of a task's files, failed ones first, in h lines of w cells.
func (m *Model) files(w, h int) string {
	t, ok := m.grid.Current()
	if !ok {
		return m.env.Styles.Muted.Render(m.env.T("tasks.none_chosen"))
	}
	lines := []string{text.Truncate(m.env.T("tasks.saved_to", "folder", client.Text(t.Folder)), w)}
	if t.Err != nil {
		lines = append(lines, m.env.Styles.Error.Render(text.Truncate("! "+m.svc.Explain(t.Err), w)))
	}
	var good []string
	for _, f := range t.Files {
		if f.Err != nil {
			lines = append(lines, m.env.Styles.Error.Render(text.Truncate("! "+client.Text(f.FileID).String()+"  "+m.svc.Explain(f.Err), w)))
			continue
		}
		line := text.Spread(client.Text(base(f.Path)).String(), text.Bytes(f.Bytes)+"  SHA256 "+short(f.SHA256), w)
		if f.Note == "type" {
			line = m.env.Styles.Warning.Render(text.Truncate(m.env.T("tasks.other_type", "file", client.Text(base(f.Path))), w))
		}
		good = append(good, line)
	}
	lines = append(lines, good[max(0, len(good)-max(0, h-len(lines))):]...)
	return strings.Join(lines, "\n")
}

func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

func short(sum string) string {
	if len(sum) <= 12 {
		return sum
	}
	return sum[:8] + ".." + sum[len(sum)-4:]
}

// Status implements core.Screen.
func (m *Model) Status() string {
	for _, t := range m.grid.Rows() {
		if t.State == transfer.Failed {
			return m.env.T("tasks.some_failed")
		}
	}
	return m.env.T("tasks.status")
}
