package text

import (
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// counts groups digits the way both languages of the program write them.
var counts = message.NewPrinter(language.English)

// Count returns n with its thousands apart: 12,384.
func Count(n int64) string { return counts.Sprintf("%d", n) }
