package app

import (
	"context"
	"errors"
	"iter"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/transfer"
)

// carrier is a login as tasks use it.
func (a *App) carrier(c *conn) transfer.Session {
	return transfer.Session{
		Profile: c.profile.Name, Operator: c.username, From: &turns{c.client, a, c}, Archiver: &archiver{a, c}, Ended: c.taskEnded,
		Limits: transfer.Limits{Concurrency: int(c.profile.Concurrency), PerSecond: int(c.profile.Rate)},
	}
}

// taskEnded writes the line that stands behind a task.
func (c *conn) taskEnded(t transfer.Task) {
	act := audit.Download
	if t.Kind == transfer.KindArchive {
		act = audit.Archive
	}
	d := detail{"files": number(t.DoneFiles), "failed": number(t.FailedFiles), "state": string(t.State)}
	if t.UnknownFiles > 0 {
		d["unknown"] = number(t.UnknownFiles)
	}
	err := t.Err
	switch {
	case err != nil:
	case t.UnknownFiles > 0:
		err = client.ErrOutcomeUnknown
	case t.FailedFiles > 0:
		err = errFilesFailed
	}
	c.after(act, t.Ref, err, d)
}

// errFilesFailed is how a task ended that went to its end, though not with every file.
var errFilesFailed = errors.New("app: files failed")

// Download starts a background task and returns its id. The task outlives the screen and the context it was started from, and with a queue
// the program. An empty Folder is DownloadFolder. Interface 8.
func (a *App) Download(r transfer.Request) (taskID string, err error) {
	if r.Folder == "" {
		r.Folder = a.DownloadFolder()
	}
	c, err := a.current()
	if err != nil {
		return "", err
	}
	r.Profile, r.Operator, r.Server, r.Ref = c.profile.Name, c.username, c.profile.URL, ref()
	d := detail{"files": number(len(r.Items)), "folder": r.Folder}
	if r.Search != nil {
		d = filter(r.Search.Accounts).set("folder", r.Folder)
	}
	if err := c.before(audit.Download, r.Ref, d); err != nil {
		return "", err
	}
	taskID, err = a.tasks.Start(r)
	if err != nil { // no task will write how it ended
		c.after(audit.Download, r.Ref, err, nil)
	}
	return taskID, err
}

// Tasks returns snapshots of all tasks, the newest first: of this run, and of others with which it shares a queue.
func (a *App) Tasks() []transfer.Task { return a.tasks.Tasks() }

// Task returns a snapshot of one task.
func (a *App) Task(id string) (transfer.Task, bool) { return a.tasks.Task(id) }

// TaskFiles yields what became of every file of a task.
func (a *App) TaskFiles(ctx context.Context, id string) iter.Seq2[transfer.FileResult, error] {
	return a.tasks.EachFile(ctx, id)
}

// LeftOfTask yields the files that a download did not bring, for another to another folder.
func (a *App) LeftOfTask(ctx context.Context, id string) iter.Seq2[transfer.Item, error] {
	return a.tasks.Left(ctx, id)
}

// Changed receives when tasks changed since the last receive, at most about ten times a second. One reader only.
func (a *App) Changed() <-chan struct{} { return a.tasks.Changed() }

// CancelTask stops a task; files that are complete stay.
func (a *App) CancelTask(id string) { a.tasks.Cancel(id) }

// PauseTask stops a task until ResumeTask.
func (a *App) PauseTask(id string) { a.tasks.Pause(id) }

// ResumeTask lets a paused task go on.
func (a *App) ResumeTask(id string) { a.tasks.Resume(id) }

// RetryTask does again what a task failed to do or was kept from, in the same task. Archives of unknown outcome are looked for, not sent.
func (a *App) RetryTask(id string) { a.tasks.Retry(id) }

// RankTask orders a task among others; higher goes first.
func (a *App) RankTask(id string, priority int) { a.tasks.SetPriority(id, priority) }

// WaitTask returns a task when it has ended; it is cancelled when ctx ends first.
func (a *App) WaitTask(ctx context.Context, id string) transfer.Task { return a.tasks.Wait(ctx, id) }
