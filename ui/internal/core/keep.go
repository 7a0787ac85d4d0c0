package core

import (
	"encoding/json"

	tea "charm.land/bubbletea/v2"
)

// Keeper keeps what a user arranged on a profile (filters, columns, drafts) from one run to the next.
type Keeper interface {
	// Recall reads what was kept under key into the value that into points to, and reports whether there was anything.
	Recall(key string, into any) bool
	// Keep takes v, as JSON, in the place of what was there, and returns the command that writes it down.
	Keep(key string, v any) tea.Cmd
}

// Memory is a Keeper for as long as the program runs.
type Memory map[string]json.RawMessage

// Recall implements Keeper.
func (m Memory) Recall(key string, into any) bool {
	raw, ok := m[key]
	return ok && json.Unmarshal(raw, into) == nil
}

// Keep implements Keeper.
func (m Memory) Keep(key string, v any) tea.Cmd {
	if raw, err := json.Marshal(v); err == nil {
		m[key] = raw
	}
	return nil
}
