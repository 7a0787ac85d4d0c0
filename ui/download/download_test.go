package download

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// machine takes a second to make a folder.
type machine struct {
	started, cancelled int
	err                error
}

func (m *machine) Download(transfer.Request) (string, error) {
	time.Sleep(time.Second)
	m.started++
	return "task", m.err
}

func (m *machine) CancelTask(string)                                      { m.cancelled++ }
func (m *machine) DownloadFolder() string                                 { return "/影像" }
func (m *machine) CompletePath(context.Context, string) ([]string, error) { return nil, nil }
func (m *machine) Explain(err error) string                               { return err.Error() }

func open(t *testing.T, lang string, f func(d *uitest.Dialog, m *machine)) {
	synctest.Test(t, func(t *testing.T) {
		env, m := core.NewEnv(t.Context()), &machine{}
		env.SetLang(lang)
		f(uitest.DriveDialog(t, New(env, m, make([]transfer.Item, 2))), m)
	})
}

func TestADownloadCalledOffWhileItStartsDoesNotRunUnseen(t *testing.T) {
	for lang, words := range map[string][2]string{"zh": {"正在准备文件夹", "已停止"}, "en": {"Making the folder ready", "Stopped"}} {
		open(t, lang, func(d *uitest.Dialog, m *machine) {
			d.Press("enter").Contains(words[0])
			d.Press("esc").Contains(words[1]).Lacks(words[0])
			d.Wait(2 * time.Second)
			if d.Closed != nil || m.started != m.cancelled {
				t.Errorf("closed with %v, %d started, %d cancelled", d.Closed, m.started, m.cancelled)
			}
			if d.Press("esc"); d.Closed != (core.Cancel{}) {
				t.Errorf("the second Esc gave %v", d.Closed)
			}
		})
	}
}

func TestADownloadStartsOnceAndAFailureStays(t *testing.T) {
	open(t, "zh", func(d *uitest.Dialog, m *machine) {
		m.err = errors.New("文件夹不可写")
		d.Press("enter", "enter").Wait(2 * time.Second)
		d.Contains("文件夹不可写")
		m.err = nil
		d.ClickOn("开始下载", 0).ClickOn("开始下载", 0).Wait(2 * time.Second)
		if d.Closed != (Started{"task"}) || m.started != 2 {
			t.Errorf("%v, started %d times", d.Closed, m.started)
		}
	})
}

func TestTheNextDownloadIsOfferedTheFolderOfTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, m := core.NewEnv(t.Context()), &machine{}
		d := uitest.DriveDialog(t, New(env, m, make([]transfer.Item, 2)))
		d.Press("ctrl+u").Type("/证据/三月").Press("enter").Wait(2 * time.Second)
		if d.Closed != (Started{"task"}) {
			t.Fatalf("%v", d.Closed)
		}
		m.err = errors.New("磁盘已满")
		d = uitest.DriveDialog(t, New(env, m, make([]transfer.Item, 2)))
		d.Contains("/证据/三月").Press("ctrl+u").Type("/证据/四月").Press("enter").Wait(2 * time.Second)
		d.Contains("磁盘已满", "/证据/四月") // which can be changed
		d = uitest.DriveDialog(t, New(env, m, make([]transfer.Item, 2)))
		d.Contains("/证据/三月").Press("up").Contains("/影像")
	})
}
