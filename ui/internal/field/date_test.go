package field

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestDigitsFlowIntoTheDate(t *testing.T) {
	for typed, want := range map[string]string{
		"20260328": "2026-03-28", "2026/3/28": "2026-03-28", "2026年3月28日": "2026-03-28", "26.3.8": "2026-03-8", "2026-3": "2026-3",
		"202603281": "2026-03-28", "２０２６０３２８": "2026-03-28", "2026－3－2": "2026-03-2", "今天": "今天", "-7": "-7", "--": "--", "2x1": "2x1",
	} {
		d := NewDate(env())
		d.Focus()
		typeIn(d, typed)
		if got := d.Text.Value(); got != want {
			t.Errorf("%q gives %q, want %q", typed, got, want)
		}
	}
	for typed, want := range map[string]string{"20260328091500": "2026-03-28 09:15:00", "2026年3月8日 9:15": "2026-03-08 09:15", "2026-3-8 9": "2026-03-08 9"} {
		d := NewDate(env())
		d.Clock = true
		d.Focus()
		typeIn(d, typed)
		if got := d.Text.Value(); got != want {
			t.Errorf("%q gives %q, want %q", typed, got, want)
		}
	}
}

func TestTheRestOfTheMaskStandsBehindTheCursor(t *testing.T) {
	d := NewDate(env())
	d.Focus()
	for typed, want := range map[string]string{"": "[ yyyy-mm-dd  ]", "2026": "[ 2026-mm-dd  ]", "20260": "[ 2026-0m-dd  ]", "20260328": "[ 2026-03-28  ]", "今天": "[ 今天        ]"} {
		d.SetValue("")
		typeIn(d, typed)
		term := screen(t, d, 15)
		if got := term.Line(0); got != want {
			t.Errorf("%q shows %q, want %q", typed, got, want)
		}
		if got := term.Before(); got != "[ "+d.Text.Value() {
			t.Errorf("%q: the cursor is behind %q", typed, got)
		}
	}
	d.SetValue("")
	d.Blur()
	if got := screen(t, d, 15).Line(0); strings.Contains(got, "y") {
		t.Errorf("an empty field without the focus shows %q", got)
	}
}

func TestTypingInsideADateOverwritesDigits(t *testing.T) {
	d := NewDate(env())
	d.Focus()
	d.SetValue("2026-03-28")
	press(d, "home")
	typeIn(d, "2025")
	typeIn(d, "12")
	if got := d.Text.Value(); got != "2025-12-28" {
		t.Errorf("%q", got)
	}
	if got := screen(t, d, 15).Before(); got != "[ 2025-12" {
		t.Errorf("the cursor is behind %q", got)
	}
	press(d, "end", "backspace", "backspace", "backspace", "backspace")
	typeIn(d, "131")
	if got := d.Text.Value(); got != "2025-11-31" {
		t.Errorf("%q", got)
	}
}

func TestPastedDatesAreTakenInEveryWriting(t *testing.T) {
	for _, s := range []string{"20260328", "2026/3/28", "2026年3月28日", " 2026-03-28 10:02:11\n", "2026.3.28", "2026/3/28 10:02", "2026-03-28T10:02:11"} {
		d := NewDate(env())
		d.Focus()
		d.SetValue("2020-01-01")
		d.Update(tea.PasteMsg{Content: s})
		if d.Text.Value() != "2026-03-28" {
			t.Errorf("%q gives %q", s, d.Text.Value())
		}
	}
}

func TestDaysAndMonthsAreSteppedThrough(t *testing.T) {
	d := NewDate(env())
	d.Focus()
	for _, c := range []struct{ key, want string }{
		{"up", "2026-04-02"},
		{"up", "2026-04-03"},
		{"+", "2026-04-04"},
		{"-", "2026-04-03"},
		{"-", "2026-04-02"},
		{"down", "2026-04-01"},
		{"down", "2026-03-31"},
		{"pgdown", "2026-02-28"},
		{"pgup", "2026-03-28"},
		{"＋", "2026-03-29"},
		{"－", "2026-03-28"},
	} {
		if press(d, c.key); d.Text.Value() != c.want {
			t.Fatalf("%s gives %q, want %q", c.key, d.Text.Value(), c.want)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026年3月28日", "20260328091500", "-7+", "2026-\b3", "２０２６", "今天+", "\x1b"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, s string, back uint8) {
		d := NewDate(env())
		d.Clock = back%2 == 0
		d.Focus()
		for i, r := range s {
			typeIn(d, string(r))
			if back > 0 && i%int(back) == 0 {
				press(d, "left", "backspace")
			}
			if _, cur := d.View(24); cur == nil || cur.X < 2 || cur.X > 21 {
				t.Fatalf("%q: cursor at %v", d.Text.Value(), cur)
			}
		}
	})
}
