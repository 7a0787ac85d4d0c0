package review

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Value is the answer to a check.
type Value string

// The answers.
const (
	Pass  Value = "pass"
	Fail  Value = "fail"
	NA    Value = "na" // does not apply here
	Doubt Value = "doubt"
)

// Answer is what a reviewer says to one point of the checklist.
type Answer struct {
	Check    string `json:"check"`
	Material string `json:"materialCode,omitempty"`
	Value    Value  `json:"value"`
}

// Finding is something worth keeping beside the answers.
type Finding struct {
	Kind     FindingKind `json:"kind"`
	Material string      `json:"materialCode,omitempty"`
	Date     string      `json:"date,omitempty"` // 2006-01-02; of an expiry
	Text     string      `json:"text,omitempty"`
}

// FindingKind is what a finding is about.
type FindingKind string

// The kinds of findings.
const (
	Expiry FindingKind = "expiry" // the date a document is valid to
	Other  FindingKind = "other"
)

// Seen is a file that was looked at.
type Seen struct {
	FileID   string `json:"fileId"`
	Material string `json:"materialCode,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // lower-case hex
	Bytes    int64  `json:"bytes,omitempty"`
}

// Verdict is one review of one item. The reviewer gives Answers to Spent; Put fills in the rest from the task.
type Verdict struct {
	Seq      int64     `json:"seq"` // counts from 1 in a run, those taken back too
	Place    int       `json:"place"`
	ID       string    `json:"id"`    // the item's
	Round    int       `json:"round"` // First, Second or Final
	Reviewer string    `json:"reviewer"`
	At       time.Time `json:"at"`
	Outcome  Outcome   `json:"outcome"`
	Answers  []Answer  `json:"answers,omitempty"`
	Skipped  bool      `json:"skipped,omitempty"` // no answers: put aside
	Note     string    `json:"note,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	Files    []Seen    `json:"files,omitempty"`
	Spent    int64     `json:"spentMs"`         // looking at it, in milliseconds
	Undone   time.Time `json:"undone,omitzero"` // when it was taken back
	UndoneBy string    `json:"undoneBy,omitempty"`
}

// Outcome is what answers come to.
type Outcome string

// The outcomes. An item fails if anything fails; in doubt, put aside or with nothing that applies it is undecided, which the worst case counts
// as failed.
const (
	Passed    Outcome = "passed"
	Failed    Outcome = "failed"
	Undecided Outcome = "undecided"
)

func outcome(answers []Answer) Outcome {
	has := func(v Value) bool { return slices.ContainsFunc(answers, func(a Answer) bool { return a.Value == v }) }
	switch {
	case has(Fail):
		return Failed
	case has(Doubt) || !has(Pass):
		return Undecided
	}
	return Passed
}

const (
	maxAnswers  = 2000
	maxFindings = 200
	maxSeen     = 2000
	maxSpent    = 24 * time.Hour
)

// prepare checks a verdict against the checklist, puts its answers in the checklist's order and states the outcome.
func (v *Verdict) prepare(c Checklist) error {
	switch {
	case !name(v.Reviewer):
		return invalid("reviewer", "")
	case !prose(v.Note):
		return invalid("note", "")
	case len(v.Answers) > maxAnswers || v.Skipped && len(v.Answers) > 0:
		return invalid("answers", "")
	case v.Spent < 0:
		return invalid("spent", "")
	}
	v.Spent = min(v.Spent, maxSpent.Milliseconds())
	for _, check := range []func(Checklist) error{v.checkAnswers, v.checkFindings, v.checkSeen} {
		if err := check(c); err != nil {
			return err
		}
	}
	v.Outcome = outcome(v.Answers)
	return nil
}

func (v *Verdict) checkAnswers(c Checklist) error {
	seen := map[[2]string]bool{}
	for _, a := range v.Answers {
		x, known := c.find(a.Check)
		key := [2]string{a.Check, a.Material}
		material := a.Material == "" && len(x.Materials) == 0 || slices.Contains(x.Materials, a.Material)
		if !known || seen[key] || !material || !slices.Contains([]Value{Pass, Fail, NA, Doubt}, a.Value) {
			return invalid("answers", strings.TrimSuffix(a.Check+":"+a.Material, ":"))
		}
		seen[key] = true
	}
	order := map[string]int{}
	for i, x := range c.Checks {
		order[x.ID] = i
		if !v.Skipped && len(x.Materials) == 0 && !seen[[2]string{x.ID, ""}] {
			return invalid("unanswered", x.ID)
		}
	}
	v.Answers = slices.Clone(v.Answers)
	slices.SortStableFunc(v.Answers, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(order[a.Check], order[b.Check]), strings.Compare(a.Material, b.Material))
	})
	return nil
}

func (v *Verdict) checkFindings(Checklist) error {
	if len(v.Findings) > maxFindings {
		return invalid("findings", "")
	}
	for _, f := range v.Findings {
		fine := line(f.Material, maxName) && prose(f.Text)
		switch f.Kind {
		case Expiry:
			_, err := time.Parse(time.DateOnly, f.Date)
			fine = fine && err == nil
		case Other:
			fine = fine && f.Date == "" && strings.TrimSpace(f.Text) != ""
		default:
			fine = false
		}
		if !fine {
			return invalid("findings", "")
		}
	}
	return nil
}

func (v *Verdict) checkSeen(Checklist) error {
	fine := len(v.Files) <= maxSeen
	for _, f := range v.Files {
		fine = fine && name(f.FileID) && line(f.Material, maxName) && (f.SHA256 == "" || isHash(f.SHA256)) && f.Bytes >= 0
	}
	if !fine {
		return invalid("files", "")
	}
	return nil
}

// isHash reports whether s is a SHA-256 in lower-case hex.
func isHash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// differs reports whether two verdicts on an item have to be settled.
func differs(a, b Verdict) bool { return a.Skipped != b.Skipped || !slices.Equal(a.Answers, b.Answers) }
