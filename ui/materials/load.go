package materials

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
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
	m.loaded, m.count = true, len(msg.Value)
	m.grid.SetRows(rowsOf(msg.Value))
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
		s += "  " + m.env.T("materials.can_add")
	}
	return s
}

// openOutside shows the file under the cursor in the browser or the system's viewer.
func (m *Model) openOutside() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok || !r.hasFile() {
		return nil
	}
	m.notice = m.env.T("materials.opening", "file", r.fileName())
	svc, item := m.svc, m.item(r)
	return m.preview.Start(m.env.Ctx, func(ctx context.Context) (string, error) { return svc.Preview(ctx, item) })
}

func (m *Model) previewed(msg core.Loaded[string]) tea.Cmd {
	if !m.preview.Accept(msg) {
		return nil
	}
	switch {
	case msg.Err != nil:
		m.notice = m.svc.Explain(msg.Err)
	case msg.Value != "":
		m.notice = ""
		d := overlay.NewMessage(m.env, m.env.T("materials.link_title"), m.env.T("materials.link_why"), "", msg.Value, "", m.env.T("materials.link_ssh", "port", portOf(msg.Value)))
		return tea.Batch(core.Send(core.OpenDialogMsg{Dialog: d, Unasked: true}), core.Send(core.CopyMsg{Text: msg.Value, What: m.env.T("materials.link")}))
	default:
		m.notice = m.env.T("materials.opened")
	}
	return nil
}

// portOf is the port of a loopback link.
func portOf(link string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(link, "http://"), ":")
	port, _, _ := strings.Cut(rest, "/")
	return port
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
