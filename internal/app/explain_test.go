package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"imagery/client"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/session"
	"imagery/internal/transfer"
)

func status(op client.Op, code int) error {
	return &client.Error{Op: op, Status: code, Message: "x\x1b[2J"}
}

// english are words of causes that have no place in a Chinese sentence.
var english = regexp.MustCompile(`(?i)\b(the|is|not|no|of|at|file|interface|outcome|doing|such|unexpected|line|must)\b|x509:`)

func TestEveryErrorIsExplainedInBothLanguages(t *testing.T) {
	dial := func(err error) error {
		return &url.Error{Op: "Post", URL: "http://h", Err: &net.OpError{Op: "dial", Err: err}}
	}
	cases := map[string]error{
		"password": status(1, 401), "unauthorized": status(7, 401), "forbidden": status(7, 403), "not_found": status(7, 404), "server": status(9, 503), "answer": status(4, 409),
		"redirect": status(9, 302), "unknown_status": status(2, 502), "unreachable": dial(syscall.ECONNREFUSED), "no_host": dial(&net.DNSError{Name: "h"}),
		"timeout": dial(context.DeadlineExceeded), "network": dial(syscall.ECONNRESET), "cert_unknown": dial(x509.UnknownAuthorityError{}),
		"key_changed": &session.KeyError{Host: "h", Pinned: "a", Seen: "b"}, "invalid": &client.InvalidError{Op: 3, Field: "discardReason", Reason: "must not be empty"},
		"malformed": &client.MalformedError{Op: 7, Reason: "x"}, "no_endpoint": client.ErrNoEndpoint, "other": errors.New("\x1b]0;x\x07"), "not_https": dial(errors.New("http: server gave HTTP response to HTTPS client")),
		"no_file": &fs.PathError{Op: "open", Path: "/x", Err: syscall.ENOENT}, "permission": &fs.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "disk_full": &fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC},
		"is_folder": &fs.PathError{Op: "read", Path: "/tmp", Err: syscall.EISDIR}, "not_folder": &fs.PathError{Op: "mkdir", Path: "/f", Err: syscall.ENOTDIR}, "file": &fs.PathError{Op: "open", Path: "/f", Err: syscall.ELOOP},
		"listen":     &net.OpError{Op: "listen", Net: "tcp", Addr: &net.TCPAddr{Port: 80}, Err: os.NewSyscallError("bind", syscall.EADDRINUSE)},
		"row_queued": &transfer.QueuedError{Task: 3}, "not_unknown": &transfer.NotUnknownError{Row: 2},
		"setting": config.Problem{Key: "profiles.a.url", Reason: "must be"}, "unknown_answer": fmt.Errorf("%w: %w", client.ErrOutcomeUnknown, &client.MalformedError{Op: 2, Flaw: client.FlawSyntax, Reason: "unexpected end of JSON input"}),
		"not_archived": &NotArchivedError{"a.jpg", status(5, 502)}, "config": fmt.Errorf("%w: x: %w", config.ErrBroken, &config.SyntaxError{Line: 2, Key: "nonsense", Err: errors.New("strict mode")}),
	}
	for _, c := range append(causes, local...) {
		if _, there := cases[c.key]; !there {
			cases[c.key] = fmt.Errorf("doing something: %w", c.is)
		}
	}
	for want, err := range cases {
		if key := classify(err); key != want {
			t.Errorf("%v is %s, want %s", err, key, want)
		}
		for _, lang := range i18n.Languages {
			what, why, todo := Explain(err, i18n.Load(lang))
			all := what + why + todo
			if want != "other" && english.MatchString(strings.ReplaceAll(all, "x[2J", "")) && lang == "zh" {
				t.Errorf("%s speaks English in Chinese: %q %q %q", want, what, why, todo)
			}
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
		&fs.PathError{Op: "read", Path: "/tmp", Err: syscall.EISDIR}: false, syscall.ENOTDIR: false,
		&net.OpError{Op: "listen", Err: syscall.EADDRINUSE}: false, &net.OpError{Op: "read", Err: syscall.ECONNRESET}: true, io.ErrUnexpectedEOF: true,
		&url.Error{Op: "Post", URL: "u", Err: syscall.ECONNREFUSED}: true,
	} {
		if IsNetwork(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}

func TestACommandThatTrustsAKeyIsSaidInFull(t *testing.T) {
	seen := strings.Repeat("ab", 32)
	err := &url.Error{Op: "Post", URL: "https://h/x", Err: &profileError{"prod 2", &session.KeyError{Host: "h", Pinned: strings.Repeat("00", 32), Seen: seen}}}
	for _, lang := range i18n.Languages {
		_, why, todo := Explain(err, i18n.Load(lang))
		if want := `imagery trust --profile "prod 2" --fingerprint SHA256:` + seen; !strings.Contains(todo, want) || !strings.Contains(why, "SHA256:"+seen) {
			t.Errorf("%s: %q %q", lang, why, todo)
		}
	}
}

func TestWhatIsBehindAnErrorIsSaidInTheUsersLanguage(t *testing.T) {
	zh := i18n.Load("zh")
	for err, want := range map[error]string{
		&NotArchivedError{"a.jpg", fmt.Errorf("%w: %w", client.ErrOutcomeUnknown, &url.Error{Op: "Post", URL: "http://h/", Err: syscall.ECONNRESET})}: "a.jpg：",
		fmt.Errorf("%w: %w", client.ErrOutcomeUnknown, &url.Error{Op: "Post", URL: "http://h:1/", Err: syscall.ECONNRESET}):                           "网络连接中断。h:1",
		&client.MalformedError{Op: 9, Field: "content[0].id", Offset: 12, Flaw: client.FlawKind, Reason: "want an object"}:                            "接口 9，content[0].id（第 12 字节）：值的类型或格式不对",
	} {
		if _, why, _ := Explain(err, zh); !strings.Contains(why, want) || strings.Contains(why, "want an") || strings.Contains(why, "connection") {
			t.Errorf("%v: %q, want %q", err, why, want)
		}
	}
}
