package linear

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/postman"
	"imagery/internal/transfer"
)

// lab is a conversation with the program on a demo platform of its own, on a fake clock.
type lab struct {
	t          *testing.T
	dir        string
	latency    time.Duration
	refusing   bool // the platform takes no token and no password
	deaf       bool // a request takes a minute, and cannot be canceled
	app        *app.App
	in         *io.PipeWriter
	out        *transcript
	interrupts chan struct{}
	secrets    chan string
	ended      chan error
	link       string // where files are shown that cannot be here
	kept       string // the language that was kept
	last       string // what the last answer was answered with
}

// transcript is all that was said.
type transcript struct {
	mu   sync.Mutex
	all  bytes.Buffer
	read int
}

// Write implements io.Writer.
func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(p)
}

// news is what was said since the last time.
func (s *transcript) news() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.all.Bytes()[s.read:]
	s.read = s.all.Len()
	return string(b)
}

// setup is a platform and its profile before they are started.
type setup struct {
	demo    demo.Options
	profile config.Profile
	keyring app.Keyring // nil: there is none
	// terminal has passwords typed into lab.secrets, unseen.
	terminal bool
}

// talk holds a conversation, and fails when anything was said that is no plain line.
func talk(t *testing.T, lang string, f func(l *lab), tweak ...func(*setup)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &lab{t: t, dir: t.TempDir(), out: &transcript{}, interrupts: make(chan struct{}), ended: make(chan error, 1)}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		endpoints, err := postman.Demo()
		if err != nil {
			t.Fatal(err)
		}
		s := setup{
			demo: demo.Options{Accounts: 120, DataDir: filepath.Join(l.dir, "platform"), Latency: func(*http.Request) time.Duration { return l.latency }},
			profile: config.Profile{
				Name: "演示", URL: "http://demo", Username: "demo", EmpCode: "0231", SystemCode: demo.SystemCode, Endpoints: endpoints, Demo: true,
				Downloads: filepath.Join(l.dir, "下载"),
			},
		}
		for _, change := range tweak {
			change(&s)
		}
		p, err := demo.Open(ctx, s.demo)
		if err != nil {
			t.Fatal(err)
		}
		l.app = app.New(app.Options{
			Profiles: []config.Profile{s.profile}, Journal: audit.Open(filepath.Join(l.dir, "audit.jsonl")), Version: "test",
			Transport: func(config.Profile) http.RoundTripper { return gate{l, demo.Transport{Handler: p.Handler()}} },
			Keyring:   s.keyring,
		})
		in, w := io.Pipe()
		l.in = w
		o := Options{App: outside{l.app, l}, Lang: lang, In: in, Out: l.out, Interrupts: l.interrupts, KeepLang: func(lang string) { l.kept = lang }}
		if s.terminal {
			l.secrets = make(chan string)
			o.ReadPassword = func() (client.Secret, error) { return client.NewSecret(<-l.secrets), nil }
		}
		go func() { l.ended <- Run(ctx, o) }()
		l.settle()
		defer l.end(p, cancel)
		f(l)
	})
}

// end ends everything, and looks at all that was said.
func (l *lab) end(p *demo.Platform, cancel func()) {
	cancel()
	_ = l.in.Close()
	synctest.Wait()
	if err := errors.Join(l.app.Close(), p.Close()); err != nil {
		l.t.Error(err)
	}
	if all := l.out.all.String(); strings.ContainsAny(all, "\x1b\r\b\a\t«") {
		l.t.Errorf("not plain lines: %q", all)
	}
}

// outside is the program where files are shown without a browser: those, and the server for them, would leave the fake clock.
type outside struct {
	*app.App
	l *lab
}

// Preview implements Service.
func (o outside) Preview(context.Context, transfer.Item) (string, error) { return o.l.link, nil }

// gate is the network, behind which the platform may refuse everybody.
type gate struct {
	l    *lab
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.l.deaf {
		time.Sleep(time.Minute)
	}
	if g.l.refusing {
		return &http.Response{StatusCode: http.StatusUnauthorized, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	}
	return g.next.RoundTrip(r)
}

// settle waits until the program does.
func (l *lab) settle() *lab {
	time.Sleep(500 * time.Millisecond)
	synctest.Wait()
	l.last = l.out.news()
	return l
}

// typed types lines, one after another.
func (l *lab) typed(lines ...string) *lab {
	l.t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(l.in, line+"\n"); err != nil {
			l.t.Fatal(err)
		}
		l.settle()
	}
	return l
}

func (l *lab) interrupt() *lab {
	l.interrupts <- struct{}{}
	return l.settle()
}

// hears fails unless the last answer was answered with all of these.
func (l *lab) hears(pieces ...string) *lab {
	l.t.Helper()
	for _, piece := range pieces {
		if !strings.Contains(l.last, piece) {
			l.t.Fatalf("no %q in\n%s\nafter\n%s", piece, l.last, l.out.all.String())
		}
	}
	return l
}

func (l *lab) lacks(pieces ...string) *lab {
	l.t.Helper()
	for _, piece := range pieces {
		if strings.Contains(l.last, piece) {
			l.t.Fatalf("%q in\n%s", piece, l.last)
		}
	}
	return l
}

// left fails unless the conversation is over.
func (l *lab) left() {
	l.t.Helper()
	select {
	case err := <-l.ended:
		if err != nil {
			l.t.Error(err)
		}
	default:
		l.t.Fatalf("still there:\n%s", l.last)
	}
}

// after returns the word behind piece in what was last said.
func (l *lab) after(piece string) string {
	l.t.Helper()
	_, rest, ok := strings.Cut(l.last, piece)
	if !ok {
		l.t.Fatalf("no %q in\n%s", piece, l.last)
	}
	return strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" ,，\n。", r) })[0]
}

// lineWith returns the number of the line of a list that has piece.
func (l *lab) lineWith(piece string) string {
	l.t.Helper()
	for line := range strings.Lines(l.last) {
		if n, rest, ok := strings.Cut(line, ". "); ok && strings.Contains(rest, piece) {
			return n
		}
	}
	l.t.Fatalf("no line with %q in\n%s", piece, l.last)
	return ""
}

func (l *lab) signIn() *lab { return l.typed("", "demo") }

func (l *lab) file(name string) string {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.WriteFile(path, []byte("\xff\xd8\xff\xe0 picture"), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return path
}
