package style

import (
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"

	"imagery/internal/text"
)

func variants() []Options {
	var out []Options
	for _, d := range []Depth{Full, Sixteen, None} {
		for i := range 8 {
			out = append(out, Options{Depth: d, Dark: i&1 > 0, HighContrast: i&2 > 0, Unicode: i&4 > 0})
		}
	}
	return out
}

// tokens returns every style of s by name.
func tokens(s *Styles) map[string]lipgloss.Style {
	out := map[string]lipgloss.Style{}
	v := reflect.ValueOf(*s)
	for i := range v.NumField() {
		if st, ok := v.Field(i).Interface().(lipgloss.Style); ok {
			out[v.Type().Field(i).Name] = st
		}
	}
	return out
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestFullColourTokensHaveEnoughContrast(t *testing.T) {
	for _, o := range variants() {
		if o.Depth != Full {
			continue
		}
		back, want := color.Color(color.Gray{0xfa}), 4.5
		if o.Dark {
			back = color.Gray{0x18}
		}
		if o.HighContrast {
			want = 7
		}
		for name, st := range tokens(New(o)) {
			fg, bg := st.GetForeground(), st.GetBackground()
			if _, none := fg.(lipgloss.NoColor); none || name == "Border" {
				continue
			}
			if _, none := bg.(lipgloss.NoColor); none {
				bg = back
			}
			if got := contrast(fg, bg); got < want {
				t.Errorf("%+v: %s has contrast %.1f, want %.1f", o, name, got, want)
			}
		}
	}
}

func TestWithoutColourNothingSetsOne(t *testing.T) {
	for name, st := range tokens(New(Options{Depth: None, Dark: true})) {
		for _, c := range []color.Color{st.GetForeground(), st.GetBackground()} {
			if _, none := c.(lipgloss.NoColor); !none {
				t.Errorf("%s has a colour", name)
			}
		}
	}
}

func TestTheCursorRowStandsOutInEveryVariant(t *testing.T) {
	for _, o := range variants() {
		s := New(o)
		for name, st := range map[string]lipgloss.Style{"Selected": s.Selected, "SelectedIdle": s.SelectedIdle, "ButtonFocus": s.ButtonFocus} {
			if st.Render("x") == s.Text.Render("x") {
				t.Errorf("%+v: %s looks like text", o, name)
			}
		}
		if s.Selected.Render("x") == s.SelectedIdle.Render("x") {
			t.Errorf("%+v: focus cannot be told", o)
		}
	}
}

func TestPanelsFillTheirSizeExactly(t *testing.T) {
	for _, o := range variants() {
		s := New(o)
		for w := 1; w < 60; w += 3 {
			for h := 1; h < 6; h++ {
				p := Panel{Title: "账号  已选 3", Info: "第 2/248 页 共 12,384 条", Body: "阿卜杜勒·买买提江\n\n张三", W: w, H: h, Focused: w%2 > 0, Bare: h%2 > 0}
				lines := strings.Split(s.Panel(p), "\n")
				if len(lines) != h {
					t.Fatalf("%dx%d: %d lines", w, h, len(lines))
				}
				for _, l := range lines {
					if text.Width(l) != w {
						t.Fatalf("%dx%d: %d cells: %q", w, h, text.Width(l), l)
					}
				}
			}
		}
	}
}

func TestAPanelLooksLikeTheMockUp(t *testing.T) {
	s := New(Options{Depth: None, Unicode: true})
	got := text.Plain(s.Panel(Panel{Title: "筛选 f", Body: "开户日期", W: 27, H: 3}))
	if want := "┌─ 筛选 f ────────────────┐\n│ 开户日期                │\n└─────────────────────────┘"; got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	s = New(Options{Depth: None})
	if got := text.Plain(s.Panel(Panel{Title: "a", Info: "b", W: 20, H: 2})); got != "+- a ---------- b -+\n+------------------+" {
		t.Errorf("\n%s", got)
	}
}

func TestBarIsExact(t *testing.T) {
	for part, want := range map[float64]string{0: "[----------]", 0.64: "[######----]", 1: "[##########]", 7: "[##########]", -1: "[----------]"} {
		if got := Bar(part, 12); got != want {
			t.Errorf("%v: %s", part, got)
		}
	}
}
