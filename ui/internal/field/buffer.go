package field

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"imagery/internal/text"
)

// Buffer is a line of text under edit, as user-perceived characters with their widths in cells. The zero value is empty.
type Buffer struct {
	parts []part
	pos   int // characters before the cursor
}

type part struct {
	s string
	w int // cells that text.Steady gives it
}

// printable keeps what a single line may hold: line ends and tabs become spaces; control characters and invisible ones that steer
// direction or joining, which a paste may bring along, are dropped.
func printable(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return ' '
	case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
		return -1
	}
	return r
}

// split breaks s into characters.
func split(s string) []part {
	var out []part
	for s = strings.Map(printable, s); s != ""; {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		s = s[len(cluster):]
		if w == 0 && len(out) > 0 { // a mark on its own joins what stands before it
			out[len(out)-1].s += cluster
			continue
		}
		out = append(out, part{cluster, text.Width(text.Steady(cluster))})
	}
	return out
}

// String returns the text.
func (b *Buffer) String() string { return join(b.parts) }

func join(ps []part) string {
	var sb strings.Builder
	for _, p := range ps {
		sb.WriteString(p.s)
	}
	return sb.String()
}

// Set replaces the text and puts the cursor at its end.
func (b *Buffer) Set(s string) {
	b.parts = split(s)
	b.pos = len(b.parts)
}

// Insert puts s at the cursor. It re-splits the line, because a combining mark or a joiner may melt into its neighbour.
func (b *Buffer) Insert(s string) {
	before := join(b.parts[:b.pos]) + s
	after := join(b.parts[b.pos:])
	b.parts = split(before + after)
	b.pos = min(len(split(before)), len(b.parts))
}

// Len returns the length in code points, which is what servers limit.
func (b *Buffer) Len() int { return utf8.RuneCountInString(b.String()) }

// Column returns the cells before the cursor.
func (b *Buffer) Column() int {
	n := 0
	for _, p := range b.parts[:b.pos] {
		n += p.w
	}
	return n
}

// Move steps the cursor n characters, stopping at the ends.
func (b *Buffer) Move(n int) { b.pos = min(max(b.pos+n, 0), len(b.parts)) }

// Home puts the cursor before everything, End behind.
func (b *Buffer) Home() { b.pos = 0 }

// End puts the cursor behind everything.
func (b *Buffer) End() { b.pos = len(b.parts) }

// WordLeft moves to the start of the word before the cursor; Chinese characters make words as long as they touch.
func (b *Buffer) WordLeft() {
	for b.pos > 0 && !wordy(b.parts[b.pos-1]) {
		b.pos--
	}
	for b.pos > 0 && wordy(b.parts[b.pos-1]) {
		b.pos--
	}
}

// WordRight moves behind the word after the cursor.
func (b *Buffer) WordRight() {
	for b.pos < len(b.parts) && !wordy(b.parts[b.pos]) {
		b.pos++
	}
	for b.pos < len(b.parts) && wordy(b.parts[b.pos]) {
		b.pos++
	}
}

func wordy(p part) bool {
	r, _ := utf8.DecodeRuneInString(p.s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// Delete removes from the cursor to where move takes it.
func (b *Buffer) Delete(move func()) {
	from := b.pos
	move()
	lo, hi := min(from, b.pos), max(from, b.pos)
	b.parts = append(b.parts[:lo:lo], b.parts[hi:]...)
	b.pos = lo
}

// Click puts the cursor at the character that covers the cell col, counted from the start of the text.
func (b *Buffer) Click(col int) {
	b.pos = 0
	for _, p := range b.parts {
		if col < (p.w+1)/2 {
			return
		}
		col -= p.w
		b.pos++
	}
}
