package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/i18n"
)

// full is a disk that takes n more writes.
type full struct{ n int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.n--; f.n < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestLinesThatCannotBeWrittenAreAnError(t *testing.T) {
	dir := t.TempDir()
	p := &program{out: &full{1}, err: &full{}, cat: i18n.Load("en"), paths: config.Paths{State: dir, Data: dir}}
	p.flags.json = true
	p.acts = audit.Open(filepath.Join(dir, "audit.jsonl"))
	for range 3 {
		if err := p.acts.Append(audit.Entry{Act: audit.Search, Phase: audit.Begun}); err != nil {
			t.Fatal(err)
		}
	}
	for _, last := range []int{0, 2} {
		if err := p.showAudit(audit.Filter{}, last); !errors.Is(err, errFull) {
			t.Errorf("audit show, the last %d: %v", last, err)
		}
	}
	lines := `{"path":"gone.jpg","fileId":"1","bytes":1,"sha256":"00"}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "manifest.jsonl"), []byte(lines+lines), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p.flags.json = range []bool{true, false} {
		c := p.verifyDownload()
		if err := c.RunE(c, []string{dir}); !errors.Is(err, errFull) {
			t.Errorf("download verify: %v", err)
		}
	}
}
