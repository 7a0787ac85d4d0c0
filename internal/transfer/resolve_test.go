package transfer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/store"
)

// putOff is a platform at which a row waits until its task is paused, before anything was sent.
type putOff struct {
	*archives
	begun chan struct{}
}

func (p *putOff) Send(ctx context.Context, _ Row, _ string, _ []string) (string, error) {
	close(p.begun)
	<-ctx.Done()
	return "", ctx.Err()
}

func TestARowThatWasNotSentWhenItsTaskPausedWaits(t *testing.T) {
	p := &putOff{newArchives(), make(chan struct{})}
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: p, Archiver: p})
	id := archiving(t, m, toArchive(t, 1))
	<-p.begun
	m.Pause(id)
	task := finished(t, m, id)
	if task.State != Paused || task.FailedFiles != 0 || task.UnknownFiles != 0 {
		t.Fatalf("%s: %d failed, %d unknown, %+v", task.State, task.FailedFiles, task.UnknownFiles, task.Files)
	}
	m.Attach(Session{From: p.archives, Archiver: p.archives})
	m.Resume(id)
	if task = finished(t, m, id); task.State != Done || len(p.sent) != 1 {
		t.Errorf("%s, %d sent", task.State, len(p.sent))
	}
}

func TestATaskThatCannotBeQueuedWholeIsNotThere(t *testing.T) {
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: newArchives()})
	full := errors.New("disk full")
	_, err := m.enqueue(store.Task{Kind: KindDownload}, spec{}, func(id int64) error {
		_, err := m.store.AddFiles(t.Context(), id, m.owner, []store.File{{ID: "F1"}})
		return errors.Join(err, full)
	})
	m.look()
	if tasks := m.Tasks(); !errors.Is(err, full) || len(tasks) != 0 {
		t.Errorf("%v, %d tasks", err, len(tasks))
	}
}

func TestRowsThatATaskHasArePlannedForNoOther(t *testing.T) {
	a := newArchives()
	a.lose = func(n int) bool { return n == 3 }
	a.found = func(Row, []string) string { return "" }
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{Profile: "p", From: a, Archiver: a})
	plan := toArchive(t, 10)
	id, err := m.StartArchive(ArchiveRequest{Profile: "p", Rows: plan})
	if err != nil {
		t.Fatal(err)
	}
	task := finished(t, m, id)
	queued, err := m.QueuedRows(t.Context(), "p")
	if err != nil || len(queued) != 1 || task.UnknownFiles != 1 {
		t.Fatalf("%d queued, %d unknown, %v", len(queued), task.UnknownFiles, err)
	}
	var rows []Row
	for _, p := range plan {
		rows = append(rows, p.Row)
	}
	again, err := Plan(t.Context(), rows, Checks{Platform: newArchives(), Queued: queued})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range again {
		if want := map[bool]error{true: ErrRowQueued}[i == 2]; !errors.Is(p.Problem, want) {
			t.Errorf("row %d: %v", i, p.Problem)
		}
	}
	if other, err := m.QueuedRows(t.Context(), "another profile"); err != nil || len(other) != 0 {
		t.Errorf("%v, %v", other, err)
	}
}

func TestACodeThatIsNotKnownIsADoubtWhereNotAllAre(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, scan("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	rows := []Row{{Path: path, AccountNo: "1", AccountBizType: "0", Code: "9999", Title: "t"}}
	for _, some := range []bool{true, false} {
		plan, err := Plan(t.Context(), rows, Checks{Platform: newArchives(), KnownCode: func(string) bool { return false }, SomeCodes: some})
		if err != nil {
			t.Fatal(err)
		}
		if some != errors.Is(plan[0].Doubt, ErrRowCode) || some == errors.Is(plan[0].Problem, ErrRowCode) {
			t.Errorf("some %v: %v, %v", some, plan[0].Problem, plan[0].Doubt)
		}
		if want := (Counts{Good: 1, Doubtful: 1}); some && Count(plan) != want {
			t.Errorf("%+v", Count(plan))
		}
	}
}

func TestUnknownRowsOfATaskWithMoreToSendAreNotTouched(t *testing.T) {
	a := newArchives()
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: a, Archiver: a})
	task := store.Task{Kind: KindArchive, Spec: `{"key":"k"}`, State: string(Canceled), Owner: m.owner}
	id, err := m.store.AddTask(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	plan := toArchive(t, 2)
	if _, err = m.store.AddFiles(t.Context(), id, m.owner, []store.File{queuedRow(plan[0].Row), queuedRow(plan[1].Row)}); err != nil {
		t.Fatal(err)
	}
	unknown := store.File{Seq: 1, State: store.FileUnknown, Result: outcome{Error: faultOf(client.ErrOutcomeUnknown)}.String()}
	if err := m.store.Settle(t.Context(), id, m.owner, []store.File{unknown}); err != nil {
		t.Fatal(err)
	}
	task.Owner = ""
	if err := m.store.SetState(t.Context(), id, m.owner, task); err != nil {
		t.Fatal(err)
	}
	name := strconv.FormatInt(id, 10)
	if err := m.LookUp(t.Context(), name); !errors.Is(err, ErrUnsent) {
		t.Errorf("looking up: %v", err)
	}
	if err := m.SendAgain(t.Context(), name, 1); !errors.Is(err, ErrUnsent) || len(a.sent) > 0 {
		t.Errorf("sending again: %v, %d sent", err, len(a.sent))
	}
}

// What is left of an archive is sent by whoever takes it up, unless another program is at it.
func TestAnArchiveOfAProgramThatIsGoneIsTakenUp(t *testing.T) {
	a := newArchives()
	st := store.New(filepath.Join(t.TempDir(), "state.db"))
	defer st.Close()
	m := NewManager(Options{Store: st})
	defer m.Close()
	m.Attach(Session{From: a, Archiver: a})
	plan := toArchive(t, 2)
	queue := func(owner string, lease time.Time) string {
		id, err := st.AddTask(t.Context(), store.Task{Kind: KindArchive, Spec: `{"key":"k"}`, State: string(Running), Owner: owner, Lease: lease})
		if err == nil {
			_, err = st.AddFiles(t.Context(), id, owner, []store.File{queuedRow(plan[0].Row), queuedRow(plan[1].Row)})
		}
		if err != nil {
			t.Fatal(err)
		}
		return strconv.FormatInt(id, 10)
	}
	if err := m.TakeUp(t.Context(), queue("another", time.Now().Add(time.Hour))); !errors.Is(err, ErrElsewhere) {
		t.Errorf("another program's: %v", err)
	}
	id := queue("gone", time.Now().Add(-time.Second))
	if err := m.TakeUp(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if task := finished(t, m, id); task.State != Done || len(a.sent) != 2 {
		t.Errorf("%s, %d sent", task.State, len(a.sent))
	}
	if err := m.TakeUp(t.Context(), id); !errors.Is(err, ErrNoneLeft) {
		t.Errorf("one that is done: %v", err)
	}
	if err := m.LookUp(t.Context(), id); !errors.Is(err, ErrNoneUnknown) {
		t.Errorf("looking up one that is done: %v", err)
	}
	for _, none := range []string{"77", "x", ""} {
		if err := m.LookUp(t.Context(), none); !errors.Is(err, ErrNoTask) {
			t.Errorf("looking up %q: %v", none, err)
		}
	}
}
