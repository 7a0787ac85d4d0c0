package sampling

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// Ticket is a record drawn, with its place in the order of drawing.
type Ticket struct {
	ID     string `json:"id"`
	Number string `json:"ticket"` // a decimal fraction between 0 and 1; tickets are drawn in its order
}

// The reasons a draw fails.
var (
	ErrSeed     = errors.New("no seed")
	ErrNotDrawn = errors.New("not what the seed draws")
)

func seedHash(seed string) []byte {
	sum := sha256.Sum256([]byte(seed))
	return hex.AppendEncode(nil, sum[:])
}

// hashOf is what number makes the ticket number of an id from, by Rivest's consistent sampler ("Consistent Sampling with Replacement", 2018;
// first-generation tickets of his consistent_sampler): SHA-256 of the hex of the seed's SHA-256 followed by the id, as a decimal number of at
// least 64 digits, read backwards behind "0.". It depends on nothing else, so that a sample stays the same when ids are added elsewhere, are
// listed in another order, or when more are drawn.
func hashOf(seed []byte, id string) [sha256.Size]byte {
	return sha256.Sum256(append(seed[:len(seed):len(seed)], id...))
}

// chunk is the largest power of ten in 64 bits, and chunkDigits its zeros.
const (
	chunk       = 1e19
	chunkDigits = 19
)

// divide divides a number in 64-bit words, the highest first, in place and returns the remainder of chunk.
func divide(x *[4]uint64) (rest uint64) {
	for i := range x {
		x[i], rest = bits.Div64(rest, x[i], chunk)
	}
	return rest
}

func words(sum [sha256.Size]byte) (x [4]uint64) {
	for i := range x {
		x[i] = binary.BigEndian.Uint64(sum[8*i:])
	}
	return x
}

// number writes a hash as a fraction: its decimal digits from the last to the first.
func number(sum [sha256.Size]byte) string {
	x := words(sum)
	b := append(make([]byte, 0, 2+5*chunkDigits), "0."...)
	for x != [4]uint64{} {
		rest := divide(&x)
		for range chunkDigits {
			b = append(b, byte('0'+rest%10))
			rest /= 10
		}
	}
	b = bytes.TrimRight(b, "0") // the leading zeros of the highest chunk
	for len(b) < 2+64 {
		b = append(b, '0')
	}
	return string(b)
}

// leading returns the first 19 digits of a hash's fraction as a number. Comparing these decides nearly every comparison of two fractions.
func leading(sum [sha256.Size]byte) (first uint64) {
	x := words(sum)
	rest := divide(&x)
	for range chunkDigits {
		first = first*10 + rest%10
		rest /= 10
	}
	return first
}

// Draw draws n records of a population, in the order of their tickets. Drawing more with the same seed begins with the same records.
// Errors: ErrSeed, *QuestionError.
func Draw(p *Population, seed string, n int) ([]Ticket, error) {
	if seed == "" {
		return nil, fmt.Errorf("sampling: %w", ErrSeed)
	}
	if n < 0 || n > p.Len() {
		return nil, outOfRange("size")
	}
	return lowest(p.items, seed, n), nil
}

// DrawStrata draws each stratum's share of its records, all in the order of their tickets. Errors: ErrSeed, *QuestionError; a share of a
// stratum that the population does not have is out of range.
func DrawStrata(p *Population, seed string, shares []Share) ([]Ticket, error) {
	if seed == "" {
		return nil, fmt.Errorf("sampling: %w", ErrSeed)
	}
	members := map[string][]Item{}
	for _, it := range p.items {
		members[it.Stratum] = append(members[it.Stratum], it)
	}
	var out []Ticket
	for _, s := range shares {
		if s.Sample < 0 || s.Sample > len(members[s.Name]) {
			return nil, outOfRange("size")
		}
		out = append(out, lowest(members[s.Name], seed, s.Sample)...)
		delete(members, s.Name)
	}
	slices.SortFunc(out, func(a, b Ticket) int {
		return cmp.Or(strings.Compare(a.Number, b.Number), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// lowest returns the n items with the lowest tickets.
func lowest(items []Item, seed string, n int) []Ticket {
	type candidate struct {
		first uint64
		at    int
	}
	hashed := seedHash(seed)
	all := make([]candidate, len(items))
	for i, it := range items {
		all[i] = candidate{leading(hashOf(hashed, it.ID)), i}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		if c := cmp.Compare(a.first, b.first); c != 0 {
			return c
		}
		x, y := items[a.at].ID, items[b.at].ID
		return cmp.Or(strings.Compare(number(hashOf(hashed, x)), number(hashOf(hashed, y))), strings.Compare(x, y))
	})
	out := make([]Ticket, n)
	for i := range out {
		id := items[all[i].at].ID
		out[i] = Ticket{id, number(hashOf(hashed, id))}
	}
	return out
}

// DrawError says where a list of tickets departs from what its seed draws. It wraps ErrNotDrawn.
type DrawError struct{ Place int } // in the list, from 1

// Error implements error.
func (e *DrawError) Error() string {
	return fmt.Sprintf("sampling: ticket %d: %v", e.Place, ErrNotDrawn)
}

// Unwrap returns ErrNotDrawn.
func (e *DrawError) Unwrap() error { return ErrNotDrawn }

// VerifyDrawStrata checks that tickets are what DrawStrata draws. Errors: *DrawError and those of DrawStrata.
func VerifyDrawStrata(p *Population, seed string, shares []Share, tickets []Ticket) error {
	want, err := DrawStrata(p, seed, shares)
	if err != nil {
		return err
	}
	return same(want, tickets)
}

func same(want, have []Ticket) error {
	for i := range max(len(want), len(have)) {
		if i >= len(want) || i >= len(have) || want[i] != have[i] {
			return &DrawError{i + 1}
		}
	}
	return nil
}
