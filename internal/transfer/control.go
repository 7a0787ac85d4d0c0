package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"time"

	"imagery/internal/store"
)

// What one program wants another to do with a task.
const (
	wishPause  = "pause"
	wishCancel = "cancel"
)

var wished = map[string]State{wishPause: Paused, wishCancel: Canceled}

// tell wakes the reader of Changed, at once or as soon as it may be woken again. It takes no lock: it is called for every piece that comes.
func (m *Manager) tell(now bool) {
	t, last := time.Now().UnixNano(), m.told.Load()
	switch {
	case now || t-last >= int64(changeEvery) && m.told.CompareAndSwap(last, t):
		select {
		case m.changed <- struct{}{}:
		default:
		}
	case m.telling.CompareAndSwap(false, true):
		time.AfterFunc(changeEvery, func() {
			m.telling.Store(false)
			m.tell(true)
		})
	}
}

// Changed receives when tasks changed since the last receive, about ten times a second at most. It has one reader.
func (m *Manager) Changed() <-chan struct{} { return m.changed }

// Tasks returns snapshots of all tasks, the newest first. It waits for no disk.
func (m *Manager) Tasks() []Task {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Task, 0, len(m.rows))
	for _, row := range m.rows {
		out = append(out, m.taskLocked(row))
	}
	return out
}

func (m *Manager) taskLocked(row store.Task) Task {
	if j := m.jobs[row.ID]; j != nil {
		return j.snapshot()
	}
	t := m.taskOf(row)
	r := m.recent[row.ID]
	if t.Files = r.files; t.Err != nil && r.err != nil {
		t.Err = r.err
	}
	return t
}

// Task returns a snapshot of one task; ok is false if there is none of that id.
func (m *Manager) Task(id string) (t Task, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rowLocked(id)
	if !ok {
		return t, false
	}
	return m.taskLocked(row), true
}

func (m *Manager) rowLocked(id string) (store.Task, bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	i := slices.IndexFunc(m.rows, func(t store.Task) bool { return t.ID == n })
	if err != nil || i < 0 {
		return store.Task{}, false
	}
	return m.rows[i], true
}

// EachFile yields what became of every file of a task, in the order they were queued.
func (m *Manager) EachFile(ctx context.Context, id string) iter.Seq2[FileResult, error] {
	return func(yield func(FileResult, error) bool) {
		m.mu.Lock()
		row, ok := m.rowLocked(id)
		m.mu.Unlock()
		if !ok {
			yield(FileResult{}, ErrNoTask)
			return
		}
		var s spec
		_ = json.Unmarshal([]byte(row.Spec), &s)
		for f, err := range queuedFiles(ctx, m.store, row.ID) {
			if !yield(resultOf(row.Kind, s, f), err) || err != nil {
				return
			}
		}
	}
}

// Cancel stops a task, here or in another program. Whole files stay, halves are removed.
func (m *Manager) Cancel(id string) { m.halt(id, errCanceled, wishCancel, Canceled) }

// Pause stops a task until Resume. What has begun is not lost: large files go on where they stopped.
func (m *Manager) Pause(id string) { m.halt(id, errPaused, wishPause, Paused) }

func (m *Manager) halt(id string, cause error, wish string, state State) {
	m.mu.Lock()
	row, ok := m.rowLocked(id)
	j := m.jobs[row.ID]
	m.mu.Unlock()
	switch {
	case !ok || State(row.State).Ended():
	case j != nil:
		j.stop(cause)
	default:
		m.order(func() { m.haltQueued(row, wish, state) })
	}
}

// haltQueued stops a task that does not run here.
func (m *Manager) haltQueued(row store.Task, wish string, state State) {
	var ended time.Time
	if state.Ended() {
		ended = time.Now()
		var s spec
		if json.Unmarshal([]byte(row.Spec), &s) == nil && s.Folder != "" && row.Owner == "" {
			removeHalves(s)
		}
	}
	ctx := context.Background()
	if row.Owner == m.owner {
		row.State, row.Ended, row.Owner = string(state), ended, ""
		m.logged("stopping a task", m.store.SetState(ctx, row.ID, m.owner, row))
		m.stopped(row)
		return
	}
	did, err := m.store.SetUnowned(ctx, row.ID, string(state), ended)
	if !did && err == nil {
		err = m.store.Wish(ctx, row.ID, wish)
	}
	m.logged("stopping a task", err)
	if row.State = string(state); did {
		m.stopped(row)
	}
}

// stopped tells those who want to know that a task will not run for now.
func (m *Manager) stopped(row store.Task) {
	m.mu.Lock()
	s := m.sessions[login{row.Profile, row.Operator}]
	m.mu.Unlock()
	if State(row.State).Ended() && s != nil && s.Ended != nil {
		s.Ended(m.taskOf(row))
	}
	m.release(row.ID)
}

// release lets those go on who wait for a task that will not run.
func (m *Manager) release(id int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if done := m.ended[id]; done != nil {
		close(done)
		delete(m.ended, id)
	}
}

// Resume lets a paused task go on.
func (m *Manager) Resume(id string) {
	m.goOn(id, false, func(s State) bool { return s == Paused })
}

// TakeUp lets an archive go on that nobody runs: a paused one, one of a program that is gone, and what an ended one did not get to or failed to
// do. Errors: ErrNoTask, ErrNoneLeft, ErrElsewhere, ErrNoSession.
func (m *Manager) TakeUp(ctx context.Context, id string) error {
	m.look()
	m.mu.Lock()
	row, ok := m.rowLocked(id)
	signedIn := m.sessions[login{row.Profile, row.Operator}] != nil
	m.mu.Unlock()
	state := State(row.State)
	switch {
	case !ok || row.Kind != KindArchive:
		return ErrNoTask
	case state == Done:
		return ErrNoneLeft
	case !signedIn:
		return ErrNoSession
	case state.Ended():
		m.Retry(id)
		return nil
	case row.Owner != "" && (state == Paused || !gone(row.Owner, row.Lease)): // a paused one with an owner is not queued whole
		return ErrElsewhere
	case row.Owner != "":
		if freed, err := m.store.Claim(ctx, row.ID, row.Owner, "", time.Time{}); err != nil || !freed {
			return cmp.Or(err, ErrElsewhere)
		}
		m.look()
	}
	m.goOn(id, false, func(s State) bool { return !s.Ended() })
	return nil
}

// Retry does again what an ended task failed to do, or did not get to. Archives whose outcome is unknown are looked for once more, and
// never sent again.
func (m *Manager) Retry(id string) {
	m.goOn(id, true, func(s State) bool { return s == Failed || s == Canceled })
}

func (m *Manager) goOn(id string, failed bool, may func(State) bool) {
	m.mu.Lock()
	row, ok := m.rowLocked(id)
	if !ok || !may(State(row.State)) || m.jobs[row.ID] != nil {
		m.mu.Unlock()
		return
	}
	if m.ended[row.ID] == nil {
		m.ended[row.ID] = make(chan struct{})
	}
	m.mu.Unlock()
	m.order(func() {
		ours, err := m.store.Requeue(context.Background(), row.ID, string(Waiting), failed)
		if err == nil && ours {
			ours, err = m.store.Claim(context.Background(), row.ID, "", m.owner, time.Now().Add(leaseTime))
		}
		m.logged("letting a task go on", err)
		if !ours {
			m.release(row.ID)
		}
	})
}

// SetPriority orders a task among others: higher goes first, also for files of tasks that run at once.
func (m *Manager) SetPriority(id string, priority int) {
	m.mu.Lock()
	row, ok := m.rowLocked(id)
	j := m.jobs[row.ID]
	m.mu.Unlock()
	if !ok {
		return
	}
	if j != nil {
		j.rank.Store(int64(priority))
	}
	m.order(func() {
		m.logged("ordering tasks", m.store.SetPriority(context.Background(), row.ID, priority))
	})
}

// Wait returns the task when it has ended, was paused, or was taken over by another program (Elsewhere); when ctx ends first, it is
// cancelled.
func (m *Manager) Wait(ctx context.Context, id string) Task {
	m.mu.Lock()
	row, _ := m.rowLocked(id)
	done := m.ended[row.ID]
	m.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
			m.Cancel(id)
			<-done
		}
	}
	t, ok := m.Task(id)
	if ok && !t.State.Ended() { // it may be another program's by now
		m.look()
		t, _ = m.Task(id)
	}
	return t
}

// Close stops every task that runs here and waits until all have cleaned up. Queued ones go on when a program has a session for them.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	for _, j := range m.jobs {
		j.stop(errQuit)
	}
	stop := m.stop
	m.mu.Unlock()
	if stop != nil {
		stop()
	}
	m.running.Wait()
	m.carryOut()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, row := range m.rows {
		if row.Owner == m.owner && !State(row.State).Ended() && State(row.State) != Paused { // a paused one with an owner is not queued whole
			row.Owner = ""
			_ = m.store.SetState(context.Background(), row.ID, m.owner, row) // those that ran have let go by themselves
		}
	}
	for id, done := range m.ended {
		close(done)
		delete(m.ended, id)
	}
	for _, p := range m.paces {
		p.close()
	}
	if m.own {
		_ = m.store.Close()
	}
}
