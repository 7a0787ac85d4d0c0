package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/codes"
	"imagery/internal/transfer"
)

// ReadRows reads the rows that path names: a folder as downloads make them, or a mapping as CSV. Rows without a business type or title
// get those given; an empty title is the name of the folder or file. Errors: *transfer.MappingError, and those of reading.
func (a *App) ReadRows(_ context.Context, path, bizType, title string) ([]transfer.Row, error) {
	path, err := filepath.Abs(Home(path))
	if err != nil {
		return nil, err
	}
	if title == "" {
		title = stem(path)
	}
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case st.IsDir():
		return transfer.FolderRows(path, bizType, title)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return transfer.ReadMapping(f, filepath.Dir(path), bizType, title)
}

func stem(path string) string {
	name := filepath.Base(path)
	return name[:len(name)-len(filepath.Ext(name))]
}

// PlanArchive checks rows before anything is sent. checked is told of rows that were, from many goroutines; nil: nobody is.
// Interfaces 7 and 8.
func (a *App) PlanArchive(ctx context.Context, rows []transfer.Row, checked func(rows int)) ([]transfer.Planned, error) {
	c, err := a.reading(audit.List, detail{"rows": number(len(rows))})
	if err != nil {
		return nil, err
	}
	queued, err := a.tasks.QueuedRows(ctx, c.profile.Name)
	if err != nil {
		return nil, err
	}
	checks := transfer.Checks{Platform: whole{&turns{c.client, a, c}}, Queued: queued, Checked: checked, SomeCodes: !c.codes.Complete(codes.Materials)}
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
	if err := c.before(audit.Archive, tie, detail{"rows": number(transfer.Count(plan).Good)}); err != nil {
		return "", err
	}
	taskID, err = a.tasks.StartArchive(transfer.ArchiveRequest{Rows: plan, Label: label, Profile: c.profile.Name, Operator: c.username, Server: c.profile.URL, Ref: tie})
	if err != nil { // no task will write how it ended
		c.after(audit.Archive, tie, err, nil)
	}
	return taskID, err
}

// LookUpTask looks once more for the archives of an ended task's rows whose outcome is unknown; nothing is sent. Interface 7.
func (a *App) LookUpTask(ctx context.Context, taskID string) error {
	return a.tasks.LookUp(ctx, taskID)
}

// Resendable returns nil if SendAgain would send each of these rows of a task, and else why not. Nothing is done.
func (a *App) Resendable(ctx context.Context, taskID string, rows ...int64) error {
	return a.tasks.Resendable(ctx, taskID, rows...)
}

// SendAgain sends rows of an ended task once more whose outcome is unknown and which the user has seen not to be archived. Interfaces 2,
// 5, 7 and 8.
func (a *App) SendAgain(ctx context.Context, taskID string, rows ...int64) error {
	c, err := a.current()
	switch {
	case err != nil:
		return err
	case c.guarded():
		return ErrReadOnly
	}
	tie := ref()
	if err := c.before(audit.Archive, tie, detail{"rows": number(len(rows)), "task": taskID, "again": "true"}); err != nil {
		return err
	}
	err = a.tasks.SendAgain(ctx, taskID, rows...)
	c.after(audit.Archive, tie, err, detail{"task": taskID})
	return err
}

// TakeUpTask lets a task go on that nobody runs, an ended one with what failed or was not begun.
func (a *App) TakeUpTask(ctx context.Context, taskID string) error {
	return a.tasks.TakeUp(ctx, taskID)
}

// archiver sends the rows of tasks with the login they were started with.
type archiver struct {
	a *App
	c *conn
}

// Shown implements transfer.Archiver.
func (x *archiver) Shown(ctx context.Context, r transfer.Row) ([]string, error) {
	from := &turns{x.c.client, x.a, x.c}
	rows, err := from.ListMaterials(ctx, at(r))
	if err != nil {
		return nil, err
	}
	held, err := transfer.Holds(ctx, whole{from}, rows, r)
	switch {
	case err != nil:
		return nil, err
	case held: // since the plan; another program or person did it
		return nil, transfer.ErrRowDuplicate
	}
	var ids []string
	for _, m := range rows {
		if m.ServiceAccessID != "" {
			ids = append(ids, m.ServiceAccessID.Raw())
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func at(r transfer.Row) client.ListMaterialsRequest {
	// With history: a later row of the same material puts this one there.
	return client.ListMaterialsRequest{AccountNo: r.AccountNo, AccountBizType: r.AccountBizType, WithHis: true}
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
	done, err := x.a.turn(ctx, c)
	if err != nil {
		return "", err
	}
	defer done()
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
	done, err := x.a.turn(ctx, x.c)
	if err != nil {
		return "", err
	}
	defer done()
	found, err := x.c.lookUp(ctx, client.Archive{Title: r.Title, Materials: []client.ArchiveMaterial{{Code: r.Code}}}, at(r), seen(shown))
	if found == nil {
		return "", err
	}
	return found.ID.Raw(), nil
}
