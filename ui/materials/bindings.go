package materials

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	if m.grid.Typing() {
		return m.grid.Bindings()
	}
	if m.facts.Focused {
		own := m.env.Apply(keymap.Binding{ID: "materials.copy_facts", Keys: []string{"y"}, Footer: 1, Do: m.copyFacts})
		return slices.Concat(m.facts.Bindings(m.env, m.enterPane(false)), own, m.ownBindings())
	}
	of := m.grid.Bindings()
	for i, b := range of {
		if n, ok := inFooter[b.ID]; ok {
			of[i].Footer = n
		}
	}
	return append(m.ownBindings(), of...)
}

// inFooter is what the list's own keys are worth here: arrows move without being told to, and a list of one account is short.
var inFooter = map[string]int{"grid.copy": 5, "grid.filter": 8, "grid.down": 9, "grid.columns": 9}

// copyFacts copies what the preview tells of the file.
func (m *Model) copyFacts() tea.Cmd {
	return core.Send(core.CopyMsg{Text: strings.TrimSpace(text.Plain(m.details(longest))), What: m.env.T("materials.facts")})
}

// longest is more cells than any line of the facts has.
const longest = 4000

func (m *Model) ownBindings() []keymap.Binding {
	noFile := m.whyNoFile()
	return m.env.Apply(
		keymap.Binding{ID: "materials.view", Keys: []string{"enter", "o"}, Footer: 1, Reason: noFile, Do: m.view},
		keymap.Binding{ID: "materials.open", Keys: []string{"O"}, Footer: 3, Reason: noFile, Do: m.openOutside},
		keymap.Binding{ID: "materials.download", Keys: []string{"d"}, Footer: 2, Reason: m.whyNoDownload(), Do: m.download},
		keymap.Binding{ID: "materials.archive", Keys: []string{"a", "f6"}, Footer: 2, Reason: m.svc.WhyNotWrite(), Do: m.archive},
		keymap.Binding{ID: "materials.discard", Keys: []string{"x", "f8"}, Footer: 2, Reason: m.whyNoDiscard(), Do: m.discard},
		keymap.Binding{ID: "materials.export", Keys: []string{"e"}, Reason: m.whyNoExport(), Do: m.export},
		keymap.Binding{ID: "materials.customer", Keys: []string{"m"}, Footer: 8, Do: m.toggle(&m.asked.WithCustomer)},
		keymap.Binding{ID: "materials.history", Keys: []string{"H"}, Footer: 8, Do: m.toggle(&m.asked.WithHis)},
		keymap.Binding{ID: "materials.codes", Keys: []string{"f", "f3"}, Footer: 8, Do: m.chooseCodes},
		keymap.Binding{ID: "materials.detail", Keys: []string{"p"}, Footer: 8, Do: m.togglePane},
		keymap.Binding{ID: "materials.pane", Keys: []string{"tab", "shift+tab"}, Footer: 5, Reason: m.whyNoPane(), Do: m.enterPane(true)},
		keymap.Binding{ID: "materials.next_account", Keys: []string{"}"}, Reason: m.whyNoNeighbour(), Do: m.neighbour(1)},
		keymap.Binding{ID: "materials.prev_account", Keys: []string{"{"}, Reason: m.whyNoNeighbour(), Do: m.neighbour(-1)},
		keymap.Binding{ID: "materials.copy_id", Keys: []string{"ctrl+y"}, Reason: noFile, Do: m.copyID},
		keymap.Binding{ID: "materials.add", Keys: []string{"A"}, Reason: m.whyNoAdd(), Do: m.add},
		keymap.Binding{ID: "materials.refresh", Keys: []string{"r", "f5"}, Do: m.fetch},
	)
}

// whyNoAdd: only an account that the platform does not know can be added.
func (m *Model) whyNoAdd() string {
	if why := m.svc.WhyNotWrite(); why != "" {
		return why
	}
	if !m.unknown() {
		return m.env.T("materials.known")
	}
	return ""
}

// unknown reports whether the platform said that there is no such account.
func (m *Model) unknown() bool {
	var e *client.Error
	return errors.As(m.err, &e) && e.Status == 404
}

func (m *Model) add() tea.Cmd { return core.Send(AddMsg{m, m.asked.AccountNo, m.asked.AccountBizType}) }

// toggle switches one of the request's flags, which live as long as the screen, and asks again.
func (m *Model) toggle(flag *bool) func() tea.Cmd {
	return func() tea.Cmd {
		*flag = !*flag
		return tea.Batch(m.fetch(), m.keep())
	}
}

func (m *Model) whyNoFile() string {
	if r, ok := m.grid.Current(); !ok || !r.hasFile() {
		return m.env.T("materials.no_file")
	}
	return ""
}

func (m *Model) whyNoDownload() string {
	switch {
	case m.grid.Marks() == 0:
		return m.whyNoFile()
	case !slices.ContainsFunc(m.grid.Marked(), row.hasFile):
		return m.env.T("materials.no_file")
	}
	return ""
}

func (m *Model) whyNoExport() string {
	if m.grid.Marks() == 0 && m.grid.Shown() == 0 {
		return m.env.T("materials.no_row")
	}
	return ""
}

func (m *Model) export() tea.Cmd {
	return m.grid.Export(m, m.env.T("export.materials", "no", m.asked.AccountNo))
}

// whyNoDiscard: only what came by an archive can be discarded, and that as a whole.
func (m *Model) whyNoDiscard() string {
	if why := m.svc.WhyNotWrite(); why != "" {
		return why
	}
	r, ok := m.grid.Current()
	switch {
	case !ok:
		return m.env.T("materials.no_row")
	case r.section == missing:
		return m.env.T("materials.nothing_there")
	case r.mat.ServiceAccessID == "" && r.mat.ProcessInstanceID != "":
		return m.env.T("materials.from_workflow")
	case r.mat.ServiceAccessID == "":
		return m.env.T("materials.from_counter")
	}
	return ""
}

func (m *Model) copyID() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok {
		return nil
	}
	return core.Send(core.CopyMsg{Text: r.file.ID.String(), What: m.env.T("materials.file_id")})
}

func (m *Model) openRow(row) tea.Cmd { return m.view() }

// Alone tells the screen that it was opened from elsewhere than the list of accounts: there is no next one.
func (m *Model) Alone() { m.alone = true }

func (m *Model) whyNoNeighbour() string {
	if m.alone {
		return m.env.T("main.not_from_list")
	}
	return ""
}

func (m *Model) neighbour(delta int) func() tea.Cmd {
	return func() tea.Cmd { return core.Send(NeighbourMsg{Delta: delta}) }
}

func (m *Model) whyNoPane() string {
	switch {
	case !m.detail:
		return m.env.T("materials.no_pane", "key", m.env.KeyOf("materials.detail", "p"))
	case m.areas(m.w, m.h).paneW == 0:
		return m.env.T("materials.no_room")
	}
	return ""
}

// enterPane gives the keys to the preview, or back to the list.
func (m *Model) enterPane(on bool) func() tea.Cmd {
	return func() tea.Cmd {
		m.facts.Focused = on
		m.grid.SetFocus(!on)
		return nil
	}
}

// togglePane shows or hides the preview where there is room for it; where there is none it stays as it is.
func (m *Model) togglePane() tea.Cmd {
	was := m.detail
	m.detail = true
	if m.areas(m.w, m.h).paneW == 0 {
		m.detail = was
		return core.Toast(core.Info, m.env.T("materials.no_room"))
	}
	m.detail = !was
	m.enterPane(false)()
	return tea.Batch(m.resized(), m.keep())
}
