// Package doctor finds out how this program stands on a machine and towards a platform: configuration, terminal, certificate, and what
// the reading interfaces answer. It writes nothing to the platform, and its report holds no name, number, secret or value of a record, so
// that it can be sent to support.
package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/session"
)

// Report is what was found.
type Report struct {
	Program    Facts       `json:"program"`
	Profile    Facts       `json:"profile"` // null without one
	Config     Facts       `json:"config"`
	Terminal   Facts       `json:"terminal"`
	Graphics   Facts       `json:"graphics"`
	TLS        Facts       `json:"tls"` // null without a profile
	Interfaces []Interface `json:"interfaces"`
	Warnings   []Warning   `json:"warnings"`
	// Broken: the configuration cannot be used as it is.
	Broken bool `json:"-"`

	cat *i18n.Catalogue
}

// Interface is what one interface was sent and answered.
type Interface struct {
	Op     client.Op `json:"interface"`
	Sent   Facts     `json:"sent"`
	Status int       `json:"status"` // HTTP, 0 without an answer
	Error  string    `json:"error,omitempty"`
	Learnt Facts     `json:"learnt"`
}

// Warning is something a user should act on.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
	Todo string `json:"todo"`
}

// New returns an empty report, whose words will be the catalogue's.
func New(cat *i18n.Catalogue) *Report {
	return &Report{Interfaces: []Interface{}, Warnings: []Warning{}, cat: cat}
}

// Codes are the warnings there are.
var Codes = []string{
	"config_broken", "config_problem", "config_open", "no_profile", "no_endpoints", "no_system_code", "no_emp_code",
	"term_dumb", "term_small", "locale",
	"plain_http", "insecure", "tls_unreachable", "tls_untrusted", "tls_changed", "tls_expired", "tls_expires",
	"clock_skew", "sign_in_refused", "failed", "page_base", "date_misread", "time_zone", "customer_level", "history_counted", "filter_ignored", "no_accounts", "no_file", "file_type",
}

// warn adds a warning once; pairs fill the placeholders of its words.
func (r *Report) warn(code string, pairs ...any) {
	w := Warning{code, r.cat.T(i18n.Key("doctor.warn."+code), pairs...), r.cat.T(i18n.Key("doctor.todo."+code), pairs...)}
	if !slices.Contains(r.Warnings, w) {
		r.Warnings = append(r.Warnings, w)
	}
}

func (r *Report) warned(codes ...string) bool {
	return slices.ContainsFunc(r.Warnings, func(w Warning) bool { return slices.Contains(codes, w.Code) })
}

// Fact is one thing found. Its value is a string, a bool, an int, a list of strings, or what this package's own code can print.
type Fact struct {
	Key   string
	Value any
}

// Facts keep their order, in JSON too, where they are an object.
type Facts []Fact

func (f *Facts) add(key string, value any) { *f = append(*f, Fact{key, value}) }

// some adds a value unless it is empty.
func (f *Facts) some(key, value string) {
	if value != "" {
		f.add(key, value)
	}
}

// Get returns the value of a key, nil without one.
func (f Facts) Get(key string) any {
	for _, x := range f {
		if x.Key == key {
			return x.Value
		}
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (f Facts) MarshalJSON() ([]byte, error) {
	if f == nil {
		return []byte("null"), nil
	}
	b := bytes.NewBufferString("{")
	for i, x := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(x.Key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(x.Value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// kind is the word for an error. The error's own words stay out of reports: a server puts names and numbers into them.
func kind(err error) string {
	for _, k := range []struct {
		is   error
		word string
	}{
		{session.ErrKeyChanged, "key_changed"},
		{client.ErrSignInRefused, "refused"},
		{client.ErrUnauthorized, "unauthorized"},
		{client.ErrForbidden, "forbidden"},
		{client.ErrNotFound, "not_found"},
		{client.ErrRedirect, "redirect"},
		{client.ErrNoEndpoint, "no_endpoint"},
		{client.ErrMalformed, "malformed"},
		{client.ErrTooLarge, "too_large"},
		{client.ErrNotAFile, "not_a_file"},
		{client.ErrEmptyFile, "empty_file"},
		{client.ErrTruncated, "truncated"},
	} {
		if errors.Is(err, k.is) {
			return k.word
		}
	}
	var answer *client.Error
	switch {
	case errors.As(err, &answer):
		return "http_error"
	case app.IsNetwork(err):
		return "network"
	}
	return "other"
}

// CountsCustomerLevel is whether interface 9 counts materials of an account's customer: "yes", "no", or "unknown", also before Online.
func (r *Report) CountsCustomerLevel() string { return r.counts("countsCustomerLevel") }

// CountsHistory is whether interface 9 counts superseded materials with nothing in their place, told likewise.
func (r *Report) CountsHistory() string { return r.counts("countsHistory") }

func (r *Report) counts(what string) string {
	for _, i := range r.Interfaces {
		if s, ok := i.Learnt.Get(what).(string); ok {
			return s
		}
	}
	return "unknown"
}
