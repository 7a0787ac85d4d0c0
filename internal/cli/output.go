package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"imagery/client"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/text"
)

// line prints v as one line of JSON with the platform's own field names. The values stay what they are, but what a terminal could act on is
// written as JSON's escapes: encoding/json leaves DEL, C1 and the marks that steer direction as they are.
func (p *program) line(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(p.out, escaped(b.String()))
	return err
}

// escaped writes what steers terminals as JSON's escapes. It is found in strings only, because JSON has none of it elsewhere.
func escaped(line string) string {
	if strings.IndexFunc(line, steers) < 0 {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if !steers(r) {
			b.WriteRune(r)
			continue
		}
		for _, half := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, half)
		}
	}
	return b.String()
}

func steers(r rune) bool {
	return r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// table prints rows: aligned by cells under a header on a terminal, tab-separated and bare when piped. Cells must be safe.
func (p *program) table(header []string, rows [][]string) error {
	return printTable(p.out, terminal(p.out), header, rows)
}

// listing prints rows as table does, or says for people that there are none.
func (p *program) listing(header []string, rows [][]string, none string) error {
	if len(rows) == 0 {
		p.note(none)
		return nil
	}
	return p.table(header, rows)
}

func printTable(w io.Writer, aligned bool, header []string, rows [][]string) error {
	out := bufio.NewWriter(w)
	if !aligned {
		for _, r := range rows {
			fmt.Fprintln(out, strings.Join(r, "\t"))
		}
		return out.Flush()
	}
	widths := make([]int, len(header))
	all := append([][]string{header}, rows...)
	for _, r := range all {
		for i, cell := range r {
			widths[i] = max(widths[i], text.Width(cell))
		}
	}
	for _, r := range all {
		var b strings.Builder
		for i, cell := range r {
			b.WriteString(text.Fit(cell, widths[i]) + "  ")
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
	return out.Flush()
}

// word translates a word of the program for a terminal. Elsewhere it stays, for scripts.
func (p *program) word(key i18n.Key, raw string) string {
	if said, ok := p.cat.Lookup(key); ok && terminal(p.out) {
		return said
	}
	return client.SafeText(raw, 20)
}

// clock prints a moment as the screens do, in the zone of the platforms.
func clock(t time.Time) string { return t.In(config.Zone()).Format(time.DateTime) }

// moment prints a platform's time the way people here read it.
func moment(t client.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05")
}
