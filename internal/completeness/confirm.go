package completeness

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"imagery/client"
	"imagery/internal/sampling"
)

// ConfirmOptions say how findings are confirmed.
type ConfirmOptions struct {
	Parallel int            // requests in flight; 0: 4
	Progress func(Progress) // told after every request, by one goroutine at a time
	// Sample is how many accounts without findings are asked about as well, chosen by Seed. It needs a listed run.
	Sample int
	Seed   uint64
}

// Sample is what interface 7 said about accounts without findings.
type Sample struct {
	Seed  uint64 `json:"seed"`
	Of    int    `json:"of"`    // accounts without findings
	Asked int    `json:"asked"` // of them, and answered
	// Hidden of the accounts asked do violate a rule; HiddenBesides do that already have another finding.
	Hidden        int `json:"hidden"`
	HiddenBesides int `json:"hiddenBesides"`
}

// Bound is the share of accounts without findings that may violate a rule nevertheless: the upper limit of Clopper and Pearson at 95 %
// confidence, 1 when none was asked.
func (s Sample) Bound() float64 {
	limit, err := sampling.Bound(s.Asked, s.Hidden, 0, 0.95)
	if err != nil {
		return 1
	}
	return limit.Rate
}

// ErrNotListed is returned when a sample is wanted of a run that did not list the accounts without findings.
var ErrNotListed = errors.New("completeness: the run did not list accounts that nothing is missing from")

// giveUp is after how many accounts in a row that could not be asked about confirming ends.
const giveUp = 25

// Confirm asks interface 7 about every account with findings, customer's materials included, and settles the findings in r. Called again
// after an error it goes on with what is left.
func Confirm(ctx context.Context, p Platform, r *Run, o ConfirmOptions) error {
	if o.Sample > 0 && !r.Listed {
		return ErrNotListed
	}
	if o.Parallel < 1 {
		o.Parallel = 4
	}
	c := &confirmation{Run: r, asker: newAsker(p, o.Parallel, 0, o.Progress), flagged: map[int][]int{}}
	for i, v := range r.Violations {
		c.flagged[v.Account] = append(c.flagged[v.Account], i)
	}
	list := c.open()
	sample := c.draw(o)
	c.note(func(p *Progress) { p.Phase, p.Planned = Confirming, len(list)+len(sample) })
	err := c.all(ctx, slices.Concat(list, sample))
	r.Requests += c.done()
	r.Violations = append(r.Violations, c.hidden...)
	r.sort()
	return err
}

// confirmation is Confirm at work.
type confirmation struct {
	*Run
	*asker
	flagged map[int][]int // violations by account

	mu      sync.Mutex
	hidden  []Violation
	failing int // accounts in a row that could not be asked about
}

// open are the accounts with findings that are not settled.
func (c *confirmation) open() (out []int) {
	for account, list := range c.flagged {
		if slices.ContainsFunc(list, func(i int) bool { return c.Violations[i].State == Found || c.Violations[i].State == Doubt }) {
			out = append(out, account)
		}
	}
	slices.Sort(out)
	return out
}

// draw chooses accounts without findings; those asked about before are not chosen again.
func (c *confirmation) draw(o ConfirmOptions) (out []int) {
	if o.Sample < 1 || c.Sample.Asked > 0 {
		return nil
	}
	for i := range c.Accounts {
		if len(c.flagged[i]) == 0 {
			out = append(out, i)
		}
	}
	c.Sample = Sample{Seed: o.Seed, Of: len(out)}
	r := rand.New(rand.NewPCG(o.Seed, 0x636f6e6669726d))
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(o.Sample, len(out))]
}

func (c *confirmation) all(ctx context.Context, accounts []int) error {
	outer := ctx
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cap(c.slots))
	for _, account := range accounts {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			held, err := c.held(ctx, &c.Accounts[account])
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return c.judge(account, held, err)
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("confirming: %w", err)
	}
	return outer.Err()
}

// errOther says that interface 7 answered about another account.
var errOther = errors.New("completeness: interface 7 answered about another account")

// held asks which materials an account has, its customer's included. Interface 7.
func (c *confirmation) held(ctx context.Context, a *Account) (map[string]bool, error) {
	release, err := c.slot(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return Held(ctx, c.platform, a.No, a.BizType, c.History)
}

// Held returns the codes of the materials that an account has, its customer's included, and with history those of superseded versions
// too. Interface 7.
func Held(ctx context.Context, p Platform, accountNo, bizType client.Text, history bool) (map[string]bool, error) {
	list, err := p.ListMaterials(ctx, client.ListMaterialsRequest{
		AccountNo: accountNo.Raw(), AccountBizType: bizType.Raw(), WithCustomer: true, WithHis: history,
	})
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i := range list {
		m := &list[i]
		if m.AccountNo != "" && m.AccountNo != accountNo {
			return nil, errOther
		}
		if history || m.HisCreateTime.IsZero() {
			out[m.MaterialCode.Raw()] = true
		}
	}
	return out, nil
}

// judge settles an account's findings.
func (c *confirmation) judge(account int, held map[string]bool, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		return c.doubt(account, err)
	}
	c.failing = 0
	facts := c.Accounts[account].Facts()
	missing := c.Rules.Missing(facts, func(code string) bool { return held[code] })
	was := c.flagged[account]
	for _, i := range was {
		v := &c.Violations[i]
		v.State = Cleared
		if slices.Contains(missing, v.Rule) {
			v.State = Confirmed
		}
	}
	hidden := 0
	for _, rule := range missing {
		if !slices.ContainsFunc(was, func(i int) bool { return c.Violations[i].Rule == rule }) {
			hidden++
			c.hidden = append(c.hidden, Violation{account, rule, Confirmed})
		}
	}
	switch {
	case len(was) > 0:
		c.Sample.HiddenBesides += min(hidden, 1)
	default:
		c.Sample.Asked++
		c.Sample.Hidden += min(hidden, 1)
	}
	return nil
}

// doubt notes that an account could not be asked about; the error it returns ends the confirmation.
func (c *confirmation) doubt(account int, err error) error {
	for _, i := range c.flagged[account] {
		c.Violations[i].State = Doubt
	}
	c.failing++
	if c.failing >= giveUp || errors.Is(err, client.ErrSignInRefused) || errors.Is(err, client.ErrUnauthorized) {
		return err
	}
	return nil
}
