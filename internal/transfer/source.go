package transfer

import (
	"context"
	"fmt"
	"iter"

	"imagery/client"
)

// Lister finds accounts and their materials. *client.Client is one. Interfaces 9 and 7.
type Lister interface {
	AccountPages(ctx context.Context, r client.SearchAccountsRequest) iter.Seq2[*client.Page[client.CustomerAccount], error]
	ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error)
}

// Search names files by the accounts they belong to: interface 9's filter, then interface 7 of each account found.
type Search struct {
	Accounts  client.SearchAccountsRequest
	Materials client.ListMaterialsRequest // its account is filled in
}

// search is a Search as the queue keeps it: dates as text, which JSON gives back.
type search struct {
	Accounts  client.SearchAccountsRequest `json:"accounts"`
	From      string                       `json:"from,omitempty"`
	To        string                       `json:"to,omitempty"`
	Materials client.ListMaterialsRequest  `json:"materials"`
}

func searchOf(s *Search) *search {
	if s == nil {
		return nil
	}
	kept := &search{Accounts: s.Accounts, From: s.Accounts.OpenedFrom.String(), To: s.Accounts.OpenedTo.String(), Materials: s.Materials}
	kept.Accounts.OpenedFrom, kept.Accounts.OpenedTo = client.Date{}, client.Date{}
	return kept
}

func (s *search) search() Search {
	out := Search{Accounts: s.Accounts, Materials: s.Materials}
	out.Accounts.OpenedFrom, _ = client.ParseDate(s.From)
	out.Accounts.OpenedTo, _ = client.ParseDate(s.To)
	return out
}

// How far a search reads ahead.
const (
	searchPage    = 100 // accounts
	pagesAhead    = 2
	accountsAhead = 8 // listed at once
)

// Items yields the files of all accounts found, in the platform's order. Pages are fetched ahead, and several accounts are listed at
// once. It ends after the first error.
func (s Search) Items(ctx context.Context, from Lister) iter.Seq2[Item, error] {
	if s.Accounts.PageSize == 0 {
		s.Accounts.PageSize = searchPage
	}
	return func(yield func(Item, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		listed := make(chan chan listing, accountsAhead)
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer close(listed)
			s.list(ctx, from, listed)
		}()
		defer func() {
			cancel()
			for next := range listed {
				<-next
			}
			<-done
		}()
		for next := range listed {
			if l := <-next; !l.each(yield) {
				return
			}
		}
	}
}

// listing is what an account holds.
type listing struct {
	items []Item
	err   error
}

func (l listing) each(yield func(Item, error) bool) bool {
	if l.err != nil {
		return yield(Item{}, l.err)
	}
	for _, it := range l.items {
		if !yield(it, nil) {
			return false
		}
	}
	return true
}

// list starts to list account after account, and hands on where each listing will arrive.
func (s Search) list(ctx context.Context, from Lister, out chan<- chan listing) {
	hand := func() chan listing {
		next := make(chan listing, 1)
		select {
		case out <- next:
			return next
		case <-ctx.Done():
			return nil
		}
	}
	for page := range s.pages(ctx, from) {
		if page.err != nil {
			if next := hand(); next != nil {
				next <- listing{err: page.err}
			}
			return
		}
		for _, a := range page.accounts {
			next := hand()
			if next == nil {
				return
			}
			go func() { next <- s.account(ctx, from, a) }()
		}
	}
}

// account lists one account. A panic becomes its error.
func (s Search) account(ctx context.Context, from Lister, a client.CustomerAccount) (l listing) {
	defer func() {
		if p := recover(); p != nil {
			l.err = fmt.Errorf("listing broke off: %v", p)
		}
	}()
	r := s.Materials
	r.AccountNo, r.AccountBizType = a.Account.AccountNo.Raw(), a.Account.AccountBizType.Raw()
	var ms []client.MaterialInfo
	if err := retried(ctx, func() (err error) { ms, err = from.ListMaterials(ctx, r); return err }); err != nil {
		return listing{err: fmt.Errorf("account %s: %w", a.Account.AccountNo.String(), err)}
	}
	for _, m := range ms {
		l.items = append(l.items, Items(m, a)...)
	}
	return l
}

// found is a page of accounts.
type found struct {
	accounts []client.CustomerAccount
	err      error
}

// pages fetches pages ahead of whoever ranges over them.
func (s Search) pages(ctx context.Context, from Lister) iter.Seq[found] {
	return func(yield func(found) bool) {
		ctx, cancel := context.WithCancel(ctx)
		ahead := make(chan found, pagesAhead)
		go func() {
			defer close(ahead)
			s.fetchPages(ctx, from, ahead)
		}()
		defer func() {
			cancel()
			for range ahead { // until the goroutine has ended
			}
		}()
		for p := range ahead {
			if !yield(p) {
				return
			}
		}
	}
}

// fetchPages hands pages to out. After a fault of the way it goes on from the page that failed.
func (s Search) fetchPages(ctx context.Context, from Lister, out chan<- found) {
	defer func() {
		if p := recover(); p != nil {
			out <- found{err: fmt.Errorf("search broke off: %v", p)}
		}
	}()
	page := max(1, s.Accounts.PageNumber)
	err := retried(ctx, func() error {
		r := s.Accounts
		r.PageNumber = page
		for p, err := range from.AccountPages(ctx, r) {
			if err != nil {
				return err
			}
			select {
			case out <- found{accounts: p.Content}:
				page++
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		out <- found{err: err}
	}
}
