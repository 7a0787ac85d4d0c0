package materials

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/look"
)

// ViewFirst makes the viewer open as soon as the files are known.
func (m *Model) ViewFirst() { m.viewing = true }

// follow shows the file under the cursor in the preview, and gets its neighbours ready.
func (m *Model) follow() tea.Cmd {
	if m.areas(m.w, m.h).paneW == 0 {
		return nil
	}
	r, ok := m.grid.Current()
	if !ok || !r.hasFile() {
		m.pane.Hide()
		return nil
	}
	var next []transfer.Item
	for _, n := range []int{1, -1, 2} {
		if r, ok := m.grid.Ahead(n); ok && r.hasFile() {
			next = append(next, m.item(r))
		}
	}
	return m.pane.Show(m.item(r), 1, look.View{}, next...)
}

// choose puts the cursor on a file.
func (m *Model) choose(fileID string) {
	for _, r := range m.grid.Rows() {
		if r.file.ID.Raw() == fileID {
			m.grid.Select(r.key)
		}
	}
}

// chooseNew puts the cursor on the file that what was just done has brought, if it has.
func (m *Model) chooseNew() {
	if m.known == nil {
		return
	}
	for _, r := range m.grid.Rows() {
		if r.hasFile() && r.section != ofHistory && !m.known[r.file.ID.Raw()] {
			m.grid.Select(r.key)
			break
		}
	}
	m.known = nil
}

// Seek puts the cursor on the first file of any of some materials as soon as the list is known, or else on such a material without one.
func (m *Model) Seek(codes []string) { m.sought = codes }

// chooseSought does what Seek is for, once, and notes which materials the list does not have.
func (m *Model) chooseSought() {
	list, found := m.sought, ""
	m.sought, m.absent = nil, nil
	for _, r := range m.grid.Rows() {
		if !slices.Contains(list, r.mat.MaterialCode.Raw()) {
			continue
		}
		if found == "" || r.hasFile() {
			found = r.key
		}
		if r.hasFile() {
			break
		}
	}
	if !m.grid.Select(found) {
		m.absent = list
	}
}

// view opens the viewer on the file under the cursor; with several marked, it goes through those.
func (m *Model) view() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok || !r.hasFile() {
		return nil
	}
	msg := ViewMsg{Account: m.account}
	rows := m.grid.Marked()
	if len(rows) < 2 {
		rows = m.grid.Rows()
	}
	for _, x := range rows {
		if !x.hasFile() {
			continue
		}
		if x.key == r.key {
			msg.At = len(msg.Items)
		}
		msg.Items = append(msg.Items, m.item(x))
	}
	return core.Send(msg)
}
