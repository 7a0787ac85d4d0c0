package linear

import (
	"context"
	"errors"
	"strconv"
	"time"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/session"
)

// When something that runs is first mentioned, and how often after that.
const (
	quietFor  = time.Second
	sayEvery  = 15 * time.Second
	wholePart = 100 // per cent
)

// look runs f, which only reads, and does so once more after signing in again when the session has ended. Errors are for the caller to
// explain, but errBack (the user will not sign in) and errQuit.
func look[T any](d *dialogue, doing i18n.Key, f func(context.Context) (T, error)) (T, error) {
	for {
		v, err := run(d, doing, nil, f)
		if !over(err) {
			return v, err
		}
		if err := d.signInAgain(); err != nil {
			return v, err
		}
	}
}

// over reports whether an error says that the session is.
func over(err error) bool {
	return errors.Is(err, app.ErrNotSignedIn) || errors.Is(err, client.ErrSignInRefused) || errors.Is(err, client.ErrUnauthorized) || errors.Is(err, session.ErrNoPassword)
}

// progress is how far something is. Quarters are said when they are reached.
type progress struct {
	changed <-chan struct{}
	percent func() int
	said    int
}

// tell says the last quarter that was reached since the last time.
func (p *progress) tell(d *dialogue) {
	if now := min(p.percent(), wholePart) / 25 * 25; now > p.said {
		p.said = now
		d.say(d.t("linear.percent", "n", now))
	}
}

// run runs f, says what it is doing if it takes long, and when it is done then. Ctrl+C cancels it, a second one is errQuit. progress may
// be nil.
func run[T any](d *dialogue, doing i18n.Key, p *progress, f func(context.Context) (T, error)) (v T, err error) {
	type outcome struct {
		v   T
		err error
	}
	ctx, cancel := context.WithCancel(d.ctx)
	defer cancel()
	ended := make(chan outcome, 1)
	go func() { v, err := f(ctx); ended <- outcome{v, err} }()
	start := time.Now()
	timer := time.NewTimer(quietFor)
	defer timer.Stop()
	w := wait{d: d, doing: d.t(doing), start: start, timer: timer}
	var changed <-chan struct{}
	if p != nil {
		changed = p.changed
	}
	for {
		select {
		case o := <-ended:
			w.end(p, o.err)
			return o.v, o.err
		case <-changed:
			p.tell(d)
		case <-timer.C:
			w.mention()
		case <-d.opts.Interrupts:
			if w.canceled {
				return v, errQuit
			}
			w.canceled = true
			d.say(d.t("linear.canceling"))
			cancel()
		}
	}
}

// wait is what the user was told of something that runs.
type wait struct {
	d        *dialogue
	doing    string
	start    time.Time
	timer    *time.Timer
	said     bool
	canceled bool
}

func (w *wait) seconds() string { return strconv.Itoa(int(time.Since(w.start).Seconds())) }

// mention says that it still runs.
func (w *wait) mention() {
	if w.said {
		w.d.say(w.d.t("linear.still", "doing", w.doing, "seconds", w.seconds()))
	} else {
		w.d.say(w.d.t("linear.running", "doing", w.doing))
	}
	w.said = true
	w.timer.Reset(sayEvery)
}

// end says that it has ended, if its beginning was.
func (w *wait) end(p *progress, err error) {
	if p != nil && err == nil {
		p.tell(w.d)
	}
	if w.said && err == nil {
		w.d.say(w.d.t("linear.ended", "seconds", w.seconds()))
	}
}
