package completeness

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"imagery/client"
	"imagery/internal/sampling"
)

// asker sends requests, so many at a time, and counts them.
type asker struct {
	platform Platform
	slots    chan struct{}
	size     int // rows asked for at once

	mu       sync.Mutex
	progress Progress
	tell     func(Progress)
}

func newAsker(p Platform, parallel, size int, tell func(Progress)) *asker {
	return &asker{platform: p, slots: make(chan struct{}, parallel), size: size, tell: tell}
}

// note changes the progress and tells it.
func (a *asker) note(change func(p *Progress)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.progress)
	a.progress.Planned = max(a.progress.Planned, a.progress.Done)
	if a.tell != nil {
		a.tell(a.progress)
	}
}

func (a *asker) done() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.progress.Done
}

// slot waits for a turn; release gives it back and counts the request.
func (a *asker) slot(ctx context.Context) (release func(), err error) {
	select {
	case a.slots <- struct{}{}:
		return func() {
			<-a.slots
			a.note(func(p *Progress) { p.Done++ })
		}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type page = client.Page[client.CustomerAccount]

func (a *asker) page(ctx context.Context, ask client.SearchAccountsRequest, number, size int) (*page, error) {
	release, err := a.slot(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	ask.PageNumber, ask.PageSize = number, size
	return a.platform.SearchAccounts(ctx, ask)
}

// errNoTotals says that a platform's pages do not tell how many rows there are.
var errNoTotals = errors.New("completeness: interface 9 tells no totals")

// count asks how many accounts each question has.
func (a *asker) count(ctx context.Context, list []question) (map[string]int64, error) {
	var mu sync.Mutex
	out := make(map[string]int64, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cap(a.slots))
	for _, q := range list {
		g.Go(func() error {
			p, err := a.page(ctx, q.ask, 1, 1)
			switch {
			case err != nil:
				return err
			case p.TotalElements == 0 && len(p.Content) > 0:
				return errNoTotals
			}
			mu.Lock()
			defer mu.Unlock()
			out[q.name] = p.TotalElements
			return nil
		})
	}
	return out, g.Wait()
}

// pages gives each page of a question to take, in order, while the following ones are on their way. It ends behind the last one, at an
// empty one, at one that begins as an earlier one did, behind as many rows as any book may have, or with the first error.
func (a *asker) pages(ctx context.Context, q question, take func(*page)) error {
	ctx, cancel := context.WithCancel(ctx)
	first, err := a.page(ctx, q.ask, 1, a.size)
	if err != nil {
		cancel()
		return err
	}
	take(first)
	size := int64(first.Size)
	if size < 1 {
		size = int64(max(len(first.Content), 1))
	}
	last := int((min(first.TotalElements, sampling.MaxPopulation) + size - 1) / size)
	blind := first.TotalElements == 0 // without totals each page tells whether another follows
	if len(first.Content) == 0 || !first.HasNext {
		last = 1
	} else if blind {
		last = 2
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	type answer struct {
		page *page
		err  error
	}
	began, rows := map[string]bool{beginning(first): true}, len(first.Content)
	var ahead []chan answer // of the pages from number on
	for number := 2; number <= last; number++ {
		for next := number + len(ahead); next <= last && len(ahead) < cap(a.slots); next++ {
			c := make(chan answer, 1)
			ahead = append(ahead, c)
			running.Go(func() {
				p, err := a.page(ctx, q.ask, next, a.size)
				c <- answer{p, err}
			})
		}
		got := <-ahead[0]
		ahead = ahead[1:]
		if got.err != nil {
			return got.err
		}
		if len(got.page.Content) == 0 {
			return nil
		}
		take(got.page)
		if rows += len(got.page.Content); rows >= sampling.MaxPopulation || began[beginning(got.page)] {
			return nil
		}
		began[beginning(got.page)] = true
		if blind && got.page.HasNext {
			last++
		}
	}
	return nil
}

// beginning tells the first account of a page from others.
func beginning(p *page) string {
	if len(p.Content) == 0 {
		return ""
	}
	a := &p.Content[0].Account
	return (&Account{ID: a.AccountID, No: a.AccountNo, BizType: a.AccountBizType}).key()
}
