package field

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// notices runs a command and returns the notices it shows.
func notices(cmd tea.Cmd) (out []core.ToastMsg) {
	if cmd == nil {
		return nil
	}
	switch m := cmd().(type) {
	case core.ToastMsg:
		return []core.ToastMsg{m}
	case tea.BatchMsg:
		for _, c := range m {
			out = append(out, notices(c)...)
		}
	}
	return out
}

func TestAPastedListIsTakenValueByValue(t *testing.T) {
	for pasted, want := range map[string]string{
		"1101\n1102\r\nA0301\n": "1101,1102,A0301", "1101,a0301": "1101,A0301", "1101、B0101；1102": "1101,B0101,1102", "1101 1102": "1101,1102",
		"1101\t居民身份证\nB0101\t银行卡": "1101,B0101", "客户头像，银行卡": "A0301,B0101", "A0301 客户头像\nA0301": "A0301",
	} {
		p := NewPicker(env(), options()...)
		p.Multi = true
		changed := 0
		p.Changed = func() tea.Cmd { changed++; return nil }
		p.Focus()
		p.Update(tea.PasteMsg{Content: pasted})
		if p.Value() != want || p.Open() || changed != 1 {
			t.Errorf("%q gives %q, open %v, changed %d times", pasted, p.Value(), p.Open(), changed)
		}
	}
}

func TestPastedValuesThatNoOptionHasAreNamedOrTakenWhereFree(t *testing.T) {
	p := NewPicker(env(), options()...)
	p.Multi = true
	p.Focus()
	cmd, _ := p.Update(tea.PasteMsg{Content: "1101\nZ9\x1b[31m\nY8"})
	if got := notices(cmd); p.Value() != "1101" || len(got) != 1 || got[0].Kind != core.Warning || !strings.Contains(got[0].Text, "Z9[31m  Y8") {
		t.Errorf("%q, %v", p.Value(), got)
	}
	p.Free = true
	cmd, _ = p.Update(tea.PasteMsg{Content: "Z9\nY8"})
	if got := notices(cmd); p.Value() != "1101,Z9,Y8" || len(got) != 1 || got[0].Text != "已加入 2 项" {
		t.Errorf("%q, %v", p.Value(), got)
	}
}

func TestASinglePastedPieceIsLookedFor(t *testing.T) {
	p := NewPicker(env(), options()...)
	p.Multi = true
	p.Focus()
	p.Update(tea.PasteMsg{Content: "身份证"})
	if term := screen(t, p, 40); p.Value() != "" || !strings.Contains(term.Text(), "1102") || strings.Contains(term.Text(), "头像") {
		t.Errorf("%q\n%s", p.Value(), term.Text())
	}
	single := NewPicker(env(), options()...)
	single.Focus()
	if single.Update(tea.PasteMsg{Content: "1101\n1102"}); single.Value() != "" || !single.Open() {
		t.Errorf("a field of one value took %q", single.Value())
	}
}

func TestAnOpenListMovesByHomeEndAndWheel(t *testing.T) {
	p := NewPicker(env(), options()...)
	p.Focus()
	if _, handled := p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown}); handled {
		t.Error("a closed list takes the wheel")
	}
	at := func() string { term := screen(t, p, 40); _, y, _ := term.Find("> "); return term.Line(y) }
	press(p, "enter", "end")
	if got := at(); !strings.Contains(got, "B0101") {
		t.Errorf("end: %q", got)
	}
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	if got := at(); !strings.Contains(got, "A0301") {
		t.Errorf("wheel: %q", got)
	}
	if press(p, "home"); !strings.Contains(at(), "1101") {
		t.Errorf("home: %q", at())
	}
}

func TestWordsStayAsTypedUnlessASuggestionWasPointedAt(t *testing.T) {
	words := func() *Picker {
		p := NewPicker(env(), Option{Value: "影像模糊，客户已重新提供", Label: "影像模糊，客户已重新提供"}, Option{Value: "重复", Label: "重复"})
		p.Free, p.Words = true, true
		p.Focus()
		return p
	}
	for keys, want := range map[string]string{
		"tab": "影像模糊", "shift+tab": "影像模糊", "f7": "影像模糊", "down tab": "影像模糊", "enter": "影像模糊，客户已重新提供", "down up tab": "影像模糊，客户已重新提供",
		"esc tab": "",
	} {
		p := words()
		typeIn(p, "影像模糊")
		press(p, strings.Fields(keys)...)
		if p.Value() != want || p.Open() {
			t.Errorf("%s leaves %q, want %q", keys, p.Value(), want)
		}
	}
	p := words()
	typeIn(p, "影像模糊")
	if p.Blur(); p.Value() != "影像模糊" {
		t.Errorf("clicking elsewhere leaves %q", p.Value())
	}
}

func TestATypedCodeIsTakenAsItStandsAndPinyinAsItsOption(t *testing.T) {
	for typed, want := range map[string]string{"B0101": "B0101", "kh": "A0301"} {
		p := NewPicker(env(), Option{Value: "XB0101", Label: "XB0101 别的"}, Option{Value: "B0101", Label: "B0101 银行卡"}, Option{Value: "A0301", Label: "A0301 客户头像"})
		p.Free = true
		p.Focus()
		typeIn(p, typed)
		if handled := press(p, "tab"); p.Value() != want || handled {
			t.Errorf("%q is taken as %q", typed, p.Value())
		}
	}
}

func TestSubmittingClosesAnOpenListWithWhatIsTicked(t *testing.T) {
	for _, key := range []string{"f7", "ctrl+s"} {
		p := NewPicker(env(), options()...)
		p.Multi = true
		p.Focus()
		press(p, "enter", "space", "down")
		if names := p.Bindings(); len(names) != 2 {
			t.Errorf("the footer of an open list names %v", names)
		}
		if handled := press(p, key); handled || p.Open() || p.Value() != "1101" || len(p.Bindings()) != 0 {
			t.Errorf("%s: handled %v, open %v, %q", key, handled, p.Open(), p.Value())
		}
	}
}

func TestOptionsFollowTheLanguage(t *testing.T) {
	e := env()
	c, p := NewChecks(e, Option{Value: "r", Key: "login.remember"}), NewPicker(e, Option{Value: "r", Key: "login.remember"})
	p.SetValue("r")
	for _, want := range []string{"记住密码", "remember"} {
		for _, f := range []Control{c, p} {
			if got := screen(t, f, 40).Line(0); !strings.Contains(got, want) {
				t.Errorf("%T shows %q, want %q", f, got, want)
			}
		}
		e.SetLang("en")
	}
}

func TestDownLeavesAFieldWhoseHistoryIsNotWalked(t *testing.T) {
	f := NewText(env())
	f.History = []string{"补录"}
	f.Focus()
	if press(f, "down") {
		t.Error("Down was taken though nothing was recalled")
	}
	if !press(f, "up", "down") || press(f, "down") {
		t.Error("Down must first come back to what was typed")
	}
	f.Update(uitest.Key("up"))
	if f.Value() != "补录" {
		t.Errorf("%q", f.Value())
	}
}

func FuzzPastedList(f *testing.F) {
	for _, s := range []string{"1101\n1102", "1101 居民身份证、B0101；x\x1b[31m", "a,b\xff,\u202ec", " ,，\n", "\u3000\u3000"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, free bool) {
		p := NewPicker(env(), options()...)
		p.Multi, p.Free = true, free
		p.Focus()
		p.Update(tea.PasteMsg{Content: s})
		for _, v := range p.Values() {
			if v == "" || strings.ContainsAny(v, ",\n\x1b") || len(p.Values()) > 2*maxPasted {
				t.Fatalf("%q gives %q", s, v)
			}
		}
		p.View(30)
	})
}

func TestANarrowPickListLeavesOutCodes(t *testing.T) {
	p := NewPicker(env(), Option{Value: "1101", Label: "1101 身份证"}, Option{Value: "1103", Label: "1103 头部正面照"})
	p.Multi = true
	p.SetValues([]string{"1103"})
	p.Focus()
	for w, wants := range map[int][]string{22: {"[ 头部正面照", "[x] 头部正面照", "[ ] 身份证"}, 40: {"[ 1103 头部正面照", "[x] 1103 头部正面照", "[ ] 1101 身份证"}} {
		p.close()
		closed, _ := p.View(w)
		p.show()
		open, _ := p.View(w)
		for _, want := range wants {
			if got := text.Plain(closed + "\n" + open); !strings.Contains(got, want) {
				t.Errorf("in %d cells %q is not in:\n%s", w, want, got)
			}
		}
	}
}
