package app

import (
	"context"
	"log"
	"maps"
	"slices"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/completeness"
	"imagery/internal/completeness/runs"
	"imagery/internal/rules"
)

// standing is how accounts stood in the last run.
type standing struct {
	columns []completeness.Column
	missing map[client.Text][]uint16 // by accountId, indexes into columns
	at      time.Time
	rules   *rules.Set
}

// stand lists a run's missing materials by account. Accounts that are not in it are not known, even if nothing else was found: they may
// have been opened since.
func stand(r *completeness.Run) *standing {
	s := &standing{missing: make(map[client.Text][]uint16, len(r.Accounts)), at: r.Finished.Time, rules: r.Rules}
	if len(r.Pending) > 0 || len(r.Failed) > 0 {
		return s // what is missing from whom is not known in full
	}
	m := completeness.NewMatrix(r)
	s.columns = m.Columns
	for row := range m.Rows() {
		var lacks []uint16
		for col := range m.Columns {
			if m.Cell(row, col) == completeness.Missing {
				lacks = append(lacks, uint16(col))
			}
		}
		s.missing[m.Account(row).ID] = lacks
	}
	return s
}

// LoadStanding reads the last run kept of the profile signed in to, for Completeness.
func (a *App) LoadStanding(ctx context.Context) error {
	c, err := a.current()
	if err != nil || c.last.Load() != nil || a.opts.Runs == nil {
		return err
	}
	list, err := a.opts.Runs.List(ctx, c.profile.Name)
	if err != nil || len(list) == 0 {
		return err
	}
	r, err := a.opts.Runs.Get(ctx, c.profile.Name, list[0].ID)
	if err != nil {
		log.Printf("last run of %s: %v", c.profile.Name, err) // a check makes another
		return nil
	}
	s := stand(r)
	if !r.Listed {
		s.addComplete(a.listedBefore(ctx, c, r, list[1:]), r)
	}
	c.last.CompareAndSwap(nil, s)
	return nil
}

// listedBefore returns the newest earlier run of the same rules and scope that listed its accounts; nil if there is none.
func (a *App) listedBefore(ctx context.Context, c *conn, r *completeness.Run, earlier []runs.Entry) *completeness.Run {
	for _, e := range earlier {
		if e.RulesHash != r.Hash || e.Scope != r.Scope.Name() {
			continue
		}
		if old, err := a.opts.Runs.Get(ctx, c.profile.Name, e.ID); err == nil && old.Listed {
			return old
		}
	}
	return nil
}

// addComplete adds the accounts that r, which asked only for those that lack something, did not find, though they were there before it. It
// is certain of the whole book alone: out of a narrower scope an account may have moved.
func (s *standing) addComplete(listed, r *completeness.Run) {
	if listed == nil || s.columns == nil || r.Scope.Name() != (completeness.Scope{}).Name() {
		return
	}
	for _, account := range listed.Accounts {
		if _, found := s.missing[account.ID]; !found {
			s.missing[account.ID] = nil
		}
	}
}

// Completeness returns how many required materials an account lacked in the last run, by accountId; known is false for one that was not
// in it. It does no I/O.
func (a *App) Completeness(accountID client.Text) (missing int, known bool) {
	s := a.standing()
	if s == nil {
		return 0, false
	}
	return s.of(accountID)
}

func (s *standing) of(accountID client.Text) (missing int, known bool) {
	lacks, known := s.missing[accountID]
	return len(lacks), known && accountID != ""
}

// Lacking returns the required materials that an account lacked in the last run, each as the codes of which one would have done. It does
// no I/O.
func (a *App) Lacking(accountID client.Text) (anyOf [][]string) {
	s := a.standing()
	if s == nil || accountID == "" {
		return nil
	}
	for _, col := range s.missing[accountID] {
		anyOf = append(anyOf, s.columns[col].Codes)
	}
	return anyOf
}

// standing is that of the last run, nil without one.
func (a *App) standing() *standing {
	c, err := a.current()
	if err != nil {
		return nil
	}
	return c.last.Load()
}

// CheckedAt is when the run ended that Completeness tells of; zero without one.
func (a *App) CheckedAt() time.Time {
	if s := a.standing(); s != nil {
		return s.at
	}
	return time.Time{}
}

// Explained is how one account stands towards a set of rules.
type Explained struct {
	Account      completeness.Account
	Held         []string // codes, sorted
	Explanations []rules.Explanation
}

// ExplainAccount judges one account by what interface 7 shows, its customer's materials included, and says why. Its types and dates are
// interface 9's, which cannot look for a number: the account is looked for where the last run saw it, else among all of its business
// type. Error: ErrNoAccount.
func (a *App) ExplainAccount(ctx context.Context, set *rules.Set, accountNo, bizType client.Text, withHistory bool) (Explained, error) {
	c, err := a.current()
	if err != nil {
		return Explained{}, err
	}
	d := detail{"accountNo": accountNo.Raw(), "accountBizType": bizType.Raw(), "rules": set.Hash()}
	if err := c.before(audit.Check, "", d); err != nil {
		return Explained{}, err
	}
	account, err := completeness.Find(ctx, a.asking(c), accountNo, bizType, a.hints(ctx, c))
	if err != nil {
		return Explained{}, err
	}
	if account == nil {
		return Explained{}, ErrNoAccount
	}
	held, err := completeness.Held(ctx, a.asking(c), accountNo, bizType, withHistory)
	if err != nil {
		return Explained{}, err
	}
	return Explained{*account, slices.Sorted(maps.Keys(held)), set.Explain(account.Facts(), func(code string) bool { return held[code] })}, nil
}

// hints are the accounts of the last run, to look for one where it was.
func (a *App) hints(ctx context.Context, c *conn) []completeness.Account {
	if a.opts.Runs == nil {
		return nil
	}
	list, err := a.opts.Runs.List(ctx, c.profile.Name)
	if err != nil || len(list) == 0 {
		return nil
	}
	r, err := a.opts.Runs.Get(ctx, c.profile.Name, list[0].ID)
	if err != nil {
		return nil
	}
	return r.Accounts
}
