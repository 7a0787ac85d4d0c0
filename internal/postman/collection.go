package postman

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
)

// The parts of a Postman collection (v2.0 and v2.1) that matter here. URL, path and host come in several shapes.
type collection struct {
	Info struct {
		Name   string `json:"name"`
		Schema string `json:"schema"`
	} `json:"info"`
	Item     []item     `json:"item"`
	Variable []variable `json:"variable"`
	Values   []variable `json:"values"` // of an environment file
}

type variable struct {
	Key      string          `json:"key"`
	ID       string          `json:"id"`
	Value    json.RawMessage `json:"value"`
	Disabled bool            `json:"disabled"`
}

type item struct {
	Name     string          `json:"name"`
	Item     []item          `json:"item"`
	Request  json.RawMessage `json:"request"`
	Variable []variable      `json:"variable"`
}

type request struct {
	Method string          `json:"method"`
	URL    json.RawMessage `json:"url"`
	Body   *struct {
		Mode       string  `json:"mode"`
		Raw        string  `json:"raw"`
		URLEncoded []param `json:"urlencoded"`
		FormData   []param `json:"formdata"`
		Disabled   bool    `json:"disabled"`
	} `json:"body"`
}

type param struct {
	Key      string          `json:"key"`
	Value    json.RawMessage `json:"value"`
	Type     string          `json:"type"`
	Disabled bool            `json:"disabled"`
}

type address struct {
	Raw      string          `json:"raw"`
	Path     json.RawMessage `json:"path"`
	Query    []param         `json:"query"`
	Variable []variable      `json:"variable"`
}

// found is one request of the collection, wherever it lay.
type found struct {
	name   string
	method string
	path   []string // segments, ":name" and "{{name}}" as written
	query  []param
	mode   string // "", "json", "form", "part"
	body   []field
	vars   map[string]string
	// badBody: the example body is there but cannot be read.
	badBody bool
}

// field is one value a request carries, with what its example shows.
type field struct {
	name string // dotted when nested
	kind string // "string", "number", "boolean", "file" or "object"
	list bool
}

// text returns a JSON value as plain text.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(raw))
}

// walk collects the requests of a collection with the variables in force where they lie.
func walk(items []item, vars map[string]string, depth int, out []found) []found {
	if depth > maxDepth {
		return out
	}
	for _, it := range items {
		inner := extend(vars, it.Variable)
		if f, ok := read(it, inner); ok {
			out = append(out, f)
		}
		out = walk(it.Item, inner, depth+1, out)
	}
	return out
}

func extend(vars map[string]string, more []variable) map[string]string {
	out := make(map[string]string, len(vars)+len(more))
	for k, v := range vars {
		out[k] = v
	}
	for _, v := range more {
		key := v.Key
		if key == "" {
			key = v.ID
		}
		if key != "" && !v.Disabled {
			out[key] = text(v.Value)
		}
	}
	return out
}

func read(it item, vars map[string]string) (f found, ok bool) {
	if len(it.Request) == 0 || string(it.Request) == "null" {
		return f, false
	}
	f = found{name: it.Name, method: "GET", vars: vars}
	var r request
	if json.Unmarshal(it.Request, &r) != nil {
		r = request{URL: it.Request} // a request may be just its URL
	}
	if r.Method != "" {
		f.method = strings.ToUpper(r.Method)
	}
	f.readURL(r.URL)
	if r.Body != nil && !r.Body.Disabled {
		switch r.Body.Mode {
		case "raw":
			var ok bool
			f.mode = "json"
			f.body, ok = jsonFields(r.Body.Raw, vars)
			f.badBody = !ok
		case "urlencoded":
			f.mode, f.body = "form", paramFields(r.Body.URLEncoded)
		case "formdata":
			f.mode, f.body = "part", paramFields(r.Body.FormData)
		}
	}
	return f, true
}

func (f *found) readURL(raw json.RawMessage) {
	var a address
	if json.Unmarshal(raw, &a) != nil {
		a = address{Raw: text(raw)}
	}
	f.vars = extend(f.vars, a.Variable)
	var segments []string
	if json.Unmarshal(a.Path, &segments) != nil {
		if p := text(a.Path); len(a.Path) > 0 && p != "" {
			segments = strings.Split(strings.Trim(p, "/"), "/")
		}
	}
	rest, query, _ := strings.Cut(a.Raw, "?")
	if len(segments) == 0 {
		segments = pathOf(rest)
	}
	for _, s := range segments {
		if s != "" {
			f.path = append(f.path, s)
		}
	}
	if f.query = a.Query; f.query == nil && query != "" {
		for _, pair := range strings.Split(query, "&") {
			k, v, _ := strings.Cut(pair, "=")
			value, _ := json.Marshal(v)
			f.query = append(f.query, param{Key: k, Value: value})
		}
	}
}

// pathOf returns the segments behind scheme and host of a raw URL; {{baseUrl}} counts as those.
func pathOf(raw string) []string {
	if _, rest, ok := strings.Cut(raw, "://"); ok {
		raw = rest
	}
	_, path, _ := strings.Cut(raw, "/")
	return strings.Split(path, "/")
}

var placeholder = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\{\s*([^{}]+?)\s*\}\}`) })

// jsonFields reads the example body; ok is false for one that is no JSON object. Variables outside strings would not be JSON: they become null, as would one without a value.
func jsonFields(raw string, vars map[string]string) (fields []field, ok bool) {
	if strings.TrimSpace(raw) == "" {
		return nil, true
	}
	body := placeholder().ReplaceAllStringFunc(raw, func(m string) string {
		if v := vars[strings.TrimSpace(m[2:len(m)-2])]; v != "" && !strings.ContainsAny(v, `"\`) {
			return v
		}
		return "0"
	})
	var v map[string]any
	d := json.NewDecoder(strings.NewReader(lineComment().ReplaceAllString(body, "")))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil, false
	}
	return flatten("", v, nil, 0), true
}

var lineComment = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^\s*//.*$|\s//[^"\n]*$`) })

func flatten(prefix string, v map[string]any, out []field, depth int) []field {
	for k, x := range v {
		name := prefix + k
		switch x := x.(type) {
		case map[string]any:
			if depth < maxDepth {
				out = flatten(name+".", x, append(out, field{name: name, kind: "object"}), depth+1)
			}
		case []any:
			f := field{name: name, kind: "string", list: true}
			if len(x) > 0 {
				f.kind = kindOf(x[0])
			}
			out = append(out, f)
		default:
			out = append(out, field{name: name, kind: kindOf(x)})
		}
	}
	return out
}

func kindOf(v any) string {
	switch v.(type) {
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case map[string]any:
		return "object"
	}
	return "string"
}

func paramFields(params []param) []field {
	var out []field
	for _, p := range params {
		if p.Disabled || p.Key == "" {
			continue
		}
		kind := "string"
		if p.Type == "file" {
			kind = "file"
		}
		out = append(out, field{name: p.Key, kind: kind})
	}
	return out
}
