package transfer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"imagery/client"
	sessions "imagery/internal/session"
)

// scan is the content of a file by its id: a JPEG by its marks, of a size and bytes that follow from the id.
func scan(id string) []byte {
	seed := sha256.Sum256([]byte(id))
	b := make([]byte, 20_000+int(seed[0])*100)
	_, _ = rand.NewChaCha8(seed).Read(b)
	copy(b, "\xff\xd8\xff\xe0")
	copy(b[len(b)-2:], "\xff\xd9")
	return b
}

// fileServer is interface 8 over a socket. answer may write another answer than the file and return true; call counts from 1 for each file.
type fileServer struct {
	*httptest.Server
	mu     sync.Mutex
	calls  map[string]int
	ranges map[string][]string
	answer func(w http.ResponseWriter, r *http.Request, id string, call int) bool
	served func() // after each request
}

func serveFiles(t testing.TB, answer func(w http.ResponseWriter, r *http.Request, id string, call int) bool) *fileServer {
	t.Helper()
	s := &fileServer{calls: map[string]int{}, ranges: map[string][]string{}, answer: answer}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *fileServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := strings.Split(r.URL.Path, "/")[2]
	s.mu.Lock()
	s.calls[id]++
	call := s.calls[id]
	s.ranges[id] = append(s.ranges[id], r.Header.Get("Range"))
	served := s.served
	s.mu.Unlock()
	if served != nil {
		defer served()
	}
	if s.answer != nil && s.answer(w, r, id, call) {
		return
	}
	b := scan(id)
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	_, _ = w.Write(b)
}

func (s *fileServer) called(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[id]
}

// clientOf is a client of the server as the program makes it.
func clientOf(t testing.TB, url string) *client.Client {
	t.Helper()
	transport := sessions.Transport(sessions.Trust{})
	t.Cleanup(transport.CloseIdleConnections)
	return &client.Client{
		BaseURL: url, HTTP: &http.Client{Transport: transport},
		Endpoints: client.Endpoints{client.OpFetchFile: {Method: "GET", Path: "/files/{fileId}", Default: client.InQuery}},
	}
}

func numbered(n int) []Item {
	items := make([]Item, n)
	for i := range items {
		items[i] = item(fmt.Sprintf("F%05d", i), fmt.Sprintf("88%03d", i/10), "张三", "1103", "头部正面照")
	}
	return items
}

// holdsExactly checks that a folder has the files of these ids, right to the last byte, once each, and nothing else.
func holdsExactly(t testing.TB, dir string, ids map[string]bool) {
	t.Helper()
	n, err := Verify(dir, "", func(p Problem) { t.Errorf("verify: %v %s", p, p.FileID) })
	if err != nil || n != len(ids) {
		t.Errorf("%d files in the manifest, want %d; %v", n, len(ids), err)
	}
	seen := map[string]bool{}
	err = filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ManifestName || d.Name() == SumsName {
			return err
		}
		stem := strings.TrimSuffix(d.Name(), filepath.Ext(p))
		id := stem[strings.LastIndexByte(stem, '_')+1:]
		b, err := os.ReadFile(p)
		switch {
		case !ids[id] || seen[id]:
			t.Errorf("%s is too many", d.Name())
		case !bytes.Equal(b, scan(id)):
			t.Errorf("%s has %d wrong bytes", d.Name(), len(b))
		}
		seen[id] = true
		return err
	})
	if err != nil || len(seen) != len(ids) {
		t.Errorf("%d files, want %d; %v", len(seen), len(ids), err)
	}
}

func idsOf(items []Item) map[string]bool {
	ids := map[string]bool{}
	for _, it := range items {
		ids[it.FileID] = true
	}
	return ids
}

func sumOfBytes(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// cutOff ends an answer in the middle.
func cutOff(w http.ResponseWriter, length int, b []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(length))
	_, _ = w.Write(b)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// chunked sends bytes without saying how many.
func chunked(w http.ResponseWriter, b ...[]byte) {
	for _, p := range b {
		_, _ = w.Write(p)
		_ = http.NewResponseController(w).Flush()
	}
}

const (
	errorPage = "<html><head><title>502 Bad Gateway</title></head></html>"
	errorJSON = `{"timestamp":"2026-03-28T10:00:00+08:00","status":500,"error":"Internal Server Error","path":"/crm"}`
)

// faults are ways a server can fail, by name.
var faults = map[string]func(w http.ResponseWriter, r *http.Request, b []byte){
	"cut":       func(w http.ResponseWriter, _ *http.Request, b []byte) { cutOff(w, len(b), b[:len(b)/2]) },
	"cut early": func(w http.ResponseWriter, _ *http.Request, b []byte) { cutOff(w, len(b), nil) },
	"cut chunked": func(w http.ResponseWriter, _ *http.Request, b []byte) {
		chunked(w, b[:len(b)/2])
		panic(http.ErrAbortHandler)
	},
	"stall":       func(w http.ResponseWriter, r *http.Request, b []byte) { chunked(w, b[:len(b)/2]); <-r.Context().Done() },
	"stall early": func(_ http.ResponseWriter, r *http.Request, _ []byte) { <-r.Context().Done() },
	"502 page": func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.WriteHeader(502)
		_, _ = io.WriteString(w, errorPage)
	},
	"busy": func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(503)
	},
	"error behind": func(w http.ResponseWriter, _ *http.Request, b []byte) { chunked(w, b[:len(b)/2], []byte(errorJSON)) },
	"page behind": func(w http.ResponseWriter, _ *http.Request, b []byte) {
		chunked(w, b[:len(b)/2], []byte("<html>x</html>\n"))
	},
	"half":  func(w http.ResponseWriter, _ *http.Request, b []byte) { _, _ = w.Write(b[:len(b)/2]) }, // with a length to match
	"page":  func(w http.ResponseWriter, _ *http.Request, _ []byte) { _, _ = io.WriteString(w, errorPage) },
	"json":  func(w http.ResponseWriter, _ *http.Request, _ []byte) { _, _ = io.WriteString(w, errorJSON) },
	"empty": func(http.ResponseWriter, *http.Request, []byte) {},
	"gone":  func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(404) },
}
