package tasks

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// queue holds an archive of unknown outcome, which takes a second to be looked up, and a download that runs.
type queue struct {
	Service
	looks int
	more  []transfer.Task
}

func (q *queue) Explain(err error) string { return err.Error() }

func (q *queue) OpenFolder(string) error { return errors.New("没有可以打开文件的程序") }

func (q *queue) Tasks() []transfer.Task {
	return append(q.more, []transfer.Task{
		{ID: "1", Label: "名单", Kind: transfer.KindArchive, State: transfer.Failed, AllFiles: 2, UnknownFiles: 2},
		{ID: "2", Label: "合同", Kind: transfer.KindDownload, State: transfer.Running, AllFiles: 4, DoneFiles: 1, AllBytes: 4000, DoneBytes: 1000, Rate: 40},
	}...)
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

func TestNoShareIsShownOfWhatIsStillListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{more: []transfer.Task{{ID: "3", Kind: transfer.KindDownload, State: transfer.Running, Listing: true, AllFiles: 290, Rate: 40, AllBytes: 4000}}}
		m := New(core.NewEnv(t.Context()), q)
		uitest.Drive(t, m, m.Init()).Contains("正在列出", "0/290").Lacks("总计", "剩 ")
	})
}

func TestAFileThatDidNotComeIsNamedByAccountAndMaterial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		it := &transfer.Item{Account: client.Account{AccountNo: "880012349"}, Material: client.MaterialInfo{MaterialName: "签字页"}}
		q := &queue{more: []transfer.Task{{
			ID: "3", Kind: transfer.KindDownload, State: transfer.Failed, AllFiles: 1, FailedFiles: 1, Folder: "/影像",
			Files: []transfer.FileResult{{FileID: "C0001", Item: it, Err: errors.New("连不上服务器")}},
		}}}
		m := New(core.NewEnv(t.Context()), q)
		d := uitest.Drive(t, m, m.Init()).Contains("! 880012349 签字页  连不上服务器", "失败1").Lacks("C0001")
		d.Resize(80, 20).Contains("进度", "[", "0/1")
		d.Press("o")
		if got := d.Seen[len(d.Seen)-1].(core.ToastMsg).Text; got != "打不开文件夹 /影像：没有可以打开文件的程序" {
			t.Error(got)
		}
	})
}
