// Package runs keeps finished checks, and the answers of one that was broken off, in an SQLite file of their own. What it holds names
// accounts, so the file is readable by its owner only.
package runs

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"imagery/internal/completeness"
	"imagery/internal/store"
)

// Keep is how many runs of a profile are kept; the oldest go first.
const Keep = 20

// maxBody is the size in bytes up to which a kept run is read, unpacked.
const maxBody = 2 << 30

var migrations = []string{
	`CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, profile TEXT NOT NULL, scope TEXT NOT NULL, summary TEXT NOT NULL, body BLOB NOT NULL) STRICT;
	CREATE INDEX run_profile ON run (profile, id);
	CREATE TABLE part (profile TEXT NOT NULL, plan TEXT NOT NULL, query TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,
		PRIMARY KEY (profile, plan, query)) STRICT;`,
}

// ErrNone is returned for a run that is not kept.
var ErrNone = errors.New("runs: no such run")

// Entry is a kept run without its rows.
type Entry struct {
	ID    int64
	Scope string // completeness.Scope.Name
	completeness.Summary
}

// Store is one file. It is safe for concurrent use, also by several programs at once.
type Store struct{ file *store.Opener }

// New returns the store in the file at path, which is opened, and made if there is none, when it is first needed.
func New(path string) *Store { return &Store{store.NewOpener(path, migrations)} }

func (s *Store) opened() (*sql.DB, error) { return s.file.Opened() }

// Close ends the use of the store.
func (s *Store) Close() error { return s.file.Close() }

// Put keeps a run of a profile, and returns its number. Those before the last Keep are let go.
func (s *Store) Put(ctx context.Context, profile string, r *completeness.Run) (id int64, err error) {
	summary, body, err := packed(r)
	if err != nil {
		return 0, err
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "INSERT INTO run (profile, scope, summary, body) VALUES (?, ?, ?, ?)", profile, r.Scope.Name(), summary, body)
		if err != nil {
			return err
		}
		if id, err = res.LastInsertId(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM run WHERE profile = ?1 AND id NOT IN (SELECT id FROM run WHERE profile = ?1 ORDER BY id DESC LIMIT ?2)`, profile, Keep)
		return err
	})
	return id, err
}

// Replace puts a run, confirmed meanwhile, in the place of what was kept under its number. Error: ErrNone.
func (s *Store) Replace(ctx context.Context, profile string, id int64, r *completeness.Run) error {
	summary, body, err := packed(r)
	if err != nil {
		return err
	}
	return s.within(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE run SET summary = ?, body = ? WHERE profile = ? AND id = ?", summary, body, profile, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrNone, err)
		}
		return nil
	})
}

// Get returns a kept run of a profile. Error: ErrNone.
func (s *Store) Get(ctx context.Context, profile string, id int64) (*completeness.Run, error) {
	db, err := s.opened()
	if err != nil {
		return nil, err
	}
	var body []byte
	switch err := db.QueryRowContext(ctx, "SELECT body FROM run WHERE profile = ? AND id = ?", profile, id).Scan(&body); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, ErrNone
	case err != nil:
		return nil, fmt.Errorf("reading run %d: %w", id, err)
	}
	r := &completeness.Run{}
	if err := unpack(body, r); err != nil {
		return nil, fmt.Errorf("reading run %d: %w", id, err)
	}
	if err := sound(r); err != nil {
		return nil, fmt.Errorf("reading run %d: %w", id, err)
	}
	return r, nil
}

// List returns the runs kept of a profile, the newest first.
func (s *Store) List(ctx context.Context, profile string) ([]Entry, error) {
	db, err := s.opened()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT id, scope, summary FROM run WHERE profile = ? ORDER BY id DESC", profile)
	if err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	defer rows.Close()
	var out []Entry
	for rows.Next() {
		var e Entry
		var summary []byte
		if err := rows.Scan(&e.ID, &e.Scope, &summary); err != nil {
			return nil, fmt.Errorf("listing runs: %w", err)
		}
		if err := json.Unmarshal(summary, &e.Summary); err != nil {
			return nil, fmt.Errorf("listing runs: run %d: %w", e.ID, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// Begin lets go of the answers of a check that was broken off.
func (s *Store) Begin(ctx context.Context, profile string) error {
	return s.exec(ctx, "DELETE FROM part WHERE profile = ?", profile)
}

// SavePart keeps an answer of a check under way, in the place of an older one to the same question.
func (s *Store) SavePart(ctx context.Context, profile string, p completeness.Part) error {
	body, err := pack(p)
	if err != nil {
		return err
	}
	return s.exec(ctx, "INSERT INTO part VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, body = excluded.body", profile, p.Plan, p.Query, p.At.Unix(), body)
}

// Parts returns the answers of a check of this plan that was broken off, as far as they are young enough to go on from at now.
func (s *Store) Parts(ctx context.Context, profile, plan string, now time.Time) ([]completeness.Part, error) {
	db, err := s.opened()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT body FROM part WHERE profile = ? AND plan = ? AND at >= ?", profile, plan, now.Add(-completeness.ResumeWithin).Unix())
	if err != nil {
		return nil, fmt.Errorf("reading parts: %w", err)
	}
	defer rows.Close()
	var out []completeness.Part
	for rows.Next() {
		var body []byte
		var p completeness.Part
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("reading parts: %w", err)
		}
		if err := unpack(body, &p); err != nil {
			return nil, fmt.Errorf("reading parts: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Answered is how many questions of a check of this plan have answers to go on from at now.
func (s *Store) Answered(ctx context.Context, profile, plan string, now time.Time) (n int, err error) {
	db, err := s.opened()
	if err != nil {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM part WHERE profile = ? AND plan = ? AND query <> '' AND at >= ?",
		profile, plan, now.Add(-completeness.ResumeWithin).Unix()).Scan(&n)
	return n, err
}

// Rename gives what is kept for one profile to another.
func (s *Store) Rename(ctx context.Context, before, after string) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{"UPDATE run SET profile = ? WHERE profile = ?", "UPDATE OR REPLACE part SET profile = ? WHERE profile = ?"} {
			if _, err := tx.ExecContext(ctx, q, after, before); err != nil {
				return err
			}
		}
		return nil
	})
}

// Forget removes all that is kept for a profile.
func (s *Store) Forget(ctx context.Context, profile string) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{"DELETE FROM run WHERE profile = ?", "DELETE FROM part WHERE profile = ?"} {
			if _, err := tx.ExecContext(ctx, q, profile); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// within does f in one transaction.
func (s *Store) within(ctx context.Context, f func(*sql.Tx) error) error {
	db, err := s.opened()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("keeping runs: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return fmt.Errorf("keeping runs: %w", err)
	}
	return tx.Commit()
}

func packed(r *completeness.Run) (summary string, body []byte, err error) {
	raw, err := json.Marshal(r.Summary())
	if err != nil {
		return "", nil, err
	}
	body, err = pack(r)
	return string(raw), body, err
}

// pack writes v as gzipped JSON, for speed on the lowest level: rows of accounts are alike, and shrink to a tenth on any.
func pack(v any) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, fmt.Errorf("keeping runs: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpack(body []byte, into any) error {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return json.NewDecoder(io.LimitReader(z, maxBody)).Decode(into)
}

// sound reports what would make a run's indexes lead nowhere: the file may have been changed by others.
func sound(r *completeness.Run) error {
	if r.Rules == nil {
		return errors.New("it has no rules")
	}
	outside := func(list []int, n int) bool {
		for _, i := range list {
			if i < 0 || i >= n {
				return true
			}
		}
		return false
	}
	bad := outside(r.Failed, len(r.Rules.Rules)) || outside(r.Pending, len(r.Rules.Rules))
	for _, v := range r.Violations {
		bad = bad || outside([]int{v.Account}, len(r.Accounts)) || outside([]int{v.Rule}, len(r.Rules.Rules))
	}
	for rule, list := range r.Exempt {
		bad = bad || outside([]int{rule}, len(r.Rules.Rules)) || outside(list, len(r.Accounts))
	}
	if bad {
		return errors.New("it refers to what it does not have")
	}
	return nil
}
