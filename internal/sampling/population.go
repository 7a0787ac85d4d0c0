package sampling

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Item is a record that can be drawn.
type Item struct {
	ID      string // what the platform knows it by, in UTF-8 without control characters, at most maxID bytes
	Stratum string // empty without strata; the same rules, but may be empty
}

const maxID = 256

// The reasons a list is not a population.
var (
	ErrItem      = errors.New("not an id")
	ErrDuplicate = errors.New("id is there twice")
	ErrEmpty     = errors.New("no records")
)

// ItemError says which item is wrong. It wraps ErrItem or ErrDuplicate.
type ItemError struct {
	Line int // of the file read, or place in the list, from 1
	Err  error
}

// Error implements error. The id itself is not repeated: it can hold anything.
func (e *ItemError) Error() string { return fmt.Sprintf("sampling: item %d: %v", e.Line, e.Err) }

// Unwrap returns the reason.
func (e *ItemError) Unwrap() error { return e.Err }

// Population is a list of records that no longer changes. Its text, see WriteTo, is what is hashed.
type Population struct {
	items []Item // by id
	hash  string
}

// Freeze returns the population of items, which may come in any order. Errors: *ItemError, ErrEmpty.
func Freeze(items []Item) (*Population, error) {
	if len(items) == 0 {
		return nil, fmt.Errorf("sampling: %w", ErrEmpty)
	}
	places := make([]int, len(items))
	for i, it := range items {
		if it.ID == "" || !clean(it.ID) || !clean(it.Stratum) {
			return nil, &ItemError{i + 1, ErrItem}
		}
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return strings.Compare(items[a].ID, items[b].ID) })
	p := &Population{items: make([]Item, len(items))}
	for i, at := range places {
		p.items[i] = items[at]
		if i > 0 && p.items[i].ID == p.items[i-1].ID {
			return nil, &ItemError{at + 1, ErrDuplicate}
		}
	}
	h := sha256.New()
	if _, err := p.WriteTo(h); err != nil {
		return nil, err
	}
	p.hash = hex.EncodeToString(h.Sum(nil))
	return p, nil
}

func clean(s string) bool {
	return len(s) <= maxID && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// ReadItems reads what WriteTo writes, in any order: an id a line, or an id, a tab and its stratum. Empty lines and carriage returns at line
// ends are passed over, as is a byte order mark. Errors: *ItemError, and the reader's.
func ReadItems(r io.Reader) ([]Item, error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 4*maxID)
	var items []Item
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSuffix(in.Text(), "\r")
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if line == "" {
			continue
		}
		id, stratum, _ := strings.Cut(line, "\t")
		// A byte order mark in front of an id would be taken for the text's when it is read back.
		if id == "" || strings.HasPrefix(id, "\ufeff") || !clean(id) || !clean(stratum) {
			return nil, &ItemError{n, ErrItem}
		}
		if len(items) == MaxPopulation {
			return nil, outOfRange("population")
		}
		items = append(items, Item{id, stratum})
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		return nil, &ItemError{len(items) + 1, ErrItem}
	}
	return items, in.Err()
}

// WriteTo writes the population's text: the ids in byte order, a line each, ended by a line feed, with a tab and the stratum behind those
// that have one. The hash is the SHA-256 of this text, so that `LC_ALL=C sort FILE | sha256sum` gives it for any list of the same lines.
func (p *Population) WriteTo(w io.Writer) (written int64, err error) {
	out := bufio.NewWriter(w)
	for _, it := range p.items {
		line := it.ID
		if it.Stratum != "" {
			line += "\t" + it.Stratum
		}
		n, err := out.WriteString(line + "\n")
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, out.Flush()
}

// Len returns the number of records.
func (p *Population) Len() int { return len(p.items) }

// Hash returns the SHA-256 of the population's text, in lower-case hex. It is to be on record before a seed is chosen.
func (p *Population) Hash() string { return p.hash }

// Strata returns the strata with their sizes, by name.
func (p *Population) Strata() []Stratum {
	counts := map[string]int{}
	for _, it := range p.items {
		counts[it.Stratum]++
	}
	out := make([]Stratum, 0, len(counts))
	for name, n := range counts {
		out = append(out, Stratum{name, n})
	}
	slices.SortFunc(out, func(a, b Stratum) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
