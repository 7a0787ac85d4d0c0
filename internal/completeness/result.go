package completeness

import (
	"slices"

	"imagery/internal/rules"
)

// run puts the answers together.
func (c *check) run() *Run {
	r := &Run{
		Rules: c.set, Hash: c.set.Hash(), Scope: Scope(c.scope), Basis: c.Basis, History: c.WithHistory,
		Total: c.counts[c.total.name], Requests: c.done(), Reasons: []Reason{}, Moved: []string{}, Failed: []int{},
	}
	listed := c.answers[c.list.name]
	r.Listed = c.listed && listed != nil
	if len(c.counts) == 0 {
		r.Reasons = append(r.Reasons, Reason{Code: NoTotals})
		if r.Listed {
			r.Total = int64(len(listed.rows))
		}
	}
	kept := map[int]bool{}
	if r.Listed {
		for _, row := range listed.rows {
			kept[row] = true
		}
	}
	for i := range c.clauses {
		cl := &c.clauses[i]
		r.Reasons = append(r.Reasons, c.doubts(cl)...)
		if c.moved[cl.query.name] {
			r.Moved = append(r.Moved, ids(c.set, cl.Rules)...)
		}
		rows, ok := c.violators(cl)
		if !ok {
			r.Failed = append(r.Failed, cl.Rules...)
			continue
		}
		for _, row := range rows {
			r.violate(c, cl, row, kept)
		}
	}
	r.Reasons = append(r.Reasons, c.doubtsOfLists()...)
	slices.Sort(r.Failed)
	r.compact(c.table.accounts, kept)
	return r
}

// violate notes the rules of a clause that an account violates. Places are those of the table until compact.
func (r *Run) violate(c *check, cl *clause, row int, kept map[int]bool) {
	facts := c.table.accounts[row].facts()
	for _, n := range cl.Rules {
		if c.set.Rules[n].Applies(facts) {
			r.Violations = append(r.Violations, Violation{row, n, Found})
			kept[row] = true
		}
	}
}

// violators returns the accounts of a clause that may violate its rules, as places in the table; ok is false without an answer.
func (c *check) violators(cl *clause) (rows []int, ok bool) {
	a, blank, listed := c.answers[cl.query.name], c.answers[c.blanks.name], c.answers[c.list.name]
	if a == nil || c.failed[cl.query.name] != nil || cl.trimmed && blank == nil || c.listed && listed == nil {
		return nil, false
	}
	admitted := func(row int) bool { return cl.filter.Admits(c.table.accounts[row].facts()) }
	outside := func(row int) bool { return !admitted(row) }
	switch {
	case cl.how == complement:
		held := map[int]bool{}
		for _, row := range a.rows {
			held[row] = true
		}
		return slices.DeleteFunc(slices.Clone(listed.rows), func(row int) bool { return held[row] || outside(row) }), true
	case cl.trimmed:
		rows = slices.DeleteFunc(slices.Concat(a.rows, blank.rows), outside)
	default:
		rows = slices.DeleteFunc(slices.Clone(a.rows), outside)
	}
	if len(c.scope.MaterialCodes) > 0 && c.listed { // what was asked may reach beyond the scope
		in := map[int]bool{}
		for _, row := range listed.rows {
			in[row] = true
		}
		rows = slices.DeleteFunc(rows, func(row int) bool { return !in[row] })
	}
	slices.Sort(rows)
	return slices.Compact(rows), true
}

// doubts returns why a clause's answer is not to be relied on.
func (c *check) doubts(cl *clause) (out []Reason) {
	add := func(code ReasonCode, expected, got int64) {
		out = append(out, Reason{code, ids(c.set, cl.Rules), expected, got})
	}
	query, a := cl.query.name, c.answers[cl.query.name]
	if a == nil || c.failed[query] != nil {
		add(QueryFailed, 0, 0)
		return out
	}
	if a.outside > 0 {
		add(FilterIgnored, 0, a.outside)
	}
	if len(c.counts) == 0 {
		return out
	}
	n := c.counts
	if sum := n[cl.have.name] + n[cl.lack.name]; sum != n[cl.all.name] {
		add(CountsDisagree, n[cl.all.name], sum)
	}
	if len(c.scope.MaterialCodes) == 0 && c.listed && c.answers[c.list.name] != nil {
		if got := c.admitted(cl.filter); got != n[cl.all.name] {
			add(FilterIgnored, n[cl.all.name], got)
		}
	}
	if !c.settled(query) {
		add(c.unsettled(query))
	}
	return out
}

// doubtsOfLists returns why the lists that clauses share are not to be relied on.
func (c *check) doubtsOfLists() (out []Reason) {
	for _, q := range c.queries(c.counts) {
		if q.name != c.list.name && q.name != c.blanks.name {
			continue
		}
		if c.answers[q.name] == nil || c.failed[q.name] != nil {
			out = append(out, Reason{Code: QueryFailed})
			continue
		}
		if n := c.answers[q.name].outside; n > 0 {
			out = append(out, Reason{Code: FilterIgnored, Got: n})
		}
		if !c.settled(q.name) {
			code, expected, got := c.unsettled(q.name)
			out = append(out, Reason{Code: code, Expected: expected, Got: got})
		}
	}
	return out
}

// unsettled says in what an answer and the latest counts differ.
func (c *check) unsettled(query string) (code ReasonCode, expected, got int64) {
	a := c.answers[query]
	expected, got = c.expected(query, c.counts, c.blank(query)), int64(len(a.rows))
	for name, was := range a.counts {
		if now := c.counts[name]; now != was {
			return BookMoved, was, now
		}
	}
	return RowsDisagree, expected, got
}

// admitted counts the listed accounts that a filter admits, as far as their own fields tell.
func (c *check) admitted(f rules.Filter) (n int64) {
	for _, row := range c.answers[c.list.name].rows {
		if f.Admits(c.table.accounts[row].facts()) {
			n++
		}
	}
	return n
}

// compact keeps the accounts that matter, in order, and makes violations point to them.
func (r *Run) compact(all []Account, kept map[int]bool) {
	places := make([]int, 0, len(kept))
	for row := range kept {
		places = append(places, row)
	}
	slices.SortFunc(places, func(a, b int) int { return all[a].compare(&all[b]) })
	at := make(map[int]int, len(places))
	r.Accounts = make([]Account, len(places))
	for i, row := range places {
		at[row], r.Accounts[i] = i, all[row]
	}
	for i := range r.Violations {
		r.Violations[i].Account = at[r.Violations[i].Account]
	}
	r.sort()
}

func (r *Run) sort() {
	slices.SortFunc(r.Violations, func(a, b Violation) int {
		if a.Account != b.Account {
			return a.Account - b.Account
		}
		return a.Rule - b.Rule
	})
}
