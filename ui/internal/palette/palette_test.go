package palette

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/uitest"
)

type ran struct{}

func bindings() []keymap.Binding {
	do := func() tea.Cmd { return core.Send(ran{}) }
	return []keymap.Binding{
		{ID: "grid.down", Keys: []string{"down", "j"}, Do: do, Show: "j/k"},
		{ID: "grid.up", Keys: []string{"up"}, Do: do, Hidden: true},
		{ID: "grid.filter", Keys: []string{"/"}, Do: do},
		{ID: "grid.mark_all", Keys: []string{"ctrl+a"}, Do: do},
		{ID: "grid.columns", Keys: []string{"C"}, Do: do},
		{ID: "grid.columns", Keys: []string{"C"}, Do: do},
		{ID: "dialog.choose", Keys: []string{"enter"}},
		{ID: "form.submit", Keys: []string{"f7"}, Do: do, Reason: "只读"},
	}
}

func typeIn(p *Palette, s string) *Palette {
	p.Update(uitest.Key("ctrl+u"))
	for _, r := range s {
		p.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return p
}

func draw(t *testing.T, p *Palette, w, h int) *uitest.Terminal {
	t.Helper()
	box, cur := p.View(w, h)
	lines := strings.Split(box, "\n")
	if len(lines) > h {
		t.Fatalf("%d lines in %d", len(lines), h)
	}
	uitest.Exact(t, box, text.Width(lines[0]), len(lines))
	return uitest.Draw(box, cur, text.Width(lines[0]), len(lines))
}

func open(help bool) *Palette {
	env := core.NewEnv(context.Background())
	p := New(env, bindings(), []string{"grid.columns"})
	if help {
		p = NewHelp(env, bindings())
	}
	p.Init()
	return p
}

func TestACommandIsFoundByAnyOfItsNames(t *testing.T) {
	for _, q := range []string{"全选", "qx", "quanx", "mark the", "mark_all", "Ｑｘ"} {
		a, _ := typeIn(open(false), q).Update(uitest.Key("enter"))
		if r, ok := a.(Run); !ok || r.ID != "grid.mark_all" || r.Do()().(ran) != (ran{}) {
			t.Errorf("%q gave %v", q, a)
		}
	}
}

func TestTheBestAnswerStandsFirst(t *testing.T) {
	a, _ := typeIn(open(false), "x").Update(uitest.Key("enter")) // 下移 starts with it, 全选 merely holds it
	if r := a.(Run); r.ID != "grid.down" {
		t.Errorf("%s", r.ID)
	}
}

func TestThePaletteShowsKeysRecentOnesAndTheCursor(t *testing.T) {
	p := open(false)
	term := draw(t, p, 100, 30)
	got := term.Text()
	for _, want := range []string{"命令", "> 列", "Ctrl+A", "最近   列", "(只读)", "首字母"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	if strings.Contains(got, "确定") {
		t.Errorf("a command that only its key runs shows:\n%s", got)
	}
	if strings.Contains(got, "上移") || strings.Count(got, "  列  ") > 1 {
		t.Errorf("hidden or double commands show:\n%s", got)
	}
	if term = draw(t, typeIn(p, "张三"), 80, 24); term.Before() != "| > 张三" || !strings.Contains(term.Text(), "没有匹配的命令") {
		t.Errorf("cursor behind %q\n%s", term.Before(), term.Text())
	}
}

func TestADisabledCommandSaysWhyAndStays(t *testing.T) {
	a, cmd := typeIn(open(false), "tj").Update(uitest.Key("enter"))
	if a != nil || cmd == nil || cmd().(core.ToastMsg).Text != "只读" {
		t.Errorf("%v", a)
	}
}

func TestHelpListsEveryKeyAndRuns(t *testing.T) {
	p := open(true)
	got := draw(t, p, 80, 24).Text()
	for _, want := range []string{"全部按键", "下  j", "上移", "Shift", "确定"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	a, _ := typeIn(p, "F7").Update(uitest.Key("esc"))
	if a != (core.Cancel{}) {
		t.Errorf("%v", a)
	}
}

func TestAClickRunsTheLineItFallsOn(t *testing.T) {
	p := open(false)
	term := draw(t, p, 100, 30)
	x, y, _ := term.Find("页内筛选")
	if a, _ := p.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}); a.(Run).ID != "grid.filter" {
		t.Errorf("%v", a)
	}
}

func TestACommandIsFoundByMoreWordsThanItsName(t *testing.T) {
	do := func() tea.Cmd { return nil }
	p := New(core.NewEnv(context.Background()), []keymap.Binding{{ID: "accounts.export", Keys: []string{"e"}, Do: do}, {ID: "materials.archive", Keys: []string{"a"}, Do: do}}, nil)
	p.Init()
	for q, want := range map[string]string{"dcdq": "accounts.export", "归档到客户": "materials.archive"} {
		if a, _ := typeIn(p, q).Update(uitest.Key("enter")); a.(Run).ID != want {
			t.Errorf("%s gave %v", q, a)
		}
	}
}

func TestAKeyIsShownForTheCommandThatItRuns(t *testing.T) {
	do := func() tea.Cmd { return nil }
	bs := []keymap.Binding{{ID: "tasks.copy_path", Keys: []string{"y"}, Do: do}, {ID: "grid.copy", Keys: []string{"y"}, Do: do}}
	for _, p := range []*Palette{New(core.NewEnv(context.Background()), bs, nil), NewHelp(core.NewEnv(context.Background()), bs)} {
		p.Init()
		if got := draw(t, p, 100, 30).Text(); strings.Count(got, " y ") != 1 || !strings.Contains(got, "复制整行") {
			t.Error(got)
		}
	}
}

func TestAFewHitsTakeFewLines(t *testing.T) {
	p := open(false)
	box, _ := p.View(100, 30)
	all := strings.Count(box, "\n")
	box, _ = typeIn(p, "全选").View(100, 30)
	if got := strings.Count(box, "\n"); all-got != len(p.all)-1 || p.Tallest() != all+1 {
		t.Errorf("%d lines, then %d of %d", all, got, p.Tallest())
	}
}
