package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"imagery/client"
)

// toxiproxy starts one, out of the tools that .ci/tools.mod pins, and returns the address of its API. As a module of this program it would
// bring sixteen others.
func toxiproxy(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "toxiproxy")
	if out, err := exec.Command("go", "build", "-modfile=../../.ci/tools.mod", "-o", program, "github.com/Shopify/toxiproxy/v2/cmd/server").CombinedOutput(); err != nil {
		t.Skipf("no toxiproxy here: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	host, port, _ := net.SplitHostPort(address)
	server := exec.Command(program, "-host", host, "-port", port)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Signal(os.Interrupt); _ = server.Wait() })
	for range 200 {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return "http://" + address
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("toxiproxy does not answer")
	return ""
}

// order posts to toxiproxy's API and returns what it says.
func order(t *testing.T, url string, what map[string]any) (answer struct{ Listen string }) {
	t.Helper()
	b, _ := json.Marshal(what)
	tr := &http.Transport{DisableKeepAlives: true}
	res, err := (&http.Client{Transport: tr}).Post(url, "application/json", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(res.Body)
	if res.StatusCode >= 300 || json.Unmarshal(said, &answer) != nil {
		t.Fatalf("%d %s", res.StatusCode, said)
	}
	return answer
}

// toxic is something toxiproxy does to one direction of a connection.
type toxic struct {
	kind, stream string
	how          map[string]any
}

// through returns the address of a proxy before upstream that does so.
func through(t *testing.T, api string, upstream net.Addr, name string, x toxic) string {
	t.Helper()
	name = strings.Map(letters, name)
	proxy := order(t, api+"/proxies", map[string]any{"name": name, "listen": "127.0.0.1:0", "upstream": upstream.String(), "enabled": true})
	order(t, api+"/proxies/"+name+"/toxics", map[string]any{"type": x.kind, "stream": x.stream, "attributes": x.how})
	return "http://" + proxy.Listen
}

// Whatever the way does to a download, it ends, what came is right to the last byte, and what did not is reported; the package's TestMain
// finds goroutines that outlive it.
func TestEveryToxicEndsAndLeavesNothingTorn(t *testing.T) {
	api := toxiproxy(t)
	for _, c := range []struct {
		kind  string
		how   map[string]any
		comes bool // every file does
	}{
		{"latency", map[string]any{"latency": 100, "jitter": 50}, true},
		{"bandwidth", map[string]any{"rate": 2000}, true},
		{"slow_close", map[string]any{"delay": 300}, true},
		{"slicer", map[string]any{"average_size": 700, "size_variation": 300, "delay": 50}, true},
		{"timeout", map[string]any{"timeout": 200}, false},
		{"timeout", map[string]any{"timeout": 0}, false}, // never a byte, never an end
		{"reset_peer", map[string]any{"timeout": 20}, false},
		{"limit_data", map[string]any{"bytes": 3000}, false},
	} {
		name := fmt.Sprint(c.kind, c.how)
		s := serveFiles(t, nil)
		dir := t.TempDir()
		m := managed(t, clientOf(t, through(t, api, s.Listener.Addr(), name, toxic{c.kind, "downstream", c.how})))
		m.idle = 300 * time.Millisecond
		task := finished(t, m, begin(t, m, Request{Folder: dir, Items: numbered(4)}))
		good := map[string]bool{}
		for _, f := range task.Files {
			if good[f.FileID] = f.Err == nil; f.Err != nil {
				delete(good, f.FileID)
			}
		}
		if len(task.Files) != 4 || c.comes && len(good) != 4 || len(good) < 4 && task.State != Failed {
			t.Errorf("%s: %s, %d of %d came, %v", name, task.State, len(good), len(task.Files), task.Err)
		}
		t.Logf("%s: %d of 4 came", name, len(good))
		if _, err := os.Stat(filepath.Join(dir, ManifestName)); !errors.Is(err, os.ErrNotExist) {
			holdsExactly(t, dir, good)
		} else if left := fileListing(t, dir); left != "" {
			t.Errorf("%s: left %q", name, left)
		}
	}
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// Whatever the way does to an upload, it ends when the user has enough of it at the latest, the platform has it once at most, and where no
// answer tells whether it has, that is what is said.
func TestEveryToxicLeavesAnUploadDoneOnceOrUnknown(t *testing.T) {
	api := toxiproxy(t)
	source := &client.Source{Name: "a.jpg", Size: 300_000, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(make([]byte, 300_000))), nil }}
	for _, x := range []toxic{
		{"latency", "upstream", map[string]any{"latency": 100, "jitter": 50}},
		{"bandwidth", "upstream", map[string]any{"rate": 2000}},
		{"slicer", "upstream", map[string]any{"average_size": 20_000, "size_variation": 300, "delay": 50}},
		{"slow_close", "upstream", map[string]any{"delay": 300}},
		{"timeout", "upstream", map[string]any{"timeout": 200}},
		{"timeout", "upstream", map[string]any{"timeout": 0}},
		{"timeout", "downstream", map[string]any{"timeout": 300}},
		{"timeout", "downstream", map[string]any{"timeout": 0}},
		{"reset_peer", "upstream", map[string]any{"timeout": 0}},
		{"reset_peer", "downstream", map[string]any{"timeout": 20}},
		{"limit_data", "upstream", map[string]any{"bytes": 100_000}},
		{"limit_data", "downstream", map[string]any{"bytes": 20}},
	} {
		name := fmt.Sprint(x.kind, x.stream, x.how)
		var whole, begun atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			begun.Add(1)
			if _, err := io.Copy(io.Discard, r.Body); err == nil {
				whole.Add(1)
			}
		}))
		c := clientOf(t, through(t, api, s.Listener.Addr(), name, x))
		c.Endpoints[client.OpUploadFile] = client.Endpoint{Method: "POST", Path: "/upload", Default: client.InPart}
		ctx, enough := context.WithTimeout(t.Context(), 2*time.Second)
		_, err := c.UploadFile(ctx, source, client.Time{})
		enough()
		c.HTTP.CloseIdleConnections()
		s.CloseClientConnections()
		s.Close() // waits for what is under way
		t.Logf("%s: there %d times, %v", name, whole.Load(), err)
		if begun.Load() > 1 || err == nil && whole.Load() != 1 || err != nil && begun.Load() == 1 && !errors.Is(err, client.ErrOutcomeUnknown) {
			t.Errorf("%s: begun %d times, there %d times, %v", name, begun.Load(), whole.Load(), err)
		}
	}
}
