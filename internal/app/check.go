package app

import (
	"context"
	"errors"
	"log"
	"slices"
	"strconv"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/completeness"
	"imagery/internal/completeness/runs"
	"imagery/internal/rules"
)

// ErrNoAccount is returned for an account that the platform does not list.
var ErrNoAccount = errors.New("app: no such account")

// BasisKey is where the state keeps a profile's completeness.Basis, which a doctor's probe found out.
const BasisKey = "completeness.basis"

// basis is what is known of what interface 9 counts on a profile. The demo is ours, and known.
func (a *App) basis(ctx context.Context, c *conn) (b completeness.Basis) {
	if c.profile.Demo {
		b.Customer = completeness.Yes
	}
	if a.opts.State != nil {
		if _, err := a.opts.State.Get(ctx, c.profile.Name, BasisKey, &b); err != nil {
			log.Printf("basis of %s: %v", c.profile.Name, err)
		}
	}
	return b
}

// asking is a connection as a check asks it: the journal has a line for the check, not for each of its requests.
type asking struct {
	*conn
	platform *turns
}

// asking is the current connection, asked in turn.
func (a *App) asking(c *conn) asking { return asking{c, &turns{c.client, a, c}} }

// SearchAccounts implements completeness.Platform. Interface 9.
func (c asking) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error) {
	p, err := c.platform.SearchAccounts(ctx, r)
	if err == nil {
		c.codes.LearnAccounts(p.Content)
	}
	return p, err
}

// ListMaterials implements completeness.Platform. Interface 7.
func (c asking) ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	ms, err := c.platform.ListMaterials(ctx, r)
	c.codes.LearnMaterials(ms)
	return ms, err
}

// Checked is a run and the number it is kept under, 0 if it is not kept.
type Checked struct {
	ID int64
	*completeness.Run
}

// Check runs rules over the book and keeps the run. Of the options, Basis, Save and Resume are filled in here: with resume it goes on
// from a check of the same rules and scope that was broken off within completeness.ResumeWithin. A run with questions unanswered comes
// with the error. Interface 9.
func (a *App) Check(ctx context.Context, o completeness.Options, resume bool) (Checked, error) {
	c, err := a.current()
	if err != nil {
		return Checked{}, err
	}
	if o.Rules == nil {
		return Checked{}, completeness.ErrNoRules
	}
	o.Basis = a.basis(ctx, c)
	if err := a.parts(ctx, c, &o, resume); err != nil {
		return Checked{}, err
	}
	tie := ref()
	if err := c.before(audit.Check, tie, filter(o.Scope).set("rules", o.Rules.Hash()).set("resumed", strconv.Itoa(len(o.Resume)))); err != nil {
		return Checked{}, err
	}
	r, err := completeness.Check(ctx, a.asking(c), o)
	c.after(audit.Check, tie, err, outcome(r))
	if r == nil {
		return Checked{}, err
	}
	id, kept := a.keepRun(ctx, c, r, err == nil)
	return Checked{id, r}, errors.Join(err, kept)
}

// outcome is what the journal says of a run.
func outcome(r *completeness.Run) detail {
	if r == nil {
		return nil
	}
	s := r.Summary()
	return detail{
		"accounts": strconv.FormatInt(s.Accounts, 10), "violations": number(s.Violations), "accountsMissing": number(s.AccountsMissing),
		"requests": number(s.Requests), "certified": strconv.FormatBool(s.Certified),
	}
}

// parts has the answers of a check kept as they come, and takes those of one that was broken off.
func (a *App) parts(ctx context.Context, c *conn, o *completeness.Options, resume bool) (err error) {
	store, profile := a.opts.Runs, c.profile.Name
	if store == nil {
		return nil
	}
	kept := context.WithoutCancel(ctx) // what was answered is kept though the check is called off
	o.Save = func(p completeness.Part) error { return store.SavePart(kept, profile, p) }
	if resume {
		o.Resume, err = store.Parts(ctx, profile, o.Plan(), time.Now())
		return err
	}
	return store.Begin(ctx, profile)
}

// keepRun keeps a run, and lets go of the answers it was made of unless some are missing, which can be asked for with them.
func (a *App) keepRun(ctx context.Context, c *conn, r *completeness.Run, whole bool) (id int64, err error) {
	c.last.Store(stand(r))
	if a.opts.Runs == nil {
		return 0, nil
	}
	ctx = context.WithoutCancel(ctx)
	if id, err = a.opts.Runs.Put(ctx, c.profile.Name, r); err != nil || !whole {
		return id, err
	}
	return id, a.opts.Runs.Begin(ctx, c.profile.Name)
}

// Resumable is how many questions of a check with these options were answered before it was broken off.
func (a *App) Resumable(ctx context.Context, o completeness.Options) (int, error) {
	c, err := a.current()
	if err != nil || a.opts.Runs == nil {
		return 0, err
	}
	o.Basis = a.basis(ctx, c)
	return a.opts.Runs.Answered(ctx, c.profile.Name, o.Plan(), time.Now())
}

// Confirm asks interface 7 about a run's findings, settles them in it, and keeps that too.
func (a *App) Confirm(ctx context.Context, r Checked, o completeness.ConfirmOptions) error {
	c, err := a.current()
	if err != nil {
		return err
	}
	tie := ref()
	d := detail{"confirm": number(len(r.Violations)), "rules": r.Hash}
	if o.Sample > 0 {
		d["sample"], d["seed"] = number(o.Sample), strconv.FormatUint(o.Seed, 10)
	}
	if err := c.before(audit.Check, tie, d); err != nil {
		return err
	}
	err = completeness.Confirm(ctx, a.asking(c), r.Run, o)
	c.after(audit.Check, tie, err, outcome(r.Run))
	c.last.Store(stand(r.Run))
	if a.opts.Runs == nil || r.ID == 0 {
		return err
	}
	return errors.Join(err, a.opts.Runs.Replace(context.WithoutCancel(ctx), c.profile.Name, r.ID, r.Run))
}

// Runs lists the kept runs of the profile signed in to, the newest first.
func (a *App) Runs(ctx context.Context) ([]runs.Entry, error) {
	c, err := a.current()
	if err != nil || a.opts.Runs == nil {
		return nil, err
	}
	return a.opts.Runs.List(ctx, c.profile.Name)
}

// KeptRun returns a kept run. Error: runs.ErrNone.
func (a *App) KeptRun(ctx context.Context, id int64) (Checked, error) {
	c, err := a.current()
	switch {
	case err != nil:
		return Checked{}, err
	case a.opts.Runs == nil:
		return Checked{}, runs.ErrNone
	}
	r, err := a.opts.Runs.Get(ctx, c.profile.Name, id)
	if err != nil {
		return Checked{}, err
	}
	return Checked{id, r}, nil
}

// RunOf returns the newest kept run of a scope; its Run is nil without one.
func (a *App) RunOf(ctx context.Context, scope client.SearchAccountsRequest) (Checked, error) {
	list, err := a.runsOf(ctx, scope)
	if err != nil || len(list) == 0 {
		return Checked{}, err
	}
	return a.KeptRun(ctx, list[0].ID)
}

// RunBefore returns the kept run of a scope that one is compared with, by the number of that or 0 if it is still to come: the newest older
// one that is whole, or else the newest older one. Its Run is nil without one.
func (a *App) RunBefore(ctx context.Context, scope client.SearchAccountsRequest, id int64) (Checked, error) {
	list, err := a.runsOf(ctx, scope)
	if err != nil {
		return Checked{}, err
	}
	list = slices.DeleteFunc(list, func(e runs.Entry) bool { return id > 0 && e.ID >= id })
	if i := slices.IndexFunc(list, func(e runs.Entry) bool { return e.Whole() }); i > 0 {
		list = list[i:]
	}
	if len(list) == 0 {
		return Checked{}, nil
	}
	return a.KeptRun(ctx, list[0].ID)
}

// runsOf lists the kept runs of a scope, the newest first.
func (a *App) runsOf(ctx context.Context, scope client.SearchAccountsRequest) ([]runs.Entry, error) {
	list, err := a.Runs(ctx)
	scope.PageNumber, scope.PageSize = 0, 0
	name := completeness.Scope(scope).Name()
	return slices.DeleteFunc(list, func(e runs.Entry) bool { return e.Scope != name }), err
}

// Partial is what is known of a check with these options that was broken off: its rules that are open are Pending. Run is nil without.
func (a *App) Partial(ctx context.Context, o completeness.Options) (Checked, error) {
	c, err := a.current()
	if err != nil || a.opts.Runs == nil {
		return Checked{}, err
	}
	o.Basis = a.basis(ctx, c)
	parts, err := a.opts.Runs.Parts(ctx, c.profile.Name, o.Plan(), time.Now())
	if err != nil {
		return Checked{}, err
	}
	return Checked{0, completeness.Assemble(o, parts)}, nil
}

// Estimates counts for each rule of a set how many accounts in scope it concerns and how many violate it; they come in the order of the
// file, each as soon as it is known. Interface 9.
func (a *App) Estimates(ctx context.Context, set *rules.Set, scope client.SearchAccountsRequest, each func(rule int, e completeness.Estimate)) error {
	c, err := a.current()
	if err != nil {
		return err
	}
	if err := c.before(audit.Check, "", filter(scope).set("rules", set.Hash()).set("estimate", number(len(set.Rules)))); err != nil {
		return err
	}
	o := completeness.Options{Scope: scope, Basis: a.basis(ctx, c)}
	for i, r := range set.Rules {
		e, err := completeness.EstimateRule(ctx, a.asking(c), o, r)
		if err != nil {
			return err
		}
		each(i, e)
	}
	return nil
}
