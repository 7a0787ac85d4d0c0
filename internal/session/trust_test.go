package session

import (
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func tlsServer(t *testing.T) (*httptest.Server, *int) {
	t.Helper()
	hits := new(int)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { *hits++; _, _ = io.WriteString(w, "body") }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv, hits
}

func get(t *testing.T, trust Trust, url string) error {
	t.Helper()
	tr := Transport(trust)
	defer tr.CloseIdleConnections()
	res, err := (&http.Client{Transport: tr}).Get(url)
	if err == nil {
		_ = res.Body.Close()
	}
	return err
}

func TestUnknownCertificateIsRefused(t *testing.T) {
	srv, hits := tlsServer(t)
	var unknown x509.UnknownAuthorityError
	if err := get(t, Trust{}, srv.URL); !errors.As(err, &unknown) || *hits != 0 {
		t.Errorf("got %v, %d requests arrived", err, *hits)
	}
}

func TestPinnedKeyConnectsAndAnotherIsAHardStop(t *testing.T) {
	srv, hits := tlsServer(t)
	key := Fingerprint(srv.Certificate())
	if err := get(t, Trust{Key: key}, srv.URL); err != nil {
		t.Fatal(err)
	}
	other := strings.Repeat("0", 64)
	var changed *KeyError
	err := get(t, Trust{Key: other, Insecure: true}, srv.URL)
	if !errors.As(err, &changed) || changed.Seen != key || changed.Pinned != other {
		t.Errorf("got %v", err)
	}
	if *hits != 1 {
		t.Errorf("%d requests arrived, want only the trusted one", *hits)
	}
}

func TestInsecureTakesAnyCertificate(t *testing.T) {
	srv, _ := tlsServer(t)
	if err := get(t, Trust{Insecure: true}, srv.URL); err != nil {
		t.Error(err)
	}
}

func TestInspectShowsAnUntrustedKey(t *testing.T) {
	srv, hits := tlsServer(t)
	k, err := Inspect(t.Context(), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if k.Fingerprint != Fingerprint(srv.Certificate()) || k.Trusted || k.Reason == "" || *hits != 0 {
		t.Errorf("got %+v, %d requests", k, *hits)
	}
}

func TestGBKBecomesUTF8(t *testing.T) {
	for _, name := range []string{"", "GBK", "gb2312"} {
		if out, ok := ToUTF8(name, []byte("\xc9\xcf\xba\xa3")); !ok || string(out) != "上海" {
			t.Errorf("%q: %q, %v", name, out, ok)
		}
	}
	if out, ok := ToUTF8("", []byte("上海")); !ok || string(out) != "上海" {
		t.Errorf("utf-8 without a name: %q, %v", out, ok)
	}
	if _, ok := ToUTF8("klingon", nil); ok {
		t.Error("an unknown charset was decoded")
	}
}

func TestFingerprintsAreReadAsPeopleGiveThem(t *testing.T) {
	want := strings.Repeat("ab", 32)
	groups := strings.TrimSpace(strings.Repeat("ABABABAB ", 8))
	for _, s := range []string{want, strings.ToUpper(want), "SHA256:" + want, "sha256:" + groups, strings.TrimSuffix(strings.Repeat("AB:", 32), ":"), Printed(want)} {
		if got, err := ParseFingerprint(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "SHA256:0000", want + "00", "SHA256:" + strings.Repeat("zz", 32), "MD5:" + want} {
		if _, err := ParseFingerprint(s); !errors.Is(err, ErrFingerprint) {
			t.Errorf("%q: %v", s, err)
		}
	}
}
