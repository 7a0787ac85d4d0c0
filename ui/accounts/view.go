package accounts

import (
	"cmp"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/style"
)

// Layout, in cells.
const (
	panelWidth   = 27
	widePanel    = 34  // where there is room for it: labels of pick lists differ at their ends
	roomForWide  = 130 // of the window
	detailWidth  = 36
	roomForList  = 60 // the filter panel gives way to the detail pane when less were left
	roomForPanel = 96 // narrower, the filter panel takes the place of the list while it has the focus
)

// areas is how the window is shared out; widths in cells, 0 for a pane that is not shown.
type areas struct{ filter, list, detail int }

func (m *Model) areas(w int) areas {
	a := areas{list: w}
	if w < roomForPanel {
		switch {
		case m.focus == onFilter:
			return areas{filter: w}
		case m.detail:
			a.detail = min(detailWidth, w/2)
		}
		a.list -= a.detail
		return a
	}
	if m.detail {
		a.detail = detailWidth
	}
	panel := panelWidth
	if w >= roomForWide {
		panel = widePanel
	}
	if m.panel && (m.focus == onFilter || w-a.detail-panel >= roomForList) {
		a.filter = panel
	}
	a.list = w - a.filter - a.detail
	return a
}

// View implements core.Screen.
func (m *Model) View(w, h int) (string, *tea.Cursor) {
	m.width = w
	a := m.areas(w)
	var panes []string
	var cursor *tea.Cursor
	if a.filter > 0 {
		s, c := m.filterPane(a.filter, h)
		panes = append(panes, s)
		if m.focus == onFilter {
			cursor = shift(c, style.BodyX, style.BodyY)
		}
	}
	if a.list > 0 {
		s, c := m.listPane(a.list, h)
		panes = append(panes, s)
		if m.focus == onList {
			cursor = shift(c, a.filter+style.BodyX, style.BodyY)
		}
	}
	if a.detail > 0 {
		panes = append(panes, m.detailPane(a.detail, h))
	}
	return lipgloss.JoinHorizontal(lipgloss.Top, panes...), cursor
}

func shift(c *tea.Cursor, dx, dy int) *tea.Cursor {
	if c != nil {
		c.X, c.Y = c.X+dx, c.Y+dy
	}
	return c
}

func (m *Model) filterPane(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: m.env.T("accounts.filter.title"), Info: "f", W: w, H: h, Focused: m.focus == onFilter}
	var c *tea.Cursor
	iw, ih := p.Inner()
	formH := m.filter.form.Height(iw)
	views := m.viewLines(iw, ih-formH)
	p.Body, c = m.filter.form.View(iw, ih-len(views))
	p.Body = strings.Join(append([]string{p.Body}, views...), "\n")
	return m.env.Styles.Panel(p), c
}

// viewLines lists the saved views under the filter in at most room lines, the one in force marked.
func (m *Model) viewLines(w, room int) []string {
	if len(m.views) == 0 || room < 3 {
		return nil
	}
	out := []string{"", m.env.Styles.Muted.Render(text.Spread(m.env.T("accounts.views.title"), "V", w))}
	for _, v := range m.views[:min(len(m.views), room-len(out))] {
		mark := "  "
		if v.Name == m.named {
			mark = "> "
		}
		out = append(out, text.Fit(mark+text.Steady(v.Name), w))
	}
	return out
}

func (m *Model) listPane(w, h int) (string, *tea.Cursor) {
	title := m.env.T("accounts.title")
	if n := m.grid.Marks(); n > 0 {
		title += "  " + m.env.T("accounts.marked", "n", n)
	}
	p := style.Panel{Title: title, Info: m.info(), W: w, H: h, Focused: m.focus == onList}
	var c *tea.Cursor
	iw, ih := p.Inner()
	p.Body, c = m.grid.View(iw, ih)
	return m.env.Styles.Panel(p), c
}

// info is the page and the totals.
func (m *Model) info() string {
	if m.page == nil {
		return ""
	}
	pages := "?"
	if n := m.pages(); n > 0 {
		pages = strconv.Itoa(n)
	}
	return m.env.T("accounts.page", "page", m.shown, "pages", pages, "total", text.Count(m.page.TotalElements))
}

func (m *Model) detailPane(w, h int) string {
	p := style.Panel{Title: m.env.T("accounts.detail.title"), W: w, H: h, Focused: m.focus == onDetail}
	iw, ih := p.Inner()
	p.Body = m.facts.View(m.details(iw), ih)
	p.Info = cmp.Or(m.facts.Where(), "p")
	return m.env.Styles.Panel(p)
}

// details tells all there is about the account under the cursor, in lines of w cells.
func (m *Model) details(w int) string {
	r, ok := m.grid.Current()
	if !ok {
		return m.env.Styles.Muted.Render(m.env.T("accounts.detail.none"))
	}
	var b strings.Builder
	line := func(label i18n.Key, value string) {
		if value == "" {
			return
		}
		b.WriteString(m.env.Styles.Muted.Render(m.env.T(label)) + "\n")
		for _, l := range text.Wrap(value, w-2) {
			b.WriteString("  " + l + "\n")
		}
	}
	named := func(t codes.Table, c client.Text) string {
		if c == "" {
			return ""
		}
		return strings.TrimSpace(c.String() + " " + strings.TrimPrefix(m.svc.Codes().Name(t, c), c.String()))
	}
	id := r.Customer.IDNo.String()
	if m.revealed == keyOf(r) {
		id = r.Customer.IDNo.Revealed()
	}
	line("accounts.detail.no", r.Account.AccountNo.String())
	line("accounts.detail.name", customerName(r))
	line("accounts.detail.biz", named(codes.BizTypes, bizType(r)))
	line("accounts.detail.cust", named(codes.AccountCustomerTypes, customerKind(r)))
	line("accounts.detail.status", named(codes.Statuses, status(r)))
	line("accounts.detail.dept", named(codes.Departments, r.Account.DeptCode))
	line("accounts.detail.opened", r.Account.OpenAcctDate.String())
	line("accounts.detail.closed", r.Account.WriteoffDate.String())
	line("accounts.detail.id", strings.TrimSpace(named(codes.IDTypes, r.Customer.IDType)+" "+id))
	line("accounts.detail.risk", r.Customer.AmlRiskCodeName.String())
	line("accounts.detail.customer", r.Customer.CustomerID.String())
	line("accounts.detail.source", m.source(r))
	return b.String()
}

// source says where an account came from: in words where the platform's value is one that is known, else as it is.
func (m *Model) source(r row) string {
	if r.Account.SrcType == "counter" {
		return m.env.T("accounts.by_counter")
	}
	return r.Account.SrcType.String()
}

// mouse hands clicks and the wheel to the pane under them.
func (m *Model) mouse(msg tea.Msg) tea.Cmd {
	a := m.areas(m.width)
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		msg.Y -= style.BodyY
		switch {
		case msg.X < a.filter:
			msg.X -= style.BodyX
			focus := m.setFocus(onFilter)
			cmd, _ := m.filter.form.Update(msg)
			return tea.Batch(focus, cmd)
		case msg.X < a.filter+a.list:
			msg.X -= a.filter + style.BodyX
			return tea.Batch(m.setFocus(onList), m.grid.Update(msg))
		}
		return m.setFocus(onDetail)
	case tea.MouseWheelMsg:
		switch {
		case msg.X >= a.filter+a.list:
			m.facts.Move(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
		case msg.X >= a.filter:
			return m.grid.Update(msg)
		}
	}
	return nil
}

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("accounts.breadcrumb") }

// Status implements core.Screen.
func (m *Model) Status() string {
	var parts []string
	switch {
	case m.finding.Busy():
		parts = append(parts, m.env.T("accounts.goto.finding"))
	case m.load.Busy():
		parts = append(parts, m.env.T("accounts.searching"))
	case m.page != nil && m.err == nil:
		parts = append(parts, m.env.T("accounts.done", "seconds", strconv.FormatFloat(m.took.Seconds(), 'f', 2, 64)))
	}
	if n := m.grid.Marks(); n > 0 {
		parts = append(parts, m.env.T("accounts.can_do", "n", n, "download", m.env.KeyOf("accounts.download", "d"), "export", m.env.KeyOf("accounts.export", "e")))
	}
	if m.changed {
		parts = append(parts, m.env.T("accounts.changed", "key", m.env.KeyOf("accounts.search", "f7")))
	}
	if m.named != "" {
		parts = append(parts, m.env.T("accounts.views.in_force", "name", text.Steady(m.named)))
	}
	if n := m.asked.Conditions(); n > 0 {
		parts = append(parts, m.env.T("accounts.filtered", "n", n))
	}
	if at := m.svc.CheckedAt(); !at.IsZero() {
		parts = append(parts, m.env.T("accounts.checked_at", "at", at.In(m.env.Now().Location()).Format("01-02 15:04")))
	}
	if id, _ := m.grid.Sort(); id != "" || m.grid.Filter() != "" {
		parts = append(parts, m.env.T("accounts.scope", "n", m.grid.Len()))
	}
	return strings.Join(parts, "  |  ")
}
