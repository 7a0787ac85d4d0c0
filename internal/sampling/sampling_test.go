package sampling

import (
	"errors"
	"math"
	"math/big"
	"testing"
)

// exactly returns P(X ≤ k) in whole numbers.
func exactly(k, population, bad, n int) *big.Rat {
	sum := new(big.Int)
	for x := max(0, n-(population-bad)); x <= min(k, n, bad); x++ {
		a := new(big.Int).Binomial(int64(bad), int64(x))
		sum.Add(sum, a.Mul(a, new(big.Int).Binomial(int64(population-bad), int64(n-x))))
	}
	return new(big.Rat).SetFrac(sum, new(big.Int).Binomial(int64(population), int64(n)))
}

func TestSmallPopulationsAreExact(t *testing.T) {
	for _, confidence := range []float64{0.8, 0.9, 0.95} {
		alpha, _ := new(big.Rat).SetString(map[float64]string{0.8: "1/5", 0.9: "1/10", 0.95: "1/20"}[confidence])
		for population := 1; population <= 30; population++ {
			for n := 1; n <= population; n++ {
				for k := 0; k <= n; k++ {
					want := k
					for want < population-n+k && exactly(k, population, want+1, n).Cmp(alpha) > 0 {
						want++
					}
					if got, err := Bound(n, k, population, confidence); err != nil || got.Count != want {
						t.Fatalf("%d of %d of %d at %v: %+v, %v, want %d", k, n, population, confidence, got, err, want)
					}
				}
			}
		}
	}
}

func TestPlanThatMeetsItsRiskExactlyIsTaken(t *testing.T) {
	// One bad record of 20 is missed by 19 with a chance of exactly 5 %, one of 50 by 49 with exactly 2 %.
	for population, confidence := range map[int]float64{20: 0.95, 50: 0.98, 10: 0.9, 1000: 0.999} {
		p, err := NewPlan(Question{Population: population, Confidence: confidence, Tolerable: 1 / float64(population)})
		if err != nil || p.Size != population-1 || p.Count != 0 {
			t.Errorf("%d: %+v, %v", population, p, err)
		}
	}
}

func TestRatesAreTheDecimalsWritten(t *testing.T) {
	for _, c := range []struct {
		rate    float64
		n, want int
	}{{0.07, 100, 7}, {0.29, 100, 29}, {0.57, 100, 57}, {0.035, 1000, 35}, {0.0351, 1000, 36}, {1e-7, 10_000_000, 1}} {
		if got := decimalOf(c.rate).ceilOf(c.n); got != c.want {
			t.Errorf("%v of %d: %d, want %d", c.rate, c.n, got, c.want)
		}
	}
	if risk(0.95) != 0.05 || risk(0.99) != 0.01 || risk(0.999) != 0.001 {
		t.Error("the risk is not the decimal complement")
	}
}

func TestMillionRecordsAreExact(t *testing.T) {
	for _, c := range []struct{ k, bad, n int }{{0, 10_000, 298}, {3, 1_000, 7_000}, {40, 50_000, 1_000}, {500, 10_000, 50_000}} {
		got := hypergeometric(c.k, 1_000_000, c.bad, c.n)
		// The same sum by products of ratios at 300 bits, from P(X = 0) down.
		f := func(x float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(x) }
		point := f(1)
		for i := range c.n {
			point.Mul(point, f(float64(1_000_000-c.bad-i))).Quo(point, f(float64(1_000_000-i)))
		}
		sum := f(0).Set(point)
		for x := range c.k {
			point.Mul(point, f(float64(c.bad-x))).Mul(point, f(float64(c.n-x)))
			point.Quo(point, f(float64(x+1))).Quo(point, f(float64(1_000_000-c.bad-c.n+x+1)))
			sum.Add(sum, point)
		}
		want, _ := sum.Float64()
		if math.Abs(got-want) > want*1e-12 {
			t.Errorf("%+v: %.17g, want %.17g", c, got, want)
		}
	}
	p, err := NewPlan(Question{Population: 1_000_000, Confidence: 0.95, Tolerable: 0.01, Expected: 0.009})
	if err != nil || p.Count >= 10_000 || p.FailuresAllowed < int(0.009*float64(p.Size)) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestFixedSizesTellTheirBound(t *testing.T) {
	p, err := NewPlan(Question{Population: 2000, Confidence: 0.95, Failures: 3, Size: 150})
	if err != nil || p.Size != 150 || p.Count != 99 || p.Method != FixedSize {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = NewPlan(Question{Population: 2001, Confidence: 0.95, Percent: 7.5})
	if err != nil || p.Size != 151 || p.Method != FixedPart {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestQuestionsWithoutAnAnswer(t *testing.T) {
	ok := Question{Population: 100, Confidence: 0.95, Tolerable: 0.05}
	for _, c := range []struct {
		field  string
		change func(*Question)
		err    error
	}{
		{"population", func(q *Question) { q.Population = -1 }, ErrRange},
		{"confidence", func(q *Question) { q.Confidence = 1 }, ErrRange},
		{"confidence", func(q *Question) { q.Confidence = math.NaN() }, ErrRange},
		{"tolerable", func(q *Question) { q.Tolerable = 0 }, ErrRange},
		{"tolerable", func(q *Question) { q.Tolerable, q.Failures = 0.05, 5 }, ErrImpossible}, // five failures are too many in all records
		{"expected", func(q *Question) { q.Expected = 0.05 }, ErrImpossible},
		{"expected", func(q *Question) { q.Expected = 0.045 }, ErrImpossible}, // rounds up to the five that are too many
		{"expected", func(q *Question) { q.Expected = math.Inf(1) }, ErrRange},
		{"failures", func(q *Question) { q.Expected, q.Failures = 0.01, 1 }, ErrConflict},
		{"failures", func(q *Question) { q.Tolerable, q.Size, q.Failures = 0, 3, 3 }, ErrImpossible},
		{"size", func(q *Question) { q.Tolerable, q.Size = 0, 101 }, ErrRange},
		{"percent", func(q *Question) { q.Tolerable, q.Percent = 0, 101 }, ErrRange},
		{"percent", func(q *Question) { q.Tolerable, q.Percent, q.Size = 0, 10, 10 }, ErrConflict},
		{"tolerable", func(q *Question) { q.Size = 10 }, ErrConflict},
	} {
		q := ok
		c.change(&q)
		p, err := NewPlan(q)
		var at *QuestionError
		if !errors.As(err, &at) || !errors.Is(err, c.err) || at.Field != c.field {
			t.Errorf("%s: %+v, %v", c.field, p, err)
		}
	}
	if _, err := NewPlan(Question{Confidence: 0.5, Tolerable: 0.5, Expected: 0.4999999}); !errors.Is(err, ErrImpossible) {
		t.Errorf("an expected rate that only a huge sample could tell from the tolerable one: %v", err)
	}
	if _, err := NewPlan(Question{Confidence: 0.95, Tolerable: 1e-9}); !errors.Is(err, ErrImpossible) {
		t.Errorf("a sample past MaxSize: %v", err)
	}
}

func TestMoreIsNeverWorthLess(t *testing.T) {
	for _, population := range []int{0, 300, 5000} {
		last := 2.0
		for n := 20; n <= 300; n++ {
			l, err := Bound(n, 2, population, 0.95)
			if err != nil || l.Rate > last {
				t.Fatalf("%d of %d: %v after %v, %v", n, population, l, last, err)
			}
			last = l.Rate
		}
		last = -1
		for k := range 100 {
			l, err := Bound(100, k, population, 0.95)
			if err != nil || l.Rate < last {
				t.Fatalf("%d failures of %d: %v after %v, %v", k, population, l, last, err)
			}
			last = l.Rate
		}
	}
	size := 0
	for population := 10; population < 20_000; population += 10 {
		p, err := NewPlan(Question{Population: population, Confidence: 0.95, Tolerable: 0.1})
		if err != nil || p.Size < size {
			t.Fatalf("%d: %+v after %d, %v", population, p, size, err)
		}
		size = p.Size
	}
	if size != 29 {
		t.Errorf("large populations need %d, want the binomial's 29", size)
	}
}

func TestPlanAgreesWithItsBoundAndIsSmallest(t *testing.T) {
	for _, q := range []Question{
		{Population: 777, Confidence: 0.9, Tolerable: 0.03},
		{Population: 5000, Confidence: 0.95, Tolerable: 0.05, Failures: 4},
		{Population: 400, Confidence: 0.99, Tolerable: 0.1, Expected: 0.02},
		{Confidence: 0.95, Tolerable: 0.02, Failures: 7},
		{Confidence: 0.8, Tolerable: 0.03, Expected: 0.029},
	} {
		p, err := NewPlan(q)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Bound(p.Size, p.FailuresAllowed, q.Population, q.Confidence)
		if err != nil || l != p.Limit || l.Rate > q.Tolerable {
			t.Errorf("%+v: %+v against %+v, %v", q, p, l, err)
		}
		if less, err := Bound(p.Size-1, p.FailuresAllowed, q.Population, q.Confidence); err != nil || less.Rate < q.Tolerable {
			t.Errorf("%+v: one record fewer does too: %+v, %v", q, less, err)
		}
	}
}

func FuzzPlanHolds(f *testing.F) {
	f.Add(1000, 0.95, 0.05, 0.0, 0)
	f.Add(0, 0.95, 0.05, 0.02, 0)
	f.Add(20, 0.95, 0.05, 0.0, 0)
	f.Add(3, 0.5, 0.34, 0.33, 0)
	f.Fuzz(func(t *testing.T, population int, confidence, tolerable, expected float64, failures int) {
		q := Question{Population: population, Confidence: confidence, Tolerable: tolerable, Expected: expected, Failures: failures}
		p, err := NewPlan(q)
		if err != nil {
			if p != (Plan{}) || !errors.As(err, new(*QuestionError)) {
				t.Fatalf("%+v: %+v, %v", q, p, err)
			}
			return
		}
		if p.Size < 1 || p.FailuresAllowed >= p.Size || population > 0 && p.Size > population || !(p.Rate >= 0 && p.Rate <= tolerable*(1+1e-9)) {
			t.Fatalf("%+v: %+v", q, p)
		}
	})
}

func BenchmarkPlanOfAMillion(b *testing.B) {
	for b.Loop() {
		if _, err := NewPlan(Question{Population: 1_000_000, Confidence: 0.95, Tolerable: 0.01, Expected: 0.009}); err != nil {
			b.Fatal(err)
		}
	}
}
