package rules

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"imagery/client"
)

// places tells where the rules of a file stand, for problems that TOML itself has nothing to say about.
type places struct {
	keys  map[string]int // lines of keys outside rules
	rules []place
	odd   []misspelt
	whole bool // the text is TOML to its end
}

// place is where one rule stands.
type place struct {
	line int
	id   string
	keys map[string]int
}

// misspelt is a key in other than small letters. The decoder takes it for the key, so that of any and Any the last would count.
type misspelt struct {
	key  string
	line int
}

// locate reads a text as far as it is TOML.
func locate(text []byte) places {
	out := places{keys: map[string]int{}}
	var p unstable.Parser
	p.Reset(text)
	into := out.keys
	for p.NextExpression() {
		e := p.Expression()
		key, line := firstKey(&p, e)
		out.odd = append(out.odd, oddKeys(e, line)...)
		switch e.Kind {
		case unstable.ArrayTable:
			out.rules = append(out.rules, place{line: line, keys: map[string]int{}})
			into = out.rules[len(out.rules)-1].keys
		case unstable.KeyValue:
			into[key] = line
			if v := e.Value(); key == "id" && v.Kind == unstable.String && len(out.rules) > 0 {
				out.rules[len(out.rules)-1].id = string(v.Data)
			}
		}
	}
	out.whole = p.Error() == nil
	return out
}

// oddKeys finds the keys of an expression, those of tables in its value included, that are not in small letters.
func oddKeys(e *unstable.Node, line int) (out []misspelt) {
	switch e.Kind {
	case unstable.ArrayTable, unstable.Table, unstable.KeyValue:
		for it := e.Key(); it.Next(); {
			if key := string(it.Node().Data); key != strings.ToLower(key) {
				out = append(out, misspelt{key, line})
			}
		}
	}
	if e.Kind == unstable.KeyValue {
		return append(out, oddKeys(e.Value(), line)...)
	}
	if e.Kind == unstable.Array || e.Kind == unstable.InlineTable {
		for it := e.Children(); it.Next(); {
			out = append(out, oddKeys(it.Node(), line)...)
		}
	}
	return out
}

// firstKey returns the first part of an expression's key and its line.
func firstKey(p *unstable.Parser, e *unstable.Node) (key string, line int) {
	if e.Kind != unstable.ArrayTable && e.Kind != unstable.Table && e.Kind != unstable.KeyValue {
		return "", 0
	}
	it := e.Key()
	if !it.Next() {
		return "", 0
	}
	n := it.Node()
	return string(n.Data), p.Shape(n.Raw).Start.Line
}

// at returns the line of a key of the i-th rule, or of the rule if it has no such key.
func (p places) at(i int, key string) int {
	if i >= len(p.rules) {
		return p.keys["rule"] // written as one array
	}
	if line, ok := p.rules[i].keys[key]; ok {
		return line
	}
	return p.rules[i].line
}

// name is what a rule is called in problems.
func (p places) name(i int, id string) string {
	if id == "" {
		return fmt.Sprintf("#%d", i+1)
	}
	return safe(id)
}

// ruleAt names the rule that a line is in.
func (p places) ruleAt(line int) (name string) {
	for i, r := range p.rules {
		if r.line > line {
			break
		}
		name = p.name(i, r.id)
	}
	return name
}

// safe makes a foreign text fit for a terminal and short.
func safe(s string) string { return client.SafeText(s, 120) }
