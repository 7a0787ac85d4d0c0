// Package uitest drives a screen or a whole program the way a user does, on a fake clock, and shows what a terminal would. Use it inside
// synctest.Test: Pump then knows when everything has come to rest.
package uitest

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

// Driver sends input to what it drives and runs its commands.
type Driver struct {
	t      *testing.T
	update func(tea.Msg) tea.Cmd
	view   func(w, h int) (string, *tea.Cursor)
	msgs   chan tea.Msg
	w, h   int
	// Seen holds the messages of the router (dialogs, toasts, pops) that commands sent, in order.
	Seen []tea.Msg
	// Quit is set once the program asked to end.
	Quit bool
}

// Screen is the part of core.Screen that a driver needs; widgets wrapped in a test have it too.
type Screen interface {
	Update(tea.Msg) tea.Cmd
	View(w, h int) (string, *tea.Cursor)
}

// Drive returns a driver for a screen in 100 by 30 cells and runs cmd, its Init.
func Drive(t *testing.T, s Screen, cmd tea.Cmd) *Driver {
	d := &Driver{t: t, update: s.Update, view: s.View, msgs: make(chan tea.Msg, 4096), w: 100, h: 30}
	d.run(cmd)
	return d
}

// Program returns a driver for a whole program in w by h cells, started and told its size.
func Program(t *testing.T, m tea.Model, w, h int) *Driver {
	d := &Driver{t: t, msgs: make(chan tea.Msg, 4096), w: w, h: h}
	d.update = func(msg tea.Msg) (cmd tea.Cmd) { m, cmd = m.Update(msg); return cmd }
	d.view = func(int, int) (string, *tea.Cursor) { v := m.View(); return v.Content, v.Cursor }
	d.run(m.Init())
	return d.Resize(w, h)
}

// Resize changes the window and tells the program.
func (d *Driver) Resize(w, h int) *Driver {
	d.w, d.h = w, h
	return d.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

func (d *Driver) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.msgs <- cmd() }()
	}
}

// Pump delivers what has already arrived, without advancing the clock.
func (d *Driver) Pump() *Driver {
	for {
		synctest.Wait()
		select {
		case m := <-d.msgs:
			d.deliver(m)
		default:
			return d
		}
	}
}

// Wait lets time pass, delivering whatever arrives meanwhile.
func (d *Driver) Wait(total time.Duration) *Driver {
	const step = 10 * time.Millisecond
	for d.Pump(); total > 0; total -= step {
		time.Sleep(min(step, total))
		d.Pump()
	}
	return d
}

func (d *Driver) deliver(m tea.Msg) {
	switch m.(type) {
	case nil:
		return
	case tea.QuitMsg:
		d.Quit = true
		return
	case core.OpenDialogMsg, core.ToastMsg, core.PopMsg, core.CopyMsg, core.QuitMsg:
		d.Seen = append(d.Seen, m)
	}
	cmds, several := commands(m)
	switch _, batch := m.(tea.BatchMsg); {
	case !several:
		d.run(d.update(m))
	case batch:
		for _, c := range cmds {
			d.run(c)
		}
	default:
		go d.inOrder(cmds)
	}
}

// inOrder runs the commands of a tea.Sequence one after another.
func (d *Driver) inOrder(cmds []tea.Cmd) {
	for _, c := range cmds {
		if c != nil {
			d.msgs <- c()
		}
	}
}

// commands returns the commands that m bundles. The type of a tea.Sequence is not exported, so any slice of commands counts.
func commands(m tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(m)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	out := make([]tea.Cmd, v.Len())
	for i := range out {
		out[i] = v.Index(i).Interface().(tea.Cmd)
	}
	return out, true
}

// Send delivers a message and everything that follows from it at once.
func (d *Driver) Send(msgs ...tea.Msg) *Driver {
	for _, m := range msgs {
		d.run(d.update(m))
		d.Pump()
	}
	return d
}

// Press presses keys by name ("j", "ctrl+g", "shift+tab", "f6"), each delivered before the next.
func (d *Driver) Press(keys ...string) *Driver {
	for _, k := range keys {
		d.Send(Key(k))
	}
	return d
}

// Type types a text character by character, as a keyboard or an IME commits it.
func (d *Driver) Type(s string) *Driver {
	for _, r := range s {
		d.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

// Paste pastes a text in one piece.
func (d *Driver) Paste(s string) *Driver { return d.Send(tea.PasteMsg{Content: s}) }

// Click presses the left button at cell x, y.
func (d *Driver) Click(x, y int) *Driver {
	return d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// Raw returns what the view wrote, colour sequences included, and its cursor.
func (d *Driver) Raw() (string, *tea.Cursor) { return d.view(d.w, d.h) }

// Terminal draws the view in an emulated terminal of the driver's size, failing the test when it does not fill it exactly.
func (d *Driver) Terminal() *Terminal {
	d.t.Helper()
	view, cur := d.Raw()
	Exact(d.t, view, d.w, d.h)
	return Draw(view, cur, d.w, d.h)
}

// Screen returns the terminal's text, one line per row, without trailing spaces.
func (d *Driver) Screen() string { d.t.Helper(); return d.Terminal().Text() }

// Contains fails the test unless the screen shows every one of the pieces.
func (d *Driver) Contains(pieces ...string) *Driver {
	d.t.Helper()
	got := d.Screen()
	for _, p := range pieces {
		if !strings.Contains(got, p) {
			d.t.Errorf("the screen does not show %q:\n%s", p, got)
		}
	}
	return d
}

// Lacks fails the test if the screen shows any of the pieces.
func (d *Driver) Lacks(pieces ...string) *Driver {
	d.t.Helper()
	got := d.Screen()
	for _, p := range pieces {
		if strings.Contains(got, p) {
			d.t.Errorf("the screen shows %q:\n%s", p, got)
		}
	}
	return d
}
