package sampling

import "math"

// The distributions follow Loader, "Fast and accurate computation of binomial probabilities" (2000): errors of Stirling's formula and
// deviances instead of differences of log-gammas, which lose seven digits at a million records.

// logFactorials holds ln 0! … ln 15!, where the series of stirlingError is not good enough.
var logFactorials = func() (l [16]float64) {
	f := 1.0
	for i := 1; i < len(l); i++ {
		f *= float64(i)
		l[i] = math.Log(f)
	}
	return l
}()

// stirlingError returns ln n! − ln(√(2πn)·(n/e)ⁿ) for a whole n ≥ 1.
func stirlingError(n float64) float64 {
	if n < float64(len(logFactorials)) {
		return logFactorials[int(n)] - (n+0.5)*math.Log(n) + n - 0.5*math.Log(2*math.Pi)
	}
	m := n * n
	return (1.0/12 - (1.0/360-(1.0/1260-(1.0/1680-1.0/1188/m)/m)/m)/m) / n
}

// deviance returns x·ln(x/m) + m − x without cancellation where x is near m.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) >= 0.1*(x+m) {
		return x*math.Log(x/m) + m - x
	}
	v := (x - m) / (x + m)
	sum, term := (x-m)*v, 2*x*v
	for i := 3.0; ; i += 2 {
		term *= v * v
		next := sum + term/i
		if next == sum {
			return sum
		}
		sum = next
	}
}

// binomialPoint returns P(X = x) of n trials with chance p, q = 1 − p given apart because it may be known more exactly.
func binomialPoint(x, n int, p, q float64) float64 {
	k, m := float64(x), float64(n)
	switch {
	case x < 0 || x > n:
		return 0
	case p == 0 || q == 0:
		if (p == 0 && x == 0) || (q == 0 && x == n) {
			return 1
		}
		return 0
	case x == 0:
		return math.Exp(m * logOf(q, p))
	case x == n:
		return math.Exp(m * logOf(p, q))
	}
	l := stirlingError(m) - stirlingError(k) - stirlingError(m-k) - deviance(k, m*p) - deviance(m-k, m*q)
	return math.Exp(l) * math.Sqrt(m/(2*math.Pi*k*(m-k)))
}

// logOf returns ln p, from 1 − p where that is the smaller one.
func logOf(p, complement float64) float64 {
	if complement < 0.5 {
		return math.Log1p(-complement)
	}
	return math.Log(p)
}

// cumulate returns P(X ≤ k) for a distribution with one peak near mean on lowest … highest. down(j) is P(j−1)/P(j), up(j) is P(j+1)/P(j). The
// smaller of the two tails is added up from its big end, so that the sum ends when terms no longer count.
func cumulate(k, lowest, highest int, mean float64, point func(int) float64, down, up func(float64) float64) float64 {
	switch {
	case k < lowest:
		return 0
	case k >= highest:
		return 1
	case float64(k) <= mean:
		term := point(k)
		sum := term
		for j := k; j > lowest && term > sum*1e-17; j-- {
			term *= down(float64(j))
			sum += term
		}
		return min(sum, 1)
	}
	term := point(k + 1)
	sum := term
	for j := k + 1; j < highest && term > sum*1e-17; j++ {
		term *= up(float64(j))
		sum += term
	}
	return max(1-sum, 0)
}

// binomial returns P(X ≤ k) for n trials with chance p.
func binomial(k, n int, p float64) float64 {
	q, m := 1-p, float64(n)
	return cumulate(k, 0, n, m*p,
		func(x int) float64 { return binomialPoint(x, n, p, q) },
		func(j float64) float64 { return j * q / ((m - j + 1) * p) },
		func(j float64) float64 { return (m - j) * p / ((j + 1) * q) })
}

// hypergeometric returns P(X ≤ k) failures among n drawn without replacement from population records, bad of which fail.
func hypergeometric(k, population, bad, n int) float64 {
	N, D, m := float64(population), float64(bad), float64(n)
	p, q := m/N, (N-m)/N
	point := func(x int) float64 {
		return binomialPoint(x, bad, p, q) * binomialPoint(n-x, population-bad, p, q) / binomialPoint(n, population, p, q)
	}
	return cumulate(k, max(0, n-(population-bad)), min(n, bad), D*p, point,
		func(j float64) float64 { return j * (N - D - m + j) / ((D - j + 1) * (m - j + 1)) },
		func(j float64) float64 { return (D - j) * (m - j) / ((j + 1) * (N - D - m + j + 1)) })
}
