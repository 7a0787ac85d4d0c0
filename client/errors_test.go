package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func listing(c *Client) error {
	_, err := c.ListMaterials(context.Background(), ListMaterialsRequest{AccountNo: "1", AccountBizType: "0"})
	return err
}

func archiving(c *Client) error {
	_, err := c.ArchiveToAccount(context.Background(), minimal())
	return err
}

func signingIn(c *Client) error {
	_, err := c.SignIn(context.Background(), "u", NewSecret("p"))
	return err
}

// Contract, "Transport": each status is its error, with the number of the interface and the platform's words out of whatever body.
func TestAnswersThatFail(t *testing.T) {
	long := strings.Repeat("长", 400)
	for _, c := range []struct {
		call    func(*Client) error
		status  int
		body    string
		is      error
		isNot   error
		message string
	}{
		{signingIn, 401, "Invalid Credentials", ErrSignInRefused, nil, "Invalid Credentials"},
		{signingIn, 400, `{"error":"invalid_grant","error_description":"bad password"}`, ErrSignInRefused, nil, "bad password"},
		{signingIn, 500, "", nil, ErrSignInRefused, ""},
		{listing, 401, "Invalid Credentials", ErrUnauthorized, ErrSignInRefused, "Invalid Credentials"},
		{listing, 403, `{"timestamp":1,"status":403,"error":"Forbidden","message":"无权访问营业部","path":"/x"}`, ErrForbidden, nil, "无权访问营业部"},
		{listing, 404, `{"code":"A404","msg":"账号不存在"}`, ErrNotFound, nil, "账号不存在"},
		{listing, 404, `{"timestamp":1,"status":404,"error":"Not Found","message":"","path":"/x"}`, ErrNotFound, nil, "Not Found"},
		{listing, 502, "<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>", nil, ErrOutcomeUnknown, "502 Bad Gateway"},
		{listing, 500, "<html><body><p>just</p> <b>text</b></body></html>", nil, nil, "just text"},
		{listing, 500, long, nil, nil, long[:300*3] + "…"},
		{listing, 302, "", ErrRedirect, nil, ""},
		{archiving, 500, "boom", ErrOutcomeUnknown, nil, "boom"},
		{archiving, 408, "", ErrOutcomeUnknown, nil, ""},
		{archiving, 400, "no such code", nil, ErrOutcomeUnknown, "no such code"},
		{archiving, 307, "", ErrRedirect, ErrOutcomeUnknown, ""},
	} {
		client, s := serve(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		err := c.call(client)
		var e *Error
		if !errors.As(err, &e) || e.Status != c.status || e.Message.Raw() != c.message || e.RetryAfter != 7*time.Second {
			t.Errorf("%d %q: %v", c.status, c.body, err)
		}
		if c.is != nil && !errors.Is(err, c.is) || c.isNot != nil && errors.Is(err, c.isNot) {
			t.Errorf("%d: %v is %v: %t, is %v: %t", c.status, err, c.is, errors.Is(err, c.is), c.isNot, errors.Is(err, c.isNot))
		}
		if s.count() != 1 {
			t.Errorf("%d: asked %d times", c.status, s.count())
		}
		if !strings.HasPrefix(err.Error(), e.Op.String()) {
			t.Errorf("the interface is not named: %v", err)
		}
	}
}

// tokens is an Authorizer that hands out t0, t1, … and gives up behind the last.
type tokens struct {
	mu       sync.Mutex
	n, most  int
	accepted []string
}

func (a *tokens) Authorization(context.Context) (Secret, error) { return a.token(), nil }

func (a *tokens) token() Secret {
	a.mu.Lock()
	defer a.mu.Unlock()
	return NewSecret(fmt.Sprint("t", a.n))
}

func (a *tokens) Accepted(s Secret) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.accepted = append(a.accepted, s.Reveal())
}

var errGaveUp = errors.New("no more tokens")

func (a *tokens) Refused(context.Context, Secret) (Secret, error) {
	a.mu.Lock()
	a.n++
	n := a.n
	a.mu.Unlock()
	if n > a.most {
		return Secret{}, errGaveUp
	}
	return a.token(), nil
}

// A 401 was not executed, so reads and writes alike are replayed with another token, at most twice; a body is sent whole each time.
func TestReplayAfter401(t *testing.T) {
	for name, call := range map[string]func(*Client) error{"read": listing, "write": archiving} {
		for good := range 5 {
			c, s := serve(t, func(w http.ResponseWriter, r *http.Request, body string) {
				if r.Header.Get("Authorization") != fmt.Sprint("t", good) {
					http.Error(w, "Invalid Credentials", http.StatusUnauthorized)
				} else if name == "read" {
					_, _ = io.WriteString(w, "[]")
				} else {
					_, _ = io.WriteString(w, `{"id":1}`)
				}
			})
			auth := &tokens{most: 10}
			c.Auth = auth
			err := call(c)
			if works := good <= maxReplays; works != (err == nil) || !works && !errors.Is(err, ErrUnauthorized) {
				t.Errorf("%s with token %d: %v", name, good, err)
			}
			if s.count() != min(good, maxReplays)+1 || (len(auth.accepted) == 1) != (err == nil) {
				t.Errorf("%s with token %d: %d requests, %v accepted", name, good, s.count(), auth.accepted)
			}
			for _, r := range s.reqs {
				if r.body != s.reqs[0].body || r.body == "" {
					t.Errorf("a replay sent %q after %q", r.body, s.reqs[0].body)
				}
			}
		}
	}
	c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request, _ string) { http.Error(w, "", http.StatusUnauthorized) })
	c.Auth = &tokens{}
	if err := listing(c); !errors.Is(err, errGaveUp) {
		t.Error(err)
	}
}

// A write that was cut, or answered with what is no answer, may have been done: it is never sent again, and says so.
func TestUnknownOutcomes(t *testing.T) {
	cut := func(w http.ResponseWriter, _ *http.Request, _ string) { panic(http.ErrAbortHandler) }
	half := func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id":`)
	}
	page := func(w http.ResponseWriter, _ *http.Request, _ string) {
		_, _ = io.WriteString(w, "<html><title>Login</title></html>")
	}
	doubt := func(w http.ResponseWriter, _ *http.Request, _ string) {
		_, _ = io.WriteString(w, `{"code":1,"msg":"denied"}`) // failure on some platforms
	}
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request, string){"cut": cut, "half": half, "page": page, "doubt": doubt} {
		for op, call := range map[string]func(*Client) error{
			"archive": archiving,
			"discard": func(c *Client) error { return c.Discard(t.Context(), DiscardRequest{"1", "1", "r"}) },
			"upload": func(c *Client) error {
				_, err := c.UploadFile(t.Context(), BytesSource("a", []byte("x")), Time{})
				return err
			},
		} {
			c, s := serve(t, answer)
			c.Auth = &tokens{most: 9}
			if err := call(c); !errors.Is(err, ErrOutcomeUnknown) || s.count() != 1 {
				t.Errorf("%s %s: %v after %d requests", op, name, err, s.count())
			}
		}
		c, s := serve(t, answer)
		if err := listing(c); err == nil || errors.Is(err, ErrOutcomeUnknown) || s.count() > 2 {
			t.Errorf("read %s: %v after %d requests", name, err, s.count())
		}
	}
	beside, _ := says(t, `{"code":1,"msg":"ok","id":"S1"}`)
	if err := archiving(beside); err != nil {
		t.Errorf("with the record itself beside code 1: %v", err)
	}
	c, s := says(t, "{}")
	s.Close()
	if err := archiving(c); err == nil || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("never sent, but: %v", err)
	}
	c.HTTP = &http.Client{Timeout: 50 * time.Millisecond}
	slow, _ := serve(t, func(_ http.ResponseWriter, r *http.Request, _ string) { <-r.Context().Done() })
	slow.HTTP = c.HTTP
	if err := archiving(slow); !errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("timed out: %v", err)
	}
}

// Redirects would carry password and token to another host.
func TestRedirectsAreNotFollowed(t *testing.T) {
	other, o := says(t, "[]")
	var status int
	var target string
	c, s := serve(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Location", target)
		w.WriteHeader(status)
	})
	c.Auth = &tokens{}
	secure := httptest.NewTLSServer(s.Config.Handler)
	t.Cleanup(secure.Close)
	fromHTTPS := &Client{BaseURL: secure.URL, Endpoints: usual(), HTTP: secure.Client(), PageBase: PageBaseOne, Auth: c.Auth}
	elsewhere, here := other.BaseURL, c.BaseURL
	port := elsewhere[strings.LastIndexByte(elsewhere, ':'):]
	for _, status = range []int{300, 301, 302, 303, 305, 307, 308, 399} {
		// Another port, another name of the same machine, no scheme, a sign-in in the address, and the very same server.
		for _, target = range []string{elsewhere + "/x", "http://localhost" + port, "//127.0.0.1" + port, "http://u:p@127.0.0.1" + port, here + "/materials"} {
			for _, call := range []func(*Client) error{signingIn, listing, archiving} {
				if plain, tls := call(c), call(fromHTTPS); !errors.Is(plain, ErrRedirect) || !errors.Is(tls, ErrRedirect) {
					t.Errorf("%d to %s: %v, from https %v", status, target, plain, tls)
				}
			}
		}
	}
	if o.count() != 0 {
		t.Error("a redirect was followed")
	}
}

// A reply that unpacks to more than the limit is refused while it is read.
func TestGzipBomb(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for i := range zeros {
		zeros[i] = ' '
	}
	for range maxReply>>20 + 8 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	if err := listing(c); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%.100v", err)
	}
}

func TestSignIn(t *testing.T) {
	jwt := "Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.c2ln" // exp 2100-01-01
	for token, life := range map[string]time.Duration{"opaque": time.Hour, "Bearer a.b.c": time.Hour, jwt: 1000 * time.Hour} {
		c, s := serve(t, func(w http.ResponseWriter, _ *http.Request, _ string) { w.Header().Set("Authorization", token) })
		c.Auth = &tokens{}
		g, err := c.SignIn(t.Context(), "u", NewSecret("p"))
		if err != nil || g.Token.Reveal() != token || time.Until(g.Expires) > life && life == time.Hour || time.Until(g.Expires) < life-time.Minute {
			t.Errorf("%s: %+v, %v", token, g, err)
		}
		if s.last(t).Header.Get("Authorization") != "" {
			t.Error("a sign-in carried a token")
		}
	}
	for body, want := range map[string]error{`{"code":500,"msg":"用户名或密码错误"}`: nil, `<html>portal</html>`: ErrMalformed, ``: ErrMalformed} {
		c, _ := says(t, body)
		err := signingIn(c)
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A cancelled call ends at once and is no unknown write when it never left.
func TestCancel(t *testing.T) {
	c, s := says(t, "{}")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.ArchiveToAccount(ctx, minimal()); !errors.Is(err, context.Canceled) || errors.Is(err, ErrOutcomeUnknown) || s.count() != 0 {
		t.Errorf("%v after %d requests", err, s.count())
	}
}

func TestAHugeRetryAfterIsADayNotANegativeWait(t *testing.T) {
	for _, header := range []string{"9223372037", "9000000000000000000"} {
		if got := retryAfter(http.Header{"Retry-After": {header}}); got != 24*time.Hour {
			t.Errorf("%s: %v", header, got)
		}
	}
}
