package overlay

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
	"imagery/ui/internal/uitest"
)

// sending is a form dialog whose button counts, and what it says while it works.
type sending struct {
	*Form
	sent, stopped int
	words         string
	final         bool // it cannot be called back
}

func newSending() *sending {
	e := env()
	s := &sending{}
	var rows []form.Row
	for _, id := range strings.Split("a b c d e f g h i j k l", " ") {
		rows = append(rows, form.Row{ID: id, Label: "ui.grid.row", Control: field.NewText(e)})
	}
	f := form.New(e, rows,
		form.Button{ID: "no", Label: "ui.cancel", Do: func() tea.Cmd { return Close(core.Cancel{}) }},
		form.Button{ID: "yes", Label: "ui.close", Submit: true, Do: func() tea.Cmd { s.sent++; s.words = "正在提交"; return nil }})
	s.Form = NewForm(e, func() string { return "归档影像" }, f)
	s.Working = func() (string, func()) {
		if s.final {
			return s.words, nil
		}
		return s.words, func() { s.stopped++; s.words = "" }
	}
	s.Init()
	return s
}

func click(d core.Dialog, t *uitest.Terminal, piece string) (core.Action, tea.Cmd) {
	x, y, ok := t.Find(piece)
	if !ok {
		return "not found: " + piece, nil
	}
	return d.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
}

func TestNothingReachesAFormThatWorks(t *testing.T) {
	s := newSending()
	s.final = true
	click(s, draw(t, s, 76, 22), "关闭 (F7)")
	term := draw(t, s, 76, 22)
	if !strings.Contains(term.Text(), "| 正在提交") || term.X >= 0 || !s.Busy() {
		t.Errorf("no spinner and words:\n%s", term.Text())
	}
	s.Update(uitest.Key("f7"))
	s.Update(tea.PasteMsg{Content: "x"})
	if a, cmd := click(s, term, "关闭 (F7)"); a != nil || cmd != nil || s.sent != 1 {
		t.Errorf("sent %d times", s.sent)
	}
	if a, cmd := click(s, term, "取消"); a != nil || cmd != nil {
		t.Error("a click on cancel hid the outcome")
	}
	if a, cmd := s.Update(uitest.Key("esc")); a != nil || !strings.Contains(cmd().(core.ToastMsg).Text, "无法撤回") {
		t.Error("Esc must say why it has to wait")
	}
	s.words = ""
	if a := key(s, "esc"); a != (core.Cancel{}) {
		t.Errorf("afterwards Esc gave %v", a)
	}
}

func TestEscCallsOffWhatCanBe(t *testing.T) {
	s := newSending()
	key(s, "f7")
	if a := key(s, "esc"); a != nil || s.stopped != 1 {
		t.Fatalf("%v, stopped %d times", a, s.stopped)
	}
	if got := draw(t, s, 76, 22).Text(); !strings.Contains(got, "已停止") {
		t.Errorf("\n%s", got)
	}
	if a := key(s, "esc"); a != (core.Cancel{}) {
		t.Errorf("the second Esc gave %v", a)
	}
}

func TestNoteAndButtonsStayInSightWhileTheFieldsScroll(t *testing.T) {
	s := newSending()
	s.Form.Form.SetNote("登录失败：用户名或密码错误（HTTP 401）", true)
	for _, at := range []string{"a", "h", "l", "no"} {
		s.Form.Form.FocusOn(at)
		got := draw(t, s, 76, 12).Text()
		if !strings.Contains(got, "HTTP 401") || !strings.Contains(got, "[ 取消 ]") {
			t.Errorf("with the focus on %s:\n%s", at, got)
		}
		if up, down := strings.Contains(got, "^ |"), strings.Contains(got, "v |"); up != (at != "a") || down != (at != "l" && at != "no") {
			t.Errorf("with the focus on %s the marks are wrong:\n%s", at, got)
		}
	}
}

func TestTheWheelScrollsAFormAndAKeyComesBack(t *testing.T) {
	s := newSending()
	s.Form.Form.Control("l").SetValue("最后")
	draw(t, s, 76, 12)
	for range 9 {
		s.Update(tea.MouseWheelMsg{Y: 5, Button: tea.MouseWheelDown})
	}
	if term := draw(t, s, 76, 12); !strings.Contains(term.Text(), "最后") || term.X >= 0 || s.Form.Form.Current() != "a" {
		t.Errorf("\n%s", term.Text())
	}
	s.Update(tea.KeyPressMsg{Code: 'x', Text: "x"})
	if term := draw(t, s, 76, 12); !strings.HasSuffix(term.Before(), "[ x") {
		t.Errorf("the cursor is behind %q", term.Before())
	}
}

func TestAHeadScrollsInWhatTheFormLeavesAndClicksGoPastIt(t *testing.T) {
	s := newSending()
	var lines []string
	for i := range 30 {
		lines = append(lines, "文件"+itoa(i))
	}
	var w Window
	s.HeadFn = func(_, maxH int) []string { shown, _ := w.Show(lines, maxH); return shown }
	s.HeadMove = w.Move
	s.Keys = func() []keymap.Binding {
		return []keymap.Binding{{ID: "discard.scroll", Keys: []string{"pgdown"}, Do: func() tea.Cmd { w.Tail(); return nil }}}
	}
	if got := draw(t, s, 76, 22).Text(); !strings.Contains(got, "文件0 ") || !strings.Contains(got, "[ 取消 ]") {
		t.Errorf("\n%s", got)
	}
	s.Update(tea.MouseWheelMsg{Y: style.BodyY, Button: tea.MouseWheelDown})
	if got := draw(t, s, 76, 22).Text(); strings.Contains(got, "文件0 ") || !strings.Contains(got, "文件1 ") {
		t.Errorf("\n%s", got)
	}
	key(s, "pgdown")
	s.Form.Form.Control("c").SetValue("第三")
	term := draw(t, s, 76, 22)
	if click(s, term, "第三"); s.Form.Form.Current() != "c" {
		t.Errorf("the click went to %s:\n%s", s.Form.Form.Current(), term.Text())
	}
	if _, cmd := click(s, term, "取消"); cmd == nil {
		t.Error("the click missed the button")
	}
}

func TestHomeAndEndReachTheEndsOfMenusAndConfirmations(t *testing.T) {
	var lines []string
	m := NewMenu(env(), "列", nil, "")
	for i := range 40 {
		lines = append(lines, "行"+itoa(i))
		m.Items = append(m.Items, Item{ID: itoa(i), Label: "行" + itoa(i)})
	}
	m.Init()
	c := NewConfirm(env(), "作废确认", lines, "ui.grid.row")
	for _, d := range []core.Dialog{m, c} {
		draw(t, d, 76, 20)
		if key(d, "end"); !strings.Contains(draw(t, d, 76, 20).Text(), "行39") {
			t.Errorf("%T: End", d)
		}
		if key(d, "home"); !strings.Contains(draw(t, d, 76, 20).Text(), "行0 ") {
			t.Errorf("%T: Home", d)
		}
	}
}

func TestTheFullWidthSpacePressesButtons(t *testing.T) {
	c := NewConfirm(env(), "作废确认", nil, "ui.grid.row")
	if a := key(c, "tab", "\u3000"); a != (core.Confirm{}) {
		t.Errorf("a confirmation gave %v", a)
	}
	s := newSending()
	s.Form.Form.FocusOn("yes")
	if key(s, "\u3000"); s.sent != 1 {
		t.Errorf("the form was sent %d times", s.sent)
	}
}

func TestTheListOfAFieldIsClickedInAForm(t *testing.T) {
	e := env()
	p := field.NewPicker(e, field.Option{Value: "a", Label: "甲"}, field.Option{Value: "b", Label: "乙"})
	d := NewForm(e, func() string { return "直达" }, form.New(e, []form.Row{{ID: "p", Label: "ui.grid.row", Control: p}, {ID: "t", Label: "ui.close", Control: field.NewText(e)}}))
	d.Init()
	click(d, draw(t, d, 76, 20), "v]")
	click(d, draw(t, d, 76, 20), "乙")
	if p.Value() != "b" || p.Open() {
		t.Errorf("%q, open %v", p.Value(), p.Open())
	}
}

func TestWhatAFormClosesIsItselfWhateverIsOnTop(t *testing.T) {
	below, above := newSending(), newSending()
	_, cmd := click(below, draw(t, below, 76, 22), "取消")
	if cmd == nil {
		t.Fatal("the button does nothing")
	}
	late := cmd()
	if act, _ := above.Update(late); act != nil {
		t.Errorf("another form closes with %v", act)
	}
	if act, _ := below.Update(late); act != (core.Cancel{}) {
		t.Errorf("the form itself ends with %v", act)
	}
}

// A question and its answers are in one language, also when F9 is pressed over it.
func TestAQuestionKeepsItsLanguage(t *testing.T) {
	e := env()
	c := NewConfirm(e, "作废确认", nil, "ui.grid.row")
	was, _ := c.View(80, 20)
	e.SetLang("en")
	if now, _ := c.View(80, 20); now != was {
		t.Errorf("%s\nis now\n%s", was, now)
	}
}
