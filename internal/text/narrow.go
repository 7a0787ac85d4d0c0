package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// plainForms are what stands for the commoner ambiguous characters in one cell.
var plainForms = map[rune]rune{
	'“': '"', '”': '"', '‘': '\'', '’': '\'', '—': '-', '–': '-', '―': '-', '‐': '-', '·': '.', '•': '*', '…': '.', '×': 'x', '÷': '/', '±': '+', '°': 'o',
	'→': '>', '←': '<', '↑': '^', '↓': 'v', '○': 'o', '●': '*', '□': '#', '■': '#', '△': '^', '▲': '^', '▽': 'v', '▼': 'v', '◆': '*', '◇': '*', '☆': '*', '★': '*',
	'§': 'S', '№': 'N', '※': '*', '│': '|', '─': '-', '┌': '+', '┐': '+', '└': '+', '┘': '+',
}

// Narrow replaces the characters that this terminal draws in two cells and others in one, so that columns stay in line: each by one cell of
// ASCII. Control sequences, combining marks and what is not text stay.
func Narrow(s string) string {
	if ascii(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80 || r >= 0xe000 && r < 0xf900 || r > 0xffff || unicode.Is(unicode.Mn, r):
			return r
		case width.LookupRune(r).Kind() != width.EastAsianAmbiguous:
			return r
		}
		if plain, ok := plainForms[r]; ok {
			return plain
		}
		return '?'
	}, s)
}
