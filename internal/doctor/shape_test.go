package doctor

import (
	"encoding/json"
	"testing"
	"time"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

func TestDateShapesByWhatWasRecorded(t *testing.T) {
	for raw, want := range map[string]string{
		`null`: "null", `""`: "empty", `1774656000000`: "epoch-ms", `"1774656000000"`: "epoch-ms-text", `1774656000`: "epoch-s",
		`"1774656000"`: "epoch-s-text", `20260328`: "yyyyMMdd-number", `"20260328"`: "yyyyMMdd", `"20260328153000"`: "yyyyMMddHHmmss",
		`"2026-03-28"`: "yyyy-MM-dd", `"2026-03-28 15:30:00"`: "yyyy-MM-dd HH:mm:ss", `"2026-03-28T15:30:00Z"`: "iso-utc",
		`"2026-03-28T15:30:00.000+0000"`: "iso-utc", `"2026-03-28T15:30:00+08:00"`: "iso-offset", `"2026-03-28T15:30:00"`: "iso-local",
		`[2026,3,28,15,30,0]`: "array", `"2026/03/28"`: "yyyy/MM/dd", `"28. Mar 2026 王"`: "other: 99. aaa 9999 a", `{}`: "other", `1.5`: "other",
	} {
		if got := dateShape(decode([]byte(raw))); got != want {
			t.Errorf("%s is %q, want %q", raw, got, want)
		}
	}
}

func TestEnvelopesAndPages(t *testing.T) {
	for _, c := range []struct{ raw, envelope, shape string }{
		{`{"content":[],"totalElements":0,"nextPage":false}`, "none", "vendor"},
		{`{"code":0,"data":{"content":[],"numberOfElements":0,"last":true,"pageable":{}}}`, "data", "spring"},
		{`{"result":{"content":[],"page":{"size":1}}}`, "result", "nested"},
		{`{"content":{"content":[],"previousPage":false,"totalElements":3}}`, "content", "vendor"},
		{`{"data":{"result":{"content":[],"first":true}}}`, "data.result", "spring"},
		{`[]`, "none", "unknown"},
		{`{"code":1}`, "none", "unknown"},
		{`<html>`, "none", "unknown"},
	} {
		inner, envelope := unwrap(decode([]byte(c.raw)), isPage)
		if shape := pageShape(inner); envelope != c.envelope || shape != c.shape {
			t.Errorf("%s: %s, %s; want %s, %s", c.raw, envelope, shape, c.envelope, c.shape)
		}
	}
	for raw, want := range map[string]string{`[]`: "none", `{"data":[{}]}`: "data", `{"content":[]}`: "content", `{"data":{"result":[]}}`: "data.result"} {
		if _, got := unwrap(decode([]byte(raw)), isList); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}

func values(t *testing.T, raw string) []any {
	t.Helper()
	l, ok := decode([]byte(raw)).([]any)
	if !ok {
		t.Fatalf("no list: %s", raw)
	}
	return l
}

func TestDaysGivenAsInstantsTellTheirZone(t *testing.T) {
	for _, c := range []struct {
		raw, want string
		fits      bool
	}{
		{`[1774627200000, 1774540800000, null]`, "+08:00", true}, // 16:00 UTC
		{`["2026-03-27T16:00:00Z"]`, "+08:00", true},
		{`["2026-03-28T00:00:00.000+0000"]`, "+00:00", false},
		{`["2026-03-28T05:00:00Z"]`, "-05:00", false},
		{`["2026-03-28T00:00:00+09:00"]`, "+09:00", false},
		{`["2026-03-27T18:30:00Z"]`, "+05:30", false},
		{`["2026-03-28"]`, "", false},
		{`["2026-03-27T16:00:00Z","2026-03-27T13:07:00Z"]`, "", false}, // times of day
		{`[]`, "", false},
	} {
		z, ok := byMidnight(values(t, c.raw), shanghai)
		if ok != (c.want != "") || ok && (z.String() != c.want || z.fits != c.fits) {
			t.Errorf("%s: %v %v fits %v, want %q %v", c.raw, z, ok, z.fits, c.want, c.fits)
		}
	}
}

func TestOneMomentToldTwiceTellsTheZone(t *testing.T) {
	header := time.Date(2026, 3, 28, 7, 30, 5, 0, time.UTC)
	for raw, want := range map[string]string{
		`"2026-03-28 15:30:05"`: "+08:00", `[2026,3,28,15,30]`: "+08:00", `"2026-03-28T07:30:05"`: "+00:00", `"2026-03-28 15:41:00"`: "",
		`"2026-03-27 15:30:05"`: "", `"2026-03-28"`: "", `null`: "",
	} {
		z, ok := byClock(header, decode([]byte(raw)), "x", shanghai)
		if ok != (want != "") || ok && (z.String() != want || z.fits != (want == "+08:00")) {
			t.Errorf("%s: %v %v, want %q", raw, z, ok, want)
		}
	}
	if _, ok := byClock(time.Time{}, "2026-03-28 15:30:05", "x", shanghai); ok {
		t.Error("concluded from no header")
	}
	if z, ok := byOffset(values(t, `["2026-03-28T15:30:00Z","2026-03-28T15:30:00+0800"]`), shanghai); !ok || z.String() != "+08:00" || !z.fits {
		t.Errorf("from an offset: %v %v", z, ok)
	}
}

func TestFileNamesAreOnlyClassified(t *testing.T) {
	for in, want := range map[string]string{
		"": "none", "attachment": "none", "attachment; filename*=UTF-8''a": "filename*", `attachment; filename="%E7%8E%8B.jpg"`: "percent",
		"attachment; filename=\"\xcd\xf5.jpg\"": "gbk", `attachment; filename="王.jpg"`: "plain",
	} {
		if got := nameIn(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestFactsKeepTheirOrder(t *testing.T) {
	b, err := json.Marshal(Facts{{"z", 1}, {"a", []string{"x"}}, {"m", map[string]string{"k": "<"}}})
	if want := `{"z":1,"a":["x"],"m":{"k":"\u003c"}}`; err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
}
