package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/ui/completeness"
	"imagery/ui/materials"
)

func TestACheckLeadsToTheMaterialsThatAreMissing(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c"}).Contains("还没有检查过完整性", "规则 23 条")
		l.Press("r").Wait(time.Minute)
		l.Contains("完整性  300 账号 x 23 要求", "结果已认定", "有缺失", "缺1", "齐")
		l.Press("F").Wait(time.Second)
		l.Contains("只看缺失")
		l.Lacks(" 齐 ")
		l.Press("enter").Wait(time.Second)
		if _, on := l.model.top().(*materials.Model); !on {
			t.Fatalf("enter led to %T", l.model.top())
		}
		l.Contains("缺 1", "缺失  完整性截至", "个文件")
		l.Press("end").Contains("按 a 归档").Press("a").Wait(time.Second)
		l.Contains("归档影像").Press("esc", "m").Wait(time.Second)
		l.Lacks("缺失  完整性截至").Press("m").Wait(time.Second) // only with the customer's own is the list whole
		l.Press("esc").Wait(time.Second)
		if _, on := l.model.top().(*completeness.Model); !on {
			t.Fatalf("esc led to %T", l.model.top())
		}
		l.Contains("只看缺失").Press("esc").Wait(time.Second) // the filter first
		l.Contains("300 账号").Press("esc").Wait(time.Second)
		l.Contains("完整性截至", "缺1")
		l.restart().Wait(time.Second)
		l.Contains("完整性截至", "缺1")
		l.Press("c").Wait(time.Second)
		l.Contains("完整性  300 账号 x 23 要求")
	})
}

func TestWhatIsMissingChangesItsLanguageAtOnce(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c"}).Press("r").Wait(time.Minute)
		l.Press("F").Wait(time.Second)
		l.Press("down", "down", "down", "enter").Wait(time.Second)
		l.Press("end").Contains("3103 现场双录视频 或 3104").Press("f9").Contains("3103 现场双录视频 or 3104")
	})
}

func TestACheckThatIsCalledOffShowsWhatIsKnownAndGoesOn(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c"}).Press("r").Wait(2200 * time.Millisecond)
		l.Contains("进度", "Esc 停止").Press("esc").Wait(2 * time.Second)
		l.Contains("已停止").Press("R").Wait(time.Minute)
		l.Contains("完整性  300 账号 x 23 要求", "结果已认定")
	})
}

func TestCellsAreShownAsTheyComeWhileACheckGoesOn(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c"}).Press("r")
		for range 60 {
			if l.Wait(100 * time.Millisecond); strings.Contains(l.Screen(), "随查随显示") {
				break
			}
		}
		l.Contains("随查随显示", "进度", "  ..  ", "查询中").Press("down").Press("down")
		_, after, _ := strings.Cut(l.Screen(), "| >  ")
		third := after[:10]
		l.Wait(time.Minute)
		l.Contains("完整性  300 账号 x 23 要求", "结果已认定", "| >  "+third).Lacks("随查随显示", "查询中", "  ..  ")
		l.Press("r")
		for range 60 {
			if l.Wait(100 * time.Millisecond); strings.Contains(l.Screen(), "随查随显示") {
				break
			}
		}
		l.Contains("随查随显示").Press("esc").Wait(2 * time.Second)
		l.Contains("已停止", "结果已认定") // the whole run is back
	})
}

func TestACheckWithoutAPlatformSaysWhyAndKeepsTheLastRun(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "r"}).Wait(time.Minute)
		l.down = true
		l.Press("r").Wait(5 * time.Minute)
		l.Contains("完整性  300 账号 x 23 要求", "检查没有完成，按 r 重试")
	})
}

func TestMatrixIsGroupedConfirmedAndExported(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "r"}).Wait(time.Minute)
		l.Press("b").Press("down").Press("enter").Wait(time.Second)
		l.Contains("> 1101 上海营业部", "[#", "有缺失 ")
		l.Press("enter").Wait(time.Second) // the group under the cursor unfolds
		l.Contains("v 1101 上海营业部")
		l.Press("K").Wait(time.Second)
		l.Contains("接口 7").Press("tab").Press("enter").Wait(4 * time.Second)
		l.Contains("确认完成", "v 1101 上海营业部") // and the group stays as it was
		l.Press("e").Wait(time.Second).Press("f7").Wait(4 * time.Second)
		l.Contains("已导出 1 个文件")
		files, err := filepath.Glob(filepath.Join(l.dir, "下载", "completeness-*.xlsx"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%v, %v", files, err)
		}
		if st, err := os.Stat(files[0]); err != nil || st.Size() == 0 {
			t.Errorf("%v, %v", st, err)
		}
	}, func(o *demo.Options, _ *config.Profile) { o.Accounts = 120 })
}

func TestARuleLeavesTheAccountsThatViolateIt(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "r"}).Wait(time.Minute)
		l.Press("L").Wait(time.Minute)
		l.Contains("R01", "头部正面照", "规则  生效 23 条").Press("down").Press("F").Wait(time.Second)
		l.Contains("只看缺 R02", "R02 有效身份证件", "[缺")
	})
}

func TestAFilterInForceIsTheScopeOfTheCheck(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "r"}).Wait(time.Minute)
		l.Press("esc").Press("f").Wait(time.Second)
		for range 4 {
			l.Press("tab")
		}
		l.Type("1101").Press("enter").Press("f5").Wait(5 * time.Second)
		l.Press("c").Wait(time.Second)
		l.Contains("这个范围还没有单独检查过", "按 1 个条件筛选")
	})
}

func TestTheMatrixTellsWhatIsOutOfSight(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow(matrix)
		l.cursorOn(" 缺1 ")
		l.Contains("23 要求 (1-9)", "本账号缺：R")
		for range 30 {
			l.Press("right")
		}
		l.Contains("23 要求 (15-23)", "客户", "结果", "缺1")
		l.Resize(80, 24).Contains("23 要求 (18-23)", "[", "R23 销户申请")
		l.cursorOn("缺3")
		l.Contains("本账号缺：R10、R12、R17")
	})
}

func TestACellLeadsToItsMaterial(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.bare = true
		l.follow(matrix)
		l.cursorOn("[有") // of R03, the back of the identity card
		l.Contains("R03", "回车 打开该格").Press("enter").Wait(time.Second)
		before, _, found := strings.Cut(l.Screen(), "| >  ")
		lines := strings.Split(before, "\n")
		if header := lines[len(lines)-2]; !found || !strings.Contains(header, "1102") {
			t.Errorf("the cursor is not on 1102:\n%s", l.Screen())
		}
		l.Press("esc").Wait(time.Second)
		l.cursorOn("[缺")
		l.Press("enter").Wait(time.Second).Contains(">    1102 居民")
	})
}

func TestComingBackToTheMatrixFindsItAsItWasLeft(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "r", "right", "down", "b", "down", "enter", "down", "enter", "down", "down"})
		was := l.Screen()
		if l.Contains("> 1101 上海营业部", "v 1102 杭州营业部", "R02", ">    880"); strings.Index(was, "1101 ") > strings.Index(was, "1102 ") {
			t.Errorf("groups are not in the order of their codes:\n%s", was)
		}
		l.Press("esc").Wait(time.Second)
		l.Press("c").Wait(time.Second)
		panel := func(screen string) string { return strings.Join(strings.Split(screen, "\n")[2:27], "\n") }
		if now := l.Screen(); panel(now) != panel(was) {
			t.Errorf("it was\n%s\nand is\n%s", was, now)
		}
	})
}

func TestACheckUnderWayTellsWhatIsShown(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c"}).Press("r").Wait(300 * time.Millisecond)
		l.Contains("正在计数... ", "请求 ", "Esc 停止").Lacks("账号 0", "Esc 返回")
		l.Wait(time.Minute).Press("r").Wait(300 * time.Millisecond)
		l.Contains("正在进行，显示的是 ", " 的结果", "Esc 停止").Lacks("结果已认定", "Esc 返回")
		l.Press("esc").Wait(2 * time.Second).Contains("结果已认定").Lacks("Esc 停止")
	})
}

func TestTheTabOfAccountsIsThatOfMatrixAndRules(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c"})
		on := l.model.activeTab()
		l.follow([]string{"L"})
		if on != 0 || l.model.activeTab() != 0 {
			t.Errorf("tabs %d, %d", on, l.model.activeTab())
		}
	})
}
