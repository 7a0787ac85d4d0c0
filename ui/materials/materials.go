// Package materials is the list of one account's materials (interface 7), with what can be done to them.
package materials

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/look"
	"imagery/ui/internal/overlay"
)

// Service is what the screen needs of the program.
type Service interface {
	ListMaterials(context.Context, client.ListMaterialsRequest) ([]client.MaterialInfo, error)
	Codes() *codes.Book
	// Lacking returns the required materials that an account lacked in the last check, which ended at CheckedAt, each as the codes of which
	// one would have done.
	Lacking(accountID client.Text) (anyOf [][]string)
	CheckedAt() time.Time
	look.Service
	// WhyNotWrite returns, translated, why this profile cannot archive, discard or add; empty when it can.
	WhyNotWrite() string
}

// The requests the screen makes of the router. Owner gets the dialog's DialogClosedMsg.
type (
	// DownloadMsg asks for the download dialog.
	DownloadMsg struct {
		Owner any
		Items []transfer.Item
	}
	// AddMsg asks for the dialog that adds the account, which the platform does not know.
	AddMsg struct {
		Owner              any
		AccountNo, BizType string
	}
	// OutsideMsg asks for the gallery of the account's files in the browser.
	OutsideMsg struct {
		Account client.CustomerAccount
		Items   []transfer.Item
	}
	// ViewMsg asks for the full-screen viewer of the account's files, beginning with the one at index At.
	ViewMsg struct {
		Account client.CustomerAccount
		Items   []transfer.Item
		At      int
	}
	// NeighbourMsg asks for the account Delta rows further in the list of accounts, in the viewer when View is set.
	NeighbourMsg struct {
		Delta int
		View  bool
	}
	// DiscardMsg asks for the discard dialog for the archive that Material belongs to.
	DiscardMsg struct {
		Owner    any
		Account  client.CustomerAccount
		Material client.MaterialInfo
	}
	// ArchiveMsg asks for the archive dialog. Code and FileIDs fill it in, as far as the cursor or marks tell.
	ArchiveMsg struct {
		Owner   any
		Account client.CustomerAccount
		Code    client.Text
		FileIDs []string
	}
)

// ShownMsg tells which file the viewer went on to.
type ShownMsg struct{ FileID string }

// ChangedMsg is the Action of a dialog behind which the account's materials may differ.
type ChangedMsg struct{}

// Model is the screen's state.
type Model struct {
	env     *core.Env
	svc     Service
	account client.CustomerAccount
	grid    *grid.Grid[row]
	asked   client.ListMaterialsRequest
	load    core.Load[[]client.MaterialInfo]
	err     error
	loaded  bool
	count   int  // materials of the last answer
	files   int  // of them
	lacks   int  // materials that are missing from it
	detail  bool // the preview pane is shown
	pane    *look.Pane
	facts   overlay.Reader  // below the picture
	w, h    int             // cells of the screen
	sought  []string        // codes of materials, for the cursor when the list comes
	absent  []string        // those, where the list has none of them
	viewing bool            // the viewer is to open with what comes
	alone   bool            // not opened from the list of accounts
	known   map[string]bool // files there were before something was done; nil while nothing was
}

var _ core.Screen = (*Model)(nil)

// New returns the screen of one account, not loaded: with customer materials and without history, or as the user last had it.
func New(env *core.Env, svc Service, a client.CustomerAccount) *Model {
	m := &Model{env: env, svc: svc, account: a, detail: true, asked: client.ListMaterialsRequest{
		AccountNo: a.Account.AccountNo.Raw(), AccountBizType: a.Account.AccountBizType.Raw(), WithCustomer: true,
	}}
	m.grid = grid.New(env, grid.Config[row]{
		Columns: m.columns(), Key: func(r row) string { return r.key }, Group: groupKey, GroupTitle: m.group, Open: m.openRow, Retry: m.fetch,
		Search: func(r row) []string { return []string{r.haystack()} },
		Empty:  "materials.empty", Remedy: [2]string{"materials.archive", "a"}, Loading: "materials.loading",
		Moved: func() tea.Cmd { m.facts.Reset(); return m.follow() }, Changed: m.keep,
	})
	m.grid.SetFocus(true)
	m.pane = look.New(env, svc, "materials.open")
	var was arranged
	if env.Kept.Recall(keptScreen, &was) {
		m.detail, m.asked.WithCustomer, m.asked.WithHis = was.Detail, was.Customer, was.History
		m.grid.Restore(was.Grid)
	}
	return m
}

// arranged is what the user made of the screen; it holds for every account.
type arranged struct {
	Detail   bool       `json:"detail"`
	Customer bool       `json:"customer"`
	History  bool       `json:"history"`
	Grid     grid.State `json:"grid"`
}

const keptScreen = "materials"

func (m *Model) keep() tea.Cmd {
	return m.env.Kept.Keep(keptScreen, arranged{m.detail, m.asked.WithCustomer, m.asked.WithHis, m.grid.State().Arrangement()})
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return m.fetch() }

// Close ends what the screen still waits for.
func (m *Model) Close() { m.load.Stop(); m.pane.Close() }

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.load.Busy() || m.pane.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool { return m.grid.Typing() }

// Back implements core.Backer: marks and filter first, then whatever is on its way.
func (m *Model) Back() bool {
	switch {
	case m.facts.Focused:
		m.enterPane(false)()
		return true
	case m.grid.Back():
		return true
	case m.load.Busy() && m.loaded:
		m.load.Stop()
		m.grid.SetRows(m.grid.Rows())
		return true
	}
	return false
}

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	again, mine := m.pane.Update(msg)
	if mine {
		return again
	}
	switch msg := msg.(type) {
	case core.SizeMsg:
		m.w, m.h = msg.W, msg.H
		return m.resized()
	case core.Loaded[[]client.MaterialInfo]:
		return m.apply(msg)
	case core.RetryMsg:
		if m.err != nil {
			return m.fetch()
		}
		return again
	case ShownMsg:
		m.choose(msg.FileID)
		return nil
	case core.LanguageMsg:
		if m.err != nil {
			m.grid.SetFailed(m.failure())
		}
	case core.DialogClosedMsg:
		return m.closed(msg)
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		return m.mouse(msg)
	}
	return m.grid.Update(msg)
}

func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if m.grid.Typing() {
		return m.grid.Update(k)
	}
	if m.facts.Focused {
		cmd, _ := m.env.Run(m.Bindings(), k, false)
		return cmd
	}
	if cmd, handled := m.env.Run(m.ownBindings(), k, false); handled {
		return cmd
	}
	return m.grid.Update(k)
}

// mouse hands clicks and the wheel to the pane under them.
func (m *Model) mouse(msg tea.Msg) tea.Cmd {
	a := m.areas(m.w, m.h)
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		beside := msg.X >= a.listW || msg.Y >= a.listH
		m.enterPane(beside)()
		if beside {
			return nil
		}
		msg.X, msg.Y = msg.X-gridX, msg.Y-gridY
		return m.grid.Update(msg)
	case tea.MouseWheelMsg:
		if msg.X < a.listW && msg.Y < a.listH {
			return m.grid.Update(msg)
		}
		m.facts.Move(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	}
	return nil
}

func (m *Model) closed(msg core.DialogClosedMsg) tea.Cmd {
	if msg.Owner != m {
		return m.grid.Update(msg)
	}
	switch act := msg.Action.(type) {
	case ChangedMsg:
		m.grid.ClearMarks()
		m.known = map[string]bool{}
		for _, r := range m.grid.Rows() {
			m.known[r.file.ID.Raw()] = true
		}
		return m.fetch()
	case codesChosen:
		m.asked.MaterialCodes = act
		return m.fetch()
	}
	return nil
}
