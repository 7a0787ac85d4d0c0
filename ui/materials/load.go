package materials

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
)

func (m *Model) fetch() tea.Cmd {
	m.grid.SetLoading()
	m.err = nil
	svc, req := m.svc, m.asked
	return m.load.Start(m.env.Ctx, func(ctx context.Context) ([]client.MaterialInfo, error) {
		return svc.ListMaterials(ctx, req)
	})
}

// apply takes in an answer; one that was overtaken is dropped.
func (m *Model) apply(msg core.Loaded[[]client.MaterialInfo]) tea.Cmd {
	if !m.load.Accept(msg) {
		return nil
	}
	if m.err = msg.Err; m.err != nil {
		m.grid.SetFailed(m.failure())
		return nil
	}
	rows, lacking := rowsOf(msg.Value), m.lacking(msg.Value)
	m.loaded, m.count, m.lacks, m.files = true, len(msg.Value), len(lacking), 0
	for _, r := range rows {
		if r.hasFile() {
			m.files++
		}
	}
	m.grid.SetRows(append(rows, lacking...))
	m.chooseNew()
	m.chooseSought()
	if m.viewing {
		m.viewing = false
		return tea.Batch(m.follow(), m.view())
	}
	return m.follow()
}

// failure says why there is no list, and what can be done about it here.
func (m *Model) failure() string {
	s := m.svc.Explain(m.err)
	if m.unknown() && m.svc.WhyNotWrite() == "" {
		s += "  " + m.env.T("materials.can_add", "key", m.env.KeyOf("materials.add", "A"))
	}
	return s
}

// openOutside shows the account's files in the browser.
func (m *Model) openOutside() tea.Cmd {
	msg := OutsideMsg{Account: m.account}
	for _, r := range m.grid.Rows() {
		if r.hasFile() {
			msg.Items = append(msg.Items, m.item(r))
		}
	}
	return core.Send(msg)
}

func (m *Model) item(r row) transfer.Item {
	return transfer.Item{FileID: r.file.ID.Raw(), Account: m.account.Account, Customer: m.account.Customer, Material: r.mat, File: r.file}
}

// items returns the marked files, or the one under the cursor.
func (m *Model) items() []transfer.Item {
	var out []transfer.Item
	for _, r := range m.grid.Targets() {
		if r.hasFile() {
			out = append(out, m.item(r))
		}
	}
	return out
}

func (m *Model) download() tea.Cmd { return core.Send(DownloadMsg{m, m.items()}) }

func (m *Model) discard() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok {
		return nil
	}
	return core.Send(DiscardMsg{m, m.account, r.mat})
}

func (m *Model) archive() tea.Cmd {
	msg := ArchiveMsg{Owner: m, Account: m.account}
	if r, ok := m.grid.Current(); ok {
		msg.Code = r.mat.MaterialCode
	}
	for _, r := range m.grid.Marked() {
		if r.hasFile() {
			msg.FileIDs = append(msg.FileIDs, r.file.ID.Raw())
		}
	}
	return core.Send(msg)
}
