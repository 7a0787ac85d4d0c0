package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

func TestPartOfAFileIsAskedForWithItsValidator(t *testing.T) {
	content := bytes.Repeat([]byte("\xff\xd8\xff picture"), 1000)
	for tag, offset := range map[string]int64{`"v1"`: 500, `"v2"`: 0} {
		c, s := serve(t, func(w http.ResponseWriter, r *http.Request, _ string) {
			w.Header().Set("ETag", `"v1"`)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
		})
		f, err := c.FetchFileFrom(t.Context(), "F1", 500, tag)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		_ = f.Close()
		if err != nil || f.Offset != offset || f.Size != int64(len(content)) || f.Validator != `"v1"` || !bytes.Equal(b, content[offset:]) {
			t.Errorf("%s: offset %d, size %d, %d bytes, %v", tag, f.Offset, f.Size, len(b), err)
		}
		if h := s.last(t).Header; h.Get("Range") != "bytes=500-" || h.Get("If-Range") != tag {
			t.Errorf("sent %v", h)
		}
	}
}

func TestPartThatWasNotAskedForIsRefused(t *testing.T) {
	for _, answered := range []string{"bytes 400-999/1000", "bytes 500-800/1000", "bytes */1000", "", "bytes 500-999/*", "bytes 500-400/401"} {
		c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.Header().Set("Content-Range", answered)
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, "bytes")
		})
		if _, err := c.FetchFileFrom(t.Context(), "F1", 500, `"v1"`); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", answered, err)
		}
		if _, err := c.FetchFile(t.Context(), "F1"); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q to a request for the whole: %v", answered, err)
		}
	}
}

func TestOnlySureValidatorsAreGiven(t *testing.T) {
	now := time.Date(2026, 3, 28, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, c := range []struct {
		h    http.Header
		want string
	}{
		{http.Header{"Etag": {`"a"`}, "Last-Modified": {at(0)}}, `"a"`},
		{http.Header{"Etag": {`W/"a"`}}, ""},
		{http.Header{"Last-Modified": {at(-time.Hour)}, "Date": {at(0)}}, at(-time.Hour)},
		{http.Header{"Last-Modified": {at(0)}, "Date": {at(0)}}, ""},
		{http.Header{"Last-Modified": {at(-time.Hour)}}, ""},
		{http.Header{"Last-Modified": {"yesterday"}, "Date": {at(0)}}, ""},
	} {
		if got := validatorOf(c.h); got != c.want {
			t.Errorf("%v: %q, want %q", c.h, got, c.want)
		}
	}
}
