package uitest

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

var codes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace,
	"delete": tea.KeyDelete, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
	"f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f11": tea.KeyF11, "f12": tea.KeyF12,
}

// Key returns the message of pressing the named key, such that its String is name again.
func Key(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	rest := name
	for mod, bit := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "alt+": tea.ModAlt, "shift+": tea.ModShift} {
		if s := strings.Replace(rest, mod, "", 1); s != "" && s != rest {
			k.Mod |= bit
			rest = s
		}
	}
	if code, ok := codes[rest]; ok {
		k.Code = code
		if rest == "space" && k.Mod == 0 {
			k.Text = " "
		}
		return k
	}
	k.Code = []rune(rest)[0]
	if k.Mod&^tea.ModShift == 0 {
		k.Text = rest
	}
	return k
}

// Storm runs m in a real program while keys, picked at random from names, arrive as fast as it takes them. Run it with -race: it finds
// commands that touch the model.
func Storm(t *testing.T, m tea.Model, n int, names ...string) {
	t.Helper()
	p := tea.NewProgram(m, tea.WithInput(nil), tea.WithOutput(&bytes.Buffer{}), tea.WithoutSignalHandler(), tea.WithWindowSize(80, 24))
	done := make(chan error, 1)
	go func() { _, err := p.Run(); done <- err }()
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for range n {
		p.Send(Key(names[r.IntN(len(names))]))
	}
	time.Sleep(50 * time.Millisecond)
	p.Quit()
	if err := <-done; err != nil {
		t.Fatalf("the program ended badly: %v", err)
	}
}

// AsModel makes a screen a program of w by h cells.
func AsModel(s Screen, init tea.Cmd, w, h int) tea.Model { return model{s, init, w, h} }

type model struct {
	s    Screen
	init tea.Cmd
	w, h int
}

func (m model) Init() tea.Cmd                           { return m.init }
func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) { return m, m.s.Update(msg) }

func (m model) View() tea.View {
	s, cur := m.s.View(m.w, m.h)
	v := tea.NewView(s)
	v.Cursor = cur
	return v
}
