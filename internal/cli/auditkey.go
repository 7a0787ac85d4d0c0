package cli

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/secret"
)

// auditEntry is the name the journal's key has in the system's keyring, in place of a profile's and a user's: no profile has an empty name.
const auditEntry = "audit-journal-key"

// journal is where this user's acts are recorded. Its key is only looked for when it is first needed. The head is kept with the data, apart from
// the journal in the state folder, so that one is not put back without the other by accident.
func (p *program) journal() *audit.Journal {
	if p.acts == nil {
		p.acts = audit.New(audit.Options{
			Path: filepath.Join(p.paths.State, "audit.jsonl"),
			Head: filepath.Join(p.paths.Data, "audit.head"),
			Keys: p.auditKeys,
		})
	}
	return p.acts
}

// auditKeys returns the journal's key: the keyring's, which is made on first use; without a keyring one in a file beside the journal, which
// protects against accidents and other users only. A key file from a time without a keyring is still known, for the lines of that time.
func (p *program) auditKeys() ([]audit.Key, error) {
	file := filepath.Join(p.paths.State, "audit.key")
	ring, err := keyringKey(filepath.Join(p.paths.State, "audit-key.lock"))
	if errors.Is(err, secret.ErrNoKeyring) {
		k, err := audit.KeyFile(file)
		return []audit.Key{k}, err
	}
	if err != nil {
		return nil, err
	}
	keys := []audit.Key{ring}
	if exists(file) {
		k, err := audit.KeyFile(file)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// keyringKey returns the key in the system's keyring, and makes one where there is none; under a lock, as two programs may start at once.
// Error: secret.ErrNoKeyring.
func keyringKey(lock string) (audit.Key, error) {
	stored, err := secret.Keyring{}.Load("", auditEntry)
	if err == nil {
		return audit.ParseKey(stored.Reveal(), audit.FromKeyring)
	}
	if !errors.Is(err, secret.ErrNone) {
		return audit.Key{}, err
	}
	if err := os.MkdirAll(filepath.Dir(lock), 0o700); err != nil {
		return audit.Key{}, err
	}
	unlock, err := lockedfile.MutexAt(lock).Lock()
	if err != nil {
		return audit.Key{}, err
	}
	defer unlock()
	if stored, err := (secret.Keyring{}).Load("", auditEntry); err == nil {
		return audit.ParseKey(stored.Reveal(), audit.FromKeyring)
	}
	made := audit.NewKey(audit.FromKeyring)
	return made, secret.Keyring{}.Store("", auditEntry, client.NewSecret(made.Reveal()))
}
