package transfer

import (
	"context"
	"fmt"
	"iter"

	"imagery/internal/store"
)

// Waits reports whether an ended task has files that it did not get to.
func (t Task) Waits() bool { return t.DoneFiles+t.FailedFiles+t.UnknownFiles < t.AllFiles }

// QueuedRows names the rows that unfinished archive tasks of a profile have yet to send, and those whose outcome is unknown, for
// Checks.Queued, with the task: no other task must send them.
func (m *Manager) QueuedRows(ctx context.Context, profile string) (map[string]int64, error) {
	return m.store.OpenFiles(ctx, profile, KindArchive, string(Canceled))
}

// QueuedError is ErrRowQueued with the task that has the row.
type QueuedError struct{ Task int64 }

// Error implements error.
func (e *QueuedError) Error() string { return fmt.Sprintf("%v: task %d", ErrRowQueued, e.Task) }

// Is matches ErrRowQueued.
func (e *QueuedError) Is(target error) bool { return target == ErrRowQueued }

// NotUnknownError is ErrNoneUnknown with the row that was named.
type NotUnknownError struct{ Row int64 }

// Error implements error.
func (e *NotUnknownError) Error() string { return fmt.Sprintf("%v: row %d", ErrNoneUnknown, e.Row) }

// Is matches ErrNoneUnknown.
func (e *NotUnknownError) Is(target error) bool { return target == ErrNoneUnknown }

// LookUp looks once more for the archives of an ended task's rows whose outcome is unknown, in the background; nothing is sent. Errors:
// ErrNoTask, ErrNoneUnknown, ErrUnsent, ErrElsewhere, ErrNoSession.
func (m *Manager) LookUp(_ context.Context, id string) error {
	row, err := m.resolvable(id)
	if err == nil {
		m.goOn(row.id, false, State.Ended)
	}
	return err
}

// SendAgain sends rows of an ended task once more whose outcome is unknown, in the background. It is for a user who has seen that they
// were not archived; nothing else ever sends a row twice. Rows that the account turns out to hold are not sent. Errors: those of LookUp.
func (m *Manager) SendAgain(ctx context.Context, id string, rows ...int64) error {
	task, err := m.resolvable(id)
	if err != nil {
		return err
	}
	did := false
	for _, seq := range rows {
		one, err := m.store.Resend(ctx, task.ID, seq)
		if err != nil {
			return err
		}
		did = did || one
	}
	if !did {
		return ErrNoneUnknown
	}
	m.look()
	m.goOn(task.id, false, State.Ended)
	return nil
}

// Resendable returns nil if SendAgain would send each of the rows. Errors: those of LookUp, *NotUnknownError.
func (m *Manager) Resendable(ctx context.Context, id string, rows ...int64) error {
	task, err := m.resolvable(id)
	if err != nil {
		return err
	}
	unknown := map[int64]bool{}
	for f, err := range queuedFiles(ctx, m.store, task.ID, store.FileUnknown) {
		if err != nil {
			return err
		}
		unknown[f.Seq] = true
	}
	for _, seq := range rows {
		if !unknown[seq] {
			return &NotUnknownError{seq}
		}
	}
	return nil
}

// resolvable is an ended archive task that has unknown rows and nothing left to send, with its id as callers know it.
type resolvable struct {
	store.Task
	id string
}

func (m *Manager) resolvable(id string) (r resolvable, err error) {
	m.look() // it may be another program's, or an earlier run's
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rowLocked(id)
	switch t := m.taskOf(row); {
	case !ok || row.Kind != KindArchive:
		return r, ErrNoTask
	case row.Owner != "" && row.Owner != m.owner:
		return r, ErrElsewhere
	case !t.State.Ended() || row.Owner != "":
		return r, ErrUnsent
	case row.Unknown == 0:
		return r, ErrNoneUnknown
	case t.Waits():
		return r, ErrUnsent
	case m.sessions[login{row.Profile, row.Operator}] == nil:
		return r, ErrNoSession
	}
	return resolvable{row, id}, nil
}

// Left yields the files that a download did not bring, for another to another folder.
func (m *Manager) Left(ctx context.Context, id string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		m.mu.Lock()
		row, ok := m.rowLocked(id)
		m.mu.Unlock()
		if !ok || row.Kind != KindDownload {
			yield(Item{}, ErrNoTask)
			return
		}
		for f, err := range queuedFiles(ctx, m.store, row.ID, store.FileWaiting, store.FileFailed) {
			var it Item
			if err == nil {
				it, err = unqueued(f)
			}
			if !yield(it, err) {
				return
			}
		}
	}
}
