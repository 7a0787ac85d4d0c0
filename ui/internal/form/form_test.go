package form

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/uitest"
)

func env() *core.Env { return core.NewEnv(context.Background()) }

type sent struct{ n int }

func sample(s *sent) *Form {
	e := env()
	kinds := field.NewPicker(e, field.Option{Value: "A0301", Label: "A0301 客户头像"}, field.Option{Value: "B0101", Label: "B0101 银行卡"})
	secret := field.NewText(e)
	secret.Password = true
	f := New(e, []Row{
		{ID: "target", Control: field.NewRadio(e, field.Option{Value: "a", Label: "账号"}, field.Option{Value: "c", Label: "客户"})},
		{ID: "code", Label: "ui.grid.sort_title", Control: kinds, Required: true},
		{ID: "title", Label: "ui.grid.columns_title", Control: field.NewText(e)},
		{ID: "secret", Label: "ui.palette.title", Control: secret},
	},
		Button{ID: "no", Label: "ui.cancel"},
		Button{ID: "yes", Label: "ui.close", Submit: true, Do: func() tea.Cmd { s.n++; return nil }})
	f.Focus()
	return f
}

func press(f *Form, keys ...string) {
	for _, k := range keys {
		f.Update(uitest.Key(k))
	}
}

func typeIn(f *Form, s string) {
	for _, r := range s {
		f.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func screen(t *testing.T, f *Form, w, h int) *uitest.Terminal {
	t.Helper()
	s, cur := f.View(w, h)
	uitest.Exact(t, s, w, h)
	return uitest.Draw(s, cur, w, h)
}

func TestAMissingValueIsNamedInTheFieldThatHasTheFocus(t *testing.T) {
	var s sent
	f := sample(&s)
	press(f, "tab")
	if strings.Contains(screen(t, f, 60, 12).Text(), "必填") {
		t.Error("a field not left yet is called missing")
	}
	press(f, "f7")
	if got := screen(t, f, 60, 12); f.Current() != "code" || s.n != 0 || !strings.Contains(got.Text(), "! 必填") {
		t.Errorf("in %s, sent %d:\n%s", f.Current(), s.n, got.Text())
	}
}

func TestF7SubmitsOutOfAnOpenList(t *testing.T) {
	var s sent
	f := sample(&s)
	press(f, "tab", "enter")
	if bs := f.Bindings(); bs[0].ID != "picker.take" {
		t.Errorf("the footer begins with %s", bs[0].ID)
	}
	press(f, "enter", "enter", "f7")
	if s.n != 1 || f.Value("code") != "A0301" {
		t.Errorf("sent %d with %q", s.n, f.Value("code"))
	}
}

func TestTheFocusGoesRound(t *testing.T) {
	f := sample(&sent{})
	var got []string
	for range 7 {
		got = append(got, f.Current())
		press(f, "tab")
	}
	if want := "target code title secret no yes target"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	press(f, "shift+tab", "shift+tab")
	if f.Current() != "yes" {
		t.Errorf("back: %s", f.Current())
	}
	f.FocusOn("title")
	if press(f, "up"); f.Current() != "code" {
		t.Errorf("up: %s", f.Current())
	}
}

func TestDisabledAndHiddenRowsAreSteppedOver(t *testing.T) {
	f := sample(&sent{})
	f.rows[1].Reason = "只读"
	f.rows[2].Hidden = func() bool { return true }
	press(f, "tab")
	if f.Current() != "secret" {
		t.Errorf("%s", f.Current())
	}
	if got := screen(t, f, 60, 12).Text(); !strings.Contains(got, "只读") || strings.Contains(got, "列") {
		t.Errorf("\n%s", got)
	}
}

func TestSubmittingStopsAtTheFirstProblem(t *testing.T) {
	s := &sent{}
	f := sample(s)
	f.FocusOn("secret")
	press(f, "f7")
	if s.n != 0 || f.Current() != "code" {
		t.Fatalf("sent %d, focus %s", s.n, f.Current())
	}
	press(f, "tab")
	if got := screen(t, f, 70, 12).Text(); !strings.Contains(got, "! 必填") {
		t.Errorf("no problem beside the field:\n%s", got)
	}
	f.FocusOn("code")
	typeIn(f, "tx")
	press(f, "enter", "ctrl+s")
	if s.n != 1 || f.Value("code") != "A0301" {
		t.Errorf("sent %d, code %q", s.n, f.Value("code"))
	}
	f.FocusOn("yes")
	press(f, "enter", "space")
	if s.n != 3 {
		t.Errorf("the button sent %d", s.n)
	}
}

func TestLettersAreTextInFields(t *testing.T) {
	f := sample(&sent{})
	f.FocusOn("title")
	typeIn(f, "补录头像jkq ")
	if f.Value("title") != "补录头像jkq " || !f.Typing() {
		t.Errorf("%q", f.Value("title"))
	}
}

func TestTheCursorStandsInTheFocusedField(t *testing.T) {
	f := sample(&sent{})
	f.FocusOn("title")
	typeIn(f, "张三丰abc")
	term := screen(t, f, 60, 12)
	if got := term.Before(); !strings.HasSuffix(got, "[ 张三丰abc") || !strings.HasPrefix(got, "列") {
		t.Errorf("%q", got)
	}
	for h := 1; h < 9; h++ { // scrolled forms too
		if got := screen(t, f, 60, h).Before(); !strings.HasSuffix(got, "[ 张三丰abc") {
			t.Errorf("height %d: %q", h, got)
		}
	}
}

func TestAnOpenPickListPushesTheRestDown(t *testing.T) {
	f := sample(&sent{})
	f.FocusOn("code")
	before := f.Height(60)
	press(f, "enter")
	if f.Height(60) != before+2 {
		t.Errorf("%d lines, then %d", before, f.Height(60))
	}
	term := screen(t, f, 60, 14)
	if !strings.Contains(term.Line(2), "> A0301") {
		t.Errorf("\n%s", term.Text())
	}
	_, handled := f.Update(uitest.Key("esc"))
	if _, again := f.Update(uitest.Key("esc")); !handled || again {
		t.Error("the first Esc closes the list, the second is the dialog's")
	}
}

func TestDraftsComeBackWithoutPasswords(t *testing.T) {
	f := sample(&sent{})
	f.FocusOn("title")
	typeIn(f, "草稿")
	f.FocusOn("secret")
	typeIn(f, "hunter2")
	draft := f.Values()
	if _, leaked := draft["secret"]; leaked {
		t.Error("the draft holds the password")
	}
	again := sample(&sent{})
	again.Restore(draft)
	if again.Value("title") != "草稿" || again.Value("target") != "a" {
		t.Errorf("%v", again.Values())
	}
}

func TestClicksReachTheFieldAndTheButton(t *testing.T) {
	s := &sent{}
	f := sample(s)
	f.Control("code").SetValue("A0301")
	term := screen(t, f, 60, 12)
	f.Update(tea.MouseClickMsg{X: 20, Y: 2, Button: tea.MouseLeft})
	if f.Current() != "title" {
		t.Errorf("%s", f.Current())
	}
	x, y, _ := term.Find("关闭 (F7)")
	f.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	if s.n != 1 {
		t.Error("the click did not press the button")
	}
	f.Update(tea.MouseClickMsg{X: 59, Y: y, Button: tea.MouseLeft})
	if s.n != 1 {
		t.Error("a click beside the button pressed it")
	}
}

func TestTheViewFillsEverySize(t *testing.T) {
	f := sample(&sent{})
	f.SetNote("登录失败：用户名或密码错误（HTTP 401）", true)
	f.Check()
	for _, size := range append(uitest.Sizes, [2]int{25, 19}, [2]int{12, 3}) {
		for range 6 {
			press(f, "tab")
			screen(t, f, size[0], size[1])
		}
	}
}

// A note is cut only where the fields need its room.
func TestANoteIsWholeWhereThereIsRoom(t *testing.T) {
	f := sample(&sent{})
	f.SetNote(strings.Repeat("平台的说明很长，", 30)+"末尾", true)
	high := f.Height(40)
	if got := screen(t, f, 40, high).Text(); !strings.Contains(got, "末尾") {
		t.Errorf("cut in a window of %d lines:\n%s", high, got)
	}
	if got := screen(t, f, 40, high/2).Text(); strings.Contains(got, "末尾") {
		t.Errorf("not cut in half of that:\n%s", got)
	}
}
