package text

import (
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"imagery/client"
)

// awkward are strings whose width is easily got wrong.
var awkward = []string{"", "abc", "张三丰abc", "ＡＢＣ１２３", "e\u0301\u0302x", "👍🏽ok", "🇨🇳", "ｶﾀｶﾅ", "阿卜杜勒·买买提江", "한국어", "—…“”", "\x1b[1;31m红色\x1b[mend", "a\u3000b"}

func TestWidthIsWhatLipglossMeasures(t *testing.T) {
	for _, s := range awkward {
		if got, want := Width(s), lipgloss.Width(s); got != want {
			t.Errorf("Width(%q) = %d, lipgloss says %d", s, got, want)
		}
	}
}

func TestFitIsAlwaysExactlyAsWideAsAsked(t *testing.T) {
	for _, s := range awkward {
		for w := range 14 {
			for name, f := range map[string]func(string, int) string{"Fit": Fit, "FitRight": FitRight, "FitCenter": FitCenter} {
				if got := f(s, w); Width(got) != w {
					t.Errorf("%s(%q, %d) = %q, %d cells", name, s, w, got, Width(got))
				}
			}
			if got := Truncate(s, w); Width(got) > w {
				t.Errorf("Truncate(%q, %d) = %q", s, w, got)
			}
		}
	}
}

func TestFittedTextIsAsWideOnEveryTerminal(t *testing.T) {
	hostile := append(awkward, "🇨", "🇨🇳🇨", "क्षि", "한", "👨🏽x", "\x1b[31m👍🏽\x1b[m")
	for _, s := range hostile {
		got := Fit(s, 20)
		if wide, narrow := ansi.StringWidth(got), ansi.StringWidthWc(got); wide != 20 || narrow != 20 {
			t.Errorf("%q becomes %q: %d cells by clusters, %d by characters", s, got, wide, narrow)
		}
	}
	for _, s := range []string{"张三丰abc", "éclair “引号” — ·", "한국어ｶﾅ", "👍"} {
		if Steady(s) != s {
			t.Errorf("%q was changed to %q", s, Steady(s))
		}
	}
}

func TestTruncateEndsInTwoDots(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{{"阿卜杜勒·买买提江", 12, "阿卜杜勒·.."}, {"上海某某投资管理", 14, "上海某某投资.."}, {"abc", 3, "abc"}, {"abcd", 3, "a.."}, {"张三", 3, ".."}, {"张三", 1, "."}, {"张三", 0, ""}} {
		if got := Truncate(c.in, c.w); got != c.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestCutReplacesHalvesOfWideCharactersBySpaces(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     string
	}{{0, 4, "张三"}, {1, 5, " 三 "}, {0, 3, "张 "}, {3, 7, " 丰a"}, {6, 9, "abc"}, {7, 99, "bc"}, {99, 120, ""}, {4, 4, ""}} {
		if got := Cut("张三丰abc", c.from, c.to); got != c.want {
			t.Errorf("Cut(%d, %d) = %q, want %q", c.from, c.to, got, c.want)
		}
	}
	for _, s := range awkward {
		for from := range 8 {
			for to := from; to < 12; to++ {
				want := max(0, min(to, Width(s))-from)
				if got := Cut(s, from, to); Width(got) != want {
					t.Fatalf("Cut(%q, %d, %d) = %q: %d cells, want %d", s, from, to, got, Width(got), want)
				}
			}
		}
	}
}

func TestBlockIsARectangle(t *testing.T) {
	for _, s := range []string{"", "a\n张三丰\nlonger than nine", strings.Repeat("x\n", 9)} {
		lines := strings.Split(Block(s, 9, 4), "\n")
		if len(lines) != 4 {
			t.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if Width(l) != 9 {
				t.Errorf("%q is %d cells", l, Width(l))
			}
		}
	}
}

func TestWrapKeepsLinesWithinTheWidth(t *testing.T) {
	long := "连接被重置，已重试 3 次；the connection was reset by the peer while reading headers"
	lines := Wrap(long, 20)
	for _, l := range lines {
		if Width(l) > 20 {
			t.Errorf("%q is %d cells", l, Width(l))
		}
	}
	if got := strings.Join(strings.Fields(strings.Join(lines, " ")), ""); got != strings.Join(strings.Fields(long), "") {
		t.Errorf("text was lost: %q", lines)
	}
}

func TestSpreadLeavesTheRightSideWhole(t *testing.T) {
	if got := Spread("阿卜杜勒·买买提江", "52:18", 12); got != "阿卜.. 52:18" && got != "阿卜..52:18" && Width(got) != 12 {
		t.Errorf("%q", got)
	}
}

func TestChineseIsFoundByPinyin(t *testing.T) {
	for _, c := range []struct {
		q, s string
		want bool
	}{
		{"sfz", "身份证正面", true},
		{"shenfenzheng", "身份证正面", true},
		{"shfzh", "居民身份证", true},
		{"身份z", "身份证", true},
		{"fz", "身份证", true},
		{"SFZ", "身份证", true},
		{"ｓｆｚ", "身份证", true},
		{"szf", "身份证", false},
		{"gd", "归档影像", true},
		{"tx", "客户头像", true},
		{"yh", "银行卡", true},
		{"yx", "银行卡", true},
		{"yinhang", "银行卡", true},
		{"cq", "重庆", true},
		{"zq", "重庆", true}, // every reading of 行 and 重
		{"lv", "绿", true},
		{"lu", "绿", true},
		{"1101 jm", "1101 居民身份证", true},
		{"110", "1101", true},
		{"", "任何", true},
		{"x", "", false},
		{"a0301tx", "A0301 客户头像", false},
		{"a03", "A0301", true},
		{"zsf", "张三丰", true},
		{"ouyang", "欧阳娜娜", true},
		{"abdl", "阿卜杜勒", true},
	} {
		if got := NewQuery(c.q).Match(c.s); got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.q, c.s, got, c.want)
		}
	}
	if !NewQuery("gzd").Scattered("跟随终端深浅色") || NewQuery("dg").Scattered("归档") {
		t.Error("scattered letters must be found in order only")
	}
}

func TestMatchingDoesNotBlowUpOnRepeatedSyllables(t *testing.T) {
	start := time.Now()
	NewQuery(strings.Repeat("shi", 20) + "q").Match(strings.Repeat("是事时", 60))
	if d := time.Since(start); d > 200*time.Millisecond {
		t.Errorf("took %v", d)
	}
}

func TestSizesAndTimesForPeople(t *testing.T) {
	for n, want := range map[int64]string{-1: "--", 0: "0 B", 1023: "1023 B", 412 << 10: "412 KB", 40055603: "38.2 MB", 1 << 20: "1 MB", 3 << 19: "1.5 MB", 1023 << 20: "1023 MB", 5 << 30: "5 GB"} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{-time.Second: "00:00", 41 * time.Second: "00:41", 52*time.Minute + 18*time.Second: "52:18", 3*time.Hour + 62*time.Second: "3:01:02"} {
		if got := Clock(d); got != want {
			t.Errorf("Clock(%v) = %q, want %q", d, got, want)
		}
	}
}

func BenchmarkFilterRow(b *testing.B) {
	q := NewQuery("sfz")
	for b.Loop() {
		q.Match("期货经纪合同签字页 A0201 柜台流程")
	}
}

// Readings of 和 share letters. A search that tries every way to spell a string with them would not end.
func TestASearchEndsWhereReadingsShareLetters(t *testing.T) {
	s := strings.Repeat("和", 40)
	if NewQuery(strings.Repeat("h", 39) + "x").Match(s) {
		t.Error("found")
	}
	if from, to, ok := NewQuery(strings.Repeat("h", 30) + "uo").Find("在" + s); from != 1 || to != 31 || !ok {
		t.Error(from, to, ok)
	}
}

func FuzzFit(f *testing.F) {
	for _, s := range awkward {
		f.Add(s, uint8(5), uint8(2))
	}
	f.Fuzz(func(t *testing.T, s string, w, from uint8) {
		s = client.Text(s).String()
		if got := Fit(s, int(w)); Width(got) != int(w) || ansi.StringWidthWc(got) != int(w) {
			t.Fatalf("Fit(%q, %d) = %q: %d and %d cells", s, w, got, Width(got), ansi.StringWidthWc(got))
		}
		s = Steady(s)
		if got, want := Width(Cut(s, int(from), int(from)+int(w))), max(0, min(int(from)+int(w), Width(s))-int(from)); got != want {
			t.Fatalf("Cut(%q, %d, +%d) has %d cells instead of %d", s, from, w, got, want)
		}
	})
}
