// Package ui is the terminal program: it keeps the stack of screens and dialogs, routes messages to the one on top, and draws the frame
// around it. Screens know neither each other nor the rest of the program; this package wires them to internal/app.
package ui

import (
	"context"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/picture/screen"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

// Options says how the program starts. App is required.
type Options struct {
	App      *app.App
	Lang     string // "zh" or "en"
	ASCII    bool   // borders of plain characters whatever the terminal could do
	NoMotion bool   // spinners stand still
	NoColor  bool
	// HighContrast starts with the colours of the highest contrast.
	HighContrast bool
	Keys         map[string][]string // keys by binding ID, in the place of its own
	KeepLang     func(lang string)   // keeps the language chosen while running; nil: it is not kept
	Version      string
	// Graphics names how pictures are shown, one of screen.Names; empty: not at all in New, as the terminal can in Run.
	Graphics string
	Getenv   func(string) string // nil: nothing is known of the environment
	Out      io.Writer           // nil: the terminal
}

// Run shows the program on the terminal until the user leaves or ctx ends. Without a session in App it starts with the sign-in screen.
func Run(ctx context.Context, o Options) error {
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Graphics == "" {
		o.Graphics = screen.Auto
	}
	m := New(ctx, o)
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithoutSignalHandler(),
		tea.WithInput(screen.NewReader(os.Stdin)), tea.WithOutput(m.env.Graphics.Writer)).Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// New returns the program's model, for Run and for tests.
func New(ctx context.Context, o Options) *Model {
	env := core.NewEnv(ctx)
	env.SetLang(o.Lang)
	env.Motion = !o.NoMotion
	env.Now = func() time.Time { return time.Now().In(config.Zone()) }
	env.Kept = keeper{o.App, ctx}
	m := &Model{env: env, app: o.App, svc: &service{App: o.App}, opts: o}
	m.svc.setLang(o.Lang)
	m.began, m.seen = env.Now(), map[string]bool{}
	env.Keys = keymap.NewMap(o.Keys)
	m.graphics(o)
	m.look = style.Options{Dark: true, HighContrast: o.HighContrast}
	if o.NoColor {
		m.look.Depth = style.None
	}
	env.Styles = style.New(m.look)
	return m
}
