package accounts

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// gone is the Action of the dialog that goes straight to an account.
type gone struct{ accountNo, bizType string }

// goTo asks for an account by number, and business type where the user knows it.
func (m *Model) goTo() tea.Cmd {
	no, biz := field.NewText(m.env), field.NewPicker(m.env, options(m.svc.Codes(), codes.BizTypes)...)
	no.MaxLen, biz.Free = 64, true
	for _, v := range m.recents() {
		no.History = slices.Insert(no.History, 0, v.AccountNo)
	}
	biz.Placeholder = "accounts.goto.all"
	f := form.New(m.env, []form.Row{
		{ID: "no", Label: "accounts.goto.no", Control: no, Required: true, Hint: "accounts.goto.no_hint"},
		{ID: "biz", Label: "accounts.goto.biz", Control: biz, Hint: "accounts.goto.biz_hint"},
	},
		form.Button{ID: "go", Label: "accounts.goto.go", Submit: true, Do: func() tea.Cmd {
			return overlay.Close(gone{strings.TrimSpace(no.Value()), biz.Value()})
		}},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d := overlay.NewForm(m.env, m.env.Words("accounts.goto.title"), f)
	d.Width = 60
	return core.Open(d, m)
}

// recentMenu offers the accounts opened last.
func (m *Model) recentMenu() tea.Cmd {
	var items []overlay.Item
	for _, v := range m.recents() {
		no, biz := client.Text(v.AccountNo), client.Text(v.BizType)
		items = append(items, overlay.Item{ID: v.AccountNo + "\n" + v.BizType, Label: no.String(), Note: m.svc.Codes().Name(codes.BizTypes, biz)})
	}
	return core.Open(overlay.NewMenu(m.env, m.env.T("accounts.recent_title"), items, ""), menuOf{m, recent})
}

func (m *Model) whyNoRecent() string {
	if len(m.recents()) == 0 {
		return m.env.T("accounts.no_recent")
	}
	return ""
}

func (m *Model) closed(msg core.DialogClosedMsg) tea.Cmd {
	if menu, ok := msg.Owner.(menuOf); ok && menu.m == m {
		if chosen, ok := msg.Action.(overlay.Chosen); ok {
			return m.picked(menu.what, chosen.ID)
		}
		return nil
	}
	if msg.Owner != m {
		return m.grid.Update(msg)
	}
	switch act := msg.Action.(type) {
	case gone:
		return m.find(act)
	case saved:
		return m.keepView(act)
	case core.Confirm:
		return m.removed()
	case core.Cancel:
		return nil
	}
	if _, started := msg.Action.(interface{ Background() }); started {
		return nil
	}
	return m.reload() // an account was added, or something archived to one
}

// openNumber opens an account by number; what the list knows of it goes along.
func (m *Model) openNumber(g gone) tea.Cmd {
	for _, r := range m.grid.Rows() {
		if r.Account.AccountNo.Raw() == g.accountNo && bizType(r).Raw() == g.bizType {
			return m.open(r)
		}
	}
	return m.open(numbered(g))
}

func (m *Model) add() tea.Cmd { return core.Send(AddMsg{m}) }
