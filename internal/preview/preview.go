// Package preview shows one file of the platform in the browser through a loopback server of its own, because a browser cannot carry
// the Authorization header. A link works once, for the browser that opened it first.
package preview

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"imagery/client"
	"imagery/internal/transfer"
)

// Fetcher opens files of the platform. *client.Client is one.
type Fetcher = transfer.Fetcher

// inline are the types a browser shows itself and that cannot run anything. All others are offered to be saved.
var inline = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/bmp": true, "application/pdf": true, "video/mp4": true, "video/webm": true,
}

// Inline reports whether browsers show a kind by themselves.
func Inline(k transfer.Kind) bool { return inline[k.MIME] }

// linkLife is how long a link waits to be opened.
const linkLife = 10 * time.Minute

// Server serves previews. The zero value starts listening with its first link.
type Server struct {
	mu    sync.Mutex
	http  *http.Server
	host  string // 127.0.0.1:port, exactly as browsers must send it
	links map[string]*link
	pages map[string]*link
}

// link is one file to be shown: under its token until opened, then under its page for the browser that holds the cookie.
type link struct {
	from   Fetcher
	id     string
	name   string // for saving, safe
	page   string
	cookie string
	used   bool
	until  time.Time
}

// Link returns a one-time address that shows a file.
func (s *Server) Link(from Fetcher, it transfer.Item) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.listen(); err != nil {
		return "", fmt.Errorf("starting the preview server: %w", err)
	}
	token := random()
	l := &link{from: from, id: it.FileID, name: transfer.Name("{materialCode}_{materialName}", it), page: random(), cookie: random(), until: time.Now().Add(linkLife)}
	s.links[token], s.pages[l.page] = l, l
	return (&url.URL{Scheme: "http", Host: s.host, Path: "/open/" + token}).String(), nil
}

// random returns 256 bits in characters that need no escaping.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// listen starts the server if it is not running; the caller holds the lock.
func (s *Server) listen() error {
	if s.http != nil {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.host, s.links, s.pages = l.Addr().String(), map[string]*link{}, map[string]*link{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /open/{token}", s.open)
	mux.HandleFunc("GET /file/{page}", s.show)
	s.http = &http.Server{
		Handler: s.guard(mux), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func(h *http.Server) { _ = h.Serve(l) }(s.http) // net/http recovers in its handlers
	return nil
}

// Close ends the server and every link.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http == nil {
		return nil
	}
	err := s.http.Close()
	s.http = nil
	return err
}

// guard refuses what does not come from the user's own browser: another host name (DNS rebinding), another site's page, a method that
// changes things. Its headers go with every answer.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		site := r.Header.Get("Sec-Fetch-Site")
		switch {
		case r.Host != s.host, site != "" && site != "none" && site != "same-origin":
			http.Error(w, "forbidden", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

const cookieName = "imagery_preview"

// open turns a link into a cookie, once.
func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	l := s.links[r.PathValue("token")]
	gone := l != nil && (l.used || time.Now().After(l.until))
	if l != nil && !gone && r.Method == http.MethodGet { // a HEAD, as link checkers send, must not use the link up
		l.used = true
	}
	s.mu.Unlock()
	switch {
	case l == nil:
		http.NotFound(w, r)
	case gone:
		http.Error(w, "这个链接只能打开一次。 This link was used before.", http.StatusGone)
	case r.Method == http.MethodHead:
	default:
		http.SetCookie(w, &http.Cookie{Name: cookieName, Value: l.cookie, Path: "/file/" + l.page, HttpOnly: true, SameSite: http.SameSiteStrictMode})
		http.Redirect(w, r, "/file/"+l.page, http.StatusSeeOther)
	}
}

// show streams the file to the browser that opened the link.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	l := s.pages[r.PathValue("page")]
	s.mu.Unlock()
	if c, err := r.Cookie(cookieName); l == nil || err != nil || c.Value != l.cookie || !l.used {
		http.NotFound(w, r)
		return
	}
	body, err := l.from.FetchFile(r.Context(), l.id)
	if err != nil {
		http.Error(w, "读取失败。 The file could not be read.", status(err))
		return
	}
	defer body.Close()
	in := bufio.NewReaderSize(body, 64<<10)
	head, err := in.Peek(transfer.SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, "读取失败。 The file could not be read.", http.StatusBadGateway)
		return
	}
	kind := transfer.Sniff(head)
	place := "attachment"
	if inline[kind.MIME] {
		place = "inline"
		w.Header().Set("Content-Type", kind.MIME)
	} else {
		w.Header().Set("Content-Type", "application/octet-stream")
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType(place, map[string]string{"filename": l.name + kind.Ext}))
	if body.Size >= 0 {
		w.Header().Set("Content-Length", strconv.FormatInt(body.Size, 10))
	}
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, in)
	}
}

func status(err error) int {
	var answer *client.Error
	if errors.As(err, &answer) && answer.Status == http.StatusNotFound {
		return http.StatusNotFound
	}
	return http.StatusBadGateway
}
