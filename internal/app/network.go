package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"imagery/client"
	"imagery/internal/session"
)

// network tells the ways apart in which a connection fails; empty for what is no connection's failure. Numbers of the operating system
// alone are none: files fail with the same type.
func network(err error) string {
	var op *net.OpError
	var addr *url.Error
	isOp, isAddr := errors.As(err, &op), errors.As(err, &addr)
	if isOp && op.Op == "listen" {
		return "listen"
	}
	if key := encryption(err); key != "" {
		return key
	}
	timeout, refused := timedOut(err), errors.Is(err, syscall.ECONNREFUSED)
	switch {
	case errors.As(err, new(*net.DNSError)):
		return "no_host"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case !isOp && !isAddr && !errors.Is(err, io.ErrUnexpectedEOF):
		return ""
	case refused:
		return "unreachable"
	case timeout:
		return "timeout"
	}
	return "network"
}

func timedOut(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// encryption tells the ways apart in which TLS fails.
func encryption(err error) string {
	var cert x509.CertificateInvalidError
	var alert tls.AlertError
	switch {
	case errors.As(err, new(x509.HostnameError)):
		return "cert_host"
	case errors.As(err, &cert) && cert.Reason == x509.Expired:
		return "cert_expired"
	case errors.As(err, new(x509.UnknownAuthorityError)), errors.As(err, new(*tls.CertificateVerificationError)), errors.As(err, &cert):
		return "cert_unknown"
	case errors.As(err, new(tls.RecordHeaderError)), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "not_https"
	case errors.As(err, &alert), strings.Contains(err.Error(), "protocol version not supported"):
		return "tls"
	}
	return ""
}

// IsNetwork reports whether an error is of the network or of TLS, an untrusted or changed key included. A write with an unknown outcome
// is not: whoever sees a network error may try again. Neither are files of this machine, nor a port that cannot be listened on.
func IsNetwork(err error) bool {
	if errors.Is(err, client.ErrOutcomeUnknown) {
		return false
	}
	if errors.Is(err, session.ErrKeyChanged) {
		return true
	}
	switch classifyBut(err, "review_store") {
	case "cert_host", "cert_expired", "cert_unknown", "not_https", "tls", "no_host", "unreachable", "timeout", "network":
		return true
	case "listen":
		return false
	}
	return errors.As(err, new(*url.Error))
}
