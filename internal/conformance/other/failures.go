package other

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"time"
)

// ErrorShape is what a failure's body looks like.
type ErrorShape string

// The shapes of failures.
const (
	ErrorAsIs    ErrorShape = ""        // the inner platform's, Spring's where it is this one that refuses
	ErrorSpring  ErrorShape = "spring"  // {timestamp, status, error, message, path}, at sign-in too
	ErrorCodeMsg ErrorShape = "codemsg" // {code, msg}
	ErrorText    ErrorShape = "text"
	ErrorPage    ErrorShape = "html"
	ErrorNothing ErrorShape = "nothing"
)

// pass answers with the inner platform's failure.
func (p *Platform) pass(w http.ResponseWriter, r *http.Request, got *recorder) {
	if p.s.Errors != ErrorAsIs {
		p.fail(w, r, got.status, got.message())
		return
	}
	w.Header().Set("Content-Type", got.header.Get("Content-Type"))
	w.WriteHeader(got.status)
	_, _ = w.Write(got.body)
}

// fail answers with a failure.
func (p *Platform) fail(w http.ResponseWriter, r *http.Request, status int, message string) {
	switch p.s.Errors {
	case ErrorCodeMsg:
		writeJSON(w, status, map[string]any{"code": fmt.Sprint("E", status), "msg": message})
	case ErrorText:
		http.Error(w, message, status)
	case ErrorPage:
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<!DOCTYPE html><html><head><style>b{}</style></head><body><h1>HTTP Status %d</h1><p>%s</p></body></html>", status, html.EscapeString(message))
	case ErrorNothing:
		w.WriteHeader(status)
	default:
		writeJSON(w, status, map[string]any{
			"timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000-0700"), "status": status, "error": http.StatusText(status),
			"message": message, "path": r.URL.Path,
		})
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
