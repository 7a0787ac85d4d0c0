package accounts

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
)

// maxTypes is how many business types a number is looked for under.
const maxTypes = 20

// found is what a number was found under.
type found struct {
	gone           // as it was asked for
	types []string // business types that have it, empty for none
}

// find looks a number up under the business type given, and when that does not have it or none is given, under every known one.
// Interface 9 cannot look for a number; interface 7 needs both.
func (m *Model) find(g gone) tea.Cmd {
	var types []string
	for _, c := range m.svc.Codes().List(codes.BizTypes) {
		if c.Code != g.bizType && len(types) < maxTypes {
			types = append(types, c.Code)
		}
	}
	if len(types) == 0 && g.bizType == "" {
		types = []string{client.Brokerage}
	}
	svc := m.svc
	return m.finding.Start(m.env.Ctx, func(ctx context.Context) (found, error) {
		if g.bizType != "" {
			own, err := under(ctx, svc, g.accountNo, []string{g.bizType})
			if err != nil || len(own) > 0 {
				return found{g, own}, err
			}
		}
		others, err := under(ctx, svc, g.accountNo, types)
		return found{g, others}, err
	})
}

// under returns the types that have an account of a number. Where the platform knows it under every type, those with materials count.
func under(ctx context.Context, svc Service, no string, types []string) ([]string, error) {
	var known, filled []string
	for _, t := range types {
		ms, err := svc.ListMaterials(ctx, client.ListMaterialsRequest{AccountNo: no, AccountBizType: t})
		switch {
		case errors.Is(err, client.ErrNotFound):
			continue
		case err != nil:
			return nil, err
		case len(ms) > 0:
			filled = append(filled, t)
		}
		known = append(known, t)
	}
	if len(filled) > 0 {
		return filled, nil
	}
	return known, nil
}

// located goes on with what was found: to the account, to a choice among several, or to where an unknown one can be added.
func (m *Model) located(msg core.Loaded[found]) tea.Cmd {
	if !m.finding.Accept(msg) {
		return nil
	}
	f := msg.Value
	switch {
	case msg.Err != nil:
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	case len(f.types) == 0:
		if f.bizType == "" {
			f.bizType = client.Brokerage
		}
		return core.Send(OpenMsg{numbered(f.gone)})
	case len(f.types) == 1 && (f.bizType == "" || slices.Contains(f.types, f.bizType)):
		return m.openNumber(gone{f.accountNo, f.types[0]})
	}
	title := m.env.T("accounts.goto.several")
	if f.bizType != "" {
		title = m.env.T("accounts.goto.elsewhere")
	}
	var items []overlay.Item
	for _, t := range f.types {
		items = append(items, overlay.Item{ID: f.accountNo + "\n" + t, Label: client.Text(t).String() + " " + m.svc.Codes().Name(codes.BizTypes, client.Text(t))})
	}
	return core.OpenUnasked(overlay.NewMenu(m.env, title, items, ""), menuOf{m, recent})
}

// numbered is an account of which only number and business type are known.
func numbered(g gone) client.CustomerAccount {
	return client.CustomerAccount{Account: client.Account{AccountNo: client.Text(g.accountNo), AccountBizType: client.Text(g.bizType)}}
}
