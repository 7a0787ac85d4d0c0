package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const rssLimit = 256 << 20 // bytes

// packed is unpacked to n bytes of piece, over and over.
func packed(head, piece string, n int, tail string) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = io.WriteString(z, head)
	block := strings.Repeat(piece, max(1, 1<<20/len(piece)))
	for left := n; left > 0; left -= len(block) {
		_, _ = io.WriteString(z, block)
	}
	_, _ = io.WriteString(z, tail)
	_ = z.Close()
	return b.Bytes()
}

// A reply that unpacks to a gigabyte, or to what would take one when it is understood, is refused with a sentence, and never in memory as a
// whole.
func TestHugeRepliesAreRefusedInLittleMemory(t *testing.T) {
	dir := t.TempDir()
	program := build(t, dir)
	replies := map[string][]byte{
		"a gigabyte of blanks":        packed("", " ", 1<<30, "[]"),
		"one endless text":            packed(`[{"id":"`, "x", 1<<30, `"}]`),
		"a million elements and more": packed("[{}", ",{}", 28<<20, "]"),
		"a million files":             packed(`[{"id":"1","materialCode":"1","fileIds":["F"`, `,"F"`, 28<<20, "]}]"),
		"a million members":           packed(`[{"id":"1"`, `,"a":1`, 28<<20, "}]"),
		"as deep as it is long":       packed("", "[", 28<<20, ""),
		"an endless number":           packed("[", "1", 28<<20, "]"),
		"an envelope of the same":     packed(`{"code":0,"data":{"content":[{}`, ",{}", 28<<20, `],"totalElements":1}}`),
	}
	for name, reply := range replies {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/crm/login/jwt" {
				w.Header().Set("Authorization", "token")
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(reply)
		}))
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.Start()
		for _, args := range [][]string{{"accounts"}, {"materials", "1", "--biz-type", "0"}} {
			said, rss, err := heavy(t, program, dir, append(args, "--url", srv.URL, "--username", "demo")...)
			t.Logf("%s, %s: %d MB, %v, %.200q", name, args[0], rss>>20, err, said)
			if err == nil || !bytes.Contains(said, []byte("Error: The platform's answer ")) {
				t.Errorf("%s: %s was not refused: %s", name, args[0], said)
			}
			if rss > rssLimit {
				t.Errorf("%s: %s took %d MB", name, args[0], rss>>20)
			}
		}
		srv.Close()
	}
}

// heavy runs the program and returns what it said, its largest resident size in bytes and how it ended.
func heavy(t *testing.T, program, dir string, args ...string) (said []byte, rss int64, failed error) {
	t.Helper()
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "IMAGERY_HOME="+filepath.Join(dir, "home"), "IMAGERY_PASSWORD=demo", "IMAGERY_LANG=en")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { failed = c.Wait(); close(ended) }()
	// What wait4 tells begins with the size of the process that started it, which is this test; what /proc tells does not.
	status := fmt.Sprintf("/proc/%d/status", c.Process.Pid)
	for running := true; running; {
		select {
		case <-ended:
			running = false
		case <-time.After(2 * time.Millisecond):
			rss = max(rss, peak(status))
		}
	}
	said = out.Bytes()
	if bytes.Contains(said, []byte("goroutine ")) {
		t.Errorf("%s crashed: %s", fmt.Sprint(args), said)
	}
	if rss == 0 {
		t.Error("the process was not seen")
	}
	return said, rss, failed
}

// peak reads the largest resident size of a process so far, in bytes.
func peak(status string) int64 {
	text, _ := os.ReadFile(status)
	_, rest, _ := bytes.Cut(text, []byte("VmHWM:"))
	var kb int64
	_, _ = fmt.Sscan(string(rest), &kb)
	return kb << 10
}
