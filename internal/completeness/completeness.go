// Package completeness finds, over a whole book, the accounts that lack a required material. Rules are compiled into a few questions of
// interface 9; their answers are checked against counts, repeated where the book moved meanwhile, and turned into findings that can be
// confirmed through interface 7, laid out as a matrix and compared with those of an earlier run.
package completeness

import (
	"context"
	"errors"
	"time"

	"imagery/client"
	"imagery/internal/rules"
)

// Platform is what a check asks. *client.Client and *app.App are such. It must be safe for concurrent use.
type Platform interface {
	// SearchAccounts returns one page. Interface 9.
	SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error)
	// ListMaterials returns the materials of one account. Interface 7.
	ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error)
}

// Known is what is known of a platform's behaviour.
type Known string

// Values of Known; the zero value is NotKnown.
const (
	NotKnown Known = ""
	Yes      Known = "yes"
	No       Known = "no"
)

// Basis is what interface 9's material filters count on this platform, as a doctor's probe found out. A result rests on it.
type Basis struct {
	Customer Known `json:"customer"` // materials of the account's customer
	History  Known `json:"history"`  // superseded versions; not known is taken for of no matter, as a newer version exists then
}

// Options say what to check and how.
type Options struct {
	Rules *rules.Set
	// Scope narrows the book as a search does; its page is not used.
	Scope client.SearchAccountsRequest
	Basis Basis
	// WithHistory lets superseded versions count as held.
	WithHistory bool
	// List asks for the accounts that nothing is missing from as well, for a matrix and for samples. The answers of all filters are
	// checked against the list then.
	List bool
	// Conditions asks as well which accounts are exempt by what they hold, and lists; a matrix tells held from not required then.
	// Nothing is asked where interface 9 does not see all that counts.
	Conditions bool

	Parallel int // requests in flight; 0: 4
	PageSize int // accounts asked for at once, the platform may grant less; 0: 1,000
	Tries    int // how often what moved is asked at most; 0: 3

	// Progress is told after every request, by one goroutine at a time.
	Progress func(Progress)
	// Live is told what is known so far, at most once in LiveEvery, while questions are still open: rules without an answer are in
	// Pending. The check waits meanwhile.
	Live func(*Run)
	// Save is given the first counts and every question that has been answered, one at a time, so that a check that was broken off can
	// go on with Resume, and Assemble can tell what is known so far.
	Save func(Part) error
	// Resume has parts of a check of the same rules and scope that was broken off. Those that the book has left behind, as far as counts
	// tell, and those older than ResumeWithin are not used.
	Resume []Part

	Now func() time.Time // nil: time.Now
}

// Progress is how far a check is.
type Progress struct {
	Phase    Phase
	Done     int // requests
	Planned  int // requests, as far as known; grows when something has to be repeated
	Accounts int // seen so far
}

// Phase is what a check is doing.
type Phase string

// Phases of a check, and Confirming of Confirm.
const (
	Counting   Phase = "counting"
	Listing    Phase = "listing"
	Verifying  Phase = "verifying"
	Confirming Phase = "confirming"
)

// Part is one question answered, to go on from.
type Part struct {
	Plan     string           `json:"plan"` // of which rules, scope and basis
	At       Moment           `json:"at"`
	Query    string           `json:"query"`  // empty: only counts, all of them
	Counts   map[string]int64 `json:"counts"` // the counts that held when it was asked
	Accounts []Account        `json:"accounts"`
}

// LiveEvery is the least time between two tellings of Live. At 100,000 accounts one takes a tenth of a second.
const LiveEvery = time.Second

// ResumeWithin is how old parts may be. Counts do not tell when one account takes another's place.
const ResumeWithin = time.Hour

// State is how far a finding can be relied on.
type State string

// States of a finding. Cleared: interface 7 shows the material. Doubt: interface 7 could not be asked.
const (
	Found     State = "found"
	Confirmed State = "confirmed"
	Cleared   State = "cleared"
	Doubt     State = "doubt"
)

// Violation is an account that violates a rule, as indexes into a Run's Accounts and Rules.
type Violation struct {
	Account int   `json:"account"`
	Rule    int   `json:"rule"`
	State   State `json:"state"`
}

// Run is a finished check. It is plain data: JSON keeps it whole.
type Run struct {
	Rules   *rules.Set `json:"rules"` // in JSON the text of the file
	Hash    string     `json:"rulesHash"`
	Scope   Scope      `json:"scope"`
	Basis   Basis      `json:"basis"`
	History bool       `json:"withHistory"`

	Accounts   []Account   `json:"accounts"` // by department, number and type; all in scope if Listed, else those with violations
	Violations []Violation `json:"violations"`
	Listed     bool        `json:"listed"`
	Total      int64       `json:"total"` // accounts in scope

	Requests int      `json:"requests"`
	Started  Moment   `json:"startedAt"`
	Finished Moment   `json:"finishedAt"`
	Moved    []string `json:"moved"`   // ids of rules that were asked again because the book moved
	Reasons  []Reason `json:"reasons"` // why the check as such is not certified; Summary adds what follows from basis and confirmation
	Failed   []int    `json:"failed"`  // rules whose questions were not answered
	Pending  []int    `json:"pending"` // rules whose questions were not asked yet, of a run that is not finished
	// Exempt has for rules with conditions, if these were asked, the accounts that are exempt by what they hold, in order.
	Exempt map[int][]int `json:"exempt,omitempty"`

	Sample Sample `json:"sample"`
}

// Moment is a time that JSON prints in RFC 3339 to the second, null if zero.
type Moment = client.Time

// less reports whether interface 9 may not see materials that count as held.
func (b Basis) less(withHistory bool) bool { return b.Customer == No || withHistory && b.History == No }

// more reports whether interface 9 counts what does not count as held.
func (b Basis) more(withHistory bool) bool { return b.History == Yes && !withHistory }

// ErrNoRules is returned for options without rules.
var ErrNoRules = errors.New("completeness: no rules to check")

func (o Options) settled() Options {
	if o.Parallel < 1 {
		o.Parallel = 4
	}
	if o.PageSize < 1 {
		o.PageSize = 1000
	}
	if o.Tries < 1 {
		o.Tries = 3
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Plan names what a check with these options asks, by rules, scope and basis: parts of the same plan can be gone on from. Rules must be
// given.
func (o Options) Plan() string { return newPlan(o.settled()).name }
