package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Client talks to one company's platform. Set its fields before first use and do not change them afterwards; it is safe for
// concurrent use and must not be copied.
type Client struct {
	BaseURL   string         // scheme, host and port, with or without a path in front of the endpoints'
	Endpoints Endpoints      // where the interfaces live
	HTTP      *http.Client   // nil: http.DefaultClient; its redirect policy is never used
	Auth      Authorizer     // nil: calls go out without a token
	Location  *time.Location // of dates that name no zone; nil: Asia/Shanghai
	PageBase  PageBase       // of interface 9; PageBaseUnknown: found out by the first search
	// Charset turns a body in a named or, with "", unknown charset into UTF-8; ok is false if it cannot. Nil: UTF-8 only.
	Charset func(name string, body []byte) (utf8 []byte, ok bool)

	mu   sync.Mutex
	base PageBase
}

// Authorizer supplies the Authorization header of interfaces 2 to 9.
type Authorizer interface {
	// Authorization returns the header's value.
	Authorization(ctx context.Context) (Secret, error)
	// Accepted is told that the platform took value.
	Accepted(value Secret)
	// Refused is told that the platform answered 401 to value, and returns another to try or an error. A call is replayed at
	// most twice.
	Refused(ctx context.Context, value Secret) (Secret, error)
}

const (
	maxReply      = 32 << 20 // bytes of a JSON reply, after decompression
	maxErrorReply = 64 << 10
	maxReplays    = 2
	maxRetryAfter = 24 * time.Hour // a larger number of seconds might not fit a Duration
)

func (c *Client) location() *time.Location {
	if c.Location != nil {
		return c.Location
	}
	return shanghai()
}

// send carries r to the platform and returns a 2xx response, whose body the caller closes.
func (c *Client) send(ctx context.Context, r *request) (*http.Response, error) {
	var token Secret
	if c.Auth != nil && r.op != OpSignIn {
		var err error
		if token, err = c.Auth.Authorization(ctx); err != nil {
			return nil, err
		}
	}
	for replays := 0; ; replays++ {
		res, err := c.attempt(ctx, r, token)
		if err == nil {
			if c.Auth != nil && r.op != OpSignIn {
				c.Auth.Accepted(token)
			}
			return res, nil
		}
		// A 401 was not executed, whatever the interface: it may be replayed with another token.
		if !errors.Is(err, ErrUnauthorized) || c.Auth == nil || r.op == OpSignIn || replays == maxReplays {
			return nil, err
		}
		if token, err = c.Auth.Refused(ctx, token); err != nil {
			return nil, err
		}
	}
}

// attempt sends r once.
func (c *Client) attempt(ctx context.Context, r *request, token Secret) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", r.op, err) // nothing was sent
	}
	req, err := r.build(ctx, c)
	if err != nil {
		return nil, err
	}
	if !token.IsZero() {
		req.Header.Set("Authorization", token.Reveal())
	}
	fate := watch(req)
	res, err := c.http().Do(fate.req)
	if err != nil {
		return nil, fate.judge(r.op, err)
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return res, nil
	}
	defer closeBody(res.Body)
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorReply))
	return nil, &Error{
		Op: r.op, Status: res.StatusCode, RetryAfter: retryAfter(res.Header),
		Message: serverMessage(c.toUTF8(res.Header, body)),
	}
}

// http returns the HTTP client without its redirect policy: a redirect would carry password or token to another host.
func (c *Client) http() *http.Client {
	h := http.DefaultClient
	if c.HTTP != nil {
		h = c.HTTP
	}
	own := *h
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// fate watches how far a request got, to tell a write that was never sent from one whose answer was lost.
type fate struct {
	req             *http.Request
	traced, written atomic.Bool
}

func watch(req *http.Request) *fate {
	f := &fate{}
	f.req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn:      func(string) { f.traced.Store(true) },
		WroteHeaders: func() { f.written.Store(true) },
	}))
	return f
}

// judge wraps a transport error: a write that may have reached the platform has an unknown outcome.
func (f *fate) judge(op Op, err error) error {
	err = fmt.Errorf("%s: %w", op, err)
	if op.Writes() && (f.written.Load() || !f.traced.Load()) {
		return &unknown{err}
	}
	return err
}

// reply sends r and reads its answer as one JSON value. A read that is answered with no byte at all was not answered: even an empty list is
// "[]" or null. A 2xx write whose answer cannot be read has an unknown outcome.
func (c *Client) reply(ctx context.Context, r *request) (value, error) {
	res, err := c.send(ctx, r)
	if err != nil {
		return value{}, err
	}
	defer closeBody(res.Body)
	body, err := c.readBody(res)
	if err == nil && len(body) == 0 && r.op.Writes() { // its status says that it was done
		return value{b: []byte("null")}, nil
	}
	var v value
	switch {
	case err == nil && len(body) == 0:
		err = &MalformedError{Flaw: FlawEmpty, Reason: "the answer has no bytes"}
	case err == nil:
		v, err = parse(body)
	}
	if err == nil {
		return v, nil
	}
	return value{}, r.failed(err, body)
}

// failed completes an error found in a 2xx answer.
func (r *request) failed(err error, body []byte) error {
	var m *MalformedError
	var ref *refusal
	switch {
	case errors.As(err, &ref):
		return &Error{Op: r.op, Status: http.StatusOK, Message: ref.message()}
	case errors.As(err, &m):
		m.Op = r.op
		if looksLikeHTML(body) {
			m.Flaw, m.Title = FlawPage, serverMessage(body)
			m.Reason = "an HTML page: " + SafeText(string(m.Title), 120)
		}
	default:
		err = fmt.Errorf("%s: reading the answer: %w", r.op, err)
	}
	if r.op.Writes() {
		return &unknown{err}
	}
	return err
}

func (r *refusal) message() Text {
	if r.msg == "" {
		return "code " + r.code
	}
	return r.msg
}

// readBody reads a reply of bounded size as UTF-8.
func (c *Client) readBody(res *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > maxReply:
		return nil, ErrTooLarge
	}
	return c.toUTF8(res.Header, body), nil
}

func closeBody(b io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, b, 4<<10) // let the connection be used again when little is left
	_ = b.Close()
}

func retryAfter(h http.Header) time.Duration {
	s := h.Get("Retry-After")
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return time.Duration(min(n, int(maxRetryAfter/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
