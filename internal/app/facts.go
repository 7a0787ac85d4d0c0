package app

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/review"
	"imagery/internal/sampling"
	"imagery/internal/session"
	"imagery/internal/transfer"
)

// facts is what an error tells, by the placeholders of its messages. Values that are not known are empty.
func facts(err error, key string, cat *i18n.Catalogue) []any {
	known := map[string]any{
		"detail": client.SafeText(origin().ReplaceAllString(err.Error(), ""), 300), "said": "", "status": 0, "op": 0, "line": 0, "seen": "", "name": "", "path": "", "reason": "",
		"field": "", "offset": 0, "host": "", "names": "", "from": "", "until": "", "cause": "", "type": "", "shown": "", "pinned": "", "command": "", "columns": "",
	}
	factsOfAnswer(err, known, cat)
	factsOfFile(err, known, cat)
	factsOfServer(err, known)
	factsOfProgram(err, known, cat)
	switch key {
	case "unknown_outcome", "unknown_answer", "not_looked", "not_archived":
		known["cause"] = nested(err, key, cat)
	case "review_store":
		if known["cause"] = nested(err, key, cat); network(err) != "" { // whose words are about the platform
			known["cause"] = known["detail"]
		}
	}
	var pairs []any
	for name, v := range known {
		pairs = append(pairs, name, v)
	}
	return pairs
}

// nested explains what is behind an error that is about something else's failure, in one sentence.
func nested(err error, key string, cat *i18n.Catalogue) string {
	inner := classifyBut(err, key)
	if inner == "other" {
		return ""
	}
	what, why, _ := explain(err, inner, cat)
	return strings.TrimSpace(what + cat.T("main.sentence_gap") + why)
}

func factsOfAnswer(err error, known map[string]any, cat *i18n.Catalogue) {
	say := func(t client.Text) {
		if s := t.String(); s != "" {
			known["said"] = cat.T("error.said", "words", s)
		}
	}
	var answer *client.Error
	if errors.As(err, &answer) {
		known["status"], known["op"] = answer.Status, int(answer.Op)
		say(answer.Message)
	}
	var page *client.NotAFileError
	if errors.As(err, &page) {
		say(page.Message)
	}
	var none *client.NoEndpointError
	if errors.As(err, &none) {
		known["op"] = int(none.Op)
	}
	var invalid *client.InvalidError
	if errors.As(err, &invalid) {
		known["op"], known["field"] = int(invalid.Op), client.SafeText(invalid.Field, 60)
		known["reason"] = cat.T(reasons[invalid.Reason])
	}
	var bad *client.MalformedError
	if errors.As(err, &bad) {
		known["op"], known["field"], known["offset"] = int(bad.Op), client.SafeText(bad.Field, 120), bad.Offset
		if bad.Field == "" {
			known["field"] = cat.T("error.whole_answer")
		}
		known["reason"] = cat.T(flaws[bad.Flaw], "title", client.SafeText(bad.Title.Raw(), 120))
	}
}

var reasons = map[string]i18n.Key{
	client.ReasonMissing: "error.invalid_is.missing", client.ReasonInAddress: "error.invalid_is.in_address", client.ReasonEmptyFile: "error.invalid_is.empty_file",
	client.ReasonFileID: "error.invalid_is.file_id", client.ReasonNoneGiven: "error.invalid_is.none_given", client.ReasonOneSource: "error.invalid_is.one_source",
	client.ReasonBrokerage: "error.invalid_is.brokerage", client.ReasonNested: "error.invalid_is.nested",
}

var flaws = map[client.Flaw]i18n.Key{
	client.FlawSyntax: "error.flaw.syntax", client.FlawKind: "error.flaw.kind", client.FlawEmpty: "error.flaw.empty", client.FlawMissing: "error.flaw.missing",
	client.FlawCount: "error.flaw.count", client.FlawPage: "error.flaw.page", client.FlawToken: "error.flaw.token", "": "error.flaw.kind",
}

// system are the words for what an operating system refuses.
var system = []struct {
	is  error
	key i18n.Key
}{
	{fs.ErrNotExist, "error.system.none"},
	{fs.ErrPermission, "error.system.permission"},
	{fs.ErrExist, "error.system.exists"},
	{syscall.ENOSPC, "error.system.full"},
	{syscall.EROFS, "error.system.read_only"},
	{syscall.EISDIR, "error.system.folder"},
	{syscall.ENOTDIR, "error.system.not_folder"},
	{syscall.ENAMETOOLONG, "error.system.long_name"},
	{syscall.EADDRINUSE, "error.system.in_use"},
	{syscall.EADDRNOTAVAIL, "error.system.no_address"},
}

func factsOfFile(err error, known map[string]any, cat *i18n.Catalogue) {
	var path *fs.PathError
	var link *os.LinkError
	var op *net.OpError
	var file *FileError
	switch {
	case errors.As(err, &file):
		known["path"], known["type"] = file.Path, file.Type
	case errors.As(err, &path):
		known["path"] = path.Path
	case errors.As(err, &link):
		known["path"] = link.New
	case errors.As(err, &op) && op.Op == "listen":
	default:
		return
	}
	known["path"] = client.SafeText(known["path"].(string), 300)
	for _, s := range system {
		if errors.Is(err, s.is) {
			known["reason"] = cat.T(s.key)
			return
		}
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		known["reason"] = cat.T("error.system.other", "n", uint64(number))
	}
}

// factsOfServer is what an error tells of a server, and the command that trusts its key.
func factsOfServer(err error, known map[string]any) {
	var address *url.Error
	if errors.As(err, &address) {
		if u, e := url.Parse(address.URL); e == nil {
			known["host"] = client.SafeText(u.Host, 100)
		}
	}
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		known["host"] = client.SafeText(dns.Name, 100)
	case known["host"] == "" && errors.As(err, &op) && op.Addr != nil:
		known["host"] = client.SafeText(op.Addr.String(), 100)
	}
	key := factsOfCertificate(err, known)
	var changed *session.KeyError
	if errors.As(err, &changed) {
		key = changed.Seen
		known["host"], known["shown"], known["pinned"] = client.SafeText(changed.Host, 100), session.Printed(changed.Seen), session.Printed(changed.Pinned)
	}
	profile := ""
	var at *profileError
	if errors.As(err, &at) {
		profile = at.profile
	}
	known["command"] = session.TrustCommand(profile, key)
}

// factsOfCertificate returns the SHA-256 of the refused certificate's key, empty if there is none.
func factsOfCertificate(err error, known map[string]any) string {
	var host x509.HostnameError
	if errors.As(err, &host) && host.Certificate != nil {
		names := host.Certificate.DNSNames
		for _, ip := range host.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		known["host"], known["names"] = client.SafeText(host.Host, 100), client.SafeText(strings.Join(names, ", "), 200)
	}
	var refused *tls.CertificateVerificationError
	if !errors.As(err, &refused) || len(refused.UnverifiedCertificates) == 0 {
		return ""
	}
	leaf := refused.UnverifiedCertificates[0]
	known["from"], known["until"] = leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly)
	return session.Fingerprint(leaf)
}

func factsOfProgram(err error, known map[string]any, cat *i18n.Catalogue) {
	var none *NoProfileError
	if errors.As(err, &none) {
		known["name"] = client.SafeText(none.Name, 64)
	}
	var unsent *NotArchivedError
	if errors.As(err, &unsent) {
		known["name"] = client.SafeText(unsent.Name, 200)
	}
	var csv *codes.CSVError
	if errors.As(err, &csv) {
		known["line"], known["seen"] = csv.Line, strings.Join(csv.Seen, ", ")
	}
	var mapping *transfer.MappingError
	if errors.As(err, &mapping) {
		known["reason"] = mappingReason(mapping, cat)
	}
	var row *transfer.RowFieldsError
	if errors.As(err, &row) {
		known["columns"] = columnNames(row.Missing, cat)
	}
	var value *review.InvalidError
	if errors.As(err, &value) {
		known["field"] = ReviewField(value, cat)
	}
	var queued *transfer.QueuedError
	if errors.As(err, &queued) {
		known["task"] = queued.Task
	}
	var settled *transfer.NotUnknownError
	if errors.As(err, &settled) {
		known["row"] = settled.Row
	}
	var question *sampling.QuestionError
	if errors.As(err, &question) {
		if label, ok := cat.Lookup(i18n.Key("review.new." + question.Field)); ok {
			known["field"] = label
		}
	}
	var list *ChecklistError
	if errors.As(err, &list) {
		known["path"], known["reason"] = client.SafeText(list.Path, 200), client.SafeText(list.Err.Error(), 200)
	}
	var syntax *config.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Key != "":
		known["reason"] = cat.T("error.config_key", "line", syntax.Line, "key", client.SafeText(syntax.Key, 100))
	case errors.As(err, &syntax):
		known["reason"] = cat.T("error.config_toml", "line", syntax.Line, "column", syntax.Column)
	}
	var problem config.Problem
	if errors.As(err, &problem) {
		known["field"], known["reason"] = client.SafeText(problem.Key, 120), SettingProblem(problem, cat)
	}
}

// ReviewField names what is not as it has to be in a spot check.
func ReviewField(e *review.InvalidError, cat *i18n.Catalogue) string {
	name, ok := cat.Lookup(i18n.Key("error.review_field." + e.Field))
	if !ok {
		name = e.Field
	}
	return client.SafeText(strings.TrimSpace(name+" "+e.Value), 120)
}

// mappingReasons are the words for what is wrong with a mapping; what is none of them is not CSV.
var mappingReasons = map[string]i18n.Key{
	transfer.MappingLarge: "error.mapping_large", transfer.MappingHead: "error.mapping_head",
	transfer.MappingRows: "error.mapping_rows",
}

// mappingColumns are the names of transfer.MappingColumns.
var mappingColumns = map[string]i18n.Key{
	"path": "error.mapping_column.path", "account": "error.mapping_column.account", "biz type": "error.mapping_column.biz_type",
	"code": "error.mapping_column.code", "title": "error.mapping_column.title",
}

func columnNames(columns []string, cat *i18n.Catalogue) string {
	names := make([]string, 0, len(columns))
	for _, column := range columns {
		names = append(names, cat.T(mappingColumns[column]))
	}
	return strings.Join(names, ", ")
}

func mappingReason(e *transfer.MappingError, cat *i18n.Catalogue) string {
	what := cat.T("error.mapping_csv")
	if key, ok := mappingReasons[e.Reason]; ok {
		what = cat.T(key)
	}
	if len(e.Missing) > 0 {
		what = cat.T("error.mapping_missing", "columns", columnNames(e.Missing, cat))
	}
	if e.Line == 0 {
		return what
	}
	return cat.T("error.mapping_line", "line", e.Line, "what", what)
}

// settings are the words for what is wrong with a setting, by the last part of its key.
var settings = map[string]i18n.Key{
	"name": "error.setting_is.name", "url": "error.setting_is.url", "timezone": "error.setting_is.timezone", "page_base": "error.setting_is.page_base",
	"trusted_key": "error.setting_is.trusted_key", "base64_limit": "error.setting_is.base64_limit", "concurrency": "error.setting_is.concurrency", "rate": "error.setting_is.rate", "lang": "error.setting_is.lang", "current": "error.setting_is.current",
}

// SettingProblem says what is wrong with a setting, without its key.
func SettingProblem(p config.Problem, cat *i18n.Catalogue) string {
	if key, ok := settings[p.Key[strings.LastIndexByte(p.Key, '.')+1:]]; ok {
		return cat.T(key)
	}
	return client.SafeText(p.Reason, 200)
}
