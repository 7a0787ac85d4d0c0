// Package i18n turns message keys into Chinese or English. A key "area.rest" is the entry rest, nested tables joined by dots, of
// assets/locales/LANG/area.toml. Messages hold named placeholders, "{name}", and English plurals, "{n:file|files}".
package i18n

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"imagery/assets"
)

// Key names a message. An untyped string constant converts to it.
type Key string

// Languages lists the complete catalogues, the default first.
var Languages = []string{"zh", "en"}

// Catalogue is one language's messages, read on first use. Its methods may be called from any goroutine.
type Catalogue struct {
	lang  string
	areas sync.Map // string → func() map[Key]string
}

var catalogues = map[string]*Catalogue{"zh": {lang: "zh"}, "en": {lang: "en"}}

// Load returns the catalogue of a language, Chinese for one that is not in Languages. Nothing is read yet.
func Load(lang string) *Catalogue {
	if c, ok := catalogues[lang]; ok {
		return c
	}
	return catalogues["zh"]
}

// Lang returns "zh" or "en".
func (c *Catalogue) Lang() string { return c.lang }

// T returns the message of key with its placeholders filled from pairs: a name without braces, then its value. An unknown key
// gives the key itself in « », a placeholder without a value stays as written.
func (c *Catalogue) T(key Key, pairs ...any) string {
	s, ok := c.Lookup(key)
	if !ok {
		return "«" + string(key) + "»"
	}
	if len(pairs) == 0 || !strings.Contains(s, "{") {
		return s
	}
	return fill(s, pairs)
}

// Lookup returns the message of key as written in the catalogue.
func (c *Catalogue) Lookup(key Key) (string, bool) {
	area, _, _ := strings.Cut(string(key), ".")
	f, ok := c.areas.Load(area)
	if !ok {
		f, _ = c.areas.LoadOrStore(area, sync.OnceValue(func() map[Key]string { return read(c.lang, area) }))
	}
	s, ok := f.(func() map[Key]string)()[key]
	return s, ok
}

// read returns an area's messages by full key; an area that does not exist or does not parse has none, and the tests say so.
func read(lang, area string) map[Key]string {
	out := map[Key]string{}
	b, err := assets.FS.ReadFile(path.Join("locales", lang, area+".toml"))
	if err != nil {
		return out
	}
	var tree map[string]any
	if toml.Unmarshal(b, &tree) == nil {
		flatten(area, tree, out)
	}
	return out
}

func flatten(prefix string, v any, out map[Key]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, sub := range v {
			flatten(prefix+"."+k, sub, out)
		}
	case string:
		out[Key(prefix)] = v
	}
}

func fill(s string, pairs []any) string {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(s, "{")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !open {
			return b.String()
		}
		if !closed {
			b.WriteString("{" + rest)
			return b.String()
		}
		b.WriteString(value(name, pairs))
		s = after
	}
}

// value returns what stands for a placeholder's inside: "name", or "name:one|many" chosen by a number.
func value(inside string, pairs []any) string {
	name, forms, plural := strings.Cut(inside, ":")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != name {
			continue
		}
		got := fmt.Sprint(pairs[i+1])
		if !plural {
			return got
		}
		one, many, _ := strings.Cut(forms, "|")
		if got == "1" {
			return one
		}
		return many
	}
	return "{" + inside + "}"
}
