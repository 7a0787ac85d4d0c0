package sampling

import "sort"

// Question is what a spot check is asked to show. Size or Percent set the number of records and leave the bound to be told; otherwise
// Tolerable is what the sample must be able to exclude.
type Question struct {
	Population int     // records to draw from; 0 for very many
	Confidence float64 // between 0 and 1: 0.95
	Tolerable  float64 // the failure rate to exclude: 0.05
	Expected   float64 // the failure rate that is expected, below Tolerable; not with Failures
	Failures   int     // failures allowed in the sample; 0 is discovery sampling
	Size       int     // a fixed number of records
	Percent    float64 // a fixed share of the population, up to 100
}

// Method names how a plan's size came about.
type Method string

// The methods.
const (
	Discovery Method = "discovery" // no failure allowed
	Attribute Method = "attribute" // some are, by number or by what is expected
	FixedSize Method = "fixed"
	FixedPart Method = "percent"
)

// Plan is a number of records and what they will show: when no more than FailuresAllowed of them fail, the failure rate is at most the
// bound, with the confidence asked for.
type Plan struct {
	Size            int `json:"size"`
	FailuresAllowed int `json:"failuresAllowed"`
	Limit
	Method Method `json:"method"`
}

// NewPlan returns the smallest plan that answers q. Errors: *QuestionError, with ErrImpossible when even all records would not do.
func NewPlan(q Question) (Plan, error) {
	if err := q.check(); err != nil {
		return Plan{}, err
	}
	p := Plan{FailuresAllowed: q.Failures, Method: Discovery}
	alpha := risk(q.Confidence)
	var err error
	switch {
	case q.Size > 0:
		p.Size, p.Method = q.Size, FixedSize
	case q.Percent > 0:
		part := decimalOf(q.Percent)
		part.den.Mul(part.den, hundred)
		p.Size, p.Method = part.ceilOf(q.Population), FixedPart
	default:
		p.Size, p.FailuresAllowed, err = q.search(alpha)
		if p.FailuresAllowed > 0 {
			p.Method = Attribute
		}
	}
	if err != nil {
		return Plan{}, err
	}
	if p.FailuresAllowed >= p.Size {
		return Plan{}, &QuestionError{"failures", ErrImpossible}
	}
	p.Limit = bound(p.Size, p.FailuresAllowed, q.Population, alpha)
	return p, nil
}

func (q Question) check() error {
	fixed := q.Size != 0 || q.Percent != 0
	conflict := func(field string) error { return &QuestionError{field, ErrConflict} }
	switch {
	case q.Population < 0 || q.Population > MaxPopulation:
		return outOfRange("population")
	case !(q.Confidence > 0 && q.Confidence < 1):
		return outOfRange("confidence")
	case q.Size < 0 || q.Population == 0 && q.Size > MaxSize || q.Population > 0 && q.Size > q.Population:
		return outOfRange("size")
	case !(q.Percent >= 0 && q.Percent <= 100) || q.Percent > 0 && q.Population == 0:
		return outOfRange("percent")
	case q.Failures < 0 || q.Failures > MaxPopulation:
		return outOfRange("failures")
	case !(q.Expected >= 0 && q.Expected < 1):
		return outOfRange("expected")
	case q.Size != 0 && q.Percent != 0:
		return conflict("percent")
	case fixed && q.Tolerable != 0:
		return conflict("tolerable")
	case fixed && q.Expected != 0:
		return conflict("expected")
	case q.Expected != 0 && q.Failures != 0:
		return conflict("failures")
	case !fixed && !(q.Tolerable > 0 && q.Tolerable < 1):
		return outOfRange("tolerable")
	case q.Expected > 0 && q.Expected >= q.Tolerable:
		return &QuestionError{"expected", ErrImpossible}
	}
	return nil
}

// maxRounds ends the search of a plan whose expected rate is a hair below the tolerable one; at 95 % confidence no plan up to MaxSize takes a
// fifth of them.
const maxRounds = 5000

// search returns the smallest size, and the failures allowed in it. With an expected rate these are its share of the sample, rounded up: the
// rule of the AICPA's audit sampling guide. Each round allows what the size before needed, which ends at the least pair that fits, because
// the size needed only grows with the failures allowed.
func (q Question) search(alpha float64) (size, allowed int, err error) {
	expected := decimalOf(q.Expected)
	allowed = q.Failures
	for range maxRounds {
		if size = q.smallest(allowed, alpha); size == 0 {
			break
		}
		needed := expected.ceilOf(size)
		if needed <= allowed {
			return size, allowed, nil
		}
		allowed = needed
	}
	if q.Expected > 0 {
		return 0, 0, &QuestionError{"expected", ErrImpossible}
	}
	return 0, 0, &QuestionError{"tolerable", ErrImpossible}
}

// smallest returns the smallest sample in which a population that fails at the tolerable rate shows no more than allowed failures with a
// chance of at most alpha, or 0 if there is none.
func (q Question) smallest(allowed int, alpha float64) int {
	most, shows := MaxSize, func(n int) float64 { return binomial(allowed, n, q.Tolerable) }
	if q.Population > 0 {
		bad := q.tolerated()
		most, shows = q.Population, func(n int) float64 { return hypergeometric(allowed, q.Population, bad, n) }
	}
	n := allowed + 1 + sort.Search(max(0, most-allowed), func(i int) bool { return within(shows(allowed+1+i), alpha) })
	if n > most {
		return 0
	}
	return n
}

// tolerated is the smallest number of failures in the population that is too many.
func (q Question) tolerated() int { return decimalOf(q.Tolerable).ceilOf(q.Population) }
