package sampling

import (
	"math"
	"sort"
)

// Distribution names what a number was computed with.
type Distribution string

// The distributions.
const (
	Hypergeometric Distribution = "hypergeometric" // a population of known size, drawn without replacement
	Binomial       Distribution = "binomial"       // a population too large to matter; Clopper–Pearson
	Stratified     Distribution = "stratified"     // strata drawn apart: the worst way failures can be spread over them
)

// Limit is an upper bound for failures.
type Limit struct {
	Rate         float64      `json:"bound"`                // 0 … 1
	Count        int          `json:"boundCount,omitempty"` // records of the whole population; 0 without one
	Distribution Distribution `json:"distribution"`
}

// Bound returns the upper bound for the failure rate after failures were found among n records, population being the number they were drawn
// from, or 0 when it is very large. The rate is Clopper–Pearson's one-sided limit, or for a population the largest number of failures that
// would show so few with a chance above 1 − confidence. Errors: *QuestionError.
func Bound(n, failures, population int, confidence float64) (Limit, error) {
	switch {
	case !(confidence > 0 && confidence < 1):
		return Limit{}, outOfRange("confidence")
	case population < 0 || population > MaxPopulation:
		return Limit{}, outOfRange("population")
	case n < 1 || population == 0 && n > MaxSize || population > 0 && n > population:
		return Limit{}, outOfRange("size")
	case failures < 0 || failures > n:
		return Limit{}, outOfRange("failures")
	}
	return bound(n, failures, population, risk(confidence)), nil
}

func bound(n, failures, population int, alpha float64) Limit {
	if population == 0 {
		return Limit{Rate: clopperPearson(failures, n, alpha), Distribution: Binomial}
	}
	most := population - n + failures // the others looked at are known to be good
	more := sort.Search(most-failures, func(i int) bool { return within(hypergeometric(failures, population, failures+i+1, n), alpha) })
	count := failures + more
	return Limit{Rate: float64(count) / float64(population), Count: count, Distribution: Hypergeometric}
}

// clopperPearson returns the p at which k failures or fewer among n have the chance alpha.
func clopperPearson(k, n int, alpha float64) float64 {
	switch k {
	case n:
		return 1
	case 0:
		return -math.Expm1(math.Log(alpha) / float64(n))
	}
	low, high := 0.0, 1.0
	for {
		mid := low + (high-low)/2
		switch {
		case mid <= low || mid >= high:
			return high
		case binomial(k, n, mid) > alpha:
			low = mid
		default:
			high = mid
		}
	}
}
