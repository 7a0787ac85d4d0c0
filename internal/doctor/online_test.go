package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"imagery/assets"
	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/conformance/other"
	"imagery/internal/demo"
	"imagery/internal/i18n"
	"imagery/internal/postman"
	"imagery/internal/session"
)

// text is everything a report says, in JSON and to people.
func text(t *testing.T, r *Report) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + fmt.Sprint(r.Rows(), r.Warnings)
}

func platform(t *testing.T, o demo.Options) http.Handler {
	t.Helper()
	o.Accounts = 150
	p, err := demo.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Handler()
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func endpoints(t *testing.T, collection []byte) client.Endpoints {
	t.Helper()
	if collection == nil {
		var err error
		if collection, err = assets.FS.ReadFile("demo/collection.json"); err != nil {
			t.Fatal(err)
		}
	}
	r, err := postman.Parse(bytes.NewReader(collection))
	if err != nil {
		t.Fatal(err)
	}
	return r.Endpoints
}

// journal keeps entries.
type journal struct {
	mu      sync.Mutex
	entries []audit.Entry
}

func (j *journal) append(e audit.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, e)
	return nil
}

func examine(t *testing.T, p config.Profile, password string) (*Report, error) {
	t.Helper()
	r := New(i18n.Load("en"))
	r.ProfileIs(p)
	err := r.Online(t.Context(), Options{Profile: p, Username: "demo", Password: client.NewSecret(password), Journal: (&journal{}).append})
	return r, err
}

func learnt(r *Report, op client.Op) Facts {
	for _, i := range r.Interfaces {
		if i.Op == op {
			return i.Learnt
		}
	}
	return nil
}

func expect(t *testing.T, r *Report, op client.Op, want map[string]any) {
	t.Helper()
	got := learnt(r, op)
	for key, w := range want {
		if g := got.Get(key); fmt.Sprint(g) != fmt.Sprint(w) {
			t.Errorf("%s: %s is %v, want %v", op, key, g, w)
		}
	}
}

func TestDemoIsLearntAndNotWrittenTo(t *testing.T) {
	inner := platform(t, demo.Options{})
	var mu sync.Mutex
	var paths []string
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		paths = append(paths, r.URL.Path)
		mu.Unlock()
		inner.ServeHTTP(w, r)
	}))
	p := config.Profile{Name: "x", URL: url, Endpoints: endpoints(t, nil), PageBase: "0", ReadOnly: true}
	j := &journal{}
	r := New(i18n.Load("zh"))
	r.ProfileIs(p)
	if err := r.Online(t.Context(), Options{Profile: p, Username: "demo", Password: client.NewSecret("demo"), Journal: j.append}); err != nil {
		t.Fatal(err)
	}
	expect(t, r, 1, map[string]any{"tokenIsJWT": true, "tokenWithBearer": false, "clockSkewSeconds": 0, "tokenMinutes": 60})
	expect(t, r, 9, map[string]any{"pageBase": "1", "pageSizeCap": "none", "envelope": "none", "pageShape": "vendor", "countsCustomerLevel": "yes", "timeZone": "+08:00"})
	expect(t, r, 7, map[string]any{"envelope": "none"})
	expect(t, r, 8, map[string]any{"sizeTold": true, "nameIn": "filename*"})
	if !r.warned("page_base") || !r.warned("plain_http") || len(r.Warnings) != 2 {
		t.Errorf("%+v", r.Warnings)
	}
	reads := regexp.MustCompile(`^/crm/(login/jwt|cif/accounts/query|dms/materials/query|dms/files/[^/]+/file)$`)
	for _, path := range paths {
		if !reads.MatchString(path) {
			t.Errorf("%s was called", path)
		}
	}
	if len(j.entries) != len(paths)+1 { // sign-in has two lines
		t.Errorf("%d lines in the journal, %d requests", len(j.entries), len(paths))
	}
	for _, e := range j.entries {
		if e.Act == audit.View && e.Detail["fileId"] == "" {
			t.Errorf("%+v names no file", e.Detail)
		}
	}
	if s := text(t, r); strings.Contains(s, "«") {
		t.Errorf("words are missing: %s", s)
	}
}

func TestPlatformThatDoesNotCountCustomerLevelMaterials(t *testing.T) {
	p := config.Profile{Name: "x", URL: serve(t, platform(t, demo.Options{AccountMaterialsOnly: true})), Endpoints: endpoints(t, nil)}
	r, err := examine(t, p, "demo")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, r, 9, map[string]any{"countsCustomerLevel": "no"})
	if !r.warned("customer_level") {
		t.Errorf("%+v", r.Warnings)
	}
}

// TestPlatformsWithSupersededMaterials has platforms that list a material in the history only, as one that expired would be.
func TestPlatformsWithSupersededMaterials(t *testing.T) {
	const gone = "9099"
	for want, hits := range map[string]func(w http.ResponseWriter, has, lacks bool) bool{
		"yes":     func(_ http.ResponseWriter, _, lacks bool) bool { return lacks },
		"no":      func(_ http.ResponseWriter, has, _ bool) bool { return has },
		"unknown": func(http.ResponseWriter, bool, bool) bool { return false }, // finds it either way
	} {
		inner := platform(t, demo.Options{})
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked := string(body)
			empty := false
			if strings.HasSuffix(r.URL.Path, "accounts/query") && strings.Contains(asked, gone) {
				lacks := strings.Contains(asked, "excludedMaterialCodes")
				if empty = hits(w, !lacks, lacks); !empty {
					asked = strings.ReplaceAll(asked, gone, "0000") // which nobody has
					asked = strings.ReplaceAll(asked, `"materialCodes"`, `"excludedMaterialCodes"`)
				}
			}
			r.Body = io.NopCloser(strings.NewReader(asked))
			r.ContentLength = int64(len(asked))
			rec := httptest.NewRecorder()
			inner.ServeHTTP(rec, r)
			out := rec.Body.String()
			switch {
			case empty:
				out = `{"content":[],"totalElements":0,"first":true,"last":true,"nextPage":false,"number":1,"size":200}`
			case strings.Contains(asked, `"withHis":true`):
				out = strings.TrimSuffix(strings.TrimSpace(out), "]") + `,{"id":1,"accountId":"A","materialCode":"` + gone + `"}]`
			}
			for k, v := range rec.Header() {
				if k != "Content-Length" {
					w.Header()[k] = v
				}
			}
			w.WriteHeader(rec.Code)
			_, _ = io.WriteString(w, out)
		}))
		r, err := examine(t, config.Profile{Name: "x", URL: url, Endpoints: endpoints(t, nil)}, "demo")
		if err != nil {
			t.Fatal(err)
		}
		expect(t, r, 9, map[string]any{"countsHistory": want, "countsCustomerLevel": "yes"})
		if r.warned("history_counted") != (want == "yes") || r.warned("filter_ignored") != (want == "unknown") || r.CountsHistory() != want {
			t.Errorf("%s: %+v", want, r.Warnings)
		}
	}
}

func TestUnlikePlatformsAreLearnt(t *testing.T) {
	inner := platform(t, demo.Options{})
	for _, c := range []struct {
		name     string
		s        other.Switches
		nine     map[string]any
		openDate string
		created  string
	}{
		{"all", other.Switches{
			Paths: true, Queries: true, Forms: true, NumericCodes: true, PageBaseZero: true, PageSizeCap: 50, Pages: other.PageSpring, Dates: other.DateMillis, LongsAsStrings: true,
			Envelope: "data", Tokens: other.TokenBareWantsType, EmptyLists: other.ListAbsent, FileNames: other.NameGBK,
		}, map[string]any{"pageBase": "0", "pageSizeCap": 50, "envelope": "data", "pageShape": "spring", "timeZone": "+08:00", "timeZoneBy": "midnight", "countsCustomerLevel": "yes", "authorization": "bearer"}, "epoch-ms", "epoch-ms"},
		{"zulu", other.Switches{Dates: other.DateZulu, Pages: other.PageNested, Envelope: "result"}, map[string]any{"pageBase": "1", "envelope": "result", "pageShape": "nested", "timeZone": "+08:00"}, "iso-utc", "iso-utc"},
		{"parts", other.Switches{Dates: other.DateParts, Envelope: "content", Tokens: other.TokenTyped}, map[string]any{"envelope": "content", "timeZone": "+08:00", "timeZoneBy": "lastModified"}, "array", "array"},
		{"offset", other.Switches{Dates: other.DateOffset, Tokens: other.TokenBare}, map[string]any{"timeZone": "+08:00", "authorization": "verbatim"}, "iso-utc", "iso-utc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := config.Profile{Name: "x", URL: serve(t, other.New(inner, c.s)), Endpoints: endpoints(t, c.s.Collection(other.V21))}
			r, err := examine(t, p, "demo")
			if err != nil {
				t.Fatal(err)
			}
			expect(t, r, 9, c.nine)
			if got := learnt(r, 9).Get("dates").(map[string]string)["openAcctDate"]; got != c.openDate {
				t.Errorf("openAcctDate is %s", got)
			}
			if got := learnt(r, 7).Get("dates").(map[string]string)["createTime"]; got != c.created {
				t.Errorf("createTime is %s", got)
			}
			for _, i := range r.Interfaces {
				if i.Status != 200 || i.Error != "" {
					t.Errorf("%+v", i)
				}
			}
		})
	}
}

func TestRefusedPasswordAndUntrustedServer(t *testing.T) {
	p := config.Profile{Name: "x", URL: serve(t, platform(t, demo.Options{})), Endpoints: endpoints(t, nil)}
	r, err := examine(t, p, "wrong")
	if !errors.Is(err, client.ErrSignInRefused) || !r.warned("sign_in_refused") || len(r.Interfaces) != 1 || r.Interfaces[0].Status != 401 || r.Interfaces[0].Error != "refused" {
		t.Errorf("%v, %+v, %+v", err, r.Interfaces, r.Warnings)
	}
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	p.URL = srv.URL
	r, err = examine(t, p, "demo")
	if err == nil || !r.warned("tls_untrusted") || r.warned("failed") || r.TLS.Get("sha256") != session.Fingerprint(srv.Certificate()) {
		t.Errorf("%v, %+v, %+v", err, r.TLS, r.Warnings)
	}
	p.TrustedKey = strings.Repeat("0", 64)
	r, err = examine(t, p, "demo")
	if !errors.Is(err, session.ErrKeyChanged) || !r.warned("tls_changed") || r.TLS.Get("pinned") != "differs" {
		t.Errorf("%v, %+v, %+v", err, r.TLS, r.Warnings)
	}
}

// What must not be in a report.
var canaries = []string{
	"canary-password", "canary-token", "王金丝", "310101199001011234", "8801234567", "CUST-77", "ACC-77", "Canary.Emp", "file77", "canaryname", "canaryuser",
}

// talkative answers everything with canaries; broken names interfaces that fail, and say more than they should.
func talkative(broken string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for key, path := range map[string]string{"1": "/login", "7": "/materials", "8": "/file/", "9": "/accounts"} {
			if strings.Contains(broken, key) && strings.HasPrefix(r.URL.Path, path) {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `{"message":"王金丝 310101199001011234 canary-password canary-token canaryuser account 8801234567 file77"}`)
				return
			}
		}
		switch {
		case r.URL.Path == "/login":
			w.Header().Set("Authorization", "canary-token")
		case r.URL.Path == "/accounts" && strings.Contains(broken, "m"):
			fmt.Fprint(w, `{"content":[{"account":{"openAcctDate":"王金丝 310101199001011234"}}],"totalElements":1}`)
		case r.URL.Path == "/accounts":
			fmt.Fprint(w, `{"content":[{"customer":{"customerId":"CUST-77","customerName":"王金丝","idNo":"310101199001011234"},
				"account":{"accountId":"ACC-77","accountNo":"8801234567","accountBizType":"0","accountName":"王金丝","openAcctDate":"2026-03-28","deptCode":"1101"}}],
				"totalElements":1,"size":1000,"first":true,"number":1}`)
		case r.URL.Path == "/materials":
			fmt.Fprint(w, `[{"id":1,"customerId":"CUST-77","materialCode":"1101","submitterEmpName":"Canary.Emp","fileIds":["file77"],"createTime":"2026-03-28 01:02:03",
				"files":[{"id":"file77","fileOriginalName":"canaryname.jpg","createTime":"2026-03-28 01:02:03","tempExpireTime":""}]}]`)
		default:
			w.Header().Set("Content-Disposition", `attachment; filename="canaryname.jpg"`)
			fmt.Fprint(w, "\xff\xd8\xff\xe0 王金丝")
		}
	}
}

func TestNoCanaryIsInAnyReport(t *testing.T) {
	for _, broken := range []string{"", "1", "7", "8", "9", "m", "789"} {
		for _, lang := range i18n.Languages {
			p := config.Profile{Name: "x", URL: serve(t, talkative(broken)) + "?token=canary-token", Username: "canaryuser", Endpoints: client.Endpoints{
				1: {Method: "POST", Path: "/login?x=canary-token", Default: client.InJSON}, 7: {Method: "GET", Path: "/materials", Default: client.InQuery},
				8: {Method: "GET", Path: "/file/{fileId}", Default: client.InQuery}, 9: {Method: "POST", Path: "/accounts", Default: client.InForm, Fixed: map[string]string{"key": "canary-token"}},
			}}
			p.URL, _, _ = strings.Cut(p.URL, "?")
			r := New(i18n.Load(lang))
			r.Machine(Place{Home: "/home/canaryuser", File: filepath.Join("/home/canaryuser", "c.toml"), Settings: config.Settings{"username": {Value: "canaryuser"}}})
			r.ProfileIs(p)
			err := r.Online(t.Context(), Options{Profile: p, Username: "canaryuser", Password: client.NewSecret("canary-password"), Journal: (&journal{}).append})
			if (err != nil) != (broken != "") {
				t.Fatalf("%s: %v", broken, err)
			}
			said := text(t, r)
			if i := slices.IndexFunc(canaries, func(c string) bool { return strings.Contains(said, c) }); i >= 0 {
				t.Errorf("broken %q, %s: the report holds %s:\n%s", broken, lang, canaries[i], said)
			}
			if strings.Contains(said, "«") {
				t.Errorf("broken %q: words are missing: %s", broken, said)
			}
			if broken == "" && (learnt(r, 8) == nil || learnt(r, 9).Get("countsCustomerLevel") != "unknown" || !r.warned("filter_ignored")) {
				t.Errorf("the canaries were not met: %s", said)
			}
		}
	}
}

func TestShapesThatAreReadWronglyAreWarnedOf(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/login":
			w.Header().Set("Authorization", "t")
			w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		case "/accounts":
			fmt.Fprint(w, `{"content":[{"account":{"accountId":"1","accountNo":"1","accountBizType":"0","openAcctDate":1774627200}}],"size":20,"first":true,"totalElements":1}`)
		default:
			fmt.Fprint(w, `[]`)
		}
	}
	p := config.Profile{Name: "x", URL: serve(t, http.HandlerFunc(h)), Endpoints: client.Endpoints{
		1: {Method: "POST", Path: "/login", Default: client.InJSON}, 7: {Method: "GET", Path: "/materials", Default: client.InQuery}, 9: {Method: "GET", Path: "/accounts", Default: client.InQuery},
	}}
	r, err := examine(t, p, "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"date_misread", "clock_skew", "no_file"} {
		if !r.warned(code) {
			t.Errorf("no %s in %+v", code, r.Warnings)
		}
	}
	expect(t, r, 9, map[string]any{"pageSizeCap": 20, "countsCustomerLevel": "unknown", "timeZone": "unknown"})
}

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}
