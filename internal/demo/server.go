package demo

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// The demo's addresses; assets/demo/collection.json tells clients.
func (p *Platform) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /crm/login/jwt", p.signIn)
	mux.HandleFunc("POST /crm/dms/access/{systemCode}/account", p.signedIn(p.archiveToAccount))
	mux.HandleFunc("POST /crm/dms/access/discard", p.signedIn(p.discard))
	mux.HandleFunc("POST /crm/cif/account", p.signedIn(p.addAccount))
	mux.HandleFunc("POST /crm/dms/files", p.signedIn(p.upload))
	mux.HandleFunc("POST /crm/dms/access/{systemCode}/customer", p.signedIn(p.archiveToCustomer))
	mux.HandleFunc("POST /crm/dms/materials/query", p.signedIn(p.listMaterials))
	mux.HandleFunc("GET /crm/dms/files/{fileId}/file", p.signedIn(p.serveFile))
	mux.HandleFunc("POST /crm/cif/accounts/query", p.signedIn(p.searchAccounts))
	return mux
}

// Handler returns the nine interfaces.
func (p *Platform) Handler() http.Handler {
	mux := p.routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.opts.Latency != nil {
			select {
			case <-time.After(p.opts.Latency(r)):
			case <-r.Context().Done():
				return
			}
		}
		if _, pattern := mux.Handler(r); pattern == "" {
			fail(w, r, http.StatusNotFound, "No static resource "+r.URL.Path)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// maxJSON is how many bytes a JSON request may have: a few files in base64.
const maxJSON = 64 << 20

// readJSON reads a request, or answers 400 or 413 and returns false.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxJSON))
	err := d.Decode(v)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		fail(w, r, http.StatusRequestEntityTooLarge, "request body too large")
	case err != nil && !errors.Is(err, io.EOF):
		fail(w, r, http.StatusBadRequest, "JSON parse error: "+err.Error())
	case err != nil:
		fail(w, r, http.StatusBadRequest, "Required request body is missing")
	}
	return err == nil
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}

// fail answers as Spring does.
func fail(w http.ResponseWriter, r *http.Request, status int, message string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"timestamp": time.Now().In(shanghai).Format("2006-01-02T15:04:05.000-07:00"), "status": status, "error": http.StatusText(status),
		"message": message, "path": r.URL.Path,
	})
}

// problem is an error with the status it is answered with.
type problem struct {
	status  int
	message string
}

func (e *problem) Error() string { return e.message }

func refuse(status int, message string) error { return &problem{status, message} }

// answer writes v, or the error instead.
func answer(w http.ResponseWriter, r *http.Request, v any, err error) {
	var known *problem
	switch {
	case errors.As(err, &known):
		fail(w, r, known.status, known.message)
	case err != nil:
		fail(w, r, http.StatusInternalServerError, err.Error())
	case v == nil:
		w.WriteHeader(http.StatusOK)
	default:
		writeJSON(w, v)
	}
}
