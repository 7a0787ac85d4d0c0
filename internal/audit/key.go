package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Source is where a key is kept.
type Source string

// The sources.
const (
	FromKeyring Source = "keyring"
	FromFile    Source = "file" // beside the journal: whoever can read and write there can forge it
)

// keySize is in bytes.
const keySize = 32

// ErrKey is returned for a text that is no key.
var ErrKey = errors.New("audit: not a key")

// Key seals lines and heads. Its print forms hide it.
type Key struct {
	secret *[keySize]byte // behind a pointer, so that no print form of a parent shows it
	source Source
}

// NewKey makes a key.
func NewKey(source Source) Key {
	k := Key{new([keySize]byte), source}
	_, _ = rand.Read(k.secret[:]) // never fails
	return k
}

// ParseKey returns the key that Reveal wrote. Error: ErrKey.
func ParseKey(text string, source Source) (Key, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != keySize {
		return Key{}, ErrKey
	}
	return Key{(*[keySize]byte)(b), source}, nil
}

// Reveal returns the key as text, to be kept.
func (k Key) Reveal() string { return hex.EncodeToString(k.secret[:]) }

// Source returns where the key is kept.
func (k Key) Source() Source { return k.source }

// ID names the key without giving it away: 16 hex digits of a hash.
func (k Key) ID() string { return k.sum("imagery audit key\n", nil)[:16] }

// String hides the key.
func (k Key) String() string { return "key " + k.ID() }

// GoString hides the key.
func (k Key) GoString() string { return k.String() }

// What is sealed is told apart by a label, so that a line can never pass for a head.
const (
	lineLabel = "imagery audit line\n"
	headLabel = "imagery audit head\n"
)

func (k Key) sum(label string, b []byte) string {
	h := hmac.New(sha256.New, k.secret[:])
	h.Write([]byte(label))
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

func (k Key) fits(mac, label string, b []byte) bool {
	return hmac.Equal([]byte(mac), []byte(k.sum(label, b)))
}

func keyOf(id string, keys []Key) (Key, bool) {
	for _, k := range keys {
		if k.ID() == id {
			return k, true
		}
	}
	return Key{}, false
}

// KeyFile returns the key in a file that only its owner can read, and makes both if the file does not exist. Error: ErrKey for a file that
// holds something else.
func KeyFile(path string) (Key, error) {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return Key{}, err
	}
	f, err := lockedfile.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // locked: two programs may start at once
	if err != nil {
		return Key{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return Key{}, err
	}
	if len(b) > 0 {
		k, err := ParseKey(string(bytes.TrimSpace(b)), FromFile)
		if err != nil {
			return Key{}, fmt.Errorf("reading %s: %w", filepath.Base(path), err)
		}
		return k, nil
	}
	k := NewKey(FromFile)
	if _, err := f.WriteAt([]byte(k.Reveal()+"\n"), 0); err != nil {
		return Key{}, err
	}
	return k, errors.Join(f.Sync(), syncFolder(filepath.Dir(path)))
}
