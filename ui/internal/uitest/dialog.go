package uitest

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
)

// Dialog is a driver for a dialog, drawn in the top left corner with the room that a window of 80 by 24 cells leaves it.
type Dialog struct {
	*Driver
	Dialog core.Dialog
	// Closed is the Action it ended with, nil while it is open.
	Closed core.Action
}

// The window around the dialog, and what the router keeps free of it.
const (
	dialogW, dialogH = 80, 24
	aroundW, aroundH = 4, 2
)

// DriveDialog opens a dialog.
func DriveDialog(t *testing.T, dialog core.Dialog) *Dialog {
	d := &Dialog{Dialog: dialog}
	d.Driver = Drive(t, d, dialog.Init())
	d.Driver.w, d.Driver.h = dialogW, dialogH
	d.Pump()
	return d
}

// Update implements Screen. A closed dialog gets nothing more, as from the router.
func (d *Dialog) Update(msg tea.Msg) tea.Cmd {
	if d.Closed != nil {
		return nil
	}
	act, cmd := d.Dialog.Update(msg)
	d.Closed = act
	return cmd
}

// View implements Screen.
func (d *Dialog) View(w, h int) (string, *tea.Cursor) {
	box, cur := d.Dialog.View(w-aroundW, h-aroundH)
	return text.Block(box, w, h), cur
}

// ClickOn clicks the place where piece first stands, n cells to its right.
func (d *Dialog) ClickOn(piece string, n int) *Dialog {
	d.t.Helper()
	x, y, ok := d.Terminal().Find(piece)
	if !ok {
		d.t.Fatalf("there is no %q to click:\n%s", piece, d.Screen())
	}
	d.Click(x+n, y)
	return d
}
