package completeness

import (
	"errors"
	"slices"

	"imagery/internal/rules"
)

// Reason is why a result is not certified.
type Reason struct {
	Code     ReasonCode `json:"code"`
	Rules    []string   `json:"rules,omitempty"` // ids; none: the whole book
	Expected int64      `json:"expected,omitempty"`
	Got      int64      `json:"got,omitempty"`
}

// ReasonCode names a reason.
type ReasonCode string

// Reasons why a result is not certified.
const (
	CountsDisagree ReasonCode = "counts"        // accounts with and without a rule's materials (Got) are not all accounts (Expected)
	RowsDisagree   ReasonCode = "rows"          // as many accounts were listed (Got), others were counted (Expected)
	BookMoved      ReasonCode = "moved"         // the counts changed with every try
	FilterIgnored  ReasonCode = "filter"        // Got rows or accounts answer a filter otherwise than their own fields do
	QueryFailed    ReasonCode = "failed"        // a question was not answered
	Unfinished     ReasonCode = "unfinished"    // a question was not asked yet
	Nobody         ReasonCode = "nobody"        // no account is in scope: nothing was checked
	NoTotals       ReasonCode = "no_totals"     // pages tell no totals: nothing can be checked
	BasisUnknown   ReasonCode = "basis_unknown" // it is not known whether interface 9 counts materials of customers
	Unconfirmed    ReasonCode = "unconfirmed"   // interface 9 does not see all that counts; Got findings are not confirmed
	HistoryCounted ReasonCode = "history"       // interface 9 counts superseded versions, which do not count as held
	InDoubt        ReasonCode = "doubt"         // interface 7 could not be asked about Got findings
	Hidden         ReasonCode = "hidden"        // interface 7 shows Got violations that interface 9 does not
)

// Summary is the last line of a check's JSON.
type Summary struct {
	Type            string   `json:"type"` // "summary"
	Accounts        int64    `json:"accounts"`
	Violations      int      `json:"violations"`
	AccountsMissing int      `json:"accountsMissing"`
	Requests        int      `json:"requests"`
	Certified       bool     `json:"certified"`
	Reasons         []Reason `json:"reasons"`
	RulesHash       string   `json:"rulesHash"`
	StartedAt       Moment   `json:"startedAt"`
	FinishedAt      Moment   `json:"finishedAt"`
}

// Summary sums the run up. Cleared findings are no violations.
func (r *Run) Summary() Summary {
	s := Summary{
		Type: "summary", Accounts: r.Total, Requests: r.Requests, Reasons: r.reasons(), RulesHash: r.Hash, StartedAt: r.Started, FinishedAt: r.Finished,
	}
	missing := map[int]bool{}
	for _, v := range r.Violations {
		if v.State != Cleared {
			s.Violations++
			missing[v.Account] = true
		}
	}
	s.AccountsMissing, s.Certified = len(missing), len(s.Reasons) == 0
	return s
}

// Whole reports whether every question was answered.
func (s *Summary) Whole() bool {
	return !slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == QueryFailed || r.Code == Unfinished })
}

// reasons returns the check's own reasons and those that follow from the basis and from what was confirmed.
func (r *Run) reasons() []Reason {
	out := append([]Reason{}, r.Reasons...)
	states := map[State]int64{}
	for _, v := range r.Violations {
		states[v.State]++
	}
	if r.Total == 0 && len(r.Pending) == 0 && len(r.Failed) == 0 {
		out = append(out, Reason{Code: Nobody})
	}
	if r.Basis.Customer == NotKnown {
		out = append(out, Reason{Code: BasisUnknown})
	}
	if r.Basis.less(r.History) && states[Found] > 0 {
		out = append(out, Reason{Code: Unconfirmed, Got: states[Found]})
	}
	if r.Basis.more(r.History) {
		out = append(out, Reason{Code: HistoryCounted})
	}
	if states[Doubt] > 0 {
		out = append(out, Reason{Code: InDoubt, Got: states[Doubt]})
	}
	if n := r.Sample.Hidden + r.Sample.HiddenBesides; n > 0 {
		out = append(out, Reason{Code: Hidden, Got: int64(n)})
	}
	return out
}

// ids are the ids of rules by their indexes.
func ids(s *rules.Set, list []int) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = s.Rules[n].ID
	}
	return out
}

// isNoTotals reports whether a check cannot count.
func isNoTotals(err error) bool { return errors.Is(err, errNoTotals) }
