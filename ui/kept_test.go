package ui

import (
	"strings"
	"testing"
	"time"
)

func TestViewsColumnsAndRecentAccountsSurviveARestart(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn()
		l.Press("f", "tab").Type("jjht").Press("enter", "esc", "ctrl+s").Wait(time.Second)
		l.Contains("保存视图")
		l.Type("缺合同").Press("enter").Wait(time.Second)
		l.Contains("已保存视图 缺合同", "> 缺合同")
		l.Press("f7").Wait(6 * time.Second) // the notice goes
		l.Contains("视图 缺合同", "服务端条件 1 项")
		l.Press("s", "down", "enter").Wait(time.Second) // by account number
		l.Press("enter").Wait(time.Second)
		no := l.accountNo()
		l.Press("esc").Wait(time.Second)

		l.restart().Contains("服务端条件 1 项", "视图 缺合同", "排序与筛选只作用于")
		l.Press("b").Contains("最近打开的账号", no)
		l.Press("enter").Wait(time.Second)
		l.Contains("账号 " + no)
		l.Press("esc", "f", "ctrl+r").Wait(time.Second)
		l.Contains("共 300 条").Lacks("视图 缺合同")

		l.restart().Contains("共 300 条")
		l.Press("V").Contains("已存视图", "缺合同")
		l.Press("enter").Wait(time.Second)
		l.Contains("视图 缺合同", "服务端条件 1 项")
	})
}

// accountNo reads the account's number off the breadcrumb.
func (l *lab) accountNo() string {
	_, rest, _ := strings.Cut(l.Screen(), "账号 ")
	no, _, _ := strings.Cut(rest, " ")
	return no
}

func TestTheDefaultViewIsInForceAtStartUntilItIsRemoved(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn()
		l.Press("f", "tab").Type("jjht").Press("enter", "esc", "ctrl+s").Type("缺合同").Press("tab", "space", "f7").Wait(time.Second)
		l.Press("ctrl+r").Wait(time.Second)
		l.Contains("共 300 条")
		l.restart().Contains("服务端条件 1 项", "视图 缺合同")
		l.Press(":").Type("删除视图").Press("enter").Wait(time.Second)
		l.Press("enter").Contains("删除已存视图 缺合同？")
		l.Press("tab", "enter").Wait(6 * time.Second) // the notice goes
		l.Lacks("已存视图 ")
		l.Press("f", "ctrl+r").Wait(time.Second)
		l.restart().Contains("共 300 条")
	})
}

func TestADraftIsThereAgainAfterACrash(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Press("enter").Wait(time.Second)
		l.Press("a").Wait(time.Second)
		l.Press("tab").Type("补录头像").Press("tab").Type("BL-1").Wait(time.Second)
		l.open(l.model.env.Ctx, "zh") // the program before was not closed: it died
		l.signIn().Press("enter").Wait(time.Second)
		l.Press("a").Wait(time.Second)
		l.Contains("补录头像", "BL-1", "已恢复上次没有提交的内容")
	})
}
