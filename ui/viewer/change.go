package viewer

import (
	"context"
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/look"
)

// changed draws with another view.
func (m *Model) changed(f func(look.View) look.View) func() tea.Cmd {
	return func() tea.Cmd {
		m.view = f(m.view)
		return m.show()
	}
}

func (m *Model) zoom(n int) func() tea.Cmd {
	return m.changed(func(v look.View) look.View { return v.Zoomed(n) })
}

func (m *Model) as(mode look.Mode) func() tea.Cmd {
	return m.changed(func(v look.View) look.View { return v.As(mode) })
}

// pan moves the page under the window.
func (m *Model) pan(dx, dy int) func() tea.Cmd {
	return m.changed(func(v look.View) look.View {
		size, scalable := m.size()
		return v.Panned(dx, dy, size, m.current().pane.Area(), scalable)
	})
}

// rotate turns the page by a quarter.
func (m *Model) rotate() func() tea.Cmd {
	return m.changed(func(v look.View) look.View {
		size, scalable := m.size()
		return v.TurnedIn(size, m.current().pane.Area(), scalable)
	})
}

// size is that of the page on show, in its own units.
func (m *Model) size() (size image.Point, scalable bool) {
	s := m.current().pane.Shown()
	if s == nil {
		return image.Point{}, false
	}
	return s.Look.Info.Size(s.Page), s.Look.Info.Scalable
}

// compare shows two files side by side: the one on show and the next, or the one before when there is none.
func (m *Model) compare() tea.Cmd {
	m.history.Stop()
	if m.layout == beside {
		m.Back()
		return m.arrange()
	}
	if m.layout == single {
		m.sides[1].at, m.sides[1].page = m.sides[0].at+1, 1
		if m.sides[1].at == len(m.items) {
			m.sides[1].at = max(0, m.sides[0].at-1)
		}
	}
	m.layout, m.active = beside, 1
	return m.arrange()
}

// difference shows where the two files differ.
func (m *Model) difference() tea.Cmd {
	if m.layout == differ {
		m.layout = beside
	} else {
		m.layout = differ
	}
	return m.arrange()
}

func (m *Model) switchSide() tea.Cmd {
	m.history.Stop()
	m.active = 1 - m.active
	return nil
}

// lookBack asks for the history of the material on show, to compare with.
func (m *Model) lookBack() tea.Cmd {
	it, svc := m.item(m.active), m.svc
	req := client.ListMaterialsRequest{
		AccountNo: m.account.Account.AccountNo.Raw(), AccountBizType: m.account.Account.AccountBizType.Raw(),
		WithCustomer: true, WithHis: true, MaterialCodes: []string{it.Material.MaterialCode.Raw()},
	}
	return m.history.Start(m.env.Ctx, func(ctx context.Context) ([]client.MaterialInfo, error) { return svc.ListMaterials(ctx, req) })
}

// compareHistory shows the newest earlier version beside the file on show.
func (m *Model) compareHistory(msg core.Loaded[[]client.MaterialInfo]) tea.Cmd {
	if !m.history.Accept(msg) {
		return nil
	}
	if msg.Err != nil {
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	shown := m.item(m.active)
	past := !shown.Material.HisCreateTime.IsZero() // then it is compared with what is in force
	var old []transfer.Item
	for _, mat := range msg.Value {
		if mat.HisCreateTime.IsZero() != past || mat.MaterialCode != shown.Material.MaterialCode {
			continue
		}
		old = append(old, transfer.Items(mat, m.account)...)
	}
	old = slices.DeleteFunc(old, func(it transfer.Item) bool { return it.FileID == shown.FileID })
	if len(old) == 0 {
		return core.Toast(core.Info, m.env.T("viewer.no_history"))
	}
	newest := 0
	for i, it := range old {
		if it.Material.HisCreateTime.After(old[newest].Material.HisCreateTime.Time) {
			newest = i
		}
	}
	m.sides[0].at, m.sides[0].page = m.sides[m.active].at, m.sides[m.active].page
	m.sides[1].at, m.sides[1].page = m.add(old[newest]), 1
	m.layout, m.active = beside, 1
	return m.arrange()
}

// again asks anew for pictures that did not come.
func (m *Model) again() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range m.sides {
		cmds = append(cmds, s.pane.Again())
	}
	return tea.Batch(cmds...)
}

// add puts a file at the end of the list, if it is not on it, and returns where it is.
func (m *Model) add(it transfer.Item) int {
	for i, x := range m.items {
		if x.FileID == it.FileID {
			return i
		}
	}
	m.items = append(m.items[:len(m.items):len(m.items)], it)
	return len(m.items) - 1
}
