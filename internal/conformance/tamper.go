package conformance

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// mark stands in a request where a tamper puts something else. It reads the same in JSON, forms and queries.
const mark = "CONFORMANCEMARK"

// tamper changes requests on their way, for what the client itself would never send.
type tamper struct {
	next         http.RoundTripper
	old, instead string
	met          bool // a request held old
}

// RoundTrip implements http.RoundTripper.
func (p *tamper) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	p.met = p.met || strings.Contains(r.URL.RawQuery, p.old)
	r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, p.old, p.instead)
	if r.Body == nil {
		return p.next.RoundTrip(r)
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	p.met = p.met || bytes.Contains(b, []byte(p.old))
	b = bytes.ReplaceAll(b, []byte(p.old), []byte(p.instead))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return p.next.RoundTrip(r)
}
