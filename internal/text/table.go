package text

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Decode returns the text of a file that people or spreadsheets wrote: UTF-16 by its mark, then UTF-8, and what is neither taken for GBK.
func Decode(raw []byte) string {
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		if b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw); err == nil {
			return string(b)
		}
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		if b, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err == nil {
			return string(b)
		}
	}
	return string(raw)
}

// Delimiter returns what separates the columns of a table: of comma, semicolon, tab and bar the one that the first line has most of.
func Delimiter(table string) rune {
	line, _, _ := strings.Cut(table, "\n")
	best, most := ',', 0
	for _, d := range ",;\t|" {
		if n := strings.Count(line, string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}
