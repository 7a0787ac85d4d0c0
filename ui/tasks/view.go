package tasks

import (
	"cmp"
	"context"
	"fmt"
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
	open, rows := []string{"o", "enter"}, []string{"v"}
	if t.Kind == transfer.KindArchive {
		open, rows = []string{"o"}, []string{"enter", "v"}
	}
	ended, archives := m.env.T("tasks.has_ended"), m.env.T("tasks.no_rows")
	lookable := whyNotResolve(m.env, t)
	if m.look.Busy() {
		lookable = m.env.T("tasks.report.busy")
	}
	return m.env.Apply(
		keymap.Binding{
			ID: "tasks.retry", Keys: []string{"R", "r", "f5"}, Footer: 1,
			Reason: why(t.State == transfer.Canceled || t.State == transfer.Failed && (t.FailedFiles > 0 || t.Waits() || t.Err != nil), m.env.T("tasks.nothing_failed")), Do: m.retry,
		},
		keymap.Binding{
			ID: "tasks.pause", Keys: []string{"p", "space"}, Footer: 2,
			Reason: why(t.State == transfer.Running || t.State == transfer.Waiting || t.State == transfer.Paused, ended), Do: m.pause,
		},
		keymap.Binding{ID: "tasks.cancel", Keys: []string{"X", "delete"}, Footer: 2, Reason: why(!t.State.Ended(), ended), Do: m.cancel},
		keymap.Binding{ID: "tasks.rows", Keys: rows, Footer: 3, Reason: why(t.Kind == transfer.KindArchive, archives), Do: m.openReport},
		keymap.Binding{ID: "tasks.look_up", Keys: []string{"L"}, Footer: 4, Reason: why(lookable == "", lookable), Do: m.lookUp},
		keymap.Binding{ID: "tasks.folder", Keys: open, Footer: 3, Reason: why(t.Folder != "", m.env.T("tasks.no_folder")), Do: m.openFolder},
		keymap.Binding{ID: "tasks.elsewhere", Keys: []string{"D"}, Footer: 4, Reason: why(m.whyNotElsewhere(t) == "", m.whyNotElsewhere(t)), Do: m.elsewhere},
		keymap.Binding{ID: "tasks.raise", Keys: []string{"+", "="}, Show: "+/-", Footer: 5, Reason: why(!t.State.Ended(), ended), Do: m.rank(1)},
		keymap.Binding{ID: "tasks.lower", Keys: []string{"-"}, Reason: why(!t.State.Ended(), ended), Do: m.rank(-1)},
		keymap.Binding{ID: "tasks.copy_path", Keys: []string{"y"}, Footer: 6, Reason: why(t.Folder != "", m.env.T("tasks.no_folder")), Do: m.copyPath},
	)
}

// whyNotElsewhere says why nothing of a task can be brought to another folder.
func (m *Model) whyNotElsewhere(t transfer.Task) string {
	switch {
	case t.Kind != transfer.KindDownload:
		return m.env.T("tasks.no_folder")
	case !t.State.Ended():
		return m.env.T("tasks.still_runs")
	case t.FailedFiles == 0 && !t.Waits():
		return m.env.T("tasks.nothing_left")
	}
	return ""
}

func (m *Model) elsewhere() tea.Cmd {
	t, _ := m.grid.Current()
	return core.Send(ElsewhereMsg{t})
}

// most is how far a task's priority goes, up and down.
const most = 9

// rank raises or lowers a task's priority.
func (m *Model) rank(by int) func() tea.Cmd {
	return func() tea.Cmd {
		t, ok := m.grid.Current()
		if !ok {
			return nil
		}
		to := max(-most, min(most, t.Priority+by))
		m.svc.RankTask(t.ID, to)
		m.refresh()
		return core.Toast(core.Info, m.env.T("tasks.ranked", "label", client.SafeText(t.Label, 40), "n", to))
	}
}

// openTask shows an archive's rows, or a download's folder.
func (m *Model) openTask() tea.Cmd {
	if t, ok := m.grid.Current(); ok && t.Kind == transfer.KindArchive {
		return m.openReport()
	}
	return m.openFolder()
}

func (m *Model) openReport() tea.Cmd {
	t, _ := m.grid.Current()
	return core.Send(ReportMsg{t.ID})
}

func (m *Model) lookUp() tea.Cmd {
	t, _ := m.grid.Current()
	svc, id, words := m.svc, t.ID, m.env.T("tasks.looking_up", "n", t.UnknownFiles)
	return m.look.Start(m.env.Ctx, func(ctx context.Context) (ordered, error) { return ordered(words), svc.LookUpTask(ctx, id) })
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
	m.folder = folder
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
	p := style.Panel{Title: m.env.T("tasks.title") + "  " + m.summary(), Info: m.total(), W: w, H: h - below, Focused: true}
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

// totalBar is the width of the bar of all tasks together, in cells.
const totalBar = 14

// total is how far all tasks are together that have not ended, and how long the rest takes at the rate of now; empty without any.
func (m *Model) total() string {
	var done, rate float64
	files, left := 0, int64(0)
	for _, t := range m.grid.Rows() {
		switch {
		case t.State.Ended(), t.Listing && t.State != transfer.Running:
			continue
		case t.Listing: // a share of what is not known yet would fall again
			return m.env.T("tasks.listing")
		}
		files += max(1, t.AllFiles)
		done += part(t) * float64(max(1, t.AllFiles))
		if t.State == transfer.Running {
			rate += t.Rate
			left += max(0, t.AllBytes-t.DoneBytes)
		}
	}
	if files == 0 {
		return ""
	}
	p := done / float64(files)
	out := m.env.T("tasks.total", "bar", style.Bar(p, totalBar), "percent", int(p*100))
	if rate > 0 && left > 0 {
		s := int64(float64(left)/rate + 0.5)
		out += " " + m.env.T("tasks.left", "time", fmt.Sprintf("%02d:%02d", s/60, s%60))
	}
	return out
}

// files lists what became of a task's files, failed ones first, in h lines of w cells.
func (m *Model) files(w, h int) string {
	t, ok := m.grid.Current()
	if !ok {
		return m.env.Styles.Muted.Render(m.env.T("tasks.none_chosen"))
	}
	lines := []string{text.Truncate(m.env.T("tasks.saved_to", "folder", client.Text(t.Folder)), w)}
	if t.Kind == transfer.KindArchive {
		lines[0] = text.Truncate(m.env.T("tasks.archive_counts", "done", t.DoneFiles, "all", t.AllFiles, "failed", t.FailedFiles, "unknown", t.UnknownFiles), w)
	}
	if t.Err != nil {
		lines = append(lines, m.env.Styles.Error.Render(text.Truncate("! "+m.svc.Explain(t.Err), w)))
	}
	var good []string
	for _, f := range t.Files {
		if f.Err != nil {
			lines = append(lines, m.env.Styles.Error.Render(text.Truncate("! "+named(f)+"  "+m.svc.Explain(f.Err), w)))
			continue
		}
		facts := text.Bytes(f.Bytes) + "  SHA256 " + short(f.SHA256)
		line := text.Spread(text.Middle(client.Text(base(f.Path)).String(), w-text.Width(facts)-2), facts, w)
		if f.Note == "type" {
			line = m.env.Styles.Warning.Render(text.Truncate(m.env.T("tasks.other_type", "file", client.Text(base(f.Path))), w))
		}
		good = append(good, line)
	}
	lines = append(lines, good[max(0, len(good)-max(0, h-len(lines))):]...)
	return strings.Join(lines, "\n")
}

// named is what a file that did not come, or go, is known by.
func named(f transfer.FileResult) string {
	if f.Row != nil {
		return client.Text(f.Row.AccountNo).String() + " " + client.Text(base(f.Row.Path)).String()
	}
	if it := f.Item; it != nil && it.Account.AccountNo != "" {
		return it.Account.AccountNo.String() + " " + cmp.Or(it.Material.MaterialName, it.Material.MaterialCode, it.File.ID).String()
	}
	return client.Text(f.FileID).String()
}

func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

func short(sum string) string {
	if len(sum) <= 12 {
		return sum
	}
	return sum[:8] + ".." + sum[len(sum)-4:]
}

// Status implements core.Screen: what can be done about the task under the cursor.
func (m *Model) Status() string {
	t, ok := m.grid.Current()
	n := t.FailedFiles
	switch {
	case m.look.Busy():
		return m.env.Spinner() + " " + m.env.T("tasks.report.busy")
	case !ok:
	case t.Kind == transfer.KindArchive && t.UnknownFiles > 0:
		return m.env.T("tasks.hint_unknown", "n", t.UnknownFiles)
	case t.Kind == transfer.KindArchive && t.State == transfer.Failed && n > 0:
		return m.env.T("tasks.hint_rows", "n", n, "key", m.env.KeyOf("tasks.retry", "R"))
	case t.State == transfer.Failed && n > 0:
		return m.env.T("tasks.hint_files", "n", n, "key", m.env.KeyOf("tasks.retry", "R"))
	case t.State == transfer.Failed, t.State == transfer.Canceled:
		return m.env.T("tasks.hint_rest", "key", m.env.KeyOf("tasks.retry", "R"))
	case t.Kind == transfer.KindArchive:
		return m.env.T("tasks.hint_archive")
	}
	return m.env.T("tasks.status")
}
