// Package core is what every screen shares: the Env, the Screen and Dialog contracts, the router's messages and async loading.
package core

import (
	"context"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/i18n"
	"imagery/internal/picture/screen"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

// Env is what all screens share through one pointer. Only the Update goroutine changes it (language, styles, frame); commands must
// copy what they need out of it first.
type Env struct {
	Ctx      context.Context // ends with the program; parent of every fetch
	Styles   *style.Styles
	T        func(key i18n.Key, pairs ...any) string
	Lang     string           // "zh" or "en"
	Keys     *keymap.Map      // the user's remaps; nil for none
	Now      func() time.Time // the clock, fake in tests
	Motion   bool             // spinners may turn
	Kept     Keeper           // what the user arranged on this profile; never nil
	Graphics *Graphics        // pictures on this terminal; never nil
	Frame    int              // counted up by the router on every TickMsg
}

// Graphics is what this terminal shows of pictures, and how they get there.
type Graphics struct {
	Writer *screen.Writer
	Caps   screen.Caps
	// Covered tells that something is drawn over the screen now.
	Covered bool
}

// NewEnv returns an Env that works by itself, in Chinese and with ASCII borders; callers change what they know better.
func NewEnv(ctx context.Context) *Env {
	e := &Env{Ctx: ctx, Styles: style.New(style.Options{Dark: true}), Now: time.Now, Motion: true, Kept: Memory{}, Graphics: &Graphics{Writer: screen.NewWriter(io.Discard)}}
	e.SetLang("zh")
	return e
}

// SetLang switches the language of everything drawn from now on.
func (e *Env) SetLang(lang string) {
	cat := i18n.Load(lang)
	e.Lang, e.T = cat.Lang(), cat.T
}

// Words returns a message in the language of the moment in which it is called.
func (e *Env) Words(key i18n.Key, pairs ...any) func() string {
	return func() string { return e.T(key, pairs...) }
}

// Apply gives bindings the user's keys. Every Bindings method ends with it.
func (e *Env) Apply(bs ...keymap.Binding) []keymap.Binding { return e.Keys.Apply(bs) }

// Run does what k is bound to; a disabled binding shows its reason as a toast. handled is false when nothing is bound to k.
func (e *Env) Run(bs []keymap.Binding, k tea.KeyPressMsg, typing bool) (cmd tea.Cmd, handled bool) {
	cmd, reason, handled := keymap.Run(bs, k, typing)
	if reason != "" {
		return Toast(Warning, reason), true
	}
	return cmd, handled
}

// Spinner returns the one-cell ASCII frame to show beside words while something runs, a plain dot without motion.
func (e *Env) Spinner() string {
	if !e.Motion {
		return "."
	}
	return `|/-\`[e.Frame%4&3:][:1]
}

// Screen is one full-window view: a stateful struct, not a tea.Model.
type Screen interface {
	// Init starts the first load. The router calls it once, when the screen is pushed.
	Init() tea.Cmd
	// Update handles one message and returns follow-up work.
	Update(tea.Msg) tea.Cmd
	// View draws into exactly w by h cells and places the real cursor relative to its top left; nil hides it.
	View(w, h int) (string, *tea.Cursor)
	// Bindings lists what works now, for help, palette and footer; the focused child's come first.
	Bindings() []keymap.Binding
	// Title is the breadcrumb, translated and sanitised.
	Title() string
	// Status is the line above the footer, translated and sanitised.
	Status() string
	// Typing reports whether a text field has the focus, so that letters are text.
	Typing() bool
}

// Closer is a Screen that has something to end (fetches, timers) when it is popped.
type Closer interface{ Close() }

// Busier is a Screen or Dialog that shows a spinner now. While one does, the router sends it TickMsg.
type Busier interface{ Busy() bool }

// Backer is a Screen in which Esc may take a smaller step than leaving: Back takes it and reports true. A SizeMsg follows, to draw what
// pictures there are now.
type Backer interface{ Back() bool }

// Dialog is a box over the screen. It returns an Action to its opener when it is done.
type Dialog interface {
	Init() tea.Cmd
	// Update handles one message. A nil Action keeps the dialog open.
	Update(tea.Msg) (Action, tea.Cmd)
	// View draws the box with its border, at most maxW by maxH cells, and places the cursor relative to the box.
	View(maxW, maxH int) (string, *tea.Cursor)
	Bindings() []keymap.Binding
	Typing() bool
}

// Action is what a dialog was closed with; each dialog declares its own types.
type Action any

// Cancel is the Action of leaving a dialog without doing anything.
type Cancel struct{}

// Confirm is the Action of a plain yes.
type Confirm struct{}
