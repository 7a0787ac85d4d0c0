package rules

import (
	"cmp"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	engine "imagery/internal/rules"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
)

// removal owns the question whether a rule goes.
type removal struct {
	m  *Model
	id string
}

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	own := m.ownBindings()
	if m.counts.Busy() && !m.grid.HasStep() { // what Esc means then
		own = append(m.env.Apply(keymap.Binding{ID: "rules.stop", Keys: []string{"esc"}, Footer: 1, Do: func() tea.Cmd { m.Back(); return nil }}), own...)
	}
	return append(own, m.grid.Bindings()...)
}

func (m *Model) ownBindings() []keymap.Binding {
	unread, none, filled := "", "", ""
	switch {
	case m.book.File == nil || m.err != nil:
		unread = m.env.T("rules.unread")
	case m.save.Busy():
		unread = m.env.T("rules.saving")
	case len(m.book.Rules) > 0:
		filled = m.env.T("rules.filled")
	}
	r, ok := m.grid.Current()
	if !ok {
		none = m.env.T("rules.none")
	}
	return m.env.Apply(
		keymap.Binding{ID: "rules.edit", Keys: []string{"enter", "e"}, Show: "enter", Footer: 1, Reason: cmp.Or(unread, none), Do: m.edit},
		keymap.Binding{ID: "rules.add", Keys: []string{"n", "insert"}, Footer: 2, Reason: unread, Do: m.add},
		keymap.Binding{ID: "rules.copy", Keys: []string{"c"}, Footer: 5, Reason: cmp.Or(unread, none), Do: m.copy},
		keymap.Binding{ID: "rules.toggle", Keys: []string{"space"}, Footer: 3, Reason: cmp.Or(unread, none), Do: m.toggle},
		keymap.Binding{ID: "rules.remove", Keys: []string{"D", "delete"}, Footer: 5, Reason: cmp.Or(unread, none), Do: m.askRemove},
		keymap.Binding{ID: "rules.show", Keys: []string{"F"}, Footer: 4, Reason: none, Do: func() tea.Cmd { return core.Send(ShowMsg{r.ID}) }},
		keymap.Binding{ID: "rules.recount", Keys: []string{"r", "f5"}, Footer: 6, Do: m.recount},
		keymap.Binding{ID: "rules.example", Keys: []string{"E"}, Footer: 7, Reason: cmp.Or(unread, filled), Do: m.example},
	)
}

func (m *Model) edit() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok {
		return nil
	}
	return core.Open(newEditor(m.env, m.svc, m.book, r.at, *r.Rule), m)
}

func (m *Model) add() tea.Cmd {
	return core.Open(newEditor(m.env, m.svc, m.book, len(m.book.Rules), engine.Rule{ID: m.free("R")}), m)
}

// copy opens a new rule that says what the one under the cursor does.
func (m *Model) copy() tea.Cmd {
	like, ok := m.grid.Current()
	if !ok {
		return nil
	}
	r := *like.Rule
	r.ID = m.free(r.ID + "-")
	return core.Open(newEditor(m.env, m.svc, m.book, len(m.book.Rules), r), m)
}

// free returns an id that begins so and is not used.
func (m *Model) free(prefix string) string {
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s%d", prefix, n)
		if prefix == "R" {
			id = fmt.Sprintf("R%02d", n)
		}
		if !slices.ContainsFunc(m.book.Rules, func(r engine.Rule) bool { return r.ID == id }) {
			return id
		}
	}
}

func (m *Model) toggle() tea.Cmd {
	now, ok := m.grid.Current()
	if !ok {
		return nil
	}
	r := *now.Rule
	r.Disabled = !r.Disabled
	return m.write(r.ID, func(f *engine.File) (*engine.File, error) { return f.With(now.at, r) })
}

func (m *Model) askRemove() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok {
		return nil
	}
	lines := []string{r.ID + " " + client.SafeText(r.Name, 200), "", m.env.T("rules.remove_ask")}
	if m.book.Example {
		lines = append(lines, m.env.T("rules.copies", "path", client.SafeText(m.book.Path, 300)))
	}
	d := overlay.NewConfirm(m.env, m.env.T("rules.remove_title"), lines, "rules.remove_yes")
	d.Danger = true
	return core.Open(d, removal{m, r.ID})
}

// example makes the rules that ship with the program the beginning of the profile's own.
func (m *Model) example() tea.Cmd {
	svc := m.svc
	return m.write("", func(*engine.File) (*engine.File, error) { return svc.ExampleFile() })
}

// closed does what the screen's dialogs were for.
func (m *Model) closed(msg core.DialogClosedMsg) tea.Cmd {
	switch owner := msg.Owner.(type) {
	case removal:
		if owner.m != m || msg.Action != (core.Confirm{}) {
			return nil
		}
		i := slices.IndexFunc(m.book.Rules, func(r engine.Rule) bool { return r.ID == owner.id })
		if i < 0 {
			return nil
		}
		return m.write("", func(f *engine.File) (*engine.File, error) { return f.Without(i) })
	case *Model:
		if act, ok := msg.Action.(edited); ok && owner == m {
			m.book, m.next = act.book, act.rule
			m.show()
			return tea.Batch(m.count(), core.Send(SavedMsg{}), core.Toast(core.Success, m.env.T("rules.saved", "hash", m.hash())))
		}
		return nil
	}
	return m.grid.Update(msg)
}
