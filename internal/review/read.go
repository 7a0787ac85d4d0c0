package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// reader is a database or a transaction.
type reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list reads all rows of a query; scan is called for each.
func list(ctx context.Context, r reader, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("review: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("review: %w", err)
	}
	return nil
}

// Run returns a run. Error: ErrNoRun.
func (b *Book) Run(ctx context.Context, id string) (*Run, error) {
	var body string
	err := b.db.QueryRowContext(ctx, "SELECT body FROM run WHERE id = $1", id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("review: %s: %w", id, ErrNoRun)
	}
	if err != nil {
		return nil, fmt.Errorf("review: %w", err)
	}
	r := &Run{}
	if err := json.Unmarshal([]byte(body), r); err != nil {
		return nil, fmt.Errorf("review: run %s: %w", id, err)
	}
	return r, nil
}

// Runs returns the runs of a profile, or with an empty one all, the newest first.
func (b *Book) Runs(ctx context.Context, profile string) (out []Run, err error) {
	err = list(ctx, b.db, "SELECT body FROM run WHERE $1 = '' OR profile = $1 ORDER BY created DESC, id", []any{profile}, func(rows *sql.Rows) error {
		var body string
		var r Run
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			return err
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// Items returns what was drawn, in the order of tickets, with where each stands.
func (b *Book) Items(ctx context.Context, run string) ([]Item, error) {
	return readItems(ctx, b.db, run, 0)
}

// readItems reads one item, or with place 0 all. An item is claimed while any review of it is, and done when all that were asked for are.
func readItems(ctx context.Context, r reader, run string, place int) (out []Item, err error) {
	const query = `
		SELECT i.place, i.ticket, i.body, i.name,
			(SELECT count(*) FROM seat s WHERE s.run = i.run AND s.place = i.place AND s.state = 'claimed'),
			(SELECT count(*) FROM seat s WHERE s.run = i.run AND s.place = i.place AND s.state = 'queued'),
			(SELECT s.state FROM seat s WHERE s.run = i.run AND s.place = i.place ORDER BY s.round DESC LIMIT 1)
		FROM item i WHERE i.run = $1 AND ($2 = 0 OR i.place = $2) ORDER BY i.place`
	err = list(ctx, r, query, []any{run, place}, func(rows *sql.Rows) error {
		var it Item
		var body, last string
		var claimed, queued int
		if err := rows.Scan(&it.Place, &it.Ticket, &body, &it.Name, &claimed, &queued, &last); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &it.Member); err != nil {
			return err
		}
		switch {
		case claimed > 0:
			it.State = Claimed
		case queued > 0:
			it.State = Queued
		default:
			it.State = ItemState(last)
		}
		out = append(out, it)
		return nil
	})
	if err == nil && place > 0 && len(out) == 0 {
		err = fmt.Errorf("review: %w", ErrNoItem)
	}
	return out, err
}

// Verdicts returns a run's verdicts in the order they were given, those taken back too. Of a blind run that is not signed, it returns those on
// items that all reviews are in of, and the reviewer's own.
func (b *Book) Verdicts(ctx context.Context, run, reviewer string) (out []Verdict, err error) {
	r, err := b.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	all, err := readVerdicts(ctx, b.db, run)
	if err != nil {
		return nil, err
	}
	both := pairs(all)
	for _, v := range all {
		if !r.Blind || r.State == Signed || v.Reviewer == reviewer || both[v.Place].complete() {
			out = append(out, v)
		}
	}
	return out, nil
}

func readVerdicts(ctx context.Context, r reader, run string) (out []Verdict, err error) {
	err = list(ctx, r, verdictColumns+"ORDER BY seq", []any{run}, func(rows *sql.Rows) error {
		v, err := scanVerdict(rows)
		out = append(out, v)
		return err
	})
	return out, err
}

// reviews are the valid verdicts on one item, by round.
type reviews map[int]Verdict

func pairs(all []Verdict) map[int]reviews {
	out := map[int]reviews{}
	for _, v := range all {
		if !v.Undone.IsZero() {
			continue
		}
		if out[v.Place] == nil {
			out[v.Place] = reviews{}
		}
		out[v.Place][v.Round] = v
	}
	return out
}

// complete reports whether both blind reviews are in.
func (r reviews) complete() bool {
	_, first := r[First]
	_, second := r[Second]
	return first && second
}

// settled returns what holds for the item: the settlement, else the reviews when they agree. ok is false while that is open.
func (r reviews) settled(rounds int) (v Verdict, ok bool) {
	if v, ok = r[Final]; ok {
		return v, true
	}
	if rounds == First {
		v, ok = r[First]
		return v, ok
	}
	if !r.complete() || differs(r[First], r[Second]) {
		return v, false
	}
	return r[First], true
}

// Progress is how far a review has come. Reviews are items, or in a blind run twice as many.
type Progress struct {
	Items     int           `json:"items"`
	Reviews   int           `json:"reviews"`
	Done      int           `json:"done"` // reviews with a verdict, skipped ones too
	Skipped   int           `json:"skipped"`
	Claimed   int           `json:"claimed"` // and not expired
	Remaining int           `json:"remaining"`
	Unsettled int           `json:"unsettled"` // differences that wait
	Failed    int           `json:"failed"`    // verdicts so; of a blind run only where both are in, and the reviewer's own
	Undecided int           `json:"undecided"`
	Mine      int           `json:"mine"`  // verdicts of the reviewer
	Spent     time.Duration `json:"spent"` // on all; nanoseconds in JSON
	Each      time.Duration `json:"each"`  // on one, on average
	Left      time.Duration `json:"left"`  // on those that remain, at that rate, for one reviewer
	Last      time.Time     `json:"last,omitzero"`
}

// Progress returns how far a run has come, as one reviewer may know it.
func (b *Book) Progress(ctx context.Context, run, reviewer string) (p Progress, err error) {
	r, err := b.Run(ctx, run)
	if err != nil {
		return p, err
	}
	visible, err := b.Verdicts(ctx, run, reviewer)
	if err != nil {
		return p, err
	}
	p.Items = r.Plan.Size
	query := "SELECT round, state, expires > " + b.dialect.now + ", count(*) FROM seat WHERE run = $1 GROUP BY 1, 2, 3"
	err = list(ctx, b.db, query, []any{run}, func(rows *sql.Rows) error {
		var round, n int
		var state ItemState
		var held bool
		if err := rows.Scan(&round, &state, &held, &n); err != nil {
			return err
		}
		p.count(round, state, held, n)
		return nil
	})
	if err != nil {
		return p, err
	}
	for _, v := range visible {
		p.add(v, reviewer)
	}
	var spent int64
	err = b.db.QueryRowContext(ctx, "SELECT CAST(COALESCE(SUM(spent), 0) AS BIGINT) FROM verdict WHERE run = $1 AND undone = 0 AND round <= 2", run).Scan(&spent)
	if err != nil {
		return p, fmt.Errorf("review: %w", err)
	}
	p.Spent = time.Duration(spent) * time.Millisecond
	if p.Done > 0 {
		p.Each = (p.Spent / time.Duration(p.Done)).Truncate(time.Millisecond)
		p.Left = p.Each * time.Duration(p.Remaining)
	}
	return p, nil
}

func (p *Progress) count(round int, state ItemState, held bool, n int) {
	open := state == Queued || state == Claimed
	if round == Final {
		if open {
			p.Unsettled += n
		}
		return
	}
	p.Reviews += n
	switch {
	case open:
		p.Remaining += n
		if state == Claimed && held {
			p.Claimed += n
		}
	default:
		p.Done += n
		if state == Skipped {
			p.Skipped += n
		}
	}
}

func (p *Progress) add(v Verdict, reviewer string) {
	if !v.Undone.IsZero() {
		return
	}
	if v.Reviewer == reviewer {
		p.Mine++
	}
	if v.At.After(p.Last) {
		p.Last = v.At
	}
	if v.Round == Final {
		return
	}
	switch v.Outcome {
	case Failed:
		p.Failed++
	case Undecided:
		p.Undecided++
	}
}

// Difference is an item whose two reviews are not the same.
type Difference struct {
	Item    Item     `json:"item"`
	First   Verdict  `json:"first"`
	Second  Verdict  `json:"second"`
	Settled *Verdict `json:"settled,omitempty"`
}

// Differences returns the items of a blind run whose reviews differ, settled or not, in the order of tickets.
func (b *Book) Differences(ctx context.Context, run string) (out []Difference, err error) {
	all, err := readVerdicts(ctx, b.db, run)
	if err != nil {
		return nil, err
	}
	items, err := b.Items(ctx, run)
	if err != nil {
		return nil, err
	}
	both := pairs(all)
	for _, it := range items {
		r := both[it.Place]
		if !r.complete() || !differs(r[First], r[Second]) {
			continue
		}
		d := Difference{Item: it, First: r[First], Second: r[Second]}
		if v, ok := r[Final]; ok {
			d.Settled = &v
		}
		out = append(out, d)
	}
	return out, nil
}
