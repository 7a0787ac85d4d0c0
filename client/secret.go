package client

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Secret is a password or token. It prints as "[redacted]" however it is printed, JSON included; Reveal alone returns it.
// It holds a pointer because fmt prints the unexported fields of a parent without asking them.
type Secret struct{ p *string }

// NewSecret wraps s, which is neither trimmed nor otherwise changed.
func NewSecret(s string) Secret { return Secret{&s} }

// Reveal returns the secret itself, to be put on the wire.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Equal reports whether both hold the same secret.
func (s Secret) Equal(o Secret) bool { return s.Reveal() == o.Reveal() }

const redacted = "[redacted]"

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// IDNumber is a person's or company's document number. Every print form, JSON included, is masked; Raw returns it whole for
// requests, and for a reveal that the caller has audited.
type IDNumber struct{ p *string }

// NewIDNumber wraps s.
func NewIDNumber(s string) IDNumber { return IDNumber{&s} }

// Raw returns the number unmasked and unsanitised.
func (n IDNumber) Raw() string {
	if n.p == nil {
		return ""
	}
	return *n.p
}

// IsZero reports whether there is no number.
func (n IDNumber) IsZero() bool { return n.Raw() == "" }

// Revealed returns the number unmasked but safe for a terminal.
func (n IDNumber) Revealed() string { return Text(n.Raw()).String() }

// String returns the number masked and safe for a terminal: 310101********1234.
func (n IDNumber) String() string { return Mask(n.Raw()) }

// Format implements fmt.Formatter for every verb.
func (n IDNumber) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(n.String())) }

// MarshalJSON implements json.Marshaler with the masked form.
func (n IDNumber) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

// Mask hides the middle of a personal number, keeping six characters in front and four behind of a long one, one and one
// of a short one. The result is safe for a terminal.
func Mask(s string) string {
	r := []rune(Text(s).String())
	head, tail := 6, 4
	switch n := utf8.RuneCountInString(string(r)); {
	case n == 0:
		return ""
	case n <= 2:
		return strings.Repeat("*", n)
	case n < 8:
		head, tail = 1, 1
	case n < 15:
		head, tail = 3, 2
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}
