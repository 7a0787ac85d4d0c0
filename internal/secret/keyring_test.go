package secret

import (
	"errors"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"imagery/client"
)

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	var k Keyring
	if _, err := k.Load("生产", "mt1"); !errors.Is(err, ErrNone) {
		t.Errorf("nothing was stored: %v", err)
	}
	if err := k.Store("生产", "mt1", client.NewSecret(" p w ")); err != nil {
		t.Fatal(err)
	}
	if s, err := k.Load("生产", "mt1"); err != nil || s.Reveal() != " p w " {
		t.Errorf("%v, %v", s, err)
	}
	for _, other := range [][2]string{{"生产", "mt2"}, {"测试", "mt1"}, {"生产m", "t1"}} {
		if _, err := k.Load(other[0], other[1]); !errors.Is(err, ErrNone) {
			t.Errorf("%q has a password: %v", other, err)
		}
	}
	for range 2 {
		if err := k.Delete("生产", "mt1"); err != nil {
			t.Error(err)
		}
	}
	if _, err := k.Load("生产", "mt1"); !errors.Is(err, ErrNone) {
		t.Errorf("it was deleted: %v", err)
	}
}

func TestNoKeyring(t *testing.T) {
	keyring.MockInitWithError(errors.New("no D-Bus"))
	t.Cleanup(keyring.MockInit)
	var k Keyring
	err := k.Store("p", "u", client.NewSecret("canary"))
	if !errors.Is(err, ErrNoKeyring) || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
	if _, err := k.Load("p", "u"); !errors.Is(err, ErrNoKeyring) {
		t.Error(err)
	}
}
