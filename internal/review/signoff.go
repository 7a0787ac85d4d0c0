package review

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"imagery/internal/audit"
)

// Settle keeps what holds for an item whose two reviews differ, with the reason as note. v needs Place, Reviewer, Answers and Note; the others
// are as for Put. An earlier settlement is taken back. Errors: ErrNoItem when nothing is to be settled there, *InvalidError, ErrState,
// ErrJournal.
func (b *Book) Settle(ctx context.Context, run string, v Verdict) (Verdict, error) {
	r, err := b.Run(ctx, run)
	if err != nil {
		return v, err
	}
	v.Round = Final
	if err := v.prepare(r.Checklist); err != nil {
		return v, err
	}
	if strings.TrimSpace(v.Note) == "" {
		return v, invalid("note", "")
	}
	items, err := readItems(ctx, b.db, run, max(v.Place, 1))
	if err != nil {
		return v, err
	}
	v.ID = items[0].ID
	err = b.act(verdictEntry(r, v, nil), func() error {
		return b.change(ctx, run, func(c *change) error { return c.settle(&v) })
	})
	return v, err
}

func (c *change) settle(v *Verdict) error {
	state, err := c.seatState(v.Place, Final)
	switch {
	case err != nil:
		return err
	case c.run.State != Drawn:
		return fmt.Errorf("review: %w", ErrState)
	case state == "":
		return fmt.Errorf("review: %w", ErrNoItem)
	}
	before, ok, err := c.verdict("AND place = $2 AND round = 3 AND undone = 0", v.Place)
	if err == nil && ok {
		err = c.takeBack(before.Seq, v.Reviewer)
	}
	if err != nil {
		return err
	}
	state = Done
	if v.Skipped {
		state = Skipped
	}
	if err := c.setSeat(v.Place, Final, state, v.Reviewer); err != nil {
		return err
	}
	v.At = c.now
	return c.addVerdict(v, "")
}

// Result returns what the verdicts show so far. Error: ErrOpen while items wait for one, as far as the result is needed before sign-off.
func (b *Book) Result(ctx context.Context, run string) (*Result, error) {
	r, err := b.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	items, err := b.Items(ctx, run)
	if err != nil {
		return nil, err
	}
	verdicts, err := readVerdicts(ctx, b.db, run)
	if err != nil {
		return nil, err
	}
	if r.State == Frozen {
		return nil, fmt.Errorf("review: result: %w", ErrState)
	}
	out, err := evaluate(r, items, verdicts)
	if err != nil {
		return nil, fmt.Errorf("review: result: %w", err)
	}
	return out, nil
}

// SignOff closes a run whose items all have a verdict, with its result. Others may sign after that, each once. Errors: ErrOpen, ErrState for a
// run that is not drawn or that this person has signed, ErrJournal.
func (b *Book) SignOff(ctx context.Context, run, by, note string) (signed *Run, err error) {
	r, err := b.Run(ctx, run)
	switch {
	case err != nil:
		return nil, err
	case !name(by):
		return nil, invalid("reviewer", "")
	case !prose(note):
		return nil, invalid("note", "")
	}
	result := r.Result
	if result == nil {
		if result, err = b.Result(ctx, run); err != nil {
			return nil, err
		}
	}
	d := map[string]string{
		"run": run, "items": strconv.Itoa(result.Items), "failed": strconv.Itoa(result.Failed), "undecided": strconv.Itoa(result.Undecided),
		"conclusion": string(result.Conclusion),
	}
	err = b.act(audit.Entry{Act: audit.SignOff, Profile: r.Profile, User: by, Detail: d}, func() error {
		s := Signature{By: by, Note: note}
		if b.Journal != nil {
			h, err := b.Journal.Head()
			if err != nil {
				return fmt.Errorf("review: %w: %w", ErrJournal, err)
			}
			s.Head = h.String()
		}
		return b.change(ctx, run, func(c *change) error { signed = c.run; return c.sign(s, result) })
	})
	return signed, err
}

// sign closes the run with the result that was put on record.
func (c *change) sign(s Signature, recorded *Result) error {
	for _, earlier := range c.run.Signatures {
		if earlier.By == s.By {
			return fmt.Errorf("review: sign-off: %w", ErrState)
		}
	}
	if c.run.State == Drawn {
		open, err := c.unfinished()
		if err == nil && open > 0 {
			err = fmt.Errorf("review: sign-off: %w", ErrOpen)
		}
		if err != nil {
			return err
		}
		items, err := readItems(c.ctx, c, c.run.ID, 0)
		if err != nil {
			return err
		}
		verdicts, err := readVerdicts(c.ctx, c, c.run.ID)
		if err != nil {
			return err
		}
		if c.run.Result, err = evaluate(c.run, items, verdicts); err != nil {
			return err
		}
		if c.run.Result.Failed != recorded.Failed || c.run.Result.Undecided != recorded.Undecided {
			return fmt.Errorf("review: sign-off: %w", ErrOpen) // somebody changed a verdict meanwhile
		}
	}
	s.At = c.now
	c.run.State, c.run.Signatures = Signed, append(c.run.Signatures, s)
	return c.saveRun()
}
