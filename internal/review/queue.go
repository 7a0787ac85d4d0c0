package review

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"imagery/internal/audit"
)

// Task is an item that a reviewer has claimed.
type Task struct {
	Run      string
	Item     Item
	Round    int
	Reviewer string
	Until    time.Time // when the claim ends, by the database's clock
	Before   *Verdict  // what this reviewer said before taking it back
	claim    string
}

// Next claims an item for a reviewer. Called again it claims another, so that the next one can be fetched while one is looked at. Errors:
// ErrNothing when none is left for this reviewer now (others may hold some: see Progress), ErrNoRun, ErrState.
func (b *Book) Next(ctx context.Context, run, reviewer string) (Task, error) {
	return b.take(ctx, run, reviewer, 0)
}

// Take claims the next review of one item, whose place is given. Errors: ErrNoItem, ErrNothing when it is held, reviewed or not for this reviewer, and
// those of Next.
func (b *Book) Take(ctx context.Context, run, reviewer string, place int) (Task, error) {
	if place < 1 {
		return Task{}, fmt.Errorf("review: %w", ErrNoItem)
	}
	return b.take(ctx, run, reviewer, place)
}

// take is Take, or with a place of 0 Next.
func (b *Book) take(ctx context.Context, run, reviewer string, place int) (t Task, err error) {
	if !name(reviewer) {
		return t, invalid("reviewer", "")
	}
	err = b.change(ctx, run, func(c *change) error {
		if c.run.State != Drawn {
			return fmt.Errorf("review: %w", ErrState)
		}
		at, round, err := c.free(reviewer, place)
		if errors.Is(err, ErrNothing) && place > 0 {
			if _, err := readItems(c.ctx, c, run, place); err != nil {
				return err
			}
		}
		if err != nil {
			return fmt.Errorf("review: %w", err)
		}
		t, err = b.claim(c, at, round, reviewer)
		return err
	})
	return t, err
}

func (b *Book) claim(c *change, place, round int, reviewer string) (Task, error) {
	t := Task{Run: c.run.ID, Round: round, Reviewer: reviewer, Until: c.now.Add(c.run.Lease), claim: rand.Text()}
	if err := c.claim(place, round, reviewer, t.claim, b.session, t.Until); err != nil {
		return Task{}, err
	}
	items, err := readItems(c.ctx, c, c.run.ID, place)
	if err != nil {
		return Task{}, err
	}
	t.Item = items[0]
	return t, nil
}

// Hold renews all that this Book has claimed for a reviewer. One that has passed to somebody else stays there, which Put will say.
func (b *Book) Hold(ctx context.Context, run, reviewer string) error {
	return b.change(ctx, run, func(c *change) error {
		_, err := c.exec("UPDATE seat SET expires = $4 WHERE run = $1 AND reviewer = $2 AND session = $3 AND state = 'claimed'",
			run, reviewer, b.session, millis(c.now.Add(c.run.Lease)))
		return err
	})
}

// Release gives all that this Book has claimed for a reviewer back to the queue at once, and is what pausing is.
func (b *Book) Release(ctx context.Context, run, reviewer string) error {
	return b.change(ctx, run, func(c *change) error {
		_, err := c.exec("UPDATE seat SET state = 'queued', reviewer = '', claim = '', expires = 0 WHERE run = $1 AND reviewer = $2 AND session = $3 AND state = 'claimed'",
			run, reviewer, b.session)
		return err
	})
}

// Put keeps the verdict on a task; when it returns nil the verdict is on disk. Putting it again, because the answer was lost, changes nothing.
// Errors: *InvalidError, ErrClaim, ErrState, ErrJournal.
func (b *Book) Put(ctx context.Context, t Task, v Verdict) (Verdict, error) {
	run, err := b.Run(ctx, t.Run)
	if err != nil {
		return v, err
	}
	v.Place, v.ID, v.Round, v.Reviewer = t.Item.Place, t.Item.ID, t.Round, t.Reviewer
	if err := v.prepare(run.Checklist); err != nil {
		return v, err
	}
	err = b.act(verdictEntry(run, v, nil), func() error {
		return b.change(ctx, t.Run, func(c *change) error { return c.put(&v, t.claim) })
	})
	return v, err
}

func verdictEntry(r *Run, v Verdict, more map[string]string) audit.Entry {
	d := map[string]string{"run": r.ID, "id": v.ID, "place": strconv.Itoa(v.Place), "round": strconv.Itoa(v.Round), "outcome": string(v.Outcome)}
	for k, x := range more {
		d[k] = x
	}
	return audit.Entry{Act: audit.Verdict, Profile: r.Profile, User: v.Reviewer, Detail: d}
}

func (c *change) put(v *Verdict, claim string) error {
	if c.run.State != Drawn {
		return fmt.Errorf("review: %w", ErrState)
	}
	state := Done
	if v.Skipped {
		state = Skipped
	}
	finished, err := c.finish(v.Place, v.Round, claim, state)
	if err != nil {
		return err
	}
	if !finished {
		return c.putAgain(v, claim)
	}
	v.At = c.now
	if err := c.addVerdict(v, claim); err != nil {
		return err
	}
	return c.compare(*v)
}

// putAgain answers for a verdict whose acknowledgement was lost.
func (c *change) putAgain(v *Verdict, claim string) error {
	kept, ok, err := c.verdict("AND claim = $2 AND undone = 0", claim)
	if err == nil && !ok {
		err = fmt.Errorf("review: %w", ErrClaim)
	}
	if err == nil {
		*v = kept
	}
	return err
}

// compare asks for a settlement when a verdict completes a pair that differs.
func (c *change) compare(v Verdict) error {
	if !c.run.Blind || v.Round == Final {
		return nil
	}
	other, ok, err := c.verdict("AND place = $2 AND round = $3 AND undone = 0", v.Place, First+Second-v.Round)
	if err != nil || !ok || !differs(v, other) {
		return err
	}
	return c.addSeat(v.Place, Final)
}

// Undo takes back the last verdict of a reviewer and claims its item again, with what was said in Task.Before; called again it goes further
// back. A settlement that is taken back is open again in Differences, and the task returned cannot be put. Errors: ErrUndo, ErrCompared when
// the other review of the item is in, ErrState.
func (b *Book) Undo(ctx context.Context, run, reviewer string) (t Task, err error) {
	r, err := b.Run(ctx, run)
	if err != nil {
		return t, err
	}
	last, err := b.last(ctx, run, reviewer)
	if err != nil {
		return t, err
	}
	err = b.act(verdictEntry(r, last, map[string]string{"takenBack": strconv.FormatInt(last.Seq, 10)}), func() error {
		return b.change(ctx, run, func(c *change) error {
			t, err = b.undo(c, reviewer)
			return err
		})
	})
	return t, err
}

// last returns what Undo would take back.
func (b *Book) last(ctx context.Context, run, reviewer string) (v Verdict, err error) {
	err = b.change(ctx, run, func(c *change) error { v, err = c.last(reviewer); return err })
	return v, err
}

func (c *change) last(reviewer string) (Verdict, error) {
	if c.run.State != Drawn {
		return Verdict{}, fmt.Errorf("review: %w", ErrState)
	}
	v, ok, err := c.verdict("AND reviewer = $2 AND undone = 0 ORDER BY seq DESC LIMIT 1", reviewer)
	if err == nil && !ok {
		err = fmt.Errorf("review: %w", ErrUndo)
	}
	if err != nil || !c.run.Blind || v.Round == Final {
		return v, err
	}
	other, err := c.seatState(v.Place, First+Second-v.Round)
	if err == nil && (other == Done || other == Skipped) {
		err = fmt.Errorf("review: %w", ErrCompared)
	}
	return v, err
}

func (b *Book) undo(c *change, reviewer string) (Task, error) {
	v, err := c.last(reviewer)
	if err != nil {
		return Task{}, err
	}
	if err := c.takeBack(v.Seq, reviewer); err != nil {
		return Task{}, err
	}
	var t Task
	if v.Round == Final {
		items, err := readItems(c.ctx, c, c.run.ID, v.Place)
		if err != nil {
			return t, err
		}
		t = Task{Run: c.run.ID, Item: items[0], Round: Final, Reviewer: reviewer}
		if err := c.setSeat(v.Place, Final, Queued, ""); err != nil {
			return t, err
		}
	} else if t, err = b.claim(c, v.Place, v.Round, reviewer); err != nil {
		return t, err
	}
	t.Before = &v
	return t, nil
}

// Reopen puts what was skipped back into the queue and returns how many reviews that are. Their verdicts are taken back. Errors: ErrState,
// ErrNoRun.
func (b *Book) Reopen(ctx context.Context, run, by string) (n int, err error) {
	if !name(by) {
		return 0, invalid("reviewer", "")
	}
	r, err := b.Run(ctx, run)
	if err != nil {
		return 0, err
	}
	e := audit.Entry{Act: audit.Verdict, Profile: r.Profile, User: by, Detail: map[string]string{"run": run, "takenBack": "skipped"}}
	err = b.act(e, func() error {
		return b.change(ctx, run, func(c *change) error { n, err = c.reopen(by); return err })
	})
	return n, err
}

func (c *change) reopen(by string) (int, error) {
	if c.run.State != Drawn {
		return 0, fmt.Errorf("review: %w", ErrState)
	}
	// Where a settlement was asked for, that is what decides.
	n, err := c.exec(`
		UPDATE verdict SET undone = $2, undone_by = $3 WHERE run = $1 AND undone = 0 AND round <= 2 AND EXISTS (
			SELECT 1 FROM seat s WHERE s.run = verdict.run AND s.place = verdict.place AND s.round = verdict.round AND s.state = 'skipped')
		AND NOT EXISTS (SELECT 1 FROM seat o WHERE o.run = verdict.run AND o.place = verdict.place AND o.round = 3)`, c.run.ID, millis(c.now), by)
	if err != nil || n == 0 {
		return 0, err
	}
	_, err = c.exec(`
		UPDATE seat SET state = 'queued', reviewer = '', claim = '' WHERE run = $1 AND state = 'skipped' AND round <= 2
		AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.run = seat.run AND v.place = seat.place AND v.round = seat.round AND v.undone = 0)`, c.run.ID)
	return int(n), err
}
