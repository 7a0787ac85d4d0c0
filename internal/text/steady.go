package text

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Steady returns s with what terminals disagree about replaced, so that a line is as wide on all of them as Width says: flags, skin tones
// and syllables composed from parts are one character to some and several to others. The first part stays, "?" stands for the rest.
func Steady(s string) string {
	if !strings.ContainsFunc(s, doubtful) {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		cluster, w := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		rest = rest[len(cluster):]
		if cluster[0] < 0x80 && len(cluster) == 1 || w == ansi.StringWidthWc(cluster) {
			b.WriteString(cluster)
			continue
		}
		if r, _ := utf8.DecodeRuneInString(cluster); ansi.StringWidth(string(r)) == ansi.StringWidthWc(string(r)) {
			b.WriteRune(r)
		}
		b.WriteByte('?')
	}
	return b.String()
}

// doubtful is a quick look at a character: false for those of European and East Asian writing in their composed forms, whose width
// nobody doubts.
func doubtful(r rune) bool {
	switch {
	case r < 0x300, r >= 0x370 && r < 0x590, r >= 0x2010 && r < 0x2028, r >= 0x2030 && r < 0x2060:
		return false
	case r >= 0x3000 && r < 0xa000, r >= 0xac00 && r < 0xd7a4, r >= 0xf900 && r < 0xfb00, r >= 0xff00 && r < 0xfff0:
		return false
	}
	return true
}
