package transfer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"imagery/client"
	"imagery/internal/store"
)

// Fetcher opens files of the platform. *client.Client is one. Interface 8.
type Fetcher interface {
	FetchFile(ctx context.Context, fileID string) (*client.FileBody, error)
}

// Resumer opens a file from a byte on; a Fetcher that is one lets broken-off files go on where they stopped. *client.Client is one.
type Resumer interface {
	FetchFileFrom(ctx context.Context, fileID string, offset int64, validator string) (*client.FileBody, error)
}

// ticket is a file on its way through a task.
type ticket struct {
	row  store.File
	item Item
	stem string // below the folder, without extension
	half *partial
	res  FileResult
	rec  Record
	err  error // ends the task; the file stays to be fetched
}

// fetch brings the bytes of one file into the folder, under a temporary name still. What it has to say is in the ticket.
func (r *download) fetch(ctx context.Context, t *ticket) {
	it, err := unqueued(t.row)
	if err == nil && !client.ValidFileID(t.row.ID) {
		err = &client.InvalidError{Op: client.OpFetchFile, Field: "fileId", Reason: client.ReasonFileID}
	}
	if err != nil {
		t.fail(err)
		return
	}
	t.item = it
	if rec, ok := r.folder.kept(it.FileID); ok {
		t.rec, t.res = rec, r.result(t, rec, StatusKept)
		return
	}
	t.stem = Name(r.spec.Template, it)
	t.half = r.resume(t)
	for try := range attempts {
		if try > 0 && !wait(ctx, pause(try, err)) {
			break
		}
		if err = r.once(ctx, t); err == nil {
			break
		}
		r.pace.failed(err)
		if !again(ctx, err) {
			break
		}
	}
	switch end := r.health.saw(err); {
	case err == nil:
	case ctx.Err() != nil || endsAll(err):
		t.err = err // not this file's fault
	case end != nil:
		t.err = end
	default:
		t.fail(err)
	}
}

func (t *ticket) fail(err error) {
	t.res = FileResult{Seq: t.row.Seq, FileID: t.row.ID, Status: StatusFailed, Item: &t.item, Err: err}
}

// result describes a file of the folder. Its note stays as it is unless the content is not what the platform's name says.
func (r *download) result(t *ticket, rec Record, status string) FileResult {
	res := FileResult{
		Seq: t.row.Seq, FileID: rec.FileID, Path: filepath.Join(r.folder.path, filepath.FromSlash(rec.Path)), Bytes: rec.Bytes, SHA256: rec.SHA256, Status: status, Note: t.res.Note,
	}
	if t.item.claims(Kind{rec.Type, filepath.Ext(rec.Path)}) {
		res.Note = NoteType
	}
	return res
}

// once asks for a file, from where an earlier attempt stopped if it can, and reads it to its end. Without an error the ticket's half is
// the whole file.
func (r *download) once(ctx context.Context, t *ticket) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dog := time.AfterFunc(r.idle, func() { cancel(ErrStalled) })
	defer dog.Stop()
	defer func() {
		if errors.Is(context.Cause(ctx), ErrStalled) && err != nil {
			err = fmt.Errorf("%w: %s", ErrStalled, t.row.ID)
		}
	}()
	body, err := r.open(ctx, t)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := t.half.begin(body); err != nil {
		return err
	}
	if err := r.copy(ctx, t, body, dog); err != nil {
		return err
	}
	if err := t.half.check(t.item.File.FileSize); err != nil {
		r.progress.add(-t.half.n)
		return errors.Join(err, t.half.reset())
	}
	t.rec = r.record(t)
	if t.half.size < 0 && t.item.File.FileSize == 0 && !t.half.ends() {
		t.res.Note = NoteEnd
	}
	return nil
}

// open asks the platform for what is missing of a file.
func (r *download) open(ctx context.Context, t *ticket) (*client.FileBody, error) {
	h := t.half
	if h.n > 0 && (h.validator == "" || r.resumer == nil) {
		r.progress.add(-h.n)
		if err := h.reset(); err != nil {
			return nil, err
		}
	}
	if h.n == 0 {
		return r.from.FetchFile(ctx, t.row.ID)
	}
	body, err := r.resumer.FetchFileFrom(ctx, t.row.ID, h.n, h.validator)
	var answer *client.Error
	odd := errors.Is(err, client.ErrMalformed) || errors.As(err, &answer) && answer.Status == http.StatusRequestedRangeNotSatisfiable
	if odd || err == nil && body.Offset == 0 || err == nil && body.Size != h.size { // another version, or a platform that cannot send this part
		r.progress.add(-h.n)
		if e := h.reset(); e != nil {
			if body != nil {
				_ = body.Close()
			}
			return nil, errors.Join(err, e)
		}
		if err == nil && body.Offset > 0 {
			_ = body.Close()
			odd = true
		}
	}
	if odd {
		return r.from.FetchFile(ctx, t.row.ID)
	}
	return body, err
}

// copy reads a body to its end into the ticket's file. Each byte that comes quiets the dog.
func (r *download) copy(ctx context.Context, t *ticket, body io.Reader, dog *time.Timer) error {
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	filled := 0
	for {
		n, err := body.Read(buf[filled:])
		filled += n
		if n > 0 {
			dog.Reset(r.idle)
			r.progress.add(int64(n))
			r.pace.moved(int64(n))
		}
		if filled == len(buf) || err != nil && filled > 0 {
			if e := r.write(ctx, t, buf[:filled]); e != nil {
				return e
			}
			filled = 0
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// write adds bytes to a file; the name it waits under is made with the first.
func (r *download) write(ctx context.Context, t *ticket, p []byte) error {
	h := t.half
	if h.file == nil {
		if err := r.folder.temp(h, t.stem, h.large(r), r.spec.Key, t.row.Seq); err != nil {
			return fmt.Errorf("making a file in %s: %w", r.folder.path, err)
		}
	}
	if err := h.write(p); err != nil {
		return err
	}
	if h.large(r) && h.n-h.safe >= safeEvery {
		return r.secure(ctx, t)
	}
	return nil
}

// secure makes what came of a large file so far outlast a crash, and lets the queue know.
func (r *download) secure(ctx context.Context, t *ticket) error {
	if err := t.half.file.Sync(); err != nil {
		return err
	}
	t.half.safe = t.half.n
	return r.noteHalf(context.WithoutCancel(ctx), t)
}

// record describes a whole file; its path is known when it has been placed.
func (r *download) record(t *ticket) Record {
	it := &t.item
	return Record{
		FileID: it.FileID, Bytes: t.half.n, SHA256: hex.EncodeToString(t.half.hash.Sum(nil)), Type: t.half.kind.MIME,
		AccountNo: it.Account.AccountNo, AccountBizType: it.Account.AccountBizType,
		MaterialCode: it.Material.MaterialCode, MaterialID: it.Material.ID, ServiceAccessID: it.Material.ServiceAccessID, CreateTime: it.Material.CreateTime,
		SavedAt: time.Now().Truncate(time.Second), Server: r.spec.Server, Operator: r.operator,
	}
}
