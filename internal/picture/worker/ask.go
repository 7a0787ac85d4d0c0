package worker

import (
	"context"
	"fmt"
	"slices"
	"time"

	"imagery/internal/picture"
)

// slow reports whether a format has a decoder that takes loading.
func slow(f picture.Format) bool { return f == picture.PDF || f == picture.HEIC }

// Warm loads the decoder of a format, PDF or HEIC, into a worker: a tenth of a second, but several seconds when it was never compiled before.
// Opening such a file does the same when it has to.
func (p *Pool) Warm(ctx context.Context, f picture.Format) error {
	a, _, err := p.request(ctx, nil, request{Warm: f}, true)
	if err == nil {
		err = a.Failure.err()
	}
	if err == nil {
		p.mu.Lock()
		p.warmed[f] = true
		p.mu.Unlock()
	}
	return err
}

// ask has some worker answer. What needs a decoder that was never loaded waits until one worker has: others could do nothing but compile it too.
func (p *Pool) ask(ctx context.Context, d *Document, r request) (answer, []byte, error) {
	if f := d.Info.Format; slow(f) && !p.isWarmed(f) {
		if err := p.warmFirst(ctx, f); err != nil {
			return answer{}, nil, err
		}
	}
	return p.request(ctx, d, r, false)
}

func (p *Pool) isWarmed(f picture.Format) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.warmed[f]
}

// warmFirst loads a decoder for the first time. It goes on when ctx ends, so that whoever asks next finds it done or under way.
func (p *Pool) warmFirst(ctx context.Context, f picture.Format) error {
	select {
	case p.warming <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-p.warming }()
		if p.isWarmed(f) {
			done <- nil
			return
		}
		done <- p.Warm(context.WithoutCancel(ctx), f)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

type outcome struct {
	answer answer
	pixels []byte
	err    error
}

// request has a worker answer within the deadline, or the longer one for loading. When ctx ends it returns at once and leaves the worker to
// finish or be killed.
func (p *Pool) request(ctx context.Context, d *Document, r request, loads bool) (answer, []byte, error) {
	s, err := p.take(ctx, d)
	if err != nil {
		return answer{}, nil, err
	}
	limit := p.options.Deadline
	if loads {
		limit = max(limit, warmDeadline)
	}
	r.CacheDir = p.options.CacheDir
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		o.answer, o.pixels, o.err = s.ask(d, r)
		done <- o
	}()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	select {
	case o := <-done:
		p.put(s)
		return o.answer, o.pixels, o.err
	case <-deadline.C:
		s.stop()
		<-done
		p.put(s)
		return answer{}, nil, fmt.Errorf("%w: more than %v", picture.ErrTimeout, limit)
	case <-ctx.Done():
		go p.leave(s, done)
		return answer{}, nil, ctx.Err()
	}
}

// leave gives a worker nobody waits for some time to finish, unless its seat is wanted.
func (p *Pool) leave(s *seat, done <-chan outcome) {
	p.mu.Lock()
	p.left = append(p.left, s)
	wanted := len(p.queue) > 0
	p.mu.Unlock()
	if wanted {
		s.stop()
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		s.stop()
		<-done
	}
	p.mu.Lock()
	p.left = slices.DeleteFunc(p.left, func(other *seat) bool { return other == s })
	p.mu.Unlock()
	p.put(s)
}
