package client

import (
	"context"
	"fmt"
	"iter"
)

// AddAccount adds an account to the platform. Interface 4.
func (c *Client) AddAccount(ctx context.Context, a AddAccountRequest) (*CustomerAccount, error) {
	r := &request{op: OpAddAccount}
	if err := extraCode(r.op, a.ExtraCode, a.AccountBizType); err != nil {
		return nil, err
	}
	for _, f := range []arg{
		{"deptCode", a.DeptCode},
		{"accountNo", a.AccountNo},
		{"accountBizType", a.AccountBizType},
		{"accountName", a.AccountName},
		{"accountCustomerType", a.AccountCustomerType},
		{"customerType", a.CustomerType},
		{"accountStatus", a.AccountStatus},
		{"idType", a.IDType},
		{"idNo", a.IDNo.Raw()},
	} {
		if f.val == "" {
			return nil, &InvalidError{r.op, f.name, ReasonMissing}
		}
		r.fields = append(r.fields, f)
	}
	r.text("extraCode", a.ExtraCode)
	out := &CustomerAccount{}
	return out, c.record(ctx, r, func(v value) error { return readCustomerAccount(c.decoder(), v, out) }, customerAccountFields.knows)
}

// SearchAccounts returns one page of the accounts that match. "None" is believed only of a page that says so: an answer without bytes, null
// in the page's place, and a first page without content that counts accounts are ErrMalformed; content that is null or absent while nothing
// is counted is an empty page. Interface 9.
func (c *Client) SearchAccounts(ctx context.Context, s SearchAccountsRequest) (p *Page[CustomerAccount], err error) {
	if base := c.LearntPageBase(); base == PageBaseUnknown {
		p, err = c.probe(ctx, s)
	} else {
		p, err = c.page(ctx, s, s.PageNumber-1+base.offset())
	}
	if err != nil {
		return nil, err
	}
	if s.PageNumber <= 1 && len(p.Content) == 0 && p.TotalElements > 0 {
		return nil, &MalformedError{
			Op: OpSearchAccounts, Flaw: FlawCount, Field: "content", Reason: fmt.Sprintf("holds nothing, though totalElements says %d", p.TotalElements),
		}
	}
	return p, nil
}

// page asks for one page by the number that goes out on the wire.
func (c *Client) page(ctx context.Context, s SearchAccountsRequest, number int) (*Page[CustomerAccount], error) {
	r := &request{op: OpSearchAccounts}
	r.list("materialCodes", s.MaterialCodes)
	r.list("excludedMaterialCodes", s.ExcludedMaterialCodes)
	r.text("openAcctDateRange.start", s.OpenedFrom.String())
	r.text("openAcctDateRange.end", s.OpenedTo.String())
	r.list("deptCodes", s.DeptCodes)
	r.list("accountBizTypes", s.AccountBizTypes)
	r.list("accountCustomerTypes", s.AccountCustomerTypes)
	r.add("pageNumber", number)
	r.add("pageSize", s.PageSize)
	v, err := c.reply(ctx, r)
	if err != nil {
		return nil, err
	}
	p, err := readPage(c.decoder(), v, readCustomerAccount)
	if err != nil {
		return nil, r.failed(err, nil)
	}
	return p, nil
}

// AccountPages yields the pages of a search from s.PageNumber on. It stops behind the last one, at an empty page, when a
// page starts with an account that an earlier one started with, and after the first error.
func (c *Client) AccountPages(ctx context.Context, s SearchAccountsRequest) iter.Seq2[*Page[CustomerAccount], error] {
	return func(yield func(*Page[CustomerAccount], error) bool) {
		seen := map[Text]bool{}
		for s.PageNumber = max(1, s.PageNumber); ; s.PageNumber++ {
			p, err := c.SearchAccounts(ctx, s)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(p.Content) == 0 || seen[p.Content[0].Account.AccountID] {
				return
			}
			if id := p.Content[0].Account.AccountID; id != "" {
				seen[id] = true
			}
			if !yield(p, nil) || !p.HasNext {
				return
			}
		}
	}
}

// AllAccounts yields every account of a search, page by page.
func (c *Client) AllAccounts(ctx context.Context, s SearchAccountsRequest) iter.Seq2[CustomerAccount, error] {
	return func(yield func(CustomerAccount, error) bool) {
		for p, err := range c.AccountPages(ctx, s) {
			if err != nil {
				yield(CustomerAccount{}, err)
				return
			}
			if !each(p.Content, yield) {
				return
			}
		}
	}
}

// each yields a list's items and reports whether more are wanted.
func each[T any](list []T, yield func(T, error) bool) bool {
	for _, item := range list {
		if !yield(item, nil) {
			return false
		}
	}
	return true
}
