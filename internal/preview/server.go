// Package preview shows files of the platform in the browser, as a gallery served over loopback, because a browser cannot carry the
// Authorization header. A link works once, for the browser that opened it first; what is served is never on disk.
package preview

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	// linkLife is how long a link waits to be opened.
	linkLife = 10 * time.Minute
	// maxGalleries is how many are kept; the oldest gives way.
	maxGalleries = 50
)

// Server serves galleries. The zero value starts listening with its first link. Its methods may be called from any goroutine.
type Server struct {
	mu    sync.Mutex
	http  *http.Server
	host  string           // 127.0.0.1:port, exactly as browsers must send it
	links map[string]*room // by the token of their link
	rooms map[string]*room // by the name in their addresses
	order []*room          // that are not closed, the oldest first

	thumbs, pages chan struct{} // have room for what is drawn at the same time
}

// room is one gallery: behind its link until that is opened, then for the browser that holds the cookie.
type room struct {
	gallery *Gallery // nil once closed
	name    string
	cookie  string
	used    bool // its link was opened
	until   time.Time
	ctx     context.Context // ends when it is closed
	close   context.CancelFunc
}

// Link returns a one-time address that shows a gallery.
func (s *Server) Link(g Gallery) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.listen(); err != nil {
		return "", fmt.Errorf("starting the preview server: %w", err)
	}
	if len(s.order) == maxGalleries {
		s.closeRoom(s.order[0])
		s.order = s.order[1:]
	}
	r := &room{gallery: &g, name: random(), cookie: random(), until: time.Now().Add(linkLife)}
	r.ctx, r.close = context.WithCancel(context.Background())
	token := random()
	s.links[token], s.rooms[r.name] = r, r
	s.order = append(s.order, r)
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
	s.host, s.links, s.rooms = l.Addr().String(), map[string]*room{}, map[string]*room{}
	s.thumbs, s.pages = make(chan struct{}, 2), make(chan struct{}, 2)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /open/{token}", s.open)
	for pattern, serve := range routes {
		mux.HandleFunc("GET /g/{room}/"+pattern, s.inside(serve))
	}
	s.http = &http.Server{
		Handler: s.guard(mux), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func(h *http.Server) { _ = h.Serve(l) }(s.http) // net/http recovers in its handlers
	return nil
}

// Forget closes every gallery: what is under way ends, links and pages answer 410 from now on.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.order {
		s.closeRoom(r)
	}
	s.order = nil
}

// closeRoom lets go of what a gallery shows; the caller holds the lock.
func (s *Server) closeRoom(r *room) {
	r.gallery = nil
	r.close()
}

// Close ends the server and every gallery.
func (s *Server) Close() error {
	s.Forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http == nil {
		return nil
	}
	err := s.http.Close()
	s.http = nil
	return err
}

// policy lets a gallery's page use what its own server sends, and nothing else. blob: is for pages its script has fetched.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "

// guard refuses what does not come from the user's own browser: another host name (DNS rebinding), or another site's page. The
// routes take GET and HEAD alone. Its headers go with every answer.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", policy+"'none'")
		site := r.Header.Get("Sec-Fetch-Site")
		if r.Host != s.host || site != "" && site != "none" && site != "same-origin" {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

const cookieName = "imagery_gallery"

// open turns a link into a cookie, once.
func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	to := s.links[r.PathValue("token")]
	gone := to != nil && (to.used || to.gallery == nil || time.Now().After(to.until))
	if to != nil && !gone && r.Method == http.MethodGet { // a HEAD, as link checkers send, must not use the link up
		to.used = true
	}
	s.mu.Unlock()
	switch {
	case to == nil:
		http.NotFound(w, r)
	case gone:
		http.Error(w, "这个链接只能打开一次，或者已经失效。 This link works once, and no longer.", http.StatusGone)
	case r.Method == http.MethodHead:
	default:
		path := "/g/" + to.name + "/"
		http.SetCookie(w, &http.Cookie{Name: cookieName, Value: to.cookie, Path: path, HttpOnly: true, SameSite: http.SameSiteStrictMode})
		http.Redirect(w, r, path, http.StatusSeeOther)
	}
}

// handler answers for a gallery whose visitor was let in.
type handler func(s *Server, g *Gallery, w http.ResponseWriter, r *http.Request)

// routes are the addresses below a gallery's own.
var routes = map[string]handler{
	"{$}": (*Server).page, "{asset}": (*Server).asset, "about/{file}": (*Server).about, "thumb/{file}": (*Server).thumb,
	"page/{file}/{page}": (*Server).render, "file/{file}": (*Server).original, "save/{file}": (*Server).save,
}

// inside lets the browser in that opened the link; to all others there is nothing here.
func (s *Server) inside(serve handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		in := s.rooms[r.PathValue("room")]
		var g *Gallery
		if in != nil {
			g = in.gallery
		}
		allowed := in != nil && in.used && in.holds(r)
		s.mu.Unlock()
		switch {
		case !allowed:
			http.NotFound(w, r)
		case g == nil:
			fail(w, ErrGone)
		default:
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(in.ctx, cancel)()
			serve(s, g, w, r.WithContext(ctx))
		}
	}
}

// holds reports whether a request carries the room's cookie.
func (in *room) holds(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	return err == nil && subtle.ConstantTimeCompare([]byte(c.Value), []byte(in.cookie)) == 1
}
