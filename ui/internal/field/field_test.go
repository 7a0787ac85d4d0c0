package field

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

func env() *core.Env {
	e := core.NewEnv(context.Background())
	e.Now = func() time.Time { return time.Date(2026, 4, 2, 16, 20, 0, 0, time.UTC) }
	return e
}

// press sends keys by name and reports whether the last one was used.
func press(c Control, keys ...string) (handled bool) {
	for _, k := range keys {
		_, handled = c.Update(uitest.Key(k))
	}
	return handled
}

func typeIn(c Control, s string) {
	for _, r := range s {
		c.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// screen draws a control as a terminal would.
func screen(t *testing.T, c Control, w int) *uitest.Terminal {
	t.Helper()
	s, cur := c.View(w)
	uitest.Exact(t, s, w, c.Height())
	return uitest.Draw(s, cur, w, c.Height())
}

func focused(c Control) Control { c.Focus(); return c }

func TestTheCursorStandsInCellsBehindWhatWasTyped(t *testing.T) {
	for _, s := range []string{"", "张三丰abc", "ＡＢ全角", "e\u0301clair", "한국어", "a", "李四(0231)", "👍🏽🇨"} {
		f := focused(NewText(env()))
		typeIn(f, s)
		term := screen(t, f, 40)
		if got := term.Before(); got != "[ "+text.Steady(s) {
			t.Errorf("before the cursor stands %q, want %q", got, "[ "+text.Steady(s))
		}
	}
}

func TestTheCursorIsRightAfterScrolling(t *testing.T) {
	for w := 8; w < 20; w++ {
		f := focused(NewText(env()))
		typeIn(f, "阿卜杜勒·买买提江张三丰abc")
		term := screen(t, f, w)
		if got := strings.TrimPrefix(term.Before(), "[ "); !strings.HasSuffix("阿卜杜勒·买买提江张三丰abc", strings.TrimLeft(got, " ")) || got == "" {
			t.Errorf("width %d: before the cursor stands %q", w, got)
		}
		if term.X >= w-2 {
			t.Errorf("width %d: the cursor is at %d, outside the field", w, term.X)
		}
		press(f, "left", "left", "left")
		if got := screen(t, f, w).Before(); w > 12 && !strings.HasSuffix(got, "丰") {
			t.Errorf("width %d: three steps back there stands %q", w, got)
		}
		press(f, "home")
		if term = screen(t, f, w); term.X != 2 || !strings.HasPrefix(term.Line(0), "[ 阿") {
			t.Errorf("width %d: at home: %d %q", w, term.X, term.Line(0))
		}
	}
}

func TestTheCursorStaysInsideTheFieldWhileTyping(t *testing.T) {
	f := focused(NewText(env()))
	for _, r := range "张a三b丰cdefgh" {
		f.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		if term := screen(t, f, 12); term.X > 9 || term.Slice(10, 0, 12) != " ]" {
			t.Fatalf("cursor at %d: %q", term.X, term.Line(0))
		}
	}
}

func TestCharactersAreDeletedWhole(t *testing.T) {
	f := focused(NewText(env()))
	f.SetValue("a👍🏽e\u0301张")
	for _, want := range []string{"a👍🏽e\u0301", "a👍🏽", "a", "", ""} {
		press(f, "backspace")
		if f.Value() != want {
			t.Fatalf("%q, want %q", f.Value(), want)
		}
	}
}

func TestAMarkTypedAloneJoinsItsBase(t *testing.T) {
	f := focused(NewText(env()))
	typeIn(f, "e\u0301x")
	press(f, "left", "left", "delete")
	if f.Value() != "x" {
		t.Errorf("%q", f.Value())
	}
}

func TestEditingKeys(t *testing.T) {
	for _, c := range []struct {
		start, want string
		keys        []string
	}{
		{"one two three", "one two ", []string{"ctrl+w"}},
		{"one two", "", []string{"ctrl+u"}},
		{"one two", "one", []string{"home", "ctrl+right", "ctrl+k"}},
		{"张三 李四", "张三 ", []string{"ctrl+w"}},
		{"abc", "ac", []string{"left", "left", "delete"}},
		{"abc", "bc", []string{"ctrl+a", "ctrl+d"}},
		{"one two", "one ", []string{"alt+left", "ctrl+k"}},
		{"abc", "abc", []string{"end", "right", "delete"}},
	} {
		f := focused(NewText(env()))
		f.SetValue(c.start)
		press(f, c.keys...)
		if f.Value() != c.want {
			t.Errorf("%v on %q gives %q, want %q", c.keys, c.start, f.Value(), c.want)
		}
	}
}

func TestTabEscAndEnterAreLeftToTheForm(t *testing.T) {
	for _, c := range []Control{NewText(env()), NewDate(env()), NewPicker(env()), NewChecks(env(), Option{Value: "a", Label: "A"}), NewFilePath(env(), nil)} {
		for _, k := range []string{"tab", "shift+tab", "esc", "f7"} {
			if press(focused(c), k) {
				t.Errorf("%T takes %s", c, k)
			}
		}
	}
}

func TestPasteIsOneLineWithoutControlCharacters(t *testing.T) {
	f := focused(NewText(env()))
	f.Update(tea.PasteMsg{Content: "张三\r\n李\x1b[31m四\x00\t五\u202e\u200b六\n"})
	if got := f.Value(); got != "张三 李[31m四 五六" {
		t.Errorf("%q", got)
	}
}

func TestMaxLenCountsCharactersOfTheServer(t *testing.T) {
	f := NewText(env())
	f.MaxLen = 4
	f.Focus()
	f.Update(tea.PasteMsg{Content: "一二三四五"})
	typeIn(f, "六")
	if f.Value() != "一二三四" {
		t.Errorf("%q", f.Value())
	}
}

func TestAPasswordNeverShows(t *testing.T) {
	f := NewText(env())
	f.Password = true
	f.Focus()
	typeIn(f, "密码x1")
	term := screen(t, f, 12)
	if got := term.Line(0); got != "[ ****     ]" || term.X != 6 {
		t.Errorf("%q, cursor %d", got, term.X)
	}
}

func TestPlaceholderLeavesTheCursorAtTheStart(t *testing.T) {
	f := NewText(env())
	f.Placeholder = "第三方系统编号"
	f.Focus()
	if term := screen(t, f, 30); term.X != 2 || !strings.Contains(term.Line(0), f.Placeholder) {
		t.Errorf("%d %q", term.X, term.Line(0))
	}
}

func TestHistoryGivesTheOwnTextBack(t *testing.T) {
	f := NewText(env())
	f.History = []string{"old", "newer"}
	f.Focus()
	typeIn(f, "mine")
	var got []string
	for _, k := range []string{"up", "up", "up", "down", "down", "down"} {
		press(f, k)
		got = append(got, f.Value())
	}
	if want := "newer old old newer mine mine"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestClickingPutsTheCursorWhereItFalls(t *testing.T) {
	f := focused(NewText(env()))
	f.SetValue("张三丰abc")
	f.View(40)
	f.Update(tea.MouseClickMsg{X: 2 + 4, Button: tea.MouseLeft})
	if got := screen(t, f, 40).Before(); got != "[ 张三" {
		t.Errorf("%q", got)
	}
}

func options() []Option {
	var out []Option
	for _, label := range []string{"1101 居民身份证（人像面）", "1102 居民身份证（国徽面）", "A0301 客户头像", "B0101 银行卡"} {
		code, _, _ := strings.Cut(label, " ")
		out = append(out, Option{Value: code, Label: label})
	}
	return out
}

func TestAPickerIsFilteredByPinyin(t *testing.T) {
	p := NewPicker(env(), options()...)
	p.Focus()
	typeIn(p, "tx")
	if h := p.Height(); h != 2 {
		t.Fatalf("height %d, want the line and one hit", h)
	}
	term := screen(t, p, 40)
	if !strings.Contains(term.Line(1), "> A0301 客户头像") || term.Before() != "[ tx" {
		t.Errorf("%q cursor after %q", term.Text(), term.Before())
	}
	press(p, "enter")
	if p.Value() != "A0301" || p.Open() {
		t.Errorf("%q", p.Value())
	}
	if got := screen(t, p, 40).Line(0); !strings.Contains(got, "A0301 客户头像") {
		t.Errorf("%q", got)
	}
}

func TestAPickerWithoutFreeRefusesWhatNoOptionHas(t *testing.T) {
	p := NewPicker(env(), options()...)
	p.Focus()
	typeIn(p, "Z9")
	press(p, "enter")
	if p.Value() != "" {
		t.Errorf("took %q", p.Value())
	}
	p.Free = true
	typeIn(p, "Z9")
	press(p, "enter")
	if p.Value() != "Z9" {
		t.Errorf("refused, %q", p.Value())
	}
}

func TestSeveralAreChosenWithSpace(t *testing.T) {
	p := NewPicker(env(), options()...)
	p.Multi = true
	p.Focus()
	press(p, "enter", "space", "down", "down", "space", "enter")
	if got := p.Value(); got != "1101,A0301" {
		t.Fatalf("%q", got)
	}
	if got := screen(t, p, 22).Line(0); !strings.Contains(got, "+1") {
		t.Errorf("summary %q", got)
	}
	press(p, "backspace")
	if got := p.Value(); got != "1101" {
		t.Errorf("%q", got)
	}
}

func TestEscClosesAnOpenPickerAndChangesNothing(t *testing.T) {
	p := NewPicker(env(), options()...)
	p.SetValue("B0101")
	p.Focus()
	press(p, "enter")
	if !press(p, "up", "esc") || p.Open() || p.Value() != "B0101" {
		t.Errorf("open %v, value %q", p.Open(), p.Value())
	}
}

func TestDatesAreReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"20260102": "2026-01-02", "2026-1-2": "2026-01-02", "2026/1/2": "2026-01-02", "2026年1月2日": "2026-01-02",
		"今天": "2026-04-02", "today": "2026-04-02", "-7": "2026-03-26", "昨天": "2026-04-01", "2026-13-01": "2026-13-01",
	} {
		d := NewDate(env())
		d.Focus()
		typeIn(d, in)
		d.Blur()
		if d.Value() != want {
			t.Errorf("%q gives %q, want %q", in, d.Value(), want)
		}
		if bad := d.Problem() != ""; bad != (in == want) {
			t.Errorf("%q: problem %q", in, d.Problem())
		}
	}
	d := NewDate(env())
	d.SetValue("2026-03-01")
	d.Focus()
	if press(d, "down"); d.Value() != "2026-02-28" {
		t.Error(d.Value())
	}
}

func TestADateWithClockKeepsTheTime(t *testing.T) {
	d := NewDate(env())
	d.Clock = true
	d.SetTime(d.Env.Now())
	if d.Value() != "2026-04-02 16:20:00" {
		t.Error(d.Value())
	}
}

func TestRadioHasExactlyOneAndChecksAny(t *testing.T) {
	opts := []Option{{Value: "a", Label: "账号"}, {Value: "c", Label: "客户"}}
	r := NewRadio(env(), opts...)
	r.Focus()
	press(r, "right")
	term := screen(t, r, 24)
	if r.Value() != "c" || term.Line(0) != "( )账号 (o)客户" || term.Before() != "( )账号 (" {
		t.Errorf("%q %q %q", r.Value(), term.Line(0), term.Before())
	}
	c := NewChecks(env(), opts...)
	c.Focus()
	press(c, "space", "right", "space")
	if c.Value() != "a,c" {
		t.Error(c.Value())
	}
	screen(t, c, 24)
	for _, x := range []int{1, len("[x]账号 [x]客户")} { // the second is right of all labels
		if c.Update(tea.MouseClickMsg{X: x}); c.Value() != "c" {
			t.Errorf("%q after a click at %d", c.Value(), x)
		}
	}
}

func TestOptionsThatDoNotFitScroll(t *testing.T) {
	c := NewChecks(env(), Option{Value: "a", Label: "经纪业务"}, Option{Value: "b", Label: "居间业务"}, Option{Value: "c", Label: "资产管理"}, Option{Value: "d", Label: "自营"})
	c.Focus()
	for i, want := range []string{"经纪业务", "居间业务", "资产管理", "自营"} {
		if i > 0 {
			press(c, "right")
		}
		if term := screen(t, c, 20); !strings.Contains(term.Line(0), "]"+want) || term.Slice(term.X-1, 0, term.X) != "[" {
			t.Errorf("%s: cursor %d in %q", want, term.X, term.Line(0))
		}
	}
}

// pathScreen lets a driver run a path field's commands.
type pathScreen struct{ f *FilePath }

func (p pathScreen) Update(m tea.Msg) tea.Cmd { cmd, _ := p.f.Update(m); return cmd }
func (p pathScreen) View(w, h int) (string, *tea.Cursor) {
	s, c := p.f.View(w)
	return text.Block(s, w, h), c
}

func TestTabCompletesAPathOffTheUpdateGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFilePath(env(), func(_ context.Context, prefix string) ([]string, error) {
			time.Sleep(time.Second) // a slow network drive
			var out []string
			for _, p := range []string{"/影像/头像_张三丰.jpg", "/影像/头像_李四.jpg", "/影像/合同.pdf"} {
				if strings.HasPrefix(p, prefix) {
					out = append(out, p)
				}
			}
			return out, nil
		})
		f.Focus()
		d := uitest.Drive(t, pathScreen{f}, nil)
		d.Type("/影像/头").Press("tab").Wait(2 * time.Second)
		if f.Value() != "/影像/头像_" {
			t.Fatalf("%q", f.Value())
		}
		d.Press("tab").Wait(2 * time.Second)
		if len(f.more) != 2 {
			t.Errorf("candidates %v", f.more)
		}
		d.Type("李").Press("tab").Type("x").Wait(2 * time.Second)
		if f.Value() != "/影像/头像_李x" {
			t.Errorf("a late answer changed what was typed since: %q", f.Value())
		}
	})
}

func TestTabLeavesAPathWhoseFolderCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFilePath(env(), func(context.Context, string) ([]string, error) { return nil, os.ErrPermission })
		f.Focus()
		d := uitest.Drive(t, pathScreen{f}, nil).Type("/影像/头").Press("tab")
		if n := len(d.Seen); n != 1 || d.Seen[0].(core.ToastMsg).Text != "无法读取这个文件夹" {
			t.Errorf("%v", d.Seen)
		}
		if _, handled := f.Update(uitest.Key("tab")); handled {
			t.Error("the second Tab does not leave the field")
		}
	})
}

func FuzzTyping(f *testing.F) {
	f.Add("张三丰abc", "e\u0301", uint8(9))
	f.Add("👍🏽🇨🇳", "\u200d", uint8(3))
	f.Fuzz(func(t *testing.T, first, second string, w uint8) {
		c := NewText(env())
		c.Focus()
		c.Update(tea.PasteMsg{Content: first})
		press(c, "left", "left")
		c.Update(tea.PasteMsg{Content: second})
		for _, k := range []string{"", "home", "ctrl+right", "end", "backspace", "ctrl+w"} {
			if k != "" {
				press(c, k)
			}
			width := 6 + int(w%40)
			s, cur := c.View(width)
			if got := text.Width(s); got != width || cur.X < 2 || cur.X > width-3 {
				t.Fatalf("%q, %q after %q: %d cells instead of %d, cursor %d: %q", first, second, k, got, width, cur.X, s)
			}
		}
	})
}
