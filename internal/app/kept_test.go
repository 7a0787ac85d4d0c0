package app

import (
	"path/filepath"
	"testing"

	"imagery/client"
	"imagery/internal/store"
)

func TestWhatOneUserArrangedIsNotForTheNext(t *testing.T) {
	s := store.New(filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	a := start(t, &platform{}, nil)
	a.opts.State = s
	as := func(user string) {
		t.Helper()
		a.SignOut()
		if err := a.SignIn(t.Context(), a.Profiles()[0].Name, user, client.NewSecret("x")); err != nil {
			t.Fatal(err)
		}
	}
	var got string
	as("a")
	a.Keep("recent", "8800000001")
	for _, other := range []string{"b", "a/recent", "a/", ""} {
		if as(other); a.Recall("recent", &got) {
			t.Errorf("%q gets %q", other, got)
		}
	}
	if as("a"); !a.Recall("recent", &got) || got != "8800000001" {
		t.Errorf("who kept it gets %q", got)
	}
}
