package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/session"
)

func status(op client.Op, code int) error {
	return &client.Error{Op: op, Status: code, Message: "x\x1b[2J"}
}

func TestEveryErrorIsExplainedInBothLanguages(t *testing.T) {
	dial := func(err error) error {
		return &url.Error{Op: "Post", URL: "http://h", Err: &net.OpError{Op: "dial", Err: err}}
	}
	cases := map[string]error{
		"password": status(1, 401), "unauthorized": status(7, 401), "forbidden": status(7, 403), "not_found": status(7, 404), "server": status(9, 503), "answer": status(4, 409),
		"redirect": status(9, 302), "unknown_outcome": status(2, 502), "unreachable": dial(syscall.ECONNREFUSED), "no_host": dial(&net.DNSError{Name: "h"}),
		"timeout": dial(context.DeadlineExceeded), "network": dial(syscall.ECONNRESET), "cert_unknown": dial(x509.UnknownAuthorityError{}),
		"key_changed": &session.KeyError{Host: "h", Pinned: "a", Seen: "b"}, "invalid": &client.InvalidError{Op: 3, Field: "discardReason", Reason: "must not be empty"},
		"malformed": &client.MalformedError{Op: 7, Reason: "x"}, "no_endpoint": client.ErrNoEndpoint, "other": errors.New("\x1b]0;x\x07"), "not_https": dial(errors.New("http: server gave HTTP response to HTTPS client")),
	}
	for _, c := range causes {
		if _, there := cases[c.key]; !there {
			cases[c.key] = fmt.Errorf("doing something: %w", c.is)
		}
	}
	for want, err := range cases {
		if key, _ := classify(err); key != want {
			t.Errorf("%v is %s, want %s", err, key, want)
		}
		for _, lang := range i18n.Languages {
			what, why, todo := Explain(err, i18n.Load(lang))
			all := what + why + todo
			if what == "" || strings.ContainsAny(all, "«{}\x1b\x07") {
				t.Errorf("%s in %s: %q %q %q", want, lang, what, why, todo)
			}
		}
	}
}

func TestNetworkErrorsAreToldFromAnswers(t *testing.T) {
	for err, want := range map[error]bool{
		status(9, 500): false, status(1, 401): false, fmt.Errorf("%w: %w", client.ErrOutcomeUnknown, &url.Error{Op: "Post", URL: "u", Err: syscall.ECONNRESET}): false,
		&session.KeyError{}: true, context.Canceled: false,
		&url.Error{Op: "Post", URL: "u", Err: syscall.ECONNREFUSED}: true,
	} {
		if IsNetwork(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}
