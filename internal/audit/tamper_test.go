package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// contents is a journal with its head, as bytes by path.
type contents map[string][]byte

func (p place) contents(t testing.TB) contents {
	t.Helper()
	c := contents{}
	all, err := parts(p.path())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append([]string{p.head()}, paths(all)...) {
		if c[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func paths(all []part) (out []string) {
	for _, p := range all {
		out = append(out, p.path)
	}
	return out
}

// put lays the contents down and takes other files away.
func (p place) put(t testing.TB, c contents) {
	t.Helper()
	all, err := parts(p.path())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths(all), p.head()) {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for path, b := range c {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// seen fails unless tampering is reported.
func (p place) seen(t testing.TB, what string, c contents) *Report {
	t.Helper()
	p.put(t, c)
	r := verify(t, p.journal())
	if r.Err() == nil {
		t.Fatalf("%s: %d lines verified without complaint", what, r.Lines)
	}
	return r
}

// found fails unless tampering is reported, also after the journal was written again: an append must not cover it up.
func (p place) found(t testing.TB, what string, c contents) *Report {
	t.Helper()
	r := p.seen(t, what, c)
	if err := p.journal().Append(Entry{Act: Search, Phase: Begun}); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNoKey) {
		t.Fatalf("%s: %v", what, err)
	}
	if verify(t, p.journal()).Err() == nil {
		t.Fatalf("%s: the next line covers it up", what)
	}
	return r
}

// every is found for each nth case and seen for the others: appends wait for the disk.
func (p place) every(i, n int) func(testing.TB, string, contents) *Report {
	if i%n == 0 {
		return p.found
	}
	return p.seen
}

func (c contents) with(path string, b []byte) contents {
	out := contents{}
	for k, v := range c {
		out[k] = v
	}
	out[path] = b
	return out
}

func (c contents) without(path string) contents {
	out := c.with(path, nil)
	delete(out, path)
	return out
}

func TestEveryChangedByteIsFound(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 3)
	whole := p.contents(t)
	for path, b := range whole {
		for i := range b {
			for _, mask := range []byte{0x01, 0x20, 0x80} {
				flipped := bytes.Clone(b)
				flipped[i] ^= mask
				p.every(i, 31)(t, fmt.Sprintf("%s byte %d ^ %#x", filepath.Base(path), i, mask), whole.with(path, flipped))
			}
		}
	}
}

func TestEveryTruncationIsFound(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 4)
	whole := p.contents(t)
	for n := range whole[p.path()] {
		p.every(n, 31)(t, fmt.Sprintf("cut to %d bytes", n), whole.with(p.path(), whole[p.path()][:n]))
	}
	for n := range whole[p.head()] {
		p.every(n, 31)(t, fmt.Sprintf("head cut to %d bytes", n), whole.with(p.head(), whole[p.head()][:n]))
	}
	r := p.found(t, "journal removed", whole.without(p.path()))
	if len(r.Problems) != 1 || r.Problems[0] != (Problem{"audit.jsonl", 0, 4, Truncated}) {
		t.Errorf("%+v", r.Problems)
	}
	r = p.found(t, "head removed", whole.without(p.head()))
	if len(r.Problems) != 1 || r.Problems[0].Fault != NoHead {
		t.Errorf("%+v", r.Problems)
	}
}

func TestEveryMovedLineIsFound(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 6)
	whole := p.contents(t)
	lines := bytes.SplitAfter(whole[p.path()], []byte("\n"))
	lines = lines[:len(lines)-1]
	tried := 0
	try := func(line int, what string, changed [][]byte) {
		t.Helper()
		tried++
		r := p.every(tried, 4)(t, fmt.Sprintf("line %d %s", line, what), whole.with(p.path(), bytes.Join(changed, nil)))
		if at := r.Problems[0].Line; at != line && at != 0 {
			t.Errorf("line %d %s: said to be line %d", line, what, at)
		}
	}
	for i := range lines {
		try(i+1, "deleted", slices.Delete(slices.Clone(lines), i, i+1))
		for k := range lines {
			at := i + 1
			if k == i { // of two that are the same the second is one too many
				at++
			}
			try(at, fmt.Sprintf("is a copy of line %d", k+1), slices.Insert(slices.Clone(lines), i, lines[k]))
			if k > i {
				swapped := slices.Clone(lines)
				swapped[i], swapped[k] = swapped[k], swapped[i]
				try(i+1, fmt.Sprintf("and line %d swapped", k+1), swapped)
			}
		}
	}
	try(len(lines)+1, "is a copy of line 2", append(slices.Clone(lines), lines[1]))
	for _, junk := range []string{"\n", "{}\n", "null\n", "[1]\n", "x\n"} {
		try(3, "is junk", slices.Insert(slices.Clone(lines), 2, []byte(junk)))
	}
}

// What somebody without the key can do best: write lines whose hashes are right.
func TestLinesOfSomebodyWithoutTheKeyAreFound(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 3)
	whole := p.contents(t)
	var entries []Entry
	if err := p.journal().Entries(func(e Entry) bool { entries = append(entries, e); return true }); err != nil {
		t.Fatal(err)
	}
	stranger := NewKey(FromFile)
	rechained := func(key *Key, keep bool) []byte {
		var out []byte
		last := Entry{}
		for i, e := range entries {
			if i == 1 {
				e.Act = View
			}
			e.Prev = last.Hash
			id, mac := e.Key, e.Mac
			e, line := seal(e, key)
			if keep { // the key's name and the old mac, under a hash that fits
				e.Key, e.Mac, e.Hash = id, mac, ""
				e.Hash = hashOf(e)
				line = append(canonical(e), '\n')
			}
			last, out = e, append(out, line...)
		}
		return out
	}
	for what, c := range map[string]struct {
		text []byte
		want Fault
	}{
		"old macs":    {rechained(nil, true), Forged},
		"another key": {rechained(&stranger, false), UnknownKey},
		"no key":      {rechained(nil, false), Replaced},
	} {
		r := p.found(t, what, whole.with(p.path(), c.text))
		if !slices.ContainsFunc(r.Problems, func(x Problem) bool { return x.Fault == c.want }) {
			t.Errorf("%s: %+v, want %s", what, r.Problems, c.want)
		}
	}
	fourth, line4 := seal(Entry{Act: Search, Phase: Begun, Seq: 4, Prev: entries[2].Hash, Time: entries[2].Time}, nil)
	_, line5 := seal(Entry{Act: Search, Phase: Begun, Seq: 5, Prev: fourth.Hash, Time: entries[2].Time}, nil)
	r := p.found(t, "unsealed lines at the end", whole.with(p.path(), slices.Concat(whole[p.path()], line4, line5)))
	if !slices.Contains(r.Problems, Problem{"audit.jsonl", 4, 4, Unsealed}) || !slices.Contains(r.Problems, Problem{"audit.jsonl", 5, 5, Unsealed}) {
		t.Errorf("%+v", r.Problems)
	}
}

// Without keys the chain alone must show a line put in the place of another, however right its own hash is.
func TestChainAloneShowsAReplacedLine(t *testing.T) {
	p := newPlace(t, 0)
	j := Open(p.path())
	var lines [][]byte
	for range 3 {
		add(t, j, Entry{Act: Search, Phase: Begun})
	}
	if err := j.Entries(func(e Entry) bool {
		if e.Seq == 2 {
			e.Act = View
		}
		hash := e.Hash
		e, line := seal(e, nil)
		if (e.Hash == hash) != (e.Seq != 2) {
			t.Fatal("the hash is not of the entry")
		}
		lines = append(lines, line)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.path(), bytes.Join(lines, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, j); len(r.Problems) != 1 || r.Problems[0] != (Problem{"audit.jsonl", 3, 3, Order}) {
		t.Errorf("%+v", r.Problems)
	}
}

func TestSwappedAndMissingFilesAreFound(t *testing.T) {
	p := newPlace(t, 1500)
	p.fill(t, 20)
	whole := p.contents(t)
	all, err := parts(p.path())
	if err != nil || len(all) < 5 {
		t.Fatal(len(all), err)
	}
	for i, x := range all {
		p.found(t, filepath.Base(x.path)+" removed", whole.without(x.path))
		p.seen(t, filepath.Base(x.path)+" cut", whole.with(x.path, whole[x.path][:len(whole[x.path])/2]))
		p.found(t, filepath.Base(x.path)+" emptied", whole.with(x.path, nil))
		for _, y := range all[i+1:] {
			p.seen(t, "files swapped", whole.with(x.path, whole[y.path]).with(y.path, whole[x.path]))
		}
	}
	p.put(t, whole)
	holds(t, p.journal(), 20)
}

// Without its head the journal must not pass either, however little of it is left, unless nothing is.
func TestHeadTakenAwayIsFoundFromTheFirstLineOn(t *testing.T) {
	p := newPlace(t, 0)
	j := p.journal()
	for n := range 3 {
		add(t, j, Entry{Act: Search, Phase: Begun})
		whole := p.contents(t)
		r := p.found(t, "head removed", whole.without(p.head()))
		if r.Problems[0] != (Problem{"audit.jsonl", 0, 0, NoHead}) {
			t.Errorf("%d: %+v", n, r.Problems)
		}
		p.put(t, whole)
	}
}

func TestExportedHeadsShowAJournalPutBack(t *testing.T) {
	p := newPlace(t, 0)
	j := p.fill(t, 3)
	before := p.contents(t)
	early, err := j.Head()
	if err != nil {
		t.Fatal(err)
	}
	add(t, j, Entry{Act: Verdict, Phase: Ended})
	late, err := j.Head()
	if err != nil {
		t.Fatal(err)
	}
	if late, err = ParseHead(" " + late.String() + "\n"); err != nil {
		t.Fatal(err)
	}
	if r := holds(t, j, 4, early, late); r.Heads != 3 {
		t.Errorf("%+v", r)
	}
	p.put(t, before) // journal and head together: nothing here tells
	holds(t, j, 3, early)
	if r := verify(t, j, early, late); len(r.Problems) != 1 || r.Problems[0] != (Problem{"audit.jsonl", 0, 4, Truncated}) {
		t.Errorf("%+v", r.Problems)
	}
	add(t, j, Entry{Act: Search, Phase: Begun}) // another fourth line
	if r := verify(t, j, late); len(r.Problems) != 1 || r.Problems[0] != (Problem{"audit.jsonl", 4, 4, Replaced}) {
		t.Errorf("%+v", r.Problems)
	}
	forged := late
	forged.Hash = early.Hash
	if r := verify(t, j, forged); len(r.Problems) != 1 || r.Problems[0].Fault != BadHead {
		t.Errorf("%+v", r.Problems)
	}
}

func TestAnOlderHeadIsFound(t *testing.T) {
	p := newPlace(t, 0)
	j := p.fill(t, 3)
	before := p.contents(t)[p.head()]
	add(t, j, Entry{Act: Search, Phase: Begun})
	after := p.contents(t)
	p.put(t, after.with(p.head(), before))
	holds(t, j, 4) // a crash before the head was written looks the same
	add(t, j, Entry{Act: Search, Phase: Begun})
	holds(t, j, 5)
	r := p.found(t, "a head of two lines before", p.contents(t).with(p.head(), before))
	if r.Problems[0] != (Problem{"audit.jsonl", 0, 3, BadHead}) {
		t.Errorf("%+v", r.Problems)
	}
}

func FuzzVerifyAndReadNeverPanic(f *testing.F) {
	p := newPlace(f, 0)
	p.fill(f, 3)
	b, err := os.ReadFile(p.path())
	if err != nil {
		f.Fatal(err)
	}
	old, err := os.ReadFile("testdata/old.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(old)
	f.Add([]byte("{}\n{\"seq\":1}\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := newPlace(t, 0)
		if err := errors.Join(makeFolder(filepath.Dir(p.path())), os.WriteFile(p.path(), text, 0o600)); err != nil {
			t.Fatal(err)
		}
		verify(t, p.journal())
		forth, back := 0, 0
		bad := p.journal().Entries(func(Entry) bool { forth++; return true })
		page, err := p.journal().Page(Filter{}, Cursor{}, 1<<20)
		back = len(page.Entries)
		if bad == nil && (err != nil || forth != back) {
			t.Fatalf("%d lines forth, %d back, %v", forth, back, err)
		}
		err = p.journal().Append(Entry{Act: Search, Phase: Begun})
		if err == nil && bad == nil {
			if page, err := p.journal().Page(Filter{}, Cursor{}, 1); err != nil || page.Entries[0].Act != Search {
				t.Fatalf("%+v, %v", page, err)
			}
		}
	})
}

func FuzzHeadText(f *testing.F) {
	key := NewKey(FromKeyring)
	e, _ := seal(Entry{Seq: 7, Act: View}, &key)
	f.Add(headOf(e, &key).String())
	f.Add(headOf(e, nil).String())
	f.Add(headWord + " 1 x - - -")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHead(s)
		if err != nil {
			return
		}
		if again, err := ParseHead(h.String()); err != nil || again != h {
			t.Fatalf("%q: %+v, %+v, %v", s, h, again, err)
		}
		if h.sound([]Key{NewKey(FromFile)}) {
			t.Fatalf("%q passes for sealed", s)
		}
	})
}

// A keyring that does not answer for one run leaves the key of that run's head and lines unknown to the other, which is no tampering.
func TestAKeyAwayForAWhileIsNoTampering(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 2)
	other := NewKey(FromFile)
	for range 2 {
		add(t, p.journal(other), Entry{Act: Search, Phase: Begun})
		add(t, p.journal(p.key, other), Entry{Act: Search, Phase: Begun})
	}
	holds(t, p.journal(p.key, other), 10) // a line about the key before each
	for _, x := range verify(t, p.journal(other)).Problems {
		if x.Fault != UnknownKey {
			t.Errorf("without the first key: %+v", x)
		}
	}
}

// A head that could not be checked when it was overwritten is once its key is back.
func TestAForgedHeadIsFoundOnceItsKeyIsBack(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 2)
	short := p.contents(t)
	p.fill(t, 1)
	h, err := ParseHead(string(short[p.head()]))
	if err != nil {
		t.Fatal(err)
	}
	stranger, other := NewKey(FromFile), NewKey(FromFile)
	h.Mac = stranger.sum(headLabel, h.sealed())
	for what, forged := range map[string]Head{"its key's name": h, "another key's": headOf(Entry{Seq: h.Seq, Hash: h.Hash, Time: h.Time}, &stranger)} {
		p.put(t, short.with(p.head(), headText(forged)))
		add(t, p.journal(other), Entry{Act: Search, Phase: Begun})
		if verify(t, p.journal(p.key, other)).Err() == nil {
			t.Errorf("a head with %s, and the journal cut with it", what)
		}
	}
}
