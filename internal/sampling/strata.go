package sampling

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
)

// Stratum is a part of the population that gets records of its own: a department, a business type, a customer type.
type Stratum struct {
	Name string `json:"stratum"`
	Size int    `json:"population"` // records in it, at least one
}

// Share is a stratum and how many of its records are drawn.
type Share struct {
	Stratum
	Sample int `json:"size"`
}

// StratifiedPlan is a plan whose records are drawn from each stratum apart. Its bound holds for all strata together, however the failures are
// spread over them.
type StratifiedPlan struct {
	Plan
	Shares    []Share `json:"strata"`
	Effective float64 `json:"effective"` // see Effective
}

// Allocate spreads n records over strata in proportion to their sizes, by largest remainder (the larger stratum first, then the earlier).
// A stratum left with fewer than minimum gets that many, or all it has; these come on top, so nothing is taken from the others.
// Errors: *QuestionError.
func Allocate(strata []Stratum, n, minimum int) ([]Share, error) {
	total, err := totalOf(strata)
	switch {
	case err != nil:
		return nil, err
	case n < 0 || n > total:
		return nil, outOfRange("size")
	case minimum < 0:
		return nil, outOfRange("minimum")
	}
	shares, left := make([]Share, len(strata)), n
	order := make([]int, len(strata))
	for i, s := range strata {
		shares[i] = Share{s, int(int64(n) * int64(s.Size) / int64(total))}
		left -= shares[i].Sample
		order[i] = i
	}
	remainder := func(i int) int64 { return int64(n) * int64(strata[i].Size) % int64(total) }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(remainder(b), remainder(a)), cmp.Compare(strata[b].Size, strata[a].Size))
	})
	for _, i := range order[:left] {
		shares[i].Sample++
	}
	for i := range shares {
		shares[i].Sample = max(shares[i].Sample, min(minimum, shares[i].Size))
	}
	return shares, nil
}

func totalOf(strata []Stratum) (total int, err error) {
	names := make(map[string]bool, len(strata))
	for _, s := range strata {
		if s.Size < 1 || s.Size > MaxPopulation-total {
			return 0, outOfRange("population")
		}
		if names[s.Name] {
			return 0, &QuestionError{"strata", fmt.Errorf("%w: %q is there twice", ErrConflict, s.Name)}
		}
		names[s.Name] = true
		total += s.Size
	}
	if total == 0 {
		return 0, outOfRange("strata")
	}
	return total, nil
}

// Effective returns how large a simple random sample would show as much as these shares at worst: the population times the smallest sampling
// rate of a stratum. Below the planned size, failures could hide where fewer records are looked at.
func Effective(shares []Share) float64 {
	total, rate := 0, 1.0
	for _, s := range shares {
		total += s.Size
		rate = min(rate, float64(s.Sample)/float64(s.Size))
	}
	return rate * float64(total)
}

// Stratify answers q for a population in strata: the plan's size, spread by Allocate, and then one record more for the stratum looked at
// least until the bound for all of them excludes the tolerable rate. With a fixed size or percentage nothing is added, and the bound tells
// what it is worth. q.Population may be 0; it is the strata's. Errors: *QuestionError.
func Stratify(q Question, strata []Stratum, minimum int) (StratifiedPlan, error) {
	total, err := totalOf(strata)
	if err != nil {
		return StratifiedPlan{}, err
	}
	if q.Population != 0 && q.Population != total {
		return StratifiedPlan{}, &QuestionError{"population", ErrConflict}
	}
	q.Population = total
	out := StratifiedPlan{}
	if out.Plan, err = NewPlan(q); err != nil {
		return StratifiedPlan{}, err
	}
	if out.Shares, err = Allocate(strata, out.Size, minimum); err != nil {
		return StratifiedPlan{}, err
	}
	alpha := risk(q.Confidence)
	out.Limit = strataBound(out.Shares, out.FailuresAllowed, alpha)
	if q.Tolerable > 0 && out.Count >= q.tolerated() {
		out.Shares = topUp(out.Shares, out.FailuresAllowed, q.tolerated(), alpha)
		out.Limit = strataBound(out.Shares, out.FailuresAllowed, alpha)
	}
	out.Size, out.Effective = sampled(out.Shares), Effective(out.Shares)
	return out, nil
}

func sampled(shares []Share) (n int) {
	for _, s := range shares {
		n += s.Sample
	}
	return n
}

// StrataBound returns the upper bound for the failure rate of all strata together, after failures were found in all their samples together.
// It holds however the failures are spread. Errors: *QuestionError.
func StrataBound(shares []Share, failures int, confidence float64) (Limit, error) {
	strata := make([]Stratum, len(shares))
	for i, s := range shares {
		strata[i] = s.Stratum
		if s.Sample < 0 || s.Sample > s.Size {
			return Limit{}, outOfRange("size")
		}
	}
	total, err := totalOf(strata)
	if err != nil {
		return Limit{}, err
	}
	n := sampled(shares)
	if _, err := Bound(n, failures, total, confidence); err != nil {
		return Limit{}, err
	}
	return strataBound(shares, failures, risk(confidence)), nil
}

// strataBound: without failures the worst spread is known exactly. With some, the count of failures seen is a sum of independent trials of
// unequal chances (each stratum's hypergeometric is one), whose lower tail is at most the binomial's of the same mean (Hoeffding 1956, theorem
// 4, for counts at least one below the mean); and the mean is at least the effective size times the rate.
func strataBound(shares []Share, failures int, alpha float64) Limit {
	population, n := 0, sampled(shares)
	for _, s := range shares {
		population += s.Size
	}
	if len(shares) == 1 {
		return bound(n, failures, population, alpha)
	}
	count := population - n + failures
	if failures == 0 {
		count = hidden(shares, count, alpha)
	} else {
		count = min(count, countAt(meanOf(n, failures, alpha), Effective(shares), population))
	}
	return Limit{Rate: float64(count) / float64(population), Count: count, Distribution: Stratified}
}

// meanOf is the largest mean of a count that comes out at failures or fewer among n with a chance above alpha. It only grows with n: one trial
// more that cannot fail is a case of the theorem.
func meanOf(n, failures int, alpha float64) float64 {
	return max(clopperPearson(failures, n, alpha)*float64(n), float64(failures+1))
}

// countAt is how many of a population fail where a sample as good as effective records has that mean.
func countAt(mean, effective float64, population int) int {
	if mean >= effective {
		return population
	}
	return int(mean / effective * float64(population))
}

// hidden returns how many failures, at most all of unseen, can be spread over the strata so that the samples show none with a chance above
// alpha. Each further failure goes where it is likeliest to stay unseen; because that gets less likely with each one in the same stratum,
// no other spread does better.
func hidden(shares []Share, unseen int, alpha float64) int {
	places := make(ordered[place], len(shares))
	for i, s := range shares {
		places[i] = place{s.Size - s.Sample, s.Size}
	}
	var order heap.Interface = places
	heap.Init(order)
	chance := 1.0
	for count := range unseen {
		best := &places[0]
		chance *= best.stays()
		if within(chance, alpha) {
			return count
		}
		best.unseen, best.size = best.unseen-1, best.size-1
		heap.Fix(order, 0)
	}
	return unseen
}

// place is a stratum without the failures put there so far.
type place struct{ unseen, size int }

// stays is the chance that one more failure is not among the records drawn.
func (p place) stays() float64 {
	if p.size == 0 {
		return 0
	}
	return float64(p.unseen) / float64(p.size)
}

// Before: the first place hides the next failure best.
func (p place) Before(o place) bool { return p.stays() > o.stays() }
