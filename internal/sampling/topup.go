package sampling

import (
	"cmp"
	"container/heap"
	"slices"
)

// topUp adds records, each to the stratum looked at least, until the bound after so many failures is below tolerated, and no more. All records
// together always do.
func topUp(shares []Share, failures, tolerated int, alpha float64) []Share {
	t := turnsOf(shares)
	if failures > 0 {
		return t.untilRate(failures, tolerated, alpha).shares()
	}
	return t.untilHidden(tolerated, alpha).shares()
}

// turns is a heap of strata, whose turn is next first.
type turns []turn

type turn struct {
	Share
	at int // its place among the shares
}

// Before: the least looked at comes first, of equals the earlier.
func (t turn) Before(o turn) bool {
	return cmp.Or(cmp.Compare(int64(t.Sample)*int64(o.Size), int64(o.Sample)*int64(t.Size)), cmp.Compare(t.at, o.at)) < 0
}

func turnsOf(shares []Share) turns {
	t := make(turns, len(shares))
	for i, s := range shares {
		t[i] = turn{s, i}
	}
	heap.Init(ordered[turn](t))
	return t
}

func (t turns) shares() []Share {
	out := make([]Share, len(t))
	for _, s := range t {
		out[s.at] = s.Share
	}
	return out
}

// plus returns the turns after n records more, or after all there are.
func (t turns) plus(n int) turns {
	t = slices.Clone(t)
	for range n {
		if t[0].Sample == t[0].Size { // then every stratum is complete
			break
		}
		t.add()
	}
	return t
}

func (t turns) add() {
	t[0].Sample++
	heap.Fix(ordered[turn](t), 0)
}

// untilHidden adds records until fewer than tolerated failures can be hidden. Each record hides fewer, so steps are doubled until that is so,
// and then halved.
func (t turns) untilHidden(tolerated int, alpha float64) turns {
	enough := func(t turns) bool {
		shares := t.shares()
		unseen := 0
		for _, s := range shares {
			unseen += s.Size - s.Sample
		}
		return hidden(shares, min(unseen, tolerated), alpha) < tolerated
	}
	step := 1
	for next := t.plus(step); !enough(next); next = t.plus(step) {
		t, step = next, 2*step
	}
	for step > 1 {
		step /= 2
		if next := t.plus(step); !enough(next) {
			t = next
		}
	}
	return t.plus(1)
}

// slack is how far a mean may come out off, for the last bits of a float.
const slack = 1e-9

// untilRate adds records until countAt is below tolerated, or the records not seen are too few. The mean is found anew only where the last one,
// which is no larger, would do.
func (t turns) untilRate(failures, tolerated int, alpha float64) turns {
	shares := t.shares()
	population, n, mean := 0, sampled(shares), 0.0
	for _, s := range shares {
		population += s.Size
	}
	for {
		t.add()
		n++
		effective := float64(t[0].Sample) / float64(t[0].Size) * float64(population)
		switch {
		case population-n+failures < tolerated:
			return t
		case countAt(mean*(1-slack), effective, population) >= tolerated:
			continue
		}
		if mean = meanOf(n, failures, alpha); countAt(mean, effective, population) < tolerated {
			return t
		}
	}
}

// ordered is a slice as container/heap wants it. Its length stays.
type ordered[T interface{ Before(other T) bool }] []T

// Len implements sort.Interface.
func (o ordered[T]) Len() int { return len(o) }

// Less implements sort.Interface.
func (o ordered[T]) Less(i, j int) bool { return o[i].Before(o[j]) }

// Swap implements sort.Interface.
func (o ordered[T]) Swap(i, j int) { o[i], o[j] = o[j], o[i] }

// Push implements heap.Interface. It is not called.
func (o ordered[T]) Push(any) { panic("sampling: the length stays") }

// Pop implements heap.Interface. It is not called.
func (o ordered[T]) Pop() any { panic("sampling: the length stays") }
