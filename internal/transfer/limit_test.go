package transfer

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
)

func TestABusyServerIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, start := newPacer(Limits{}), time.Now()
		busy := &client.Error{Op: client.OpFetchFile, Status: 503, RetryAfter: 7 * time.Second}
		p.failed(busy)
		if err := p.acquire(t.Context(), 0); err != nil || time.Since(start) != 7*time.Second {
			t.Errorf("another file began after %s, %v", time.Since(start), err)
		}
		start = time.Now()
		calls := 0
		err := retried(t.Context(), func() error {
			if calls++; calls == 1 {
				return busy
			}
			return nil
		})
		if err != nil || time.Since(start) != 7*time.Second {
			t.Errorf("the same was asked again after %s, %v", time.Since(start), err)
		}
	})
}

func TestRequestsASecondAreLimitedAndTheLimitCanChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, start := newPacer(Limits{PerSecond: 50}), time.Now()
		twenty := func() time.Duration {
			for range 20 {
				if err := p.acquire(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
				p.release(true)
			}
			return time.Since(start)
		}
		if took := twenty(); took != 19*20*time.Millisecond {
			t.Errorf("20 requests at 50 a second took %s", took)
		}
		time.Sleep(time.Second)
		p.limit(Limits{PerSecond: 10})
		if start = time.Now(); twenty() != 19*100*time.Millisecond {
			t.Errorf("20 requests at 10 a second took %s", time.Since(start))
		}
	})
}

// watched counts the requests that are under way at once, whatever they are for.
type watched struct {
	*archives
	now, most atomic.Int64
}

func (w *watched) during(do func()) {
	n := w.now.Add(1)
	for most := w.most.Load(); n > most && !w.most.CompareAndSwap(most, n); most = w.most.Load() {
	}
	time.Sleep(time.Millisecond)
	do()
	w.now.Add(-1)
}

func (w *watched) FetchFile(ctx context.Context, id string) (body *client.FileBody, err error) {
	w.during(func() { body, err = w.archives.FetchFile(ctx, id) })
	return body, err
}

func TestALimitHoldsForAllTasksOfAProfileTogetherWhoeverRunsThem(t *testing.T) {
	w := &watched{archives: newArchives()}
	m := NewManager(Options{})
	defer m.Close()
	w.files = map[string][]byte{}
	items := numbered(60)
	for _, it := range items {
		w.files[it.FileID] = scan(it.FileID)
	}
	var ids []string
	for _, who := range []string{"a", "b"} {
		m.Attach(Session{Profile: "p", Operator: who, From: w, Limits: Limits{Concurrency: 2}})
		id, err := m.Start(Request{Profile: "p", Operator: who, Folder: t.TempDir(), Items: items})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for range 40 { // a check of completeness meanwhile
		done, err := m.Turn(t.Context(), "p")
		if err != nil {
			t.Fatal(err)
		}
		w.during(func() {})
		done()
	}
	for _, id := range ids {
		if task := finished(t, m, id); task.State != Done {
			t.Errorf("%s, %v", task.State, task.Err)
		}
	}
	if w.most.Load() > 2 {
		t.Errorf("%d requests were under way at once", w.most.Load())
	}
}

func TestWithoutLimitsNobodyWaitsForATurn(t *testing.T) {
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{Profile: "p", From: newArchives()})
	for range 1000 { // none of them ends
		if _, err := m.Turn(t.Context(), "p"); err != nil {
			t.Fatal(err)
		}
	}
	m.Attach(Session{Profile: "p", From: newArchives(), Limits: Limits{Concurrency: 1}})
	if _, err := m.Turn(t.Context(), "p"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Turn(ctx, "p"); !errors.Is(err, context.Canceled) {
		t.Errorf("a second turn beside the only one: %v", err)
	}
}

// With a megabyte on the disk, what is known to need more is not begun, whether it was named at once or in a list so far; what is here
// already needs nothing.
func TestWhatCannotFitIsNotBegun(t *testing.T) {
	items := numbered(100)
	for i := range items {
		items[i].File.FileSize = int64(len(scan(items[i].FileID)))
	}
	list := func(yield func(Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	}
	for name, req := range map[string]Request{"named": {Items: items}, "listed": {Source: list}} {
		s := serveFiles(t, nil)
		m := managed(t, clientOf(t, s.URL))
		free := int64(1 << 20)
		m.free = func(string) (int64, bool) { return free, true }
		req.Folder = t.TempDir()
		task := finished(t, m, begin(t, m, req))
		var room *RoomError
		if !errors.As(task.Err, &room) || room.Need <= room.Free || !errors.Is(faultOf(task.Err).err(), ErrNoRoom) {
			t.Errorf("%s: %s, %v", name, task.State, task.Err)
		}
		if got, _ := os.ReadDir(req.Folder); len(got) > 0 && req.Source == nil { // the first of a list fit, as long as nobody knows of the others
			t.Errorf("%s: left %v", name, got)
		}
		free = 1 << 30
		if task = finished(t, m, begin(t, m, req)); task.State != Done {
			t.Fatalf("%s: with room: %s, %v", name, task.State, task.Err)
		}
		free = 1 << 20
		if task = finished(t, m, begin(t, m, req)); task.State != Done || task.KeptFiles != 100 {
			t.Errorf("%s: all here already: %s, %d kept, %v", name, task.State, task.KeptFiles, task.Err)
		}
	}
}
