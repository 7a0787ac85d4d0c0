package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"imagery/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"imagery": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	collection, err := filepath.Abs("../../assets/demo/collection.json")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("IMAGERY_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("COLLECTION", collection)
			env.Setenv("IMAGERY_LANG", "en")
			env.Setenv("IMAGERY_NO_INPUT", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "served": served, "field": field, "faulty": faulty, "bytes": bytesOf},
	})
}

// exits CODE PROGRAM ARG…: the program ends with exactly this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// served waits until `demo --serve` in the background is ready, and sets $DEMO to its address, and $DEMO_ADDRESS to host and
// port alone.
func served(ts *testscript.TestScript, _ bool, _ []string) {
	file := filepath.Join(ts.Getenv("IMAGERY_HOME"), "state", "demo.json")
	for range 600 {
		var r struct{ URL string }
		if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &r) == nil {
			ts.Setenv("DEMO", r.URL)
			ts.Setenv("DEMO_ADDRESS", strings.TrimPrefix(r.URL, "http://"))
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("the demo did not get ready")
}

// field PATH NAME: sets $NAME to the value at a dotted path of the first JSON line on stdout that has one; numbers index lists.
func field(ts *testscript.TestScript, _ bool, args []string) {
	for _, line := range strings.Split(ts.ReadFile("stdout"), "\n") {
		var v any
		if json.Unmarshal([]byte(line), &v) != nil {
			continue
		}
		for _, key := range strings.Split(args[0], ".") {
			switch at := v.(type) {
			case map[string]any:
				v = at[key]
			case []any:
				v = nil
				if i, err := strconv.Atoi(key); err == nil && i < len(at) {
					v = at[i]
				}
			default:
				v = nil
			}
		}
		if v != nil && v != "" {
			ts.Setenv(args[1], fmt.Sprint(v))
			return
		}
	}
	ts.Fatalf("no line on stdout has %s", args[0])
}

// bytes FILE N PREFIX: makes a file of N bytes that begins with PREFIX.
func bytesOf(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	prefix, err := strconv.Unquote(`"` + args[2] + `"`)
	ts.Check(err)
	b := append([]byte(prefix), make([]byte, max(0, n-len(prefix)))...)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b[:n], 0o600))
}

// faulty [tls] starts a server of wrong answers, with a certificate nobody vouches for if asked, and sets $FAULTY to its address. Files
// are named after what is wrong with them, accounts too.
func faulty(ts *testscript.TestScript, _ bool, args []string) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(wrong))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if len(args) > 0 {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	ts.Defer(srv.Close)
	ts.Setenv("FAULTY", srv.URL)
}

const page = "<html><head><title>Gateway error</title></head><body>down</body></html>"

func wrong(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/crm/login/jwt":
		w.Header().Set("Authorization", "token")
	case "/crm/cif/accounts/query":
		fmt.Fprint(w, page)
	case "/crm/dms/materials/query":
		wrongList(w, r)
	case "/crm/dms/access/IMAGERY/account":
		panic(http.ErrAbortHandler) // the answer is lost
	case "/crm/dms/files/HTML/file":
		fmt.Fprint(w, page)
	case "/crm/dms/files/JSON/file":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"code":500,"msg":"no such file"}`)
	case "/crm/dms/files/CUT/file":
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "\xff\xd8\xff only a part")
	case "/crm/dms/files/EMPTY/file":
		w.Header().Set("Content-Type", "image/jpeg")
	case "/crm/dms/files/JPEG/file":
		fmt.Fprint(w, "\xff\xd8\xff\xe0 a picture")
	default:
		http.Error(w, "nothing here", http.StatusNotFound)
	}
}

// wrongList answers interface 7 by the account's number.
func wrongList(w http.ResponseWriter, r *http.Request) {
	var q struct{ AccountNo string }
	_ = json.NewDecoder(r.Body).Decode(&q)
	switch q.AccountNo {
	case "REDIRECT":
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
	case "BROKEN":
		fmt.Fprint(w, `[{"id":1,"fileIds":[`)
	case "DENIED":
		http.Error(w, `{"code":403,"msg":"dept 1101 only"}`, http.StatusForbidden)
	case "DOWN":
		http.Error(w, "out of memory", http.StatusInternalServerError)
	case "ESCAPE":
		fmt.Fprint(w, `[{"id":"1","materialCode":"1","materialName":"\u001b]52;c;evil\u0007x","fileIds":["F"]}]`)
	default:
		fmt.Fprint(w, `[]`)
	}
}
