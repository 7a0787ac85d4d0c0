// Package viewer is the full-screen view of pictures: one, or two side by side, or where they differ, of the files of one account.
package viewer

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/look"
)

// Service is what the screen needs of the program.
type Service interface {
	look.Service
	ListMaterials(context.Context, client.ListMaterialsRequest) ([]client.MaterialInfo, error)
}

// The requests the screen makes of the router.
type (
	// DownloadMsg asks for the download dialog.
	DownloadMsg struct {
		Owner any
		Items []transfer.Item
	}
	// OutsideMsg asks to show the account's files in the browser.
	OutsideMsg struct {
		Account client.CustomerAccount
		Items   []transfer.Item
	}
	// ShownMsg tells the list of files which one the viewer went on to.
	ShownMsg struct{ FileID string }
	// NeighbourMsg asks for the account Delta rows further in the list of accounts.
	NeighbourMsg struct{ Delta int }
)

// layout is how many pictures are shown.
type layout int

const (
	single layout = iota
	beside        // two, side by side
	differ        // where two differ
)

// side is one of the two pictures.
type side struct {
	pane *look.Pane
	at   int // index into items
	page int // counted from 1
}

// Model is the screen's state.
type Model struct {
	env     *core.Env
	svc     Service
	account client.CustomerAccount
	items   []transfer.Item
	sides   [2]side
	active  int // the side that n, N and pages are for
	layout  layout
	view    look.View // of both sides
	info    bool      // the facts are shown
	apart   bool      // the account was not opened from the list of accounts
	w, h    int       // cells of the screen
	history core.Load[[]client.MaterialInfo]
}

var _ core.Screen = (*Model)(nil)

// New returns the screen for the files of an account, which are not none, beginning with the one at index at.
func New(env *core.Env, svc Service, a client.CustomerAccount, items []transfer.Item, at int) *Model {
	m := &Model{env: env, svc: svc, account: a, items: items}
	for i := range m.sides {
		m.sides[i] = side{pane: look.New(env, svc, "viewer.outside"), at: at, page: 1}
	}
	return m
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return m.show() }

// Close ends what the screen still waits for.
func (m *Model) Close() {
	m.history.Stop()
	for _, s := range m.sides {
		s.pane.Close()
	}
}

// Busy implements core.Busier.
func (m *Model) Busy() bool {
	return m.sides[0].pane.Busy() || m.sides[1].pane.Busy() || m.history.Busy()
}

// Typing implements core.Screen.
func (m *Model) Typing() bool { return false }

// Back implements core.Backer: out of waiting for the history, then of comparing.
func (m *Model) Back() bool {
	if m.history.Busy() {
		m.history.Stop()
		return true
	}
	if m.layout == single {
		return false
	}
	m.sides[0].at, m.sides[0].page = m.sides[m.active].at, m.sides[m.active].page
	m.layout, m.active = single, 0
	return true
}

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	var again []tea.Cmd
	for _, s := range m.sides {
		cmd, mine := s.pane.Update(msg)
		if mine {
			return cmd
		}
		again = append(again, cmd)
	}
	switch msg := msg.(type) {
	case core.SizeMsg:
		m.w, m.h = msg.W, msg.H
		return m.arrange()
	case core.RetryMsg:
		return tea.Batch(again...)
	case core.Loaded[[]client.MaterialInfo]:
		return m.compareHistory(msg)
	case tea.KeyPressMsg:
		cmd, _ := m.env.Run(m.Bindings(), msg, false)
		return cmd
	case tea.MouseWheelMsg:
		return m.zoom(map[tea.MouseButton]int{tea.MouseWheelUp: 1, tea.MouseWheelDown: -1}[msg.Button])()
	}
	return nil
}

func (m *Model) current() side { return m.sides[m.active] }

func (m *Model) item(i int) transfer.Item { return m.items[m.sides[i].at] }

// arrange gives the panes their room, and draws anew.
func (m *Model) arrange() tea.Cmd {
	if m.w == 0 {
		return nil
	}
	var cmds []tea.Cmd
	for i, box := range m.boxes() {
		if box.w == 0 {
			m.sides[i].pane.Hide()
			continue
		}
		cmds = append(cmds, m.sides[i].pane.Resize(box.w-2, box.h-2))
	}
	return tea.Batch(append(cmds, m.show())...)
}

// show draws what the layout is of.
func (m *Model) show() tea.Cmd {
	switch m.layout {
	case differ:
		return m.sides[0].pane.ShowDifference(m.item(0), m.item(1), m.sides[0].page, m.view)
	case beside:
		return tea.Batch(m.sides[0].pane.Show(m.item(0), m.sides[0].page, m.view), m.sides[1].pane.Show(m.item(1), m.sides[1].page, m.view))
	}
	var next []transfer.Item
	for _, d := range []int{1, -1} {
		if n := m.sides[0].at + d; n >= 0 && n < len(m.items) {
			next = append(next, m.items[n])
		}
	}
	return tea.Batch(m.sides[0].pane.Show(m.item(0), m.sides[0].page, m.view, next...), core.Send(ShownMsg{m.item(0).FileID}))
}

// step goes n files on, on the active side.
func (m *Model) step(n int) func() tea.Cmd {
	return func() tea.Cmd {
		m.history.Stop() // of another file
		s := &m.sides[m.active]
		s.at, s.page = min(max(s.at+n, 0), len(m.items)-1), 1
		m.view = look.View{}.As(m.view.Mode)
		return m.show()
	}
}

// turn goes n pages on, on both sides when they are compared.
func (m *Model) turn(n int) func() tea.Cmd {
	return func() tea.Cmd {
		for i := range m.sides {
			if shown := m.sides[i].pane.Shown(); shown != nil && (i == m.active || m.layout != single) {
				m.sides[i].page = min(max(m.sides[i].page+n, 1), max(1, shown.Look.Info.Pages))
			}
		}
		m.sides[1].page = max(1, m.sides[1].page)
		return m.show()
	}
}
