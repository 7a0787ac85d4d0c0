package conformance

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"imagery/assets"
	"imagery/internal/demo"
	"imagery/internal/postman"
)

// platform opens a demo platform of a few accounts.
func platform(t *testing.T) http.Handler {
	t.Helper()
	p, err := demo.Open(context.Background(), demo.Options{Accounts: 150})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Handler()
}

// target is a server of h to which the demo's logins are known.
func target(t *testing.T, h http.Handler, collection []byte) Target {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return Target{
		URL: srv.URL, Username: "demo", Password: "demo", NarrowUsername: "sh", NarrowPassword: "sh", Collection: collection,
		SystemCode: demo.SystemCode, EmpCode: "0231", HTTP: srv.Client(),
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	collection, err := assets.FS.ReadFile("demo/collection.json")
	if err != nil {
		t.Fatal(err)
	}
	Run(t, target(t, platform(t), collection))
}

func TestWhatCannotBeTestedIsSaid(t *testing.T) {
	eps, err := postman.Demo()
	if err != nil {
		t.Fatal(err)
	}
	for want, target := range map[string]Target{
		"":                           {SystemCode: "S", EmpCode: "1", NarrowUsername: "n"},
		"interfaces 2, 3 and 6":      {EmpCode: "1", NarrowUsername: "n"},
		"_EMP_CODE":                  {SystemCode: "S", NarrowUsername: "n"},
		"_NARROW_USERNAME":           {SystemCode: "S", EmpCode: "1"},
		"2, 3, 4, 5 and 6: the targ": {ReadOnly: true, NarrowUsername: "n"},
	} {
		target.Endpoints = eps
		said := strings.Join((&suite{Target: target}).untested(), "\n")
		if !strings.Contains(said, want) || (said == "") != (want == "") || strings.Count(said, "NOT TESTED") > 1 {
			t.Errorf("want %q: %s", want, said)
		}
	}
}

// TestServer checks any server: IMAGERY_CONFORMANCE_URL, _USERNAME, _PASSWORD, _COLLECTION (a file), and if they are known
// _SYSTEM_CODE, _EMP_CODE, _READONLY (anything), _NARROW_USERNAME and _NARROW_PASSWORD. A certificate of the company's own is trusted
// by SSL_CERT_FILE.
func TestServer(t *testing.T) {
	env := func(name string) string { return os.Getenv("IMAGERY_CONFORMANCE_" + name) }
	if env("URL") == "" {
		t.Skip("IMAGERY_CONFORMANCE_URL is not set")
	}
	collection, err := os.ReadFile(env("COLLECTION"))
	if err != nil {
		t.Fatal(err)
	}
	Run(t, Target{
		URL: env("URL"), Username: env("USERNAME"), Password: env("PASSWORD"), Collection: collection, SystemCode: env("SYSTEM_CODE"), EmpCode: env("EMP_CODE"),
		ReadOnly: env("READONLY") != "", NarrowUsername: env("NARROW_USERNAME"), NarrowPassword: env("NARROW_PASSWORD"),
	})
}
