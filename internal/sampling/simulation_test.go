package sampling

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The stated confidence, simulated: populations that fail at random rates are sampled at random, and the bound computed from what the sample
// shows must be below the truth no more often than it says. runs is per row; three standard errors are allowed for chance.
const runs = 20_000

func covers(t *testing.T, name string, confidence float64, once func(*rand.Rand) bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(20190424, 8))
	missed := 0
	for range runs {
		if !once(r) {
			missed++
		}
	}
	allowed := runs*(1-confidence) + 3*math.Sqrt(runs*confidence*(1-confidence))
	if float64(missed) > allowed {
		t.Errorf("%s: the bound was too low in %d of %d runs, at most %.0f are right", name, missed, runs, allowed)
	}
}

// drawFailures draws n of population records without replacement, the first bad of which fail, and returns how many do.
func drawFailures(r *rand.Rand, population, bad, n int) (failures int) {
	for range n {
		if r.IntN(population) < bad {
			failures++
			bad--
		}
		population--
	}
	return failures
}

func TestBoundsHoldInSimulation(t *testing.T) {
	for _, confidence := range []float64{0.9, 0.95} {
		covers(t, "finite", confidence, func(r *rand.Rand) bool {
			population := 20 + r.IntN(400)
			n, bad := 1+r.IntN(min(60, population)), r.IntN(population/4)
			l, err := Bound(n, drawFailures(r, population, bad, n), population, confidence)
			return err == nil && bad <= l.Count
		})
		covers(t, "large", confidence, func(r *rand.Rand) bool {
			rate, n, failures := r.Float64()*0.2, 1+r.IntN(100), 0
			for range n {
				if r.Float64() < rate {
					failures++
				}
			}
			l, err := Bound(n, failures, 0, confidence)
			return err == nil && rate <= l.Rate
		})
		covers(t, "strata", confidence, func(r *rand.Rand) bool {
			shares, bad, failures := make([]Share, 2+r.IntN(4)), 0, 0
			for i := range shares {
				size := 10 + r.IntN(200)
				shares[i] = Share{strataOf(1, 1, 1, 1, 1, 1)[i], 1 + r.IntN(size/3)}
				shares[i].Size = size
				b := int(float64(size) * r.Float64() * r.Float64() * 0.5)
				bad += b
				failures += drawFailures(r, size, b, shares[i].Sample)
			}
			l, err := StrataBound(shares, failures, confidence)
			return err == nil && bad <= l.Count
		})
	}
}

// A population that fails at just the tolerable rate passes a plan no more often than the risk says: the worst case there is.
func TestPlansHoldInSimulation(t *testing.T) {
	for _, q := range []Question{
		{Population: 500, Confidence: 0.95, Tolerable: 0.05},
		{Population: 2000, Confidence: 0.9, Tolerable: 0.04, Failures: 2},
		{Population: 1200, Confidence: 0.95, Tolerable: 0.06, Expected: 0.02},
	} {
		p, err := NewPlan(q)
		if err != nil {
			t.Fatal(err)
		}
		covers(t, "plan", q.Confidence, func(r *rand.Rand) bool {
			return drawFailures(r, q.Population, q.tolerated(), p.Size) > p.FailuresAllowed
		})
	}
}

// The same through the whole chain: a frozen population, a seed, tickets.
func TestDrawnSamplesHoldInSimulation(t *testing.T) {
	const population, bad = 300, 15
	pop := populationOf(t, population)
	p, err := NewPlan(Question{Population: population, Confidence: 0.95, Tolerable: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	failing := map[string]bool{}
	for _, it := range pop.items[100 : 100+bad] {
		failing[it.ID] = true
	}
	r, missed := rand.New(rand.NewPCG(1, 2)), 0
	const draws = 10_000
	for range draws {
		tickets, err := Draw(pop, seedOf(r), p.Size)
		if err != nil {
			t.Fatal(err)
		}
		seen := false
		for _, k := range tickets {
			seen = seen || failing[k.ID]
		}
		if !seen {
			missed++
		}
	}
	chance := hypergeometric(0, population, bad, p.Size)
	if off := math.Abs(float64(missed) - draws*chance); off > 4*math.Sqrt(draws*chance) {
		t.Errorf("%d of %d draws missed all failures, expected %.0f", missed, draws, draws*chance)
	}
}
