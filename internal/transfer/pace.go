package transfer

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"imagery/client"
)

// Limits protect a platform from this program: they hold for all tasks of a profile together. Zero fields limit nothing beyond what the
// program does by itself.
type Limits struct {
	Concurrency int // requests under way at once; at most MaxConcurrency
	PerSecond   int // requests begun
}

// MaxConcurrency is how many files are ever fetched at once.
const MaxConcurrency = 64

const (
	firstLevel    = 8
	lowestLevel   = 2
	windowTime    = 150 * time.Millisecond // of a measurement, at least
	longestWindow = time.Second            // of a measurement in which no file ended
	fileWeight    = 32 << 10               // bytes that a file counts for beside its own: a request has its price
)

// pacer lets requests of a profile's tasks start, as many at once as make the whole faster: more while that helps, half after errors.
type pacer struct {
	mu       sync.Mutex
	limits   Limits
	climb    climb
	inFlight int
	waiting  []*waiter // highest priority first
	ready    time.Time // no file starts before
	timer    *time.Timer

	since time.Time // of the measurement
	bytes int64
	ended int
	hurt  time.Time // of the last halving
}

type waiter struct {
	priority int
	begin    chan struct{}
}

func newPacer(l Limits) *pacer {
	p := &pacer{climb: climb{level: firstLevel, patience: shortPatience}}
	p.limit(l)
	return p
}

// limit puts limits in the place of those before, for whatever begins from now on.
func (p *pacer) limit(l Limits) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limits, p.climb.top = l, l.Concurrency
	if p.climb.top <= 0 || p.climb.top > MaxConcurrency {
		p.climb.top = MaxConcurrency
	}
	p.climb.level = min(p.climb.level, p.climb.top)
	p.grant()
}

func (p *pacer) limited() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limits != Limits{}
}

// acquire waits until a request may start.
func (p *pacer) acquire(ctx context.Context, priority int) error {
	w := &waiter{priority, make(chan struct{})}
	p.mu.Lock()
	at, _ := slices.BinarySearchFunc(p.waiting, w, func(a, b *waiter) int {
		if a.priority >= b.priority {
			return -1
		}
		return 1
	})
	p.waiting = slices.Insert(p.waiting, at, w)
	p.grant()
	p.mu.Unlock()
	select {
	case <-w.begin:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiting, w); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		return ctx.Err()
	}
	p.inFlight-- // it was granted meanwhile
	p.grant()
	return ctx.Err()
}

// grant starts who may; the caller holds the lock.
func (p *pacer) grant() {
	for len(p.waiting) > 0 && p.inFlight < p.climb.level {
		now := time.Now()
		if d := p.ready.Sub(now); d > 0 {
			p.grantIn(d)
			return
		}
		if p.limits.PerSecond > 0 {
			p.ready = now.Add(time.Second / time.Duration(p.limits.PerSecond))
		}
		if p.since.IsZero() || p.inFlight == 0 {
			p.since, p.bytes, p.ended = now, 0, 0
		}
		close(p.waiting[0].begin)
		p.waiting = p.waiting[1:]
		p.inFlight++
	}
}

func (p *pacer) grantIn(d time.Duration) {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.timer = time.AfterFunc(d, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.grant()
	})
}

// moved counts bytes that came.
func (p *pacer) moved(n int64) {
	p.mu.Lock()
	p.bytes += n
	p.mu.Unlock()
}

// release ends a file. fetched says whether the platform was asked for it.
func (p *pacer) release(fetched bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	if fetched {
		p.ended++
	}
	p.measure(time.Now())
	p.grant()
}

// measure takes a window's throughput when it is long enough to tell something and the level was used in full.
func (p *pacer) measure(now time.Time) {
	took := now.Sub(p.since)
	if took < windowTime || p.ended < 2*p.climb.level && took < longestWindow {
		return
	}
	if len(p.waiting) > 0 || p.inFlight >= p.climb.level-1 {
		p.climb.step(float64(p.bytes+int64(p.ended)*fileWeight) / took.Seconds())
	}
	p.since, p.bytes, p.ended = now, 0, 0
}

// failed slows down after errors that more requests would make worse, and leaves the platform alone for as long as it asked.
func (p *pacer) failed(err error) {
	var answer *client.Error
	var network net.Error
	busy := errors.As(err, &answer) && (answer.Status == 429 || answer.Status >= 500)
	if !busy && !errors.As(err, &network) && !errors.Is(err, ErrStalled) && !errors.Is(err, client.ErrTruncated) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if d := retryAfter(err); d > 0 && now.Add(d).After(p.ready) {
		p.ready = now.Add(d)
	}
	if now.Sub(p.hurt) > longestWindow { // what was under way then fails for the same reason
		p.hurt = now
		p.climb.back()
	}
}

func (p *pacer) level() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.climb.level
}

func (p *pacer) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
}

// climb finds the level at which throughput is best: it doubles while that helps, then stays, and now and then tries a little more.
type climb struct {
	level, top int
	settled    bool // doubling has ended
	trying     bool
	before     int     // level that a try goes back to
	best       float64 // throughput at the level before the try
	held       int     // windows since the last try
	patience   int     // windows between tries, more after each that did not help
}

const (
	helps         = 1.05 // times the throughput, for more to be worth it
	shortPatience = 4    // windows
	longPatience  = 64
)

// step takes one window's throughput at the current level.
func (c *climb) step(rate float64) {
	switch better := rate > c.best*helps; {
	case c.trying && better || !c.settled && better:
		c.best, c.before = rate, c.level
		c.patience = shortPatience
		c.more()
	case c.trying || !c.settled:
		if c.before > 0 {
			c.level = c.before
		}
		c.settled, c.trying, c.held = true, false, 0
		c.patience = min(c.patience*2, longPatience)
	default:
		c.best += (rate - c.best) * 0.3
		if c.held++; c.held >= c.patience {
			c.before, c.trying = c.level, true
			c.more()
		}
	}
}

func (c *climb) more() {
	step := c.level
	if c.settled {
		step = max(1, c.level/4)
	}
	c.level = min(c.top, c.level+step)
	if c.level == c.before { // nothing more to try
		c.settled, c.trying, c.held = true, false, 0
	}
}

// back halves the level.
func (c *climb) back() {
	c.level = max(min(lowestLevel, c.top), c.level/2)
	c.settled, c.trying, c.held, c.best = true, false, 0, 0
	c.patience = shortPatience
}
