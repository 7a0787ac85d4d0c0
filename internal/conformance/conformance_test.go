package conformance

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"imagery/client"
	"imagery/internal/demo"
	"imagery/internal/postman"
)

// platform opens a demo platform of 120 accounts.
func platform(t *testing.T) http.Handler {
	t.Helper()
	p, err := demo.Open(context.Background(), demo.Options{Accounts: 120})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Handler()
}

// demoTarget is a target of the demo's logins.
func demoTarget(t *testing.T, h http.Handler, endpoints client.Endpoints) Target {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return Target{
		URL: srv.URL, Username: "demo", Password: "demo", NarrowUsername: "sh", NarrowPassword: "sh", Endpoints: endpoints,
		SystemCode: demo.SystemCode, EmpCode: "0231", HTTP: srv.Client(),
	}
}

func TestDemo(t *testing.T) {
	endpoints, err := postman.Demo()
	if err != nil {
		t.Fatal(err)
	}
	Run(t, demoTarget(t, platform(t), endpoints))
}

// TestServer checks any server: IMAGERY_CONFORMANCE_URL, _USERNAME, _PASSWORD, _COLLECTION (a file), and _SYSTEM_CODE, _EMP_CODE,
// _READONLY.
func TestServer(t *testing.T) {
	env := func(name string) string { return os.Getenv("IMAGERY_CONFORMANCE_" + name) }
	if env("URL") == "" {
		t.Skip("IMAGERY_CONFORMANCE_URL is not set")
	}
	raw, err := os.ReadFile(env("COLLECTION"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := postman.Parse(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	Run(t, Target{
		URL: env("URL"), Username: env("USERNAME"), Password: env("PASSWORD"), Endpoints: res.Endpoints, SystemCode: env("SYSTEM_CODE"),
		EmpCode: env("EMP_CODE"), ReadOnly: env("READONLY") != "",
	})
}
