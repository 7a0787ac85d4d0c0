package client

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// tokenLife is how long a token lasts that does not say (contract: one hour).
const tokenLife = time.Hour

// Grant is what a sign-in yields.
type Grant struct {
	Token   Secret        // the Authorization header as the platform sent it
	Expires time.Time     // by the local clock
	Skew    time.Duration // the server's clock minus the local one, zero when it sent no Date
}

// SignIn exchanges a CRM account's user name and password (or API key) for a token. A refused password matches
// ErrSignInRefused. Interface 1.
func (c *Client) SignIn(ctx context.Context, username string, password Secret) (*Grant, error) {
	r := &request{op: OpSignIn}
	r.add("username", username)
	r.add("password", password.Reveal())
	res, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer closeBody(res.Body)
	token := res.Header.Get("Authorization")
	if token == "" {
		body, err := c.readBody(res)
		if err != nil {
			return nil, r.failed(err, nil)
		}
		if v, err := parse(body); err == nil {
			if _, _, err = open(v); err != nil {
				return nil, r.failed(err, body)
			}
		}
		return nil, r.failed(&MalformedError{Flaw: FlawToken, Reason: "the answer has no Authorization header"}, body)
	}
	return grant(token, res.Header), nil
}

func grant(token string, h http.Header) *Grant {
	now := time.Now()
	g := &Grant{Token: NewSecret(token), Expires: now.Add(tokenLife)}
	if served, err := http.ParseTime(h.Get("Date")); err == nil {
		g.Skew = served.Sub(now).Round(time.Second)
	}
	if exp, ok := jwtExpiry(token); ok {
		g.Expires = exp.Add(-g.Skew)
	}
	return g
}

// jwtExpiry reads exp (seconds) from a token's payload if it is a JWT. The signature is the platform's business.
func jwtExpiry(token string) (time.Time, bool) {
	parts := strings.Split(token[strings.LastIndexByte(token, ' ')+1:], ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}, false
	}
	v, err := parse(payload)
	if err != nil || v.kind() != '{' {
		return time.Time{}, false
	}
	var exp int64
	_ = v.members(func(key []byte, m value) error {
		if string(key) == "exp" {
			exp, _ = m.integer()
		}
		return nil
	})
	return time.Unix(exp, 0), exp > 0
}
