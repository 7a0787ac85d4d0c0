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
	"time"
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

// Transport returns a transport of its own with limits on every wait and on headers.
func Transport(t Trust) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
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

// Inspect connects to an https address and returns the key it shows, trusted or not. Nothing but the handshake is sent.
func Inspect(ctx context.Context, address string) (*Key, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return nil, fmt.Errorf("inspecting %q: not an https address", address)
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: &tls.Config{InsecureSkipVerify: true, ServerName: u.Hostname()}}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("inspecting %s: %w", u.Host, err)
	}
	defer conn.Close()
	chain := conn.(*tls.Conn).ConnectionState().PeerCertificates
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
