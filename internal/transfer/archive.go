package transfer

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"imagery/client"
	"imagery/internal/store"
)

// Archiver sends rows to the platform. It writes the caller's journal and chooses between base64 and interface 5. Interfaces 2, 5 and 7.
type Archiver interface {
	// Shown returns the ids of the archives whose materials show at the row's account.
	Shown(ctx context.Context, r Row) ([]string, error)
	// Send archives a row, once, and returns the archive's id. A lost answer is looked up; when that does not settle it, the error
	// matches client.ErrOutcomeUnknown. Any other error means that nothing was archived.
	Send(ctx context.Context, r Row, businessID string, shown []string) (archiveID string, err error)
	// Find looks for the archive of a row that was sent by an earlier run; "" if none of those that are new since can be it.
	Find(ctx context.Context, r Row, shown []string) (archiveID string, err error)
}

// intent is what was written down before a row was sent.
type intent struct {
	BusinessID string    `json:"b"`
	Shown      []string  `json:"s"` // archives of the account before
	At         time.Time `json:"t"`
}

const (
	archivesAtOnce = 4 // accounts
	sendGrace      = 5 * time.Second
)

// ArchiveRequest is a plan to be carried out.
type ArchiveRequest struct {
	Rows              []Planned // those without a problem are sent
	Priority          int
	Label             string
	Profile, Operator string
	Server, Ref       string
}

// StartArchive queues the good rows of a plan and returns the task's id. Rows of one account are sent one after another. Error:
// ErrNoSession, and those of the queue.
func (m *Manager) StartArchive(r ArchiveRequest) (id string, err error) {
	var files []store.File
	for _, p := range r.Rows {
		if p.Problem == nil {
			files = append(files, queuedRow(p.Row))
		}
	}
	t := store.Task{Profile: r.Profile, Operator: r.Operator, Kind: KindArchive, Label: r.Label, Priority: r.Priority}
	return m.enqueue(t, spec{Server: r.Server, Ref: r.Ref, Key: rand.Text()[:12]}, func(id int64) error {
		for len(files) > 0 {
			n := min(len(files), listBatch)
			if _, err := m.store.AddFiles(context.Background(), id, m.owner, files[:n]); err != nil {
				return err
			}
			files = files[n:]
		}
		return m.store.SetListed(context.Background(), id, m.owner)
	})
}

// queuedRow is a row as the queue keeps it.
func queuedRow(r Row) store.File {
	b, _ := json.Marshal(r) // of strings and numbers: cannot fail
	return store.File{ID: rowID(r), Item: string(b), Bytes: r.Size}
}

// rowID names a row in the queue: the same file goes to an account's material only once.
func rowID(r Row) string {
	sum := sha256.Sum256([]byte(r.AccountNo + "\x00" + r.AccountBizType + "\x00" + r.Code + "\x00" + r.SHA256))
	return hex.EncodeToString(sum[:12])
}

func rowOf(f store.File) (r Row, err error) {
	if err = json.Unmarshal([]byte(f.Item), &r); err != nil {
		err = fmt.Errorf("queued row %d: %w", f.Seq, err)
	}
	return r, err
}

func rowResult(res FileResult, f store.File, o outcome) FileResult {
	row, err := rowOf(f)
	res.FileID, res.Path, res.SHA256, res.Row = o.Access, row.Path, row.SHA256, &row
	res.Err = cmp.Or(res.Err, err)
	switch f.State {
	case store.FileSaved:
		res.Status = StatusArchived
	case store.FileSending, store.FileUnknown:
		res.Err = cmp.Or[error](res.Err, client.ErrOutcomeUnknown)
	}
	return res
}

// archive runs a task that sends rows.
func (j *job) archive(ctx context.Context) error {
	if j.sess.Archiver == nil {
		return ErrNoSession
	}
	if err := j.settleUnknown(ctx); err != nil {
		return err
	}
	group, all := errgroup.WithContext(ctx)
	group.SetLimit(archivesAtOnce)
	for rows, err := range j.lanes(all) {
		if err != nil {
			return errors.Join(err, group.Wait())
		}
		group.Go(func() error { return j.lane(all, rows) })
		if all.Err() != nil {
			break
		}
	}
	return cmp.Or(group.Wait(), context.Cause(ctx))
}

// queuedFiles yields the files of a task in some states, a window of them in memory.
func queuedFiles(ctx context.Context, st *store.Store, task int64, states ...store.FileState) iter.Seq2[store.File, error] {
	return func(yield func(store.File, error) bool) {
		var files []store.File
		var err error
		for after := int64(0); ; files = files[1:] {
			if len(files) == 0 {
				files, err = st.Files(ctx, task, after, window, states...)
			}
			if err != nil {
				files = []store.File{{}}
			}
			if len(files) == 0 || !yield(files[0], err) || err != nil {
				return
			}
			after = files[0].Seq
		}
	}
}

// lanes yields the waiting rows of each account. A row that cannot be read makes a lane of its own, and fails there.
func (j *job) lanes(ctx context.Context) iter.Seq2[[]store.File, error] {
	return func(yield func([]store.File, error) bool) {
		var lane []store.File
		var of Row
		for f, err := range queuedFiles(ctx, j.store, j.id, store.FileWaiting) {
			row, _ := rowOf(f)
			if err != nil {
				yield(nil, err)
				return
			}
			full := len(lane) > 0 && !sameAccount(of, row)
			if full && !yield(lane, nil) {
				return
			}
			if full {
				lane = nil
			}
			lane, of = append(lane, f), row
		}
		if len(lane) > 0 {
			yield(lane, nil)
		}
	}
}

// lane sends the rows of one account, one after another. Its error ends the task.
func (j *job) lane(ctx context.Context, rows []store.File) error {
	for _, f := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := guard("row "+strconv.FormatInt(f.Seq, 10), func() error { return j.row(ctx, f) }); err != nil {
			return err
		}
	}
	return nil
}

// row sends one row. What is about to be sent is written down before, so that a run that dies leaves no doubt about what may have happened.
func (j *job) row(ctx context.Context, f store.File) error {
	row, err := rowOf(f)
	if err == nil {
		err = unchanged(row)
	}
	var shown []string
	if err == nil {
		err = retried(ctx, func() (err error) { shown, err = j.sess.Archiver.Shown(ctx, row); return err })
	}
	switch {
	case ctx.Err() != nil || endsAll(err):
		return cmp.Or(err, ctx.Err())
	case err != nil:
		return j.settleRow(f, store.FileFailed, outcome{Error: faultOf(err)})
	}
	o := outcome{Intent: &intent{"IM" + rand.Text()[:12], shown, time.Now().Truncate(time.Second)}}
	f.State, f.Result = store.FileSending, o.String()
	if err := j.store.Settle(context.Background(), j.id, j.owner, []store.File{f}); err != nil {
		return err
	}
	send, cancel := graceful(ctx, sendGrace)
	defer cancel()
	o.Access, err = j.sess.Archiver.Send(send, row, o.Intent.BusinessID, shown)
	switch {
	case err == nil:
		return j.settleRow(f, store.FileSaved, o)
	case errors.Is(err, client.ErrOutcomeUnknown):
		o.Error = faultOf(err)
		return j.settleRow(f, store.FileUnknown, o)
	case endsAll(err), ctx.Err() != nil && errors.Is(err, context.Canceled): // nothing was archived, and not for the row's own fault
		f.State, f.Result = store.FileWaiting, ""
		return errors.Join(err, j.store.Settle(context.Background(), j.id, j.owner, []store.File{f}))
	}
	return j.settleRow(f, store.FileFailed, outcome{Error: faultOf(err)})
}

// graceful returns a context that outlives ctx by d: a write that is under way is let come to its end.
func graceful(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if wait(own, d) {
			cancel()
		}
	})
	return own, func() { stop(); cancel() }
}

// unchanged holds a file against its plan.
func unchanged(r Row) error {
	size, sum, _, err := describe(r.Path)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrRowRead, err)
	case size != r.Size || sum != r.SHA256:
		return ErrRowChanged
	}
	return nil
}

// settleRow records what became of a row, before the next is sent.
func (j *job) settleRow(f store.File, state store.FileState, o outcome) error {
	f.State, f.Result = state, o.String()
	if err := j.store.Settle(context.Background(), j.id, j.owner, []store.File{f}); err != nil {
		return err
	}
	res := resultOf(KindArchive, j.spec, f)
	j.mu.Lock()
	switch state {
	case store.FileSaved:
		j.task.DoneFiles++
		j.progress.add(f.Bytes)
		j.done = latest(j.done, res, latestDone)
	case store.FileFailed:
		j.task.FailedFiles++
		j.failed = latest(j.failed, res, latestFailed)
	default:
		j.task.UnknownFiles++
		j.failed = latest(j.failed, res, latestFailed)
	}
	j.mu.Unlock()
	j.tell()
	return nil
}

// settleUnknown looks for archives whose answer was lost, by this run's predecessors. What is not found stays unknown: it is shown, and
// never sent again unasked.
func (j *job) settleUnknown(ctx context.Context) error {
	var mine []string // archives that other rows became
	for after := int64(0); ; {
		files, err := j.store.Files(ctx, j.id, after, window, store.FileSending, store.FileUnknown)
		if err == nil && len(files) > 0 && after == 0 {
			mine, err = j.archived(ctx)
		}
		if err != nil {
			return err
		}
		for _, f := range files {
			found, err := j.lookFor(ctx, f, mine)
			if err != nil {
				return err
			}
			mine, after = append(mine, found), f.Seq
		}
		if len(files) < window {
			return nil
		}
	}
}

// archived returns the ids of the archives that the task has made.
func (j *job) archived(ctx context.Context) (ids []string, err error) {
	for after := int64(0); ; {
		files, err := j.store.Files(ctx, j.id, after, window, store.FileSaved)
		for _, f := range files {
			ids, after = append(ids, outcomeOf(f).Access), f.Seq
		}
		if len(files) < window || err != nil {
			return ids, err
		}
	}
}

// lookFor looks for one row among the archives that are neither older than it nor another row's, and returns what was found.
func (j *job) lookFor(ctx context.Context, f store.File, mine []string) (found string, err error) {
	row, err := rowOf(f)
	o := outcomeOf(f)
	if err == nil && o.Intent != nil {
		err = retried(ctx, func() (err error) {
			o.Access, err = j.sess.Archiver.Find(ctx, row, slices.Concat(o.Intent.Shown, mine))
			return err
		})
	}
	if ctx.Err() != nil || endsAll(err) {
		return "", cmp.Or(err, ctx.Err())
	}
	if f.State == store.FileUnknown {
		j.mu.Lock()
		j.task.UnknownFiles--
		j.mu.Unlock()
	}
	if o.Access != "" {
		o.Error = nil
		return o.Access, j.settleRow(f, store.FileSaved, o)
	}
	o.Error = faultOf(cmp.Or(o.Error.err(), error(client.ErrOutcomeUnknown)))
	return "", j.settleRow(f, store.FileUnknown, o)
}
