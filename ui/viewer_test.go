package ui

import (
	"strings"
	"testing"
	"time"
)

func TestTheViewerGoesThroughFilesPagesAndComparisons(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.Contains("预览", "300x400", "第 1/3 页", "SHA256")
		l.Press("enter").Wait(time.Second)
		l.Contains("> 1/6", "1/3", "适应窗口")
		l.Press("]").Wait(time.Second)
		l.Contains("2/3")
		l.Press("n").Wait(time.Second)
		l.Contains("> 2/6", "1/3")
		l.Press("+", "r").Wait(time.Second)
		l.Contains("缩放", "旋转 90", "显示 字符块", "方向键")
		l.Press("0").Wait(time.Second)
		l.Contains("适应窗口", "旋转 90") // a scan on its side stays upright
		l.Press("b").Wait(time.Second)
		l.Contains("> 资产管理合同_2.jpg")
		l.Press("D").Wait(time.Second)
		l.Contains("差异 0.0%")
		l.Press("esc").Wait(time.Second)
		l.Contains("适应窗口").Lacks("差异")
		l.Press("esc").Wait(time.Second)
		if got := l.Screen(); !strings.Contains(got, ">    资产管理合同_2.jpg") {
			t.Errorf("the list did not follow the viewer:\n%s", got)
		}
	})
}

func TestTheViewerGoesOnToTheNextAccount(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.Press("enter").Wait(time.Second)
		l.Press("}").Wait(2 * time.Second)
		l.Contains("8800000002 >", "> 1/")
		l.Press("1").Wait(time.Second) // actual size here
		l.Press("esc").Wait(time.Second)
		l.Press("1").Wait(time.Second)
		l.Press("2").Wait(time.Second)
		l.Contains("8800000002", "> 资料")
	})
}

func TestAPictureThatDidNotComeIsAskedForAgain(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.down = true
		l.Press("enter", "n", "n", "n", "n").Wait(5 * time.Minute)
		l.Contains("F5 重试").Lacks("300x400")
		l.down = false
		l.Press("f5").Wait(time.Second)
		l.Contains("300x400").Lacks("F5 重试")
	})
}

func TestAHistoryIsOfTheFileItWasAskedFor(t *testing.T) {
	for _, way := range []string{"n", "esc"} {
		run(t, 120, 40, "zh", func(l *lab) {
			l.signIn().Press("enter").Wait(time.Second)
			l.Press("enter").Wait(time.Second)
			l.latency = time.Second
			l.Press("H", way).Wait(3 * time.Second)
			l.Contains("适应窗口").Lacks("没有历史", "> 资产管理合同_")
		})
	}
}

func TestThePreviewStaysAsItIsWhereThereIsNoRoomForIt(t *testing.T) {
	run(t, 80, 24, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.Lacks("预览").Press("p").Contains("窗口放不下预览")
		l.Resize(100, 30).Wait(time.Second)
		l.Contains("+- 预览").Press("tab", "y").Wait(time.Second)
		l.Contains("已复制文件信息")
	})
}
