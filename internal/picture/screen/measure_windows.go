package screen

import tea "charm.land/bubbletea/v2"

// Measure is a command that asks the system for the window's pixels. Windows
// does not know them: it returns nil.
func (w *Writer) Measure() tea.Msg { return nil }
