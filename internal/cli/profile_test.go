package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"imagery/internal/completeness"
	"imagery/internal/completeness/runs"
	"imagery/internal/rules"
)

// What is kept under the name of a profile that is removed would else be the next one's of that name.
func TestARemovedProfileTakesAlongWhatIsKeptOfIt(t *testing.T) {
	home := t.TempDir()
	t.Setenv("IMAGERY_HOME", home)
	command := func(want int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := Main(args, os.Stdin, &out, &out); got != want {
			t.Fatalf("%v exits %d, want %d\n%s", args, got, want, out.String())
		}
	}
	command(exitOK, "profile", "add", "one", "--url", "https://crm.example")
	kept := runs.New(filepath.Join(home, "state", "runs.db"))
	defer kept.Close()
	_, err := kept.Put(t.Context(), "one", &completeness.Run{Rules: rules.NewFile().Set()})
	own := filepath.Join(home, "rules-one.toml")
	if err := errors.Join(err, os.WriteFile(own, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("IMAGERY_URL", "https://elsewhere.example")
	command(exitOK, "profile", "remove", "one")
	if left, err := kept.List(t.Context(), "one"); err != nil || len(left) != 0 {
		t.Errorf("%d runs are left, %v", len(left), err)
	}
	if exists(own) {
		t.Error("its rules are left")
	}
	command(exitUsage, "profile", "remove", "one")
}
