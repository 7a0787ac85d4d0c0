package form

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

// Recent is the values given last in a field, kept from one run to the next. Not for what is personal.
type Recent struct {
	Env *core.Env
	Key string // of the kept value
}

// mostRecent is how many values are kept.
const mostRecent = 8

// Values returns them, oldest first, as field.Text's History wants them.
func (r Recent) Values() []string {
	var out []string
	r.Env.Kept.Recall(r.Key, &out)
	return out
}

// Add puts v last, and forgets the oldest when there are too many.
func (r Recent) Add(v string) tea.Cmd {
	if v == "" {
		return nil
	}
	all := append(slices.DeleteFunc(r.Values(), func(s string) bool { return s == v }), v)
	return r.Env.Kept.Keep(r.Key, all[max(0, len(all)-mostRecent):])
}
