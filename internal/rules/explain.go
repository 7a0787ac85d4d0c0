package rules

import (
	"slices"

	"imagery/client"
)

// Explanation is how an account stands towards one rule, and what decided it.
type Explanation struct {
	Rule    string  `json:"rule"`
	Verdict Verdict `json:"verdict"`
	// Because are the conditions that decided, in the order they are looked at: the ones an account that is not subject fails, or the
	// materials that exempt it, meet the rule or are missing.
	Because []Cause `json:"because"`
}

// Cause is one condition that decided a verdict.
type Cause struct {
	Kind CauseKind `json:"kind"`
	Got  []string  `json:"got,omitempty"`  // what the account has of it
	Want []string  `json:"want,omitempty"` // what the rule names
}

// CauseKind names a condition of a rule by what it looks at.
type CauseKind string

// Causes. The first five make an account not subject, NoneOfIf and OneOfUnless exempt it, OneOfAny meets the rule and NoneOfAny violates it.
const (
	OtherBizType      CauseKind = "biz_type"
	OtherCustomerType CauseKind = "customer_type"
	OtherStatus       CauseKind = "status"
	OpenedOutside     CauseKind = "opened"
	OpenedUnknown     CauseKind = "opened_unknown"
	NoneOfIf          CauseKind = "none_of_if"
	OneOfUnless       CauseKind = "one_of_unless"
	OneOfAny          CauseKind = "one_of_any"
	NoneOfAny         CauseKind = "none_of_any"
)

// Explain says for every rule, in the order of the file, how the account stands and why.
func (s *Set) Explain(a Account, holds Holds) []Explanation {
	out := make([]Explanation, len(s.Rules))
	for i := range s.Rules {
		r := &s.Rules[i]
		out[i] = Explanation{Rule: r.ID, Verdict: r.Judge(a, holds)}
		out[i].Because = r.because(out[i].Verdict, a, holds)
	}
	return out
}

func (r *Rule) because(v Verdict, a Account, holds Holds) []Cause {
	of := func(codes []string) []string {
		return slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return !holds(c) })
	}
	var out []Cause
	add := func(kind CauseKind, got, want []string) { out = append(out, Cause{kind, got, want}) }
	switch v {
	case NotSubject:
		return r.outside(a)
	case Exempt:
		if len(r.IfAny) > 0 && len(of(r.IfAny)) == 0 {
			add(NoneOfIf, nil, r.IfAny)
		}
		if held := of(r.UnlessAny); len(held) > 0 {
			add(OneOfUnless, held, r.UnlessAny)
		}
	case Met:
		add(OneOfAny, of(r.Any), r.Any)
	case Violated:
		add(NoneOfAny, nil, r.Any)
	}
	return out
}

// outside returns the conditions that an account fails which the rule is not about.
func (r *Rule) outside(a Account) (out []Cause) {
	for _, c := range []struct {
		kind CauseKind
		list []string
		got  string
	}{
		{OtherBizType, r.BizTypes, a.BizType},
		{OtherCustomerType, r.CustomerTypes, a.CustomerType},
		{OtherStatus, r.Status, a.Status},
	} {
		if !admits(c.list, c.got) {
			out = append(out, Cause{c.kind, []string{c.got}, c.list})
		}
	}
	if r.openedWithin(a.Opened) {
		return out
	}
	if a.Opened.IsZero() {
		return append(out, Cause{Kind: OpenedUnknown, Want: span(r.OpenedFrom, r.OpenedTo)})
	}
	return append(out, Cause{OpenedOutside, []string{a.Opened.String()}, span(r.OpenedFrom, r.OpenedTo)})
}

// span is a range of dates as two texts, "" for an open end.
func span(from, to client.Date) []string { return []string{from.String(), to.String()} }
