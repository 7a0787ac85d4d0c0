package sampling

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestStrataKeepTheBound(t *testing.T) {
	q := Question{Confidence: 0.95, Tolerable: 0.05}
	p, err := Stratify(q, strataOf(16000, 2000, 600, 800, 400, 200), 0)
	if err != nil || p.Count >= 1000 || p.Rate >= 0.05 || p.Distribution != Stratified || p.Size != sampled(p.Shares) {
		t.Fatalf("%+v, %v", p, err)
	}
	if p.Size > 65 {
		t.Errorf("%d records where 59 are enough without strata", p.Size)
	}
	if l, err := StrataBound(p.Shares, 0, 0.95); err != nil || l != p.Limit {
		t.Errorf("%+v, %v, want %+v", l, err, p.Limit)
	}
}

func TestMinimumComesOnTop(t *testing.T) {
	without, err := Allocate(strataOf(9000, 900, 100, 3), 50, 0)
	if err != nil {
		t.Fatal(err)
	}
	with, err := Allocate(strataOf(9000, 900, 100, 3), 50, 5)
	if err != nil {
		t.Fatal(err)
	}
	if sampled(without) != 50 || without[0] != with[0] || with[2].Sample != 5 || with[3].Sample != 3 {
		t.Errorf("%+v, %+v", without, with)
	}
}

func TestOneStratumIsNoStrata(t *testing.T) {
	for _, failures := range []int{0, 3} {
		q := Question{Confidence: 0.95, Tolerable: 0.05, Failures: failures}
		s, err := Stratify(q, strataOf(2000), 0)
		if err != nil {
			t.Fatal(err)
		}
		q.Population = 2000
		p, err := NewPlan(q)
		if err != nil || s.Plan != p {
			t.Errorf("%+v, %v, want %+v", s.Plan, err, p)
		}
	}
	if got := hidden([]Share{{Stratum{"", 1000}, 59}}, 941, 0.05); got != 48 {
		t.Errorf("%d hidden of one stratum, want the hypergeometric's 48", got)
	}
}

func TestWhatIsHiddenIsTheWorstSpread(t *testing.T) {
	shares := []Share{{Stratum{"a", 12}, 3}, {Stratum{"b", 9}, 1}, {Stratum{"c", 5}, 2}}
	for _, alpha := range []float64{0.3, 0.1, 0.05, 0.01} {
		worst := 0
		for a := range 13 {
			for b := range 10 {
				for c := range 6 {
					if hypergeometric(0, 12, a, 3)*hypergeometric(0, 9, b, 1)*hypergeometric(0, 5, c, 2) > alpha {
						worst = max(worst, a+b+c)
					}
				}
			}
		}
		if got := hidden(shares, 20, alpha); got != worst {
			t.Errorf("at %v: %d, want %d", alpha, got, worst)
		}
	}
}

// Every spread of too many failures over small strata shows as few as are allowed with a chance of at most the risk, exactly computed.
func TestStratifiedPlanHoldsForEverySpread(t *testing.T) {
	sizes := []int{60, 25, 15}
	for _, failures := range []int{0, 1, 2} {
		q := Question{Confidence: 0.9, Tolerable: 0.2, Failures: failures}
		p, err := Stratify(q, strataOf(sizes...), 2)
		if err != nil || p.Count >= 20 {
			t.Fatalf("%+v, %v", p, err)
		}
		for a := range 21 {
			for b := range 21 - a {
				c := 20 - a - b
				if c > 15 {
					continue
				}
				if chance := few(p.Shares, []int{a, b, c}, failures); chance > 0.1*(1+tie) {
					t.Fatalf("%d allowed, spread %d %d %d: missed with %v by %+v", failures, a, b, c, chance, p.Shares)
				}
			}
		}
	}
}

// The bound of samples that are far from proportional, for every spread of more failures than it admits, exactly computed.
func TestStrataBoundHoldsForEverySpread(t *testing.T) {
	for _, shares := range [][]Share{
		{{Stratum{"a", 40}, 30}, {Stratum{"b", 40}, 5}},
		{{Stratum{"a", 50}, 10}, {Stratum{"b", 20}, 19}},
		{{Stratum{"a", 30}, 3}, {Stratum{"b", 6}, 6}},
	} {
		for _, confidence := range []float64{0.05, 0.3, 0.5, 0.9, 0.95} {
			for failures := range 6 {
				l, err := StrataBound(shares, failures, confidence)
				if err != nil {
					t.Fatal(err)
				}
				for a := range shares[0].Size + 1 {
					b := l.Count + 1 - a
					if b < 0 || b > shares[1].Size {
						continue
					}
					if chance := few(shares, []int{a, b}, failures); chance > risk(confidence)*(1+1e-9) {
						t.Fatalf("%+v, %d failures at %v: %d+%d are above the bound and missed with %v", shares, failures, confidence, a, b, chance)
					}
				}
			}
		}
	}
}

// few returns the chance that the shares' samples together show at most k of the bad records.
func few(shares []Share, bad []int, k int) float64 {
	sum := []float64{1}
	for i, s := range shares {
		next := make([]float64, k+1)
		for have, chance := range sum {
			for x := 0; have+x <= k; x++ {
				next[have+x] += chance * (hypergeometric(x, s.Size, bad[i], s.Sample) - hypergeometric(x-1, s.Size, bad[i], s.Sample))
			}
		}
		sum = next
	}
	total := 0.0
	for _, c := range sum {
		total += c
	}
	return total
}

func TestStrataThatCannotBe(t *testing.T) {
	ok := strataOf(10, 20)
	for name, f := range map[string]func() error{
		"none":     func() error { _, err := Allocate(nil, 0, 0); return err },
		"empty":    func() error { _, err := Allocate(strataOf(1, 0), 1, 0); return err },
		"twice":    func() error { _, err := Allocate([]Stratum{{"a", 1}, {"a", 2}}, 1, 0); return err },
		"too many": func() error { _, err := Allocate(ok, 31, 0); return err },
		"minimum":  func() error { _, err := Allocate(ok, 3, -1); return err },
		"huge":     func() error { _, err := Allocate(strataOf(MaxPopulation, MaxPopulation), 3, 0); return err },
		"sample":   func() error { _, err := StrataBound([]Share{{ok[0], 11}, {ok[1], 1}}, 0, 0.95); return err },
		"failures": func() error { _, err := StrataBound([]Share{{ok[0], 1}, {ok[1], 1}}, 3, 0.95); return err },
		"other": func() error {
			_, err := Stratify(Question{Population: 31, Confidence: 0.95, Tolerable: 0.1}, ok, 0)
			return err
		},
	} {
		if err := f(); !errors.As(err, new(*QuestionError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryAllocationIsWithinItsStrata(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 3000 {
		sizes := make([]int, 1+r.IntN(12))
		total := 0
		for i := range sizes {
			sizes[i] = 1 + r.IntN(1+r.IntN(2000))
			total += sizes[i]
		}
		n := r.IntN(total + 1)
		shares, err := Allocate(strataOf(sizes...), n, 0)
		if err != nil || sampled(shares) != n {
			t.Fatalf("%v: %d of %d, %v", sizes, sampled(shares), n, err)
		}
		for _, s := range shares {
			if exact := float64(n) * float64(s.Size) / float64(total); s.Sample > s.Size || float64(s.Sample) < exact-1 || float64(s.Sample) > exact+1 {
				t.Fatalf("%v: %+v of %v", sizes, s, exact)
			}
		}
	}
}

// The plan must be the one that adds record by record until the bound will do, which this does as it says.
func TestTopUpIsThatOfEachRecordApart(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 5))
	added := map[bool]int{}
	for range 2000 {
		sizes := make([]int, 1+r.IntN(1+r.IntN(30)))
		for i := range sizes {
			sizes[i] = 1 + r.IntN(1+r.IntN(1+r.IntN(200)))
		}
		q := Question{Confidence: []float64{0.3, 0.5, 0.8, 0.9, 0.95, 0.99}[r.IntN(6)], Tolerable: 0.005 + 0.2*r.Float64()*r.Float64(), Failures: max(0, r.IntN(6)-2)}
		strata, minimum := strataOf(sizes...), r.IntN(3)
		got, err := Stratify(q, strata, minimum)
		if errors.Is(err, ErrImpossible) {
			continue
		}
		q.Population, _ = totalOf(strata)
		plan, _ := NewPlan(q)
		want, _ := Allocate(strata, plan.Size, minimum)
		before := sampled(want)
		for strataBound(want, q.Failures, risk(q.Confidence)).Count >= q.tolerated() {
			least := 0
			for i, s := range want {
				if s.Sample*want[least].Size < want[least].Sample*s.Size {
					least = i
				}
			}
			want[least].Sample++
		}
		if err != nil || !slices.Equal(got.Shares, want) || got.Limit != strataBound(want, q.Failures, risk(q.Confidence)) {
			t.Fatalf("%+v of %v: %+v, %v, want %+v", q, sizes, got, err, want)
		}
		if sampled(want) > before+1 {
			added[q.Failures > 0]++
		}
	}
	if added[false] == 0 || added[true] == 0 {
		t.Errorf("nothing to add: %v", added)
	}
}

func BenchmarkStratifyManyStrata(b *testing.B) {
	for name, size := range map[string]int{"1": 1, "200": 200} {
		for _, failures := range []int{0, 2} {
			b.Run(name+map[int]string{0: "", 2: "WithFailures"}[failures], func(b *testing.B) {
				sizes := make([]int, 16000)
				for i := range sizes {
					sizes[i] = size
				}
				strata := strataOf(sizes...)
				for b.Loop() {
					if _, err := Stratify(Question{Confidence: 0.95, Tolerable: 0.05, Failures: failures}, strata, 0); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
