package report

import (
	"encoding/csv"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CSV writes the findings: UTF-8 with a byte order mark, which spreadsheets need to see that it is, comma and CRLF. A line for each
// account and rule, cleared findings included, as the last column says.
func (r *Report) CSV(w io.Writer) error {
	return Table(w, func(yield func([]string) bool) {
		if !yield(r.findingHeader()) {
			return
		}
		for _, v := range r.Run.Violations {
			if !yield(r.findingRow(v)) {
				return
			}
		}
	})
}

// Table writes lines as CSV does. It changes what it is given where a spreadsheet could take a cell for a formula.
func Table(w io.Writer, lines iter.Seq[[]string]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for line := range lines {
		for i := range line {
			line[i] = Guard(line[i])
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Guard puts an apostrophe before a text that a spreadsheet could take for a formula: one that begins, blanks aside, with = + - @ or
// their full-width forms, a tab or a line break.
func Guard(s string) string {
	if s == "" {
		return s
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, unicode.IsSpace))
	if strings.ContainsRune("=+-@＝＋－＠", first) || strings.ContainsAny(s[:1], "\t\r\n") {
		return "'" + s
	}
	return s
}
