package tasks

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// queue holds an archive of unknown outcome, which takes a second to be looked up, and a download that runs.
type queue struct {
	Service
	looks int
}

func (q *queue) Tasks() []transfer.Task {
	return []transfer.Task{
		{ID: "1", Label: "名单", Kind: transfer.KindArchive, State: transfer.Failed, AllFiles: 2, UnknownFiles: 2},
		{ID: "2", Label: "合同", Kind: transfer.KindDownload, State: transfer.Running, AllFiles: 4, DoneFiles: 1, AllBytes: 4000, DoneBytes: 1000, Rate: 40},
	}
}

func (q *queue) LookUpTask(context.Context, string) error {
	q.looks++
	time.Sleep(time.Second)
	return nil
}

func TestATaskIsLookedUpOnceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{}
		m := New(core.NewEnv(t.Context()), q)
		d := uitest.Drive(t, m, m.Init())
		if d.Press("L", "L"); q.looks != 1 || !m.Busy() {
			t.Errorf("looked up %d times, busy %v", q.looks, m.Busy())
		}
		if d.Wait(2 * time.Second); m.Busy() {
			t.Error("busy for ever")
		}
	})
}

func TestTheTotalAndTheKindsAreShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(core.NewEnv(t.Context()), &queue{})
		uitest.Drive(t, m, m.Init()).Contains("归档", "下载", "进行中 1", "总计 [###---------] 25% 剩 01:15")
	})
}
