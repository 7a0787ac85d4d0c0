package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"imagery/client"
	"imagery/internal/session"
)

const (
	maxSent = 1 << 20  // bytes of a request that are looked at
	maxBody = 64 << 20 // bytes of an answer that are kept, in memory
)

// call is one request and its answer, as far as they are looked at. Of what is sent there are only names.
type call struct {
	op      client.Op
	names   []string // of parameters, dotted
	places  []string // that they travelled in
	bearer  bool     // Authorization began with "Bearer "
	status  int      // 0 without an answer
	took    time.Duration
	header  http.Header // of the answer
	body    bytes.Buffer
	cropped bool
}

// recorder is a transport that keeps what the examination looks at.
type recorder struct {
	next  http.RoundTripper
	mu    sync.Mutex
	calls []*call
}

type opKey struct{}

// withOp marks the calls made with a context.
func withOp(ctx context.Context, op client.Op) context.Context {
	return context.WithValue(ctx, opKey{}, op)
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	op, _ := req.Context().Value(opKey{}).(client.Op)
	c := &call{op: op, bearer: strings.HasPrefix(req.Header.Get("Authorization"), "Bearer ")}
	req, err := c.sent(req)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.calls = append(r.calls, c)
	r.mu.Unlock()
	start := time.Now()
	res, err := r.next.RoundTrip(req)
	c.took = time.Since(start)
	if err != nil {
		return nil, err
	}
	c.status, c.header = res.StatusCode, res.Header.Clone()
	c.header.Del("Authorization")
	if res.StatusCode < 300 && (op == client.OpListMaterials || op == client.OpSearchAccounts) {
		res.Body = &kept{res.Body, c}
	}
	return res, nil
}

// kept copies what is read of a body.
type kept struct {
	io.ReadCloser
	c *call
}

// Read implements io.Reader.
func (k *kept) Read(p []byte) (int, error) {
	n, err := k.ReadCloser.Read(p)
	if k.c.body.Len()+n > maxBody {
		k.c.cropped = true
	} else {
		k.c.body.Write(p[:n])
	}
	return n, err
}

// sent notes the names of what a request carries, and returns it with its body put back.
func (c *call) sent(req *http.Request) (*http.Request, error) {
	c.note("query", req.URL.Query())
	if req.Body == nil {
		return req, nil
	}
	b, err := io.ReadAll(io.LimitReader(req.Body, maxSent))
	_ = req.Body.Close()
	if err != nil {
		return nil, err
	}
	again := req.Clone(req.Context())
	again.Body = io.NopCloser(bytes.NewReader(b))
	switch mt, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type")); {
	case strings.HasSuffix(mt, "json"):
		m, _ := decode(b).(map[string]any)
		c.json("", m)
	case strings.HasSuffix(mt, "urlencoded"):
		form, _ := url.ParseQuery(string(b))
		c.note("form", form)
	}
	return again, nil
}

func (c *call) note(place string, values url.Values) {
	for name := range values {
		c.name(place, name)
	}
}

func (c *call) json(prefix string, m map[string]any) {
	for name, v := range m {
		if inner, ok := v.(map[string]any); ok {
			c.json(prefix+name+".", inner)
			continue
		}
		c.name("json", prefix+name)
	}
}

func (c *call) name(place, name string) {
	c.names = append(c.names, client.SafeText(name, 60))
	if !slices.Contains(c.places, place) {
		c.places = append(c.places, place)
	}
}

// value is the answer as JSON, nil if it is none.
func (c *call) value() any {
	if c == nil || c.cropped {
		return nil
	}
	_, params, _ := mime.ParseMediaType(c.header.Get("Content-Type"))
	body, ok := session.ToUTF8(params["charset"], c.body.Bytes())
	if !ok || !json.Valid(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))) {
		return nil
	}
	return decode(body)
}

// time reads a header that holds a moment; the zero time without one.
func (c *call) time(header string) time.Time {
	if c == nil {
		return time.Time{}
	}
	t, _ := http.ParseTime(c.header.Get(header))
	return t
}

// of returns the calls of an interface in their order.
func (r *recorder) of(op client.Op) []*call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.calls), func(c *call) bool { return c.op != op })
}

// last returns an interface's last answered call, nil without one.
func (r *recorder) last(op client.Op) *call {
	calls := r.of(op)
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].status > 0 {
			return calls[i]
		}
	}
	return nil
}

// sentTo describes what an interface was sent: method and path as configured, and names of parameters.
func (r *recorder) sentTo(op client.Op, ep client.Endpoint) Facts {
	path, _, _ := strings.Cut(ep.Path, "?")
	f := Facts{{"method", ep.Method}, {"path", client.SafeText(path, 200)}}
	names, places := []string{}, []string{}
	calls := r.of(op)
	for _, c := range calls {
		names, places = append(names, c.names...), append(places, c.places...)
	}
	slices.Sort(names)
	slices.Sort(places)
	f.add("parameters", slices.Compact(names))
	f.add("in", slices.Compact(places))
	f.add("requests", len(calls))
	return f
}
