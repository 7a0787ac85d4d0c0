package doctor

import (
	"context"
	"strings"
	"time"

	"imagery/internal/config"
	"imagery/internal/session"
)

// soon is when a certificate's end is worth a word.
const soon = 30 * 24 * time.Hour

// inspect fills in the certificate that the server shows. Nothing but the handshake is sent.
func (r *Report) inspect(ctx context.Context, p config.Profile) {
	if !strings.HasPrefix(p.URL, "https://") {
		return
	}
	key, err := session.Inspect(ctx, p.URL)
	if err != nil {
		r.TLS.add("error", kind(err))
		r.warn("tls_unreachable")
		return
	}
	r.certificate(key, p, time.Now())
}

// certificate tells of a key, without the names on its certificate.
func (r *Report) certificate(k *session.Key, p config.Profile, now time.Time) {
	pin := "none"
	if p.TrustedKey != "" {
		pin = map[bool]string{true: "matches", false: "differs"}[p.TrustedKey == k.Fingerprint]
	}
	left, command := k.NotAfter.Sub(now), session.TrustCommand(p.Name, k.Fingerprint)
	for _, f := range []Fact{
		{"sha256", k.Fingerprint},
		{"trusted", k.Trusted},
		{"pinned", pin},
		{"selfSigned", k.Subject == k.Issuer},
		{"notBefore", k.NotBefore.UTC().Format(time.RFC3339)},
		{"notAfter", k.NotAfter.UTC().Format(time.RFC3339)},
		{"daysLeft", int(left.Hours() / 24)},
	} {
		r.TLS.add(f.Key, f.Value)
	}
	if !k.Trusted {
		r.TLS.add("reason", distrust(k, now))
	}
	switch {
	case pin == "differs":
		r.warn("tls_changed", "sha256", session.Printed(k.Fingerprint), "command", command)
	case left < 0 && pin == "none" && !p.Insecure:
		r.warn("tls_expired", "date", k.NotAfter.Format(time.DateOnly))
	case !k.Trusted && pin == "none" && !p.Insecure:
		r.warn("tls_untrusted", "sha256", session.Printed(k.Fingerprint), "command", command)
	case left < soon:
		r.warn("tls_expires", "date", k.NotAfter.Format(time.DateOnly))
	}
}

// distrust says why the system does not vouch for a certificate, in a word: the whole reason quotes names.
func distrust(k *session.Key, now time.Time) string {
	switch {
	case now.After(k.NotAfter) || now.Before(k.NotBefore):
		return "expired"
	case strings.Contains(k.Reason, "certificate is valid for"), strings.Contains(k.Reason, "IP SANs"), strings.Contains(k.Reason, "not valid for any names"):
		return "wrong_host"
	}
	return "unknown_issuer"
}
