package doctor

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// decode reads a raw answer; nil if it is no JSON.
func decode(body []byte) any {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// envelopes are the members that answers are found under.
var envelopes = []string{"data", "result", "content"}

// unwrap returns what an envelope holds, and its name: "none", "data", or "data.result" for one in the other. done tells when there is no
// envelope any more.
func unwrap(v any, done func(any) bool) (inner any, name string) {
	var path []string
	for range 3 {
		m, ok := v.(map[string]any)
		if done(v) || !ok {
			break
		}
		i := slices.IndexFunc(envelopes, func(key string) bool { return holds(m[key]) })
		if i < 0 {
			break
		}
		path, v = append(path, envelopes[i]), m[envelopes[i]]
	}
	if len(path) == 0 {
		return v, "none"
	}
	return v, strings.Join(path, ".")
}

func holds(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func isList(v any) bool { _, ok := v.([]any); return ok }

// isPage reports whether v is a page rather than an envelope around one.
func isPage(v any) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	for _, key := range []string{"totalElements", "page", "numberOfElements"} {
		if _, there := m[key]; there {
			return true
		}
	}
	return isList(m["content"])
}

// pageShape names the kind of a page.
func pageShape(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return "unknown"
	}
	has := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { _, there := m[key]; return there })
	}
	_, nested := m["page"].(map[string]any)
	switch {
	case nested:
		return "nested"
	case has("nextPage", "previousPage"):
		return "vendor"
	case has("pageable", "last", "first", "empty"):
		return "spring"
	}
	return "unknown"
}

// dateShapes are the written forms of a date, by the name that reports give them.
var dateShapes = sync.OnceValue(func() []dateForm {
	return []dateForm{
		{"yyyy-MM-dd HH:mm:ss", regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`)},
		{"yyyy-MM-dd", regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)},
		{"iso-utc", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]00:?00)$`)},
		{"iso-offset", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:?\d\d$`)},
		{"iso-local", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$`)},
		{"yyyy-MM-dd HH:mm", regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d$`)},
		{"yyyy/MM/dd HH:mm:ss", regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d$`)},
		{"yyyy/MM/dd", regexp.MustCompile(`^\d{4}/\d\d/\d\d$`)},
		{"epoch-ms-text", regexp.MustCompile(`^-?\d{11,13}$`)},
		{"yyyyMMddHHmmss", regexp.MustCompile(`^\d{14}$`)},
		{"yyyyMMdd", regexp.MustCompile(`^\d{8}$`)},
		{"epoch-s-text", regexp.MustCompile(`^\d{9,10}$`)},
	}
})

type dateForm struct {
	name string
	form *regexp.Regexp
}

// misread are the shapes that the client does not read as they are meant.
var misread = []string{"epoch-s", "epoch-s-text", "yyyyMMdd-number"}

// dateShape names the shape of a raw date. One nobody knows is given as its pattern: letters as a, digits as 9.
func dateShape(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case json.Number:
		return numberShape(v.String())
	case []any:
		return "array"
	case string:
		return textShape(strings.TrimSpace(v))
	}
	return "other"
}

func numberShape(s string) string {
	digits := strings.TrimPrefix(s, "-")
	switch {
	case strings.ContainsAny(s, ".eE"):
		return "other"
	case len(digits) == 8 && (digits[:2] == "19" || digits[:2] == "20"):
		return "yyyyMMdd-number"
	case len(digits) == 9 || len(digits) == 10:
		return "epoch-s"
	}
	return "epoch-ms"
}

func textShape(s string) string {
	if s == "" {
		return "empty"
	}
	for _, x := range dateShapes() {
		if x.form.MatchString(s) {
			return x.name
		}
	}
	return "other: " + pattern(s)
}

// pattern hides what a text says but not how it is built.
func pattern(s string) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		switch {
		case i == 30:
			return b.String()
		case r >= '0' && r <= '9':
			b.WriteByte('9')
		case r > ' ' && r < 0x7f && !(r >= 'a' && r <= 'z') && !(r >= 'A' && r <= 'Z'), r == ' ':
			b.WriteRune(r)
		default:
			b.WriteByte('a')
		}
	}
	return b.String()
}

// dates collects raw dates of an answer by their member's name.
type dates map[string][]any

// of notes the named members of a record.
func (d dates) of(v any, names ...string) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	for _, name := range names {
		if x, there := m[name]; there {
			d[name] = append(d[name], x)
		}
	}
}

// shapes names the shapes that each member comes in; empty ones only where there is nothing else.
func (d dates) shapes() map[string]string {
	out := map[string]string{}
	for name, values := range d {
		var seen, empty []string
		for _, v := range values {
			s := dateShape(v)
			if s == "null" || s == "empty" {
				empty = append(empty, s)
			} else if !slices.Contains(seen, s) {
				seen = append(seen, s)
			}
		}
		if len(seen) == 0 {
			seen = empty[:1]
		}
		slices.Sort(seen)
		out[name] = strings.Join(seen, ", ")
	}
	return out
}

// accountDates are those of interface 9's rows.
func accountDates(rows []any) dates {
	d := dates{}
	for _, row := range rows {
		if m, ok := row.(map[string]any); ok {
			d.of(m["account"], "openAcctDate", "writeoffDate")
		}
	}
	return d
}

// materialDates are those of interface 7's rows.
func materialDates(rows []any) dates {
	d := dates{}
	for _, row := range rows {
		d.of(row, "createTime", "hisCreateTime")
		m, ok := row.(map[string]any)
		if !ok {
			continue
		}
		files, _ := m["files"].([]any)
		for _, f := range files {
			d.of(f, "updateTime", "tempExpireTime")
		}
	}
	return d
}

// list returns a member's elements, nil if it is no list.
func list(v any, key string) []any {
	m, _ := v.(map[string]any)
	l, _ := m[key].([]any)
	return l
}
