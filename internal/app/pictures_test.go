package app

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"imagery/internal/audit"
	"imagery/internal/transfer"
)

func TestNobodyFetchesAFileWhoseViewIsNotInTheJournal(t *testing.T) {
	p := &platform{}
	a := start(t, p, nil)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a.conn.journal = audit.Open(filepath.Join(file, "audit.jsonl")) // no folder: it cannot be written
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, _, err := a.Look(t.Context(), transfer.Item{FileID: "F1"}); !errors.Is(err, ErrJournal) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := p.calls["files"]; n != 0 {
		t.Errorf("fetched %d times", n)
	}
}
