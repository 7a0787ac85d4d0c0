package journal

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/i18n"
	"imagery/ui/internal/grid"
)

func keyOf(e audit.Entry) string { return strconv.FormatInt(e.Seq, 10) }

func (m *Model) columns() []grid.Column[audit.Entry] {
	return []grid.Column[audit.Entry]{
		{ID: "seq", Title: "journal.col.seq", Min: 6, Max: 9, Priority: 5, Align: grid.Right, Cell: keyOf},
		{ID: "time", Title: "journal.col.time", Min: 19, Max: 19, Cell: m.when},
		{ID: "act", Title: "journal.col.act", Min: 10, Max: 14, Cell: m.act},
		{ID: "result", Title: "journal.col.result", Min: 6, Max: 8, Cell: m.result, Style: m.resultStyle},
		{ID: "user", Title: "journal.col.user", Min: 8, Max: 14, Priority: 2, Cell: func(e audit.Entry) string { return client.SafeText(e.User, 60) }},
		{ID: "profile", Title: "journal.col.profile", Min: 8, Max: 14, Priority: 4, Cell: func(e audit.Entry) string { return client.SafeText(e.Profile, 60) }},
		{ID: "detail", Title: "journal.col.detail", Min: 16, Max: -1, Priority: 1, Cell: func(e audit.Entry) string { return strings.Join(m.details(e), "  ") }},
	}
}

func (m *Model) when(e audit.Entry) string {
	return e.Time.In(m.env.Now().Location()).Format("2006-01-02 15:04:05")
}

// act names what was done; an act of a newer program by its own name.
func (m *Model) act(e audit.Entry) string {
	if slices.Contains(audit.Acts, e.Act) {
		return m.env.T(i18n.Key("journal.act." + string(e.Act)))
	}
	return client.SafeText(string(e.Act), 40)
}

// result is what became of it; of a line that stands before its act, that it was begun. Reads have one line and tell no result.
func (m *Model) result(e audit.Entry) string {
	switch {
	case e.Phase == audit.Begun && e.Ref == "":
		return "--"
	case e.Phase == audit.Begun:
		return m.env.T("journal.result.begun")
	case slices.Contains([]string{audit.OK, audit.Failed, audit.Unknown}, e.Result):
		return m.env.T(i18n.Key("journal.result." + e.Result))
	}
	return client.SafeText(e.Result, 20)
}

func (m *Model) resultStyle(e audit.Entry) *lipgloss.Style {
	switch {
	case e.Result == audit.Failed:
		return &m.env.Styles.Error
	case e.Result == audit.Unknown:
		return &m.env.Styles.Warning
	case e.Phase == audit.Begun:
		return &m.env.Styles.Muted
	}
	return nil
}

// searched is what the filter of the list looks at.
func (m *Model) searched(e audit.Entry) []string {
	return append(m.details(e), m.act(e), m.result(e), client.SafeText(e.User, 60), client.SafeText(e.Profile, 60), m.when(e))
}

// ours are details that the program made: numbers in them are nobody's.
var ours = []string{
	"seed", "populationHash", "sha256", "rules", "key", "before", "fileId", "serviceAccessId", "run", "id", "checkedAt", "expectedHash", "head", "ref", "serviceAccessID",
}

// personal are numbers as documents, phones and bank cards have them.
var personal = regexp.MustCompile(`\d{11,18}[0-9Xx]?`)

// order puts the account in front of all else.
func order(key string) int {
	if key == "accountNo" {
		return 0
	}
	return 1
}

// details are what a line says of its act, masked where users may have written something personal.
func (m *Model) details(e audit.Entry) (out []string) {
	words := i18n.Load(m.env.Lang)
	keys := slices.SortedFunc(maps.Keys(e.Detail), func(a, b string) int { return cmp.Or(order(a)-order(b), cmp.Compare(a, b)) })
	for _, k := range keys {
		v := e.Detail[k]
		if v == "" {
			continue
		}
		if !slices.Contains(ours, k) {
			v = personal.ReplaceAllStringFunc(v, client.Mask)
		}
		word := k
		if k == "failed" && e.Act == audit.SignOff {
			word = "notPassed" // accounts, not files
		}
		label, known := words.Lookup(i18n.Key("journal.detail." + word))
		if !known {
			label = client.SafeText(k, 40)
		}
		if state, known := words.Lookup(i18n.Key("tasks.state." + v)); k == "state" && known {
			v = state
		}
		out = append(out, label+"="+client.SafeText(v, 300))
	}
	return out
}
