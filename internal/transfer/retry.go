package transfer

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"imagery/client"
)

const (
	attempts     = 4
	backoff      = 400 * time.Millisecond // before the second attempt, doubled after, jittered by half
	maxRetryWait = 30 * time.Second       // whatever Retry-After says
	maxDown      = 16                     // files in a row that may fail for the same want of a network before the task stops
)

// again reports whether another attempt of a read may help: the network failed, or the server did. What the platform says clearly stands.
func again(ctx context.Context, err error) bool {
	var answer *client.Error
	var network net.Error
	switch {
	case ctx.Err() != nil:
		return false
	case errors.As(err, &answer):
		return !answer.Op.Writes() && answer.Op != client.OpSignIn && (answer.Status >= 500 || answer.Status == http.StatusTooManyRequests)
	case errors.Is(err, client.ErrTruncated), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, ErrStalled), errors.Is(err, ErrBrokenOff):
		return true
	}
	return errors.As(err, &network)
}

// retryAfter returns how long the platform asked to be left alone, capped; 0 if it did not.
func retryAfter(err error) time.Duration {
	var answer *client.Error
	if errors.As(err, &answer) {
		return min(answer.RetryAfter, maxRetryWait)
	}
	return 0
}

func pause(try int, err error) time.Duration {
	if d := retryAfter(err); d > 0 {
		return d
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

// retried runs a read until it succeeds, cannot succeed, or has failed too often.
func retried(ctx context.Context, read func() error) (err error) {
	for try := range attempts {
		if try > 0 && !wait(ctx, pause(try, err)) {
			break
		}
		if err = read(); err == nil || !again(ctx, err) {
			break
		}
	}
	return err
}

// health notices that nothing gets through any more.
type health struct {
	mu   sync.Mutex
	down int // files in a row that failed for want of a network
}

// saw records how a file fared and returns its error when the task had better stop.
func (h *health) saw(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil || !networkFault(err) {
		h.down = 0
		return nil
	}
	h.down++
	if h.down < maxDown {
		return nil
	}
	return err
}
