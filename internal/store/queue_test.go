package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func queueOf(t *testing.T) (*Store, int64) {
	t.Helper()
	s := New(filepath.Join(t.TempDir(), "state.db"))
	t.Cleanup(func() { _ = s.Close() })
	id, err := s.AddTask(context.Background(), Task{Profile: "甲", Kind: "download", State: "running", Owner: "me", Spec: "{}", Created: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return s, id
}

func one(t *testing.T, s *Store) Task {
	t.Helper()
	tasks, err := s.Tasks(context.Background())
	if err != nil || len(tasks) != 1 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	return tasks[0]
}

func TestATaskCountsWhatBecameOfItsFiles(t *testing.T) {
	s, id := queueOf(t)
	ctx := context.Background()
	n, err := s.AddFiles(ctx, id, "me", []File{{ID: "a", Bytes: 10}, {ID: "b"}, {ID: "a"}, {ID: "c", Bytes: 5}})
	if err != nil || n != 3 {
		t.Fatalf("%d added, %v", n, err)
	}
	if n, err = s.AddFiles(ctx, id, "me", []File{{ID: "c"}, {ID: "d"}}); err != nil || n != 1 {
		t.Fatalf("%d added, %v", n, err)
	}
	settle := func(files ...File) {
		t.Helper()
		if err := s.Settle(ctx, id, "me", files); err != nil {
			t.Fatal(err)
		}
	}
	settle(File{Seq: 1, State: FileSaved, Bytes: 12}, File{Seq: 2, State: FileKept, Bytes: 7}, File{Seq: 3, State: FileFailed, Bytes: 5}, File{Seq: 4, State: FileUnknown})
	if got := one(t, s); got.Files != 4 || got.Done != 2 || got.Kept != 1 || got.Failed != 1 || got.Unknown != 1 || got.Bytes != 19 || got.Total != 24 {
		t.Errorf("%+v", got)
	}
	settle(File{Seq: 4, State: FileSaved, Bytes: 1})
	if got := one(t, s); got.Done != 3 || got.Unknown != 0 || got.Bytes != 20 {
		t.Errorf("%+v", got)
	}
	waiting, err := s.Files(ctx, id, 0, 10, FileWaiting)
	if err != nil || len(waiting) != 0 {
		t.Errorf("%v waiting, %v", waiting, err)
	}
}

func TestOnlyItsOwnerChangesATask(t *testing.T) {
	s, id := queueOf(t)
	ctx := context.Background()
	if _, err := s.AddFiles(ctx, id, "me", []File{{ID: "a"}}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Claim(ctx, id, "somebody", "other", time.Now()); got || err != nil {
		t.Errorf("claimed from one who does not have it: %v", err)
	}
	if got, err := s.Claim(ctx, id, "me", "other", time.Now()); !got || err != nil {
		t.Errorf("not claimed: %v", err)
	}
	for name, err := range map[string]error{
		"settle": s.Settle(ctx, id, "me", []File{{Seq: 1, State: FileSaved, Bytes: 3}}), "state": s.SetState(ctx, id, "me", Task{State: "done"}), "listed": s.SetListed(ctx, id, "me"),
	} {
		if !errors.Is(err, ErrNotOwner) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := one(t, s); got.Done != 0 || got.State != "running" || got.Listed {
		t.Errorf("%+v", got)
	}
}

func TestRequeueDoesFailedFilesAnewAndUnknownOnesOnlyOnTheirOwn(t *testing.T) {
	s, id := queueOf(t)
	ctx := context.Background()
	if _, err := s.AddFiles(ctx, id, "me", []File{{ID: "a"}, {ID: "b"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Settle(ctx, id, "me", []File{{Seq: 1, State: FileFailed}, {Seq: 2, State: FileUnknown}}); err != nil {
		t.Fatal(err)
	}
	if did, err := s.Requeue(ctx, id, "waiting", true); did || err != nil {
		t.Errorf("a task that runs was requeued: %v", err)
	}
	if err := s.SetState(ctx, id, "me", Task{State: "failed", Ended: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if did, err := s.Requeue(ctx, id, "waiting", true); !did || err != nil {
		t.Error(err)
	}
	if waiting, _ := s.Files(ctx, id, 0, 10, FileWaiting); len(waiting) != 1 || waiting[0].ID != "a" {
		t.Errorf("%v wait", waiting)
	}
	if did, err := s.Resend(ctx, id, 2); !did || err != nil {
		t.Error(err)
	}
	if did, err := s.Resend(ctx, id, 2); did || err != nil {
		t.Errorf("resent twice: %v", err)
	}
	if got := one(t, s); got.Failed != 0 || got.Unknown != 0 || !got.Ended.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestTasksGoAlongWithTheirProfileAndOldOnesGo(t *testing.T) {
	s, id := queueOf(t)
	ctx := context.Background()
	if err := s.Rename(ctx, "甲", "乙"); err != nil || one(t, s).Profile != "乙" {
		t.Errorf("%v, %+v", err, one(t, s))
	}
	if err := s.Forget(ctx, "乙"); err != nil || one(t, s).ID != id {
		t.Error("a running task was forgotten")
	}
	if err := s.SetState(ctx, id, "me", Task{State: "done", Ended: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveTasks(ctx, time.Now()); err != nil {
		t.Fatal(err)
	}
	if tasks, _ := s.Tasks(ctx); len(tasks) != 0 {
		t.Errorf("%+v is left", tasks)
	}
}
