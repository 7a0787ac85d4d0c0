package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"imagery/internal/store"
)

const (
	window      = 256 // queued files read at once
	listBatch   = 500 // files queued at once
	listEvery   = 300 * time.Millisecond
	maxUnlisted = 20               // accounts that may fail to be listed before the list is given up
	idleRead    = 30 * time.Second // without a byte, after which a file is given up and asked for again
)

// download is one run of a task that brings files home.
type download struct {
	*job
	from    Fetcher
	resumer Resumer // nil: the platform's client cannot ask for parts
	folder  *folder
	health  health
	more    chan struct{} // told when files were queued, closed when all are
}

// download runs a task. Its error is one that ends it with files left.
func (j *job) download(ctx context.Context) (err error) {
	r := &download{job: j, from: j.sess.From, more: make(chan struct{}, 1)}
	r.resumer, _ = j.sess.From.(Resumer)
	halves, err := r.halves(ctx)
	if err != nil {
		return err
	}
	r.folder, err = openFolder(j.spec.Folder, j.spec.Manifest, strings.Count(j.spec.Template, "/"), j.spec.Key, halves)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.folder.close()) }()
	if err := r.room(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	var unlisted error
	group.Go(func() error {
		unlisted = guard("listing", func() error { return r.list(ctx) })
		if errors.Is(unlisted, ErrNoRoom) {
			return unlisted
		}
		return nil // what was listed is fetched
	})
	group.Go(func() error { return guard("fetching", func() error { return r.fetchAll(ctx) }) })
	err = group.Wait()
	if errors.Is(unlisted, ErrNoRoom) {
		return unlisted
	}
	return errors.Join(err, unlisted)
}

// guard turns a panic into an error: other tasks and the screen go on.
func guard(what string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s broke off: %v", what, p)
		}
	}()
	return do()
}

// halves are the temporary files that the queue knows of.
func (r *download) halves(ctx context.Context) (map[string]bool, error) {
	rows, err := r.store.Noted(ctx, r.id)
	out := map[string]bool{}
	for _, row := range rows {
		if h := outcomeOf(row).Half; h != nil {
			out[h.Tmp] = true
		}
	}
	return out, err
}

// room compares what is known to come with what the disk has. What is here already, as far as names and sizes tell, needs none.
func (r *download) room(ctx context.Context) error {
	free, ok := r.free(r.folder.path)
	t := r.snapshot()
	need := t.AllBytes - t.DoneBytes
	if !ok || need <= free {
		return nil
	}
	for f, err := range queuedFiles(ctx, r.store, r.id, store.FileWaiting) {
		if err != nil {
			return err
		}
		if rec, ok := r.folder.present(f.ID); ok && rec.Bytes == f.Bytes {
			need -= f.Bytes
		}
	}
	if need <= free {
		return nil
	}
	return &RoomError{Need: need, Free: free}
}

// list queues files that the task's source names, a batch at a time.
func (r *download) list(ctx context.Context) error {
	defer close(r.more)
	if r.listed() {
		return nil
	}
	source := r.source(ctx)
	if source == nil {
		return ErrListCut
	}
	var batch []store.File
	numbers := map[string]int{}
	last := time.Now()
	flush := func() error {
		added, err := r.store.AddFiles(context.WithoutCancel(ctx), r.id, r.owner, batch)
		r.queuedMore(batch, added)
		batch, last = batch[:0], time.Now()
		select {
		case r.more <- struct{}{}:
		default:
		}
		return cmp.Or(err, r.room(ctx))
	}
	var unlisted []error // accounts; the rest comes all the same
	for it, err := range source {
		switch {
		case err != nil && (endsAll(err) || networkFault(err) || len(unlisted) == maxUnlisted):
			return errors.Join(err, flush())
		case err != nil:
			unlisted = append(unlisted, err)
			continue
		}
		number(numbers, r.spec.Template, &it)
		batch = append(batch, queued(it))
		if len(batch) >= listBatch || time.Since(last) > listEvery {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(append(unlisted, ctx.Err(), flush())...); err != nil {
		return err
	}
	r.allListed()
	return r.store.SetListed(context.WithoutCancel(ctx), r.id, r.owner)
}

// fetchAll fetches what is queued until nothing more comes.
func (r *download) fetchAll(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan *ticket, batchFiles)
	var gathering sync.WaitGroup
	var failed error
	gathering.Go(func() {
		failed = guard("settling", func() error { return r.gather(ctx, done, cancel) })
		for t := range done { // after a panic only
			t.half.drop(r.folder)
		}
	})
	var fetching sync.WaitGroup
	err := r.dispatch(ctx, &fetching, done, cancel)
	fetching.Wait()
	close(done)
	gathering.Wait()
	if failed != nil {
		return failed
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// dispatch starts one queued file after another.
func (r *download) dispatch(ctx context.Context, fetching *sync.WaitGroup, done chan<- *ticket, stop func(error)) error {
	slots := make(chan struct{}, MaxConcurrency)
	if r.spec.Jobs > 0 {
		slots = make(chan struct{}, r.spec.Jobs)
	}
	var after int64
	for open := true; open; {
		_, open = <-r.more
		rows, err := r.store.Files(ctx, r.id, after, window, store.FileWaiting)
		for len(rows) > 0 && err == nil {
			if after, err = r.startAll(ctx, fetching, slots, rows, done, stop); err == nil {
				rows, err = r.store.Files(ctx, r.id, after, window, store.FileWaiting)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// startAll starts queued files and returns the number of the last.
func (r *download) startAll(ctx context.Context, fetching *sync.WaitGroup, slots chan struct{}, rows []store.File, done chan<- *ticket, stop func(error)) (after int64, err error) {
	for _, row := range rows {
		if !r.start(ctx, fetching, slots, row, done, stop) {
			return after, ctx.Err()
		}
		after = row.Seq
	}
	return after, nil
}

// start lets a file begin when its turn has come; false when the task is to end.
func (r *download) start(ctx context.Context, fetching *sync.WaitGroup, slots chan struct{}, row store.File, done chan<- *ticket, stop func(error)) bool {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	if r.pace.acquire(ctx, r.priority()) != nil {
		return false
	}
	fetching.Go(func() {
		defer func() { <-slots }()
		t := &ticket{row: row}
		if err := guard("file "+row.ID, func() error { r.fetch(ctx, t); return nil }); err != nil {
			t.fail(err)
		}
		r.pace.release(t.res.Status != StatusKept)
		switch {
		case t.err != nil:
			r.leave(context.WithoutCancel(ctx), t)
			stop(t.err)
			return
		case t.res.Err != nil:
			if t.half != nil {
				r.progress.add(-t.half.n)
			}
			t.half.drop(r.folder)
		}
		done <- t
	})
	return true
}

// removeHalves removes what a task left of large files.
func removeHalves(s spec) {
	f, err := os.OpenRoot(s.Folder)
	if err != nil {
		return
	}
	defer f.Close()
	_ = fs.WalkDir(f.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasPrefix(d.Name(), tempPrefix+s.Key+"-") {
			_ = f.Remove(filepath.FromSlash(p))
		}
		return nil
	})
}
