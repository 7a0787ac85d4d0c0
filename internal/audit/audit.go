// Package audit keeps the journal: one line of canonical JSON (RFC 8785) an entry, on disk before the act it speaks of. Each line holds the
// hash of the one before, and is sealed with a key kept outside the journal, so that lines cannot be changed, taken out, put in or moved by
// somebody without that key. How far the journal had come is kept apart from it, in a head, so that a shortened one is noticed too; heads that
// were exported also show a journal that was put back to an older state together with its head. Whoever holds the key and may write the files
// can forge all of it except exported heads.
//
// Entries hold codes and ids, never names, document numbers, passwords or tokens.
package audit

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
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
	Reveal     Act = "reveal"  // a document number was shown in full
	Export     Act = "export"  // records or findings left the program as a file
	Check      Act = "check"   // of completeness: over the whole book, or of findings one by one
	Freeze     Act = "freeze"  // the population of a spot check, with its hash, before its seed
	Draw       Act = "draw"    // its sample, with the seed
	Verdict    Act = "verdict" // on one record of it
	SignOff    Act = "sign-off"
	Configure  Act = "configure" // a setting or profile was changed
	Keeping    Act = "journal"   // the journal itself: where its key begins or changes, what was found broken
)

// Acts lists every act, for filters.
var Acts = []Act{
	SignIn, Search, List, View, Reveal, Download, Export, Check, Upload, Archive, Discard, AddAccount, Freeze, Draw, Verdict, SignOff, Trust, Configure, Keeping,
}

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

// Entry is one line. Append fills in Seq, Time, Prev, Key, Mac and Hash.
type Entry struct {
	Seq     int64             `json:"seq"`  // counts from 1, through all files
	Time    time.Time         `json:"time"` // UTC, to the millisecond
	Act     Act               `json:"act"`
	Phase   Phase             `json:"phase"`
	Ref     string            `json:"ref,omitempty"` // ties Ended to Begun
	Profile string            `json:"profile,omitempty"`
	User    string            `json:"user,omitempty"`
	Result  string            `json:"result,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"`
	Prev    string            `json:"prev"`          // hash of the line before; empty on the first
	Key     string            `json:"key,omitempty"` // Key.ID of the key it is sealed with; empty without
	Mac     string            `json:"mac,omitempty"` // HMAC-SHA-256 of the line without mac and hash
	Hash    string            `json:"hash"`          // SHA-256 of the line without its hash
}

// What a Keeping line says, in its detail "event".
const (
	keyed  = "keyed"  // from here on lines are sealed with the key named; "before" is the key until now, empty for none; "head" as unchecked has it
	broken = "broken" // the journal was not as its head said; "expectedSeq", "expectedHash" are the head's, empty for a head that was unusable
)

// unchecked is the detail under which a head is put on record before it is overwritten, where the key that sealed it was not at hand (a keyring
// that did not answer): Verify checks it once the key is.
const unchecked = "head"

// The reasons the journal cannot be written. Nothing may be done then.
var (
	ErrDamaged = errors.New("last line is damaged")
	ErrNoKey   = errors.New("the journal is sealed, and there is no key")
	ErrTooLong = errors.New("entry is too long")
)

// maxLine is the longest line in bytes that is written or read.
const maxLine = 1 << 20

// DefaultMaxBytes is where a journal file is closed and the next begun: some 20,000 lines, which take no second to verify.
const DefaultMaxBytes = 8 << 20

// Options say where a journal is and what it is sealed with.
type Options struct {
	Path     string                // of the current file; those before it have a number behind their stem
	Head     string                // where its head is kept, in another folder than Path; empty for nowhere
	Keys     func() ([]Key, error) // asked once, when first needed; seals with the first, knows the others. Nil for no sealing
	MaxBytes int64                 // where a new file is begun; 0 is DefaultMaxBytes
}

// Journal is a journal that several programs may share. Its methods may be called from any goroutine.
type Journal struct {
	o    Options
	keys func() ([]Key, error)
}

// New returns the journal described; its files and folders are made by the first Append.
func New(o Options) *Journal {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Keys == nil {
		o.Keys = func() ([]Key, error) { return nil, nil }
	}
	return &Journal{o, sync.OnceValues(o.Keys)}
}

// Open returns the journal at path, chained but not sealed and without a head: enough to read one, and for tests.
func Open(path string) *Journal { return New(Options{Path: path}) }

// Path returns where the journal's current file is.
func (j *Journal) Path() string { return j.o.Path }

// Append adds a line and returns when it and the head are on disk. Errors: ErrDamaged, ErrNoKey, ErrTooLong and those of files.
func (j *Journal) Append(e Entry) error {
	keys, err := j.keys()
	if err != nil {
		return fmt.Errorf("writing the journal: its key: %w", err)
	}
	if err := j.add(e, keys); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

func (j *Journal) add(e Entry, keys []Key) error {
	if err := makeFolder(filepath.Dir(j.o.Path)); err != nil {
		return err
	}
	unlock, err := j.lock()
	if err != nil {
		return err
	}
	defer unlock()
	w, err := j.writer(keys)
	if err != nil {
		return err
	}
	defer w.close()
	for _, extra := range w.due() {
		if err := w.append(extra); err != nil {
			return err
		}
	}
	return w.append(e)
}

// writer appends while the lock is held.
type writer struct {
	files
	head string
	max  int64
	keys []Key
	last Entry // the last line there is
	kept headState
}

func (j *Journal) writer(keys []Key) (*writer, error) {
	w := &writer{files: files{path: j.o.Path}, head: j.o.Head, max: j.o.MaxBytes, keys: keys}
	last, err := w.open()
	if err != nil {
		w.close()
		return nil, err
	}
	w.last = last
	if len(keys) == 0 && last.Key != "" {
		w.close()
		return nil, ErrNoKey
	}
	w.kept = readHead(w.head, keys)
	if w.head == "" || w.kept.state != headAbsent || last.Key != "" {
		return w, nil
	}
	// The first head is there before the first sealed line: from then on a missing one was taken away.
	w.kept = headState{headOf(last, w.key()), headRead}
	if err := writeHead(w.head, w.kept.Head); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// key is what lines are sealed with; nil for nothing.
func (w *writer) key() *Key {
	if len(w.keys) == 0 {
		return nil
	}
	return &w.keys[0]
}

// due returns the lines about the journal itself that must come before the next entry.
func (w *writer) due() (lines []Entry) {
	if w.head != "" && !w.kept.fits(w.last) {
		d := map[string]string{"event": broken}
		if w.kept.state == headRead {
			d["expectedSeq"], d["expectedHash"] = strconv.FormatInt(w.kept.Seq, 10), w.kept.Hash
		}
		lines = append(lines, Entry{Act: Keeping, Phase: Ended, Detail: d})
	}
	if len(w.keys) > 0 && w.last.Seq > 0 && w.last.Key != w.keys[0].ID() {
		d := map[string]string{"event": keyed, "before": w.last.Key}
		if w.kept.state == headUnchecked && len(lines) == 0 {
			d[unchecked] = w.kept.String()
		}
		lines = append(lines, Entry{Act: Keeping, Phase: Ended, Detail: d})
	}
	return lines
}

// append writes one line, then the head. A crash in between leaves the head one line behind, which is known for what it is.
func (w *writer) append(e Entry) error {
	e.Seq, e.Prev, e.Time = w.last.Seq+1, w.last.Hash, time.Now()
	e, line := seal(e, w.key())
	if len(line) > maxLine {
		return ErrTooLong
	}
	if w.end > 0 && w.end+int64(len(line)) > w.max {
		if err := w.rotate(); err != nil {
			return err
		}
	}
	if err := w.write(line); err != nil {
		return err
	}
	w.last = e
	if w.head == "" {
		return nil
	}
	return writeHead(w.head, headOf(e, w.key()))
}

// stem returns the journal's path without its extension, which the names of its lock and numbered files begin with.
func stem(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) }
