package conformance

import (
	"fmt"
	"testing"

	"imagery/client"
)

type accountPage = client.Page[client.CustomerAccount]

const (
	pageSize = 7 // rows asked for in tests of paging
	maxPages = 4 // looked at
	maxWhole = 300
)

// pages: pages of the size asked for, or of the smaller one granted, follow one another without gap or repetition, whichever way one goes,
// and their totals agree with what they hold.
func (s *suite) pages(t *testing.T) {
	t.Run("follow one another", func(t *testing.T) {
		steady(t, func() error { return chained(s.firstPages(t)) })
	})
	t.Run("by number, forth and back", func(t *testing.T) {
		steady(t, func() error { return s.numbered(t) })
	})
	t.Run("end", func(t *testing.T) {
		steady(t, func() error { return s.lastPage(t) })
	})
	t.Run("total is what there is", func(t *testing.T) {
		a := s.accounts[0].Account
		r := client.SearchAccountsRequest{DeptCodes: []string{a.DeptCode.Raw()}, AccountBizTypes: []string{a.AccountBizType.Raw()}, OpenedFrom: a.OpenAcctDate, PageSize: pageSize}
		if n := s.count(t, r); n > maxWhole {
			t.Skipf("%d accounts are too many to read", n)
		}
		steady(t, func() error {
			if all, total := s.some(t, r, 2*maxWhole), s.count(t, r); int64(len(all)) != total {
				return fmt.Errorf("total %d, and %d came", total, len(all))
			}
			return nil
		})
	})
}

// firstPages reads a few pages, one after another.
func (s *suite) firstPages(t *testing.T) (read []*accountPage) {
	t.Helper()
	for p, err := range s.c.AccountPages(within(t), client.SearchAccountsRequest{PageSize: pageSize}) {
		must(t, err)
		if read = append(read, p); len(read) == maxPages {
			break
		}
	}
	return read
}

// chained checks pages read from the first on.
func chained(read []*accountPage) error {
	seen := map[client.Text]bool{}
	granted := len(read[0].Content)
	if granted > pageSize || read[0].Size > pageSize {
		return fmt.Errorf("%d rows on a page of %d, said to be of %d", granted, pageSize, read[0].Size)
	}
	for i, p := range read {
		last := !p.HasNext
		switch n := len(p.Content); {
		case n > granted, n < granted && !last:
			return fmt.Errorf("page %d has %d rows, the first %d", i+1, n, granted)
		case p.TotalElements != read[0].TotalElements:
			return fmt.Errorf("page %d says there are %d accounts, the first %d", i+1, p.TotalElements, read[0].TotalElements)
		case last != (int64(i*granted+n) >= p.TotalElements):
			return fmt.Errorf("page %d of %d rows, %d accounts in all: more follow is %t", i+1, granted, p.TotalElements, p.HasNext)
		case p.TotalPages != 0 && int64(p.TotalPages) != (p.TotalElements+int64(granted)-1)/int64(granted):
			return fmt.Errorf("page %d says there are %d pages of %d accounts, by %d", i+1, p.TotalPages, p.TotalElements, granted)
		}
		for _, a := range p.Content {
			if id := a.Account.AccountID; id == "" || seen[id] {
				return fmt.Errorf("page %d: account %s has no id or comes twice", i+1, a.Account.AccountNo)
			}
			seen[a.Account.AccountID] = true
		}
	}
	return nil
}

// page asks for a page by its number, counted from 1.
func (s *suite) page(t *testing.T, number int) *accountPage {
	t.Helper()
	p, err := s.c.SearchAccounts(within(t), client.SearchAccountsRequest{PageNumber: number, PageSize: pageSize})
	must(t, err)
	return p
}

// numbered checks that a page's number alone decides what is on it.
func (s *suite) numbered(t *testing.T) error {
	one, two, again := s.page(t, 1), s.page(t, 2), s.page(t, 1)
	if !one.HasNext {
		t.Skip("there is one page")
	}
	first := func(p *accountPage) client.Text {
		if len(p.Content) == 0 {
			return "none"
		}
		return p.Content[0].Account.AccountID
	}
	if first(one) != first(again) || first(one) == first(two) || two.Number-one.Number != 1 {
		return fmt.Errorf("page 1 (called %d) starts with %s, then page 2 (called %d) with %s, then page 1 with %s",
			one.Number, first(one), two.Number, first(two), first(again))
	}
	return nil
}

// lastPage checks the end of the book, and what is behind it: nothing, or a refusal.
func (s *suite) lastPage(t *testing.T) error {
	one := s.page(t, 1)
	granted := int64(len(one.Content))
	pages := (one.TotalElements + granted - 1) / granted
	last := s.page(t, int(pages))
	if want := one.TotalElements - (pages-1)*granted; int64(len(last.Content)) != want || last.HasNext {
		return fmt.Errorf("page %d of %d has %d rows, want %d; more follow is %t", pages, pages, len(last.Content), want, last.HasNext)
	}
	behind, err := s.c.SearchAccounts(within(t), client.SearchAccountsRequest{PageNumber: int(pages) + 1, PageSize: pageSize})
	if err != nil {
		refused(t, "a page behind the last", client.OpSearchAccounts, err)
	} else if len(behind.Content) != 0 || behind.HasNext {
		return fmt.Errorf("page %d of %d has %d rows", pages+1, pages, len(behind.Content))
	}
	return nil
}
