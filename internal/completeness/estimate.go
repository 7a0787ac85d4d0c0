package completeness

import (
	"context"
	"fmt"

	"imagery/internal/rules"
)

// Estimate is how many accounts a rule concerns and how many violate it, as far as counts tell.
type Estimate struct {
	Concerned int64 `json:"concerned"`
	Violating int64 `json:"violating"`
	// AtMost: both are upper limits. Interface 9 cannot filter by status, and it may not see all that counts.
	AtMost bool `json:"atMost"`
}

// EstimateRule counts for one rule without listing any account: a few requests, for a rule that is being written. Of the options, scope,
// basis and limits matter. Interface 9.
func EstimateRule(ctx context.Context, p Platform, o Options, rule rules.Rule) (Estimate, error) {
	o = o.settled()
	o.Rules, o.Conditions = &rules.Set{Rules: []rules.Rule{rule}}, false
	plan := newPlan(o)
	if len(plan.clauses) == 0 {
		return Estimate{}, nil
	}
	c := &plan.clauses[0]
	list := []question{c.all, c.have, c.lack}
	if !c.plain() {
		list = append(list, c.joint)
	}
	n, err := newAsker(p, o.Parallel, o.PageSize, nil).count(ctx, list)
	if err != nil {
		return Estimate{}, fmt.Errorf("counting for rule %s: %w", rule.ID, err)
	}
	return Estimate{
		Concerned: n[c.all.name], Violating: plan.expected(c.query.name, n, 0),
		AtMost: len(rule.Status) > 0 || plan.wide || len(plan.scope.MaterialCodes) > 0, // the counts of all are without the scope's materials
	}, nil
}
