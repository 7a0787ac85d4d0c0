package config

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// section is a table of the file: the comments in front of its header, the header, and the lines below it. The first has no header.
type section struct {
	lead   []string
	header string
	path   []string
	body   []string
}

// edit returns what was read with f's values in it, comments and order kept. ok is false where the text is written in another way than
// one key a line in [tables], so that the result would not read as f.
func (f *File) edit() (text []byte, ok bool) {
	old, err := decode(f.text)
	if err != nil {
		return nil, false
	}
	secs, ok := sections(string(f.text))
	if !ok {
		return nil, false
	}
	setAll(&secs[0], scalars(old.without()), scalars(f.without()))
	for _, name := range slices.Sorted(maps.Keys(old.Profiles)) {
		if _, stays := f.Profiles[name]; !stays {
			secs = drop(secs, "profiles", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Profiles)) {
		before, there := old.Profiles[name]
		switch p := f.Profiles[name]; {
		case !there:
			secs = append(secs, tables(name, p)...)
		case !reflect.DeepEqual(before, p):
			if secs, ok = change(secs, name, before, p); !ok {
				return nil, false
			}
		}
	}
	text = []byte(join(secs))
	again, err := decode(text)
	return text, err == nil && f.same(again)
}

// without is the file without its profiles.
func (f *File) without() File {
	rest := *f
	rest.Profiles, rest.text = nil, nil
	return rest
}

func (f *File) same(o *File) bool {
	return reflect.DeepEqual(f.without(), o.without()) && len(f.Profiles) == len(o.Profiles) && (len(f.Profiles) == 0 || reflect.DeepEqual(f.Profiles, o.Profiles))
}

// change edits one profile.
func change(secs []section, name string, before, p Profile) ([]section, bool) {
	i := slices.IndexFunc(secs, func(s section) bool { return slices.Equal(s.path, []string{"profiles", name}) })
	if i < 0 {
		return nil, false
	}
	was, is := before.Endpoints, p.Endpoints
	before.Endpoints, p.Endpoints = nil, nil
	setAll(&secs[i], scalars(before), scalars(p))
	if !reflect.DeepEqual(was, is) {
		secs = drop(secs, "profiles", name, "endpoints")
		p.Endpoints = is
		fresh := slices.DeleteFunc(tables(name, p), func(s section) bool { return len(s.path) < 3 })
		i = slices.IndexFunc(secs, func(s section) bool { return slices.Equal(s.path, []string{"profiles", name}) })
		secs = slices.Insert(secs, i+1, fresh...)
	}
	return secs, true
}

// tables are the sections of a profile as a new file has them.
func tables(name string, p Profile) []section {
	b, err := toml.Marshal(File{Profiles: map[string]Profile{name: p}})
	if err != nil {
		return nil
	}
	secs, _ := sections(string(b))
	return slices.DeleteFunc(secs, func(s section) bool { return len(s.path) < 2 })
}

// pair is one key and its value as TOML writes them.
type pair struct{ key, value string }

// scalars lists the keys of v that are not tables, in order.
func scalars(v any) []pair {
	b, err := toml.Marshal(v)
	if err != nil {
		return nil
	}
	var out []pair
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "[") {
			break
		}
		if key, value, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			out = append(out, pair{key, value})
		}
	}
	return out
}

// setAll edits a section's keys from was to is.
func setAll(s *section, was, is []pair) {
	for _, old := range was {
		if !slices.ContainsFunc(is, func(p pair) bool { return p.key == old.key }) {
			s.set(old.key, "")
		}
	}
	for _, p := range is {
		if !slices.Contains(was, p) {
			s.set(p.key, p.value)
		}
	}
}

// set gives a key another value, in its place and before its comment, or adds it; an empty value takes it away.
func (s *section) set(key, value string) {
	line := regexp.MustCompile(`^(\s*` + regexp.QuoteMeta(key) + `\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^#\s]+)(.*)$`)
	for i, l := range s.body {
		m := line.FindStringSubmatch(l)
		switch {
		case m == nil:
			continue
		case value == "":
			s.body = slices.Delete(s.body, i, i+1)
		default:
			s.body[i] = m[1] + value + m[3]
		}
		return
	}
	if value != "" {
		s.body = append(s.body, key+" = "+value)
	}
}

// drop takes away the sections at and below a path.
func drop(secs []section, path ...string) []section {
	return slices.DeleteFunc(secs, func(s section) bool { return len(s.path) >= len(path) && slices.Equal(s.path[:len(path)], path) })
}

// sections takes a file apart. ok is false for headers that are no plain tables.
func sections(text string) (secs []section, ok bool) {
	secs = []section{{}}
	var lead []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		bare := strings.TrimSpace(line)
		switch {
		case bare == "" || bare[0] == '#':
			lead = append(lead, line)
		case bare[0] == '[':
			path, ok := tablePath(bare)
			if !ok {
				return nil, false
			}
			secs = append(secs, section{lead: lead, header: line, path: path})
			lead = nil
		default:
			last := &secs[len(secs)-1]
			last.body = append(append(last.body, lead...), line)
			lead = nil
		}
	}
	return append(secs, section{lead: lead}), true
}

// tablePath reads [a.'b'.c].
func tablePath(header string) ([]string, bool) {
	var v map[string]any
	if strings.HasPrefix(header, "[[") || toml.Unmarshal([]byte(header+"\n"), &v) != nil {
		return nil, false
	}
	var path []string
	for len(v) == 1 {
		for k, inner := range v {
			path = append(path, k)
			v, _ = inner.(map[string]any)
		}
	}
	return path, len(path) > 0
}

func join(secs []section) string {
	var b strings.Builder
	for _, s := range secs {
		if s.header != "" && len(s.lead) == 0 && b.Len() > 0 {
			s.lead = []string{""} // tables of ours stand apart
		}
		lines := s.lead
		if s.header != "" {
			lines = append(slices.Clone(lines), s.header)
		}
		for _, l := range append(slices.Clone(lines), s.body...) {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}
