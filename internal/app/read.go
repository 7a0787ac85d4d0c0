package app

import (
	"context"
	"iter"
	"slices"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/transfer"
)

func filter(r client.SearchAccountsRequest) detail {
	return detail{"page": number(r.PageNumber)}.
		set("materialCodes", list(r.MaterialCodes)).set("excludedMaterialCodes", list(r.ExcludedMaterialCodes)).
		set("openedFrom", r.OpenedFrom.String()).set("openedTo", r.OpenedTo.String()).set("deptCodes", list(r.DeptCodes)).
		set("accountBizTypes", list(r.AccountBizTypes)).set("accountCustomerTypes", list(r.AccountCustomerTypes))
}

// SearchAccounts returns one page. Interface 9.
func (a *App) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error) {
	c, err := a.reading(audit.Search, filter(r))
	if err != nil {
		return nil, err
	}
	p, err := c.client.SearchAccounts(ctx, r)
	if err != nil {
		return nil, err
	}
	c.codes.LearnAccounts(p.Content)
	return p, nil
}

// AccountPages yields the pages of a search from r.PageNumber to the last. Interface 9.
func (a *App) AccountPages(ctx context.Context, r client.SearchAccountsRequest) iter.Seq2[*client.Page[client.CustomerAccount], error] {
	return func(yield func(*client.Page[client.CustomerAccount], error) bool) {
		c, err := a.reading(audit.Search, filter(r).set("pages", "all"))
		if err != nil {
			yield(nil, err)
			return
		}
		for p, err := range c.client.AccountPages(ctx, r) {
			if err == nil {
				c.codes.LearnAccounts(p.Content)
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// ListMaterials returns the materials of one account. Interface 7.
func (a *App) ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	c, err := a.reading(audit.List, detail{"accountNo": r.AccountNo, "accountBizType": r.AccountBizType}.set("materialCodes", list(r.MaterialCodes)))
	if err != nil {
		return nil, err
	}
	ms, err := c.client.ListMaterials(ctx, r)
	c.codes.LearnMaterials(ms)
	return ms, err
}

// ListInTurn is ListMaterials for tasks: the profile's limits hold. Interface 7.
func (a *App) ListInTurn(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	c, err := a.current()
	if err != nil {
		return nil, err
	}
	done, err := a.turn(ctx, c)
	if err != nil {
		return nil, err
	}
	defer done()
	return a.ListMaterials(ctx, r)
}

// Affected returns every row visible to this login that shares an archive's id, customer-level and history rows included: what a
// discard would take away. Interface 7.
func (a *App) Affected(ctx context.Context, accountNo, bizType, serviceAccessID string) ([]client.MaterialInfo, error) {
	c, err := a.reading(audit.List, detail{"accountNo": accountNo, "accountBizType": bizType, "serviceAccessId": serviceAccessID})
	if err != nil {
		return nil, err
	}
	return c.affected(ctx, accountNo, bizType, serviceAccessID)
}

func (c *conn) affected(ctx context.Context, accountNo, bizType, serviceAccessID string) ([]client.MaterialInfo, error) {
	all, err := c.client.ListMaterials(ctx, client.ListMaterialsRequest{AccountNo: accountNo, AccountBizType: bizType, WithCustomer: true, WithHis: true})
	if err != nil {
		return nil, err
	}
	c.codes.LearnMaterials(all)
	var out []client.MaterialInfo
	for _, m := range all {
		if m.ServiceAccessID.Raw() == serviceAccessID {
			out = append(out, m)
		}
	}
	return out, nil
}

// FilesOf lists the files of accounts one after another, customers' materials included, as they are asked for. Interface 7.
func (a *App) FilesOf(ctx context.Context, accounts []client.CustomerAccount) iter.Seq2[transfer.Item, error] {
	return func(yield func(transfer.Item, error) bool) {
		for _, x := range accounts {
			items, err := a.filesOf(ctx, x)
			if err != nil {
				yield(transfer.Item{}, err)
				return
			}
			if slices.ContainsFunc(items, func(it transfer.Item) bool { return !yield(it, nil) }) {
				return
			}
		}
	}
}

func (a *App) filesOf(ctx context.Context, x client.CustomerAccount) (items []transfer.Item, err error) {
	ms, err := a.ListInTurn(ctx, client.ListMaterialsRequest{
		AccountNo: x.Account.AccountNo.Raw(), AccountBizType: x.Account.AccountBizType.Raw(), WithCustomer: true,
	})
	for _, m := range ms {
		items = append(items, transfer.Items(m, x)...)
	}
	return items, err
}

// DownloadFolder is where downloads are offered to go: the profile's folder, else the user's download folder.
func (a *App) DownloadFolder() string {
	if c, err := a.current(); err == nil && c.profile.Downloads != "" {
		return c.profile.Downloads
	}
	return config.DownloadFolder()
}
