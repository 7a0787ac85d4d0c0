package e2e

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"imagery/internal/demo"
)

// The canaries: found anywhere but on the wire, a secret has leaked.
const (
	canaryPassword = "canary-password-5d1f"
	canaryToken    = "Bearer canary-token-93ab"
)

// numbers are the document numbers a platform has told.
type numbers struct {
	mu   sync.Mutex
	told map[string]bool
}

var documentNumber = regexp.MustCompile(`"idNo":"([^"]{6,})"`)

func (n *numbers) note(body []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range documentNumber.FindAllSubmatch(body, -1) {
		n.told[string(m[1])] = true
	}
}

// guarded is the demo with a password and a token of its own.
func guarded(t *testing.T, n *numbers) http.Handler {
	t.Helper()
	p, err := demo.Open(context.Background(), demo.Options{Accounts: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	h := p.Handler()
	signIn := httptest.NewRecorder()
	h.ServeHTTP(signIn, httptest.NewRequest(http.MethodPost, "/crm/login/jwt", strings.NewReader(`{"username":"demo","password":"demo"}`)))
	token := signIn.Header().Get("Authorization")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/crm/login/jwt" {
			if b, _ := io.ReadAll(r.Body); !bytes.Contains(b, []byte(canaryPassword)) {
				http.Error(w, "Invalid Credentials", http.StatusUnauthorized)
				return
			}
			w.Header().Set("Authorization", canaryToken)
			return
		}
		if r.Header.Get("Authorization") == canaryToken {
			r.Header.Set("Authorization", token)
		}
		got := httptest.NewRecorder()
		h.ServeHTTP(got, r)
		n.note(got.Body.Bytes())
		maps.Copy(w.Header(), got.Header())
		w.WriteHeader(got.Code)
		_, _ = w.Write(got.Body.Bytes())
	})
}

// Neither the password nor the token nor a document number comes to rest in a file, in what is printed, in a log, in a process list or in a
// crash.
func TestCanaries(t *testing.T) {
	dir := t.TempDir()
	program := build(t, dir)
	ids := &numbers{told: map[string]bool{}}
	srv := httptest.NewServer(guarded(t, ids))
	t.Cleanup(srv.Close)
	scan := filepath.Join(dir, "scan.png")
	if err := os.WriteFile(scan, []byte("\x89PNG\r\n\x1a\n and so on"), 0o600); err != nil {
		t.Fatal(err)
	}
	example, err := exec.Command(program, "rules", "example").Output()
	if err != nil {
		t.Fatal(err)
	}
	rules := filepath.Join(dir, "rules.toml")
	if err := os.WriteFile(rules, example, 0o600); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	for _, args := range [][]string{
		{"login"},
		{"accounts", "--json"},
		{"materials", "8800000004", "--biz-type", "0", "--customer", "--history"},
		{"materials", "no such account", "--biz-type", "0"},
		{"download", "--account", "8800000004", "--biz-type", "0", "--out", filepath.Join(dir, "out")},
		{"check", "--rules", rules, "--confirm", "--json"},
		{"check", "--rules", rules, "--csv", filepath.Join(dir, "report.csv"), "--html", filepath.Join(dir, "report.html"), "--xlsx", filepath.Join(dir, "report.xlsx")},
		{"archive", "--account", "8800000004", "--biz-type", "0", "--material", "4101=" + scan, "--title", "t"},
	} {
		c := exec.Command(program, append(args, "--url", srv.URL, "--username", "demo", "--password-stdin", "-v", "--log", filepath.Join(dir, "log.txt"))...)
		c.Stdin, c.Stdout, c.Stderr = strings.NewReader(canaryPassword+"\n"), &printed, &printed
		_ = c.Run() // some are to fail
	}
	x := open(t, dir, "100", "30", program+" --url "+srv.URL+" --username demo")
	x.until("密码").write(canaryPassword).keys("Enter").until("共 60 条").keys("Enter").until("> 资料")
	crash(t, x, program)
	printed.WriteString(x.tmux("capture-pane", "-p", "-S", "-", "-t", "main"))
	secrets := append(slices.Collect(maps.Keys(ids.told)), canaryPassword, strings.TrimPrefix(canaryToken, "Bearer "))
	if t.Logf("%d document numbers were told", len(ids.told)); len(ids.told) < 40 {
		t.Errorf("only %d document numbers were told", len(ids.told))
	}
	for _, secret := range secrets {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("%s was printed:\n%s", secret, printed.String())
		}
		lookFor(t, dir, secret)
	}
}

// crash makes the program in the window dump its stacks, which its supervisor takes the values out of.
func crash(t *testing.T, x terminal, program string) {
	t.Helper()
	pids := processes(t, program+" --url")
	for _, pid := range pids {
		line, _ := os.ReadFile("/proc/" + pid + "/cmdline")
		if bytes.Contains(line, []byte("canary")) {
			t.Errorf("the process list has %q", line)
		}
	}
	_ = exec.Command("kill", "-ABRT", pids[1]).Run()
	x.until("LEFT 1", "SIGABRT")
}

// unpacked is what a file holds in another form: the parts of a workbook, the compressed results of checks in a database.
func unpacked(t *testing.T, path string, b []byte) (texts [][]byte) {
	t.Helper()
	read := func(r io.Reader, err error) {
		var text []byte
		if err == nil {
			text, err = io.ReadAll(r)
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		texts = append(texts, text)
	}
	switch filepath.Base(path) {
	case "report.xlsx":
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(path, err)
		}
		for _, part := range z.File {
			read(part.Open())
		}
	case "runs.db":
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		rows, err := db.QueryContext(t.Context(), "SELECT body FROM run UNION ALL SELECT body FROM part")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var body []byte
			if err := rows.Scan(&body); err != nil {
				t.Fatal(err)
			}
			read(gzip.NewReader(bytes.NewReader(body)))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	default:
		return nil
	}
	if len(texts) == 0 {
		t.Errorf("%s has nothing in it", path)
	}
	return texts
}

// lookFor fails for every file below dir that holds secret.
func lookFor(t *testing.T, dir, secret string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, text := range append(unpacked(t, path, b), b) {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
		files++
		return err
	})
	if err != nil || files < 20 {
		t.Errorf("looked through %d files: %v", files, err)
	}
}
