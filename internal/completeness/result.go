package completeness

import (
	"slices"

	"imagery/internal/rules"
)

// run puts the answers together.
func (c *check) run() *Run {
	r := &Run{
		Rules: c.set, Hash: c.set.Hash(), Scope: Scope(c.scope), Basis: c.Basis, History: c.WithHistory,
		Total: c.counts[c.total.name], Requests: c.done(), Reasons: []Reason{}, Moved: []string{}, Failed: []int{}, Pending: []int{}, Exempt: map[int][]int{},
	}
	listed := c.answers[c.list.name]
	r.Listed = c.listed && listed != nil
	if len(c.counts) == 0 {
		r.Reasons = append(r.Reasons, Reason{Code: NoTotals})
		if r.Listed {
			r.Total = int64(len(listed.rows))
		}
	}
	kept := c.setOf(nil)
	if r.Listed {
		kept = c.setOf(listed.rows)
	}
	var half []int // rules with a condition that was not answered
	for i := range c.clauses {
		cl := &c.clauses[i]
		r.Reasons = append(r.Reasons, c.doubts(cl)...)
		if c.moved[cl.query.name] {
			r.Moved = append(r.Moved, ids(c.set, cl.Rules)...)
		}
		rows, ok := c.found(cl)
		switch {
		case !ok && cl.role != violating:
			half = append(half, cl.Rules...)
		case !ok:
			r.leave(c, cl)
		case cl.role == violating:
			r.violate(c, cl, rows, kept)
		default:
			r.exempt(c, cl, rows, listed)
		}
	}
	for _, n := range half {
		delete(r.Exempt, n) // the other condition alone does not tell held from not required
	}
	r.Reasons = append(r.Reasons, c.doubtsOfLists()...)
	slices.Sort(r.Failed)
	r.compact(c.table.accounts, kept)
	return r
}

// leave notes that the rules of a clause have no answer.
func (r *Run) leave(c *check, cl *clause) {
	if c.failed[cl.query.name] != nil || c.failed[c.list.name] != nil || c.failed[c.blanks.name] != nil {
		r.Failed = append(r.Failed, cl.Rules...)
		return
	}
	r.Pending = append(r.Pending, cl.Rules...)
}

// violate notes the rules of a clause that accounts violate. Places are those of the table until compact.
func (r *Run) violate(c *check, cl *clause, rows []int, kept []bool) {
	for _, row := range rows {
		facts := c.table.accounts[row].Facts()
		for _, n := range cl.Rules {
			if c.set.Rules[n].Applies(facts) {
				r.Violations = append(r.Violations, Violation{row, n, Found})
				kept[row] = true
			}
		}
	}
}

// exempt notes which listed accounts are exempt from the rules of a condition's clause. Places are those of the table until compact.
func (r *Run) exempt(c *check, cl *clause, rows []int, listed *answer) {
	lacks := c.setOf(rows)
	for _, n := range cl.Rules {
		out := r.Exempt[n]
		if out == nil {
			out = []int{} // none is an answer too
		}
		for _, row := range listed.rows {
			if lacks[row] == (cl.role == lackingIf) && c.set.Rules[n].Applies(c.table.accounts[row].Facts()) {
				out = append(out, row)
			}
		}
		r.Exempt[n] = out
	}
}

// setOf returns which places of the table are among rows.
func (c *check) setOf(rows []int) []bool {
	out := make([]bool, len(c.table.accounts))
	for _, row := range rows {
		out[row] = true
	}
	return out
}

// found returns the accounts that a clause finds, as places in the table; ok is false without an answer.
func (c *check) found(cl *clause) (rows []int, ok bool) {
	a, blank, listed := c.answers[cl.query.name], c.answers[c.blanks.name], c.answers[c.list.name]
	if a == nil || c.failed[cl.query.name] != nil || cl.trimmed && blank == nil || c.listed && listed == nil {
		return nil, false
	}
	admitted := func(row int) bool { return cl.filter.Admits(c.table.accounts[row].Facts()) }
	outside := func(row int) bool { return !admitted(row) }
	switch {
	case cl.how == complement:
		held := c.setOf(a.rows)
		return slices.DeleteFunc(slices.Clone(listed.rows), func(row int) bool { return held[row] || outside(row) }), true
	case cl.trimmed:
		rows = slices.DeleteFunc(slices.Concat(a.rows, blank.rows), outside)
	default:
		rows = slices.DeleteFunc(slices.Clone(a.rows), outside)
	}
	if len(c.scope.MaterialCodes) > 0 && c.listed { // what was asked may reach beyond the scope
		in := c.setOf(listed.rows)
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
		add(c.unanswered(query), 0, 0)
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
			out = append(out, Reason{Code: c.unanswered(q.name)})
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

// unanswered says why a query has no answer.
func (c *check) unanswered(query string) ReasonCode {
	if c.failed[query] != nil {
		return QueryFailed
	}
	return Unfinished
}

// unsettled says in what an answer and the latest counts differ.
func (c *check) unsettled(query string) (code ReasonCode, expected, got int64) {
	a := c.answers[query]
	blank, _ := c.blank(query)
	expected, got = c.expected(query, c.counts, blank), int64(len(a.rows))
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
		if f.Admits(c.table.accounts[row].Facts()) {
			n++
		}
	}
	return n
}

// compact keeps the accounts that matter, in order, and makes violations point to them.
func (r *Run) compact(all []Account, kept []bool) {
	var places []int
	for row, keep := range kept {
		if keep {
			places = append(places, row)
		}
	}
	slices.SortFunc(places, func(a, b int) int { return all[a].compare(&all[b]) })
	at := make([]int, len(all))
	r.Accounts = make([]Account, len(places))
	for i, row := range places {
		at[row], r.Accounts[i] = i, all[row]
	}
	for i := range r.Violations {
		r.Violations[i].Account = at[r.Violations[i].Account]
	}
	for rule, list := range r.Exempt {
		for i := range list {
			list[i] = at[list[i]]
		}
		slices.Sort(list)
		r.Exempt[rule] = slices.Compact(list) // one may be exempt by either condition
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
