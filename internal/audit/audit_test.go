package audit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func filled(t *testing.T, n int) *Journal {
	t.Helper()
	j := Open(filepath.Join(t.TempDir(), "deep", "audit.jsonl"))
	for i := range n {
		if err := j.Append(Entry{Act: Discard, Phase: Begun, Ref: fmt.Sprint(i), Detail: map[string]string{"b": "2", "a": "<1>"}}); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func TestJournalHoldsTogether(t *testing.T) {
	j := filled(t, 5)
	if n, err := j.Verify(); n != 5 || err != nil {
		t.Errorf("verified %d, %v", n, err)
	}
	var refs []string
	if err := j.Entries(func(e Entry) bool { refs = append(refs, e.Ref); return len(refs) < 3 }); err != nil || len(refs) != 3 {
		t.Errorf("read %v, %v", refs, err)
	}
}

func TestSeveralWritersKeepOneChain(t *testing.T) {
	j := filled(t, 1)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if err := Open(j.Path()).Append(Entry{Act: Search, Phase: Begun}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n, err := j.Verify(); n != 41 || err != nil {
		t.Errorf("verified %d, %v", n, err)
	}
}

func TestTamperingIsFound(t *testing.T) {
	for name, tamper := range map[string]func([][]byte) [][]byte{
		"flipped": func(l [][]byte) [][]byte {
			l[2] = bytes.Replace(l[2], []byte("discard"), []byte("archive"), 1)
			return l
		},
		"deleted":   func(l [][]byte) [][]byte { return slices.Delete(l, 1, 2) },
		"inserted":  func(l [][]byte) [][]byte { return slices.Insert(l, 2, l[1]) },
		"reordered": func(l [][]byte) [][]byte { l[1], l[2] = l[2], l[1]; return l },
		"spaced":    func(l [][]byte) [][]byte { l[2] = bytes.Replace(l[2], []byte(":"), []byte(": "), 1); return l },
	} {
		j := filled(t, 5)
		b, err := os.ReadFile(j.Path())
		if err != nil {
			t.Fatal(err)
		}
		lines := tamper(bytes.SplitAfter(b, []byte("\n")))
		if err := os.WriteFile(j.Path(), bytes.Join(lines, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		if n, err := j.Verify(); err == nil {
			t.Errorf("%s: %d lines verified without complaint", name, n)
		}
	}
}

func TestTornLineIsCutOff(t *testing.T) {
	j := filled(t, 2)
	f, err := os.OpenFile(j.Path(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString(`{"seq":3,"act":"` + strings.Repeat("x", 1000))
	_ = f.Close()
	if err := j.Append(Entry{Act: Archive, Phase: Begun}); err != nil {
		t.Fatal(err)
	}
	if n, err := j.Verify(); n != 3 || err != nil {
		t.Errorf("verified %d, %v", n, err)
	}
}
