package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"imagery/client"
	"imagery/internal/i18n"
)

// Row is a line of the report for people: what it is about, what was looked at, what was found.
type Row struct{ Area, Item, Found string }

// Rows returns the report without its warnings.
func (r *Report) Rows() []Row {
	var out []Row
	add := func(area string, facts Facts) {
		for _, f := range facts {
			out = append(out, r.row(area, f)...)
		}
	}
	add(r.cat.T("doctor.area.program"), r.Program)
	add(r.cat.T("doctor.area.config"), r.Config)
	add(r.cat.T("doctor.area.profile"), r.Profile)
	add(r.cat.T("doctor.area.terminal"), r.Terminal)
	add(r.cat.T("doctor.area.graphics"), r.Graphics)
	add(r.cat.T("doctor.area.tls"), r.TLS)
	for _, i := range r.Interfaces {
		area := r.cat.T("doctor.area.interface", "op", int(i.Op))
		status := strconv.Itoa(i.Status)
		if i.Error != "" {
			status = strings.TrimPrefix(status+" ", "0 ") + r.word(i.Error)
		}
		out = append(out, Row{area, r.cat.T("doctor.fact.sent"), sentence(i.Sent)}, Row{area, r.cat.T("doctor.fact.status"), status})
		add(area, i.Learnt)
	}
	return out
}

// sentence is what was sent, in one line.
func sentence(f Facts) string {
	names, _ := f.Get("parameters").([]string)
	return strings.TrimSpace(fmt.Sprint(f.Get("method"), " ", f.Get("path"), " ", strings.Join(names, " ")))
}

func (r *Report) row(area string, f Fact) []Row {
	label := r.cat.T(i18n.Key("doctor.fact." + f.Key))
	switch v := f.Value.(type) {
	case []Setting:
		var out []Row
		for _, s := range v {
			out = append(out, Row{area, "--" + s.Key, cmp.Or(s.Value, "-") + " (" + r.word(string(s.Source)) + ")"})
		}
		return out
	case map[string]string:
		var out []Row
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = append(out, Row{area, label + " " + client.SafeText(name, 40), r.word(v[name])})
		}
		return out
	case []string:
		if len(v) == 0 {
			return nil
		}
		return []Row{{area, label, strings.Join(v, ", ")}}
	case bool:
		return []Row{{area, label, r.word(map[bool]string{true: "yes", false: "no"}[v])}}
	}
	found := cmp.Or(fmt.Sprint(f.Value), "-")
	if !slices.Contains(verbatim, f.Key) {
		found = r.word(found)
	}
	return []Row{{area, label, client.SafeText(found, 300)}}
}

// verbatim are facts in others' words, which may be like ours by chance.
var verbatim = []string{"version", "path", "name", "url", "username", "scheme", "host", "TERM", "COLORTERM", "locale", "by", "declaredType"}

// word translates a value of our own; what is none stays.
func (r *Report) word(s string) string {
	if key := i18n.Key("doctor.value." + s); !strings.ContainsAny(s, ". ") {
		if t, ok := r.cat.Lookup(key); ok {
			return t
		}
	}
	return client.SafeText(s, 300)
}
