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
		l.Contains("缩放", "旋转 90")
		l.Press("0", "b").Wait(time.Second)
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
