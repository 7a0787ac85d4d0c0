package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/zalando/go-keyring"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/secret"
)

// begun returns a program that keeps its journal under dir.
func begun(dir string) *program {
	return &program{paths: config.Paths{State: filepath.Join(dir, "state"), Data: filepath.Join(dir, "data")}}
}

func keysOf(t *testing.T, dir string) []audit.Key {
	t.Helper()
	keys, err := begun(dir).auditKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestJournalsKeyIsInTheKeyring(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	first, again := keysOf(t, dir), keysOf(t, dir)
	if len(first) != 1 || first[0].Source() != audit.FromKeyring || again[0].Reveal() != first[0].Reveal() {
		t.Errorf("%v, %v", first, again)
	}
	if _, err := os.Stat(filepath.Join(dir, "state", "audit.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is in a file too: %v", err)
	}
}

func TestWithoutAKeyringTheKeyIsInAFile(t *testing.T) {
	keyring.MockInitWithError(errors.New("no D-Bus"))
	t.Cleanup(keyring.MockInit)
	dir := t.TempDir()
	first, again := keysOf(t, dir), keysOf(t, dir)
	if len(first) != 1 || first[0].Source() != audit.FromFile || again[0].Reveal() != first[0].Reveal() {
		t.Errorf("%v, %v", first, again)
	}
	info, err := os.Stat(filepath.Join(dir, "state", "audit.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// A keyring that comes later takes over, and what the file's key sealed still holds.
func TestKeyringTakesOverFromTheFile(t *testing.T) {
	dir := t.TempDir()
	keyring.MockInitWithError(errors.New("locked"))
	if err := begun(dir).journal().Append(audit.Entry{Act: audit.Search, Phase: audit.Begun}); err != nil {
		t.Fatal(err)
	}
	keyring.MockInit()
	if err := begun(dir).journal().Append(audit.Entry{Act: audit.Search, Phase: audit.Begun}); err != nil {
		t.Fatal(err)
	}
	r, err := begun(dir).journal().Verify()
	if err != nil || r.Err() != nil || r.Lines != 3 || len(r.Seals) != 2 || r.Seals[1].Source != audit.FromKeyring || !r.Forgeable() {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestKeyringThatDoesNotAnswerOnceIsNoTampering(t *testing.T) {
	t.Cleanup(keyring.MockInit)
	dir := t.TempDir()
	keyring.MockInit()
	key := audit.NewKey(audit.FromKeyring)
	for _, answers := range []bool{true, false, true} {
		keyring.MockInitWithError(errors.New("locked"))
		if answers {
			keyring.MockInit()
			if err := (secret.Keyring{}).Store("", auditEntry, client.NewSecret(key.Reveal())); err != nil {
				t.Fatal(err)
			}
		}
		if err := begun(dir).journal().Append(audit.Entry{Act: audit.Search, Phase: audit.Begun}); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := begun(dir).journal().Verify(); err != nil || r.Err() != nil || r.Lines != 5 {
		t.Errorf("%+v, %v", r, err)
	}
}
