package session

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"imagery/client"
)

const (
	dialTimeout   = 10 * time.Second
	tlsTimeout    = 10 * time.Second
	headerTimeout = 60 * time.Second
	idleTimeout   = 60 * time.Second // without a byte in either direction
	maxHeader     = 256 << 10        // bytes
	maxConns      = 64               // kept to one server: as many as transfers may want at once
	readBuffer    = 16 << 10         // bytes; header and beginning of a scan in one read
)

// ErrKeyChanged is matched by *KeyError.
var ErrKeyChanged = errors.New("session: the server's key is not the trusted one")

// KeyError is a server that shows another key than the pinned one. Nothing was sent to it.
type KeyError struct {
	Host         string
	Pinned, Seen string // SHA-256 of the public keys, lower-case hex
}

// Error implements error.
func (e *KeyError) Error() string {
	return fmt.Sprintf("%s shows key %s, trusted is %s", e.Host, e.Seen, e.Pinned)
}

// Is matches ErrKeyChanged.
func (e *KeyError) Is(target error) bool { return target == ErrKeyChanged }

// Trust says which server keys are accepted: the pinned one, any (Insecure), or those the system's roots vouch for.
type Trust struct {
	Host     string // for the words of a KeyError; empty: the name that TLS was asked for
	Key      string // SHA-256 of the public key (SPKI), lower-case hex
	Insecure bool
}

// Fingerprint returns the SHA-256 of a certificate's public key in lower-case hex. It survives a renewal with the same key.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// Printed is a fingerprint as it is printed everywhere and can be copied from: "SHA256:" and lower-case hex.
func Printed(fingerprint string) string {
	if fingerprint == "" {
		return ""
	}
	return "SHA256:" + client.SafeText(fingerprint, 64)
}

// TrustCommand is the command line that trusts a key for a profile; what is empty is left out.
func TrustCommand(profile, key string) string {
	s := "imagery trust"
	if profile != "" {
		s += " --profile " + quoted(client.SafeText(profile, 64))
	}
	if key != "" {
		s += " --fingerprint " + Printed(key)
	}
	return s
}

// quoted is a word as shells want it.
func quoted(s string) string {
	if strings.ContainsAny(s, " \t'\"") {
		return `"` + s + `"`
	}
	return s
}

// ErrFingerprint is returned for text that is no SHA-256 fingerprint.
var ErrFingerprint = errors.New("session: not a SHA-256 fingerprint")

// ParseFingerprint reads a fingerprint as people give it: hex in any case, with or without "SHA256:" in front, in groups or not. It returns
// 64 lower-case hex digits, or ErrFingerprint.
func ParseFingerprint(s string) (string, error) {
	s = strings.ToLower(strings.NewReplacer(":", "", " ", "", "-", "").Replace(s))
	s = strings.TrimPrefix(s, "sha256")
	if raw, err := hex.DecodeString(s); err != nil || len(raw) != sha256.Size {
		return "", ErrFingerprint
	}
	return s, nil
}

func (t Trust) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.Key == "" && !t.Insecure {
		return c
	}
	// VerifyConnection runs on resumed connections too, unlike VerifyPeerCertificate.
	c.InsecureSkipVerify = true
	c.VerifyConnection = func(s tls.ConnectionState) error {
		if t.Key == "" {
			return nil
		}
		if seen := Fingerprint(s.PeerCertificates[0]); seen != t.Key {
			return &KeyError{Host: cmp.Or(t.Host, s.ServerName), Pinned: t.Key, Seen: seen}
		}
		return nil
	}
	return c
}

// ErrProxy is returned when the way to a platform whose certificate is not left to the system's roots leads through a proxy spoken to by
// https: its handshake would count as the platform's.
var ErrProxy = errors.New("session: https proxy")

func (t Trust) proxy(r *http.Request) (*url.URL, error) {
	u, err := http.ProxyFromEnvironment(r)
	if u != nil && u.Scheme == "https" && (t.Key != "" || t.Insecure) {
		return nil, fmt.Errorf("%w %s", ErrProxy, u.Host)
	}
	return u, err
}

// Transport returns a transport of its own with limits on every wait and on headers.
func Transport(t Trust) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		Proxy: t.proxy,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &idleConn{Conn: c}, nil
		},
		TLSClientConfig:        t.tls(),
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    maxConns,
		ReadBufferSize:         readBuffer,
		IdleConnTimeout:        idleTimeout,
		ForceAttemptHTTP2:      true,
	}
}

// idleConn gives up when nothing moves for idleTimeout. A write moves the read's deadline too: an upload is not idle.
type idleConn struct{ net.Conn }

// Read implements io.Reader.
func (c *idleConn) Read(p []byte) (int, error) {
	_ = c.SetReadDeadline(time.Now().Add(idleTimeout))
	return c.Conn.Read(p)
}

// Write implements io.Writer.
func (c *idleConn) Write(p []byte) (int, error) {
	_ = c.SetDeadline(time.Now().Add(idleTimeout))
	return c.Conn.Write(p)
}

// Key is what a server shows of itself.
type Key struct {
	Host                string    `json:"host"`
	Fingerprint         string    `json:"sha256"` // of the public key, lower-case hex
	Subject             string    `json:"subject"`
	Issuer              string    `json:"issuer"`
	NotBefore, NotAfter time.Time `json:"-"`
	Trusted             bool      `json:"trusted"` // by the system's roots
	Reason              string    `json:"reason,omitempty"`
}

// errSeen ends a handshake when the key was seen.
var errSeen = errors.New("session: key seen")

// Inspect connects to an https address, the way requests go (through a proxy, if the environment names one), and returns the key it shows,
// trusted or not. Nothing but the handshake is sent. Error: ErrProxy.
func Inspect(ctx context.Context, address string) (*Key, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return nil, fmt.Errorf("inspecting %q: not an https address", address)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return nil, fmt.Errorf("inspecting %s: %w", u.Host, err)
	}
	t := Transport(Trust{Insecure: true})
	defer t.CloseIdleConnections()
	shown := make(chan []*x509.Certificate, 1)
	t.TLSClientConfig.VerifyConnection = func(s tls.ConnectionState) error {
		select {
		case shown <- s.PeerCertificates:
		default:
		}
		return errSeen
	}
	res, err := t.RoundTrip(req)
	if err == nil {
		err = res.Body.Close()
	}
	var chain []*x509.Certificate
	select {
	case chain = <-shown:
	default: // the handshake may still go on, behind a request that was given up
		return nil, fmt.Errorf("inspecting %s: %w", u.Host, err)
	}
	leaf := chain[0]
	k := &Key{Host: u.Host, Fingerprint: Fingerprint(leaf), Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err = leaf.Verify(x509.VerifyOptions{DNSName: u.Hostname(), Intermediates: between})
	k.Trusted = err == nil
	if err != nil {
		k.Reason = err.Error()
	}
	return k, nil
}
