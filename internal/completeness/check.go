package completeness

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"imagery/client"
	"imagery/internal/rules"
)

// check is one check at work.
type check struct {
	Options
	*plan
	*asker
	counts map[string]int64 // the latest

	mu      sync.Mutex
	table   *table
	answers map[string]*answer // by query
	moved   map[string]bool    // queries that were repeated
	failed  map[string]error   // queries that were not answered
	started time.Time          // when what is used was asked first
	lived   time.Time          // when Live was told last
	save    sync.Mutex
}

// answer is a query's rows.
type answer struct {
	rows    []int            // places in the table, each once
	counts  map[string]int64 // the counts it depends on, as they were before
	uneven  bool             // rows came twice, or the total changed from page to page
	outside int64            // rows that the filter should have kept out
}

// Check runs the rules over the book. Interface 9.
//
// A question that stays unanswered does not end the check: the run says which rules it leaves open and comes with the error. A run is
// returned with every error but those of ctx, of Save, and of counting, which comes first.
func Check(ctx context.Context, p Platform, o Options) (*Run, error) {
	if o.Rules == nil || len(o.Rules.Rules) == 0 {
		return nil, ErrNoRules
	}
	o = o.settled()
	c := newCheck(p, o)
	if err := c.start(ctx); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		if err := c.ask(ctx); err != nil {
			return nil, err
		}
		if len(c.counts) == 0 {
			break // nothing to verify by
		}
		c.note(func(p *Progress) { p.Phase = Verifying })
		var err error
		if c.counts, err = c.count(ctx, c.counted()); err != nil {
			return nil, fmt.Errorf("verifying the check: %w", err)
		}
		if try == c.Tries || len(c.due()) == 0 {
			break
		}
		for _, q := range c.due() {
			c.moved[q.name] = true
		}
		c.note(func(p *Progress) { p.Planned += c.requests(c.due()) + len(c.counted()) })
	}
	c.note(func(p *Progress) { p.Planned = p.Done })
	r := c.run()
	r.Started, r.Finished = Moment{Time: c.started}, Moment{Time: o.Now()}
	return r, c.failure()
}

func newCheck(p Platform, o Options) *check {
	return &check{
		Options: o, plan: newPlan(o), asker: newAsker(p, o.Parallel, o.PageSize, o.Progress), table: newTable(),
		answers: map[string]*answer{}, moved: map[string]bool{}, failed: map[string]error{}, started: o.Now(),
	}
}

// start counts, and decides from the counts what to ask.
func (c *check) start(ctx context.Context) error {
	counted := c.counted()
	c.note(func(p *Progress) { p.Phase, p.Planned = Counting, 2*len(counted) })
	counts, err := c.count(ctx, counted)
	switch {
	case isNoTotals(err):
		counts = nil
	case err != nil:
		return fmt.Errorf("counting for the check: %w", err)
	}
	c.counts = counts
	c.settle(counts)
	if c.Save != nil {
		if err := c.Save(Part{Plan: c.name, At: Moment{Time: c.Now()}, Counts: counts, Accounts: []Account{}}); err != nil {
			return fmt.Errorf("saving a part of the check: %w", err)
		}
	}
	c.resume()
	c.note(func(p *Progress) { p.Phase, p.Planned = Listing, p.Planned+c.requests(c.due()) })
	return nil
}

// resume takes over the answers of an earlier check; a later one for the same question replaces the one before.
func (c *check) resume() {
	filters := map[string]rules.Filter{}
	for _, q := range c.queries(c.counts) {
		filters[q.name] = filterOf(q.ask)
	}
	for _, p := range c.Resume {
		filter, wanted := filters[p.Query]
		if p.Plan != c.name || !wanted || c.Now().Sub(p.At.Time) > ResumeWithin {
			continue
		}
		if p.At.Before(c.started) {
			c.started = p.At.Time
		}
		a := &answer{counts: p.Counts}
		for _, x := range p.Accounts {
			if !filter.Admits(x.Facts()) {
				a.outside++
			}
			a.rows = append(a.rows, c.table.add(x))
		}
		c.answers[p.Query] = a
	}
}

// Assemble tells what is known so far of a check with these options, from the parts that Save was given; nil before the first. Rules
// that are still open are in Pending, and the run is not certified.
func Assemble(o Options, parts []Part) *Run {
	o.Resume = parts
	c := newCheck(nil, o.settled())
	i := slices.IndexFunc(parts, func(p Part) bool { return p.Plan == c.name && p.Query == "" })
	if i < 0 {
		return nil
	}
	c.counts = parts[i].Counts
	c.settle(c.counts)
	c.resume()
	return c.run()
}

// requests is how many pages queries have, by the counts.
func (c *check) requests(list []question) (n int) {
	for _, q := range list {
		n += 1 + int(max(0, c.expected(q.name, c.counts, c.counts[c.blanks.name])-1))/c.PageSize
	}
	return n
}

// due are the queries that have no answer, or one that the latest counts do not bear out.
func (c *check) due() []question {
	return slices.DeleteFunc(c.queries(c.counts), func(q question) bool { return c.settled(q.name) && c.failed[q.name] == nil })
}

// settled reports whether a query has an answer and the latest counts bear it out.
func (c *check) settled(query string) bool {
	a := c.answers[query]
	switch {
	case a == nil:
		return false
	case len(c.counts) == 0:
		return true
	case a.uneven || !maps.Equal(a.counts, c.now(query)):
		return false
	}
	blank, known := c.blank(query)
	return !known || int64(len(a.rows)) == c.expected(query, c.counts, blank)
}

// now returns the latest counts that a query depends on.
func (c *check) now(query string) map[string]int64 {
	out := map[string]int64{}
	for _, name := range c.needs(query) {
		out[name] = c.counts[name]
	}
	return out
}

// blank is how many accounts with nothing at all a trimmed query leaves out; known is false as long as these have not been listed.
func (c *check) blank(query string) (n int64, known bool) {
	i := slices.IndexFunc(c.clauses, func(x clause) bool { return x.query.name == query && x.trimmed })
	if i < 0 {
		return 0, true
	}
	if c.answers[c.blanks.name] == nil {
		return 0, false
	}
	for _, row := range c.answers[c.blanks.name].rows {
		if c.clauses[i].filter.Admits(c.table.accounts[row].Facts()) {
			n++
		}
	}
	return n, true
}

// atOnce is how many queries are asked at the same time; each has several pages on the way.
const atOnce = 3

// ask asks what is due, the lists that clauses share first. Its error ends the check; that of a single query is kept in failed.
func (c *check) ask(ctx context.Context) error {
	var shared, own []question
	for _, q := range c.due() {
		if q.name == c.list.name || q.name == c.blanks.name {
			shared = append(shared, q)
		} else {
			own = append(own, q)
		}
	}
	for _, list := range [][]question{shared, own} {
		g, each := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		for _, q := range list {
			g.Go(func() error { return c.one(each, q) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// one asks one query and keeps its answer or error.
func (c *check) one(ctx context.Context, q question) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a, err := c.answer(ctx, q)
	c.mu.Lock()
	c.failed[q.name] = err
	if err == nil {
		c.answers[q.name] = a
	}
	c.live()
	c.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, client.ErrSignInRefused), errors.Is(err, client.ErrUnauthorized):
		return err
	case err != nil:
		return nil
	}
	return c.keep(q, a)
}

// live tells what is known so far. c.mu is held.
func (c *check) live() {
	if c.Live == nil || c.Now().Sub(c.lived) < LiveEvery {
		return
	}
	c.lived = c.Now()
	r := c.run()
	r.Started = Moment{Time: c.started}
	if len(r.Pending) > 0 { // else it is still to be verified, and shown at the end
		c.Live(r)
	}
}

// answer lists a query's accounts.
func (c *check) answer(ctx context.Context, q question) (*answer, error) {
	a := &answer{counts: c.now(q.name)}
	seen := map[int]bool{}
	total := int64(-1)
	filter := filterOf(q.ask)
	err := c.pages(ctx, q, func(p *page) {
		c.mu.Lock()
		if total >= 0 && p.TotalElements != total {
			a.uneven = true
		}
		total = p.TotalElements
		for i := range p.Content {
			x := c.table.account(&p.Content[i])
			if !filter.Admits(x.Facts()) {
				a.outside++
			}
			row := c.table.add(x)
			if seen[row] {
				a.uneven = true
				continue
			}
			seen[row] = true
			a.rows = append(a.rows, row)
		}
		known := len(c.table.accounts)
		c.mu.Unlock()
		c.note(func(p *Progress) { p.Accounts = known })
	})
	return a, err
}

// keep gives a part to be saved.
func (c *check) keep(q question, a *answer) error {
	if c.Save == nil || a.uneven {
		return nil
	}
	c.mu.Lock()
	part := Part{Plan: c.name, At: Moment{Time: c.Now()}, Query: q.name, Counts: a.counts, Accounts: make([]Account, len(a.rows))}
	for i, row := range a.rows {
		part.Accounts[i] = c.table.accounts[row]
	}
	c.mu.Unlock()
	c.save.Lock()
	defer c.save.Unlock()
	if err := c.Save(part); err != nil {
		return fmt.Errorf("saving a part of the check: %w", err)
	}
	return nil
}

// failure joins the errors of queries that were not answered.
func (c *check) failure() error {
	var list []error
	for _, err := range c.failed {
		if err != nil {
			list = append(list, err)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return fmt.Errorf("%d questions of the check were not answered: %w", len(list), list[0])
}
