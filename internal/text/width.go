// Package text measures and shapes what a terminal shows: widths are cells as lipgloss counts them (a Chinese character is two),
// never bytes or characters. It also finds Chinese by pinyin. Strings may hold SGR colour sequences where a function says so.
package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Ellipsis ends a truncated string: two ASCII cells, because the one-character form is one or two cells wide depending on the font.
const Ellipsis = ".."

// ascii reports whether every byte is one printable cell, so that len is the width.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// Width returns the cells s takes on one line. Colour sequences count as nothing.
func Width(s string) int {
	if ascii(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Truncate returns s cut to at most w cells, ending in Ellipsis when something was cut. Colour sequences survive.
func Truncate(s string, w int) string {
	if Width(s) <= w {
		return s
	}
	if w <= len(Ellipsis) {
		return strings.Repeat(".", max(w, 0))
	}
	return ansi.Truncate(s, w, Ellipsis)
}

// Middle returns s cut to at most w cells by leaving out its middle. It must be Steady.
func Middle(s string, w int) string {
	all := Width(s)
	if all <= w || w <= len(Ellipsis)+2 {
		return Truncate(s, w)
	}
	left := (w - len(Ellipsis)) / 2
	right := w - len(Ellipsis) - left
	return strings.TrimRight(Cut(s, 0, left), " ") + Ellipsis + strings.TrimLeft(Cut(s, all-right, all), " ")
}

// Cut returns the cells of s from (0-based) up to to. A wide character split by either edge is replaced by spaces, so the result
// is to-from cells wide wherever s reaches that far. Colour sequences survive.
func Cut(s string, from, to int) string {
	if from >= to {
		return ""
	}
	if ascii(s) {
		return s[min(from, len(s)):min(to, len(s))]
	}
	out := ansi.Truncate(s, to, "")
	end := ansi.StringWidth(out)
	want := max(0, min(to, ansi.StringWidth(s))-from)
	if from > 0 {
		whole := out
		if out = ansi.TruncateLeft(whole, from, ""); ansi.StringWidth(out) > max(0, end-from) { // it kept a character that from splits
			out = " " + ansi.TruncateLeft(whole, from+1, "")
		}
	}
	if gap := want - ansi.StringWidth(out); gap > 0 {
		out += strings.Repeat(" ", gap)
	}
	return out
}

// Fit returns s, made Steady, in exactly w cells: truncated, or padded with spaces on the right.
func Fit(s string, w int) string {
	s = Truncate(Steady(s), w)
	if gap := w - Width(s); gap > 0 {
		return s + strings.Repeat(" ", gap)
	}
	return s
}

// FitRight returns s in exactly w cells, padded on the left.
func FitRight(s string, w int) string {
	s = Truncate(Steady(s), w)
	if gap := w - Width(s); gap > 0 {
		return strings.Repeat(" ", gap) + s
	}
	return s
}

// FitCenter returns s in exactly w cells, padded on both sides, the odd cell on the right.
func FitCenter(s string, w int) string {
	s = Truncate(Steady(s), w)
	gap := max(0, w-Width(s))
	return strings.Repeat(" ", gap/2) + s + strings.Repeat(" ", gap-gap/2)
}

// Spread returns left and right at the two ends of w cells. When both do not fit, left is truncated first.
func Spread(left, right string, w int) string {
	right = Truncate(right, w)
	return Fit(left, w-Width(right)) + right
}

// Wrap breaks s into lines of at most w cells, between words where there are any and between Chinese characters otherwise.
func Wrap(s string, w int) []string {
	if w < 1 {
		return nil
	}
	return strings.Split(ansi.Wrap(s, w, ""), "\n")
}

// Block returns s as exactly h lines of exactly w cells: lines are fitted, missing ones are blank, surplus ones dropped.
func Block(s string, w, h int) string {
	if h <= 0 {
		return ""
	}
	lines := strings.SplitN(s, "\n", h+1)
	out := make([]string, h)
	for i := range out {
		if i < len(lines) {
			out[i] = Fit(lines[i], w)
		} else {
			out[i] = strings.Repeat(" ", max(w, 0))
		}
	}
	return strings.Join(out, "\n")
}

// Plain returns s without colour and other control sequences.
func Plain(s string) string { return ansi.Strip(s) }
