// Package review keeps spot checks: which population a run was drawn from, which accounts were drawn, who said what of each, and what that
// shows. A run goes Frozen → Drawn → Signed; everything it holds is on disk before a call returns, so that a review is paused by leaving it.
//
// Several reviewers, in several programs and with PostgreSQL on several machines, work through one queue: an account is claimed for a while,
// goes back when its reviewer vanishes, and is never given to two at once. Verdicts are only ever added; one that was taken back stays on
// record as such. A signed run becomes a pack of files that can be checked years later without this program (Pack, Verify).
//
// The database holds account numbers and customers' names, because reviewers compare names with pictures. Journal, packs and reports hold no
// names.
package review

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"imagery/internal/sampling"
)

// State is how far a run has come.
type State string

// The states of a run.
const (
	Frozen State = "frozen" // the population and its hash are on record; no seed yet
	Drawn  State = "drawn"  // under review
	Signed State = "signed" // closed
)

// Progress of one item or one review of it.
const (
	Queued  ItemState = "queued"
	Claimed ItemState = "claimed"
	Done    ItemState = "done"
	Skipped ItemState = "skipped" // put aside; counts as undecided
)

// ItemState says where an item stands in the queue.
type ItemState string

// The reviews of an item. Without blind review there is only the first.
const (
	First  = 1
	Second = 2 // by another reviewer, who does not see the first's answers
	Final  = 3 // settles what the two differ in
)

// The reasons a call is refused.
var (
	ErrNoRun    = errors.New("no such run")
	ErrNoItem   = errors.New("no such item")
	ErrState    = errors.New("not at this stage of the run")
	ErrNothing  = errors.New("nothing to review for this reviewer now")
	ErrClaim    = errors.New("the claim has passed to somebody else")
	ErrUndo     = errors.New("nothing to take back")
	ErrCompared = errors.New("both reviews are in and can be compared")
	ErrOpen     = errors.New("items are still open")
	ErrInvalid  = errors.New("not valid")
	ErrNewer    = errors.New("database was made by a newer version of the program")
	ErrPassword = errors.New("an address of PostgreSQL that can be read and holds no password is wanted")
	ErrJournal  = errors.New("journal cannot be written")
	ErrNotPack  = errors.New("neither a folder nor a zip")
)

// InvalidError says which value is not one. It wraps ErrInvalid.
type InvalidError struct {
	Field string // reviewer, answers, note, …
	Value string // what it is about, where that is ours: a check's id, an option; else empty
}

// Error implements error.
func (e *InvalidError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("review: %s %s", e.Field, e.Value)) + ": " + ErrInvalid.Error()
}

// Unwrap returns ErrInvalid.
func (e *InvalidError) Unwrap() error { return ErrInvalid }

func invalid(field, value string) error { return &InvalidError{field, value} }

// Member is an account of a population. Its id is what is hashed and drawn; the rest is for the reviewer.
type Member struct {
	ID           string `json:"id"` // accountId
	Stratum      string `json:"stratum,omitempty"`
	AccountNo    string `json:"accountNo"`
	BizType      string `json:"accountBizType"`
	CustomerType string `json:"accountCustomerType,omitempty"`
	Department   string `json:"deptCode,omitempty"`
	Name         string `json:"-"` // the customer's; never leaves the database but for the screen
}

// Item is an account that was drawn.
type Item struct {
	Place  int       `json:"place"` // in the order of tickets, from 1
	Ticket string    `json:"ticket"`
	State  ItemState `json:"state"`
	Member
}

// Question is what a run is asked to show; see sampling.Question. The population is the run's.
type Question struct {
	Confidence float64 `json:"confidence"`
	Tolerable  float64 `json:"tolerable,omitempty"`
	Expected   float64 `json:"expected,omitempty"`
	Failures   int     `json:"failures,omitempty"`
	Size       int     `json:"size,omitempty"`
	Percent    float64 `json:"percent,omitempty"`
	Minimum    int     `json:"minimum,omitempty"` // records of each stratum
}

func (q Question) sampling(population int) sampling.Question {
	return sampling.Question{
		Population: population, Confidence: q.Confidence, Tolerable: q.Tolerable, Expected: q.Expected, Failures: q.Failures, Size: q.Size, Percent: q.Percent,
	}
}

// Run is one spot check. Its plan has one stratum without a name when there are none.
type Run struct {
	ID         string                  `json:"id"`
	Profile    string                  `json:"profile"`
	Title      string                  `json:"title"`
	State      State                   `json:"state"`
	Filters    map[string]string       `json:"filters,omitempty"` // what the population was searched with, by interface 9's names
	Rules      string                  `json:"rules,omitempty"`   // the rules file that its strata come from
	Hash       string                  `json:"populationHash"`
	Population int                     `json:"population"` // accounts
	Question   Question                `json:"question"`
	Plan       sampling.StratifiedPlan `json:"plan"`
	Seed       string                  `json:"seed,omitempty"`
	Checklist  Checklist               `json:"checklist"`
	Blind      bool                    `json:"blind"` // two reviews of each item
	Lease      time.Duration           `json:"lease"` // how long a claim lasts unless it is kept; nanoseconds in JSON
	Asked      time.Time               `json:"asked"` // when the search for the population began
	FrozenAt   time.Time               `json:"frozenAt"`
	FrozenBy   string                  `json:"frozenBy"`
	DrawnAt    time.Time               `json:"drawnAt,omitzero"`
	DrawnBy    string                  `json:"drawnBy,omitempty"`
	Result     *Result                 `json:"result,omitempty"` // of a signed run
	Signatures []Signature             `json:"signatures,omitempty"`
}

// rounds are the reviews each item needs before anything is compared.
func (r *Run) rounds() int {
	if r.Blind {
		return Second
	}
	return First
}

// Signature is somebody's sign-off.
type Signature struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
	Head string    `json:"auditHead,omitempty"` // of the signer's journal then; see audit.Head
}

// The longest texts taken, in bytes.
const (
	maxName  = 256
	maxTitle = 1 << 10
	maxNote  = 1 << 14
)

// line reports whether s is text of one line.
func line(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// prose reports whether s is text that may have several lines.
func prose(s string) bool {
	return line(strings.NewReplacer("\n", "", "\t", "").Replace(s), maxNote)
}

func name(s string) bool { return strings.TrimSpace(s) != "" && line(s, maxName) }
