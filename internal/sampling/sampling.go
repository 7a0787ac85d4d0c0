// Package sampling answers how many records a spot check must look at, which ones, and what its result says of all of them. It is pure:
// the same question has the same answer on every machine, and a second person can repeat each step with a calculator and sha256sum.
//
// The order of a check is: freeze the population (Freeze) and publish its hash; plan a size (NewPlan, Stratify); only then choose a seed; draw
// (Draw, DrawStrata); look; state the bound (Bound, StrataBound). All bounds are one-sided and upper: with the stated confidence the true
// failure rate is not above them. They are exact, but for strata in which failures were found: there they are safe and may be some records high.
package sampling

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
)

// The reasons a question has no answer; a *QuestionError wraps one of them.
var (
	ErrRange      = errors.New("out of range")
	ErrConflict   = errors.New("cannot be combined")
	ErrImpossible = errors.New("no sample can show this")
)

// QuestionError says which value of a question cannot be meant. It wraps ErrRange, ErrConflict or ErrImpossible.
type QuestionError struct {
	Field string // the field's name in lower case: population, confidence, tolerable, …
	Err   error
}

// Error implements error.
func (e *QuestionError) Error() string { return fmt.Sprintf("sampling: %s: %v", e.Field, e.Err) }

// Unwrap returns the reason.
func (e *QuestionError) Unwrap() error { return e.Err }

func outOfRange(field string) error { return &QuestionError{field, ErrRange} }

// The limits of what this package computes, in records.
const (
	MaxPopulation = 10_000_000
	MaxSize       = 1_000_000 // of a sample from a population of unknown size
)

// decimal is a rate as the decimal number the user wrote: 0.07 is 7/100, not the binary fraction next to it. Otherwise 7 % of 100 records
// would round up to 8.
type decimal struct{ num, den *big.Int }

func decimalOf(rate float64) decimal {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(rate, 'g', -1, 64))
	if !ok { // an infinity or not a number; ranges are checked before
		r = new(big.Rat)
	}
	return decimal{r.Num(), r.Denom()}
}

var hundred = big.NewInt(100)

// ceilOf returns the smallest whole number that is not below the rate's share of n.
func (d decimal) ceilOf(n int) int {
	x := new(big.Int).Mul(d.num, big.NewInt(int64(n)))
	x.Add(x, d.den).Sub(x, big.NewInt(1))
	return int(x.Div(x, d.den).Int64())
}

// risk returns 1 − confidence, rounded once.
func risk(confidence float64) float64 {
	d := decimalOf(confidence)
	f, _ := new(big.Rat).SetFrac(new(big.Int).Sub(d.den, d.num), d.den).Float64()
	return f
}

// tie is how far above the risk a computed probability still counts as equal to it: some plans meet theirs exactly (19 of 20 records at
// 95 %), and the last bits of a float must not decide those. Distributions here are right to about 1e-14.
const tie = 1e-12

// within reports whether a probability is not above the risk.
func within(probability, risk float64) bool { return probability <= risk*(1+tie) }
