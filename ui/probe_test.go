package ui

import (
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"imagery/internal/picture/screen"
)

func TestTheProbeShowsItsPictureOnceTheTerminalIsKnown(t *testing.T) {
	p := newProbe(Options{Lang: "zh", Graphics: "cells", Getenv: func(string) string { return "" }, Out: io.Discard})
	run := func(msg tea.Msg) (last tea.Cmd) { _, last = p.Update(msg); return last }
	run(tea.WindowSizeMsg{Width: 80, Height: 24})
	run(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	if v := p.View().Content; !strings.Contains(v, "正在询问终端") {
		t.Errorf("before the answers:\n%s", v)
	}
	early := run(screen.TimeoutMsg{})
	if early == nil {
		t.Fatal("no picture is prepared")
	}
	late := run(tea.ColorProfileMsg{Profile: colorprofile.ANSI256})
	run(late())
	shown := p.View().Content
	if run(early()); p.View().Content != shown {
		t.Error("an overtaken picture took the place of a newer one")
	}
	if !strings.Contains(shown, "cells") || !strings.Contains(shown, "48;5;") {
		t.Errorf("no picture in 256 colours:\n%q", shown)
	}
	if cmd := run(tea.KeyPressMsg{Code: tea.KeyEnter}); cmd == nil || cmd() != tea.Quit() {
		t.Error("a key does not go on")
	}
}
