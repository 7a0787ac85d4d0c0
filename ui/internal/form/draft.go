package form

import (
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

// Draft keeps what is typed into a form, so that it is there again after the dialog was left, the session ended or the program died.
type Draft struct {
	Env  *core.Env
	Key  string // of the kept value; one draft each
	Form *Form
	// About says what the draft is for, such as an account: it comes back only for the same.
	About string
	// Omit are rows that are not written down, because they are personal.
	Omit []string

	last map[string]string
	told string // the note that tells of what is back
}

// written is a draft as it is kept.
type written struct {
	About  string            `json:"about"`
	Values map[string]string `json:"values"`
}

func (d *Draft) values() map[string]string {
	v := d.Form.Values()
	maps.DeleteFunc(v, func(id, _ string) bool { return slices.Contains(d.Omit, id) })
	return v
}

// Restore puts back what was typed before, if anything was that the form does not say by itself. The form's note says so in words,
// translated, until something is changed.
func (d *Draft) Restore(words string) {
	d.last = d.values()
	var w written
	if !d.Env.Kept.Recall(d.Key, &w) || w.About != d.About || w.Values == nil || maps.Equal(w.Values, d.last) {
		return
	}
	d.Form.Restore(w.Values)
	d.last, d.told = d.values(), words
	d.Form.SetNote(words, false)
}

// Keep keeps what the form holds if that changed since the last time.
func (d *Draft) Keep() tea.Cmd {
	now := d.values()
	if maps.Equal(now, d.last) {
		return nil
	}
	if d.last = now; d.told != "" && d.Form.note == d.told {
		d.Form.SetNote("", false)
	}
	return d.Env.Kept.Keep(d.Key, written{d.About, now})
}

// Drop forgets the draft, because what it was for is done.
func (d *Draft) Drop() tea.Cmd {
	d.last = d.values()
	return d.Env.Kept.Keep(d.Key, written{})
}
