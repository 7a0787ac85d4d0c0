package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotOwner is returned to a program whose lease on a task has gone to another.
var ErrNotOwner = errors.New("store: the task belongs to another program now")

// Task is a queued transfer. What it does is in Spec, which only its owner reads; no password or token is ever part of it.
type Task struct {
	ID                int64
	Profile, Operator string // whose session it needs
	Kind, Label       string
	Spec              string // JSON
	State             string
	Priority          int
	Created, Started  time.Time
	Ended             time.Time
	Listed            bool // all its files are queued
	Files             int  // queued so far
	Done, Kept        int  // Kept ones are among Done
	Failed, Unknown   int
	Bytes, Total      int64 // of files that are done, and of all as far as known
	Error             string
	Owner             string // program that holds the lease; empty: nobody
	Lease             time.Time
	Wish              string // what another program wants its owner to do: "pause", "cancel", or nothing
}

// FileState says where a file of a task stands.
type FileState int

// The states. Sending is a write that may have reached the platform.
const (
	FileWaiting FileState = iota
	FileSaved
	FileKept
	FileFailed
	FileSending
	FileUnknown
)

// File is one file or row of a task.
type File struct {
	Seq    int64  // from 1, in the order they were queued
	ID     string // unique in its task
	Item   string // JSON
	State  FileState
	Result string // JSON
	Bytes  int64  // listed before, then real
}

const taskColumns = `id, profile, operator, kind, label, spec, state, priority, created, started, ended, listed, files, done, kept, failed, unknown,
	bytes, total, error, owner, lease, wish`

func scanTask(rows *sql.Rows) (t Task, err error) {
	var created, started, ended, lease int64
	err = rows.Scan(&t.ID, &t.Profile, &t.Operator, &t.Kind, &t.Label, &t.Spec, &t.State, &t.Priority, &created, &started, &ended, &t.Listed, &t.Files, &t.Done, &t.Kept,
		&t.Failed, &t.Unknown, &t.Bytes, &t.Total, &t.Error, &t.Owner, &lease, &t.Wish)
	t.Created, t.Started, t.Ended, t.Lease = moment(created), moment(started), moment(ended), moment(lease)
	return t, err
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// AddTask queues a task without files and returns its id.
func (s *Store) AddTask(ctx context.Context, t Task) (id int64, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO task (profile, operator, kind, label, spec, state, priority, created, started, owner, lease)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			t.Profile, t.Operator, t.Kind, t.Label, t.Spec, t.State, t.Priority, millis(t.Created), millis(t.Started), t.Owner, millis(t.Lease))
		if err == nil {
			id, err = res.LastInsertId()
		}
		return err
	})
	return id, err
}

// Tasks returns all tasks, the newest first.
func (s *Store) Tasks(ctx context.Context) (out []Task, err error) {
	db, err := s.opened()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT "+taskColumns+" FROM task ORDER BY id DESC")
	if err != nil {
		return nil, fmt.Errorf("reading the queue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		t, err := scanTask(rows)
		if err != nil {
			return nil, fmt.Errorf("reading the queue: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// update runs do in a transaction.
func (s *Store) update(ctx context.Context, do func(*sql.Tx) error) error {
	db, err := s.opened()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("keeping the queue: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return fmt.Errorf("keeping the queue: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("keeping the queue: %w", err)
	}
	return nil
}

// owned changes a task, if owner still holds it.
func owned(ctx context.Context, tx *sql.Tx, task int64, owner, set string, args ...any) error {
	res, err := tx.ExecContext(ctx, "UPDATE task SET "+set+" WHERE id = ? AND owner = ?", append(args, task, owner)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrNotOwner, err)
	}
	return nil
}

// AddFiles queues files, numbered from the task's last on, and leaves out those it has. Seq and State of files are not read. It
// returns how many were new.
func (s *Store) AddFiles(ctx context.Context, task int64, owner string, files []File) (added int, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		added = 0
		var seq, total int64
		if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(seq), 0) FROM task_file WHERE task = ?", task).Scan(&seq); err != nil {
			return err
		}
		put, err := tx.PrepareContext(ctx, "INSERT OR IGNORE INTO task_file (task, seq, id, item, bytes) VALUES (?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer put.Close()
		for _, f := range files {
			res, err := put.ExecContext(ctx, task, seq+1, f.ID, f.Item, f.Bytes)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				continue
			}
			seq, total, added = seq+1, total+f.Bytes, added+1
		}
		return owned(ctx, tx, task, owner, "files = files + ?, total = total + ?", added, total)
	})
	return added, err
}

// SetListed records that all files of a task are queued.
func (s *Store) SetListed(ctx context.Context, task int64, owner string) error {
	return s.update(ctx, func(tx *sql.Tx) error { return owned(ctx, tx, task, owner, "listed = 1") })
}

// Files reads at most n files of a task behind the number after, in one of the states; none means any.
func (s *Store) Files(ctx context.Context, task, after int64, n int, states ...FileState) ([]File, error) {
	where, args := "", []any{task, after}
	if len(states) > 0 {
		where = " AND state IN (?" + strings.Repeat(", ?", len(states)-1) + ")"
		for _, st := range states {
			args = append(args, st)
		}
	}
	return s.files(ctx, "task = ? AND seq > ?"+where+" ORDER BY seq LIMIT ?", append(args, n)...)
}

// Noted reads the waiting files of a task that something is known of already.
func (s *Store) Noted(ctx context.Context, task int64) ([]File, error) {
	return s.files(ctx, "task = ? AND state = ? AND result <> ''", task, FileWaiting)
}

func (s *Store) files(ctx context.Context, where string, args ...any) (out []File, err error) {
	db, err := s.opened()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT seq, id, item, state, result, bytes FROM task_file WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the queue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f File
		if err := rows.Scan(&f.Seq, &f.ID, &f.Item, &f.State, &f.Result, &f.Bytes); err != nil {
			return nil, fmt.Errorf("reading the queue: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// Settle records what became of files, all in one transaction, and counts them in their task. ID and Item of files are not read.
func (s *Store) Settle(ctx context.Context, task int64, owner string, files []File) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		get, err := tx.PrepareContext(ctx, "SELECT state, bytes FROM task_file WHERE task = ? AND seq = ?")
		if err != nil {
			return err
		}
		defer get.Close()
		put, err := tx.PrepareContext(ctx, "UPDATE task_file SET state = ?, result = ?, bytes = ? WHERE task = ? AND seq = ?")
		if err != nil {
			return err
		}
		defer put.Close()
		var c counts
		for _, f := range files {
			before := File{}
			if err := get.QueryRowContext(ctx, task, f.Seq).Scan(&before.State, &before.Bytes); err != nil {
				return err
			}
			c.add(before, -1)
			c.add(f, 1)
			if _, err := put.ExecContext(ctx, f.State, f.Result, f.Bytes, task, f.Seq); err != nil {
				return err
			}
		}
		return owned(ctx, tx, task, owner, c.set(), c.args()...)
	})
}

// counts are the changes of a task's figures.
type counts struct {
	done, kept, failed, unknown int
	bytes, total                int64
}

func (c *counts) add(f File, n int) {
	c.total += int64(n) * f.Bytes
	switch f.State {
	case FileKept:
		c.kept += n
		fallthrough
	case FileSaved:
		c.done += n
		c.bytes += int64(n) * f.Bytes
	case FileFailed:
		c.failed += n
	case FileUnknown:
		c.unknown += n
	}
}

func (c *counts) set() string {
	return "done = done + ?, kept = kept + ?, failed = failed + ?, unknown = unknown + ?, bytes = bytes + ?, total = total + ?"
}

func (c *counts) args() []any { return []any{c.done, c.kept, c.failed, c.unknown, c.bytes, c.total} }
