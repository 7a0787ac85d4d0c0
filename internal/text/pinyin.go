package text

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"imagery/assets"
)

// Query is a search typed by a person, ready to be tried on many strings. It finds a string by a piece of itself, by pinyin
// in full, by initials, or by any mixture ("sfz", "shenfenz" and "身份z" all find 身份证正面), with every reading of a character.
type Query struct{ q []rune }

// NewQuery prepares q. Case, full-width forms and spaces at the ends do not matter; an empty query finds everything.
func NewQuery(q string) Query {
	return Query{fold([]rune(strings.TrimSpace(q)))}
}

// Empty reports whether the query finds everything.
func (q Query) Empty() bool { return len(q.q) == 0 }

// Match reports whether the query is found anywhere in s.
func (q Query) Match(s string) bool {
	_, ok := q.Index(s)
	return ok
}

// Index returns the character of s, 0-based, where the first match starts.
func (q Query) Index(s string) (int, bool) {
	at, _, ok := q.Find(s)
	return at, ok
}

// Find returns the characters of s, from up to to and 0-based, that the first match covers.
func (q Query) Find(s string) (from, to int, ok bool) {
	if len(q.q) == 0 {
		return 0, 0, true
	}
	var buf [64]rune
	r := buf[:0]
	for _, c := range s {
		r = append(r, foldRune(c))
	}
	var few [512]bool
	m := match{q.q, r, few[:]}
	if n := len(m.q) * len(r); n > len(few) {
		m.dead = make([]bool, n)
	}
	for i := range r {
		if n := m.at(0, i); n > 0 {
			return i, i + n, true
		}
	}
	return 0, 0, false
}

// Scattered reports whether the query's letters occur in s in order with anything in between; a weaker find for palettes.
func (q Query) Scattered(s string) bool {
	i := 0
	for _, c := range s {
		if i == len(q.q) {
			return true
		}
		if c = foldRune(c); c == q.q[i] || initialIs(c, q.q[i]) {
			i++
		}
	}
	return i == len(q.q)
}

func initialIs(han, letter rune) bool {
	return slices.ContainsFunc(readings(han), func(p string) bool { return rune(p[0]) == letter })
}

// match tries a query on one string.
type match struct {
	q, r []rune
	// dead is true, at i*len(q)+k, where r from i on is known not to match q from k on: readings share letters, so many ways lead there.
	dead []bool
}

// at returns how many characters of r from i on match q from k on, which is not at its end; 0 when they do not. Each Chinese character
// may be spelt by any leading part of any reading.
func (m *match) at(k, i int) int {
	if i == len(m.r) || m.dead[i*len(m.q)+k] {
		return 0
	}
	if m.q[k] == m.r[i] {
		return m.rest(k+1, i+1)
	}
	for _, p := range readings(m.r[i]) {
		for n := 0; n < len(p) && k+n < len(m.q) && rune(p[n]) == m.q[k+n]; n++ {
			if c := m.rest(k+n+1, i+1); c > 0 {
				return c
			}
		}
	}
	m.dead[i*len(m.q)+k] = true
	return 0
}

// rest is at, counting the character before i too.
func (m *match) rest(k, i int) int {
	if k == len(m.q) {
		return 1
	}
	if n := m.at(k, i); n > 0 {
		return n + 1
	}
	return 0
}

func fold(r []rune) []rune {
	for i := range r {
		r[i] = foldRune(r[i])
	}
	return r
}

// foldRune lowers case and turns full-width ASCII into the plain form, which is what an IME in Chinese mode leaves behind.
func foldRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= firstHan && r < 0xa000: // no case here: by far most characters
		return r
	case r == '\u3000':
		return ' '
	case r >= '\uff01' && r <= '\uff5e':
		r -= 0xfee0
	}
	return unicode.ToLower(r)
}

const firstHan = 0x3007

var (
	readingCache sync.Map // rune → []string
	// spelt is a line a reading: the reading in ASCII, and the characters that have it.
	spelt = sync.OnceValue(func() []string {
		b, err := assets.FS.ReadFile("pinyin/readings.txt")
		if err != nil {
			panic(err) // it is in the binary
		}
		return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	})
)

// readings returns every toneless reading of a Chinese character in ASCII; ü is spelt both v and u. Nil for any other character.
func readings(r rune) []string {
	if r < firstHan || r >= 0xa000 && r < 0xf900 {
		return nil
	}
	if v, ok := readingCache.Load(r); ok {
		return v.([]string)
	}
	var out []string
	for _, line := range spelt() {
		if strings.ContainsRune(line, r) {
			reading, _, _ := strings.Cut(line, " ")
			out = append(out, reading)
		}
	}
	readingCache.Store(r, out)
	return out
}
