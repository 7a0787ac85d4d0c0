package keymap

import (
	"maps"
	"strings"
)

// Map is the user's remaps: binding ID to the keys that replace its own. A nil Map changes nothing.
type Map struct{ remaps map[string][]string }

// NewMap takes the config's table of binding ID to keys; those of fixed bindings count for nothing.
func NewMap(remaps map[string][]string) *Map {
	remaps = maps.Clone(remaps)
	maps.DeleteFunc(remaps, func(id string, _ []string) bool { return Fixed(id) })
	return &Map{remaps}
}

// Fixed reports whether a binding keeps its keys: those that dialogs and open lists are left and answered with, so that every one can be.
func Fixed(id string) bool {
	return strings.HasPrefix(id, "dialog.") || strings.HasPrefix(id, "picker.")
}

// Apply gives the bindings their remapped keys, in place, and returns them.
func (m *Map) Apply(bs []Binding) []Binding {
	if m == nil || len(m.remaps) == 0 {
		return bs
	}
	for i := range bs {
		if keys, ok := m.remaps[bs[i].ID]; ok {
			bs[i].Keys, bs[i].Show = keys, ""
		}
	}
	return bs
}

// A Conflict is one key that two bindings of the same screen claim; the first wins.
type Conflict struct {
	Key           string
	Winner, Loser string // binding IDs
}

// Conflicts lists the keys claimed twice among bindings that are offered together.
func Conflicts(bs []Binding) []Conflict {
	var out []Conflict
	owner := map[string]string{}
	for _, b := range bs {
		for _, k := range b.Keys {
			if first, taken := owner[k]; !taken {
				owner[k] = b.ID
			} else if first != b.ID {
				out = append(out, Conflict{k, first, b.ID})
			}
		}
	}
	return out
}

// Label returns how the binding's keys are written for people: "Space", "Ctrl+G", "a". With all, every key joined by a space.
func (b Binding) Label(all bool) string {
	if b.Show != "" && !all {
		return b.Show
	}
	if len(b.Keys) == 0 {
		return ""
	}
	if !all {
		return Display(b.Keys[0])
	}
	out := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		out[i] = Display(k)
	}
	return strings.Join(out, " ")
}

var displayNames = map[string]string{
	"space": "Space", "enter": "Enter", "esc": "Esc", "tab": "Tab", "up": "Up", "down": "Down", "left": "Left", "right": "Right",
	"pgup": "PgUp", "pgdown": "PgDn", "home": "Home", "end": "End", "backspace": "Backspace", "delete": "Del", "insert": "Ins", "ctrl": "Ctrl", "shift": "Shift", "alt": "Alt",
}

// Display writes a key's name for people: "ctrl+g" gives "Ctrl+G", "f6" gives "F6", "a" stays.
func Display(key string) string {
	if key == "+" || !strings.Contains(key, "+") && len(key) == 1 {
		return key
	}
	parts := strings.Split(key, "+")
	for i, p := range parts {
		switch name, ok := displayNames[p]; {
		case ok:
			parts[i] = name
		case len(p) > 1 && p[0] == 'f' || len(parts) > 1:
			parts[i] = strings.ToUpper(p)
		}
	}
	return strings.Join(parts, "+")
}
