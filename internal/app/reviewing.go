package app

import (
	"context"
	"fmt"
	"log"
	"maps"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"imagery/client"
	"imagery/internal/review"
	"imagery/internal/transfer"
)

// NewSitting returns the number of a reviewer's sitting, which claims accounts and gives them back apart from others of this program.
func (a *App) NewSitting() int64 {
	a.reviews.mu.Lock()
	defer a.reviews.mu.Unlock()
	a.reviews.last++
	return a.reviews.last
}

// sit is reviewOf for a sitting, which holds claims from then on.
func (a *App) sit(ctx context.Context, sitting int64, run string) (*review.Book, *conn, error) {
	b, c, err := a.reviewOf(ctx, run)
	if err != nil {
		return nil, nil, err
	}
	a.reviews.mu.Lock()
	a.reviews.held[sitting] = holding{run, c.username}
	a.reviews.mu.Unlock()
	return b.Sitting(strconv.FormatInt(sitting, 10)), c, nil
}

// NextReview claims the next account of a spot check for the user signed in, and lists its files. When these cannot be listed the claim stands,
// and comes with the error. Errors: review.ErrNothing when there is none now, and those of interface 7.
func (a *App) NextReview(ctx context.Context, sitting int64, run string) (review.Task, []transfer.Item, error) {
	b, c, err := a.sit(ctx, sitting, run)
	if err != nil {
		return review.Task{}, nil, err
	}
	t, err := b.Next(ctx, run, c.username)
	if err != nil {
		return t, nil, err
	}
	if ctx.Err() != nil { // the sitting ended meanwhile, and has given back what it knew of
		a.LeaveReview(context.WithoutCancel(ctx), sitting)
		return t, nil, ctx.Err()
	}
	items, err := a.ReviewFiles(ctx, t.Item)
	return t, items, err
}

// TakeReview claims one account of a spot check by its place. Error: review.ErrNothing.
func (a *App) TakeReview(ctx context.Context, sitting int64, run string, place int) (review.Task, error) {
	b, c, err := a.sit(ctx, sitting, run)
	if err != nil {
		return review.Task{}, err
	}
	return b.Take(ctx, run, c.username, place)
}

// ReviewedAccount is a sampled account as the platform's own records have it, as far as the sample tells.
func ReviewedAccount(m review.Member) client.CustomerAccount {
	var a client.CustomerAccount
	a.Account.AccountID, a.Account.AccountNo, a.Account.AccountBizType = client.Text(m.ID), client.Text(m.AccountNo), client.Text(m.BizType)
	a.Account.AccountCustomerType, a.Account.DeptCode = client.Text(m.CustomerType), client.Text(m.Department)
	a.Customer.CustomerName, a.Account.AccountName = client.Text(m.Name), client.Text(m.Name)
	return a
}

// ReviewFiles lists the files of a sampled account, its customer's included. Interface 7.
func (a *App) ReviewFiles(ctx context.Context, it review.Item) ([]transfer.Item, error) {
	return a.filesOf(ctx, ReviewedAccount(it.Member))
}

// PutVerdict keeps the verdict on a claimed account; when it returns nil the verdict is on disk.
func (a *App) PutVerdict(ctx context.Context, t review.Task, v review.Verdict) (review.Verdict, error) {
	b, err := a.spotChecks(ctx)
	if err != nil {
		return v, err
	}
	return b.Put(ctx, t, v)
}

// UndoVerdict takes back the user's last verdict in a spot check and claims its account again, whose files come with it. A settlement is open
// again after that, without a claim.
func (a *App) UndoVerdict(ctx context.Context, sitting int64, run string) (review.Task, []transfer.Item, error) {
	if err := a.allGiven(ctx); err != nil {
		return review.Task{}, nil, err
	}
	b, c, err := a.sit(ctx, sitting, run)
	if err != nil {
		return review.Task{}, nil, err
	}
	t, err := b.Undo(ctx, run, c.username)
	if err != nil || t.Round == review.Final {
		return t, nil, err
	}
	items, err := a.ReviewFiles(ctx, t.Item)
	return t, items, err
}

// ReopenReview puts what was put aside in a spot check back into its queue, and returns how many reviews that are.
func (a *App) ReopenReview(ctx context.Context, run string) (int, error) {
	b, c, err := a.reviewOf(ctx, run)
	if err != nil {
		return 0, err
	}
	return b.Reopen(ctx, run, c.username)
}

// ReviewDifferences lists the accounts of a blind spot check whose two reviews differ.
func (a *App) ReviewDifferences(ctx context.Context, run string) ([]review.Difference, error) {
	b, _, err := a.reviewOf(ctx, run)
	if err != nil {
		return nil, err
	}
	return b.Differences(ctx, run)
}

// SettleReview keeps what holds for an account whose two reviews differ.
func (a *App) SettleReview(ctx context.Context, run string, v review.Verdict) (review.Verdict, error) {
	c, err := a.current()
	if err != nil {
		return v, err
	}
	return a.settle(ctx, c, run, v)
}

func (a *App) settle(ctx context.Context, c *conn, run string, v review.Verdict) (review.Verdict, error) {
	b, err := a.runOf(ctx, c, run)
	if err != nil {
		return v, err
	}
	v.Reviewer = c.username
	return b.Settle(ctx, run, v)
}

// GiveVerdict is PutVerdict behind all that was given before, without waiting: whatever the user does next, leave included, it gets to the disk. wait tells
// what became of it, and its context ends the wait alone.
func (a *App) GiveVerdict(t review.Task, v review.Verdict) (wait func(context.Context) (review.Verdict, error)) {
	return a.give(func(ctx context.Context) (review.Verdict, error) { return a.PutVerdict(ctx, t, v) })
}

// GiveSettlement is that for SettleReview.
func (a *App) GiveSettlement(run string, v review.Verdict) (wait func(context.Context) (review.Verdict, error)) {
	c, err := a.current()
	return a.give(func(ctx context.Context) (review.Verdict, error) {
		if err != nil {
			return v, err
		}
		return a.settle(ctx, c, run, v)
	})
}

func (a *App) give(put func(context.Context) (review.Verdict, error)) func(context.Context) (review.Verdict, error) {
	done := make(chan struct{})
	a.reviews.giving.Lock()
	before := a.reviews.given
	a.reviews.given = done
	a.reviews.giving.Unlock()
	var v review.Verdict
	var err error
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("keeping a verdict panicked: %v", p)
				log.Printf("%v\n%s", err, debug.Stack())
			}
		}()
		if before != nil {
			<-before
		}
		v, err = put(context.Background())
	}()
	return func(ctx context.Context) (review.Verdict, error) {
		select {
		case <-done:
			return v, err
		case <-ctx.Done():
			return review.Verdict{}, ctx.Err()
		}
	}
}

// giveTime is how long leaving waits for the disk, or the database's server.
const giveTime = 30 * time.Second

// allGiven waits for the verdicts on their way: claims must not go back before them, nor may the last one be taken back.
func (a *App) allGiven(ctx context.Context) error {
	a.reviews.giving.Lock()
	last := a.reviews.given
	a.reviews.giving.Unlock()
	if last == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, giveTime)
	defer cancel()
	select {
	case <-last:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("verdicts are not on disk yet: %w", ctx.Err())
	}
}

// HoldReview keeps what a sitting has claimed until ctx ends, and then gives it back to the queue: pausing is ending ctx.
func (a *App) HoldReview(ctx context.Context, sitting int64, run string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			a.LeaveReview(context.WithoutCancel(ctx), sitting)
			return
		case <-tick.C:
		}
		b, c, err := a.sit(ctx, sitting, run)
		if err == nil {
			err = b.Hold(ctx, run, c.username)
		}
		if err != nil && ctx.Err() == nil {
			log.Printf("holding claims of %s: %v", run, err)
		}
	}
}

// LeaveReview gives a sitting's claims back, behind the verdicts that were given; of those that could not be, the queue takes care when they expire.
func (a *App) LeaveReview(ctx context.Context, sitting int64) {
	if err := a.allGiven(ctx); err != nil {
		log.Print(err)
	}
	a.release(ctx, sitting)
}

func (a *App) release(ctx context.Context, sitting int64) {
	a.reviews.mu.Lock()
	h, held := a.reviews.held[sitting]
	delete(a.reviews.held, sitting)
	book := a.reviews.book
	a.reviews.mu.Unlock()
	if !held || book == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := book.Sitting(strconv.FormatInt(sitting, 10)).Release(ctx, h.run, h.reviewer); err != nil {
		log.Printf("giving back claims of %s: %v", h.run, err)
	}
}

// closeReviews gives back what is still claimed and closes the database.
func (a *App) closeReviews() error {
	if err := a.allGiven(context.Background()); err != nil {
		log.Print(err)
	}
	a.reviews.mu.Lock()
	sittings := slices.Collect(maps.Keys(a.reviews.held))
	a.reviews.mu.Unlock()
	for _, sitting := range sittings {
		a.release(context.Background(), sitting)
	}
	a.reviews.mu.Lock()
	defer a.reviews.mu.Unlock()
	if a.reviews.book == nil {
		return nil
	}
	b := a.reviews.book
	a.reviews.book = nil
	return b.Close()
}
