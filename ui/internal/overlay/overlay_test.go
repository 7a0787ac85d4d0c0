package overlay

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/uitest"
)

func env() *core.Env { return core.NewEnv(context.Background()) }

// wall is a background of Chinese text in which any odd cut splits a character.
func wall(w, h int) string {
	return text.Block(strings.Repeat(strings.Repeat("开户影像", w)+"\n", h), w, h)
}

func TestABoxSplitsNoCharacterAndFillsTheScreen(t *testing.T) {
	for _, size := range uitest.Sizes {
		for x := range 9 {
			view, cur := PlaceAt(wall(size[0], size[1]), size[0], size[1], "+--+\n|张|\n+--+", tea.NewCursor(1, 1), x, 3)
			uitest.Exact(t, view, size[0], size[1])
			term := uitest.Draw(view, cur, size[0], size[1])
			if got := term.Slice(x, 4, x+4); got != "|张|" {
				t.Errorf("x %d: %q in %q", x, got, term.Line(4))
			}
			if term.X != x+1 || term.Y != 4 {
				t.Errorf("cursor %d,%d", term.X, term.Y)
			}
		}
	}
}

func TestTheBackgroundsColoursDoNotLeakIntoTheBox(t *testing.T) {
	view, _ := PlaceAt("\x1b[31mred red red", 11, 1, "box", nil, 4, 0)
	if got := text.Plain(view); got != "red box red" {
		t.Errorf("%q", got)
	}
	if i := strings.Index(view, "box"); !strings.HasSuffix(view[:i], "\x1b[m") {
		t.Errorf("%q", view)
	}
}

func TestABoxLargerThanTheScreenIsCut(t *testing.T) {
	view, _ := Place(wall(20, 3), 20, 3, text.Block("", 40, 9), tea.NewCursor(30, 8))
	uitest.Exact(t, view, 20, 3)
}

func draw(t *testing.T, d core.Dialog, w, h int) *uitest.Terminal {
	t.Helper()
	box, cur := d.View(w, h)
	lines := strings.Split(box, "\n")
	bw := text.Width(lines[0])
	if bw > w || len(lines) > h {
		t.Fatalf("the box is %dx%d, more than %dx%d", bw, len(lines), w, h)
	}
	uitest.Exact(t, box, bw, len(lines))
	return uitest.Draw(box, cur, bw, len(lines))
}

func key(d core.Dialog, names ...string) (a core.Action) {
	for _, n := range names {
		a, _ = d.Update(uitest.Key(n))
	}
	return a
}

func TestConfirmationStartsOnCancelAndNoLetterConfirms(t *testing.T) {
	c := NewConfirm(env(), "作废确认", []string{"将作废整个归档批次 #8831，不只当前文件："}, "ui.grid.row")
	for _, k := range strings.Split("y x d o Y n f7 f8", " ") {
		if a := key(c, k); a != nil {
			t.Errorf("%s gave %T", k, a)
		}
	}
	if a := key(c, "enter"); a != (core.Cancel{}) {
		t.Errorf("Enter first thing gave %T", a)
	}
	if a := key(c, "tab", "enter"); a != (core.Confirm{}) {
		t.Errorf("Tab, Enter gave %T", a)
	}
	if a := key(c, "esc"); a != (core.Cancel{}) {
		t.Errorf("Esc gave %T", a)
	}
}

func TestALongConfirmationScrollsAndKeepsItsButtons(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, "  B01"+itoa(i)+" 手机号变更申请     1 份")
	}
	c := NewConfirm(env(), "作废确认", lines, "ui.grid.row")
	for range 50 {
		key(c, "down")
	}
	term := draw(t, c, 80, 20)
	if got := term.Text(); !strings.Contains(got, "B0139") || !strings.Contains(got, "[ 取消 ]") || !strings.Contains(got, "40/40") {
		t.Errorf("\n%s", got)
	}
	if got := term.Before(); !strings.HasSuffix(got, "[ ") {
		t.Errorf("the cursor is behind %q", got)
	}
	x, y, _ := term.Find("整行")
	if a, _ := c.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}); a != (core.Confirm{}) {
		t.Errorf("clicking gave %T", a)
	}
}

func TestAMenuIsFilteredByPinyinAndGivesItsID(t *testing.T) {
	m := NewMenu(env(), "环境", []Item{{ID: "prod", Label: "生产"}, {ID: "uat", Label: "测试"}, {ID: "ro", Label: "只读", Reason: "没有权限"}}, "uat")
	m.Init()
	if a := key(m, "enter"); a != (Chosen{"uat"}) {
		t.Errorf("the current item was not under the cursor: %v", a)
	}
	key(m, "s", "c")
	term := draw(t, m, 80, 24)
	if got := term.Text(); !strings.Contains(got, "> 生产") || strings.Contains(got, "测试") || term.Before() != "| > sc" {
		t.Errorf("cursor behind %q\n%s", term.Before(), got)
	}
	if a := key(m, "enter"); a != (Chosen{"prod"}) {
		t.Errorf("%v", a)
	}
	key(m, "ctrl+u", "z", "d")
	if a, cmd := m.Update(uitest.Key("enter")); a != nil || cmd == nil || cmd().(core.ToastMsg).Text != "没有权限" {
		t.Error("a disabled item must say why and stay")
	}
	if key(m, "q", "q"); !strings.Contains(draw(t, m, 80, 24).Text(), "无匹配项") {
		t.Error("a menu filtered to nothing is blank")
	}
}

func TestCheckedItemsAreSwitchedAndMoved(t *testing.T) {
	m := NewMenu(env(), "列", []Item{{ID: "a", Label: "A", On: true}, {ID: "b", Label: "B", On: true}, {ID: "c", Label: "C"}}, "")
	m.Checks = true
	m.Init()
	key(m, "space", "shift+down", "down", "space")
	a := key(m, "enter").(Arranged)
	got := ""
	for _, it := range a.Items {
		got += it.ID
		if it.On {
			got += "+"
		}
	}
	if got != "b+ac+" {
		t.Errorf("%s", got)
	}
	draw(t, m, 80, 24)
}

func TestAFormDialogClosesOnEscAndPassesItsAction(t *testing.T) {
	e := env()
	f := form.New(e, []form.Row{{ID: "no", Label: "ui.grid.row", Control: field.NewText(e)}}, form.Button{ID: "ok", Label: "ui.close", Submit: true, Do: func() tea.Cmd { return Close("done") }})
	d := NewForm(e, func() string { return "直达" }, f)
	d.Head = []string{"输入账号"}
	d.Init()
	for _, r := range "张三" {
		d.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	if term := draw(t, d, 80, 24); !strings.HasSuffix(term.Before(), "[ 张三") || term.Y != 2 {
		t.Errorf("cursor behind %q in line %d", term.Before(), term.Y)
	}
	_, cmd := d.Update(uitest.Key("f7"))
	if a, _ := d.Update(cmd()); a != "done" {
		t.Errorf("%v", a)
	}
	if a := key(d, "esc"); a != (core.Cancel{}) {
		t.Errorf("%v", a)
	}
	if len(keymap.Conflicts(d.Bindings())) != 0 {
		t.Error("two bindings share a key")
	}
}

func TestAMessageOffersItsOneButton(t *testing.T) {
	env := core.NewEnv(t.Context())
	if bs := NewMessage(env, "错误详情", "连接超时").Bindings(); len(bs) != 1 || env.FootLabel(bs[0]) != "关闭" {
		t.Errorf("%v", bs)
	}
}
