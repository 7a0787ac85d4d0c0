package ui

import (
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/picture/screen"
	"imagery/ui/internal/core"
)

// graphics prepares for finding out which pictures the terminal shows. A name that is none of screen.Names counts as none.
func (m *Model) graphics(o Options) {
	out, name, getenv := o.Out, o.Graphics, o.Getenv
	if out == nil {
		out = io.Discard
	}
	if name == "" {
		name = screen.None.String()
	}
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	env := screen.EnvOf(getenv)
	env.NoColor = env.NoColor || o.NoColor
	d, err := screen.NewDetector(env, name)
	if err != nil {
		d, _ = screen.NewDetector(env, screen.None.String())
	}
	m.detector = d
	m.env.Graphics = &core.Graphics{Writer: screen.NewWriter(out), Caps: d.Caps()}
}

// queryGraphics asks the terminal what it can show.
func (m *Model) queryGraphics() tea.Cmd {
	q := m.detector.Query()
	if q == "" {
		return nil
	}
	return tea.Batch(tea.Raw(q), m.env.Graphics.Writer.Measure, tea.Tick(screen.Timeout, func(time.Time) tea.Msg { return screen.TimeoutMsg{} }))
}

// detect takes in what a message says of the terminal's graphics, and tells the screens when that changes what they can show.
func (m *Model) detect(msg tea.Msg) tea.Cmd {
	if !m.detector.Update(msg) {
		return nil
	}
	caps := m.detector.Caps()
	caps.WideBlocks = caps.WideBlocks || m.narrow
	if caps == m.env.Graphics.Caps {
		return nil
	}
	m.env.Graphics.Caps = caps
	return m.broadcast(m.size())
}

// resized tells the screens their size, and asks how large the cells are now: the font may have changed with the window.
func (m *Model) resized() tea.Cmd {
	cmds := []tea.Cmd{m.broadcast(m.size())}
	if m.detector.Done() && m.env.Graphics.Caps.Protocol != screen.None {
		cmds = append(cmds, tea.Raw(m.detector.QuerySizes()), m.env.Graphics.Writer.Measure)
	}
	return tea.Batch(cmds...)
}

// size is what a screen has of the window.
func (m *Model) size() core.SizeMsg { return core.SizeMsg{W: m.w, H: m.h - frameLines} }
