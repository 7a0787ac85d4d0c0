package client

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"testing"
	"time"
)

const big = 60 << 20 // bytes of a large file

// endless yields n bytes of a pattern and lets watch look from time to time.
type endless struct {
	n     int64
	watch func()
}

func (e *endless) Read(p []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	if e.n%(4<<20) == 0 && e.watch != nil {
		e.watch()
	}
	p = p[:min(int64(len(p)), e.n, 64<<10, (e.n-1)%(4<<20)+1)]
	for i := range p {
		p[i] = byte(i)
	}
	e.n -= int64(len(p))
	return len(p), nil
}

// held measures what the heap holds beyond what it held at the start, at its highest.
type held struct{ start, most uint64 }

func (h *held) look() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if h.start == 0 {
		h.start = m.HeapAlloc
	}
	h.most = max(h.most, m.HeapAlloc)
}

func (h *held) check(t *testing.T) {
	t.Helper()
	if extra := h.most - h.start; extra > 1<<20 {
		t.Errorf("%d KB were held", extra>>10)
	}
}

// A large upload is read while it is sent, as a part and as base64, and announced with its size.
func TestUploadsAreStreamed(t *testing.T) {
	for name, op := range map[string]Op{"part": OpUploadFile, "base64": OpArchiveToAccount} {
		t.Run(name, func(t *testing.T) {
			got := make(chan [2]int64, 1)
			c := streamClient(t, func(w http.ResponseWriter, r *http.Request) {
				n, _ := io.Copy(io.Discard, r.Body)
				got <- [2]int64{n, r.ContentLength}
				_, _ = io.WriteString(w, `{"id":"1"}`)
			})
			h := &held{}
			h.look()
			src := &Source{Name: "a.tif", Size: big, Open: func() (io.ReadCloser, error) { return io.NopCloser(&endless{big, h.look}), nil }}
			var err error
			if op == OpUploadFile {
				_, err = c.UploadFile(t.Context(), src, Time{})
			} else {
				a := minimal()
				a.Materials = []ArchiveMaterial{{Code: "1", Source: src}}
				_, err = c.ArchiveToAccount(t.Context(), a)
			}
			if n := <-got; err != nil || n[0] != n[1] || n[0] < big {
				t.Errorf("sent %d, announced %d: %v", n[0], n[1], err)
			}
			h.check(t)
		})
	}
}

func streamClient(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	c, s := says(t, "")
	s.Config.Handler = answer
	return c
}

func TestDownloadsAreStreamed(t *testing.T) {
	c := streamClient(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(big))
		_, _ = io.Copy(w, &endless{big, nil})
	})
	h := &held{}
	h.look()
	f, err := c.FetchFile(t.Context(), "F")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum := sha256.New()
	buf, next := make([]byte, 32<<10), 0
	for read := 0; ; {
		n, err := f.Read(buf)
		sum.Write(buf[:n])
		if read += n; read >= next { // while it is read: what was gathered in between is gone at the end
			h.look()
			next += 4 << 20
		}
		if err != nil {
			break
		}
	}
	h.check(t)
	want := sha256.New()
	_, _ = io.Copy(want, &endless{big, nil})
	if f.Size != big || !bytes.Equal(sum.Sum(nil), want.Sum(nil)) {
		t.Errorf("%d bytes announced, or others came", f.Size)
	}
}

// Contract, "Download body": a page, nothing and a part of a file are no file.
func TestWhatIsNoFile(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"html": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "\n<!doctype HTML><title>会话超时</title>")
		}, ErrNotAFile},
		"html typed": {answering("text/html;charset=utf-8", "please sign in"), ErrNotAFile},
		"json":       {answering("application/json", `{"code":500,"msg":"boom"}`), ErrNotAFile},
		"json plain": {answering("image/jpeg", `{"code":500,"msg":"boom"}`), ErrNotAFile},
		"empty":      {answering("image/jpeg", ""), ErrEmptyFile},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write(make([]byte, 3000))
		}, ErrTruncated},
		"cut early": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write(make([]byte, 10))
		}, ErrTruncated},
		"text file": {answering("text/plain", "hello"), nil},
	} {
		client := streamClient(t, c.answer)
		f, err := client.FetchFile(t.Context(), "F")
		if err == nil {
			_, err = io.Copy(io.Discard, f)
			_ = f.Close()
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func answering(mt, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mt)
		_, _ = io.WriteString(w, body)
	}
}

// Contract, "File names".
func TestFileNames(t *testing.T) {
	for disposition, want := range map[string]string{
		"":                                 "",
		"inline":                           "",
		`attachment; filename="plain.jpg"`: "plain.jpg",
		`attachment; filename=bare.jpg`:    "bare.jpg",
		`attachment; filename="%E8%BA%AB%E4%BB%BD%E8%AF%81.jpg"`:                         "身份证.jpg",
		`attachment; filename*=UTF-8''%E8%BA%AB%E4%BB%BD%E8%AF%81.jpg`:                   "身份证.jpg",
		`attachment; filename="fallback.jpg"; filename*=utf-8'zh'%E8%BA%AB%E4%BB%BD.jpg`: "身份.jpg",
		`attachment; filename*=GBK''%C9%ED%B7%DD.jpg`:                                    "身份.jpg",
		"attachment; filename=\"身份.jpg\"":                                                "身份.jpg",
		"attachment; filename=\"\xc9\xed\xb7\xdd.jpg\"":                                  "身份.jpg",
		`attachment; filename="..\..\evil.exe"`:                                          "evil.exe",
		`attachment; filename="../../etc/passwd"`:                                        "passwd",
		`attachment; filename="100%.jpg"`:                                                "100%.jpg",
	} {
		c := &Client{Charset: func(_ string, b []byte) ([]byte, bool) {
			return bytes.ReplaceAll(b, []byte("\xc9\xed\xb7\xdd"), []byte("身份")), true
		}}
		if got := c.fileName(disposition); got.Raw() != want {
			t.Errorf("%s: %q, want %q", disposition, got.Raw(), want)
		}
	}
}

// A reply in GBK, declared or not, goes through Charset.
func TestCharset(t *testing.T) {
	for _, mt := range []string{"text/plain;charset=GBK", "text/plain"} {
		c := streamClient(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mt)
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "\xc9\xed")
		})
		var asked []string
		c.Charset = func(name string, _ []byte) ([]byte, bool) { asked = append(asked, name); return []byte("身"), true }
		var e *Error
		if err := listing(c); !errors.As(err, &e) || e.Message != "身" {
			t.Errorf("%s: %v, asked for %q", mt, err, asked)
		}
	}
}

func BenchmarkListAccounts(b *testing.B) {
	row := `{"customer":{"customerId":"C1","customerName":"示例","idNo":"999999199001011234"},"account":{"accountId":"A1","accountNo":"88","openAcctDate":"2026-03-28"},"department":{"deptCode":"1101"}}`
	body := `{"totalElements":1000,"content":[` + row + string(bytes.Repeat([]byte(","+row), 999)) + `]}`
	c, _ := says(b, body)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := c.SearchAccounts(b.Context(), SearchAccountsRequest{PageNumber: 1, PageSize: 1000}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListMaterials(b *testing.B) {
	row := `{"id":1,"materialCode":"1101","files":[{"id":"F","fileSize":"100","createTime":"2026-03-28 10:20:30"}],"createTime":1774664430000}`
	body := `[` + row + string(bytes.Repeat([]byte(","+row), 499)) + `]`
	c, _ := says(b, body)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := c.ListMaterials(b.Context(), ListMaterialsRequest{AccountNo: "1", AccountBizType: "0"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUploadBase64(b *testing.B) {
	c, _ := serve(b, func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = io.WriteString(w, `{"id":1}`) })
	a := minimal()
	a.Materials = []ArchiveMaterial{{Code: "1", Source: BytesSource("a", make([]byte, 4<<20))}}
	b.SetBytes(4 << 20)
	for b.Loop() {
		if _, err := c.ArchiveToAccount(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
}

// A file's time of upload in another zone goes out in the platform's.
func TestCreateTimeZone(t *testing.T) {
	c, s := says(t, `{"id":1}`)
	a := minimal()
	a.CreateTime = Time{time.Date(2026, 1, 1, 20, 0, 0, 0, time.UTC)}
	if _, err := c.ArchiveToAccount(t.Context(), a); err != nil || !bytes.Contains([]byte(s.last(t).body), []byte(`"2026-01-02 04:00:00"`)) {
		t.Errorf("%s %v", s.last(t).body, err)
	}
}
