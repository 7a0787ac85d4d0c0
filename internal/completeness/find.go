package completeness

import (
	"context"
	"fmt"

	"imagery/client"
)

// Find returns an account by number and business type as interface 9 has it now, nil if there is none. Interface 9 cannot look for a
// number: where an earlier run saw the account, in seen, its department and opening date narrow the search; otherwise all accounts of the
// type are gone through. Interface 9.
func Find(ctx context.Context, p Platform, no, bizType client.Text, seen []Account) (*Account, error) {
	all := client.SearchAccountsRequest{AccountBizTypes: []string{bizType.Raw()}, PageSize: Options{}.settled().PageSize}
	for i := range seen {
		if seen[i].No != no || seen[i].BizType != bizType || seen[i].Dept == "" || seen[i].Opened.IsZero() {
			continue
		}
		near := all
		near.DeptCodes, near.OpenedFrom, near.OpenedTo = []string{seen[i].Dept.Raw()}, seen[i].Opened.Date, seen[i].Opened.Date
		if a, err := find(ctx, p, no, bizType, near); a != nil || err != nil {
			return a, err
		}
	}
	return find(ctx, p, no, bizType, all)
}

// maxFindPages is where looking for an account ends on a platform whose pages never do.
const maxFindPages = 10_000

func find(ctx context.Context, p Platform, no, bizType client.Text, r client.SearchAccountsRequest) (*Account, error) {
	for r.PageNumber = 1; r.PageNumber <= maxFindPages; r.PageNumber++ {
		page, err := p.SearchAccounts(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("looking for an account: %w", err)
		}
		for i := range page.Content {
			if x := &page.Content[i].Account; x.AccountNo == no && x.AccountBizType == bizType {
				a := newTable().account(&page.Content[i])
				return &a, nil
			}
		}
		if !page.HasNext || len(page.Content) == 0 {
			return nil, nil
		}
	}
	return nil, nil
}
