// Package shelf keeps the files that were looked at last open in memory, up to a number of bytes, so that going back and forth among them
// costs nothing. Nothing of it is ever on disk.
package shelf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"

	"imagery/internal/picture"
	"imagery/internal/picture/worker"
)

// Source opens the bytes of a file for reading. Size is a guess in bytes, -1 for none.
type Source func(ctx context.Context, id string) (body io.ReadCloser, size int64, err error)

// Look is a file as it can be looked at.
type Look struct {
	ID     string
	Bytes  int64
	SHA256 string // lower-case hex
	Info   picture.Info

	doc Document
}

// Document is an open file that renders its pages.
type Document interface {
	Render(ctx context.Context, page int, fit image.Point, o picture.Options) (*picture.Result, error)
}

// Opener opens the bytes of a file, which do not change afterwards.
type Opener func(ctx context.Context, data []byte) (Document, picture.Info, error)

// InPool opens files in the processes of a pool.
func InPool(p *worker.Pool) Opener {
	return func(ctx context.Context, data []byte) (Document, picture.Info, error) {
		d, err := p.Open(ctx, data)
		if err != nil {
			return nil, picture.Info{}, err
		}
		return d, d.Info, nil
	}
}

// InProcess opens files in this process, one at a time, for tests and diagnostics.
func InProcess(d *picture.Decoder) Opener {
	mu := &sync.Mutex{}
	return func(ctx context.Context, data []byte) (Document, picture.Info, error) {
		mu.Lock()
		defer mu.Unlock()
		f, err := d.Open(ctx, data)
		if err != nil {
			return nil, picture.Info{}, err
		}
		return &inProcess{mu, f}, f.Info, nil
	}
}

type inProcess struct {
	mu   *sync.Mutex
	file *picture.File
}

// Render implements Document.
func (d *inProcess) Render(ctx context.Context, page int, fit image.Point, o picture.Options) (*picture.Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.file.Render(ctx, page, fit, o)
}

// Render returns a page, counted from 1, as picture.File.Render does.
func (l *Look) Render(ctx context.Context, page int, fit image.Point, o picture.Options) (*picture.Result, error) {
	return l.doc.Render(ctx, page, fit, o)
}

// Shelf keeps Looks. Its fields are set before first use; its methods may be called from any goroutine.
type Shelf struct {
	Open Opener
	Max  int64 // bytes kept; 0: DefaultMax

	mu    sync.Mutex
	items map[string]*item
	order []string // IDs, the one used longest ago first
	held  int64
}

// DefaultMax is how many bytes of files a Shelf keeps.
const DefaultMax = 96 << 20

// item is a file that is kept or on its way.
type item struct {
	done    chan struct{}
	look    *Look
	err     error
	waiting int // callers that still want it; the last to leave ends the fetch
	cancel  context.CancelFunc
}

// Get returns a file, from the shelf or through source. Several callers share one fetch; it ends when all have left. Errors are those of
// source and of Open; picture.ErrTooLarge for a file over picture.MaxFile.
func (s *Shelf) Get(ctx context.Context, id string, source Source) (*Look, error) {
	s.mu.Lock()
	it := s.items[id]
	if it == nil {
		it = s.start(ctx, id, source)
	}
	it.waiting++
	s.touch(id)
	s.mu.Unlock()

	select {
	case <-it.done:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it.waiting--
	select {
	case <-it.done:
		return it.look, it.err
	default:
	}
	if it.waiting == 0 {
		it.cancel()
		s.drop(id, it)
	}
	return nil, ctx.Err()
}

// start begins a fetch; the caller holds the lock. It outlives the caller that began it, for the others that wait.
func (s *Shelf) start(ctx context.Context, id string, source Source) *item {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	it := &item{done: make(chan struct{}), cancel: cancel}
	if s.items == nil {
		s.items = map[string]*item{}
	}
	s.items[id] = it
	go func() {
		defer cancel()
		look, err := s.fetch(ctx, id, source)
		s.mu.Lock()
		defer s.mu.Unlock()
		it.look, it.err = look, err
		close(it.done)
		switch {
		case err != nil: // the next one tries again
			s.drop(id, it)
		case s.items[id] == it:
			s.held += look.Bytes
			s.makeRoom(id)
		}
	}()
	return it
}

func (s *Shelf) fetch(ctx context.Context, id string, source Source) (look *Look, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("file %s: %v", id, p)
		}
	}()
	body, size, err := source(ctx, id)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if size > picture.MaxFile {
		return nil, fmt.Errorf("%w: %d bytes", picture.ErrTooLarge, size)
	}
	data, err := readAll(body, size)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	doc, info, err := s.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	return &Look{ID: id, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Info: info, doc: doc}, nil
}

// readAll reads at most picture.MaxFile bytes, into one piece when their number was told truly.
func readAll(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, 0, min(max(size, 0), picture.MaxFile)+1)
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case len(data) > picture.MaxFile:
			return nil, picture.ErrTooLarge
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		}
	}
}

// touch makes id the one used last.
func (s *Shelf) touch(id string) {
	for i, o := range s.order {
		if o == id {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
	s.order = append(s.order, id)
}

// makeRoom drops what was used longest ago until the rest fits; the newest stays whatever its size.
func (s *Shelf) makeRoom(newest string) {
	limit := s.Max
	if limit == 0 {
		limit = DefaultMax
	}
	for i := 0; s.held > limit && i < len(s.order); {
		id := s.order[i]
		it := s.items[id]
		if id == newest || it == nil || it.look == nil {
			i++
			continue
		}
		s.drop(id, it)
	}
}

// drop forgets an item, if it is still the one kept under id.
func (s *Shelf) drop(id string, it *item) {
	if s.items[id] != it {
		return
	}
	delete(s.items, id)
	for i, o := range s.order {
		if o == id {
			s.order = append(s.order[:i:i], s.order[i+1:]...)
			break
		}
	}
	if it.look != nil {
		s.held -= it.look.Bytes
	}
}

// Clear forgets everything.
func (s *Shelf) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, it := range s.items {
		if it.look == nil {
			it.cancel()
		}
		s.drop(id, it)
	}
}
