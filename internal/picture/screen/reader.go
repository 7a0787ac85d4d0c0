package screen

import (
	"os"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// Reader stands between the terminal and Bubble Tea (tea.WithInput): of what is no UTF-8 every byte arrives as U+FFFD. Such bytes come from
// terminals set to GBK or another encoding. Bubble Tea takes those of 80 to 9F for the one-byte controls of ECMA-48, and of 9B 4D, a character of
// GBK and the start of a report of the mouse, it dies.
//
// It is a terminal file, so that raw mode is found as usual. A Windows console is read past it, as UTF-16.
type Reader struct {
	*os.File
	utf8  transform.Transformer
	begun []byte // the start of a character whose end was not read yet
}

// NewReader wraps the program's input.
func NewReader(terminal *os.File) *Reader {
	return &Reader{File: terminal, utf8: runes.ReplaceIllFormed()}
}

// Read implements io.Reader for a p of at least 12 bytes. It reads from the terminal once, so that it never waits longer than that does; where
// only the start of a character came, it returns nothing and no error.
func (r *Reader) Read(p []byte) (int, error) {
	raw := make([]byte, len(p)/len("\uFFFD"))
	kept := copy(raw, r.begun)
	n, err := r.File.Read(raw[kept:])
	raw = raw[:kept+n]
	written, taken, _ := r.utf8.Transform(p, raw, err != nil)
	r.begun = raw[taken:]
	return written, err
}
