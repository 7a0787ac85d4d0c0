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
		l.Contains("还没有检查过完整性", "按 1 个条件筛选")
	})
}
