package e2e

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"imagery/internal/session"
)

// A platform that only a proxy reaches shows its own key, the way that requests will go: Go asks no proxy for loopback addresses, so the
// platform has a name that nothing but the proxy knows.
func TestTheKeyIsSeenThroughAProxy(t *testing.T) {
	dir := t.TempDir()
	program := build(t, dir)
	platform := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }))
	t.Cleanup(platform.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "platform.invalid:443" {
			http.Error(w, r.Host, http.StatusForbidden)
			return
		}
		there, err := net.Dial("tcp", platform.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer there.Close()
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer here.Close()
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, here) }()
		_, _ = io.Copy(here, there)
	}))
	t.Cleanup(proxy.Close)
	c := exec.Command(program, "trust", "--json", "--url", "https://platform.invalid")
	c.Env = append(os.Environ(), "HTTPS_PROXY="+proxy.URL, "IMAGERY_HOME="+filepath.Join(dir, "home"))
	out, err := c.Output()
	var key struct{ SHA256 string }
	if json.Unmarshal(out, &key) != nil || key.SHA256 != session.Fingerprint(platform.Certificate()) {
		t.Errorf("%s %v", out, err)
	}

	// Spoken to by https, a proxy shows a key of its own, which must not be taken for the platform's.
	c = exec.Command(program, "trust", "--json", "--lang", "en", "--url", "https://platform.invalid")
	c.Env = append(os.Environ(), "HTTPS_PROXY="+platform.URL, "IMAGERY_HOME="+filepath.Join(dir, "home"))
	if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "The proxy is reached by https") {
		t.Errorf("through an https proxy: %s %v", out, err)
	}
}
