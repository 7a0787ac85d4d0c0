package core

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// Load is one cancellable, supersedable fetch of a T. The zero value is ready; it must not be copied once started.
type Load[T any] struct {
	gen    uint64
	cancel context.CancelFunc
	busy   bool
}

// Loaded delivers a Load's outcome. Pass it to Load.Accept before using it: an answer to an older question is refused there.
type Loaded[T any] struct {
	owner *Load[T]
	gen   uint64
	Value T
	Err   error
}

// Start cancels any earlier fetch and returns the command that runs fetch off the Update goroutine. fetch must not touch the model.
func (l *Load[T]) Start(parent context.Context, fetch func(context.Context) (T, error)) tea.Cmd {
	l.Stop()
	ctx, cancel := context.WithCancel(parent)
	l.gen, l.cancel, l.busy = l.gen+1, cancel, true
	gen := l.gen
	return func() tea.Msg {
		v, err := fetch(ctx)
		return Loaded[T]{owner: l, gen: gen, Value: v, Err: err}
	}
}

// Stop cancels the fetch in flight, if any; its answer will be refused.
func (l *Load[T]) Stop() {
	if l.cancel != nil {
		l.cancel()
	}
	l.cancel, l.busy = nil, false
}

// Busy reports whether a fetch is in flight.
func (l *Load[T]) Busy() bool { return l.busy }

// Owns reports whether m came from this Load, fresh or stale; a screen with several Loads of one T tells them apart by it.
func (l *Load[T]) Owns(m Loaded[T]) bool { return m.owner == l }

// Accept reports whether m is the newest answer of this Load and, if so, ends the busy state.
func (l *Load[T]) Accept(m Loaded[T]) bool {
	if m.owner != l || m.gen != l.gen || !l.busy {
		return false
	}
	l.Stop()
	return true
}
