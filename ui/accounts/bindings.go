package accounts

import (
	"cmp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	switch {
	case m.focus == onFilter:
		submits := func(b keymap.Binding) bool { return b.ID == "form.submit" } // the same as accounts.search
		return append(m.filterBindings(), slices.DeleteFunc(m.filter.form.Bindings(), submits)...)
	case m.focus == onDetail:
		return append(m.facts.Bindings(m.env, m.leaveDetail), m.listBindings()...)
	case m.grid.Typing():
		return m.grid.Bindings()
	}
	return append(m.listBindings(), m.grid.Bindings()...)
}

func (m *Model) filterBindings() []keymap.Binding {
	return m.env.Apply(
		keymap.Binding{ID: "accounts.search", Keys: []string{"f7", "f5", "ctrl+enter"}, Footer: 1, Do: m.submit},
		keymap.Binding{ID: "accounts.clear", Keys: []string{"ctrl+r"}, Footer: 3, Do: m.reset},
		keymap.Binding{ID: "accounts.view_save", Keys: []string{"ctrl+s"}, Footer: 2, Do: m.saveView},
		keymap.Binding{ID: "accounts.leave_filter", Keys: []string{"f3"}, Show: "Esc", Footer: 4, Do: m.leaveFilter},
	)
}

func (m *Model) listBindings() []keymap.Binding {
	none := ""
	if _, ok := m.grid.Current(); !ok {
		none = m.env.T("accounts.no_row")
	}
	return m.env.Apply(
		keymap.Binding{ID: "accounts.open", Keys: []string{"enter"}, Footer: 1, Reason: none, Do: m.openCurrent},
		keymap.Binding{ID: "accounts.filter", Keys: []string{"f", "f3"}, Footer: 2, Do: m.enterFilter},
		keymap.Binding{ID: "accounts.search", Keys: []string{"f7"}, Do: m.submit},
		keymap.Binding{ID: "accounts.next_page", Keys: []string{"]", "ctrl+pgdown"}, Show: "[ ]", Footer: 2, Reason: m.whyNoNext(), Do: m.nextPage},
		keymap.Binding{ID: "accounts.prev_page", Keys: []string{"[", "ctrl+pgup"}, Reason: m.whyNoPrevious(), Do: m.prevPage},
		keymap.Binding{ID: "accounts.check", Keys: []string{"c"}, Footer: 6, Do: m.check},
		keymap.Binding{ID: "accounts.sample", Keys: []string{"S"}, Do: m.sample},
		keymap.Binding{ID: "accounts.goto", Keys: []string{"ctrl+g"}, Footer: 6, Do: m.goTo},
		keymap.Binding{ID: "accounts.detail", Keys: []string{"p"}, Footer: 7, Do: m.toggleDetail},
		keymap.Binding{ID: "accounts.pane", Keys: []string{"tab"}, Do: m.nextPane},
		keymap.Binding{ID: "accounts.pane_back", Keys: []string{"shift+tab"}, Do: m.enterFilter},
		keymap.Binding{ID: "accounts.reveal", Keys: []string{"ctrl+u"}, Reason: none, Do: m.startReveal},
		keymap.Binding{ID: "accounts.add", Keys: []string{"A"}, Reason: m.svc.WhyNotWrite(), Do: m.add},
		keymap.Binding{ID: "accounts.download", Keys: []string{"d"}, Reason: m.whyNoDownload(none), Do: m.download},
		keymap.Binding{ID: "accounts.download_all", Keys: []string{"D"}, Reason: none, Do: m.downloadAll},
		keymap.Binding{ID: "accounts.export", Keys: []string{"e"}, Reason: m.whyNoDownload(none), Do: m.export},
		keymap.Binding{ID: "accounts.archive", Keys: []string{"a", "f6"}, Reason: cmp.Or(none, m.svc.WhyNotWrite()), Do: m.archive},
		keymap.Binding{ID: "accounts.batch", Keys: []string{"U"}, Do: func() tea.Cmd { return core.Send(BatchMsg{}) }},
		keymap.Binding{ID: "accounts.panel", Keys: []string{"F"}, Do: m.toggle(&m.panel)},
		keymap.Binding{ID: "accounts.views", Keys: []string{"V"}, Reason: m.whyNoViews(), Do: m.viewMenu(useView)},
		keymap.Binding{ID: "accounts.view_save", Keys: []string{"ctrl+s"}, Do: m.saveView},
		keymap.Binding{ID: "accounts.view_default", Reason: m.whyNoViews(), Do: m.viewMenu(defaultView)},
		keymap.Binding{ID: "accounts.view_remove", Reason: m.whyNoViews(), Do: m.viewMenu(removeView)},
		keymap.Binding{ID: "accounts.recent", Keys: []string{"b"}, Reason: m.whyNoRecent(), Do: m.recentMenu},
		keymap.Binding{ID: "accounts.refresh", Keys: []string{"r", "f5"}, Do: m.reload},
	)
}

// toggle shows or hides a pane, and keeps that.
func (m *Model) toggle(pane *bool) func() tea.Cmd {
	return func() tea.Cmd {
		*pane = !*pane
		return m.keep()
	}
}

func (m *Model) toggleDetail() tea.Cmd {
	if m.focus == onDetail {
		m.setFocus(onList)
	}
	return m.toggle(&m.detail)()
}

// nextPane goes from the list to the details where they are shown, or else to the filter, and from the details there too.
func (m *Model) nextPane() tea.Cmd {
	if m.detail {
		return m.setFocus(onDetail)
	}
	return m.enterFilter()
}

func (m *Model) leaveDetail() tea.Cmd { return m.setFocus(onList) }

// check goes to the completeness of the accounts that the search in force finds.
func (m *Model) check() tea.Cmd {
	scope := m.asked
	return core.Send(CheckMsg{scope})
}

// sample begins a spot check of the accounts that the search in force finds.
func (m *Model) sample() tea.Cmd {
	scope := m.asked
	return core.Send(SampleMsg{scope})
}

// Scope is the search whose accounts the list shows or is loading.
func (m *Model) Scope() client.SearchAccountsRequest { return m.asked }

func (m *Model) enterFilter() tea.Cmd { return m.setFocus(onFilter) }

// whyNoDownload: marks of other pages count too.
func (m *Model) whyNoDownload(none string) string {
	if m.grid.Marks() > 0 {
		return ""
	}
	return none
}

// download brings home the files of the marked accounts, or of the one under the cursor.
func (m *Model) download() tea.Cmd {
	return core.Send(DownloadMsg{Owner: m, Accounts: m.grid.Targets()})
}

// downloadAll brings home the files of every account that the search found.
func (m *Model) downloadAll() tea.Cmd {
	msg := DownloadMsg{Owner: m, Search: m.showing}
	msg.Search.PageNumber = 1
	if m.page != nil {
		msg.Total = m.page.TotalElements
	}
	return core.Send(msg)
}

func (m *Model) export() tea.Cmd { return m.grid.Export(m, m.env.T("export.accounts")) }

func (m *Model) archive() tea.Cmd {
	r, _ := m.grid.Current()
	return core.Send(ArchiveMsg{m, r})
}

func (m *Model) openCurrent() tea.Cmd {
	if r, ok := m.grid.Current(); ok {
		return m.open(r)
	}
	return nil
}

// reset takes the filters away and searches again.
func (m *Model) reset() tea.Cmd {
	m.filter.clear()
	return m.submit()
}

func (m *Model) whyNoNext() string {
	if m.page != nil && !m.page.HasNext && m.asked.PageNumber >= m.shown {
		return m.env.T("accounts.last_page")
	}
	return ""
}

func (m *Model) whyNoPrevious() string {
	if m.asked.PageNumber <= 1 {
		return m.env.T("accounts.first_page")
	}
	return ""
}

var _ core.Backer = (*Model)(nil)
