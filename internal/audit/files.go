package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// lock keeps other programs from writing. It is not the journal file's own lock, because that file is renamed when it is full.
func (j *Journal) lock() (unlock func(), err error) {
	return lockedfile.MutexAt(stem(j.o.Path) + ".lock").Lock()
}

// makeFolder makes a folder that only its owner can enter.
func makeFolder(dir string) error { return os.MkdirAll(dir, 0o700) }

// syncFolder makes new names in a folder last. Windows has no such call and needs none.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// part is a file of the journal. Numbers count from 1; the current file has the next one, though not in its name.
type part struct {
	number int
	path   string
	full   string // the path it has, or will have, when it is full
}

// open opens a file for reading, the current one also when it was given its number since it was listed.
func (p part) open() (*os.File, error) {
	f, err := os.Open(p.path)
	if p.path == p.full {
		return f, err
	}
	g, moved := os.Open(p.full)
	if moved != nil {
		return f, err
	}
	if err == nil {
		_ = f.Close()
	}
	return g, nil
}

// numbered returns the name of a full file.
func numbered(path string, n int) string {
	return fmt.Sprintf("%s-%06d%s", stem(path), n, filepath.Ext(path))
}

// parts lists the journal's files, the oldest first and the current one last, whether it exists or not.
func parts(path string) ([]part, error) {
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []part
	before, after := filepath.Base(stem(path))+"-", filepath.Ext(path)
	for _, d := range names {
		digits, ok := strings.CutPrefix(d.Name(), before)
		digits, ok2 := strings.CutSuffix(digits, after)
		n, err := strconv.Atoi(digits)
		if ok && ok2 && err == nil && n > 0 && filepath.Base(numbered(path, n)) == d.Name() {
			out = append(out, part{n, numbered(path, n), numbered(path, n)})
		}
	}
	slices.SortFunc(out, func(a, b part) int { return a.number - b.number })
	next := 1
	if len(out) > 0 {
		next = out[len(out)-1].number + 1
	}
	return append(out, part{next, path, numbered(path, next)}), nil
}

// files is the journal as its writer sees it.
type files struct {
	path string
	next int // number of the current file
	f    *os.File
	end  int64 // where the next line goes
}

// open opens the current file and returns the last line of the journal, zero if there is none.
func (w *files) open() (Entry, error) {
	all, err := parts(w.path)
	if err != nil {
		return Entry{}, err
	}
	current := all[len(all)-1]
	w.next = current.number
	_, missing := os.Lstat(w.path)
	if w.f, err = os.OpenFile(w.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return Entry{}, err
	}
	if missing != nil {
		if err := syncFolder(filepath.Dir(w.path)); err != nil {
			return Entry{}, err
		}
	}
	last, end, err := lastOf(w.f)
	if err != nil {
		return Entry{}, err
	}
	w.end = end
	if end > 0 || len(all) == 1 {
		return last, nil
	}
	before, err := os.Open(all[len(all)-2].path)
	if err != nil {
		return Entry{}, err
	}
	defer before.Close()
	last, end, err = lastOf(before)
	if err == nil && end == 0 {
		err = ErrDamaged
	}
	return last, err
}

// lastOf returns the last complete line and where it ends. What stands behind that, left by a crash, was never acknowledged.
func lastOf(f *os.File) (last Entry, end int64, err error) {
	b, end, err := behind(f)
	if err != nil || end == 0 {
		return last, 0, err
	}
	line, _, err := b.line()
	if err != nil {
		return last, 0, err
	}
	if last, err = parse(line); err != nil {
		return last, 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return last, end, nil
}

// parse reads a line of either form.
func parse(line []byte) (e Entry, err error) {
	err = json.Unmarshal(line, &e)
	return e, err
}

// write adds a line at the end, over what a crash may have left there, and returns when it is on disk.
func (w *files) write(line []byte) error {
	if err := w.f.Truncate(w.end); err != nil {
		return err
	}
	if _, err := w.f.WriteAt(line, w.end); err != nil {
		return err
	}
	if err := w.f.Sync(); err != nil {
		return err
	}
	w.end += int64(len(line))
	return nil
}

// rotate gives the current file its number and begins the next. A crash in between leaves no current file, which open makes. Where the name
// cannot be given now, as on Windows while another program reads the file, the file just grows on.
func (w *files) rotate() error {
	err := w.f.Truncate(w.end)
	if err = errors.Join(err, w.f.Sync(), w.f.Close()); err != nil {
		return err
	}
	renamed := os.Rename(w.path, numbered(w.path, w.next)) == nil
	if w.f, err = os.OpenFile(w.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil || !renamed {
		return err
	}
	w.end, w.next = 0, w.next+1
	return syncFolder(filepath.Dir(w.path))
}

func (w *files) close() {
	if w.f != nil {
		_ = w.f.Close() // everything acknowledged is synced
	}
}

// block is how many bytes are read at once from the end of a file.
const block = 64 << 10

// backward reads a file's lines from the last to the first.
type backward struct {
	f     io.ReaderAt
	start int64  // in the file, of rest
	rest  []byte // read and not yet returned; ends with a line feed
}

// behind returns a reader of f's complete lines and where the last of them ends, 0 if there is none.
func behind(f *os.File) (*backward, int64, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	for b := (&backward{f: f, start: info.Size()}); ; {
		if i := bytes.LastIndexByte(b.rest, '\n'); i >= 0 {
			b.rest = b.rest[:i+1]
			return b, b.start + int64(i) + 1, nil
		}
		if b.start == 0 { // all there is was torn by a crash
			b.rest = nil
			return b, 0, nil
		}
		if err := b.more(); err != nil {
			return nil, 0, err
		}
	}
}

// at returns a reader of the lines before an offset, at which a line begins.
func at(f io.ReaderAt, offset int64) *backward { return &backward{f: f, start: offset} }

func (b *backward) more() error {
	if len(b.rest) > maxLine+block {
		return fmt.Errorf("%w: a line of more than %d bytes", ErrDamaged, maxLine)
	}
	n := min(block, b.start)
	grown := make([]byte, int(n)+len(b.rest))
	if _, err := b.f.ReadAt(grown[:n], b.start-n); err != nil {
		return err
	}
	copy(grown[n:], b.rest)
	b.rest, b.start = grown, b.start-n
	return nil
}

// line returns the line before the one returned last, without its line feed, and where it begins; io.EOF before the first.
func (b *backward) line() ([]byte, int64, error) {
	for {
		if n := len(b.rest); n > 0 {
			i := bytes.LastIndexByte(b.rest[:n-1], '\n') + 1
			if i > 0 || b.start == 0 {
				line := b.rest[i : n-1]
				b.rest = b.rest[:i]
				return line, b.start + int64(i), nil
			}
		} else if b.start == 0 {
			return nil, 0, io.EOF
		}
		if err := b.more(); err != nil {
			return nil, 0, err
		}
	}
}
