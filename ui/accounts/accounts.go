// Package accounts is the paged account search screen: a panel with interface 9's filters, the list, and a detail pane.
package accounts

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/overlay"
)

// Service is what the screen needs of the program.
type Service interface {
	SearchAccounts(context.Context, client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error)
	// ListMaterials tells whether there is an account of a number and business type: client.ErrNotFound when there is none. Interface 7.
	ListMaterials(context.Context, client.ListMaterialsRequest) ([]client.MaterialInfo, error)
	// Revealed records that an account's document number is about to be shown in full; without the record it is not shown.
	Revealed(ctx context.Context, accountNo client.Text) error
	// Completeness returns how many required materials an account lacked in the last check, by accountId, which ended at CheckedAt; known
	// is false for one that was not in it, and for all before LoadStanding.
	Completeness(accountID client.Text) (missing int, known bool)
	CheckedAt() time.Time
	LoadStanding(context.Context) error
	Codes() *codes.Book
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
	// WhyNotWrite returns, translated, why this profile cannot archive, discard or add; empty when it can.
	WhyNotWrite() string
}

// OpenMsg asks the router to show an account's materials. Only AccountNo and AccountBizType are sure to be filled in.
type OpenMsg struct{ Account client.CustomerAccount }

// CheckMsg asks the router for the check of completeness of the accounts that a search finds.
type CheckMsg struct{ Scope client.SearchAccountsRequest }

// SampleMsg asks the router for a new spot check of the accounts that a search finds.
type SampleMsg struct{ Scope client.SearchAccountsRequest }

// ArchiveMsg asks the router for the dialog that archives to an account.
type ArchiveMsg struct {
	Owner   any
	Account client.CustomerAccount
}

// DownloadMsg asks the router for the dialog that brings home the files of Accounts, or without any those of every account that Search
// finds, Total of them.
type DownloadMsg struct {
	Owner    any
	Accounts []client.CustomerAccount
	Search   client.SearchAccountsRequest
	Total    int64
}

// BatchMsg asks the router for the dialog that archives many files to many accounts.
type BatchMsg struct{}

// AddMsg asks the router for the dialog that adds an account.
type AddMsg struct{ Owner any }

// focus says which pane has the keys.
type focus int

const (
	onList focus = iota
	onFilter
	onDetail
)

// revealFor is how long a document number stays readable.
const revealFor = 30 * time.Second

// Model is the screen's state.
type Model struct {
	env    *core.Env
	svc    Service
	grid   *grid.Grid[row]
	filter *filter
	focus  focus
	panel  bool           // the filter panel is shown where there is room for it
	detail bool           // the detail pane is shown
	facts  overlay.Reader // of it

	asked    client.SearchAccountsRequest // what the list shows or is loading
	load     core.Load[answer]
	page     *client.Page[row]            // last answer, nil before the first
	shown    int                          // its page number, 1-based
	showing  client.SearchAccountsRequest // that it answers
	width    int                          // of the last View, for the mouse
	took     time.Duration                // of the last answer
	err      error
	revealed string // key of the account whose document number is readable
	reveals  int    // generation of the reveal timer
	reveal   core.Load[revealing]
	standing core.Load[standing]
	finding  core.Load[found] // of the account that the user wants to go to
	views    []view
	named    string // the saved view in force
	removing string // the saved view whose removal is being asked
	changed  bool   // the panel's values are not those that the list shows or is loading
}

var _ core.Screen = (*Model)(nil)

// New returns the screen as the user left it, on page 1, not loaded.
func New(env *core.Env, svc Service) *Model {
	m := &Model{env: env, svc: svc, panel: true}
	m.grid = grid.New(env, grid.Config[row]{
		Columns: m.columns(), Key: keyOf, Open: m.open, Retry: m.reload, Empty: "accounts.empty", Loading: "accounts.loading",
		Moved:   func() tea.Cmd { m.revealed = ""; m.facts.Reset(); return nil },
		Changed: m.keep,
	})
	m.grid.SetFocus(true)
	m.filter = newFilter(env, svc.Codes, m.search, m.reset)
	m.restore()
	m.asked, m.named = m.filter.request(), m.inForce()
	return m
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return tea.Batch(m.fetch(1), m.loadStanding()) }

// Close ends what is in flight.
func (m *Model) Close() {
	m.load.Stop()
	m.standing.Stop()
	m.finding.Stop()
}

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.load.Busy() || m.finding.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool {
	if m.focus == onFilter {
		return m.filter.form.Typing()
	}
	return m.grid.Typing()
}

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	defer m.compare()
	return m.update(msg)
}

// compare notes whether the panel's values are those of the list.
func (m *Model) compare() { m.changed = !sameFilters(m.filter.request(), m.asked) }

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[answer]:
		return m.apply(msg)
	case core.RetryMsg:
		if m.err != nil {
			return m.reload()
		}
		return nil
	case core.LanguageMsg:
		if m.err != nil {
			m.grid.SetFailed(m.svc.Explain(m.err))
		}
		m.filter.refresh()
	case core.Loaded[standing]:
		m.standing.Accept(msg) // what it brought is asked for when a cell is drawn
		return nil
	case core.Loaded[found]:
		return m.located(msg)
	case core.Loaded[revealing]:
		return m.show(msg)
	case revealOverMsg:
		if msg.generation == m.reveals {
			m.revealed = ""
		}
		return nil
	case core.DialogClosedMsg:
		return m.closed(msg)
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		return m.mouse(msg)
	}
	cmd, _ := m.filter.form.Update(msg)
	return tea.Batch(cmd, m.grid.Update(msg))
}

func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if m.focus == onFilter {
		cmd, handled := m.env.Run(m.filterBindings(), k, true)
		if !handled {
			cmd, _ = m.filter.form.Update(k)
		}
		return cmd
	}
	if m.focus == onDetail {
		cmd, _ := m.env.Run(m.Bindings(), k, false)
		return cmd
	}
	if !m.grid.Typing() {
		if cmd, handled := m.env.Run(m.listBindings(), k, false); handled {
			return cmd
		}
	}
	return m.grid.Update(k)
}

// Back implements core.Backer: out of an open list, the filter panel, marks, the page filter, a fetch in flight.
func (m *Model) Back() bool {
	esc := tea.KeyPressMsg{Code: tea.KeyEscape}
	switch {
	case m.focus == onFilter:
		if _, handled := m.filter.form.Update(esc); !handled {
			m.setFocus(onList)
		}
		return true
	case m.focus == onDetail:
		m.setFocus(onList)
		return true
	case m.grid.Typing():
		m.grid.Update(esc)
		return true
	case m.grid.Back():
		return true
	case m.finding.Busy():
		m.finding.Stop()
		return true
	case m.load.Busy():
		m.load.Stop()
		m.cancelled()
		m.compare()
		return true
	}
	return false
}

// cancelled goes back to what the list shows, or says that it shows nothing because the user stopped the search.
func (m *Model) cancelled() {
	if m.page == nil {
		m.grid.SetFailed(m.env.T("accounts.stopped"))
		return
	}
	m.asked = m.showing
	m.grid.SetRows(m.grid.Rows())
}

func (m *Model) setFocus(f focus) tea.Cmd {
	m.focus, m.facts.Focused = f, f == onDetail
	m.grid.SetFocus(f == onList)
	if f == onFilter {
		m.panel = true
		return m.filter.form.Focus()
	}
	m.filter.form.Blur()
	return nil
}

func (m *Model) leaveFilter() tea.Cmd { return m.setFocus(onList) }

// open goes to an account, and no more to one that is still looked for.
func (m *Model) open(r row) tea.Cmd {
	m.finding.Stop()
	return tea.Batch(m.visit(r), core.Send(OpenMsg{r}))
}
