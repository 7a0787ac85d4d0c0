package app

import (
	"context"
	"errors"
	"iter"
	"slices"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/codes"
	"imagery/internal/transfer"
)

// carrier is a login as tasks use it.
func (a *App) carrier(c *conn) transfer.Session {
	s := transfer.Session{Profile: c.profile.Name, Operator: c.username, From: c.client, Archiver: &archiver{a, c}, Ended: c.taskEnded}
	if a.opts.Limits != nil {
		s.Limits = a.opts.Limits(c.profile)
	}
	return s
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
	c.after(act, t.Ref, t.Err, d)
}

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
	return a.tasks.Start(r)
}

// Tasks returns snapshots of all tasks, the newest first: of this run, and of others with which it shares a queue.
func (a *App) Tasks() []transfer.Task { return a.tasks.Tasks() }

// Task returns a snapshot of one task.
func (a *App) Task(id string) (transfer.Task, bool) { return a.tasks.Task(id) }

// TaskFiles yields what became of every file of a task.
func (a *App) TaskFiles(ctx context.Context, id string) iter.Seq2[transfer.FileResult, error] {
	return a.tasks.EachFile(ctx, id)
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

// PlanArchive checks rows before anything is sent. Interfaces 7 and 8.
func (a *App) PlanArchive(ctx context.Context, rows []transfer.Row) ([]transfer.Planned, error) {
	c, err := a.reading(audit.List, detail{"rows": number(len(rows))})
	if err != nil {
		return nil, err
	}
	checks := transfer.Checks{Platform: c.client}
	if known := c.codes.List(codes.Materials); len(known) > 0 {
		checks.KnownCode = func(code string) bool {
			return slices.ContainsFunc(known, func(k codes.Code) bool { return k.Code == code })
		}
	}
	return transfer.Plan(ctx, rows, checks)
}

// StartArchive begins to carry out a plan in the background, and returns the task's id. Interfaces 2, 5 and 7.
func (a *App) StartArchive(label string, plan []transfer.Planned) (taskID string, err error) {
	c, err := a.current()
	if err != nil {
		return "", err
	}
	if c.guarded() {
		return "", ErrReadOnly
	}
	tie := ref()
	if err := c.before(audit.Archive, tie, detail{"rows": number(len(plan))}); err != nil {
		return "", err
	}
	return a.tasks.StartArchive(transfer.ArchiveRequest{Rows: plan, Label: label, Profile: c.profile.Name, Operator: c.username, Server: c.profile.URL, Ref: tie})
}

// SendAgain lets a row of a task be sent again whose outcome is unknown and which the user has seen not to be archived; RetryTask starts it.
func (a *App) SendAgain(ctx context.Context, taskID string, seq int64) error {
	return a.tasks.SendAgain(ctx, taskID, seq)
}

// archiver sends the rows of tasks with the login they were started with.
type archiver struct {
	a *App
	c *conn
}

// Shown implements transfer.Archiver.
func (x *archiver) Shown(ctx context.Context, r transfer.Row) ([]string, error) {
	seen, err := x.c.archives(ctx, at(r))
	if err != nil {
		return nil, err
	}
	var ids []string
	for id := range seen {
		if id != "" {
			ids = append(ids, id.Raw())
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func at(r transfer.Row) client.ListMaterialsRequest {
	return client.ListMaterialsRequest{AccountNo: r.AccountNo, AccountBizType: r.AccountBizType}
}

func seen(ids []string) map[client.Text]bool {
	out := map[client.Text]bool{}
	for _, id := range ids {
		out[client.Text(id)] = true
	}
	return out
}

// Send implements transfer.Archiver.
func (x *archiver) Send(ctx context.Context, r transfer.Row, businessID string, shown []string) (string, error) {
	c := x.c
	if c.guarded() {
		return "", errors.Join(ErrReadOnly, transfer.ErrNoSession)
	}
	src, err := client.FileSource(r.Path)
	if err != nil {
		return "", err
	}
	req, err := x.a.complete(c, client.Archive{Title: r.Title, BusinessID: businessID, Materials: []client.ArchiveMaterial{{Code: r.Code, Source: src}}})
	if err != nil {
		return "", err
	}
	tie := ref()
	if err := c.before(audit.Archive, tie, archiveDetail(req, at(r))); err != nil {
		return "", errors.Join(err, transfer.ErrNoSession)
	}
	out, err := c.sendOnce(ctx, req, at(r), seen(shown), nil, nil, func(c *conn, ready client.Archive) (*client.ServiceAccess, error) {
		return c.client.ArchiveToAccount(ctx, client.ArchiveToAccountRequest{AccountNo: r.AccountNo, AccountBizType: r.AccountBizType, Archive: ready})
	})
	d := detail{}
	if out != nil {
		d.set("serviceAccessId", out.ID.Raw())
	}
	c.after(audit.Archive, tie, err, d)
	if err != nil {
		return "", err
	}
	return out.ID.Raw(), nil
}

// Find implements transfer.Archiver.
func (x *archiver) Find(ctx context.Context, r transfer.Row, shown []string) (string, error) {
	found, err := x.c.lookUp(ctx, client.Archive{Title: r.Title, Materials: []client.ArchiveMaterial{{Code: r.Code}}}, at(r), seen(shown))
	if found == nil {
		return "", err
	}
	return found.ID.Raw(), nil
}
