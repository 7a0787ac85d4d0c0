package secret

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

func TestPipedPasswordIsTakenAsItIs(t *testing.T) {
	for in, want := range map[string]string{"pw\n": "pw", "pw\r\nmore": "pw", " p w ": " p w ", "密码\n": "密码"} {
		if got, err := FromReader(strings.NewReader(in)); err != nil || got.Reveal() != want {
			t.Errorf("%q: %q, %v", in, got.Reveal(), err)
		}
	}
	if _, err := FromReader(strings.NewReader("\n")); !errors.Is(err, ErrNone) {
		t.Errorf("empty line: %v", err)
	}
}

func TestEnvironmentLosesThePassword(t *testing.T) {
	t.Setenv(EnvName, "canary")
	if FromEnv().Reveal() != "canary" || os.Getenv(EnvName) != "" || !FromEnv().IsZero() {
		t.Error("the password stayed in the environment or was not read")
	}
}

func TestAskingNeedsATerminal(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Ask(f, io.Discard, "?"); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}
