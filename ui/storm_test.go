package ui

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

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

// typed are the bytes that a terminal sends for keys.
var typed = strings.NewReplacer("enter", "\r", "shift+tab", "\x1b[Z", "tab", "\t", "shift+down", "\x1b[1;2B", "shift+up", "\x1b[1;2A", "ctrl+left", "\x1b[1;5D",
	"ctrl+right", "\x1b[1;5C", "up", "\x1b[A", "down", "\x1b[B", "left", "\x1b[D", "right", "\x1b[C", "home", "\x1b[H", "end", "\x1b[F", "pg", "\x1b[5~",
	"space", " ", "backspace", "\x7f", "delete", "\x1b[3~", "insert", "\x1b[2~", "esc", "\x1b", "f1", "\x1bOP", "f2", "\x1bOQ", "f3", "\x1bOR", "f4", "\x1bOS",
	"f5", "\x1b[15~", "f6", "\x1b[17~", "f7", "\x1b[18~", "f9", "\x1b[20~", "ctrl+a", "\x01", "ctrl+f", "\x06", "ctrl+g", "\x07", "ctrl+p", "\x10", "ctrl+r", "\x12",
	"ctrl+s", "\x13", "ctrl+u", "\x15", "ctrl+w", "\x17", "ctrl+y", "\x19")

// The program's own loop runs commands at once and in any order, which a fake clock does not: with -race this finds what they share.
func TestStormOnTheRealLoop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := &lab{t: t, dir: t.TempDir(), bare: true}
	end := l.prepare(ctx, grey, func(o *demo.Options, _ *config.Profile) { o.Accounts, o.Latency = 60, nil })
	l.app = l.start()
	keys, fingers := io.Pipe()
	p := tea.NewProgram(New(ctx, Options{App: l.app, Lang: "zh", Version: "v0", ASCII: true, Graphics: "cells"}),
		tea.WithContext(ctx), tea.WithInput(keys), tea.WithOutput(io.Discard), tea.WithWindowSize(100, 30), tea.WithoutSignalHandler())
	over := make(chan error, 1)
	go func() { _, err := p.Run(); over <- err }()
	r := rand.New(rand.NewPCG(11, 4))
	press := func(s string) bool {
		_, err := io.WriteString(fingers, s)
		time.Sleep(time.Duration(r.IntN(4)) * time.Millisecond)
		return err == nil
	}
	press("demo\r")
	time.Sleep(time.Second)
	for i := 0; i < 400 && press(typed.Replace(stormKeys[r.IntN(len(stormKeys))])); i++ {
		if i%100 == 99 && l.app.Session().SignedIn {
			time.Sleep(50 * time.Millisecond)
		}
	}
	cancel()
	_ = keys.Close()
	if err := <-over; err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, tea.ErrProgramKilled) {
		t.Error(err)
	}
	end()
}
