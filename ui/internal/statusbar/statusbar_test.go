package statusbar

import (
	"context"
	"strings"
	"testing"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
	"imagery/ui/internal/uitest"
)

func env() *core.Env {
	e := core.NewEnv(context.Background())
	e.Styles = style.New(style.Options{Depth: style.None})
	return e
}

func TestTheHeaderIsTheMockUps(t *testing.T) {
	got := text.Plain(Head(env(), Header{App: "imagery", Title: "账号检索", User: "mt1", Session: "会话 52:18", Profile: "生产"}, 100))
	if want := " imagery  账号检索                                                 mt1       会话 52:18  生产[可写] "; got != want {
		t.Errorf("\n%q\n%q", got, want)
	}
	got = text.Plain(Tabs(env(), []Tab{{"账号", 0}, {"资料", 0}, {"抽查", 0}, {"任务", 2}}, 0, "德索业务管理平台", 100))
	if want := " 1 账号  2 资料  3 抽查  4 任务(2)                                                 德索业务管理平台 "; got != want {
		t.Errorf("\n%q\n%q", got, want)
	}
}

func TestEveryLineIsExactlyAsWideAsTheWindow(t *testing.T) {
	long := strings.Repeat("阿卜杜勒·买买提江 > ", 9)
	for w := 1; w < 170; w++ {
		for name, line := range map[string]string{
			"head":   Head(env(), Header{App: "imagery", Title: long, User: "mt1", Session: "会话 52:18", Profile: "生产", ReadOnly: true, Alarm: true}, w),
			"tabs":   Tabs(env(), []Tab{{"账号", 0}, {"任务", 12}}, 1, "德索业务管理平台", w),
			"status": Status(env(), core.Failure, long, w),
			"foot":   Foot(env(), keys(), w),
		} {
			if got := text.Width(line); got != w {
				t.Fatalf("%s: %d cells instead of %d", name, got, w)
			}
		}
	}
	uitest.Exact(t, TooSmall(env(), 30, 9, 80, 24), 30, 9)
}

func TestAReadOnlyProfileSaysSoInWords(t *testing.T) {
	if got := text.Plain(Head(env(), Header{App: "imagery", Profile: "生产", ReadOnly: true}, 80)); !strings.Contains(got, "生产[只读]") {
		t.Errorf("%q", got)
	}
}

func keys() []keymap.Binding {
	return []keymap.Binding{
		{ID: "grid.down", Keys: []string{"down"}, Show: "up/down", Footer: 3},
		{ID: "grid.mark", Keys: []string{"space"}, Footer: 2},
		{ID: "grid.sort", Keys: []string{"ctrl+s"}, Footer: 9},
		{ID: "grid.retry", Keys: []string{"r"}, Footer: 1, Reason: "没有失败"},
		{ID: "grid.columns", Keys: []string{"C"}},
		{ID: "form.submit", Keys: []string{"f7"}, Footer: 1},
	}
}

func TestTheFooterKeepsWhatMattersInTheGivenOrder(t *testing.T) {
	for w, want := range map[int]string{100: " 上下 移动  空格 选择  ^S 排序  F7 提交", 30: " 上下 移动 空格 选择 F7 提交", 20: " 空格 选择 F7 提交", 10: " F7 提交"} {
		if got := strings.TrimRight(text.Plain(Foot(env(), keys(), w)), " "); got != want {
			t.Errorf("%d cells: %q, want %q", w, got, want)
		}
	}
}

func TestAFailureIsToldWithoutColour(t *testing.T) {
	if got := text.Plain(Status(env(), core.Failure, "连接超时", 20)); !strings.HasPrefix(got, " ! 连接超时") {
		t.Errorf("%q", got)
	}
}

func TestClicksFindTheTab(t *testing.T) {
	tabs := []Tab{{"账号", 0}, {"任务", 2}}
	line := text.Plain(Tabs(env(), tabs, 0, "", 60))
	x := text.Width(line[:strings.Index(line, "任务")])
	if TabAt(tabs, x) != 1 || TabAt(tabs, 2) != 0 || TabAt(tabs, 50) != -1 {
		t.Errorf("%d %d %d", TabAt(tabs, x), TabAt(tabs, 2), TabAt(tabs, 50))
	}
}
