package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"imagery/client"
	"imagery/internal/text"
)

// line prints v as one line of JSON with the platform's own field names.
func (p *program) line(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// table prints rows: aligned by cells under a header on a terminal, tab-separated and bare when piped. Cells must be safe.
func (p *program) table(header []string, rows [][]string) error {
	return printTable(p.out, terminal(p.out), header, rows)
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

// moment prints a time the way people here read it.
func moment(t client.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05")
}
