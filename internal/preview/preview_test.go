package preview

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"

	"imagery/client"
	"imagery/internal/transfer"
)

type files map[string]string

func (f files) FetchFile(_ context.Context, id string) (*client.FileBody, error) {
	b, ok := f[id]
	if !ok {
		return nil, &client.Error{Op: client.OpFetchFile, Status: 404}
	}
	return &client.FileBody{ReadCloser: io.NopCloser(strings.NewReader(b)), Size: int64(len(b))}, nil
}

var store = files{"J": "\xff\xd8\xff\xe0 picture", "H": "<html><script>alert(1)</script>", "T": "II*\x00 tiff"}

func start(t *testing.T, id string) (*Server, string) {
	t.Helper()
	s := &Server{}
	t.Cleanup(func() { _ = s.Close() })
	link, err := s.Link(store, transfer.Item{FileID: id})
	if err != nil {
		t.Fatal(err)
	}
	return s, link
}

func ask(t *testing.T, c *http.Client, method, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func browserLike() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar}
}

func TestLinkShowsTheFileOnceAndToOneBrowser(t *testing.T) {
	_, link := start(t, "J")
	me := browserLike()
	res, body := ask(t, me, "GET", link, nil)
	if res.StatusCode != 200 || body != store["J"] || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Fatalf("%d %s %q", res.StatusCode, res.Header.Get("Content-Type"), body)
	}
	for header, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"} {
		if !strings.HasPrefix(res.Header.Get(header), want) {
			t.Errorf("%s is %q", header, res.Header.Get(header))
		}
	}
	if again, _ := ask(t, me, "GET", link, nil); again.StatusCode != http.StatusGone {
		t.Errorf("second use answers %d, want 410", again.StatusCode)
	}
	if reload, _ := ask(t, me, "GET", res.Request.URL.String(), nil); reload.StatusCode != 200 {
		t.Errorf("reload answers %d", reload.StatusCode)
	}
	if other, b := ask(t, browserLike(), "GET", res.Request.URL.String(), nil); other.StatusCode != 404 || strings.Contains(b, "picture") {
		t.Errorf("another browser gets %d %q", other.StatusCode, b)
	}
	guess := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookieName, Value: "guess"}) }
	if other, b := ask(t, browserLike(), "GET", res.Request.URL.String(), guess); other.StatusCode != 404 || strings.Contains(b, "picture") {
		t.Errorf("a guessed cookie gets %d %q", other.StatusCode, b)
	}
}

func TestHostileRequestsGetNothing(t *testing.T) {
	_, link := start(t, "J")
	for name, change := range map[string]func(*http.Request){
		"rebound host":  func(r *http.Request) { r.Host = "evil.example" },
		"localhost":     func(r *http.Request) { r.Host = strings.Replace(r.Host, "127.0.0.1", "localhost", 1) },
		"another site":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"sibling site":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"post":          func(r *http.Request) { r.Method = "POST" },
		"guessed token": func(r *http.Request) { r.URL.Path = "/open/x" },
		"guessed page":  func(r *http.Request) { r.URL.Path = "/file/x" },
		"root":          func(r *http.Request) { r.URL.Path = "/" },
	} {
		if res, b := ask(t, browserLike(), "GET", link, change); res.StatusCode < 400 || strings.Contains(b, "picture") {
			t.Errorf("%s: %d %q", name, res.StatusCode, b)
		}
	}
	if res, _ := ask(t, browserLike(), "HEAD", link, nil); res.StatusCode != 200 {
		t.Errorf("HEAD answers %d", res.StatusCode)
	}
	if res, b := ask(t, browserLike(), "GET", link, nil); res.StatusCode != 200 || b != store["J"] {
		t.Errorf("the link was used up by others: %d", res.StatusCode)
	}
}

func TestPagesAreSavedNotShown(t *testing.T) {
	_, link := start(t, "H")
	res, _ := ask(t, browserLike(), "GET", link, nil)
	if res.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", res.Header)
	}
}

func TestFileTheBrowserCannotShowGoesToTheViewerAndIsRemoved(t *testing.T) {
	var opened string
	v := &Viewer{Open: func(target string) error { opened = target; return nil }}
	link, err := v.Show(t.Context(), store, transfer.Item{FileID: "T"})
	if err != nil || link != "" {
		t.Fatalf("%q, %v", link, err)
	}
	b, err := os.ReadFile(opened)
	if err != nil || !bytes.Equal(b, []byte(store["T"])) {
		t.Errorf("%q, %v", b, err)
	}
	if st, err := os.Stat(opened); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st, err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(opened); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there after Close: %v", err)
	}
}

func TestWithoutABrowserTheUserGetsTheLink(t *testing.T) {
	v := &Viewer{Open: func(string) error { return ErrNoViewer }}
	defer v.Close()
	for _, id := range []string{"J", "T"} {
		link, err := v.Show(t.Context(), store, transfer.Item{FileID: id})
		if err != nil || !strings.HasPrefix(link, "http://127.0.0.1:") {
			t.Errorf("%s: %q, %v", id, link, err)
		}
	}
}

func TestOnlyOurAddressReachesTheBrowser(t *testing.T) {
	var opened string
	v := &Viewer{Open: func(target string) error { opened = target; return nil }}
	defer v.Close()
	it := transfer.Item{FileID: "J", Material: client.MaterialInfo{MaterialName: "x&calc.exe"}, File: client.File{FileOriginalName: "file:///evil"}}
	if _, err := v.Show(t.Context(), store, it); err != nil || !strings.HasPrefix(opened, "http://127.0.0.1:") || strings.ContainsAny(opened, "&;|") {
		t.Errorf("%q, %v", opened, err)
	}
}
