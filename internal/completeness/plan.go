package completeness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"imagery/client"
	"imagery/internal/rules"
)

// question is a search of interface 9 without its page, and name what it is known by.
type question struct {
	ask  client.SearchAccountsRequest
	name string
}

// clause is a rules.Clause within the scope of a check, and how it is asked.
type clause struct {
	rules.Clause
	filter rules.Filter // of both clause and scope
	// Counts. all: accounts within the filter; have, lack: those with one and none of Excluded; joint: those with one of Included or
	// Excluded, asked only with Included.
	all, have, lack, joint question
	how                    manner
	query                  question
	trimmed                bool // the query leaves out accounts with nothing at all
	role                   role
}

// role is what the accounts are that a clause finds.
type role int

const (
	violating     role = iota // violators of its rules
	lackingIf                 // accounts without any of the materials that bring its rules into force
	lackingUnless             // accounts without any of the materials that exempt from its rules
)

// manner is how a clause's violators are found.
type manner int

const (
	direct     manner = iota // the query lists the violators
	complement               // the query lists those that are none, and the others are the violators
)

// plan is what a check asks.
type plan struct {
	name    string
	set     *rules.Set
	scope   client.SearchAccountsRequest
	wide    bool
	clauses []clause
	total   question // accounts in scope
	list    question // the same, all rows
	blanks  question // accounts in scope with none of the rules' materials
	listed  bool
	trims   bool // some clause needs blanks
}

func newPlan(o Options) *plan {
	p := &plan{set: o.Rules, scope: o.Scope, wide: o.Basis.less(o.WithHistory), listed: o.List}
	p.scope.PageNumber, p.scope.PageSize = 0, 0
	p.total = p.question(p.scopeFilter(), p.scope.MaterialCodes, nil)
	p.list = p.total
	p.blanks = p.question(p.scopeFilter(), nil, o.Rules.Codes())
	p.add(o.Rules.Clauses(p.wide), violating)
	if o.Conditions && !p.wide {
		p.listed = true
		p.addConditions()
	}
	p.name = p.digest(o)
	return p
}

// addConditions adds clauses that tell which accounts conditions exempt.
func (p *plan) addConditions() {
	for _, part := range []struct {
		role  role
		codes func(*rules.Rule) []string
	}{
		{lackingIf, func(r *rules.Rule) []string { return r.IfAny }},
		{lackingUnless, func(r *rules.Rule) []string { return r.UnlessAny }},
	} {
		set, at := rules.Set{}, []int{}
		for i, r := range p.set.Rules {
			if codes := part.codes(&r); len(codes) > 0 {
				r.Any, r.IfAny, r.UnlessAny = codes, nil, nil
				set.Rules, at = append(set.Rules, r), append(at, i)
			}
		}
		list := set.Clauses(false)
		for _, c := range list {
			for i := range c.Rules {
				c.Rules[i] = at[c.Rules[i]]
			}
		}
		p.add(list, part.role)
	}
}

// add adds clauses in the scope.
func (p *plan) add(list []rules.Clause, as role) {
	for _, rc := range list {
		c := clause{Clause: rc, role: as}
		var some bool
		if c.filter, some = narrowed(rc.Filter, p.scopeFilter()); !some {
			continue // the scope has none of the accounts that the rules are about
		}
		if len(c.Included) > 0 && len(p.scope.MaterialCodes) > 0 {
			p.listed = true // two conditions of the same kind: one is asked, the other looked up
		}
		if len(c.Included) == 0 {
			c.Included = p.scope.MaterialCodes
		}
		c.all = p.question(c.filter, nil, nil)
		c.have = p.question(c.filter, c.Excluded, nil)
		c.lack = p.question(c.filter, nil, c.Excluded)
		if len(c.Included) > 0 {
			c.joint = p.question(c.filter, union(c.Included, c.Excluded), nil)
		}
		c.query = p.question(c.filter, c.Included, c.Excluded)
		p.clauses = append(p.clauses, c)
	}
}

// digest names the plan by what its answers depend on.
func (p *plan) digest(o Options) string {
	raw, err := json.Marshal(struct {
		Hash  string
		Scope client.SearchAccountsRequest
		Wide  bool
	}{o.Rules.Hash(), p.scope, p.wide})
	if err != nil {
		panic(err) // strings and dates always marshal
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

func (p *plan) scopeFilter() rules.Filter { return filterOf(p.scope) }

// question is Q(included, excluded) within a filter and the scope.
func (p *plan) question(f rules.Filter, included, excluded []string) question {
	ask := client.SearchAccountsRequest{
		MaterialCodes: included, ExcludedMaterialCodes: union(p.scope.ExcludedMaterialCodes, excluded), DeptCodes: p.scope.DeptCodes,
		AccountBizTypes: f.BizTypes, AccountCustomerTypes: f.CustomerTypes, OpenedFrom: f.OpenedFrom, OpenedTo: f.OpenedTo,
	}
	raw, err := json.Marshal(ask)
	if err != nil {
		panic(err) // strings and dates always marshal
	}
	return question{ask, string(raw)}
}

// counted are the questions whose totals are asked before and after, each once.
func (p *plan) counted() []question {
	out, seen := []question{}, map[string]bool{"": true}
	add := func(list ...question) {
		for _, q := range list {
			if !seen[q.name] {
				seen[q.name] = true
				out = append(out, q)
			}
		}
	}
	add(p.total, p.blanks)
	for _, c := range p.clauses {
		add(c.all, c.have, c.lack, c.joint)
	}
	return out
}

// settle decides, knowing the counts, how each clause is asked.
func (p *plan) settle(n map[string]int64) {
	if p.cheaperListed(n) {
		p.listed = true
	}
	for i := range p.clauses {
		c := &p.clauses[i]
		rest := without(p.set.Codes(), union(c.Excluded, p.scope.ExcludedMaterialCodes))
		switch {
		case p.listed && c.plain() && n[c.have.name] < n[c.lack.name]:
			c.how, c.query = complement, c.have
		case c.plain() && n[p.blanks.name] > 0 && len(rest) > 0:
			c.trimmed, p.trims = true, true
			c.query = p.question(c.filter, rest, c.Excluded)
		}
	}
}

// plain reports whether the clause asks for all that lack something.
func (c *clause) plain() bool { return len(c.Included) == 0 }

// cheaperListed reports whether fewer rows travel when all accounts are listed once and clauses that most accounts violate are answered
// by those that do not.
func (p *plan) cheaperListed(n map[string]int64) bool {
	listed, saved := n[p.list.name], int64(0)
	for i := range p.clauses {
		if c := &p.clauses[i]; c.plain() {
			saved += max(0, n[c.lack.name]-n[c.have.name])
		}
	}
	return !p.listed && saved > listed
}

// needs are the names of the counts that a query's answer depends on.
func (p *plan) needs(query string) []string {
	switch query {
	case p.list.name:
		return []string{p.total.name}
	case p.blanks.name:
		return []string{p.blanks.name}
	}
	var out []string
	for i := range p.clauses {
		c := &p.clauses[i]
		if c.query.name != query {
			continue
		}
		for _, q := range []question{c.all, c.have, c.lack, c.joint} {
			if q.name != "" {
				out = append(out, q.name)
			}
		}
	}
	return out
}

// queries are the questions whose rows are wanted, each once, the longest first.
func (p *plan) queries(n map[string]int64) []question {
	var out []question
	if p.listed {
		out = append(out, p.list)
	}
	if p.trims {
		out = append(out, p.blanks)
	}
	for _, c := range p.clauses {
		if !slices.ContainsFunc(out, func(q question) bool { return q.name == c.query.name }) {
			out = append(out, c.query)
		}
	}
	slices.SortStableFunc(out, func(a, b question) int { return int(p.expected(b.name, n, 0) - p.expected(a.name, n, 0)) })
	return out
}

// expected is how many rows a query must have, by the counts; blank is how many accounts with nothing at all its filter admits.
func (p *plan) expected(query string, n map[string]int64, blank int64) int64 {
	switch query {
	case p.list.name:
		return n[p.total.name]
	case p.blanks.name:
		return n[p.blanks.name]
	}
	for i := range p.clauses {
		c := &p.clauses[i]
		switch {
		case c.query.name != query:
		case c.how == complement:
			return n[c.have.name]
		case !c.plain():
			return n[c.joint.name] - n[c.have.name]
		case c.trimmed:
			return n[c.lack.name] - blank
		default:
			return n[c.lack.name]
		}
	}
	return 0
}
