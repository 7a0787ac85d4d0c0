package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/app"
	"imagery/ui/internal/core"
)

func TestHelpPaletteAndLanguageWorkOverDialogs(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("ctrl+g").Contains("直达账号")
		l.Press("f1").Contains("全部按键", "提交").Lacks("按编码")
		l.Press("esc", "f9").Contains("Business type")
		l.Press("f9", "ctrl+p").Contains("命令").Press("f9").Contains("commands").Press("esc", "f1").Contains("submit").Press("f9").Contains("全部按键", "提交")
		l.Press("esc", "esc").Lacks("直达账号")
	})
}

func TestStoppingASearchGoesBackToWhatTheListShows(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Contains("第 1/6 页 共 300 条")
		l.latency = time.Minute
		l.Press("f", "tab").Type("jjht").Press("enter", "f7").Wait(time.Second)
		l.Contains("正在查询")
		l.Press("esc").Wait(time.Second)
		l.latency = 0
		l.Press("]").Wait(2 * time.Second)
		l.Contains("第 2/6 页 共 300 条").Lacks("服务端条件")
		l.Press("f12").Contains("还没有出现过错误") // what was called off did not fail
	})
}

func TestTheVeryFirstSearchCanBeStopped(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.Type("demo").Press("enter").Wait(30 * time.Millisecond)
		l.latency = time.Minute
		l.Wait(time.Second)
		l.Press("esc").Wait(time.Second)
		l.Contains("已停止查询")
		l.latency = 0
		l.Press("r").Wait(time.Second)
		l.Contains("共 300 条")
	})
}

func TestFailuresCanBeReadInFull(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("f12").Contains("还没有出现过错误")
		l.down = true
		l.Press("]").Wait(time.Minute)
		l.Press("f12").Contains("错误详情", "i/o timeout")
		l.Press("esc").Lacks("错误详情")
		l.model.svc.Explain(errors.New("another")) // as a view does with each frame
		l.Press("f12").Contains("i/o timeout").Lacks("another")
	})
}

func TestSwitchingThePlatformGoesBackToTheSignInScreen(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press(":").Type("切换环境").Press("enter").Wait(time.Second)
		l.Contains("登录", "密码").Lacks("账号检索")
		l.signIn().Contains("账号检索")
	})
}

func TestSwitchingTheLanguageKeepsWhatIsTyped(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.Press("shift+tab").Type("-wang").Press("tab").Type("geheim")
		l.Press("f9").Contains("demo-wang", "******")
		l.Press("f9").Contains("demo-wang", "******")
	})
}

func TestATerminalOfWideSymbolsGetsOnlyNarrowOnes(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.Send(tea.CursorPositionMsg{X: 2, Y: probeRow - 1})
		l.signIn().Press("?").Wait(time.Second)
		if got := l.Screen(); strings.ContainsAny(got, "·“”—…─│┌") || !strings.Contains(got, "+-") {
			t.Errorf("\n%s", got)
		}
	})
}

func TestClicksBesideAListDoNotMoveItsCursor(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		_, y, _ := l.Terminal().Find(">  ")
		l.Click(110, 8)
		if _, now, _ := l.Terminal().Find(">  "); now != y {
			t.Errorf("the detail pane selects rows:\n%s", l.Screen())
		}
		l.Click(10, y+2)
		if _, now, _ := l.Terminal().Find(">  "); now != y+2 {
			t.Errorf("line %d instead of %d", now, y+2)
		}
	})
}

func TestSigningInAgainCanBePutOff(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.model.app.SignOut()
		l.Press("r").Wait(2 * time.Second)
		l.Contains("稍后")
		l.Press("tab", "tab", "enter").Wait(2 * time.Minute)
		l.Lacks("稍后")
		l.Press("r").Wait(time.Second)
		l.Contains("稍后")
	})
}

func TestPuttingOffSigningInAgainKeepsTheDialogBeneath(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.Press("a").Wait(time.Second)
		l.Press("tab").Type("补录头像").Wait(time.Second)
		l.model.app.SignOut()
		l.Wait(2 * time.Minute)
		l.Contains("稍后")
		l.Press("tab", "tab", "enter").Wait(time.Second)
		l.Contains("补录头像").Lacks("稍后")
	})
}

func TestAnUnknownAccountCanBeAddedWhereItIsMissed(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("ctrl+g").Type("99990001").Press("enter").Wait(time.Second)
		l.Contains("按 A 新增这个账号")
		l.Press("A").Wait(time.Second)
		l.Contains("新增账号", "99990001")
	})
}

func TestTheEndOfADownloadIsToldWhereverTheUserIs(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.Press("d").Wait(time.Second)
		l.Press("enter", "esc").Wait(2 * time.Second)
		l.Contains("1 个文件已保存到", "账号检索")
		l.Wait(time.Minute)
		l.Lacks("已保存")
		l.model.seen, l.model.began = map[string]bool{}, l.model.env.Now() // as the next run finds it
		if told := l.model.ended(); told != nil || len(l.model.seen) != 1 {
			t.Error("an earlier run's task is told again")
		}
	})
}

func TestTheClockRunsOnceHoweverOftenOneSignsIn(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		before := l.model.minutes
		l.Press(":").Type("切换环境").Press("enter").Wait(time.Second)
		if l.signIn(); l.model.timer(minuteMsg{before}) != nil {
			t.Error("the first session's clock goes on")
		}
		if l.model.timer(minuteMsg{l.model.minutes}) == nil {
			t.Error("this session's clock stops")
		}
	})
}

func TestManyRefusedAnswersAskForThePasswordOnce(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		refused := core.Loaded[int]{Err: app.ErrNotSignedIn}
		l.model.Update(refused)
		l.model.Update(refused)
		if n := len(l.model.dialogs); n != 1 {
			t.Errorf("%d dialogs", n)
		}
	})
}

func TestFilesOfMarkedAccountsAndOfAWholeSearchAreDownloaded(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Press("space", "space", "d").Wait(time.Second)
		l.Contains("下载 2 个账号的影像")
		l.Press("enter").Wait(30 * time.Second)
		l.Press("t").Contains("8800000001 等 2 户的影像", "完成")
		l.Press("esc", "esc", "f", "tab").Type("jjht").Press("enter", "f7").Wait(2 * time.Second)
		l.Press("D").Contains("下载查询到的全部", "个账号的影像")
	})
}

func TestTheLastThingThatWentWrongIsTheOneInFull(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.down = true
		l.Press("]").Wait(time.Minute)
		l.Send(core.ToastMsg{Text: "只读", Kind: core.Warning}).Press("f12").Contains("i/o timeout").Press("esc") // a key that is off
		l.Send(core.ToastMsg{Text: "没有存下：" + l.model.svc.Explain(l.model.failure), Kind: core.Failure}).Press("f12").Contains("i/o timeout").Press("esc")
		l.Send(core.ToastMsg{Text: strings.Repeat("长", 60) + "尾", Kind: core.Warning}).Press("f12").Contains("长尾").Lacks("i/o timeout").Press("esc")
		l.Press("]").Wait(time.Minute)
		l.Press("f12").Contains("i/o timeout").Lacks("长尾")
	})
}

func TestWhoHasTheMouseIsSaid(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("M").Contains("鼠标已交给终端").Press("M").Contains("鼠标已由程序接管")
	})
}

func TestANoticeIsGoneByTheNextKeyUnlessItCameByItself(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("f12").Contains("还没有出现过错误").Press("j").Lacks("还没有出现过错误")
		l.Send(core.ToastMsg{Text: "一个任务完成", Kind: core.Success, Unasked: true})
		l.Press("j").Contains("一个任务完成").Wait(time.Second)
		l.Press("j").Lacks("一个任务完成")
		l.Wait(time.Second)
		l.Send(core.ToastMsg{Text: "判定没有存下", Kind: core.Failure})
		l.Wait(2 * time.Second)
		l.Press("j").Contains("判定没有存下").Wait(3 * time.Second)
		l.Lacks("判定没有存下")
	})
}

func TestTheHeaderStandsStillAtNineMinutes(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		at := func() int { return strings.Index(strings.Split(l.Screen(), "\n")[0], "会话") }
		before := at()
		l.Wait(51 * time.Minute)
		l.Contains("会话  8 分")
		if at() != before {
			t.Error(l.Screen())
		}
	})
}
