package sampling

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func populationOf(t testing.TB, n int) *Population {
	t.Helper()
	items := make([]Item, n)
	for i := range items {
		items[i] = Item{fmt.Sprintf("88%06d", i), "D" + strconv.Itoa(i%3)}
	}
	p, err := Freeze(items)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func seedOf(r *rand.Rand) string { return strconv.FormatUint(r.Uint64(), 10) }

func TestTicketsDoNotDependOnOrderOrCompany(t *testing.T) {
	p := populationOf(t, 500)
	want, err := Draw(p, "seed", 500)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		items := slices.Clone(p.items)
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		items = items[:1+r.IntN(500)]
		part, err := Freeze(items)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Draw(part, "seed", len(items))
		if err != nil {
			t.Fatal(err)
		}
		left := slices.DeleteFunc(slices.Clone(want), func(k Ticket) bool { return !slices.Contains(got, k) })
		if !slices.Equal(got, left) {
			t.Fatal("a part of the population is drawn in another order")
		}
	}
}

func TestMoreTicketsBeginWithTheSame(t *testing.T) {
	p := populationOf(t, 300)
	all, err := Draw(p, "s", 300)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 300 {
		if some, err := Draw(p, "s", n); err != nil || !slices.Equal(some, all[:n]) {
			t.Fatalf("%d: %v", n, err)
		}
	}
	if !slices.IsSortedFunc(all, func(a, b Ticket) int { return strings.Compare(a.Number, b.Number) }) {
		t.Error("not in the order of the tickets")
	}
}

func TestStrataAreDrawnApart(t *testing.T) {
	p := populationOf(t, 300)
	all, err := Draw(p, "s", 300)
	if err != nil {
		t.Fatal(err)
	}
	shares := []Share{{Stratum{"D2", 100}, 7}, {Stratum{"D0", 100}, 4}, {Stratum{"D1", 100}, 0}}
	got, err := DrawStrata(p, "s", shares)
	if err != nil || len(got) != 11 {
		t.Fatalf("%v, %v", got, err)
	}
	for _, s := range shares {
		var members []Ticket
		for _, k := range all {
			if i, _ := strconv.Atoi(k.ID[2:]); "D"+strconv.Itoa(i%3) == s.Name {
				members = append(members, k)
			}
		}
		for i, k := range members {
			if slices.Contains(got, k) != (i < s.Sample) {
				t.Errorf("stratum %s: its ticket %d", s.Name, i)
			}
		}
	}
	if err := VerifyDrawStrata(p, "s", shares, got); err != nil {
		t.Error(err)
	}
	if _, err := DrawStrata(p, "s", []Share{{Stratum{"D9", 100}, 1}}); !errors.As(err, new(*QuestionError)) {
		t.Errorf("an unknown stratum: %v", err)
	}
}

func TestDrawIsVerified(t *testing.T) {
	p := populationOf(t, 100)
	shares := []Share{{Stratum{"D0", 34}, 1}, {Stratum{"D1", 33}, 2}, {Stratum{"D2", 33}, 2}}
	tickets, err := DrawStrata(p, "s", shares)
	if err != nil {
		t.Fatal(err)
	}
	if err := VerifyDrawStrata(p, "s", shares, tickets); err != nil {
		t.Error(err)
	}
	swapped := slices.Clone(tickets)
	swapped[2], swapped[3] = swapped[3], swapped[2]
	other := slices.Clone(tickets)
	other[4].ID = "88000099"
	for name, bad := range map[int][]Ticket{3: swapped, 5: other} {
		var at *DrawError
		if err := VerifyDrawStrata(p, "s", shares, bad); !errors.As(err, &at) || at.Place != name || !errors.Is(err, ErrNotDrawn) {
			t.Errorf("%v", err)
		}
	}
	if err := VerifyDrawStrata(p, "t", shares, tickets); !errors.Is(err, ErrNotDrawn) {
		t.Errorf("another seed: %v", err)
	}
	if _, err := Draw(p, "", 5); !errors.Is(err, ErrSeed) {
		t.Errorf("no seed: %v", err)
	}
	if _, err := Draw(p, "s", 101); !errors.Is(err, ErrRange) {
		t.Errorf("too many: %v", err)
	}
}

func FuzzNumberIsTheReversedDecimal(f *testing.F) {
	f.Add("41", "73")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, seed, id string) {
		a := sha256.Sum256([]byte(seed))
		b := sha256.Sum256([]byte(hex.EncodeToString(a[:]) + id))
		digits := []byte(fmt.Sprintf("%064d", new(big.Int).SetBytes(b[:])))
		slices.Reverse(digits)
		if got := number(hashOf(seedHash(seed), id)); got != "0."+string(digits) {
			t.Fatalf("%q %q: %s, want 0.%s", seed, id, got, digits)
		}
		if want, _ := strconv.ParseUint(string(digits[:chunkDigits]), 10, 64); leading(b) != want {
			t.Fatalf("%q %q: begins %d, want %d", seed, id, leading(b), want)
		}
	})
}

func TestHashesWithLeadingZerosHave64Digits(t *testing.T) {
	var sum [sha256.Size]byte
	sum[31] = 120
	if got := number(sum); got != "0.021"+strings.Repeat("0", 61) {
		t.Error(got)
	}
	if got := number([sha256.Size]byte{}); got != "0."+strings.Repeat("0", 64) {
		t.Error(got)
	}
}

func TestHashIsThatOfTheSortedLines(t *testing.T) {
	p, err := Freeze([]Item{{"乙", ""}, {"b", "营业部"}, {"a", ""}, {"ab", "x"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, err := p.WriteTo(&b)
	if want := "a\nab\tx\nb\t营业部\n乙\n"; err != nil || b.String() != want || n != int64(len(want)) {
		t.Errorf("%d %q, %v", n, b.String(), err)
	}
	sum := sha256.Sum256(b.Bytes())
	if p.Hash() != hex.EncodeToString(sum[:]) {
		t.Error("the hash is not of the text")
	}
	lines := strings.SplitAfter(b.String(), "\n")
	slices.Sort(lines)
	if strings.Join(lines, "") != b.String() {
		t.Error("sort orders the lines otherwise")
	}
	items, err := ReadItems(strings.NewReader("\ufeff乙\r\n\nab\tx\nb\t营业部\na"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Freeze(items); err != nil || again.Hash() != p.Hash() {
		t.Errorf("read back: %v", err)
	}
	if got := p.Strata(); !slices.Equal(got, []Stratum{{"", 2}, {"x", 1}, {"营业部", 1}}) {
		t.Errorf("%v", got)
	}
}

func TestListsThatAreNoPopulation(t *testing.T) {
	for name, c := range map[string]struct {
		items []Item
		line  int
		err   error
	}{
		"empty id":  {[]Item{{"a", ""}, {"", ""}}, 2, ErrItem},
		"a tab":     {[]Item{{"a\tb", ""}}, 1, ErrItem},
		"a line":    {[]Item{{"a", "x\ny"}}, 1, ErrItem},
		"not UTF-8": {[]Item{{"a\xff", ""}}, 1, ErrItem},
		"too long":  {[]Item{{strings.Repeat("a", maxID+1), ""}}, 1, ErrItem},
		"twice":     {[]Item{{"a", "x"}, {"b", ""}, {"a", "y"}}, 3, ErrDuplicate},
	} {
		var at *ItemError
		if _, err := Freeze(c.items); !errors.As(err, &at) || !errors.Is(err, c.err) || at.Line != c.line {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Freeze(nil); !errors.Is(err, ErrEmpty) {
		t.Error(err)
	}
}

func FuzzReadItems(f *testing.F) {
	f.Add("a\nb\tx\n")
	f.Add("\ufeffa\r\n\r\nb")
	f.Add("a\n" + strings.Repeat("x", 2000))
	f.Fuzz(func(t *testing.T, text string) {
		items, err := ReadItems(strings.NewReader(text))
		if err != nil {
			return
		}
		p, err := Freeze(items)
		if err != nil {
			if !errors.Is(err, ErrDuplicate) && !errors.Is(err, ErrEmpty) {
				t.Fatalf("%q was read but not frozen: %v", text, err)
			}
			return
		}
		var b bytes.Buffer
		if _, err := p.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadItems(&b)
		if err != nil {
			t.Fatalf("%q cannot be read back: %v", text, err)
		}
		if q, err := Freeze(again); err != nil || q.Hash() != p.Hash() {
			t.Fatalf("%q read back is another population: %v", text, err)
		}
	})
}

func BenchmarkDrawFromAMillion(b *testing.B) {
	p := populationOf(b, 1_000_000)
	for b.Loop() {
		if _, err := Draw(p, "20190424", 100); err != nil {
			b.Fatal(err)
		}
	}
}
