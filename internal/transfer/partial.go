package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"

	"imagery/client"
	"imagery/internal/store"
)

const (
	bufferSize = 256 << 10 // bytes; most scans go in one write
	largeFile  = 16 << 20  // bytes, from which on a half outlasts the program
	safeEvery  = 64 << 20  // bytes, after which a large file's beginning is made safe
	tailSize   = 2 << 10   // bytes kept of a file's end, to see what it ends in
)

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// partial is what is there of a file, under its temporary name.
type partial struct {
	file      *os.File // nil until a byte has come
	tmp       string   // below the folder, with slashes
	hash      hash.Hash
	kind      Kind
	tail      []byte // the last bytes
	n         int64  // bytes written and hashed
	safe      int64  // bytes that outlast a crash
	size      int64  // of the whole, as announced; -1: not told
	validator string
}

// half is a partial as the queue keeps it.
type half struct {
	Tmp       string `json:"t"`
	Safe      int64  `json:"n"`
	Size      int64  `json:"z"`
	Validator string `json:"v"`
}

func newPartial() *partial { return &partial{hash: sha256.New(), size: -1} }

// large reports whether the half outlasts the program.
func (h *partial) large(r *download) bool {
	return h.size >= r.large && h.validator != "" && r.resumer != nil
}

// begin takes a body's own description. A body that goes on where the half ends changes nothing.
func (h *partial) begin(b *client.FileBody) error {
	if b.Offset == 0 {
		h.size, h.validator = b.Size, b.Validator
	}
	if b.Offset != h.n {
		return fmt.Errorf("%w: it goes on at byte %d, %d came", client.ErrTruncated, b.Offset, h.n)
	}
	return nil
}

func (h *partial) write(p []byte) error {
	if h.n == 0 {
		h.kind = Sniff(p[:min(len(p), SniffLen)])
	}
	if _, err := h.file.Write(p); err != nil {
		return err
	}
	h.see(p)
	return nil
}

// see counts and hashes bytes that are in the file.
func (h *partial) see(p []byte) {
	h.hash.Write(p)
	h.n += int64(len(p))
	if len(p) >= tailSize {
		h.tail = append(h.tail[:0], p[len(p)-tailSize:]...)
		return
	}
	h.tail = append(h.tail, p...)
	h.tail = h.tail[max(0, len(h.tail)-tailSize):]
}

// reset forgets what came; the file is used again.
func (h *partial) reset() error {
	h.hash.Reset()
	h.n, h.safe, h.tail = 0, 0, nil
	if h.file == nil {
		return nil
	}
	if _, err := h.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return h.file.Truncate(0)
}

// check compares what came with what was announced now and what the platform listed before (0: nothing).
func (h *partial) check(listed int64) error {
	switch {
	case h.n == 0:
		return client.ErrEmptyFile
	case h.size >= 0 && h.n < h.size:
		return client.ErrTruncated
	case listed > 0 && h.n < listed:
		return fmt.Errorf("%w: %d of %d bytes came", client.ErrTruncated, h.n, listed)
	case listed > 0 && h.n > listed:
		return fmt.Errorf("%w: %d bytes came, %d were listed", ErrSize, h.n, listed)
	case listed == 0 && h.brokenOff():
		return ErrBrokenOff
	}
	return nil
}

// brokenOff reports whether a file that is not text ends in a platform's error message: its server failed with the answer half sent.
func (h *partial) brokenOff() bool {
	if h.kind.Ext == ".txt" || h.kind.Ext == ".xml" || h.kind.Ext == ".html.txt" {
		return false
	}
	end := bytes.TrimRight(h.tail, " \r\n")
	if page := []byte("</html>"); bytes.EqualFold(end[max(0, len(end)-len(page)):], page) {
		return true
	}
	if !bytes.HasSuffix(end, []byte("}")) {
		return false
	}
	for at := bytes.LastIndex(end, []byte(`{"`)); at >= 0; at = bytes.LastIndex(end[:at], []byte(`{"`)) {
		var msg map[string]json.RawMessage
		if json.Unmarshal(end[at:], &msg) == nil {
			return msg["status"] != nil || msg["error"] != nil || msg["code"] != nil || msg["message"] != nil || msg["msg"] != nil
		}
	}
	return false
}

// ends reports whether a file ends as files of its kind do; kinds without a mark always do.
func (h *partial) ends() bool {
	marks := map[string]string{".jpg": "\xff\xd9", ".png": "IEND", ".gif": ";", ".pdf": "%%EOF"}
	mark, ok := marks[h.kind.Ext]
	return !ok || bytes.Contains(h.tail, []byte(mark))
}

// drop closes the half and removes it.
func (h *partial) drop(f *folder) {
	if h == nil || h.file == nil {
		return
	}
	_ = h.file.Close()
	_ = f.root.Remove(filepath.FromSlash(h.tmp))
	h.file = nil
}

// noteHalf records in the queue what is safe of a large file.
func (r *download) noteHalf(ctx context.Context, t *ticket) error {
	row := t.row
	row.Result = outcome{Half: &half{t.half.tmp, t.half.safe, t.half.size, t.half.validator}}.String()
	return r.store.Settle(ctx, r.id, r.owner, []store.File{row})
}

// leave puts a half aside when its task stops: a large one stays for the next attempt, others go.
func (r *download) leave(ctx context.Context, t *ticket) {
	if t.half == nil || t.half.file == nil {
		return
	}
	r.progress.add(-t.half.n)
	if !t.half.large(r) || r.secure(ctx, t) != nil {
		t.half.drop(r.folder)
		return
	}
	_ = t.half.file.Close()
}

// resume opens the half that an earlier run left of a file; bytes behind those that were made safe are not trusted.
func (r *download) resume(t *ticket) *partial {
	h := newPartial()
	left := outcomeOf(t.row).Half
	if left == nil || !r.folder.ours(left.Tmp, r.spec.Key) {
		return h
	}
	file, err := r.folder.root.OpenFile(filepath.FromSlash(left.Tmp), os.O_RDWR, 0)
	if err != nil {
		return h
	}
	h.file, h.tmp, h.size, h.validator = file, left.Tmp, left.Size, left.Validator
	if err := errors.Join(file.Truncate(left.Safe), h.reread(left.Safe)); err != nil || h.n != left.Safe {
		h.drop(r.folder)
		return newPartial()
	}
	h.safe = h.n
	r.progress.add(h.n)
	return h
}

// reread hashes the first n bytes of the file; the next write goes behind them.
func (h *partial) reread(n int64) error {
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	for h.n < n {
		got, err := h.file.Read(buf[:min(int64(bufferSize), n-h.n)])
		if h.n == 0 && got > 0 {
			h.kind = Sniff(buf[:min(got, SniffLen)])
		}
		h.see(buf[:got])
		if err != nil {
			return err
		}
	}
	return nil
}
