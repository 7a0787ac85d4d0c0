package rules

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// Limits of a rules file. A platform's own catalogue has tens of codes and a company tens of rules.
const (
	MaxBytes = 1 << 20
	MaxRules = 1000
	maxList  = 200 // codes in one list
	maxText  = 500 // characters of a name or basis
	maxID    = 64  // characters of an id or code
)

// Problem is one thing wrong in a rules file.
type Problem struct {
	Kind ProblemKind
	Line int    // from 1; 0: of the file as a whole
	Rule string // id of the rule, or "#2" for the second rule when it has none
	Key  string // the key it is about, if one
	Got  string // what stands there, sanitised
}

// ProblemKind names what is wrong.
type ProblemKind string

// Problems of a rules file.
const (
	NotTOML       ProblemKind = "syntax"         // Got is what the parser says, in English
	WrongType     ProblemKind = "type"           // a text where a list belongs, or the like; Got as for NotTOML
	UnknownKey    ProblemKind = "unknown_key"    // nothing is called so
	TooLarge      ProblemKind = "too_large"      // over MaxBytes, MaxRules or the length of a list or text
	OtherVersion  ProblemKind = "version"        // not Version, or not told
	NoRules       ProblemKind = "no_rules"       // the file asks for nothing, or all it asks for is disabled
	Empty         ProblemKind = "empty"          // a key that must say something
	Duplicate     ProblemKind = "duplicate"      // an id used before, or a code twice in a list
	BadCode       ProblemKind = "code"           // not a code: blanks, control characters, or over 64 characters
	DatesReversed ProblemKind = "dates_reversed" // opened_from after opened_to
	Pointless     ProblemKind = "pointless"      // if_any or unless_any names a code that any names: the condition decides nothing
)

// Error implements error.
func (p Problem) Error() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	for _, part := range []string{p.Rule, p.Key} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	b.WriteString(strings.ReplaceAll(string(p.Kind), "_", " "))
	if p.Got != "" {
		fmt.Fprintf(&b, " (%s)", p.Got)
	}
	return b.String()
}

// Problems are all that is wrong in a rules file, in the order of its lines; the error of Parse.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.Error()
	}
	return "rules: " + strings.Join(lines, "; ")
}

// Parse reads the rules of a file that are in force. Its error is Problems.
func Parse(text []byte) (*Set, error) {
	f, err := ParseFile(text)
	if err != nil {
		return nil, err
	}
	return f.Set(), nil
}

// ParseFile reads a rules file to edit it. Its error is Problems.
func ParseFile(text []byte) (*File, error) {
	if len(text) > MaxBytes {
		return nil, Problems{{Kind: TooLarge, Got: fmt.Sprint(len(text))}}
	}
	p := &parser{lines: locate(text)}
	var f file
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&f); err != nil {
		p.refused(err)
		return nil, p.found
	}
	out := &File{Text: text, Rules: make([]Rule, len(f.Rule))}
	for i := range f.Rule {
		out.Rules[i] = f.Rule[i].rule()
	}
	p.file(&f)
	for i := range out.Rules {
		p.rule(i, &out.Rules[i])
	}
	if len(p.found) > 0 {
		slices.SortStableFunc(p.found, func(a, b Problem) int { return a.Line - b.Line })
		return nil, p.found
	}
	return out, nil
}

// parser collects what is wrong.
type parser struct {
	lines places
	found Problems
	seen  map[string]bool // ids
}

// refused turns what the decoder says into problems.
func (p *parser) refused(err error) {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		for _, e := range strict.Errors {
			line, _ := e.Position()
			p.found = append(p.found, Problem{Kind: UnknownKey, Line: line, Rule: p.lines.ruleAt(line), Key: safe(strings.Join(e.Key(), "."))})
		}
		return
	}
	problem := Problem{Kind: NotTOML, Got: safe(strings.TrimPrefix(err.Error(), "toml: "))}
	var d *toml.DecodeError
	if errors.As(err, &d) {
		problem.Line, _ = d.Position()
		problem.Rule, problem.Key = p.lines.ruleAt(problem.Line), safe(strings.Join(d.Key(), "."))
		if p.lines.whole { // it is TOML, so a value is of another type
			problem.Kind = WrongType
		}
	}
	p.found = append(p.found, problem)
}

func (p *parser) file(f *file) {
	for _, x := range p.lines.odd {
		p.found = append(p.found, Problem{Kind: UnknownKey, Line: x.line, Rule: p.lines.ruleAt(x.line), Key: safe(x.key)})
	}
	if f.Version != Version {
		p.found = append(p.found, Problem{Kind: OtherVersion, Line: p.lines.keys["version"], Key: "version", Got: fmt.Sprint(f.Version)})
	}
	switch n := len(f.Rule); {
	case !slices.ContainsFunc(f.Rule, func(r fileRule) bool { return !r.Disabled }):
		p.found = append(p.found, Problem{Kind: NoRules})
	case n > MaxRules:
		p.found = append(p.found, Problem{Kind: TooLarge, Got: fmt.Sprint(n)})
	}
}

// ruleID reports whether s is one: letters and digits, and within them dots, dashes and underscores. A regular expression of this took
// 10 ms to compile, in every command.
func ruleID(s string) bool {
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && (i == 0 || !strings.ContainsRune("._-", r)) {
			return false
		}
	}
	n := utf8.RuneCountInString(s)
	return 0 < n && n <= maxID
}

func (p *parser) rule(i int, r *Rule) {
	name := p.lines.name(i, r.ID)
	bad := func(kind ProblemKind, key, got string) {
		p.found = append(p.found, Problem{Kind: kind, Line: p.lines.at(i, key), Rule: name, Key: key, Got: safe(got)})
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	switch {
	case r.ID == "":
		bad(Empty, "id", "")
	case !ruleID(r.ID):
		bad(BadCode, "id", r.ID)
	case p.seen[r.ID]:
		bad(Duplicate, "id", r.ID)
	}
	p.seen[r.ID] = true
	if strings.TrimSpace(r.Name) == "" {
		bad(Empty, "name", "")
	}
	for key, text := range map[string]string{"name": r.Name, "basis": r.Basis} {
		if n := utf8.RuneCountInString(text); n > maxText {
			bad(TooLarge, key, fmt.Sprint(n))
		}
	}
	if len(r.Any) == 0 {
		bad(Empty, "any", "")
	}
	for _, l := range []struct {
		key  string
		list []string
	}{
		{"biz_types", r.BizTypes},
		{"customer_types", r.CustomerTypes},
		{"status", r.Status},
		{"any", r.Any},
		{"if_any", r.IfAny},
		{"unless_any", r.UnlessAny},
	} {
		codes(l.list, func(kind ProblemKind, got string) { bad(kind, l.key, got) })
	}
	if !r.OpenedFrom.IsZero() && !r.OpenedTo.IsZero() && r.OpenedFrom.Compare(r.OpenedTo) > 0 {
		bad(DatesReversed, "opened_to", r.OpenedTo.String())
	}
	for key, list := range map[string][]string{"if_any": without(r.IfAny, r.UnlessAny), "unless_any": r.UnlessAny} {
		if i := slices.IndexFunc(list, func(c string) bool { return slices.Contains(r.Any, c) }); i >= 0 {
			bad(Pointless, key, list[i])
		}
	}
	if len(r.IfAny) > 0 && len(without(r.IfAny, r.UnlessAny)) == 0 {
		bad(Pointless, "if_any", r.IfAny[0])
	}
}

// codes finds what is wrong in a list of codes.
func codes(list []string, bad func(kind ProblemKind, got string)) {
	if len(list) > maxList {
		bad(TooLarge, fmt.Sprint(len(list)))
	}
	for i, c := range list {
		switch {
		case c == "":
			bad(Empty, "")
		case utf8.RuneCountInString(c) > maxID || !utf8.ValidString(c) || strings.ContainsFunc(c, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }):
			bad(BadCode, c)
		case slices.Contains(list[:i], c):
			bad(Duplicate, c)
		}
	}
}
