package ui

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/audit"
	engine "imagery/internal/review"
	"imagery/ui/internal/uitest"
	"imagery/ui/materials"
	"imagery/ui/review"
)

func TestASpotCheckGoesFromTheSearchToItsPack(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "S"}).Contains("新抽查", "全部可见账号", "(o)发现")
		l.Press("esc").Contains("还没有抽查").Press("esc").Wait(time.Second)
		l.follow([]string{"S", "tab", "right", "right", "space", "tab", "tab", "ctrl+u", "=3", "f7"})
		l.Contains("总体 300 户，已记录在案", "SHA-256", "抽 3 户").Type("20260402").Press("f7").Wait(time.Second)
		l.Contains("复核 第 1 户", "抽样 3 / 300  种子 20260402", "0/3", ">  1 [", "1/3 页")
		l.Press("]").Wait(time.Second)
		l.Contains("2/3 页").Press("]", "]").Wait(time.Second)
		l.Contains("2/13 份", "1/3 页").Press("[").Wait(time.Second)
		l.Contains("1/13 份")

		l.Press("n").Contains("[不通过] 影像清晰可辨", ">  2 [")
		l.Press("c").Type("第 2 页压线").Press("enter").Contains("备注 第 2 页压线")
		l.Press("f").Contains("有效期至").Type("2031-04-02").Press("f7").Contains("发现 有效期 2031-04-02")
		l.Press("Y").Contains("复核 第 2 户").Lacks("正在") // at once: it was fetched ahead
		l.Wait(time.Second).Contains("1/3", "已存盘", "不通过 1")
		l.Press("y", "s", "y", "y", "d", "y").Wait(time.Second) // the last answer is the verdict
		l.Contains("复核 第 3 户", "2/3", "未定 1", "搁置 0")
		l.Press("Y").Wait(time.Second)
		l.Contains("全部复核完毕", "3/3").Press("esc").Wait(time.Second)
		l.Contains("待签核", "正在看 0")

		l.Press("e").Contains("签核之后才能写证据包")
		l.Press("w").Wait(time.Second)
		l.Contains("签核后不能再改判定", "未设可容忍不合格率").Press("f7").Wait(time.Second)
		l.Contains("已签核").Press("e").Wait(time.Second)
		pack := filepath.Join(l.dir, "pack")
		l.Press("ctrl+u").Type(pack).Press("f7").Wait(2 * time.Second)
		l.Contains("已写到", "SHA256SUMS")
		c, err := engine.Verify(pack)
		if err != nil || c.Err() != nil || c.Items != 3 || c.Verdicts != 3 {
			t.Errorf("%+v, %v", c, err)
		}
		findings, err := os.ReadFile(filepath.Join(pack, "findings.csv"))
		if err != nil || !strings.Contains(string(findings), "2031-04-02") {
			t.Errorf("%s, %v", findings, err)
		}
		verdicts, err := os.ReadFile(filepath.Join(pack, "verdicts.jsonl"))
		if err != nil || !strings.Contains(string(verdicts), `"files":[{"fileId"`) || !strings.Contains(string(verdicts), "第 2 页压线") {
			t.Errorf("%s, %v", verdicts, err)
		}
	})
}

func TestAVerdictIsTakenBackWithWhatWasSaid(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow(reviewing("u")).Contains("您还没有判定可撤销")
		l.Press("n", "y").Contains("[不通过]", ">  3 [").Press("u", "u").Contains(">  1 [      ]", "   2 [      ]") // the answers, one by one
		l.Press("u").Contains("您还没有判定可撤销")
		l.Press("n", "Y").Wait(time.Second)
		l.Contains("第 2 户", "1/3").Press("u").Wait(time.Second)
		l.Contains("第 1 户", "0/3", "[不通过] 影像清晰可辨", "[ 通过 ] 姓名与账户一致")
		l.Press("y", "enter").Wait(time.Second)
		l.Contains("第 2 户", "1/3", "不通过 0")
	})
}

// A review is paused by leaving it, also without a word: what was claimed goes back, and the place is found again.
func TestAPausedReviewGoesOnWhereItWas(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow(reviewing("Y", "n", "y", "c")).Type("压线").Press("enter", "esc").Wait(time.Second)
		l.Contains("复核中", "1/3", "正在看 0").Press("enter").Wait(time.Second)
		l.Contains("复核 第 2 户", "[不通过] 影像清晰可辨", "[ 通过 ] 姓名与账户一致", ">  3", "压线") // in the middle of an account, too
		l.restart().Press("3").Wait(time.Second)
		l.Contains("正在看 0").Press("enter").Wait(time.Second)
		l.Contains("复核 第 2 户").Press("v").Wait(time.Second)
		l.Contains("> 1/3").Press("esc").Wait(time.Second) // the full-screen viewer and back
		l.Contains("复核 第 2 户").Press("Y", "Y").Wait(time.Second)
		l.Contains("全部复核完毕")
	})
}

func TestAVerdictThatCannotBeKeptComesBack(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow(reviewing())
		db, err := sql.Open("sqlite", filepath.Join(l.dir, "review.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		alter := func(q string) {
			if _, err := db.Exec(q); err != nil {
				t.Fatal(err)
			}
		}
		alter("ALTER TABLE verdict RENAME TO elsewhere")
		l.Press("n", "Y").Wait(time.Second)
		l.Contains("判定没有存下", "第 2 户")
		alter("ALTER TABLE elsewhere RENAME TO verdict")
		l.Press("Y").Wait(time.Second)
		l.Contains("第 1 户", "[不通过] 影像清晰可辨", "1/3").Press("enter").Wait(time.Second)
		l.Contains("第 3 户", "2/3", "不通过 1")
	})
}

// However a review is left, and though nothing of what its verdicts started is run any more, they get to the disk and no claim goes back first.
func TestEveryVerdictThatWasGivenGetsToTheDisk(t *testing.T) {
	for _, way := range []string{"q", "1", "ctrl+c"} {
		run(t, 100, 30, "zh", func(l *lab) {
			l.follow(reviewing())
			l.model.Update(uitest.Key("Y"))
			l.model.Update(uitest.Key("Y"))
			l.Press(way).Wait(time.Second)
			if err := l.app.Close(); err != nil {
				t.Error(err)
			}
			b, run := l.onlyRun()
			if p, err := b.Progress(l.model.env.Ctx, run.ID, "demo"); err != nil || p.Mine != 2 {
				t.Errorf("%s: %+v, %v", way, p, err)
			}
		})
	}
}

// onlyRun opens the database of spot checks beside the program, and returns the one run in it.
func (l *lab) onlyRun() (*engine.Book, engine.Run) {
	l.t.Helper()
	b, err := engine.Open(l.model.env.Ctx, filepath.Join(l.dir, "review.db"))
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = b.Close() })
	runs, err := b.Runs(l.model.env.Ctx, "")
	if err != nil || len(runs) != 1 {
		l.t.Fatal(runs, err)
	}
	return b, runs[0]
}

// A verdict that the disk refuses after its screen is gone is told, and comes back as the draft that it was.
func TestARefusedVerdictLeavesItsDraft(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow(reviewing("n"))
		db, err := sql.Open("sqlite", filepath.Join(l.dir, "review.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("ALTER TABLE verdict RENAME TO elsewhere"); err != nil {
			t.Fatal(err)
		}
		_, saving := l.model.Update(uitest.Key("Y"))
		l.Press("q")
		l.after(saving).Contains("账户 8800", "的判定没有存下")
		if _, err := db.Exec("ALTER TABLE elsewhere RENAME TO verdict"); err != nil {
			t.Fatal(err)
		}
		l.Press("enter").Wait(time.Second)
		l.Contains("复核 第 1 户", "[不通过] 影像清晰可辨", "[ 通过 ] 姓名与账户一致")
	})
}

// after delivers what a command says that was held back.
func (l *lab) after(cmd tea.Cmd) *lab {
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			l.after(c)
		}
	default:
		l.Send(msg)
	}
	return l
}

func TestTwoBlindReviewersDifferAndAreSettled(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "S", "tab", "right", "right", "space", "tab", "tab", "ctrl+u", "=1", "tab", "tab", "space", "f7", "f7"})
		l.Contains("互盲 第一人").Press("Y").Wait(time.Second)
		l.Contains("等别人复核")
		b, run := l.onlyRun()
		task, err := b.Next(l.model.env.Ctx, run.ID, "another")
		if err != nil || task.Round != engine.Second {
			t.Fatal(task, err)
		}
		v := engine.Verdict{Note: "模糊"}
		for _, c := range run.Checklist.Checks {
			v.Answers = append(v.Answers, engine.Answer{Check: c.ID, Value: engine.Pass})
		}
		v.Answers[0].Value = engine.Fail
		if _, err := b.Put(l.model.env.Ctx, task, v); err != nil {
			t.Fatal(err)
		}
		l.Press("r").Wait(time.Second)
		l.Contains("1 处分歧待裁定").Press("esc").Wait(time.Second)
		l.Press("D").Wait(time.Second)
		l.Contains("通过 demo", "不通过 another", "影像清晰可辨", "待裁定").Press("enter").Wait(time.Second)
		l.Contains("裁定", ">  1 [      ]通过/不通过", "[ 通过 ]通过/通过").Press("n", "enter").Wait(time.Second)
		l.Contains("裁定须写明理由").Type("确实模糊").Press("enter").Press("enter").Wait(time.Second)
		if _, on := l.model.top().(*review.Differences); !on {
			t.Fatalf("settling led to %T", l.model.top())
		}
		l.Contains("不通过 ").Lacks("待裁定 ").Press("esc").Wait(time.Second)
		l.Contains("待签核", "待裁定 0")
	})
}

func TestThePlatformFailingLeavesTheAccountToBeTriedAgain(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow(reviewing("esc"))
		l.down = true
		l.Press("enter").Wait(5 * time.Minute)
		l.Contains("没有答复", "按 r 重试", "复核 第 1 户")
		l.down = false
		l.Press("r").Wait(5 * time.Second)
		l.Contains("复核 第 1 户", "1/13 份")
	})
}

func TestTheThirdTabIsTheSpotChecks(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "enter"})
		if _, on := l.model.top().(*materials.Model); !on {
			t.Fatal("no materials")
		}
		l.Press("3").Wait(time.Second)
		l.Contains("还没有抽查").Press("4").Wait(time.Second)
		l.Contains("任务").Press("3").Wait(time.Second)
		if _, on := l.model.top().(*review.Model); !on {
			t.Fatalf("3 led to %T", l.model.top())
		}
	})
}

func TestTheJournalIsFilteredVerifiedAndItsHeadKept(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		j := audit.Open(filepath.Join(l.dir, "audit.jsonl"))
		for _, e := range []audit.Entry{
			{Act: audit.Discard, Phase: audit.Ended, Ref: "x", User: "other", Result: audit.Failed, Detail: map[string]string{"accountNo": "8800000009"}},
			{Act: audit.Upload, Phase: audit.Begun, Ref: "y", User: "demo", Detail: map[string]string{"folder": "/home/320106196602082211/扫描"}},
		} {
			if err := j.Append(e); err != nil {
				t.Fatal(err)
			}
		}
		l.follow([]string{"+", "J"}).Contains("操作日志  demo 的", "登录", "查询", "日志完好", "320106********")
		l.Lacks("作废", "196602").Press("a").Wait(time.Second)
		l.Contains("全部用户", "作废", "失败", "8800000009")
		l.Press("f").Wait(time.Second)
		l.Contains("筛选操作日志").Press("tab").Type("other").Press("f7").Wait(time.Second)
		l.Contains("按 1 个条件筛选", "作废").Lacks("登录 ")
		l.Press("e").Wait(time.Second)
		file := filepath.Join(l.dir, "heads.txt")
		l.Press("ctrl+u").Type(file).Press("enter").Wait(time.Second)
		l.Contains("日志头已写到", "imagery-audit-head")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, err := audit.ParseHead(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if r, err := j.Verify(head); err != nil || r.Err() != nil || r.Heads != 1 {
			t.Errorf("%+v, %v", r, err)
		}

		path := filepath.Join(l.dir, "audit.jsonl")
		text, err = os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), "8800000009", "8800000008", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		l.Press("esc", "V").Wait(time.Second)
		l.Contains("日志校验未通过", "被改动").Press("i").Contains("不成立之处", "第 1 行")
	})
}
