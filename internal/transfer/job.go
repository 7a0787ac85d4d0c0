package transfer

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"imagery/internal/store"
)

// Why a run stops, as the cause of its context.
var (
	errPaused   = errors.New("transfer: paused")
	errCanceled = errors.New("transfer: canceled")
	errQuit     = errors.New("transfer: the program ends")
)

// How many results a snapshot holds at most, of each sort.
const (
	latestFailed = 8
	latestDone   = 16
)

// job is a task that runs here.
type job struct {
	id       int64
	owner    string
	operator string
	store    *store.Store
	sess     *session
	pace     *pacer
	spec     spec
	given    iter.Seq2[Item, error] // of a request that was made here
	stop     context.CancelCauseFunc
	idle     time.Duration
	large    int64
	free     func(path string) (bytes int64, ok bool)
	tell     func()
	progress progress
	rank     atomic.Int64 // the task's priority

	mu           sync.Mutex
	task         Task
	failed, done []FileResult // the latest
}

// progress counts bytes as they come.
type progress struct {
	n    atomic.Int64
	tell func()
	mu   sync.Mutex
	rate meter
}

func (p *progress) add(n int64) {
	p.n.Add(n)
	p.mu.Lock()
	p.rate.add(time.Now(), n)
	p.mu.Unlock()
	p.tell()
}

func (j *job) priority() int { return int(j.rank.Load()) }

func (j *job) listed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return !j.task.Listing
}

func (j *job) allListed() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.task.Listing = false
}

// source is where the task's files are named; nil if that was read by a program that is gone.
func (j *job) source(ctx context.Context) iter.Seq2[Item, error] {
	if j.given != nil {
		return j.given
	}
	lister, ok := j.sess.From.(Lister)
	if j.spec.Search == nil || !ok {
		return nil
	}
	return j.spec.Search.search().Items(ctx, lister)
}

// queuedMore counts files that were queued.
func (j *job) queuedMore(batch []store.File, added int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.task.AllFiles += added
	if added == len(batch) {
		for _, f := range batch {
			j.task.AllBytes += f.Bytes
		}
	}
	j.tell()
}

// told counts what became of a batch of files.
func (j *job) told(batch []*ticket) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, t := range batch {
		if t.res.Err != nil {
			j.task.FailedFiles++
			j.failed = latest(j.failed, t.res, latestFailed)
			continue
		}
		j.task.DoneFiles++
		if t.res.Status == StatusKept {
			j.task.KeptFiles++
		}
		if t.half == nil {
			j.progress.n.Add(t.res.Bytes) // no byte of it came
		}
		j.task.AllBytes += t.res.Bytes - t.row.Bytes // what was not told before is known now
		j.done = latest(j.done, t.res, latestDone)
	}
	j.tell()
}

// latest adds to a short list; what was handed out of it before stays as it was.
func latest(list []FileResult, r FileResult, limit int) []FileResult {
	if len(list) >= limit {
		list = list[len(list)-limit+1:]
	}
	return append(slices.Clip(list), r)
}

func (j *job) snapshot() Task {
	j.mu.Lock()
	t := j.task
	t.Files = slices.Concat(j.failed, j.done)
	j.mu.Unlock()
	t.Priority = j.priority()
	t.DoneBytes = j.progress.n.Load()
	t.AllBytes = max(t.AllBytes, t.DoneBytes)
	if t.State == Running {
		j.progress.mu.Lock()
		t.Rate = j.progress.rate.perSecond(time.Now())
		j.progress.mu.Unlock()
		t.Jobs = j.pace.level()
	}
	return t
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
