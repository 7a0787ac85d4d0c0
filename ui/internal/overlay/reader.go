package overlay

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

// Reader is a pane of lines beside a list, which can be scrolled while it has the focus. Screens set Focused.
type Reader struct {
	Focused bool
	window  Window
	lines   int // of the last View
	page    int // lines in sight of it
	from    int // 0-based, the first in sight of it
}

// Reset scrolls to the first line, for something else to read.
func (r *Reader) Reset() { r.window = Window{} }

// Move scrolls by n lines.
func (r *Reader) Move(n int) { r.window.Move(n) }

// View returns the h lines in sight of text.
func (r *Reader) View(text string, h int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	shown, from := r.window.Show(lines, h)
	r.lines, r.page, r.from = len(lines), max(h, 1), from
	return strings.Join(shown, "\n")
}

// Where tells which lines are in sight, for the pane's frame; empty when all are.
func (r *Reader) Where() string {
	if r.lines <= r.page {
		return ""
	}
	return fmt.Sprintf("%d-%d/%d", r.from+1, min(r.from+r.page, r.lines), r.lines)
}

// Bindings are the keys that scroll it. leave takes the focus back to the list.
func (r *Reader) Bindings(env *core.Env, leave func() tea.Cmd) []keymap.Binding {
	by := func(n int) func() tea.Cmd {
		return func() tea.Cmd { r.window.Move(n); return nil }
	}
	return env.Apply(
		keymap.Binding{ID: "pane.down", Keys: []string{"down", "j"}, Show: "up/down", Footer: 1, Do: by(1)},
		keymap.Binding{ID: "pane.up", Keys: []string{"up", "k"}, Do: by(-1)},
		keymap.Binding{ID: "pane.page_down", Keys: []string{"pgdown"}, Do: by(r.page)},
		keymap.Binding{ID: "pane.page_up", Keys: []string{"pgup"}, Do: by(-r.page)},
		keymap.Binding{ID: "pane.home", Keys: []string{"home", "g"}, Do: func() tea.Cmd { r.Reset(); return nil }},
		keymap.Binding{ID: "pane.end", Keys: []string{"end", "G"}, Do: func() tea.Cmd { r.window.Tail(); return nil }},
		keymap.Binding{ID: "pane.leave", Keys: []string{"tab", "shift+tab"}, Footer: 1, Do: leave},
	)
}
