package ui

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/transfer"
)

// planned goes to the plan of the list in testdata.
func (l *lab) planned() *lab { return l.follow(ways["batch-plan"]) }

func TestManyFilesAreCheckedConfirmedAndArchived(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.planned().Contains("共 7 行：可归档 2，存疑 0，不归档 5", "资料编码未知", "该账户已有或曾有", "账户不存在", "此类文件不归档", "文件无法读取")
		l.Press("F").Lacks("可归档  ", "签字页.jpg").Press("esc").Contains("签字页.jpg")
		l.Press("a").Wait(time.Second)
		l.Contains("归档 2 行？", "不归档的 5 行不会发送")
		l.Press("enter").Wait(time.Minute)
		if n := len(l.app.Tasks()); n != 0 {
			t.Fatalf("cancel is the first answer, and %d tasks were started", n)
		}
		l.Press("a", "tab", "enter").Wait(time.Minute)
		l.Contains("任务", "2/2", "完成").Lacks("t 任务") // it is there already
		l.Press("enter").Wait(time.Second)
		l.Contains("各行结果", "已归档 2 失败 0 不明 0 未发送 0", "签字页.jpg")
		l.Press("e").Wait(time.Second)
		for _, name := range []string{"imagery-task-1.csv", "imagery-task-1.jsonl"} {
			b, err := os.ReadFile(filepath.Join(l.dir, "下载", name))
			if err != nil || strings.Count(string(b), "8800000004") != 1 {
				t.Errorf("%s: %v\n%s", name, err, b)
			}
		}
	})
}

func TestAPlanIsCheckedAgainAndKnowsWhatIsThereByThen(t *testing.T) {
	run(t, 100, 30, "en", func(l *lab) {
		l.planned().Press("a", "tab", "enter").Wait(time.Minute)
		l.Press("esc").Wait(time.Second)
		l.Press("U").Wait(time.Second)
		l.Contains("testdata/batch/list.csv") // as it was left
		l.Press("f7").Wait(time.Second)
		l.Contains("7 rows: 0 can be archived", "The account has this very file already")
		l.Press("a").Wait(time.Second)
		l.Contains("Not one row can be archived")
	})
}

func TestABrokenListIsSaidWhereItIsNamed(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("U", "tab").Type("testdata/batch/nothing.csv").Press("f7").Wait(time.Second)
		l.Contains("没有这个文件", "批量归档")
		bad := filepath.Join(l.dir, "bad.csv")
		if err := os.WriteFile(bad, []byte("path,title\nx,y\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.Press("ctrl+u").Type(bad).Press("f7").Wait(time.Second)
		l.Contains("归档清单无法读取", "缺少列 账号（account）")
	})
}

func TestUnknownRowsAreLookedUpAndSentAgainOnlyWhenTheUserSaysSo(t *testing.T) {
	var sent, seen atomic.Int64 // archives sent; whether the platform shows what became of them
	run(t, 100, 30, "zh", func(l *lab) {
		l.lose = func(r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/"+demo.SystemCode+"/") {
				sent.Add(1)
				return true
			}
			return sent.Load() == 2 && seen.Load() == 0 && strings.HasSuffix(r.URL.Path, "/materials/query")
		}
		l.planned().Press("a", "tab", "enter").Wait(5 * time.Minute)
		l.Contains("不明", "2 行结果不明")
		if sent.Load() != 2 {
			t.Fatalf("%d archives were sent", sent.Load())
		}
		l.Press("enter").Wait(time.Second)
		l.Contains("不明 2")
		l.Press("S").Wait(time.Second)
		l.Contains("再次发送 1 行？", "可能已经归档")
		l.Press("enter").Wait(time.Minute) // cancel
		if sent.Load() != 2 {
			t.Errorf("%d archives were sent after cancelling", sent.Load())
		}
		seen.Store(1)
		l.Press("L").Wait(time.Minute)
		l.Contains("已归档 2 失败 0 不明 0")
		if task := l.app.Tasks()[0]; task.State != transfer.Done || sent.Load() != 2 {
			t.Errorf("%s, %d sent", task.State, sent.Load())
		}
	})
}

func TestAReadOnlyProfilePlansButDoesNotArchive(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.planned().Contains("可归档 2")
		l.Press("a").Wait(time.Second)
		l.Contains("只读").Lacks("归档 2 行？")
	}, func(_ *demo.Options, p *config.Profile) { p.ReadOnly = true })
}

func TestATasksPriorityIsRaisedAndLowered(t *testing.T) {
	run(t, 120, 30, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.latency = time.Hour
		l.Press("d", "enter", "t").Wait(time.Second)
		l.Press("+", "+", "-").Wait(time.Second)
		l.Contains("+1")
		if task := l.app.Tasks()[0]; task.Priority != 1 {
			t.Errorf("priority %d", task.Priority)
		}
		l.Press("X").Wait(time.Minute)
	})
}

func TestWhatADownloadDidNotBringComesToAnotherFolder(t *testing.T) {
	run(t, 120, 30, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.lose = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/file") }
		l.Press("d", "enter", "t").Wait(10 * time.Minute)
		l.Contains("失败1", "R 只重新下载失败的 1 个文件")
		l.lose = nil
		other := filepath.Join(l.dir, "别处")
		l.Press("D").Wait(time.Second)
		l.Contains("上次没有下载到的文件")
		l.Press("ctrl+u").Type(other).Press("enter").Wait(time.Minute)
		if task := l.app.Tasks()[0]; task.State != transfer.Done || task.DoneFiles != 1 || task.Folder != other {
			t.Errorf("%s: %d files in %s, %v", task.State, task.DoneFiles, task.Folder, task.Err)
		}
		l.Press("k", "D").Wait(time.Second)
		l.Contains("没有未下载的文件")
	})
}
