package client

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzDates: a day that is read, typed or sent, is written so that it is read as the same day, and a moment never breaks JSON.
func FuzzDates(f *testing.F) {
	for _, s := range []string{
		"2026-03-28", "2026/3/8", " 20260328 ", "0000-00-00", "2026-03-28 09:30:00", "2026-03-28T09:30:00+0000", "20260328093000", "1774661400000", "-9223372036854775808",
		"[2026,3,28,9,30,59,1]", "[2026,13,40]", "[9223372036854775807,1,1]", "1e400", "\x1b[31m",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil {
			if again, err := ParseDate(d.String()); err != nil || again != d {
				t.Errorf("%q is %v, and that %v, %v", s, d, again, err)
			}
		} else if strings.ContainsAny(err.Error(), "\x1b\u202e\u009b") {
			t.Errorf("the error carries what was typed: %q", err)
		}
		quoted, _ := json.Marshal(s)
		for _, doc := range []string{s, string(quoted)} {
			v, err := parse([]byte(doc))
			if err != nil {
				continue
			}
			if m, err := v.moment(time.UTC); err == nil {
				if b, err := json.Marshal(m); err != nil || !json.Valid(b) {
					t.Errorf("%q: %s, %v", s, b, err)
				}
			}
		}
	})
}

// FuzzFileHeaders: what a platform says of a file cannot lead out of a folder, nor make a part begin elsewhere than asked.
func FuzzFileHeaders(f *testing.F) {
	for _, s := range []string{
		`attachment; filename="plain.jpg"`, `attachment; filename*=GBK''%C9%ED.jpg`, `attachment; filename="..\..\evil.exe"`, `a; filename="%2e%2e%2fpasswd"`, "bytes 5-9/10", "bytes 5-99999999999999999999/1",
		`"v1"`, `W/"v"`, "Sat, 28 Mar 2026 09:30:00 GMT",
	} {
		f.Add(s, int64(5))
	}
	c := &Client{Charset: func(_ string, b []byte) ([]byte, bool) { return b, len(b)%2 == 0 }}
	f.Fuzz(func(t *testing.T, s string, asked int64) {
		if name := c.fileName(s).Raw(); strings.ContainsAny(name, `/\`) {
			t.Errorf("%q is called %q", s, name)
		}
		if offset, size, err := contentRange(s, asked); err == nil && (offset != asked || size <= offset) {
			t.Errorf("%q: from %d of %d", s, offset, size)
		}
		if v := validatorOf(http.Header{"Etag": {s}, "Last-Modified": {s}, "Date": {s}}); strings.HasPrefix(v, "W/") {
			t.Errorf("%q is no strong validator", v)
		}
	})
}
