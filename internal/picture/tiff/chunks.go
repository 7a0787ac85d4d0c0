package tiff

import (
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// maxWorkers is how many goroutines unpack a page: past a few, memory is what
// they wait for.
const maxWorkers = 4

// outcome is what became of the chunks of a page.
type outcome struct {
	mu    sync.Mutex
	rows  int // those that were read, of all chunks
	chunk int // the first damaged one
	err   error
}

func (o *outcome) add(chunk, rows int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows += rows
	if err != nil && (o.err == nil || chunk < o.chunk) {
		o.chunk, o.err = chunk, err
	}
}

// eachChunk has decode read all chunks, several at the same time, and returns
// how many rows they had and the error of the first that had one. Chunks that
// are damaged do not end the reading.
func (p *page) eachChunk(decode func(chunk int, r io.Reader) (rows int, err error)) (read int, first error) {
	n := p.across * p.down
	if p.separate {
		n *= p.samples
	}
	var result outcome
	var next atomic.Int64
	work := func() {
		for chunk := int(next.Add(1)) - 1; chunk < n; chunk = int(next.Add(1)) - 1 {
			r, err := p.unpacked(chunk)
			rows := 0
			if err == nil {
				rows, err = decode(chunk, r)
			}
			result.add(chunk, rows, err)
		}
	}
	var wait sync.WaitGroup
	for range min(maxWorkers, runtime.GOMAXPROCS(0), n) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	if errors.Is(result.err, ErrUnsupported) {
		return 0, result.err
	}
	return result.rows, result.err
}
