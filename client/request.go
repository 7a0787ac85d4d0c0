package client

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// request is one call before it is laid out by the company's Endpoint.
type request struct {
	op     Op
	fields []arg
	header http.Header // beside the usual ones; nil: none
}

// arg is one field of a request under the platform's own name; ranges are dotted.
type arg struct {
	name string
	// val is a string, []string, bool, int, *Source, or []ArchiveMaterial.
	val any
}

func (r *request) add(name string, val any) { r.fields = append(r.fields, arg{name, val}) }

// text adds s unless it is empty.
func (r *request) text(name, s string) {
	if s != "" {
		r.add(name, s)
	}
}

// list adds l unless it is empty: platforms read [] as "none" where absent means "all".
func (r *request) list(name string, l []string) {
	if len(l) > 0 {
		r.add(name, l)
	}
}

func (r *request) moment(name string, t Time, c *Client) {
	if !t.IsZero() {
		r.add(name, t.In(c.location()).Format("2006-01-02 15:04:05"))
	}
}

var placeholder = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{([^{}/]+)\}`) })

// build lays the request out as the company's endpoint wants it.
func (r *request) build(ctx context.Context, c *Client) (*http.Request, error) {
	ep, ok := c.Endpoints[r.op]
	if !ok {
		return nil, &NoEndpointError{r.op}
	}
	l := &layout{op: r.op, ep: ep, query: url.Values{}}
	path, err := l.fillPath(r)
	if err != nil {
		return nil, err
	}
	for _, f := range r.fields {
		if err := l.put(f); err != nil {
			return nil, err
		}
	}
	for k, v := range ep.Fixed {
		l.query.Set(k, v)
	}
	target := strings.TrimRight(c.BaseURL, "/") + path
	if len(l.query) > 0 {
		target += "?" + l.query.Encode()
	}
	b, err := l.body()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, ep.Method, target, nil)
	if err != nil {
		return nil, err
	}
	l.attach(req, b, r.op)
	maps.Copy(req.Header, r.header)
	return req, nil
}

// attach gives req its body. A write gets one even when it is empty: net/http replays requests without a body on its own
// when a kept connection turns out dead, and a write must never be sent twice.
func (l *layout) attach(req *http.Request, b *body, op Op) {
	if b != nil {
		req.Body, req.ContentLength = b.reader(), b.size()
		req.Header.Set("Content-Type", b.contentType)
	} else if op.Writes() {
		req.Body = io.NopCloser(strings.NewReader(""))
	}
	if op == OpFetchFile {
		req.Header.Set("Accept-Encoding", "identity") // sizes and ranges are of the file itself
	} else {
		req.Header.Set("Accept", "application/json, text/plain, */*")
	}
}

// NoEndpointError is ErrNoEndpoint with the interface's number.
type NoEndpointError struct{ Op Op }

// Error implements error.
func (e *NoEndpointError) Error() string { return e.Op.String() + " has no endpoint in this profile" }

// Is matches ErrNoEndpoint.
func (e *NoEndpointError) Is(target error) bool { return target == ErrNoEndpoint }

// layout collects the parts of one HTTP request.
type layout struct {
	op     Op
	ep     Endpoint
	inPath map[string]bool
	query  url.Values
	json   []arg
	form   []arg
	parts  []arg
}

func (l *layout) fillPath(r *request) (string, error) {
	l.inPath = map[string]bool{}
	var missing string
	path := placeholder().ReplaceAllStringFunc(l.ep.Path, func(m string) string {
		name := m[1 : len(m)-1]
		l.inPath[name] = true
		for _, f := range r.fields {
			if s, ok := f.val.(string); ok && f.name == name {
				return url.PathEscape(s)
			}
		}
		missing = name
		return ""
	})
	if missing != "" {
		return "", &InvalidError{Op: r.op, Field: missing, Reason: ReasonInAddress}
	}
	return path, nil
}

// put sends one field where the endpoint wants it.
func (l *layout) put(f arg) error {
	if l.inPath[f.name] {
		return nil
	}
	place, name, kind := l.ep.place(f.name)
	if _, file := f.val.(*Source); file {
		place = InPart
	}
	switch place {
	case InJSON:
		l.json = append(l.json, arg{name, typed(f.val, kind)})
	case InForm:
		l.form = append(l.form, arg{name, f.val})
	case InPart:
		l.parts = append(l.parts, arg{name, f.val})
	default:
		texts, err := l.flat(arg{name, f.val})
		if err != nil {
			return err
		}
		l.query[name] = append(l.query[name], texts...)
	}
	return nil
}

// flat returns a value as it travels in queries and forms: lists as repeated keys, what is nested as JSON text. Files in it cannot.
func (l *layout) flat(f arg) ([]string, error) {
	if s, ok := flat(f.val); ok {
		return s, nil
	}
	w := &bodyWriter{}
	w.value(f.val)
	b, err := w.done("")
	if err != nil {
		return nil, err
	}
	if len(b.pieces) != 1 || b.pieces[0].source != nil {
		return nil, &InvalidError{l.op, f.name, ReasonNested}
	}
	return []string{string(b.pieces[0].bytes)}, nil
}

// typed turns a value into the JSON type the collection's template shows.
func typed(val any, kind string) any {
	switch v := val.(type) {
	case string:
		if _, err := strconv.ParseInt(v, 10, 64); kind == "number" && err == nil && (v == "0" || v[0] != '0') {
			return literal(v)
		}
		if kind == "boolean" && (v == "true" || v == "false") {
			return literal(v)
		}
	case int:
		if kind == "string" {
			return strconv.Itoa(v)
		}
	case bool:
		if kind == "string" {
			return strconv.FormatBool(v)
		}
		if kind == "number" {
			return map[bool]int{true: 1}[v]
		}
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = typed(s, kind)
		}
		return out
	}
	return val
}

// literal is JSON text that goes out as it stands.
type literal string

// MarshalJSON implements json.Marshaler.
func (l literal) MarshalJSON() ([]byte, error) { return []byte(l), nil }

// flat returns the texts of a value that is not nested; ok is false for others.
func flat(val any) (texts []string, ok bool) {
	switch v := val.(type) {
	case string:
		return []string{v}, true
	case literal:
		return []string{string(v)}, true
	case []string:
		return v, true
	case []any: // a typed list
		for _, item := range v {
			s, _ := flat(item)
			texts = append(texts, s...)
		}
		return texts, true
	case bool:
		return []string{strconv.FormatBool(v)}, true
	case int:
		return []string{strconv.Itoa(v)}, true
	}
	return nil, false
}
