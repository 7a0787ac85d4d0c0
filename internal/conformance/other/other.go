// Package other is a second platform: it stands in front of a handler that speaks as the built-in demo does and translates what comes in
// and what goes out, so that clients meet a platform that differs in whatever the contract leaves open. Each difference is a switch; the
// zero Switches is the demo itself. Switches.Collection writes the Postman collection by which such a company would be known.
package other

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"imagery/client"
)

// Switches are the differences.
type Switches struct {
	Paths             bool      // other addresses and methods for all interfaces but 1 and 8
	Queries           bool      // interfaces 7 and 9 are GET: dotted ranges, lists as repeated keys
	Forms             bool      // interfaces 3 and 4 take urlencoded forms
	FilePart          string    // what interface 5 calls the part with the file, "file" if empty
	SystemCodeInQuery bool      // of interfaces 2 and 6, instead of a segment of the path
	NumericCodes      bool      // type and status codes are JSON numbers, both ways
	PageBaseZero      bool      // the first page is number 0
	PageSizeCap       int       // the most rows a page is given, 0: as the demo
	Pages             PageShape // of interface 9
	Dates             DateShape
	LongsAsStrings    bool
	FlagsAsNumbers    bool      // booleans are 0 and 1
	Envelope          string    // the member that answers are under: "data", "result" or "content"; empty: none
	EmptyLists        ListShape // when there is nothing in them
	SourceType        EnumShape // of interface 7
	OtherNames        bool      // temp, taxRegNo
	Strangers         bool      // records have members the contract does not know
	Tokens            TokenShape
	Errors            ErrorShape
	FileNames         NameShape // of interface 8
}

// Platform is the other platform, an http.Handler. Use New.
type Platform struct {
	s     Switches
	inner http.Handler
	mux   *http.ServeMux

	mu     sync.Mutex
	tokens map[string]string // by the token given out: the inner platform's
}

// New returns the platform that differs by s from inner, which answers at the demo's addresses.
func New(inner http.Handler, s Switches) *Platform {
	p := &Platform{s: s, inner: inner, mux: http.NewServeMux(), tokens: map[string]string{}}
	for op := client.OpSignIn; op <= client.OpSearchAccounts; op++ {
		r := s.route(op)
		p.mux.HandleFunc(r.method+" "+r.path, p.interfaceOf(op))
	}
	return p
}

// ServeHTTP implements http.Handler.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := p.mux.Handler(r); pattern == "" {
		p.fail(w, r, http.StatusNotFound, "No static resource "+r.URL.Path)
		return
	}
	p.mux.ServeHTTP(w, r)
}

// route is where an interface lives; {systemCode} and {fileId} are segments.
type route struct{ method, path string }

// usual is where the demo has them.
var usual = [...]route{
	client.OpSignIn:            {"POST", "/crm/login/jwt"},
	client.OpArchiveToAccount:  {"POST", "/crm/dms/access/{systemCode}/account"},
	client.OpDiscard:           {"POST", "/crm/dms/access/discard"},
	client.OpAddAccount:        {"POST", "/crm/cif/account"},
	client.OpUploadFile:        {"POST", "/crm/dms/files"},
	client.OpArchiveToCustomer: {"POST", "/crm/dms/access/{systemCode}/customer"},
	client.OpListMaterials:     {"POST", "/crm/dms/materials/query"},
	client.OpFetchFile:         {"GET", "/crm/dms/files/{fileId}/file"},
	client.OpSearchAccounts:    {"POST", "/crm/cif/accounts/query"},
}

// elsewhere is where Switches.Paths puts them. The contract fixes 1 and 8.
var elsewhere = map[client.Op]route{
	client.OpArchiveToAccount:  {"PUT", "/gateway/image/{systemCode}/v2/acct-archives"},
	client.OpDiscard:           {"PUT", "/gateway/image/v2/archives/void"},
	client.OpAddAccount:        {"PUT", "/gateway/client/v2/accts"},
	client.OpUploadFile:        {"POST", "/gateway/image/v2/blobs"},
	client.OpArchiveToCustomer: {"PUT", "/gateway/image/{systemCode}/v2/cust-archives"},
	client.OpListMaterials:     {"POST", "/gateway/image/v2/acct-images"},
	client.OpSearchAccounts:    {"POST", "/gateway/client/v2/accts/page"},
}

func (s Switches) route(op client.Op) route {
	r := usual[op]
	if moved, ok := elsewhere[op]; ok && s.Paths {
		r = moved
	}
	if s.SystemCodeInQuery {
		r.path = strings.Replace(r.path, "/{systemCode}", "", 1)
	}
	if s.inQuery(op) {
		r.method = "GET"
	}
	return r
}

// inQuery reports whether an interface's fields travel in the query.
func (s Switches) inQuery(op client.Op) bool {
	return s.Queries && (op == client.OpListMaterials || op == client.OpSearchAccounts)
}

// inForm reports whether an interface's fields travel in a form.
func (s Switches) inForm(op client.Op) bool {
	return s.Forms && (op == client.OpDiscard || op == client.OpAddAccount)
}

// interfaceOf answers one interface: the request is translated, put to the inner platform, and its answer translated back.
func (p *Platform) interfaceOf(op client.Op) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in, problem := p.translate(op, r)
		if problem != nil {
			p.fail(w, r, problem.status, problem.message)
			return
		}
		got := &recorder{header: http.Header{}}
		p.inner.ServeHTTP(got, in)
		switch {
		case got.status >= 300:
			p.pass(w, r, got)
		case op == client.OpFetchFile:
			p.file(w, got)
		default:
			p.answer(w, op, got)
		}
	}
}

// problem is a request that the other platform refuses before the inner one sees it.
type problem struct {
	status  int
	message string
}

// recorder keeps what the inner platform answers.
type recorder struct {
	header http.Header
	status int
	body   []byte
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	r.body = append(r.body, b...)
	return len(b), nil
}

// message returns the inner platform's words of an error.
func (r *recorder) message() string {
	var spring struct{ Message string }
	if json.Unmarshal(r.body, &spring) == nil {
		return spring.Message
	}
	return strings.TrimSpace(string(r.body))
}

// TokenShape is how tokens look and come back.
type TokenShape string

// The token shapes.
const (
	TokenAsIs          TokenShape = ""           // the inner platform's
	TokenBare          TokenShape = "bare"       // no JWT, comes back as it was given; with "Bearer " it is refused
	TokenTyped         TokenShape = "typed"      // given with "Bearer " in front, and wanted so
	TokenBareWantsType TokenShape = "wants-type" // given bare, and wanted with "Bearer " in front
)

const bearer = "Bearer "

// give returns the token for the inner platform's that clients get.
func (p *Platform) give(inner string) string {
	token := strings.ToLower(rand.Text())
	p.mu.Lock()
	defer p.mu.Unlock()
	switch p.s.Tokens {
	case TokenBare:
		p.tokens[token] = inner
	case TokenTyped:
		p.tokens[bearer+token] = inner
		token = bearer + token
	case TokenBareWantsType:
		p.tokens[bearer+token] = inner
	default:
		return inner
	}
	return token
}

// take returns the inner platform's token for the header a client sent; one that was not given out is no token of the inner platform.
func (p *Platform) take(header string) string {
	if p.s.Tokens == TokenAsIs {
		return header
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tokens[header]
}
