package client

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// What can go wrong, for errors.Is. Errors returned by Client carry the interface's number and, where the platform said
// something, its own words.
var (
	ErrUnauthorized   = errors.New("client: token expired or refused")           // 401
	ErrForbidden      = errors.New("client: not allowed for this login")         // 403
	ErrNotFound       = errors.New("client: not found")                          // 404
	ErrSignInRefused  = errors.New("client: user name or password refused")      // interface 1: 400, 401, 403
	ErrOutcomeUnknown = errors.New("client: unknown whether the write was done") // never repeat it unasked
	ErrNoEndpoint     = errors.New("client: interface has no endpoint")
	ErrMalformed      = errors.New("client: reply cannot be understood")
	ErrTooLarge       = errors.New("client: reply too large")
	ErrNotAFile       = errors.New("client: a page came instead of a file")
	ErrTruncated      = errors.New("client: file was cut short")
	ErrEmptyFile      = errors.New("client: file is empty")
	ErrRedirect       = errors.New("client: redirects are not followed")
	ErrInvalid        = errors.New("client: request is not valid")
)

// Error is an answer that reports a failure: any status outside 200 to 299, or a failure code inside a 2xx envelope.
type Error struct {
	Op         Op
	Status     int
	Message    Text          // the platform's own, at most 300 characters
	RetryAfter time.Duration // zero when not told
}

// Error implements error with sanitised text.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: http %d", e.Op, e.Status)
	if e.Message != "" {
		s += ": " + e.Message.String()
	}
	return s
}

// Is matches the sentinels that belong to the status.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrSignInRefused:
		return e.Op == OpSignIn && (e.Status == 400 || e.Status == 401 || e.Status == 403)
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrRedirect:
		return e.Status >= 300 && e.Status < 400
	case ErrOutcomeUnknown:
		return e.Op.Writes() && (e.Status >= 500 || e.Status == http.StatusRequestTimeout)
	}
	return false
}

// Flaw is in what way a reply makes no sense; a MalformedError's Reason says the same in words.
type Flaw string

// The flaws.
const (
	FlawSyntax  Flaw = "syntax"  // not one JSON value
	FlawKind    Flaw = "kind"    // a value of another kind than the field has
	FlawEmpty   Flaw = "empty"   // no byte at all
	FlawMissing Flaw = "missing" // null, or nothing, where there has to be something
	FlawCount   Flaw = "count"   // figures that contradict what came
	FlawPage    Flaw = "page"    // a page of HTML
	FlawToken   Flaw = "token"   // a sign-in without an Authorization header
)

// MalformedError says where a reply stopped making sense.
type MalformedError struct {
	Op     Op
	Field  string // dotted, with [i] for list elements; empty when the reply as a whole is not JSON
	Offset int64  // byte of the reply, counted from 0
	Flaw   Flaw
	Reason string // English, sanitised
	Title  Text   // of the page of HTML
}

// Error implements error.
func (e *MalformedError) Error() string {
	field := e.Field
	if field == "" {
		field = "reply"
	}
	return fmt.Sprintf("%s: %s at byte %d: %s", e.Op, field, e.Offset, e.Reason)
}

// Is matches ErrMalformed.
func (e *MalformedError) Is(target error) bool { return target == ErrMalformed }

// Reasons of an InvalidError, for callers that say them in another language.
const (
	ReasonMissing   = "must not be empty"
	ReasonInAddress = "is part of the address and must not be empty"
	ReasonEmptyFile = "the file is empty"
	ReasonFileID    = "must be 1 to 64 letters, digits, _ or -"
	ReasonNoneGiven = "at least one is needed"
	ReasonOneSource = "exactly one of fileId and base64File is needed"
	ReasonBrokerage = "goes only with accountBizType 0"
	ReasonNested    = "holds files, which only a JSON or multipart body can carry"
)

// InvalidError is a request the client refuses to send.
type InvalidError struct {
	Op     Op
	Field  string // the platform's name of the field
	Reason string // one of the Reasons
}

// Error implements error.
func (e *InvalidError) Error() string { return fmt.Sprintf("%s: %s: %s", e.Op, e.Field, e.Reason) }

// Is matches ErrInvalid.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// unknown is a write whose answer was lost or made no sense.
type unknown struct{ err error }

func (u *unknown) Error() string        { return "outcome unknown: " + u.err.Error() }
func (u *unknown) Unwrap() error        { return u.err }
func (u *unknown) Is(target error) bool { return target == ErrOutcomeUnknown }

// maxMessage is how many characters of a platform's message are kept.
const maxMessage = 300

var (
	htmlNoise = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)
	})
	htmlTitle = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`) })
	manyBlank = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\s+`) })
)

// serverMessage finds the platform's own words in an error body: plain text, Spring's and {code,msg} JSON, or HTML.
func serverMessage(body []byte) Text {
	s := string(bytes.TrimSpace(body))
	if v, err := parse(body); err == nil && v.kind() == '{' {
		s = jsonMessage(v)
	} else if strings.HasPrefix(s, "<") {
		if m := htmlTitle().FindStringSubmatch(s); m != nil {
			s = m[1]
		} else {
			s = htmlNoise().ReplaceAllString(s, " ")
		}
	}
	s = strings.TrimSpace(manyBlank().ReplaceAllString(s, " "))
	if r := []rune(s); len(r) > maxMessage {
		s = string(r[:maxMessage]) + "…"
	}
	return Text(s)
}

func jsonMessage(v value) string {
	best, rank := "", len(messageKeys)
	_ = v.members(func(key []byte, m value) error {
		for i, k := range messageKeys[:rank] {
			if s := string(m.text()); string(key) == k && s != "" {
				best, rank = s, i
				break
			}
		}
		return nil
	})
	return best
}

// messageKeys are the members that can hold an error's words, best first.
var messageKeys = []string{"message", "msg", "error_description", "detail", "error"}
