package uitest

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
)

// recorder shows the strings it was sent, and the keys.
type recorder struct{ got []string }

func (r *recorder) Update(m tea.Msg) tea.Cmd {
	switch m := m.(type) {
	case string:
		r.got = append(r.got, m)
	case tea.KeyPressMsg:
		r.got = append(r.got, m.String())
	}
	return nil
}

func (r *recorder) View(w, h int) (string, *tea.Cursor) {
	line := strings.Join(r.got, "")
	return text.Block(line, w, h), tea.NewCursor(text.Width(line), 0)
}

func say(s string, d time.Duration) tea.Cmd {
	return func() tea.Msg { time.Sleep(d); return s }
}

func TestSequenceKeepsOrderAndBatchDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		Drive(t, &recorder{}, tea.Sequence(say("a", 3*time.Second), nil, say("b", time.Second))).Wait(5 * time.Second).Contains("ab")
		Drive(t, &recorder{}, tea.Batch(say("a", 3*time.Second), say("b", time.Second))).Wait(5 * time.Second).Contains("ba")
	})
}

func TestTicksRunOnTheFakeClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := Drive(t, &recorder{}, tea.Tick(time.Hour, func(time.Time) tea.Msg { return "tick" }))
		d.Wait(59 * time.Minute).Lacks("tick")
		d.Wait(time.Minute).Contains("tick")
	})
}

func TestKeysAreNamedAsBubbleTeaNamesThem(t *testing.T) {
	for _, name := range []string{"a", "G", "?", "/", "[", "*", "+", "ctrl+g", "ctrl+a", "shift+tab", "shift+down", "alt+left", "f6", "f12", "enter", "esc", "space", "pgdown", "ctrl+pgup"} {
		if got := Key(name).String(); got != name {
			t.Errorf("Key(%q) is %q", name, got)
		}
	}
}

func TestTheTerminalKnowsCellsAndCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := Drive(t, &recorder{}, nil).Type("张三丰abc")
		term := d.Terminal()
		if term.X != 9 || term.Before() != "张三丰abc" || term.Slice(2, 0, 6) != "三丰" {
			t.Errorf("%d %q %q", term.X, term.Before(), term.Slice(2, 0, 6))
		}
		if x, y, ok := term.Find("丰a"); x != 4 || y != 0 || !ok {
			t.Errorf("%d %d %v", x, y, ok)
		}
	})
}

func TestAStormOfKeysEndsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		Storm(t, AsModel(r, nil, 80, 24), 200, "a", "ctrl+g", "down")
		if len(r.got) != 200 {
			t.Errorf("%d keys arrived", len(r.got))
		}
	})
}
