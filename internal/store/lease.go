package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Claim gives a task to owner until the lease ends, if from, who had it before, still has it. It reports whether it did.
func (s *Store) Claim(ctx context.Context, task int64, from, owner string, lease time.Time) (got bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE task SET owner = ?, lease = ? WHERE id = ? AND owner = ? AND ended = 0", owner, millis(lease), task, from)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		got = n > 0
		return err
	})
	return got, err
}

// Heartbeat makes all leases of owner longer.
func (s *Store) Heartbeat(ctx context.Context, owner string, lease time.Time) error {
	return s.exec(ctx, "UPDATE task SET lease = ? WHERE owner = ?", millis(lease), owner)
}

// SetState records where a task of owner stands, and with t.Owner whose it is from now on, "" for nobody.
func (s *Store) SetState(ctx context.Context, task int64, owner string, t Task) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		return owned(ctx, tx, task, owner, "state = ?, started = ?, ended = ?, error = ?, owner = ?, wish = ''", t.State, millis(t.Started), millis(t.Ended), t.Error, t.Owner)
	})
}

// Wish asks a task's owner for something, or with "" takes it back.
func (s *Store) Wish(ctx context.Context, task int64, wish string) error {
	return s.exec(ctx, "UPDATE task SET wish = ? WHERE id = ? AND owner <> ''", wish, task)
}

// SetUnowned changes the state of a task that nobody runs, such as a paused one that is cancelled, and reports whether it did.
func (s *Store) SetUnowned(ctx context.Context, task int64, state string, ended time.Time) (did bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE task SET state = ?, ended = ?, wish = '' WHERE id = ? AND owner = ''", state, millis(ended), task)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		did = n > 0
		return err
	})
	return did, err
}

// Requeue lets a task that nobody runs go on; with failed, those of its files that failed are to be done anew. It reports whether it did.
func (s *Store) Requeue(ctx context.Context, task int64, state string, failed bool) (did bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE task SET state = ?, ended = 0, error = '', wish = '' WHERE id = ? AND owner = ''", state, task)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if did = true; !failed {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "UPDATE task SET failed = 0 WHERE id = ?", task); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE task_file SET state = ?, result = '' WHERE task = ? AND state = ?", FileWaiting, task, FileFailed)
		return err
	})
	return did, err
}

// SetPriority orders a task among others: higher goes first.
func (s *Store) SetPriority(ctx context.Context, task int64, priority int) error {
	return s.exec(ctx, "UPDATE task SET priority = ? WHERE id = ?", priority, task)
}

// RemoveTasks forgets tasks that ended before a moment, with their files, but for those with files whose outcome is unknown: what keeps
// these from being sent again is that they are remembered.
func (s *Store) RemoveTasks(ctx context.Context, before time.Time) error {
	return s.exec(ctx, "DELETE FROM task WHERE ended > 0 AND ended < ? AND owner = '' AND unknown = 0", millis(before))
}

// Resend makes one file of a task that nobody runs wait again whose outcome is unknown: the user knows that it was not done.
func (s *Store) Resend(ctx context.Context, task, seq int64) (did bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE task_file SET state = ?, result = '' WHERE task = ? AND seq = ? AND state = ?
			AND EXISTS (SELECT 1 FROM task WHERE id = task_file.task AND owner = '')`, FileWaiting, task, seq, FileUnknown)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		did = true
		_, err = tx.ExecContext(ctx, "UPDATE task SET unknown = unknown - 1 WHERE id = ?", task)
		return err
	})
	return did, err
}

// DropTask forgets a task with its files, if owner still holds it.
func (s *Store) DropTask(ctx context.Context, task int64, owner string) error {
	return s.exec(ctx, "DELETE FROM task WHERE id = ? AND owner = ?", task, owner)
}

// OpenFiles returns, with their tasks, the ids of files of a profile's tasks of a kind that are yet to be done, but for those of tasks in
// the state given, and of those whose outcome is unknown.
func (s *Store) OpenFiles(ctx context.Context, profile, kind, but string) (map[string]int64, error) {
	db, err := s.opened()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT f.id, t.id FROM task_file f JOIN task t ON t.id = f.task
		WHERE t.profile = ? AND t.kind = ? AND (f.state IN (?, ?) OR f.state = ? AND t.state <> ?)`, profile, kind, FileSending, FileUnknown, FileWaiting, but)
	if err != nil {
		return nil, fmt.Errorf("reading the queue: %w", err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var id string
		var task int64
		if err := rows.Scan(&id, &task); err != nil {
			return nil, fmt.Errorf("reading the queue: %w", err)
		}
		out[id] = task
	}
	return out, rows.Err()
}
