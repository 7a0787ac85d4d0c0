package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
	"golang.org/x/sync/errgroup"

	"imagery/internal/store"
)

const (
	batchFiles = 256
	batchEvery = 300 * time.Millisecond
	syncAtOnce = 16
)

// gather takes tickets until in is closed, and settles them some dozens at a time. Its error ends the task; tickets that come after it are
// put aside.
func (r *download) gather(ctx context.Context, in <-chan *ticket, stop func(error)) error {
	ctx = context.WithoutCancel(ctx) // what is complete is kept, whatever ends the task
	var failed error
	for {
		batch, open := next(in)
		if len(batch) > 0 && failed == nil {
			failed = r.commit(ctx, batch)
		}
		if failed != nil {
			stop(failed)
			for _, t := range batch {
				t.half.drop(r.folder)
			}
		}
		if !open {
			return failed
		}
	}
}

// next collects a batch.
func next(in <-chan *ticket) (batch []*ticket, open bool) {
	t, open := <-in
	if !open {
		return nil, false
	}
	batch = append(batch, t)
	timer := time.NewTimer(batchEvery)
	defer timer.Stop()
	for len(batch) < batchFiles {
		select {
		case t, open = <-in:
			if !open {
				return batch, false
			}
			batch = append(batch, t)
		case <-timer.C:
			return batch, true
		}
	}
	return batch, true
}

// commit makes a batch of files last, in this order: their bytes, their names, manifest and sums, the queue. Whatever is cut off in
// between is found whole by the next run, or done again.
func (r *download) commit(ctx context.Context, batch []*ticket) error {
	var came []*ticket
	for _, t := range batch {
		if t.half != nil && t.half.file != nil {
			came = append(came, t)
		}
	}
	if len(came) > 0 {
		files := make([]*os.File, 0, len(came))
		for _, t := range came {
			files = append(files, t.half.file)
		}
		if err := lasting(files); err != nil {
			return err
		}
		if err := r.folder.locked(true, func(file *lockedfile.File) error { return r.placeAll(file, came) }); err != nil {
			return err
		}
	}
	rows := make([]store.File, 0, len(batch))
	for _, t := range batch {
		rows = append(rows, r.settled(t))
	}
	if err := r.store.Settle(ctx, r.id, r.owner, rows); err != nil {
		return err
	}
	r.told(batch)
	return nil
}

// syncEach writes the bytes of files to the disk and closes them, several at once: the file system does it in one go, as far as it can.
func syncEach(files []*os.File) error {
	var group errgroup.Group
	group.SetLimit(syncAtOnce)
	for _, f := range files {
		group.Go(func() error { return errors.Join(f.Sync(), f.Close()) })
	}
	return group.Wait()
}

// placeAll gives files their names and writes their records; the manifest is locked. After an error nothing of this batch is left.
func (r *download) placeAll(file *lockedfile.File, came []*ticket) (err error) {
	var placed []string
	defer func() {
		if err != nil {
			for _, name := range placed {
				_ = r.folder.root.Remove(filepath.FromSlash(name))
			}
		}
	}()
	dirs := r.folder.freshDirs()
	records := make([]Record, 0, len(came))
	for _, t := range came {
		name, kept, err := r.folder.place(t.half.tmp, t.stem, t.half.kind.Ext, t.rec.SHA256)
		if err != nil {
			return fmt.Errorf("naming a file in %s: %w", r.folder.path, err)
		}
		t.half.file, t.rec.Path = nil, name
		status := StatusKept
		if !kept {
			status, placed = StatusSaved, append(placed, name)
		}
		t.res = r.result(t, t.rec, status)
		dirs[path.Dir(name)] = true
		if old, ok := r.folder.recorded(t.rec.FileID); !ok || old.Path != name || old.SHA256 != t.rec.SHA256 {
			records = append(records, t.rec)
		}
	}
	if err := r.syncDirs(dirs); err != nil {
		return err
	}
	if err := r.folder.add(file, records); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}

func (r *download) syncDirs(dirs map[string]bool) error {
	var group errgroup.Group
	group.SetLimit(syncAtOnce)
	for dir := range dirs {
		group.Go(func() error { return r.folder.syncDir(dir) })
	}
	return group.Wait()
}

// settled is a ticket as the queue keeps it.
func (r *download) settled(t *ticket) store.File {
	row := t.row
	switch t.res.Status {
	case StatusSaved:
		row.State = store.FileSaved
	case StatusKept:
		row.State = store.FileKept
	default:
		row.State = store.FileFailed
		row.Result = outcome{Error: faultOf(t.res.Err)}.String()
		return row
	}
	row.Bytes = t.res.Bytes
	row.Result = outcome{Path: t.rec.Path, SHA256: t.rec.SHA256, Note: t.res.Note}.String()
	return row
}
