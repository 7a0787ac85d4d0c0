package client

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is a string the platform sent. It is hostile until shown through String; JSON carries it unchanged.
type Text string

// maxCombining is how many combining marks may follow one base character before the rest are dropped.
const maxCombining = 4

// Raw returns what the platform sent, for requests and files. It must never reach a terminal.
func (t Text) Raw() string { return string(t) }

// String returns the text with everything a terminal could act on replaced by a visible substitute: only printable
// characters, letters with at most four combining marks, and plain spaces are left.
func (t Text) String() string {
	s := string(t)
	if plain(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			if marks++; marks > maxCombining || b.Len() == 0 {
				continue
			}
			b.WriteRune(r)
			continue
		case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r) && r != '\u3000':
			b.WriteByte(' ')
		case r < 0x20:
			b.WriteRune(0x2400 + r)
		case r == 0x7f:
			b.WriteRune('\u2421')
		case r == utf8.RuneError || !printable(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
		marks = 0
	}
	return b.String()
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// printable is the allow-list: graphic characters outside the ranges that steer direction, joining or tagging, and outside
// private use, where a font may draw anything.
func printable(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Co, r) &&
		!unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// SafeText returns s sanitised as Text.String does, at most max characters long, for messages built from foreign strings.
func SafeText(s string, limit int) string {
	s = Text(s).String()
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	r := []rune(s)
	return string(r[:limit]) + "…"
}
