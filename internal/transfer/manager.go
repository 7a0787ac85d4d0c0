package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"imagery/client"
)

const (
	defaultJobs = 4
	changeEvery = 100 * time.Millisecond
)

// Manager runs downloads in the background. Its methods may be called from any goroutine.
type Manager struct {
	mu      sync.Mutex
	jobs    []*job
	next    int
	told    time.Time
	changed chan struct{}
	running sync.WaitGroup
}

// job is a task with what it needs to run.
type job struct {
	task   Task
	from   Fetcher
	req    Request
	ended  func(Task)
	cancel context.CancelFunc
	done   chan struct{}
	rate   meter
}

// NewManager returns a Manager without tasks.
func NewManager() *Manager { return &Manager{changed: make(chan struct{}, 1)} }

// Start begins a download and returns its id. ended, if not nil, is called once each time the task has ended.
func (m *Manager) Start(from Fetcher, r Request, ended func(Task)) string {
	r.Items = unique(r.Items)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next++
	j := &job{from: from, req: r, ended: ended, task: Task{
		ID: strconv.Itoa(m.next), Kind: "download", Label: r.Label, Folder: r.Folder, Started: time.Now(), AllFiles: len(r.Items),
	}}
	if j.task.Label == "" {
		j.task.Label = r.Folder
	}
	for _, it := range r.Items {
		j.task.AllBytes += max(0, it.File.FileSize)
	}
	m.jobs = append(m.jobs, j)
	m.launch(j, r.Items)
	return j.task.ID
}

// unique drops files asked for twice: they are fetched once, under the first name.
func unique(items []Item) []Item {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(items), func(it Item) bool {
		was := seen[it.FileID]
		seen[it.FileID] = true
		return was
	})
}

// launch runs items of a job; the caller holds the lock.
func (m *Manager) launch(j *job, items []Item) {
	ctx, cancel := context.WithCancel(context.Background())
	j.cancel, j.done = cancel, make(chan struct{})
	j.task.State, j.task.Err, j.task.Ended = Running, nil, time.Time{}
	m.running.Go(func() {
		defer close(j.done)
		defer cancel()
		err := m.work(ctx, j, items)
		m.finish(ctx, j, err)
	})
	m.tell(true)
}

// work fetches items, a few at a time. Its error is one that ends the whole task.
func (m *Manager) work(ctx context.Context, j *job, items []Item) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("download broke off: %v", p)
		}
	}()
	f, err := openFolder(j.req.Folder, j.req.Manifest)
	if err != nil {
		return err
	}
	defer f.root.Close()
	n := j.req.Jobs
	if n <= 0 {
		n = defaultJobs
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(n)
	for _, it := range items {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return m.fetch(ctx, f, j, it) })
	}
	return group.Wait()
}

// fetch brings one item of a job home. Its error is one that ends the whole task.
func (m *Manager) fetch(ctx context.Context, f *folder, j *job, it Item) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("file %s: %v", it.FileID, p)
		}
	}()
	res := f.fetch(ctx, j.from, &j.req, it, func(n int64) { m.received(j, n) })
	if res.Err != nil && (ctx.Err() != nil || endsAll(res.Err)) {
		return res.Err // not this file's fault: it stays to be fetched
	}
	m.fileEnded(j, it, res)
	return nil
}

// endsAll reports whether no other file can fare better.
func endsAll(err error) bool {
	return errors.Is(err, client.ErrSignInRefused) || errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrNoEndpoint) || diskFull(err)
}

func (m *Manager) received(j *job, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j.task.DoneBytes += n
	j.rate.add(time.Now(), n)
	m.tell(false)
}

func (m *Manager) fileEnded(j *job, it Item, res FileResult) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := &j.task
	t.Files = append(t.Files, res)
	if res.Err != nil {
		t.FailedFiles++
		t.AllBytes -= max(0, it.File.FileSize)
	} else {
		t.DoneFiles++
		t.AllBytes += res.Bytes - max(0, it.File.FileSize) // what was not told before is known now
		if res.unfetched {
			t.DoneBytes += res.Bytes
		}
	}
	m.tell(false)
}

func (m *Manager) finish(ctx context.Context, j *job, err error) {
	m.mu.Lock()
	t := &j.task
	t.Ended, t.Rate = time.Now(), 0
	switch {
	case ctx.Err() != nil:
		t.State = Canceled
	case err != nil:
		t.State, t.Err = Failed, err
	case t.FailedFiles > 0:
		t.State = Failed
	default:
		t.State = Done
	}
	snapshot := j.snapshot()
	m.told = time.Time{}
	m.tell(true)
	m.mu.Unlock()
	if j.ended != nil {
		j.ended(snapshot)
	}
}

// tell wakes the reader of Changed; the caller holds the lock.
func (m *Manager) tell(now bool) {
	if t := time.Now(); now || t.Sub(m.told) >= changeEvery {
		m.told = t
		select {
		case m.changed <- struct{}{}:
		default:
		}
	}
}

// Changed receives when tasks changed since the last receive, about ten times a second at most. It has one reader.
func (m *Manager) Changed() <-chan struct{} { return m.changed }

func (j *job) snapshot() Task {
	t := j.task
	t.Files = slices.Clone(t.Files)
	if t.State == Running {
		t.Rate = j.rate.perSecond(time.Now())
	}
	return t
}

// Tasks returns snapshots of all tasks, the newest first.
func (m *Manager) Tasks() []Task {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Task, 0, len(m.jobs))
	for _, j := range slices.Backward(m.jobs) {
		out = append(out, j.snapshot())
	}
	return out
}

func (m *Manager) find(id string) *job {
	for _, j := range m.jobs {
		if j.task.ID == id {
			return j
		}
	}
	return nil
}

// Cancel stops a task. Whole files stay, halves are removed.
func (m *Manager) Cancel(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if j := m.find(id); j != nil && !j.task.State.Ended() {
		j.cancel()
	}
}

// Retry fetches again what an ended task failed to, or did not get to.
func (m *Manager) Retry(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j := m.find(id)
	if j == nil || !j.task.State.Ended() {
		return
	}
	have := map[string]bool{}
	j.task.Files = slices.DeleteFunc(j.task.Files, func(r FileResult) bool { return r.Err != nil })
	for _, r := range j.task.Files {
		have[r.FileID] = true
	}
	left := slices.DeleteFunc(slices.Clone(j.req.Items), func(it Item) bool { return have[it.FileID] })
	if len(left) == 0 {
		return
	}
	j.task.FailedFiles, j.task.AllBytes = 0, j.task.DoneBytes
	for _, it := range left {
		j.task.AllBytes += max(0, it.File.FileSize)
	}
	m.launch(j, left)
}

// Wait returns the task when it has ended; when ctx ends first, the task is cancelled.
func (m *Manager) Wait(ctx context.Context, id string) Task {
	m.mu.Lock()
	j := m.find(id)
	m.mu.Unlock()
	if j == nil {
		return Task{}
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		j.cancel()
		<-j.done
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return j.snapshot()
}

// Close cancels every task and waits until all have cleaned up.
func (m *Manager) Close() {
	m.mu.Lock()
	for _, j := range m.jobs {
		j.cancel()
	}
	m.mu.Unlock()
	m.running.Wait()
}

// meter measures bytes a second over the last few seconds.
type meter struct {
	at    [6]int64 // seconds
	bytes [6]int64
}

func (r *meter) add(now time.Time, n int64) {
	s := now.Unix()
	i := int(s % int64(len(r.at)))
	if r.at[i] != s {
		r.at[i], r.bytes[i] = s, 0
	}
	r.bytes[i] += n
}

// perSecond leaves out the current second, which is not full, unless it is the first.
func (r *meter) perSecond(now time.Time) float64 {
	s := now.Unix()
	var sum, seconds int64
	for i, at := range r.at {
		if at < s && at >= s-int64(len(r.at))+1 {
			sum += r.bytes[i]
			seconds++
		}
	}
	if seconds == 0 {
		return float64(max(0, r.bytes[s%int64(len(r.at))]))
	}
	return float64(max(0, sum)) / float64(seconds)
}
