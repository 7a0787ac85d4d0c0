package screen

import (
	"testing"
	"unicode/utf8"
)

// FuzzAnswers: whatever a terminal, or what stands in its place, answers to the questions of a start, sizes stay believable and its name
// harmless.
func FuzzAnswers(f *testing.F) {
	for _, c := range terminals {
		f.Add(c.answer, c.env.Tmux)
	}
	for _, s := range []string{
		"\x1b[6;99999999999;1t\x1b[?62;4c", "\x1b[4;-1;0t", "\x1b[?1;0;99999999999999999999S", "\x1bP>|\x1b]52;c;eA==\x07\x1b\\", "\x1b_Gi=31;OK", "\x1b[?2;0;1;", "\x9b?4c", "\x1b[?;;;c",
	} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, answer string, tmux bool) {
		d := detector(t, Env{Term: "xterm-256color", Tmux: tmux}, Auto)
		feed(d, answer)
		d.Update(TimeoutMsg{})
		c := d.Caps()
		if min(c.CellW, c.CellH) < 1 || max(c.CellW, c.CellH) > maxCell || max(c.Registers, c.MaxSixel.X, c.MaxSixel.Y) > maxPixels || min(c.Registers, c.MaxSixel.X, c.MaxSixel.Y) < 0 {
			t.Errorf("%q: %+v", answer, c)
		}
		for _, r := range c.Terminal {
			if r < ' ' || r > '~' || r == utf8.RuneError {
				t.Errorf("%q: the terminal is called %q", answer, c.Terminal)
			}
		}
	})
}
