// Package rules says which materials an account must have. It reads and writes the rules file, judges one account from what it holds, and
// compiles a set into the questions that interface 9 can answer. It does no I/O.
package rules

import (
	"slices"

	"imagery/client"
)

// Set is the rules of a file that are in force. Parse makes one that is sound; the methods expect that.
type Set struct {
	Rules []Rule
}

// Rule says: an account of these types needs one of Any. Empty lists and zero dates do not restrict. Codes are the platform's.
type Rule struct {
	ID, Name string
	Basis    string // law or house rule, for people

	BizTypes      []string // accountBizType
	CustomerTypes []string // accountCustomerType
	Status        []string // accountStatus, which interface 9 has no filter for
	// Opening dates, both included. An account whose opening date the platform does not tell is not subject to a rule with dates.
	OpenedFrom, OpenedTo client.Date

	Any       []string // one of these must be held
	IfAny     []string // only when one of these is held
	UnlessAny []string // not when one of these is held

	// Disabled rules stand in a File only. Left out of the JSON that is hashed, so that sets keep their hashes.
	Disabled bool `json:",omitempty"`
}

// Account is what a rule looks at besides materials.
type Account struct {
	BizType, CustomerType, Status string
	Opened                        client.Date // zero: not told
}

// Holds tells whether an account has a material of this code.
type Holds func(code string) bool

// Applies reports whether the rule is about accounts like a, whatever they hold.
func (r *Rule) Applies(a Account) bool {
	return admits(r.BizTypes, a.BizType) && admits(r.CustomerTypes, a.CustomerType) && admits(r.Status, a.Status) && r.openedWithin(a.Opened)
}

func (r *Rule) openedWithin(d client.Date) bool {
	switch {
	case r.OpenedFrom.IsZero() && r.OpenedTo.IsZero():
		return true
	case d.IsZero():
		return false
	}
	return (r.OpenedFrom.IsZero() || d.Compare(r.OpenedFrom) >= 0) && (r.OpenedTo.IsZero() || d.Compare(r.OpenedTo) <= 0)
}

// Conditional reports whether it depends on what else an account holds whether the rule is in force.
func (r *Rule) Conditional() bool { return len(r.IfAny) > 0 || len(r.UnlessAny) > 0 }

// Judge says how an account stands towards the rule.
func (r *Rule) Judge(a Account, holds Holds) Verdict {
	switch {
	case !r.Applies(a):
		return NotSubject
	case len(r.IfAny) > 0 && !slices.ContainsFunc(r.IfAny, holds), slices.ContainsFunc(r.UnlessAny, holds):
		return Exempt
	case slices.ContainsFunc(r.Any, holds):
		return Met
	}
	return Violated
}

// Verdict is how an account stands towards a rule.
type Verdict string

// Verdicts. NotSubject: the rule is about other accounts. Exempt: it is about accounts like this one, but what the account holds, or does
// not, keeps it out of force.
const (
	NotSubject Verdict = "not_subject"
	Exempt     Verdict = "exempt"
	Met        Verdict = "met"
	Violated   Verdict = "violated"
)

// Missing returns the rules that the account violates, in the order of the file, as indexes into Rules.
func (s *Set) Missing(a Account, holds Holds) []int {
	var out []int
	for i := range s.Rules {
		if s.Rules[i].Judge(a, holds) == Violated {
			out = append(out, i)
		}
	}
	return out
}

// Codes returns every material code that any rule looks at, sorted.
func (s *Set) Codes() []string {
	var out []string
	for i := range s.Rules {
		r := &s.Rules[i]
		out = slices.Concat(out, r.Any, r.IfAny, r.UnlessAny)
	}
	return sorted(out)
}

// admits reports whether a list, where empty means all, has s.
func admits(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }

// sorted returns a sorted copy without repetitions, nil for an empty list: a key that lists nothing says what no key says.
func sorted(list []string) []string {
	out := append([]string(nil), list...)
	slices.Sort(out)
	return slices.Compact(out)
}
