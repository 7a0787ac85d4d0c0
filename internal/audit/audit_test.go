package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// place is where a test keeps a journal, its head and its key.
type place struct {
	dir string
	max int64
	key Key
}

func newPlace(t testing.TB, max int64) place {
	return place{t.TempDir(), max, NewKey(FromKeyring)}
}

// journal returns the journal as another program would open it.
func (p place) journal(keys ...Key) *Journal {
	if len(keys) == 0 {
		keys = []Key{p.key}
	}
	return New(Options{Path: p.path(), Head: p.head(), MaxBytes: p.max, Keys: func() ([]Key, error) { return keys, nil }})
}

func (p place) path() string { return filepath.Join(p.dir, "state", "audit.jsonl") }
func (p place) head() string { return filepath.Join(p.dir, "data", "audit.head") }

func (p place) fill(t testing.TB, n int) *Journal {
	t.Helper()
	j := p.journal()
	for i := range n {
		add(t, j, Entry{Act: Discard, Phase: Begun, Ref: fmt.Sprint(i), Detail: map[string]string{"b": "2", "a": "<1>"}})
	}
	return j
}

func add(t testing.TB, j *Journal, e Entry) {
	t.Helper()
	if err := j.Append(e); err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, j *Journal, heads ...Head) *Report {
	t.Helper()
	r, err := j.Verify(heads...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// holds fails unless the journal has so many lines and no problem.
func holds(t testing.TB, j *Journal, lines int64, heads ...Head) *Report {
	t.Helper()
	r := verify(t, j, heads...)
	if r.Lines != lines || r.Err() != nil {
		t.Fatalf("%d lines, want %d: %v", r.Lines, lines, r.Problems)
	}
	return r
}

func TestJournalHoldsTogether(t *testing.T) {
	p := newPlace(t, 0)
	j := p.fill(t, 5)
	r := holds(t, j, 5)
	if r.Files != 1 || r.Unsealed != 0 || !r.Checked || r.Heads != 1 || len(r.Seals) != 1 || r.Seals[0] != (Seal{1, p.key.ID(), FromKeyring}) || r.Forgeable() {
		t.Errorf("%+v", r)
	}
	var refs []string
	if err := j.Entries(func(e Entry) bool { refs = append(refs, e.Ref); return len(refs) < 3 }); err != nil || fmt.Sprint(refs) != "[0 1 2]" {
		t.Errorf("read %v, %v", refs, err)
	}
}

func TestEmptyJournalHolds(t *testing.T) {
	j := newPlace(t, 0).journal()
	holds(t, j, 0)
	if h, err := j.Head(); err != nil || h.Seq != 0 || h.Mac == "" {
		t.Errorf("%v, %v", h, err)
	} else if again, err := ParseHead(h.String()); err != nil || again != h {
		t.Errorf("%v, %v", again, err)
	}
	if page, err := j.Page(Filter{}, Cursor{}, 3); err != nil || len(page.Entries) != 0 || page.Next != nil {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestLinesAreCanonical(t *testing.T) {
	p := newPlace(t, 0)
	add(t, p.journal(), Entry{Act: View, Phase: Begun, User: "<é\u2028\"\\\b\t\n\x01\xff\U0001F600>", Detail: map[string]string{"b": "&", "a": ""}})
	b, err := os.ReadFile(p.path())
	if err != nil {
		t.Fatal(err)
	}
	line := string(b)
	for _, want := range []string{
		`{"act":"view","detail":{"a":"","b":"&"},"hash":"`, `","phase":"begun","prev":"","seq":1,"time":"`, `Z","user":"<é` + "\u2028" + `\"\\\b\t\n\u0001` + "\ufffd\U0001F600" + `>"}` + "\n",
	} {
		if !strings.Contains(line, want) {
			t.Errorf("%q is not in %q", want, line)
		}
	}
	holds(t, p.journal(), 1)
}

func TestSeveralWritersKeepOneChain(t *testing.T) {
	p := newPlace(t, 2000)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			j := p.journal()
			for range 10 {
				if err := j.Append(Entry{Act: Search, Phase: Begun}); err != nil {
					t.Error(err)
				}
				if r, err := j.Verify(); err != nil || r.Err() != nil {
					t.Errorf("verified while others write: %+v, %v", r, err)
				}
			}
		})
	}
	wg.Wait()
	if r := holds(t, p.journal(), 40); r.Files < 5 {
		t.Errorf("only %d files", r.Files)
	}
}

func TestTornLineIsCutOff(t *testing.T) {
	p := newPlace(t, 0)
	j := p.fill(t, 2)
	f, err := os.OpenFile(p.path(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString(`{"act":"` + strings.Repeat("x", 200_000))
	_ = f.Close()
	if r := holds(t, j, 2); !r.Torn {
		t.Error("half a line is not mentioned")
	}
	if page, err := j.Page(Filter{}, Cursor{}, 10); err != nil || len(page.Entries) != 2 {
		t.Errorf("%d entries, %v", len(page.Entries), err)
	}
	add(t, j, Entry{Act: Archive, Phase: Begun})
	if r := holds(t, j, 3); r.Torn {
		t.Error("half a line is still there")
	}
}

func TestLongEntries(t *testing.T) {
	p := newPlace(t, 0)
	j := p.journal()
	add(t, j, Entry{Act: List, Phase: Begun, Detail: map[string]string{"codes": strings.Repeat("1101,", 100_000)}})
	add(t, j, Entry{Act: List, Phase: Ended})
	if err := j.Append(Entry{Act: List, Phase: Begun, User: strings.Repeat("x", maxLine)}); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v", err)
	}
	holds(t, j, 2)
}

func TestFullFilesAreClosed(t *testing.T) {
	p := newPlace(t, 1500)
	j := p.fill(t, 20)
	r := holds(t, j, 20)
	if r.Files < 5 {
		t.Fatalf("%d files", r.Files)
	}
	all, err := parts(p.path())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if info, err := os.Stat(x.path); err != nil || info.Size() > 1500 || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", x.path, info, err)
		}
	}
	// A crash between closing a file and beginning the next.
	if err := os.Rename(p.path(), numbered(p.path(), len(all))); err != nil {
		t.Fatal(err)
	}
	holds(t, j, 20)
	add(t, j, Entry{Act: Search, Phase: Begun})
	holds(t, j, 21)
}

func TestReaderFollowsAFileThatIsClosedMeanwhile(t *testing.T) {
	p := newPlace(t, 900)
	j := p.fill(t, 2)
	before, err := parts(p.path())
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		add(t, j, Entry{Act: Search, Phase: Begun})
	}
	f, err := before[len(before)-1].open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if want := numbered(p.path(), len(before)); f.Name() != want {
		t.Errorf("opened %s, want %s", f.Name(), want)
	}
}

func TestNothingIsWrittenOverADamagedLastLine(t *testing.T) {
	p := newPlace(t, 0)
	j := p.fill(t, 2)
	b, err := os.ReadFile(p.path())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.path(), append(b, "not a line\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(Entry{Act: Archive, Phase: Begun}); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
	if r := verify(t, j); len(r.Problems) != 1 || r.Problems[0] != (Problem{"audit.jsonl", 3, 0, Unreadable}) {
		t.Errorf("%+v", r)
	}
}

func TestWithoutAKeyASealedJournalIsNotWritten(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 1)
	if err := Open(p.path()).Append(Entry{Act: Archive, Phase: Begun}); !errors.Is(err, ErrNoKey) {
		t.Errorf("got %v", err)
	}
	if r := holds(t, Open(p.path()), 1); r.Checked {
		t.Error("seals were checked without a key")
	}
	want := errors.New("locked")
	j := New(Options{Path: p.path(), Keys: func() ([]Key, error) { return nil, want }})
	if err := j.Append(Entry{}); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
	if _, err := j.Verify(); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestAnotherKeyIsOnRecord(t *testing.T) {
	p := newPlace(t, 0)
	p.fill(t, 2)
	other := NewKey(FromFile)
	both := p.journal(other, p.key)
	add(t, both, Entry{Act: Archive, Phase: Begun})
	r := holds(t, both, 4) // the one about the key came before
	if len(r.Seals) != 2 || r.Seals[1] != (Seal{3, other.ID(), FromFile}) || !r.Forgeable() {
		t.Errorf("%+v", r)
	}
	r = verify(t, p.journal(other))
	if len(r.Problems) != 2 || r.Problems[0] != (Problem{"audit.jsonl", 1, 1, UnknownKey}) || r.Problems[1].Line != 2 {
		t.Errorf("%+v", r)
	}
}

// testdata/old.jsonl was written by the program before lines were sealed.
func TestOldJournalIsCarriedOn(t *testing.T) {
	old, err := os.ReadFile("testdata/old.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	p := newPlace(t, 0)
	if err := errors.Join(makeFolder(filepath.Dir(p.path())), os.WriteFile(p.path(), old, 0o600)); err != nil {
		t.Fatal(err)
	}
	n := int64(bytes.Count(old, []byte("\n")))
	holds(t, p.journal(), n)
	add(t, p.journal(), Entry{Act: Archive, Phase: Begun})
	r := holds(t, p.journal(), n+2)
	if r.Unsealed != n || len(r.Seals) != 1 || r.Seals[0].From != n+1 {
		t.Errorf("%+v", r)
	}
	var said []string
	if err := p.journal().Entries(func(e Entry) bool { said = append(said, string(e.Act)+" "+e.Detail["event"]); return true }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(said[n-1:], ","); got != "discard ,journal keyed,archive " {
		t.Errorf("%q", got)
	}
	now, err := os.ReadFile(p.path())
	if err != nil || !bytes.HasPrefix(now, old) {
		t.Errorf("the old lines are not as they were: %v", err)
	}
	for i := range old {
		flipped := bytes.Clone(now)
		flipped[i] ^= 1
		if err := os.WriteFile(p.path(), flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		if verify(t, p.journal()).Err() == nil {
			t.Fatalf("byte %d of the old lines was changed", i)
		}
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "audit.key")
	var keys [4]Key
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = KeyFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k.Reveal() != keys[0].Reveal() || k.Source() != FromFile {
			t.Error("two programs have two keys")
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", keys[0], struct{ K Key }{keys[0]}, keys[0], keys[0]); strings.Contains(s, keys[0].Reveal()[:8]) {
		t.Errorf("printed: %s", s)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := KeyFile(path); !errors.Is(err, ErrKey) {
		t.Errorf("got %v", err)
	}
}

func TestPagesAreNewestFirst(t *testing.T) {
	p := newPlace(t, 3000)
	j := p.journal()
	for i := range 60 {
		act := Act(Search)
		if i%3 == 0 {
			act = View
		}
		add(t, j, Entry{Act: act, Phase: Begun, Ref: fmt.Sprint(i), User: "u" + fmt.Sprint(i%2), Profile: "p"})
	}
	var refs []string
	var from Cursor
	for pages := 0; ; pages++ {
		page, err := p.journal().Page(Filter{Acts: []Act{View}, User: "u0", Profile: "p"}, from, 3)
		if err != nil || pages > 5 {
			t.Fatal(pages, err)
		}
		for _, e := range page.Entries {
			refs = append(refs, e.Ref)
		}
		if page.Next == nil {
			break
		}
		from = *page.Next
		add(t, j, Entry{Act: View, Phase: Begun, User: "u0", Profile: "p", Ref: "later"}) // files are closed meanwhile
	}
	if got := strings.Join(refs, " "); got != "54 48 42 36 30 24 18 12 6 0" {
		t.Errorf("got %s", got)
	}
}

func TestFilterChooses(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	e := Entry{Act: View, Time: noon, Profile: "p", User: "u"}
	for _, c := range []struct {
		f    Filter
		want bool
	}{
		{Filter{}, true},
		{Filter{Acts: []Act{Search, View}, From: noon, To: noon.Add(time.Second), Profile: "p", User: "u"}, true},
		{Filter{Acts: []Act{Search}}, false},
		{Filter{From: noon.Add(1)}, false},
		{Filter{To: noon}, false},
		{Filter{Profile: "q"}, false},
		{Filter{User: "v"}, false},
	} {
		if c.f.Match(e) != c.want {
			t.Errorf("%+v", c.f)
		}
	}
}
