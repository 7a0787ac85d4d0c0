package rules

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"imagery/client"
)

// File is a rules file that is being edited: what stands in it, and all its rules, also those that are disabled. It does not change;
// With and Without make another.
type File struct {
	Text  []byte
	Rules []Rule
}

// NewFile returns a file without rules. It becomes one that Parse takes with the first rule.
func NewFile() *File { return &File{Text: []byte("version = 1\n")} }

// Set returns the rules that are in force.
func (f *File) Set() *Set {
	return &Set{Rules: slices.DeleteFunc(slices.Clone(f.Rules), func(r Rule) bool { return r.Disabled })}
}

// With returns the file with r in the place of rule i, or behind the last with i the number of rules. Only what differs is written anew:
// comments and layout of the rest stay, and so does a comment beside a text or date; one beside a list, which tells of its codes, goes
// with them. Its error is Problems.
func (f *File) With(i int, r Rule) (*File, error) {
	want := slices.Clone(f.Rules)
	if i == len(want) {
		text := strings.TrimRight(string(f.Text), "\n") + "\n\n[[rule]]\n"
		for _, key := range keys {
			text += key.line(&r)
		}
		return edited(text, append(want, r))
	}
	text := f.replaced(i, &r)
	want[i] = r
	return edited(text, want)
}

// Without returns the file without rule i and the comments right above it. Its error is Problems.
func (f *File) Without(i int) (*File, error) {
	want := slices.Delete(slices.Clone(f.Rules), i, i+1)
	lines, at := f.layout()
	if i >= len(at) {
		return edited("", want)
	}
	rest := slices.Concat(lines[:at[i].start], lines[at[i].end:])
	return edited(strings.Join(rest, ""), want)
}

// edited reads an edited text. Where a file was written in a way that editing does not know, it is written anew: right at least, though
// without comments.
func edited(text string, want []Rule) (*File, error) {
	f, err := ParseFile([]byte(text))
	if err == nil && slices.EqualFunc(f.Rules, want, sameRule) {
		return f, nil
	}
	anew, e := marshal(want)
	if e != nil {
		return nil, e
	}
	g, e := ParseFile(anew)
	if e != nil && text != "" {
		return nil, err // its lines are those of the file
	}
	return g, e
}

func sameRule(a, b Rule) bool {
	x, y := a, b
	return !slices.ContainsFunc(keys, func(k key) bool { return k.line(&x) != k.line(&y) })
}

// key is a key of a rule.
type key struct {
	name string
	// value returns what stands behind the equals sign, empty where the key is left out.
	value func(r *Rule) string
	list  bool
}

// keys are those of a rule in the order they are written.
var keys = []key{
	{"id", func(r *Rule) string { return quoted(r.ID) }, false},
	{"name", func(r *Rule) string { return quoted(r.Name) }, false},
	{"basis", func(r *Rule) string { return optional(r.Basis) }, false},
	{"disabled", func(r *Rule) string { return map[bool]string{true: "true"}[r.Disabled] }, false},
	{"biz_types", func(r *Rule) string { return array(r.BizTypes) }, true},
	{"customer_types", func(r *Rule) string { return array(r.CustomerTypes) }, true},
	{"status", func(r *Rule) string { return array(r.Status) }, true},
	{"opened_from", func(r *Rule) string { return date(r.OpenedFrom) }, false},
	{"opened_to", func(r *Rule) string { return date(r.OpenedTo) }, false},
	{"any", func(r *Rule) string { return "[" + strings.Trim(array(r.Any), "[]") + "]" }, true},
	{"if_any", func(r *Rule) string { return array(r.IfAny) }, true},
	{"unless_any", func(r *Rule) string { return array(r.UnlessAny) }, true},
}

// line is the line of the key in a file, empty where it is left out.
func (k key) line(r *Rule) string {
	if v := k.value(r); v != "" {
		return k.name + " = " + v + "\n"
	}
	return ""
}

// quoted writes a basic string of TOML, which JSON's is but for one character.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007f`)
}

func optional(s string) string {
	if s == "" {
		return ""
	}
	return quoted(s)
}

func array(list []string) string {
	if len(list) == 0 {
		return ""
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = quoted(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func date(d client.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// block is the lines of a rule, from the comments right above it to the last before the next.
type block struct {
	start, end int
	keys       map[string][2]int // lines of keys, the end exclusive
	last       int               // the line behind the last key
}

// layout splits the text into lines, each with its end, and finds the rules in them.
func (f *File) layout() (lines []string, rules []block) {
	lines = strings.SplitAfter(string(f.Text), "\n")
	comment := func(i int) bool { return strings.HasPrefix(strings.TrimSpace(lines[i]), "#") }
	blank := func(i int) bool { return strings.TrimSpace(lines[i]) == "" }
	type expression struct {
		rule bool
		key  string
		line int // from 0
	}
	var all []expression
	var p unstable.Parser
	p.Reset(f.Text)
	for p.NextExpression() {
		e := p.Expression()
		name, line := firstKey(&p, e)
		all = append(all, expression{e.Kind == unstable.ArrayTable, name, line - 1})
	}
	for i, e := range all {
		next := len(lines)
		if i+1 < len(all) {
			next = all[i+1].line
		}
		for next > e.line+1 && (comment(next-1) || blank(next-1)) {
			next--
		}
		if e.rule {
			start := e.line
			for start > 0 && comment(start-1) {
				start--
			}
			if n := len(rules); n > 0 {
				rules[n-1].end = start
			}
			rules = append(rules, block{start, len(lines), map[string][2]int{}, next})
		} else if n := len(rules); n > 0 {
			rules[n-1].keys[e.key], rules[n-1].last = [2]int{e.line, next}, next
		}
	}
	return lines, rules
}

// replaced is the text with what r says otherwise than rule i.
func (f *File) replaced(i int, r *Rule) string {
	lines, at := f.layout()
	if i >= len(at) {
		return "" // rules in one array
	}
	was, b := &f.Rules[i], at[i]
	var added string
	for _, k := range keys {
		before, after := k.line(was), k.line(r)
		if before == after {
			continue
		}
		span, there := b.keys[k.name]
		if !there {
			added += after
			continue
		}
		beside, alike := strings.CutPrefix(lines[span[0]], strings.TrimSuffix(before, "\n"))
		if alike && !k.list && after != "" && strings.HasPrefix(strings.TrimSpace(beside), "#") {
			after = strings.TrimSuffix(after, "\n") + beside
		}
		for n := span[0]; n < span[1]; n++ {
			lines[n] = ""
		}
		lines[span[0]] = after
	}
	if n := b.last - 1; added != "" {
		lines[n] = strings.TrimRight(lines[n], "\n")
		if lines[n] != "" {
			lines[n] += "\n"
		}
		lines[n] += added
	}
	return strings.Join(lines, "")
}

// Check returns what is wrong with r in the place of rule i, or behind the last with i the number of rules. Their lines are 0.
func (f *File) Check(i int, r Rule) Problems {
	p := &parser{seen: map[string]bool{}}
	for n := range f.Rules {
		if n != i {
			p.seen[f.Rules[n].ID] = true
		}
	}
	p.rule(i, &r)
	return p.found
}
