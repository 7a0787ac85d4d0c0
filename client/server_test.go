package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// usual is a platform as the demo lays it out: everything in JSON.
func usual() Endpoints {
	post := func(path string) Endpoint { return Endpoint{Method: "POST", Path: path, Default: InJSON} }
	return Endpoints{
		OpSignIn: post(SignInPath), OpArchiveToAccount: post("/access/{systemCode}/account"), OpDiscard: post("/discard"), OpAddAccount: post("/account"),
		OpUploadFile: {Method: "POST", Path: "/files", Default: InPart}, OpArchiveToCustomer: post("/access/{systemCode}/customer"),
		OpListMaterials: post("/materials"), OpFetchFile: {Method: "GET", Path: FetchFilePath, Default: InQuery}, OpSearchAccounts: post("/accounts"),
	}
}

// seen is a request as the server got it.
type seen struct {
	*http.Request
	body string
}

// server answers every request with what answer writes, and keeps what it was asked.
type server struct {
	*httptest.Server
	mu   sync.Mutex
	reqs []seen
}

// serve returns a client of a server that runs answer; the body has been read into the second argument.
func serve(t testing.TB, answer func(w http.ResponseWriter, r *http.Request, body string)) (*Client, *server) {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.reqs = append(s.reqs, seen{r, string(b)})
		s.mu.Unlock()
		answer(w, r, string(b))
	}))
	t.Cleanup(s.Close)
	return &Client{BaseURL: s.URL, Endpoints: usual(), HTTP: s.Client(), PageBase: PageBaseOne}, s
}

// says answers every request with body.
func says(t testing.TB, body string) (*Client, *server) {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = io.WriteString(w, body) })
}

// last returns the latest request.
func (s *server) last(t testing.TB) seen {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.reqs) == 0 {
		t.Fatal("the server was not asked")
	}
	return s.reqs[len(s.reqs)-1]
}

// count returns how often the server was asked.
func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.reqs)
}
