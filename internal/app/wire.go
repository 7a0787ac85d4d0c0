package app

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/config"
)

// profileError names the profile whose connection failed.
type profileError struct {
	profile string
	error
}

// AtProfile says of which profile an error is, so that the commands that are advised name it. Nil stays nil.
func AtProfile(name string, err error) error {
	if err == nil {
		return nil
	}
	return &profileError{name, err}
}

// Unwrap returns the failure.
func (e *profileError) Unwrap() error { return e.error }

// wire carries a profile's requests, names the profile in their failures and logs what was asked and answered: method, the endpoint's path
// without the values in it, status, time and bytes. Bodies, queries and headers, and so persons and tokens, are never logged.
type wire struct {
	http.RoundTripper
	profile config.Profile
	log     *log.Logger
	verbose bool // sizes of requests, protocol and type of answers too
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	start, asked := time.Now(), w.name(r)
	res, err := w.RoundTripper.RoundTrip(r)
	took := time.Since(start).Milliseconds()
	if err != nil {
		w.log.Printf("%s: failed after %d ms: %s", asked, took, client.SafeText(err.Error(), 300))
		if w.profile.Demo {
			return nil, err
		}
		return nil, &profileError{w.profile.Name, err}
	}
	more := ""
	if w.verbose {
		more = fmt.Sprintf(", %d bytes sent, %s, %s", max(r.ContentLength, 0), res.Proto, client.SafeText(res.Header.Get("Content-Type"), 60))
	}
	res.Body = &counted{ReadCloser: res.Body, done: func(n int64) { w.log.Printf("%s: %d, %d ms, %d bytes%s", asked, res.StatusCode, took, n, more) }}
	return res, nil
}

// CloseIdleConnections lets http.Client's reach the transport.
func (w *wire) CloseIdleConnections() {
	if c, ok := w.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// name is the interface a request goes to, as the profile writes it.
func (w *wire) name(r *http.Request) string {
	for op := client.OpSignIn; op <= client.OpSearchAccounts; op++ {
		if ep := w.profile.Endpoints[op]; ep.Method == r.Method && fits(r.URL.Path, ep.Path) {
			return client.SafeText(fmt.Sprintf("%s: %s %s", op, ep.Method, ep.Path), 200)
		}
	}
	return r.Method
}

// fits reports whether a path ends in what an endpoint's template makes.
func fits(path, template string) bool {
	have, want := strings.Split(path, "/"), strings.Split(strings.TrimPrefix(template, "/"), "/")
	if len(have) < len(want) {
		return false
	}
	for i, have := range have[len(have)-len(want):] {
		if !strings.Contains(want[i], "{") && have != want[i] {
			return false
		}
	}
	return true
}

// counted tells how many bytes of an answer were read.
type counted struct {
	io.ReadCloser
	n    int64
	done func(int64)
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	return n, err
}

// Close implements io.Closer.
func (c *counted) Close() error {
	if c.done != nil {
		c.done(c.n)
		c.done = nil
	}
	return c.ReadCloser.Close()
}
