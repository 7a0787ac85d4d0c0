package e2e

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"imagery/internal/demo"
)

// The canaries: found anywhere but on the wire, a secret has leaked.
const (
	canaryPassword = "canary-password-5d1f"
	canaryToken    = "Bearer canary-token-93ab"
)

// guarded is the demo with a password and a token of its own.
func guarded(t *testing.T) http.Handler {
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
		h.ServeHTTP(w, r)
	})
}

// Neither the password nor the token comes to rest in a file, in what is printed, in a log, in a process list or in a crash.
func TestCanaries(t *testing.T) {
	dir := t.TempDir()
	program := build(t, dir)
	srv := httptest.NewServer(guarded(t))
	t.Cleanup(srv.Close)
	scan := filepath.Join(dir, "scan.png")
	if err := os.WriteFile(scan, []byte("\x89PNG\r\n\x1a\n and so on"), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	for _, args := range [][]string{
		{"login"},
		{"accounts", "--json"},
		{"materials", "8800000004", "--biz-type", "0", "--customer", "--history"},
		{"materials", "no such account", "--biz-type", "0"},
		{"download", "--account", "8800000004", "--biz-type", "0", "--out", filepath.Join(dir, "out")},
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
	for _, secret := range []string{canaryPassword, strings.TrimPrefix(canaryToken, "Bearer ")} {
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

// lookFor fails for every file below dir that holds secret.
func lookFor(t *testing.T, dir, secret string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if files++; bytes.Contains(b, []byte(secret)) {
			t.Errorf("%s holds %s", path, secret)
		}
		return err
	})
	if err != nil || files < 5 {
		t.Errorf("looked through %d files: %v", files, err)
	}
}
