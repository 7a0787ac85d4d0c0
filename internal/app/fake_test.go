package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
)

// platform is a small server whose writes can lose their answers.
type platform struct {
	mu     sync.Mutex
	calls  map[string]int
	bodies map[string]string
	rows   []map[string]any // what interface 7 lists
	lose   bool             // do the write, then cut the connection
	drop   bool             // cut the connection without doing it
	after  func(op string)  // runs under the lock after a write was done
	absent bool             // interface 7 answers 404, until an account was added
}

var endpoints = client.Endpoints{
	1: {Method: "POST", Path: "/login", Default: client.InJSON},
	2: {Method: "POST", Path: "/archive/{systemCode}", Default: client.InJSON},
	3: {Method: "POST", Path: "/discard", Default: client.InJSON},
	4: {Method: "POST", Path: "/account", Default: client.InJSON},
	5: {Method: "POST", Path: "/upload", Default: client.InPart},
	6: {Method: "POST", Path: "/customer/{systemCode}", Default: client.InJSON},
	7: {Method: "POST", Path: "/materials", Default: client.InJSON},
	8: {Method: "GET", Path: "/files/{fileId}", Default: client.InQuery},
	9: {Method: "POST", Path: "/accounts", Default: client.InJSON},
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	op := strings.Split(r.URL.Path, "/")[1]
	p.calls[op]++
	p.bodies[op] = string(body)
	write := strings.Contains("archive discard account customer", op)
	if write && p.drop {
		panic(http.ErrAbortHandler)
	}
	answer := p.answer(op, w)
	if write && p.after != nil {
		p.after(op)
	}
	if write && p.lose {
		panic(http.ErrAbortHandler)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (p *platform) answer(op string, w http.ResponseWriter) any {
	switch op {
	case "login":
		if strings.Contains(p.bodies[op], "wrong") {
			w.WriteHeader(http.StatusUnauthorized)
			return "Invalid Credentials"
		}
		w.Header().Set("Authorization", "token")
	case "archive", "customer":
		p.rows = append(p.rows, row("S9", "补录", "1103"))
		return map[string]any{"id": "S9", "title": "补录"}
	case "discard":
		p.rows = nil
	case "upload":
		return map[string]any{"id": "F9"}
	case "materials":
		if p.absent {
			w.WriteHeader(http.StatusNotFound)
			return "none"
		}
		return p.rows
	case "account":
		p.absent = false
	case "accounts":
		return map[string]any{"content": []any{}, "totalElements": 0, "first": true}
	}
	return map[string]any{}
}

func row(archive, title, code string) map[string]any {
	return map[string]any{"id": archive + code, "serviceAccessId": archive, "serviceAccessTitle": title, "materialCode": code, "fileIds": []string{"F9"}}
}

// start returns an App signed in to p.
func start(t *testing.T, p *platform, change func(*config.Profile)) *App {
	t.Helper()
	p.calls, p.bodies = map[string]int{}, map[string]string{}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	prof := config.Profile{Name: "test", URL: srv.URL, SystemCode: "SYS", EmpCode: "0231", Endpoints: endpoints, PageBase: "1"}
	if change != nil {
		change(&prof)
	}
	a := New(Options{Profiles: []config.Profile{prof}, Journal: audit.Open(filepath.Join(t.TempDir(), "audit.jsonl")), Version: "test"})
	t.Cleanup(func() { _ = a.Close() })
	if err := a.SignIn(t.Context(), "test", "u", client.NewSecret("pw")); err != nil {
		t.Fatal(err)
	}
	return a
}

// journal returns "act phase result" for each line.
func journal(t *testing.T, a *App) string {
	t.Helper()
	var out []string
	if err := a.opts.Journal.Entries(func(e audit.Entry) bool {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Act, e.Phase, e.Result)))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ", ")
}
