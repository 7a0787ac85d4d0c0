// Package field has the controls of forms: text, date, pick list, check boxes and file path. Each draws itself in a given width and says
// where the real cursor stands in cells, so that an input method's window opens where the text goes.
package field

import tea "charm.land/bubbletea/v2"

// Control is one field of a form. Its Value is a string that SetValue takes back, for drafts.
type Control interface {
	Focus() tea.Cmd
	Blur()
	Focused() bool
	// Update handles keys, pastes and answers for the control. handled is false for a key it has no use for (Tab, Esc, Enter
	// when closed), which the form then takes.
	Update(tea.Msg) (cmd tea.Cmd, handled bool)
	// View draws Height lines of exactly w cells. The cursor is nil unless focused.
	View(w int) (string, *tea.Cursor)
	// Height is the lines View draws now; an open pick list is taller.
	Height() int
	Value() string
	SetValue(string)
	// Problem says, translated, what is wrong with the value; empty when nothing is.
	Problem() string
	// Typing reports whether letters are text now.
	Typing() bool
}
