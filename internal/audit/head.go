package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Head says how far a journal has come: its last line's number and hash. Kept in another place, it shows later that nothing up to that line
// was changed or taken away since.
type Head struct {
	Seq  int64     `json:"seq"` // 0 for a journal without lines
	Hash string    `json:"hash"`
	Time time.Time `json:"time"`          // of that line
	Key  string    `json:"key,omitempty"` // Key.ID; empty without a key
	Mac  string    `json:"mac,omitempty"`
}

// ErrHead is returned for a text that is no head.
var ErrHead = errors.New("audit: not a journal's head")

const headWord = "imagery-audit-head"

func headOf(e Entry, key *Key) Head {
	h := Head{Seq: e.Seq, Hash: e.Hash, Time: e.Time.UTC().Truncate(time.Millisecond)}
	if key != nil {
		h.Key = key.ID()
		h.Mac = key.sum(headLabel, h.sealed())
	}
	return h
}

func (h Head) sealed() []byte {
	return fmt.Appendf(nil, "%d %s %s %s", h.Seq, h.Hash, h.Time.UTC().Format(timeForm), h.Key)
}

// String returns the head as one line of text, for mail, paper or another disk. ParseHead reads it.
func (h Head) String() string {
	return strings.Join([]string{headWord, strconv.FormatInt(h.Seq, 10), none(h.Hash), h.Time.UTC().Format(timeForm), none(h.Key), none(h.Mac)}, " ")
}

func none(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// ParseHead reads what String wrote, spaces around it aside. Error: ErrHead.
func ParseHead(s string) (Head, error) {
	f := strings.Fields(s)
	if len(f) != 6 || f[0] != headWord || len(s) > 1<<10 {
		return Head{}, ErrHead
	}
	seq, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return Head{}, ErrHead
	}
	when, err := time.Parse(timeForm, f[3])
	if err != nil {
		return Head{}, ErrHead
	}
	h := Head{Seq: seq, Hash: strings.TrimPrefix(f[2], "-"), Time: when, Key: strings.TrimPrefix(f[4], "-"), Mac: strings.TrimPrefix(f[5], "-")}
	if seq < 0 || (seq == 0) != (h.Hash == "") || h.String() != strings.Join(f, " ") {
		return Head{}, ErrHead
	}
	return h, nil
}

// sound reports whether a head is what one of the keys sealed. Without keys at hand it cannot be told, and is.
func (h Head) sound(keys []Key) bool {
	if len(keys) == 0 {
		return true
	}
	k, ok := keyOf(h.Key, keys)
	return ok && k.fits(h.Mac, headLabel, h.sealed())
}

// headState is a head as found in its file.
type headState struct {
	Head
	state int
}

const (
	headAbsent = iota
	headRead
	headUnchecked // sealed with a key that is not at hand
	headUnusable
)

// readHead reads a head file; with no path, or none there, it is absent.
func readHead(path string, keys []Key) headState {
	if path == "" {
		return headState{}
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return headState{}
	}
	h, bad := ParseHead(string(b))
	if err != nil || bad != nil || !bytes.Equal(headText(h), b) {
		return headState{state: headUnusable}
	}
	return headState{h, h.state(keys)}
}

func (h Head) state(keys []Key) int {
	switch _, known := keyOf(h.Key, keys); {
	case h.sound(keys):
		return headRead
	case h.Key != "" && !known:
		return headUnchecked
	}
	return headUnusable
}

// fits reports whether the head is that of a journal that ends with last: the same line, or the one before, after a crash between the two
// writes. None is right for a journal that was not sealed yet. One that cannot be checked must name the key that its line has: anybody can write
// one with another.
func (h headState) fits(last Entry) bool {
	here, before := h.Seq == last.Seq && h.Hash == last.Hash, h.Seq == last.Seq-1 && h.Hash == last.Prev
	switch h.state {
	case headAbsent:
		return last.Key == ""
	case headRead:
		return here || before
	case headUnchecked:
		return here && h.Key == last.Key || before && (h.Key == last.Key || h.Key == last.Detail["before"])
	}
	return false
}

// fitted reports whether text is the head of a journal that ends with last, as far as the keys at hand can tell.
func fitted(text string, last Entry, keys []Key) bool {
	h, err := ParseHead(text)
	return err == nil && headState{h, h.state(keys)}.fits(last)
}

// headSize is the size of a head file in bytes: filled up with spaces, so that a new head overwrites the old one in place and within one
// sector of the disk.
const headSize = 256

func headText(h Head) []byte {
	b := bytes.Repeat([]byte(" "), headSize)
	b[headSize-1] = '\n'
	copy(b, h.String())
	return b
}

func writeHead(path string, h Head) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh {
		if err := makeFolder(filepath.Dir(path)); err != nil {
			return err
		}
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteAt(headText(h), 0)
	err = errors.Join(err, f.Truncate(headSize), f.Sync(), f.Close())
	if fresh {
		err = errors.Join(err, syncFolder(filepath.Dir(path)))
	}
	return err
}

// Head returns the head of the journal as it is now, to be exported: shown, printed, mailed. That of an empty journal has Seq 0.
func (j *Journal) Head() (Head, error) {
	keys, err := j.keys()
	if err != nil {
		return Head{}, fmt.Errorf("reading the journal: its key: %w", err)
	}
	var last Entry
	err = j.newest(func(e Entry) bool { last = e; return false })
	if err != nil {
		return Head{}, err
	}
	if len(keys) == 0 {
		return headOf(last, nil), nil
	}
	return headOf(last, &keys[0]), nil
}
