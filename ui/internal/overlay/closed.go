package overlay

import (
	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

// Closed returns the Action of a Close that msg delivers, for dialogs that hold a form without being an overlay.Form.
func Closed(msg tea.Msg) (core.Action, bool) {
	m, ok := msg.(closeMsg)
	return m.action, ok
}
