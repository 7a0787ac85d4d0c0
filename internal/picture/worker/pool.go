package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"imagery/internal/picture"
)

// ErrClosed is returned by what is asked of a closed pool.
var ErrClosed = errors.New("worker: pool is closed")

// Options of a Pool. The zero value is fine.
type Options struct {
	// CacheDir is a folder for compiled decoders, which workers read and write; empty for none, at the cost of seconds for the first PDF.
	CacheDir string
	// Command starts a worker; empty for this program with Argument.
	Command []string
	// Processes is how many files are decoded at once, 2 when not positive.
	Processes int
	// Deadline is how long one request may take, 15 s when not positive.
	Deadline time.Duration
}

// Pool keeps workers. Processes start when first needed, or by Warm, and stay. All methods may be called by several goroutines.
type Pool struct {
	options Options
	numbers atomic.Uint64 // of documents
	warming chan struct{} // has room for whoever loads a decoder for the first time

	mu     sync.Mutex
	free   []*seat
	left   []*seat // that go on with what nobody waits for
	queue  []chan *seat
	warmed map[picture.Format]bool // have been loaded once, so that compiled code is on disk
	seats  []*seat
	closed bool
}

// New returns a pool, without starting anything.
func New(o Options) *Pool {
	if o.Processes <= 0 {
		o.Processes = defaultProcesses
	}
	if o.Deadline <= 0 {
		o.Deadline = defaultDeadline
	}
	if len(o.Command) == 0 {
		o.Command = []string{self(), Argument}
	}
	keepToOurselves()
	p := &Pool{options: o, warming: make(chan struct{}, 1), warmed: map[picture.Format]bool{}}
	for range o.Processes {
		p.seats = append(p.seats, &seat{command: o.Command})
	}
	p.free = slices.Clone(p.seats)
	return p
}

// self is this program: where the system has a name for the running file itself, that, since the one on disk may be replaced meanwhile.
func self() string {
	if runtime.GOOS == "linux" {
		if _, err := os.Stat("/proc/self/exe"); err == nil {
			return "/proc/self/exe"
		}
	}
	name, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return name
}

// Close ends all workers; requests under way fail.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	free, seats := p.free, p.seats
	p.free, p.seats = nil, nil
	p.mu.Unlock()
	for _, s := range seats {
		s.stop()
	}
	for _, s := range free {
		s.clear()
	}
}

// clear ends the process of a seat nobody uses.
func (s *seat) clear() {
	if p := s.running.Swap(nil); p != nil {
		p.end()
	}
}

// Document is an open file. It holds its bytes, which workers get when they need them, so that it outlives any of them.
type Document struct {
	Info picture.Info

	pool   *Pool
	number uint64
	data   []byte
}

// Open looks at a file, as picture.Decoder does, in a worker. data must not change afterwards. Errors are those of Decoder.Open, ErrTimeout,
// ErrCrashed, ErrClosed and ctx's.
func (p *Pool) Open(ctx context.Context, data []byte) (*Document, error) {
	switch {
	case len(data) > picture.MaxFile:
		return nil, fmt.Errorf("%w: %d bytes", picture.ErrTooLarge, len(data))
	case len(data) == 0:
		return nil, fmt.Errorf("%w: empty", picture.ErrDamaged)
	}
	d := &Document{pool: p, number: p.numbers.Add(1), data: data, Info: picture.Info{Format: picture.Sniff(data)}}
	a, _, err := p.ask(ctx, d, request{})
	switch {
	case err != nil:
		return nil, err
	case a.Failure != nil:
		return nil, a.Failure.err()
	case a.Info == nil || len(a.Info.Sizes) > picture.MaxPages:
		return nil, fmt.Errorf("%w: %w", picture.ErrCrashed, errProtocol)
	}
	d.Info = *a.Info
	return d, nil
}

// Render returns a page, counted from 1, as picture.File does. Errors are those of File.Render and of Open.
func (d *Document) Render(ctx context.Context, page int, fit image.Point, o picture.Options) (*picture.Result, error) {
	if d.Info.Pages == 0 {
		return nil, &picture.UnsupportedError{Format: d.Info.Format, Reason: d.Info.Note}
	}
	if page < 1 || page > d.Info.Pages {
		return nil, fmt.Errorf("%w: %d of %d", picture.ErrPage, page, d.Info.Pages)
	}
	a, pixels, err := d.pool.ask(ctx, d, request{Page: page, Fit: fit, Options: o})
	if err == nil {
		err = a.Failure.err()
	}
	if err != nil {
		return nil, err
	}
	r, err := a.result(pixels)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", picture.ErrCrashed, err)
	}
	return r, nil
}

// take waits for a seat: the one that holds the document, else the one best for it.
func (p *Pool) take(ctx context.Context, d *Document) (*seat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, ErrClosed
	}
	if len(p.free) > 0 {
		s := slices.MaxFunc(p.free, func(a, b *seat) int { return cmp.Compare(a.suits(d), b.suits(d)) })
		p.free = slices.DeleteFunc(p.free, func(other *seat) bool { return other == s })
		p.mu.Unlock()
		return s, nil
	}
	turn := make(chan *seat, 1)
	p.queue = append(p.queue, turn)
	if len(p.left) > 0 {
		p.left[0].stop()
	}
	p.mu.Unlock()
	select {
	case s := <-turn:
		if s == nil {
			return nil, ErrClosed
		}
		return s, nil
	case <-ctx.Done():
		p.quit(turn)
		return nil, ctx.Err()
	}
}

// quit leaves the queue, or passes on the seat that has just come.
func (p *Pool) quit(turn chan *seat) {
	p.mu.Lock()
	n := len(p.queue)
	p.queue = slices.DeleteFunc(p.queue, func(other chan *seat) bool { return other == turn })
	gone := len(p.queue) < n
	p.mu.Unlock()
	if gone {
		return
	}
	if s := <-turn; s != nil {
		p.put(s)
	}
}

// put gives a seat to whoever has waited longest.
func (p *Pool) put(s *seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		s.clear()
		for _, turn := range p.queue {
			turn <- nil
		}
		p.queue = nil
		return
	}
	s.stopped.Store(false)
	if len(p.queue) > 0 {
		p.queue[0] <- s
		p.queue = p.queue[1:]
		return
	}
	p.free = append(p.free, s)
}

// suits rates a free seat for a document, or for none. Formats with a decoder to load go where it is, others elsewhere, so that one does not
// wait for the other.
func (s *seat) suits(d *Document) (points int) {
	if d != nil && s.document == d.number {
		points += 4
	}
	if d != nil && slow(d.Info.Format) {
		if s.warm[d.Info.Format] {
			points += 2
		}
	} else if len(s.warm) == 0 {
		points += 2
	}
	if s.running.Load() != nil {
		points++
	}
	return points
}
