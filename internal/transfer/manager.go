package transfer

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"imagery/internal/store"
)

const (
	changeEvery = 100 * time.Millisecond
	maxRunning  = 4 // tasks at once
	pollEvery   = time.Second
	beatEvery   = 5 * time.Second
	leaseTime   = 20 * time.Second
	keepEnded   = 14 * 24 * time.Hour
)

// Options are what a Manager needs.
type Options struct {
	Store *store.Store // keeps the queue; nil: it is held in memory and ends with the Manager
	// Adopt lets tasks of earlier runs, and of programs that are gone, go on here when there is a session for them.
	Adopt bool
}

// Session is a login that tasks of its profile and operator run with.
type Session struct {
	Profile, Operator string
	From              Fetcher  // Lister and Resumer are used if it is one
	Archiver          Archiver // nil: no archives
	Limits            Limits
	Ended             func(Task) // told of each task that ran with this login and ended; nil: nobody is
}

type login struct{ profile, operator string }

// session is a Session with what its tasks share.
type session struct {
	Session
	pace *pacer
}

// Manager runs tasks in the background. Its methods may be called from any goroutine. Several managers, in one program or in many, may
// share a store: each task is run by one of them.
type Manager struct {
	store   *store.Store
	own     bool // the store is the manager's
	adopt   bool
	owner   string
	changed chan struct{}
	kick    chan struct{}
	idle    time.Duration // without a byte of a file, after which it is asked for again
	large   int64         // bytes, from which on a half of a file outlasts the program
	free    func(path string) (bytes int64, ok bool)

	mu       sync.Mutex
	started  bool
	closed   bool
	stop     context.CancelFunc // of the loop
	sessions map[login]*session
	paces    map[string]*pacer // by profile
	jobs     map[int64]*job
	given    map[int64]Request       // requests made here that wait to run
	ended    map[int64]chan struct{} // of tasks that somebody may wait for
	rows     []store.Task            // the queue as last read, newest first
	recent   map[int64]recent
	orders   []func() // changes of the queue that wait for the loop

	told    atomic.Int64 // Unix nanoseconds
	telling atomic.Bool  // a change will be told soon
	looking sync.Mutex   // held while the queue is read and shown, and while a run that ends writes to it
	running sync.WaitGroup
}

// recent are the latest results of a task that does not run here, as of a state of it.
type recent struct {
	of    store.Task
	files []FileResult
	err   error // of the task, as it was before it went through the queue; nil: as the queue has it
}

// NewManager returns a Manager. Nothing is read or run before the first Attach.
func NewManager(o Options) *Manager {
	m := &Manager{
		store: o.Store, adopt: o.Adopt, owner: fmt.Sprintf("%s-%d-%s", hostMark(), os.Getpid(), rand.Text()[:10]), changed: make(chan struct{}, 1), kick: make(chan struct{}, 1), idle: idleRead, large: largeFile, free: freeSpace,
		sessions: map[login]*session{}, paces: map[string]*pacer{}, jobs: map[int64]*job{}, given: map[int64]Request{}, ended: map[int64]chan struct{}{}, recent: map[int64]recent{},
	}
	if m.store == nil {
		m.store, m.own = store.Memory(), true
	}
	return m
}

// Attach lets tasks of a login run. It replaces an earlier session of the same login for tasks that begin from now on. Its limits hold
// for the profile from now on, for tasks that run too.
func (m *Manager) Attach(s Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pace := m.paces[s.Profile]
	if pace == nil {
		pace = newPacer(s.Limits)
		m.paces[s.Profile] = pace
	}
	pace.limit(s.Limits)
	m.sessions[login{s.Profile, s.Operator}] = &session{s, pace}
	if m.adopt {
		m.startLocked()
	}
}

// Turn waits until one more request may be under way on a profile with limits, beside those of its downloads, and returns what ends it.
// Without limits, or a session, it does not wait. Error: ctx's.
func (m *Manager) Turn(ctx context.Context, profile string) (done func(), err error) {
	m.mu.Lock()
	pace := m.paces[profile]
	m.mu.Unlock()
	if pace == nil || !pace.limited() {
		return func() {}, ctx.Err()
	}
	if err := pace.acquire(ctx, 0); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { pace.release(false) }), nil
}

// Detach lets no more tasks of a login begin. Those that run go on with their session.
func (m *Manager) Detach(profile, operator string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, login{profile, operator})
}

// startLocked starts the loop, and lets it look at the queue.
func (m *Manager) startLocked() {
	if !m.started && !m.closed {
		m.started = true
		ctx, cancel := context.WithCancel(context.Background())
		m.stop = cancel
		m.running.Go(func() { m.loop(ctx) })
	}
	m.wake()
}

func (m *Manager) wake() {
	select {
	case m.kick <- struct{}{}:
	default:
	}
}

// Start queues a download and returns its id. Error: ErrNoSession, and those of the queue.
func (m *Manager) Start(r Request) (id string, err error) {
	s := spec{Folder: r.Folder, Template: r.NameTemplate, Manifest: r.Manifest, Jobs: min(r.Jobs, MaxConcurrency), Server: r.Server, Ref: r.Ref, Key: rand.Text()[:12]}
	s.Search, s.Once = searchOf(r.Search), r.Source != nil
	s.Template = cmp.Or(s.Template, DefaultTemplate)
	t := store.Task{Profile: r.Profile, Operator: r.Operator, Kind: KindDownload, Label: cmp.Or(r.Label, r.Folder), Priority: r.Priority}
	return m.enqueue(t, s, func(id int64) error {
		if r.Source != nil || r.Search != nil {
			m.mu.Lock()
			m.given[id] = r
			m.mu.Unlock()
			return nil
		}
		return m.enqueueItems(id, s, r.Items)
	})
}

// enqueueItems queues files that are known.
func (m *Manager) enqueueItems(id int64, s spec, items []Item) error {
	numbers := map[string]int{}
	for batch := range slices.Chunk(items, listBatch) {
		files := make([]store.File, 0, len(batch))
		for _, it := range batch {
			number(numbers, s.Template, &it)
			files = append(files, queued(it))
		}
		if _, err := m.store.AddFiles(context.Background(), id, m.owner, files); err != nil {
			return err
		}
	}
	return m.store.SetListed(context.Background(), id, m.owner)
}

// enqueue adds a task, has its files queued, and lets it run.
func (m *Manager) enqueue(t store.Task, s spec, fill func(id int64) error) (string, error) {
	m.mu.Lock()
	ok := m.sessions[login{t.Profile, t.Operator}] != nil && !m.closed
	m.mu.Unlock()
	if !ok {
		return "", ErrNoSession
	}
	b, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	now := time.Now()
	t.Spec, t.State, t.Created, t.Started, t.Owner, t.Lease = string(b), string(Paused), now, now, m.owner, now.Add(leaseTime)
	id, err := m.store.AddTask(context.Background(), t)
	if err != nil {
		return "", fmt.Errorf("queueing: %w", err)
	}
	m.mu.Lock()
	m.ended[id] = make(chan struct{}) // before it can begin, and so end
	m.mu.Unlock()
	err = fill(id)
	if t.State = string(Waiting); err == nil {
		err = m.store.SetState(context.Background(), id, m.owner, t) // only now may it begin
	}
	if err != nil {
		m.logged("dropping a task that was not queued whole", m.store.DropTask(context.Background(), id, m.owner))
		m.release(id)
		m.mu.Lock()
		delete(m.given, id)
		m.mu.Unlock()
		return "", fmt.Errorf("queueing: %w", err)
	}
	m.look()
	m.mu.Lock()
	m.startLocked()
	m.mu.Unlock()
	return strconv.FormatInt(id, 10), nil
}

// loop keeps leases, carries out orders, and starts tasks when they may begin.
func (m *Manager) loop(ctx context.Context) {
	var poll <-chan time.Time
	if !m.own {
		t := time.NewTicker(pollEvery)
		defer t.Stop()
		poll = t.C
		m.logged("forgetting old tasks", m.store.RemoveTasks(ctx, time.Now().Add(-keepEnded)))
	}
	beat := time.Now()
	for {
		m.carryOut()
		if now := time.Now(); !m.own && now.Sub(beat) >= beatEvery {
			beat = now
			m.logged("keeping leases", m.store.Heartbeat(ctx, m.owner, now.Add(leaseTime)))
		}
		m.look()
		select {
		case <-m.kick:
		case <-poll:
		case <-ctx.Done():
			return
		}
	}
}

func (m *Manager) logged(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Printf("transfer: %s: %v", what, err)
	}
}

func (m *Manager) carryOut() {
	m.mu.Lock()
	orders := m.orders
	m.orders = nil
	m.mu.Unlock()
	for _, do := range orders {
		do()
	}
}

// order lets the loop change the queue: callers may be drawing a screen, and another program may hold the database for a moment.
func (m *Manager) order(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.orders = append(m.orders, do)
	m.startLocked()
}

// look reads the queue, heeds what others wish, and begins tasks.
func (m *Manager) look() {
	m.looking.Lock()
	defer m.looking.Unlock()
	ctx := context.Background()
	rows, err := m.store.Tasks(ctx)
	if err != nil {
		m.logged("looking at the queue", err)
		return
	}
	m.heed(rows)
	m.bury(ctx, rows)
	for _, t := range m.next(rows) {
		if t.Owner != m.owner {
			got, err := m.store.Claim(ctx, t.ID, t.Owner, m.owner, time.Now().Add(leaseTime))
			m.logged("taking over a task", err)
			if !got {
				continue
			}
			t.Owner = m.owner
		}
		m.launch(t)
	}
	m.keep(rows)
}

// heed stops jobs that others took over or want to stop.
func (m *Manager) heed(rows []store.Task) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range rows {
		j := m.jobs[t.ID]
		switch {
		case j == nil && t.Owner == m.owner && t.Wish != "": // it waits for its turn
			m.orders = append(m.orders, func() { m.haltQueued(t, t.Wish, wished[t.Wish]) })
			m.wake()
			continue
		case j == nil:
			continue
		case t.Owner != m.owner && t.Owner != "":
			j.stop(store.ErrNotOwner)
		case t.Wish == wishPause:
			j.stop(errPaused)
		case t.Wish == wishCancel:
			j.stop(errCanceled)
		}
		j.rank.Store(int64(t.Priority))
	}
}

// bury ends tasks whose program died before it had queued all their files.
func (m *Manager) bury(ctx context.Context, rows []store.Task) {
	for i, t := range rows {
		if State(t.State) != Paused || t.Owner == "" || t.Owner == m.owner || !m.adopt || !gone(t.Owner, t.Lease) {
			continue
		}
		got, err := m.store.Claim(ctx, t.ID, t.Owner, m.owner, time.Now().Add(leaseTime))
		if got {
			t.State, t.Ended, t.Owner, t.Error = string(Failed), time.Now(), "", taskErrorText(ErrListCut)
			rows[i] = t
			err = m.store.SetState(ctx, t.ID, m.owner, t)
		}
		m.logged("ending a task that was not queued whole", err)
	}
}

// next returns the tasks that may begin here, in their order.
func (m *Manager) next(rows []store.Task) []store.Task {
	m.mu.Lock()
	defer m.mu.Unlock()
	free := maxRunning - len(m.jobs)
	var out []store.Task
	for _, t := range rows {
		if m.mayBegin(t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b store.Task) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(max(0, free), len(out))]
}

func (m *Manager) mayBegin(t store.Task) bool {
	state := State(t.State)
	if m.closed || m.jobs[t.ID] != nil || state.Ended() || state == Paused || m.sessions[login{t.Profile, t.Operator}] == nil {
		return false
	}
	return t.Owner == m.owner || m.adopt && (t.Owner == "" || gone(t.Owner, t.Lease))
}

// gone reports whether the program that owned a task does not live any more.
func gone(owner string, lease time.Time) bool {
	if time.Now().After(lease) {
		return true
	}
	var host string
	var pid int
	n, _ := fmt.Sscanf(owner, "%8s-%d-", &host, &pid)
	return n == 2 && host == hostMark() && pid != os.Getpid() && !alive(pid)
}
