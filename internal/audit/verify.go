package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Fault is what is wrong with a line, or with the journal as its heads know it.
type Fault string

// The faults.
const (
	Unreadable Fault = "unreadable"  // not a line of a journal
	Changed    Fault = "changed"     // its hash is that of another text
	Forged     Fault = "forged"      // its hash is right, but it was not sealed with the key it names
	UnknownKey Fault = "unknown-key" // sealed with a key that is not at hand
	Unsealed   Fault = "unsealed"    // not sealed, after lines that are
	Order      Fault = "order"       // does not follow the line before: lines were taken out, put in, moved, or files swapped
	Truncated  Fault = "truncated"   // lines that a head knows of are missing at the end
	Replaced   Fault = "replaced"    // a head knows another line in this place
	BadHead    Fault = "bad-head"    // a head is not one, was not sealed with a key at hand, or is older than it can be
	NoHead     Fault = "no-head"     // the head file is missing
	Broken     Fault = "broken"      // a line says that the journal was not as its head said when it was written
)

// Problem is a place where the journal does not hold.
type Problem struct {
	File  string `json:"file"`          // its base name
	Line  int    `json:"line"`          // in the file, from 1; 0 for the journal as a whole
	Seq   int64  `json:"seq,omitempty"` // what the line says its number is, or the head's
	Fault Fault  `json:"fault"`
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("audit: %s: %s (head at %d)", p.File, p.Fault, p.Seq)
	}
	return fmt.Sprintf("audit: %s line %d: %s", p.File, p.Line, p.Fault)
}

// Seal says from which line on a key was used.
type Seal struct {
	From   int64  `json:"from"` // Entry.Seq
	Key    string `json:"key"`  // Key.ID
	Source Source `json:"source,omitempty"`
}

// Report is what Verify found.
type Report struct {
	Files    int       `json:"files"`
	Lines    int64     `json:"lines"`
	Unsealed int64     `json:"unsealed"` // lines before the first key: chained only, so that anybody may have written them
	Seals    []Seal    `json:"seals,omitempty"`
	Checked  bool      `json:"checked"`        // seals were checked: the keys were at hand
	Torn     bool      `json:"torn,omitempty"` // half a line stands at the end, left by a crash before it was acknowledged
	Heads    int       `json:"heads"`          // heads whose line was found as they say
	Problems []Problem `json:"problems,omitempty"`
}

// maxProblems is how many are listed; more say nothing new.
const maxProblems = 1000

// Forgeable reports whether a key is kept in a file beside the journal: whoever can read and write there can forge the journal and its head,
// and only heads exported elsewhere tell.
func (r *Report) Forgeable() bool {
	for _, s := range r.Seals {
		if s.Source == FromFile {
			return true
		}
	}
	return false
}

// Err returns the first problem, or nil.
func (r *Report) Err() error {
	if len(r.Problems) == 0 {
		return nil
	}
	return &r.Problems[0]
}

// Verify reads the whole journal and checks every line, its place, and the heads: the one kept and those given. The error is that of reading;
// what does not hold is in the report. Lines that others append meanwhile are not looked at.
func (j *Journal) Verify(heads ...Head) (*Report, error) {
	keys, err := j.keys()
	if err != nil {
		return nil, fmt.Errorf("verifying the journal: its key: %w", err)
	}
	v := &verifier{report: &Report{Checked: len(keys) > 0}, keys: keys, path: j.o.Path, heads: map[int64][]Head{}}
	open, kept, err := j.snapshot(keys)
	defer func() {
		for _, o := range open {
			_ = o.f.Close()
		}
	}()
	if err != nil {
		return nil, fmt.Errorf("verifying the journal: %w", err)
	}
	v.expect(kept, heads)
	for i, o := range open {
		v.report.Files++
		if err := v.file(o, i == len(open)-1); err != nil {
			return nil, fmt.Errorf("verifying the journal: %w", err)
		}
	}
	v.ended(j.o.Head != "", kept)
	return v.report, nil
}

// opened is a file of the journal, up to where it reached when verification began.
type opened struct {
	f    *os.File
	size int64
}

// snapshot opens the journal's files and reads its head while nobody writes. Where there is no lock nobody ever wrote: it is a copy.
func (j *Journal) snapshot(keys []Key) (open []opened, kept headState, err error) {
	if _, err := os.Stat(stem(j.o.Path) + ".lock"); err == nil {
		unlock, err := j.lock()
		if err != nil {
			return nil, kept, err
		}
		defer unlock()
	}
	all, err := parts(j.o.Path)
	if err != nil {
		return nil, kept, err
	}
	for _, p := range all {
		f, err := os.Open(p.path)
		if errors.Is(err, fs.ErrNotExist) && p.path == j.o.Path {
			continue
		}
		if err != nil {
			return open, kept, err
		}
		open = append(open, opened{f, 0})
		info, err := f.Stat()
		if err != nil {
			return open, kept, err
		}
		open[len(open)-1].size = info.Size()
	}
	return open, readHead(j.o.Head, keys), nil
}

type verifier struct {
	report *Report
	keys   []Key
	path   string
	heads  map[int64][]Head // those not met yet
	last   Entry
}

func (v *verifier) problem(p Problem) {
	if len(v.report.Problems) < maxProblems {
		v.report.Problems = append(v.report.Problems, p)
	}
}

// whole notes a problem of the journal as a whole.
func (v *verifier) whole(f Fault, seq int64) {
	v.problem(Problem{File: filepath.Base(v.path), Seq: seq, Fault: f})
}

// expect notes which heads there are to meet.
func (v *verifier) expect(kept headState, heads []Head) {
	if kept.state == headRead {
		heads = append(heads[:len(heads):len(heads)], kept.Head)
	}
	for _, h := range heads {
		if !h.sound(v.keys) {
			v.whole(BadHead, h.Seq)
			continue
		}
		if h.Seq == 0 { // of an empty journal: any follows it
			v.report.Heads++
			continue
		}
		v.heads[h.Seq] = append(v.heads[h.Seq], h)
	}
}

// file checks one file's lines.
func (v *verifier) file(o opened, lastFile bool) error {
	name := filepath.Base(o.f.Name())
	in := bufio.NewReaderSize(io.LimitReader(o.f, o.size), maxLine)
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case errors.Is(err, io.EOF) && lastFile:
			v.report.Torn = true
			return nil
		case errors.Is(err, bufio.ErrBufferFull), errors.Is(err, io.EOF):
			v.problem(Problem{name, n, 0, Unreadable})
			return nil // what follows cannot be told into lines
		case err != nil:
			return err
		}
		v.report.Lines++
		v.line(name, n, line[:len(line)-1])
	}
}

// line checks one line, and takes it as it is for the next to follow.
func (v *verifier) line(file string, n int, line []byte) {
	e, err := parse(line)
	if err != nil {
		v.problem(Problem{file, n, 0, Unreadable})
		v.last = Entry{Seq: v.last.Seq + 1, Key: v.last.Key}
		return
	}
	found := func(f Fault) { v.problem(Problem{file, n, e.Seq, f}) }
	if f := fault(e, line, v.keys); f != "" {
		found(f)
	}
	if e.Seq != v.last.Seq+1 || e.Prev != v.last.Hash {
		found(Order)
	}
	switch {
	case e.Key == "" && v.last.Key != "":
		found(Unsealed)
		e.Key = v.last.Key // the next unsealed line is one too many as well
	case e.Key == "":
		v.report.Unsealed++
	case e.Key != v.last.Key:
		k, _ := keyOf(e.Key, v.keys)
		v.report.Seals = append(v.report.Seals, Seal{e.Seq, e.Key, k.source})
	}
	if e.Act == Keeping && e.Detail["event"] == broken {
		found(Broken)
	}
	if kept := e.Detail[unchecked]; e.Act == Keeping && kept != "" && !fitted(kept, v.last, v.keys) {
		found(BadHead)
	}
	for _, h := range v.heads[e.Seq] {
		if h.Hash != e.Hash {
			found(Replaced)
			continue
		}
		v.report.Heads++
	}
	delete(v.heads, e.Seq)
	v.last = e
}

// ended checks what can only be told at the end.
func (v *verifier) ended(keepsHead bool, kept headState) {
	for _, seq := range slices.Sorted(maps.Keys(v.heads)) {
		v.whole(Truncated, seq)
	}
	switch {
	case !keepsHead:
	case kept.state == headUnusable:
		v.whole(BadHead, 0)
	case kept.state == headUnchecked && !kept.fits(v.last):
		v.whole(BadHead, kept.Seq)
	case kept.state == headAbsent && !kept.fits(v.last):
		v.whole(NoHead, 0)
	case kept.state == headRead && kept.Seq < v.last.Seq-1:
		v.whole(BadHead, kept.Seq)
	}
}
