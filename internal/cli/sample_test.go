package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"imagery/internal/review"
)

// signed puts a reviewed and signed run where the commands look for it.
func signed(t *testing.T, home string) (run string) {
	t.Helper()
	b, err := review.Open(t.Context(), filepath.Join(home, "state", "review.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	s := review.Selection{Profile: "prod", By: "mt1", Question: review.Question{Confidence: 0.95, Tolerable: 0.5}}
	for i := range 30 {
		s.Members = append(s.Members, review.Member{ID: fmt.Sprint("id", i), AccountNo: fmt.Sprint(8800 + i), BizType: "0", Name: "张三"})
	}
	s.Checklist = review.Checklist{Version: 1, Checks: []review.Check{{ID: "legible", Zh: "清晰", En: "legible"}}}
	r, err := b.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for range r.Plan.Size {
		task, err := b.Next(t.Context(), r.ID, "mt1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Put(t.Context(), task, review.Verdict{Answers: []review.Answer{{Check: "legible", Value: review.Pass}}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.SignOff(t.Context(), r.ID, "mt1", ""); err != nil {
		t.Fatal(err)
	}
	return r.ID
}

func TestASignedRunIsPackedAndItsPackVerified(t *testing.T) {
	home := t.TempDir()
	t.Setenv("IMAGERY_HOME", home)
	run := signed(t, home)
	exits := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if got := Main(append(args, "--lang", "en"), os.Stdin, &out, &out); got != want {
			t.Fatalf("%v exits %d, want %d\n%s", args, got, want, out.String())
		}
		return out.String()
	}
	pack := filepath.Join(t.TempDir(), "pack")
	exits(exitOK, "sample", "pack", run, "--out", pack)
	if got := exits(exitOK, "sample", "verify", pack); !strings.Contains(got, "The pack holds: ") {
		t.Error(got)
	}
	if got := exits(exitOK, "sample", "show", run, "--json"); !strings.Contains(got, `"conclusion":"met"`) || strings.Contains(got, "张三") {
		t.Error(got)
	}
	if got := exits(exitOK, "sample", "show", run); !strings.Contains(got, "reviewed\tpassed\tmt1") {
		t.Error(got)
	}
	exits(exitFailed, "sample", "pack", run, "--out", pack)
	page := filepath.Join(pack, "report.html")
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(page, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := exits(exitFailed, "sample", "verify", pack); got != "report.html: changed: its hash is another\n" {
		t.Error(got)
	}
	if got := exits(exitFailed, "sample", "verify", pack, "--json"); !strings.Contains(got, `{"type":"problem","file":"report.html","fault":"changed"}`) {
		t.Error(got)
	}
}
