package transfer

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"imagery/client"
)

// maxSegment is how long a file or folder name may get, in bytes; file systems stop at 255.
const maxSegment = 240

var (
	templateField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{(\w+)\}`) })
	// reserved are device names on Windows, with or without an extension.
	reserved = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?$`)
	})
)

// DefaultTemplate names a saved file below the folder; the extension by content is appended. See Name.
const DefaultTemplate = "{accountNo}_{customerName}/{materialCode}_{materialName}_{fileId}"

// TemplateFields are the names a template may hold in braces.
var TemplateFields = []string{"accountNo", "customerName", "accountBizType", "deptCode", "openAcctDate", "materialCode", "materialName", "fileId", "originalName", FieldNumber}

// FieldNumber is the template field of a running number: 01, 02, … in the platform's order among the files whose names are the same but
// for it. A template whose last part holds it needs no fileId.
const FieldNumber = "n"

// UnifiedTemplate names images as the rules of the unified account opening want them: account, day of opening, number.
const UnifiedTemplate = "{accountNo}_{openAcctDate}_{" + FieldNumber + "}"

const numberField = "{" + FieldNumber + "}"

// number gives an item its number; seen counts names.
func number(seen map[string]int, template string, it *Item) {
	if !strings.Contains(template, numberField) {
		return
	}
	it.number = 0
	name := Name(template, *it)
	seen[name]++
	it.number = seen[name]
}

// BadField returns the first name in braces that a template may not hold, "" if there is none.
func BadField(template string) string {
	known := Item{}.fields()
	for _, m := range templateField().FindAllStringSubmatch(template, -1) {
		if _, ok := known[m[1]]; !ok {
			return m[1]
		}
	}
	return ""
}

func (it Item) fields() map[string]string {
	name := first(it.Customer.CustomerName, it.Account.AccountName)
	original := it.File.FileOriginalName.Raw()
	return map[string]string{
		"accountNo":      first(it.Account.AccountNo, it.Material.AccountNo),
		"customerName":   name,
		"accountBizType": first(it.Account.AccountBizType, it.Material.AccountBizType),
		"deptCode":       first(it.Account.DeptCode, it.Material.AccountDeptCode),
		"openAcctDate":   strings.ReplaceAll(it.Account.OpenAcctDate.String(), "-", ""),
		"materialCode":   it.Material.MaterialCode.Raw(),
		"materialName":   it.Material.MaterialName.Raw(),
		"fileId":         it.FileID,
		"originalName":   strings.TrimSuffix(original, path.Ext(original)),
		FieldNumber:      fmt.Sprintf("%02d", it.number),
	}
}

func first(values ...client.Text) string {
	for _, v := range values {
		if v != "" {
			return v.Raw()
		}
	}
	return ""
}

// Name returns where an item goes below the folder: slash-separated, without extension, safe on every system. Empty fields leave no
// stray separators. The last part always holds the file's id or its number, so that no two files share a name.
func Name(template string, it Item) string {
	if template == "" {
		template = DefaultTemplate
	}
	fields := it.fields()
	parts := strings.Split(template, "/")
	var out []string
	for i, part := range parts {
		last := i == len(parts)-1
		numbered := last && strings.Contains(part, numberField)
		part = templateField().ReplaceAllStringFunc(part, func(m string) string {
			if m == "{fileId}" && last && !numbered {
				return "" // goes behind what may be cut
			}
			return clean(fields[m[1:len(m)-1]])
		})
		part = squeeze(part)
		switch {
		case numbered:
			out = append(out, segment(part, maxSegment-11))
		case last:
			out = append(out, withID(part, it.FileID))
		case part != "":
			out = append(out, segment(part, maxSegment))
		}
	}
	return strings.Join(out, "/")
}

// withID puts the id behind the stem. Room is kept for it and for an extension of up to ten bytes.
func withID(stem, id string) string {
	if !client.ValidFileID(id) {
		id = "invalid"
	}
	stem = strings.TrimRight(cut(stem, maxSegment-len(id)-11), "_ .")
	if stem == "" {
		return segment(id, maxSegment)
	}
	return segment(stem+"_"+id, maxSegment)
}

// clean makes a foreign string fit for part of a file name: NFC, printable, no separators, no characters Windows refuses, no dots.
func clean(s string) string {
	s = norm.NFC.String(client.Text(s).String())
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|.~%`, r), r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return '_'
		case r >= 0x2400 && r <= 0x2421: // Text.String's pictures of control characters
			return '_'
		case r == '∕' || r == '⁄' || r == '⧸' || r == '／' || r == '＼' || r == '․' || r == '．':
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

var many = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`_{2,}`) })

func squeeze(s string) string { return strings.Trim(many().ReplaceAllString(s, "_"), "_ ") }

// segment is the last guard on one name: length, device names, leading and trailing dots and spaces.
func segment(s string, limit int) string {
	s = norm.NFC.String(s)
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return '_'
		}
		return r
	}, s)
	s = strings.TrimRight(strings.TrimLeft(cut(s, limit), " .-"), " .")
	if reserved().MatchString(s) {
		s = "_" + cut(s, limit-1)
	}
	if s == "" {
		return "_"
	}
	return s
}

// cut shortens s to at most limit bytes between characters.
func cut(s string, limit int) string {
	if limit < 0 {
		limit = 0
	}
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
