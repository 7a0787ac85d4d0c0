package ui

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imagery/internal/config"
	"imagery/internal/demo"
)

// stormKeys are what fingers find: every letter that is bound somewhere, arrows, function keys, and text for the fields.
var stormKeys = append(strings.Split("abcdefghijklmnopqrstuvwxyzACDFGHMPRSXY0123456789[]/:?*", ""),
	"enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "space", "backspace", "delete", "insert",
	"shift+down", "shift+up", "ctrl+a", "ctrl+f", "ctrl+g", "ctrl+p", "ctrl+r", "ctrl+s", "ctrl+u", "ctrl+w", "ctrl+y", "ctrl+left", "ctrl+right",
	"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f9", "张", "、", "：", "？", "　")

// Four hundred random keys on every screen and dialog leave a working program, whose lines fill the window; with -race
// they find commands that touch the model.
func TestKeyStorms(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) { t.Parallel(); storm(t, way) })
	}
}

// storm goes a way and lets the storm loose there.
func storm(t *testing.T, way []string) {
	r := rand.New(rand.NewPCG(7, uint64(len(strings.Join(way, " ")))))
	run(t, 80, 24, "zh", func(l *lab) {
		l.bare = true
		l.follow(way)
		for i := 0; i < 400 && !l.Quit; i++ {
			key := stormKeys[r.IntN(len(stormKeys))]
			l.Press(key)
			if i%7 == 0 {
				l.Wait(time.Duration(r.IntN(200)) * time.Millisecond)
			}
			if i%4 == 0 {
				l.Terminal() // fails unless every line is exact
			}
		}
		l.Wait(time.Minute)
		for range 12 {
			l.Press("esc").Wait(100 * time.Millisecond)
		}
		l.Terminal()
	}, func(o *demo.Options, p *config.Profile) {
		o.Accounts = 60
		p.Downloads = filepath.Join(t.TempDir(), "下载")
	})
}
