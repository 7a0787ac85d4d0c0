package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"regexp"
	"strings"
	"syscall"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/postman"
	"imagery/internal/secret"
	"imagery/internal/session"
	"imagery/internal/store"
	"imagery/internal/transfer"
)

// cause is a kind of error and the messages that explain it: error.KEY, error.KEY_why and error.KEY_todo, the last two optional.
type cause struct {
	is  error
	key string
}

// causes are in the order in which they are asked, the most telling first.
var causes = []cause{
	{ErrReadOnly, "read_only"},
	{ErrNotSignedIn, "not_signed_in"},
	{ErrNoProfile, "no_profile"},
	{ErrProfileExists, "profile_exists"},
	{ErrProfileFixed, "profile_fixed"},
	{postman.ErrNotACollection, "not_a_collection"},
	{ErrJournal, "journal"},
	{config.ErrBroken, "config"},
	{config.ErrChanged, "config_changed"},
	{codes.ErrNoColumns, "codes_columns"},
	{codes.ErrNoTable, "codes_table"},
	{codes.ErrNoCodes, "codes_none"},
	{codes.ErrTooLarge, "codes_large"},
	{codes.ErrNotACode, "codes_code"},
	{codes.ErrNotCSV, "codes_csv"},
	{store.ErrNewer, "store_newer"},
	{ErrNotLooked, "not_looked"},
	{ErrNotArchived, "not_archived"},
	{ErrFolder, "is_folder"},
	{transfer.ErrMapping, "mapping"},
	{transfer.ErrRowFields, "row_fields"},
	{transfer.ErrRowRead, "row_read"},
	{transfer.ErrRowSize, "row_size"},
	{transfer.ErrRowType, "row_type"},
	{transfer.ErrRowCode, "row_code"},
	{transfer.ErrRowAccount, "row_account"},
	{transfer.ErrRowDuplicate, "row_duplicate"},
	{transfer.ErrRowChanged, "row_changed"},
	{context.Canceled, "canceled"},
	{client.ErrOutcomeUnknown, "unknown_outcome"},
	{client.ErrSignInRefused, "password"},
	{session.ErrNoPassword, "session_ended"},
	{secret.ErrNone, "no_password"},
	{secret.ErrNoKeyring, "no_keyring"},
	{client.ErrUnauthorized, "unauthorized"},
	{client.ErrForbidden, "forbidden"},
	{client.ErrNotFound, "not_found"},
	{client.ErrRedirect, "redirect"},
	{client.ErrNoEndpoint, "no_endpoint"},
	{client.ErrNotAFile, "not_a_file"},
	{client.ErrTruncated, "truncated"},
	{client.ErrEmptyFile, "empty_file"},
	{transfer.ErrSize, "size"},
	{transfer.ErrStalled, "stalled"},
	{transfer.ErrBrokenOff, "broken_off"},
	{transfer.ErrListCut, "list_cut"},
	{transfer.ErrNoSession, "no_session"},
	{transfer.ErrNoTask, "no_task"},
	{client.ErrTooLarge, "too_large"},
	{client.ErrMalformed, "malformed"},
	{fs.ErrNotExist, "no_file"},
	{fs.ErrPermission, "permission"},
	{syscall.ENOSPC, "disk_full"},
}

// Explain turns an error into words for the user: what happened, why, and what to do; the last two may be empty. Foreign strings in
// them are sanitised.
func Explain(err error, cat *i18n.Catalogue) (what, why, todo string) {
	if err == nil {
		return "", "", ""
	}
	key, pairs := classify(err)
	say := func(suffix string) string {
		k := i18n.Key("error." + key + suffix)
		if _, ok := cat.Lookup(k); !ok {
			return ""
		}
		return strings.TrimSpace(cat.T(k, pairs...))
	}
	return say(""), say("_why"), say("_todo")
}

// origin is the package that sentinel errors begin with; it tells users nothing.
var origin = regexp.MustCompile(`\b(app|audit|client|codes|config|postman|secret|session|store|transfer): `)

// classify finds the message of an error, and what goes into its placeholders.
func classify(err error) (key string, pairs []any) {
	var answer *client.Error
	var invalid *client.InvalidError
	detail := client.SafeText(origin.ReplaceAllString(err.Error(), ""), 300)
	pairs = []any{"detail", detail, "said", "", "status", 0, "op", 0}
	if errors.As(err, &answer) {
		pairs = []any{"detail", detail, "said", answer.Message.String(), "status", answer.Status, "op", int(answer.Op)}
	}
	var problem config.Problem
	if errors.As(err, &problem) {
		return "config", pairs
	}
	file := &codes.CSVError{}
	_ = errors.As(err, &file)
	pairs = append(pairs, "line", file.Line, "seen", strings.Join(file.Seen, ", "))
	var changed *session.KeyError
	if errors.As(err, &changed) {
		return "key_changed", []any{"host", client.SafeText(changed.Host, 100), "pinned", changed.Pinned, "seen", changed.Seen}
	}
	for _, c := range causes {
		if errors.Is(err, c.is) {
			return c.key, pairs
		}
	}
	switch {
	case errors.As(err, &invalid):
		return "invalid", []any{"field", client.SafeText(invalid.Field, 60), "detail", invalid.Reason, "op", int(invalid.Op)}
	case answer != nil && answer.Status >= 500:
		return "server", pairs
	case answer != nil:
		return "answer", pairs
	}
	return network(err), pairs
}

// network tells the ways apart in which a connection fails.
func network(err error) string {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var cert x509.CertificateInvalidError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timeout net.Error
	var addr *url.Error
	switch {
	case errors.As(err, &host):
		return "cert_host"
	case errors.As(err, &cert) && cert.Reason == x509.Expired:
		return "cert_expired"
	case errors.As(err, &unknown), errors.As(err, &verify), errors.As(err, &cert):
		return "cert_unknown"
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "not_https"
	case errors.As(err, &alert), strings.Contains(err.Error(), "protocol version not supported"):
		return "tls"
	case errors.As(err, &dns):
		return "no_host"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "unreachable"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.As(err, &addr), errors.As(err, &timeout):
		return "network"
	}
	return "other"
}

// IsNetwork reports whether an error is of the network or of TLS, an untrusted or changed key included. A write with an unknown outcome
// is not: whoever sees a network error may try again.
func IsNetwork(err error) bool {
	if errors.Is(err, client.ErrOutcomeUnknown) {
		return false
	}
	if errors.Is(err, session.ErrKeyChanged) {
		return true
	}
	key, _ := classify(err)
	switch key {
	case "cert_host", "cert_expired", "cert_unknown", "not_https", "tls", "no_host", "unreachable", "timeout", "network":
		return true
	}
	var addr *url.Error
	return errors.As(err, &addr)
}
