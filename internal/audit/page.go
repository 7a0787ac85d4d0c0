package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Filter chooses entries; what is empty chooses all.
type Filter struct {
	Acts     []Act
	From, To time.Time // From inclusive, To exclusive
	Profile  string
	User     string
	Results  []string // OK, Failed, Unknown; "" is an act that was only begun, or whose line says no more
	Text     string   // a piece of a detail, or of who or where, in any case
}

// Match reports whether an entry is chosen.
func (f Filter) Match(e Entry) bool {
	switch {
	case len(f.Acts) > 0 && !slices.Contains(f.Acts, e.Act),
		!f.From.IsZero() && e.Time.Before(f.From),
		!f.To.IsZero() && !e.Time.Before(f.To),
		f.Profile != "" && e.Profile != f.Profile,
		f.User != "" && e.User != f.User,
		len(f.Results) > 0 && !slices.Contains(f.Results, e.Result):
		return false
	}
	return f.Text == "" || e.mentions(strings.ToLower(f.Text))
}

// mentions reports whether a lower-case piece stands in what an entry says.
func (e Entry) mentions(piece string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), piece) }
	if has(e.User) || has(e.Profile) || has(e.Ref) || has(string(e.Act)) {
		return true
	}
	for k, v := range e.Detail {
		if has(k) || has(v) {
			return true
		}
	}
	return false
}

// Cursor is a place in the journal, for the next page. The zero value is its end. It stays good while lines are appended and files are closed.
type Cursor struct {
	file   int   // part.number
	offset int64 // in the file; a line begins there, and those before it are to be read
}

// Page is some entries, the newest first.
type Page struct {
	Entries []Entry
	Next    *Cursor // nil when the journal's first line was reached; the page there may be empty
}

// Page returns up to n entries that the filter chooses, beginning before the cursor. It reads only as much of the journal as they take up.
func (j *Journal) Page(f Filter, from Cursor, n int) (Page, error) {
	var p Page
	if n < 1 {
		return p, nil
	}
	err := j.back(from, func(e Entry, at Cursor) bool {
		if f.Match(e) {
			p.Entries = append(p.Entries, e)
		}
		if len(p.Entries) == n {
			p.Next = &at
		}
		return p.Next == nil
	})
	return p, err
}

// newest calls each for entries from the newest on until it returns false.
func (j *Journal) newest(each func(Entry) bool) error {
	return j.back(Cursor{}, func(e Entry, _ Cursor) bool { return each(e) })
}

// back calls each for the entries before a place, with theirs, until it returns false.
func (j *Journal) back(from Cursor, each func(Entry, Cursor) bool) error {
	all, err := parts(j.o.Path)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	for _, p := range slices.Backward(all) {
		if from.file != 0 && p.number > from.file {
			continue
		}
		offset := int64(-1)
		if p.number == from.file {
			offset = from.offset
		}
		more, err := backFile(p, offset, each)
		if err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		if !more {
			return nil
		}
	}
	return nil
}

// backFile reads one file's lines before offset, or with a negative one all.
func backFile(p part, offset int64, each func(Entry, Cursor) bool) (more bool, err error) {
	f, err := p.open()
	if errors.Is(err, fs.ErrNotExist) { // the current file before its first line
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	b := at(f, offset)
	if offset < 0 {
		if b, _, err = behind(f); err != nil {
			return false, err
		}
	}
	for {
		line, start, err := b.line()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		e, err := parse(line)
		if err != nil {
			return false, ErrDamaged
		}
		if !each(e, Cursor{p.number, start}) {
			return false, nil
		}
	}
}

// Entries calls each for every entry, the oldest first, until it returns false.
func (j *Journal) Entries(each func(Entry) bool) error {
	all, err := parts(j.o.Path)
	for _, p := range all {
		more := false
		if err == nil {
			more, err = forthFile(p, each)
		}
		if err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		if !more {
			return nil
		}
	}
	return err
}

func forthFile(p part, each func(Entry) bool) (more bool, err error) {
	f, err := p.open()
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, maxLine)
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) { // half a line is not acknowledged
			return true, nil
		}
		if err != nil {
			return false, err
		}
		e, err := parse(line)
		if err != nil {
			return false, ErrDamaged
		}
		if !each(e) {
			return false, nil
		}
	}
}
