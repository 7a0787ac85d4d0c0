package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"imagery/internal/demo"
)

// sign marks what the platform sends: found inside an escape sequence on the terminal, something came through.
const sign = "6666"

// attacks are what a terminal would act on, each with the sign where the terminal would read it.
var attacks = []string{
	"\x1b[6666m", "\x1b[6666;1H", "\x1b]52;c;6666\x07", "\x1b]8;;http://6666\x1b\\x", "\x1b]0;6666\x07", "\x1bP6666\x1b\\", "\x1b_G6666\x1b\\", "\x1b^6666\x1b\\", "\x1bX6666\x1b\\",
	"\u009b6666m", "\u009d52;c;6666\u009c", "\u00906666\u009c", "\u202e6666", "\u20666666\u2069", "\u200b6666\ufeff", "6666\r\n\t\b\x7f\x00", "\U000e00416666", "\ue0006666",
	"6666" + strings.Repeat("\u0300", 40), "\x1b[?1049l6666", "\x1bc6666", "\x0e6666\x0f", "\u20286666\u2029", "\x1b[>6666c",
}

// texts are the members whose values are only to be shown.
var texts = map[string]bool{
	"customerName": true, "customerFullName": true, "accountName": true, "accountFullName": true, "deptName": true, "materialName": true, "bizName": true, "submitterEmpName": true,
	"serviceAccessTitle": true, "serviceName": true, "processName": true, "fileOriginalName": true, "oriDeptCode": true, "amlRiskCodeName": true, "accountCategory": true, "message": true,
	"licenseNo": true, "raxRegNo": true, "srcType": true, "accountStatus": true, "fileExtName": true, "accountCustomerType": true, "idType": true, "bizCode": true, "sourceType": true,
}

// poisoner puts attacks in the place of the texts of a platform.
type poisoner struct {
	platform http.Handler
	sent     atomic.Int64
}

func (p *poisoner) poison(v any) {
	switch at := v.(type) {
	case map[string]any:
		for k, m := range at {
			if texts[k] {
				n := p.sent.Add(1)
				at[k] = fmt.Sprint(attacks[n%int64(len(attacks))], n)
			} else {
				p.poison(m)
			}
		}
	case []any:
		for _, m := range at {
			p.poison(m)
		}
	}
}

func (p *poisoner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got := httptest.NewRecorder()
	p.platform.ServeHTTP(got, r)
	body := got.Body.Bytes()
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) == nil {
		p.poison(v)
		body, _ = json.Marshal(v)
	}
	if got.Code >= 300 {
		p.sent.Add(1)
		body = []byte(strings.Join(attacks, " "))
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 %d x\r\nContent-Length: %d\r\n", got.Code, len(body))
	_ = got.Header().WriteSubset(conn, map[string]bool{"Content-Length": true})
	// What net/http logs about bytes that nobody asked for must not reach the terminal either.
	fmt.Fprintf(conn, "\r\n%s\x1b]52;c;%s STRAY\x07", body, sign)
	time.Sleep(20 * time.Millisecond) // the other side notices
}

// Whatever the platform says, a terminal gets the program's own sequences only, and of the rest nothing it could act on.
func TestNoHostileStringReachesTheTerminal(t *testing.T) {
	dir := t.TempDir()
	program := build(t, dir)
	platform, err := demo.Open(t.Context(), demo.Options{Accounts: 800})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Close() })
	p := &poisoner{platform: platform.Handler()}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	at := " --url " + srv.URL + " --username demo"
	x := open(t, dir, "160", "50", "sleep 600")
	raw := filepath.Join(dir, "raw")
	x.tmux("pipe-pane", "-t", "main", "cat >>"+raw)
	const account = " 8800000004 --biz-type 0"
	commands := []string{
		"login", "accounts --all", "accounts --all --json", "materials" + account + " --customer --history", "materials" + account + " --json",
		"materials 1 --biz-type 0", "download --account 8800000004 --biz-type 0 --out " + dir + "/out", "discard no-such-archive --reason x --yes --emp 0231", "audit show", "check",
	}
	script := "export IMAGERY_PASSWORD=demo\n"
	for _, c := range commands {
		script += program + " " + c + at + " -v\n"
	}
	script += "echo TOLD\nsleep 1\n" + program + at + "; echo LEFT $?; sleep 60\n"
	file := filepath.Join(dir, "script")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	// The pipe stays with the pane, so the pane takes the script up instead of being made anew.
	x.tmux("respawn-pane", "-k", "-t", "main", "sh "+file)
	x.tmux("pipe-pane", "-t", "main", "cat >>"+raw)
	x.until("共 800 条")
	for range 10 {
		x.keys("]")
		time.Sleep(100 * time.Millisecond)
	}
	for _, keys := range [][]string{
		{"Enter"},
		{"d"},
		{"Escape"},
		{"x"},
		{"Escape"},
		{"a"},
		{"Escape"},
		{"Enter"},
		{"Right"},
		{"Escape"},
		{"Escape"},
		{"t"},
		{"Escape"},
		{"A"},
		{"Escape"},
		{"S"},
		{"Escape"},
		{"J"},
		{"Escape"},
		{"c"},
		{"Escape"},
		{"F1"},
		{"Escape"},
		{"C-k"},
		{"Escape"},
	} {
		x.keys(keys...)
		time.Sleep(250 * time.Millisecond)
	}
	x.keys("C-c").until("LEFT")
	b, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	harmless(t, b)
	shown := bytes.Count(b, []byte(sign))
	t.Logf("%d strings sent, %d shown in %d bytes", p.sent.Load(), shown, len(b))
	if p.sent.Load() < 10_000 || shown < 3_000 {
		t.Errorf("only %d strings were sent and %d shown", p.sent.Load(), shown)
	}
}

// harmless fails for what a terminal would act on in what the program wrote to it.
func harmless(t *testing.T, b []byte) {
	t.Helper()
	if bytes.Contains(b, []byte("Unsolicited response")) { // what an error says of such bytes is made harmless like all else
		t.Error("bytes that net/http logged are on the terminal")
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == 0x1b {
			if n = sequence(b); bytes.Contains(b[:n], []byte(sign)) {
				t.Errorf("%q reached the terminal", b[:n])
			}
		} else if r != '\r' && r != '\n' && r != '\t' && r != '\b' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || r == utf8.RuneError && n == 1) {
			t.Errorf("%U reached the terminal in %q", r, b[:min(len(b), 40)])
		}
		b = b[n:]
	}
}

// sequence is the length of the escape sequence at the start of b.
func sequence(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	if strings.IndexByte("]P_^X", b[1]) >= 0 {
		for i := 2; i < len(b); i++ {
			if b[i] == 7 || b[i] == '\\' && b[i-1] == 0x1b {
				return i + 1
			}
		}
		return len(b)
	}
	for i := 1; i < len(b); i++ {
		if b[i] >= 0x40 && (i > 1 || b[i] != '[') || b[i] >= 0x30 && b[1] != '[' {
			return i + 1
		}
	}
	return len(b)
}
