package rules

import (
	"slices"
	"strings"

	"imagery/client"
)

// Clause is one question of interface 9: the accounts within Filter that have none of Excluded and, unless Included is empty, one of
// Included. They are the violators of Rules, once what the filter cannot express is looked at row by row with Rule.Applies.
type Clause struct {
	Rules    []int // indexes into Set.Rules
	Included []string
	Excluded []string
	Filter   Filter
}

// Filter is what rules ask of accounts and interface 9 can filter by. It may admit more accounts than the rules are about.
type Filter struct {
	BizTypes, CustomerTypes []string
	OpenedFrom, OpenedTo    client.Date
}

// Admits reports whether the filter lets an account through.
func (f Filter) Admits(a Account) bool {
	r := Rule{BizTypes: f.BizTypes, CustomerTypes: f.CustomerTypes, OpenedFrom: f.OpenedFrom, OpenedTo: f.OpenedTo}
	return r.Applies(a)
}

// Clauses compiles the set. Rules that ask the same of different accounts share a clause.
//
// With wide set conditions of the kind IfAny are left out, so that a clause finds every account that may violate its rules even on a
// platform whose interface 9 does not see all materials; each account found must then be looked at with Judge.
func (s *Set) Clauses(wide bool) []Clause {
	var out []Clause
	at := map[string]int{}
	for i := range s.Rules {
		r := &s.Rules[i]
		c := Clause{Rules: []int{i}, Excluded: sorted(slices.Concat(r.Any, r.UnlessAny)), Filter: r.filter()}
		if !wide {
			c.Included = without(sorted(r.IfAny), c.Excluded)
			if len(r.IfAny) > 0 && len(c.Included) == 0 {
				continue // what brings the rule into force also meets it or exempts from it
			}
		}
		key := strings.Join(c.Included, "\x00") + "\x01" + strings.Join(c.Excluded, "\x00")
		if j, ok := at[key]; ok {
			out[j].Rules = append(out[j].Rules, i)
			out[j].Filter = out[j].Filter.union(c.Filter)
			continue
		}
		at[key] = len(out)
		out = append(out, c)
	}
	return out
}

func (r *Rule) filter() Filter {
	return Filter{sorted(r.BizTypes), sorted(r.CustomerTypes), r.OpenedFrom, r.OpenedTo}
}

// union returns a filter that admits what either admits.
func (f Filter) union(o Filter) Filter {
	return Filter{
		BizTypes: either(f.BizTypes, o.BizTypes), CustomerTypes: either(f.CustomerTypes, o.CustomerTypes),
		OpenedFrom: outer(f.OpenedFrom, o.OpenedFrom, -1), OpenedTo: outer(f.OpenedTo, o.OpenedTo, 1),
	}
}

// either unites two lists of which an empty one means all.
func either(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	return sorted(slices.Concat(a, b))
}

// outer returns the date further out in the direction of sign; a zero one, no bound, is the furthest.
func outer(a, b client.Date, sign int) client.Date {
	if a.IsZero() || b.IsZero() {
		return client.Date{}
	}
	if a.Compare(b) == sign {
		return a
	}
	return b
}

// without returns the items of list that are not in drop.
func without(list, drop []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(drop, s) {
			out = append(out, s)
		}
	}
	return out
}
