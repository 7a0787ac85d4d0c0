package review

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The statements of a change stand here, the reading ones of no change in read.go. All are for SQLite and PostgreSQL alike.

func (c *change) exec(query string, args ...any) (rows int64, err error) {
	r, err := c.ExecContext(c.ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("review: %w", err)
	}
	return r.RowsAffected()
}

// saveRun writes the run as it is now.
func (c *change) saveRun() error {
	body, err := json.Marshal(c.run)
	if err != nil {
		return err
	}
	_, err = c.exec("UPDATE run SET state = $1, body = $2 WHERE id = $3", string(c.run.State), string(body), c.run.ID)
	return err
}

func (c *change) members() (packed []byte, err error) {
	err = c.QueryRowContext(c.ctx, "SELECT members FROM population WHERE run = $1", c.run.ID).Scan(&packed)
	return packed, err
}

func (c *change) addItem(it Item) error {
	body, err := json.Marshal(it.Member)
	if err != nil {
		return err
	}
	_, err = c.exec("INSERT INTO item VALUES ($1, $2, $3, $4, $5, $6)", c.run.ID, it.Place, it.ID, it.Ticket, string(body), it.Name)
	return err
}

func (c *change) addSeat(place, round int) error {
	_, err := c.exec("INSERT INTO seat VALUES ($1, $2, $3, 'queued', '', '', '', 0) ON CONFLICT (run, place, round) DO UPDATE SET state = 'queued', reviewer = '', claim = ''",
		c.run.ID, place, round)
	return err
}

// free finds the next seat that a reviewer may take: one nobody holds, of an item this reviewer has no other review of, nor claimed one, for
// a claim that has expired may still be finished; with a place other than 0 only there.
func (c *change) free(reviewer string, at int) (place, round int, err error) {
	err = c.QueryRowContext(c.ctx, `
		SELECT s.place, s.round FROM seat s
		WHERE s.run = $1 AND ($4 = 0 OR s.place = $4) AND s.round <= 2 AND s.state IN ('queued', 'claimed') AND (s.state = 'queued' OR s.expires <= $2)
			AND NOT EXISTS (SELECT 1 FROM seat o WHERE o.run = s.run AND o.place = s.place AND o.round <> s.round AND o.round <= 2
				AND o.reviewer = $3 AND o.state IN ('claimed', 'done', 'skipped'))
		ORDER BY s.round, s.place LIMIT 1`, c.run.ID, millis(c.now), reviewer, at).Scan(&place, &round)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, ErrNothing
	}
	return place, round, err
}

func (c *change) claim(place, round int, reviewer, claim, session string, until time.Time) error {
	_, err := c.exec("UPDATE seat SET state = 'claimed', reviewer = $4, claim = $5, session = $6, expires = $7 WHERE run = $1 AND place = $2 AND round = $3",
		c.run.ID, place, round, reviewer, claim, session, millis(until))
	return err
}

// finish ends the review that a claim is for, if the claim still stands and nobody is to give both reviews of one item.
func (c *change) finish(place, round int, claim string, state ItemState) (bool, error) {
	n, err := c.exec(`UPDATE seat SET state = $5, expires = 0 WHERE run = $1 AND place = $2 AND round = $3 AND claim = $4 AND state = 'claimed'
		AND NOT EXISTS (SELECT 1 FROM seat o WHERE o.run = seat.run AND o.place = seat.place AND o.round <> seat.round
			AND o.reviewer = seat.reviewer AND o.state IN ('done', 'skipped'))`, c.run.ID, place, round, claim, string(state))
	return n == 1, err
}

// seatState returns a seat's state; empty when there is none.
func (c *change) seatState(place, round int) (state ItemState, err error) {
	err = c.QueryRowContext(c.ctx, "SELECT state FROM seat WHERE run = $1 AND place = $2 AND round = $3", c.run.ID, place, round).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, err
}

func (c *change) setSeat(place, round int, state ItemState, reviewer string) error {
	_, err := c.exec("UPDATE seat SET state = $4, reviewer = $5, claim = '', expires = 0 WHERE run = $1 AND place = $2 AND round = $3",
		c.run.ID, place, round, string(state), reviewer)
	return err
}

// addVerdict numbers a verdict and keeps it.
func (c *change) addVerdict(v *Verdict, claim string) error {
	if err := c.QueryRowContext(c.ctx, "SELECT COALESCE(MAX(seq), 0) + 1 FROM verdict WHERE run = $1", c.run.ID).Scan(&v.Seq); err != nil {
		return err
	}
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = c.exec("INSERT INTO verdict VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')",
		c.run.ID, v.Seq, v.Place, v.Round, v.Reviewer, claim, string(v.Outcome), v.Spent, string(body))
	return err
}

const verdictColumns = "SELECT body, undone, undone_by FROM verdict WHERE run = $1 "

// verdict returns the one that a condition finds; it begins with AND and its arguments with $2. None is ok false.
func (c *change) verdict(condition string, args ...any) (v Verdict, ok bool, err error) {
	v, err = scanVerdict(c.QueryRowContext(c.ctx, verdictColumns+condition, append([]any{c.run.ID}, args...)...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

func scanVerdict(row interface{ Scan(...any) error }) (v Verdict, err error) {
	var body, by string
	var undone int64
	if err := row.Scan(&body, &undone, &by); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return v, fmt.Errorf("review: verdict: %w", err)
	}
	v.Undone, v.UndoneBy = moment(undone), by
	return v, nil
}

func (c *change) takeBack(seq int64, by string) error {
	_, err := c.exec("UPDATE verdict SET undone = $3, undone_by = $4 WHERE run = $1 AND seq = $2", c.run.ID, seq, millis(c.now), by)
	return err
}

// unfinished counts seats that wait for a verdict.
func (c *change) unfinished() (n int, err error) {
	err = c.QueryRowContext(c.ctx, "SELECT count(*) FROM seat WHERE run = $1 AND state IN ('queued', 'claimed')", c.run.ID).Scan(&n)
	return n, err
}
