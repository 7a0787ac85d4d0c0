package transfer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net"
	"path"
	"path/filepath"
	"time"

	"imagery/client"
)

// Fetcher opens files of the platform. *client.Client is one.
type Fetcher interface {
	FetchFile(ctx context.Context, fileID string) (*client.FileBody, error)
}

// ErrSize is a file whose size is not the one the platform gave before.
var ErrSize = errors.New("transfer: file has another size than the platform said")

const (
	attempts     = 4
	backoff      = 400 * time.Millisecond // before the second attempt, doubled after, jittered by half
	maxRetryWait = 30 * time.Second
)

// fetch brings one item home. received is told of bytes as they come, and of a negative number when they have to come again.
func (f *folder) fetch(ctx context.Context, from Fetcher, r *Request, it Item, received func(int64)) FileResult {
	if !client.ValidFileID(it.FileID) {
		return failed(it, &client.InvalidError{Op: client.OpFetchFile, Field: "fileId", Reason: "must be 1 to 64 letters, digits, _ or -"})
	}
	if rec, ok := f.kept(it.FileID); ok {
		res := f.result(rec, "kept", it)
		res.unfetched = true
		return res
	}
	var err error
	for try := range attempts {
		if try > 0 {
			if !wait(ctx, pause(try, err)) {
				break
			}
		}
		var res FileResult
		if res, err = f.once(ctx, from, r, it, received); err == nil {
			return res
		}
		if !again(ctx, err) {
			break
		}
	}
	return failed(it, err)
}

func failed(it Item, err error) FileResult {
	return FileResult{FileID: it.FileID, Status: "failed", Err: err}
}

func (f *folder) result(r Record, status string, it Item) FileResult {
	res := FileResult{FileID: r.FileID, Path: filepath.Join(f.path, filepath.FromSlash(r.Path)), Bytes: r.Bytes, SHA256: r.SHA256, Status: status}
	if it.claims(Kind{r.Type, filepath.Ext(r.Path)}) {
		res.Note = NoteType
	}
	return res
}

// NoteType is FileResult.Note of a file whose content is of another kind than the platform's name for it says.
const NoteType = "type"

// again reports whether another attempt may help: the network failed, or the server did. What the platform says clearly stands.
func again(ctx context.Context, err error) bool {
	var answer *client.Error
	var network net.Error
	switch {
	case ctx.Err() != nil:
		return false
	case errors.As(err, &answer):
		return answer.Op == client.OpFetchFile && (answer.Status >= 500 || answer.Status == 429)
	case errors.Is(err, client.ErrTruncated), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	}
	return errors.As(err, &network)
}

func pause(try int, err error) time.Duration {
	var answer *client.Error
	if errors.As(err, &answer) && answer.RetryAfter > 0 {
		return min(answer.RetryAfter, maxRetryWait)
	}
	d := backoff << (try - 1)
	return d/2 + rand.N(d)
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once fetches an item in one attempt; what it leaves is a whole file or nothing.
func (f *folder) once(ctx context.Context, from Fetcher, r *Request, it Item, received func(int64)) (res FileResult, err error) {
	body, err := from.FetchFile(ctx, it.FileID)
	if err != nil {
		return res, err
	}
	defer body.Close()
	stem := Name(r.NameTemplate, it)
	file, tmp, err := f.temp(stem)
	if err != nil {
		return res, fmt.Errorf("making a file in %s: %w", f.path, err)
	}
	c := &copier{ctx: ctx, dst: file, hash: sha256.New(), received: received}
	kind, err := c.run(body)
	if err == nil {
		err = c.check(body.Size, it.File.FileSize)
	}
	if err == nil {
		err = file.Sync()
	}
	if e := file.Close(); err == nil {
		err = e
	}
	rec := newRecord(r, it, c, kind)
	kept := false
	if err == nil {
		rec.Path, kept, err = f.place(tmp, stem, kind.Ext, rec.SHA256)
	}
	if err == nil {
		err = f.syncDir(path.Dir(rec.Path))
	}
	if err != nil {
		received(-c.n)
		_ = f.root.Remove(filepath.FromSlash(tmp))
		return res, err
	}
	status := "saved"
	if kept {
		status = "kept"
	}
	if err := f.record(rec); err != nil {
		return res, fmt.Errorf("writing the manifest: %w", err)
	}
	return f.result(rec, status, it), nil
}

func newRecord(r *Request, it Item, c *copier, k Kind) Record {
	return Record{
		FileID: it.FileID, Bytes: c.n, SHA256: hex.EncodeToString(c.hash.Sum(nil)), Type: k.MIME,
		AccountNo: client.Text(first(it.Account.AccountNo, it.Material.AccountNo)), AccountBizType: client.Text(first(it.Account.AccountBizType, it.Material.AccountBizType)),
		MaterialCode: it.Material.MaterialCode, MaterialID: it.Material.ID, ServiceAccessID: it.Material.ServiceAccessID, CreateTime: it.Material.CreateTime,
		SavedAt: time.Now().Truncate(time.Second), Server: r.Server, Operator: r.Operator,
	}
}

// copier copies a body while counting and hashing it.
type copier struct {
	ctx      context.Context
	dst      io.Writer
	hash     hash.Hash
	n        int64
	received func(int64)
}

func (c *copier) run(body io.Reader) (Kind, error) {
	in := bufio.NewReaderSize(body, 64<<10)
	head, err := in.Peek(SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return Kind{}, err
	}
	kind := Sniff(head)
	_, err = io.Copy(c, in)
	return kind, err
}

// Write implements io.Writer.
func (c *copier) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.dst.Write(p)
	c.hash.Write(p[:n])
	c.n += int64(n)
	c.received(int64(n))
	return n, err
}

// check compares what came with what was announced now (-1: nothing) and what the platform listed before (0: nothing).
func (c *copier) check(announced, listed int64) error {
	switch {
	case c.n == 0:
		return client.ErrEmptyFile
	case announced >= 0 && c.n < announced:
		return client.ErrTruncated
	case listed > 0 && c.n < listed:
		return fmt.Errorf("%w: %d of %d bytes came", client.ErrTruncated, c.n, listed)
	case listed > 0 && c.n > listed:
		return fmt.Errorf("%w: %d bytes came, %d were listed", ErrSize, c.n, listed)
	}
	return nil
}
