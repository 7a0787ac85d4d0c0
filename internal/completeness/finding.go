package completeness

import (
	"encoding/json"
	"iter"
	"slices"
	"time"

	"imagery/client"
)

// Finding is one line of a check's JSON: an account and a rule it violates.
type Finding struct {
	Type           string      `json:"type"` // "violation"
	AccountID      client.Text `json:"accountId"`
	AccountNo      client.Text `json:"accountNo"`
	AccountBizType client.Text `json:"accountBizType"`
	DeptCode       client.Text `json:"deptCode"`
	Rule           string      `json:"rule"`    // id
	Missing        []string    `json:"missing"` // codes, one of which is required
	State          State       `json:"state"`
}

// Findings yields the violations in order of department, account and rule, cleared ones included.
func (r *Run) Findings() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, v := range r.Violations {
			if !yield(r.finding(v)) {
				return
			}
		}
	}
}

func (r *Run) finding(v Violation) Finding {
	a, rule := &r.Accounts[v.Account], &r.Rules.Rules[v.Rule]
	return Finding{
		Type: "violation", AccountID: a.ID, AccountNo: a.No, AccountBizType: a.BizType, DeptCode: a.Dept, Rule: rule.ID, Missing: rule.Any, State: v.State,
	}
}

// Diff is what changed from one run to a later one.
type Diff struct {
	Fixed []Finding `json:"-"` // as the earlier run had them
	New   []Finding `json:"-"`
	// OtherRules: the runs went by different rules, of which what counts as held is one, so that a change may be one of the rules.
	// OtherScope likewise.
	OtherRules bool `json:"otherRules"`
	OtherScope bool `json:"otherScope"`
	// Open has the ids of rules of which nothing is said, as one of the runs has no answer about them.
	Open []string `json:"open"`
}

// Compare returns what changed from run before to run after. Violations are the same when account and rule id are.
func Compare(before, after *Run) Diff {
	return Diff{
		Fixed: missingIn(before, after), New: missingIn(after, before), Open: append([]string{}, union(before.open(), after.open())...),
		OtherRules: before.Hash != after.Hash || before.History != after.History, OtherScope: before.Scope.Name() != after.Scope.Name(),
	}
}

// open are the ids of rules without an answer.
func (r *Run) open() []string { return ids(r.Rules, slices.Concat(r.Failed, r.Pending)) }

// Name tells scopes apart.
func (s Scope) Name() string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings and dates always marshal
	}
	return string(raw)
}

// missingIn returns the violations of a that b has not, as far as b knows.
func missingIn(a, b *Run) []Finding {
	type key struct{ account, rule string }
	has := make(map[key]bool, len(b.Violations))
	for _, v := range b.Violations {
		if v.State != Cleared {
			has[key{b.Accounts[v.Account].key(), b.Rules.Rules[v.Rule].ID}] = true
		}
	}
	out, open := []Finding{}, b.open()
	for _, v := range a.Violations {
		rule := a.Rules.Rules[v.Rule].ID
		if v.State != Cleared && !slices.Contains(open, rule) && !has[key{a.Accounts[v.Account].key(), rule}] {
			out = append(out, a.finding(v))
		}
	}
	return out
}

// Continues reports whether a finished run is what a check with these options would begin with now: of the same rules and scope, whole,
// and young enough.
func Continues(r *Run, o Options, now time.Time) bool {
	if r == nil || o.Rules == nil {
		return false
	}
	return r.Hash == o.Rules.Hash() && r.Scope.Name() == Scope(o.Scope).Name() && r.History == o.WithHistory && (r.Listed || !o.List) &&
		len(r.Failed) == 0 && len(r.Pending) == 0 && now.Sub(r.Finished.Time) <= ResumeWithin
}
