package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"imagery/internal/store"
)

// launch runs a task that this manager owns.
func (m *Manager) launch(t store.Task) {
	ctx, stop := context.WithCancelCause(context.Background())
	j := &job{id: t.ID, owner: m.owner, operator: t.Operator, store: m.store, stop: stop, task: m.taskOf(t), idle: m.idle, large: m.large, free: m.free}
	j.rank.Store(int64(t.Priority))
	j.tell = func() { m.tell(false) }
	j.progress.tell = j.tell
	j.progress.n.Store(t.Bytes)
	specErr := json.Unmarshal([]byte(t.Spec), &j.spec)
	j.task.State, j.task.Err, j.task.Ended = Running, nil, time.Time{}
	m.mu.Lock()
	j.sess = m.sessions[login{t.Profile, t.Operator}]
	if m.closed || j.sess == nil {
		m.mu.Unlock()
		stop(nil)
		return
	}
	if r, ok := m.given[t.ID]; ok && r.Source != nil {
		j.given = r.Source
	}
	delete(m.given, t.ID)
	j.pace = j.sess.pace
	m.jobs[t.ID] = j
	m.mu.Unlock()
	m.running.Go(func() {
		defer stop(nil)
		t.State = string(Running)
		err := errors.Join(specErr, m.store.SetState(context.WithoutCancel(ctx), t.ID, m.owner, t))
		if err == nil {
			err = guard(t.Kind, func() error { return j.run(ctx) })
		}
		m.finish(ctx, j, t, err)
	})
	m.tell(true)
}

func (j *job) run(ctx context.Context) error {
	if j.task.Kind == KindArchive {
		return j.archive(ctx)
	}
	return j.download(ctx)
}

// finish records where a run has stopped.
func (m *Manager) finish(ctx context.Context, j *job, row store.Task, err error) {
	t := j.snapshot()
	t.Rate, t.Jobs, t.Ended = 0, 0, time.Now()
	cause := context.Cause(ctx)
	row.Owner, row.Error = "", ""
	switch {
	case errors.Is(err, store.ErrNotOwner) || errors.Is(cause, store.ErrNotOwner):
		m.forget(j)
		m.release(j.id) // it may go on for long, elsewhere
		return
	case errors.Is(cause, errPaused):
		t.State, t.Ended = Paused, time.Time{}
	case errors.Is(cause, errQuit):
		t.State, t.Ended = Waiting, time.Time{}
	case errors.Is(cause, errCanceled):
		t.State = Canceled
		removeHalves(j.spec)
	case err != nil:
		t.State, t.Err = Failed, err
		row.Error = taskErrorText(err)
	case t.FailedFiles > 0 || t.UnknownFiles > 0:
		t.State = Failed
	default:
		t.State = Done
	}
	if m.own && t.State == Waiting {
		t.State, t.Ended = Canceled, time.Now() // there is no later
	}
	row.State, row.Ended = string(t.State), t.Ended
	m.looking.Lock()
	m.logged("ending a task", m.store.SetState(context.WithoutCancel(ctx), j.id, m.owner, row))
	done := m.remember(j, row, t)
	m.looking.Unlock()
	m.forget(j)
	if t.State.Ended() && j.sess.Ended != nil {
		j.sess.Ended(t)
	}
	if done != nil {
		close(done)
	}
}

// remember keeps what a job that ends has to show, and returns what those wait for who wait for its end.
func (m *Manager) remember(j *job, row store.Task, t Task) (done chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row.Files, row.Done, row.Kept, row.Failed, row.Unknown, row.Bytes, row.Total = t.AllFiles, t.DoneFiles, t.KeptFiles, t.FailedFiles, t.UnknownFiles, t.DoneBytes, t.AllBytes
	row.Listed = !t.Listing
	if i := slices.IndexFunc(m.rows, func(r store.Task) bool { return r.ID == j.id }); i >= 0 {
		m.rows[i] = row
	}
	m.recent[j.id] = recent{row, t.Files, t.Err}
	delete(m.jobs, j.id)
	if t.State.Ended() || t.State == Paused {
		done = m.ended[j.id]
		delete(m.ended, j.id)
	}
	return done
}

func (m *Manager) forget(j *job) {
	m.mu.Lock()
	if m.jobs[j.id] == j {
		delete(m.jobs, j.id)
	}
	m.mu.Unlock()
	m.tell(true)
	m.wake()
}

// taskOf is a task as the queue has it.
func (m *Manager) taskOf(t store.Task) Task {
	var s spec
	_ = json.Unmarshal([]byte(t.Spec), &s) // what cannot be read cannot be shown
	return Task{
		ID: fmt.Sprint(t.ID), Kind: t.Kind, Label: t.Label, Folder: s.Folder, Profile: t.Profile, Operator: t.Operator, Ref: s.Ref, State: State(t.State),
		Elsewhere: t.Owner != "" && t.Owner != m.owner, Listing: !t.Listed, Priority: t.Priority, DoneFiles: t.Done, KeptFiles: t.Kept, AllFiles: t.Files,
		FailedFiles: t.Failed, UnknownFiles: t.Unknown, DoneBytes: t.Bytes, AllBytes: max(t.Total, t.Bytes), Started: t.Started, Ended: t.Ended, Err: taskError(t.Error),
	}
}

// keep makes rows what snapshots are taken of, and reads the latest results of tasks that changed elsewhere.
func (m *Manager) keep(rows []store.Task) {
	m.mu.Lock()
	m.rows = rows
	var stale []store.Task
	have := map[int64]recent{}
	for _, t := range rows {
		old, ok := m.recent[t.ID]
		if ok {
			have[t.ID] = old
		}
		if m.jobs[t.ID] == nil && (!ok || changed(old.of, t)) {
			stale = append(stale, t)
		}
	}
	m.recent = have
	m.mu.Unlock()
	for _, t := range stale {
		files, err := m.latest(t)
		m.logged("reading results", err)
		m.mu.Lock()
		if m.jobs[t.ID] == nil {
			m.recent[t.ID] = recent{of: t, files: files}
		}
		m.mu.Unlock()
	}
	if len(stale) > 0 {
		m.tell(true)
	}
}

func changed(a, b store.Task) bool {
	return a.State != b.State || a.Done != b.Done || a.Failed != b.Failed || a.Unknown != b.Unknown
}

// latest reads a task's window of results.
func (m *Manager) latest(t store.Task) (out []FileResult, err error) {
	var s spec
	_ = json.Unmarshal([]byte(t.Spec), &s)
	var rows []store.File
	if t.Failed+t.Unknown > 0 {
		rows, err = m.store.Files(context.Background(), t.ID, 0, latestFailed, store.FileFailed, store.FileUnknown)
	}
	if t.Done > 0 && err == nil {
		var done []store.File
		done, err = m.store.Files(context.Background(), t.ID, max(0, int64(t.Files)-latestDone), latestDone, store.FileSaved, store.FileKept)
		rows = append(rows, done...)
	}
	for _, row := range rows {
		out = append(out, resultOf(t.Kind, s, row))
	}
	return out, err
}
