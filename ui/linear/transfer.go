package linear

import (
	"context"
	"strconv"
	"strings"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/internal/transfer"
)

// transfers is what the conversation needs of background tasks; all of its use is in this file.
type transfers interface {
	DownloadFolder() string
	Download(transfer.Request) (taskID string, err error)
	WaitTask(ctx context.Context, id string) transfer.Task
	Tasks() []transfer.Task
	Changed() <-chan struct{}
	CancelTask(id string)
	RetryTask(id string)
	PauseTask(id string)
	ResumeTask(id string)
}

// download asks where files are to go and brings them home, waiting for them or not.
func (d *dialogue) download(items []transfer.Item) error {
	var size int64
	for _, it := range items {
		size += it.File.FileSize
	}
	d.say(d.t("download.size", "n", len(items), "size", text.Bytes(size)))
	folder := &question{label: "download.folder", value: d.svc.DownloadFolder(), read: func(typed string) (string, error) { return unquoted(typed), nil }}
	if err := d.answer(folder); err != nil {
		return err
	}
	start := func(wait bool) func() error {
		return func() error {
			label := strings.TrimSpace(items[0].Account.AccountNo.String() + " " + items[0].Material.MaterialName.String())
			id, err := d.svc.Download(transfer.Request{Folder: folder.value, Items: items, Label: label})
			if err != nil {
				return d.failed(err)
			}
			d.told[id] = false
			if wait {
				return d.wait(id)
			}
			d.say(d.t("linear.in_background"))
			return errDone
		}
	}
	return d.menu("linear.download", func() []option {
		return []option{{name: d.t("linear.download_wait"), do: start(true)}, {name: d.t("linear.download_on"), do: start(false)}}
	})
}

// wait waits for a task and says what becomes of it. A session that ends meanwhile is signed in to again, and the rest fetched then.
func (d *dialogue) wait(id string) error {
	for {
		p := &progress{changed: d.svc.Changed(), percent: func() int { return percent(d.task(id)) }}
		t, err := run(d, "linear.downloading", p, func(ctx context.Context) (transfer.Task, error) { return d.svc.WaitTask(ctx, id), nil })
		if err != nil {
			return err
		}
		d.told[id] = true
		if !over(t.Err) {
			d.outcome(t)
			return errDone
		}
		if err := d.signInAgain(); err != nil {
			d.outcome(t)
			return err
		}
		d.svc.RetryTask(id)
	}
}

func (d *dialogue) task(id string) transfer.Task {
	for _, t := range d.svc.Tasks() {
		if t.ID == id {
			return t
		}
	}
	return transfer.Task{}
}

// percent is how much of a task is done, by bytes where the platform told their number.
func percent(t transfer.Task) int {
	switch {
	case t.State == transfer.Done:
		return wholePart
	case t.AllBytes > 0:
		return min(int(t.DoneBytes*wholePart/t.AllBytes), wholePart-1)
	case t.AllFiles > 0:
		return min(t.DoneFiles*wholePart/t.AllFiles, wholePart-1)
	}
	return 0
}

// outcome says how a task ended.
func (d *dialogue) outcome(t transfer.Task) {
	label, archive := client.SafeText(t.Label, 80), t.Kind == transfer.KindArchive
	switch {
	case archive && t.State == transfer.Done:
		d.say(d.t("main.archive_done", "label", label, "n", t.DoneFiles))
	case archive:
		d.say(d.t("linear.archive_failed", "label", label, "n", t.AllFiles-t.DoneFiles-t.UnknownFiles, "unknown", t.UnknownFiles))
	case t.State == transfer.Done:
		d.say(d.t("main.task_done", "label", label, "n", t.DoneFiles, "folder", client.Text(t.Folder)))
	case t.State == transfer.Canceled:
		d.say(d.t("linear.task_canceled", "label", label, "n", t.DoneFiles))
	default:
		d.say(d.t("linear.task_failed", "label", label, "n", t.AllFiles-t.DoneFiles))
	}
	if t.Err != nil && t.State == transfer.Failed {
		d.explain(t.Err)
	}
	for _, f := range t.Files {
		switch {
		case f.Err != nil:
			if f.FileID != "" {
				d.labelled("materials.file_id", client.SafeText(f.FileID, 80))
			}
			d.explain(f.Err)
		case f.Note == transfer.NoteType:
			d.say(d.t("tasks.other_type", "file", client.Text(f.Path)))
		}
	}
	if !archive && t.State != transfer.Done {
		d.say(d.t("tasks.saved_to", "folder", client.Text(t.Folder)))
	}
}

// running counts the tasks that have not ended.
func (d *dialogue) running() (n int) {
	for _, t := range d.svc.Tasks() {
		if !t.State.Ended() {
			n++
		}
	}
	return n
}

// tellEnded says which tasks have ended since the last time.
func (d *dialogue) tellEnded() {
	for _, t := range d.svc.Tasks() {
		if was, known := d.told[t.ID]; known && !was && t.State.Ended() {
			d.outcome(t)
		}
		d.told[t.ID] = t.State.Ended()
	}
}

// tasks lists the background tasks of this run.
func (d *dialogue) tasks() error {
	var all []transfer.Task
	l := &list{name: "linear.which_task", title: func() string {
		if len(all) == 0 {
			return d.t("tasks.empty")
		}
		return d.t("linear.tasks", "n", len(all))
	}}
	refresh := func() error {
		all = d.svc.Tasks()
		l.set(len(all))
		return nil
	}
	l.line = func(i int) (heading, line string) { return "", d.taskLine(all[i]) }
	l.open = func(i int) error { return d.openTask(all[i].ID) }
	l.options = func() []option {
		return []option{{keys: []string{"r"}, name: d.t("key.accounts.refresh"), do: refresh}}
	}
	_ = refresh()
	return d.browse(l)
}

// stateKeys name the states of tasks.
var stateKeys = map[transfer.State]i18n.Key{
	transfer.Waiting: "tasks.state.waiting", transfer.Running: "tasks.state.running", transfer.Done: "tasks.state.done",
	transfer.Failed: "tasks.state.failed", transfer.Canceled: "tasks.state.canceled",
	transfer.Paused: "tasks.state.paused",
}

func (d *dialogue) taskLine(t transfer.Task) string {
	return d.commas([]string{
		client.SafeText(t.Label, 80), d.t(stateKeys[t.State]), strconv.Itoa(percent(t)) + " %",
		d.t("linear.files_of", "n", t.DoneFiles, "all", t.AllFiles),
	})
}

// openTask offers what can be done with a task.
func (d *dialogue) openTask(id string) error {
	d.say(d.taskLine(d.task(id)))
	return d.menu("linear.task", func() []option {
		t, ended, nothing := d.task(id), "", ""
		if t.State.Ended() {
			ended = d.t("tasks.has_ended")
		}
		if t.State != transfer.Failed && t.State != transfer.Canceled {
			nothing = d.t("tasks.nothing_failed")
		}
		return []option{
			{name: d.t("materials.preview_title"), do: func() error { t := d.task(id); d.say(d.taskLine(t)); d.outcomeSoFar(t); return nil }},
			{name: d.t("linear.task_wait"), why: ended, do: func() error { return d.waitUnlessPaused(id) }},
			{name: d.t("key.tasks.pause"), why: ended, do: func() error { return d.pause(d.task(id)) }},
			{name: d.t("key.tasks.cancel"), why: ended, do: func() error { d.svc.CancelTask(id); return nil }},
			{name: d.t("key.tasks.retry"), why: nothing, do: func() error { d.svc.RetryTask(id); return d.wait(id) }},
		}
	})
}

// waitUnlessPaused waits for a task that goes on by itself.
func (d *dialogue) waitUnlessPaused(id string) error {
	if t := d.task(id); t.State == transfer.Paused {
		d.say(d.taskLine(t))
		return nil
	}
	return d.wait(id)
}

// pause stops a task, which takes a moment, or lets a paused one go on.
func (d *dialogue) pause(t transfer.Task) error {
	if t.State == transfer.Paused {
		d.svc.ResumeTask(t.ID)
		d.say(d.t("linear.task_goes_on"))
		return nil
	}
	d.svc.PauseTask(t.ID)
	d.say(d.t("linear.task_pausing"))
	return nil
}

// outcomeSoFar says what became of a task's files.
func (d *dialogue) outcomeSoFar(t transfer.Task) {
	if t.State.Ended() {
		d.outcome(t)
	}
	for _, f := range t.Files {
		if f.Err == nil {
			d.say(client.Text(f.Path).String())
		}
	}
}
