// Package audit keeps the journal: one JSON object a line, each holding the hash of the one before, on disk before the act it speaks
// of. It holds codes and ids, never names, document numbers, passwords or tokens.
package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Act is what a line speaks of.
type Act string

// The acts.
const (
	SignIn     Act = "sign-in"
	Search     Act = "search"
	List       Act = "list"
	View       Act = "view"
	Download   Act = "download"
	Upload     Act = "upload"
	Archive    Act = "archive"
	Discard    Act = "discard"
	AddAccount Act = "add-account"
	Trust      Act = "trust"
	Reveal     Act = "reveal" // a document number was shown in full
)

// Phase says whether a line stands before or after its act.
type Phase string

// The phases. A Begun without an Ended of the same Ref is an act whose outcome the program did not live to see.
const (
	Begun Phase = "begun"
	Ended Phase = "ended"
)

// The results of an Ended line.
const (
	OK      = "ok"
	Failed  = "failed"
	Unknown = "unknown" // the platform may or may not have done it
)

// Entry is one line. Seq, Time, Prev and Hash are filled in by Append.
type Entry struct {
	Seq     int64             `json:"seq"` // counts from 1
	Time    time.Time         `json:"time"`
	Act     Act               `json:"act"`
	Phase   Phase             `json:"phase"`
	Ref     string            `json:"ref,omitempty"` // ties Ended to Begun
	Profile string            `json:"profile,omitempty"`
	User    string            `json:"user,omitempty"`
	Result  string            `json:"result,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"`
	Prev    string            `json:"prev"` // hash of the line before; empty on the first
	Hash    string            `json:"hash"` // SHA-256 of this line without its hash
}

// Journal is one journal file, which several programs may share.
type Journal struct{ path string }

// Open returns the journal at path; the file and its folder are made by the first Append.
func Open(path string) *Journal { return &Journal{path} }

// Path returns where the journal is.
func (j *Journal) Path() string { return j.path }

// Append adds a line and returns when it is on disk.
func (j *Journal) Append(e Entry) error {
	if err := j.add(e); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

func (j *Journal) add(e Entry) error {
	if err := os.MkdirAll(filepath.Dir(j.path), 0o700); err != nil {
		return err
	}
	f, err := lockedfile.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600) // holds the lock until closed
	if err != nil {
		return err
	}
	defer f.Close()
	last, end, err := tail(f)
	if err != nil {
		return err
	}
	e.Seq, e.Prev, e.Time = last.Seq+1, last.Hash, time.Now().UTC().Truncate(time.Millisecond)
	line, err := seal(e)
	if err != nil {
		return err
	}
	if err := f.Truncate(end); err != nil {
		return err
	}
	if _, err := f.WriteAt(line, end); err != nil {
		return err
	}
	return f.Sync()
}

// tail returns the last complete line and where the next one goes. A torn last line, left by a crash, is cut off: it was never
// acknowledged.
func tail(f io.ReadSeeker) (last Entry, end int64, err error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return last, 0, err
	}
	from := max(0, size-64<<10)
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return last, 0, err
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return last, 0, err
	}
	stop := bytes.LastIndexByte(b, '\n')
	if stop < 0 {
		return last, from, nil
	}
	start := bytes.LastIndexByte(b[:stop], '\n') + 1
	if err := json.Unmarshal(b[start:stop], &last); err != nil {
		return last, 0, fmt.Errorf("its last line is damaged: %w", err)
	}
	return last, from + int64(stop) + 1, nil
}

// seal returns e as a line with its hash. The hash covers the line as it would be with an empty one.
func seal(e Entry) ([]byte, error) {
	e.Hash = ""
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	e.Hash = hex.EncodeToString(sum[:])
	b, err = json.Marshal(e)
	return append(b, '\n'), err
}

// Entries calls each for every line, in order, until it returns false.
func (j *Journal) Entries(each func(Entry) bool) error {
	return j.lines(func(_ int, line []byte) (bool, error) {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return false, err
		}
		return each(e), nil
	})
}

// Verify returns how many lines hold together, and an error naming the first that does not.
func (j *Journal) Verify() (good int, err error) {
	prev := Entry{}
	err = j.lines(func(n int, line []byte) (bool, error) {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return false, fmt.Errorf("line %d cannot be read: %w", n, err)
		}
		again, err := seal(e)
		switch {
		case err != nil:
			return false, err
		case !bytes.Equal(bytes.TrimRight(again, "\n"), line):
			return false, fmt.Errorf("line %d was changed", n)
		case e.Prev != prev.Hash || e.Seq != prev.Seq+1:
			return false, fmt.Errorf("line %d does not follow line %d", n, n-1)
		}
		prev, good = e, n
		return true, nil
	})
	return good, err
}

func (j *Journal) lines(each func(n int, line []byte) (bool, error)) error {
	f, err := os.Open(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		if more, err := each(n, in.Bytes()); err != nil || !more {
			return err
		}
	}
	return in.Err()
}
