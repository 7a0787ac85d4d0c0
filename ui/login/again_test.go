package login

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// server takes a second for a sign-in. Only SignIn and Explain are asked of it here.
type server struct {
	Service
	calls, ended int
}

func (s *server) SignIn(ctx context.Context, _, _ string, _ client.Secret) error {
	s.calls++
	select {
	case <-ctx.Done():
		s.ended++
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

func (s *server) Explain(err error) string { return err.Error() }

func (s *server) WhyNoProfiles() string { return "" }

func TestEscCallsOffASignInAndTheDialogStays(t *testing.T) {
	for lang, words := range map[string]string{"zh": "正在登录...", "en": "Signing in..."} {
		synctest.Test(t, func(t *testing.T) {
			env, s := core.NewEnv(t.Context()), &server{}
			env.SetLang(lang)
			d := uitest.DriveDialog(t, NewAgain(env, s, "生产", "mt1", "会话已到期"))
			d.Type("secret").Press("enter").Contains(words)
			d.Press("enter", "esc").Lacks(words).Contains("mt1")
			if d.Closed != nil || s.calls != 1 || s.ended != 1 {
				t.Fatalf("closed with %v, %d sign-ins, %d called off", d.Closed, s.calls, s.ended)
			}
			d.Press("enter").Wait(2 * time.Second)
			if d.Closed != (core.Confirm{}) {
				t.Errorf("a finished sign-in gave %v", d.Closed)
			}
		})
	}
}

func TestTheChoicesFollowTheLanguage(t *testing.T) {
	env := core.NewEnv(t.Context())
	m := New(env, &server{}, []Profile{{Name: "生产", URL: "https://10.1.2.3"}})
	for _, want := range []string{"[ ]记住密码 [ ]只读", "[ ]remember [ ]read-only"} {
		view, cur := m.View(80, 20)
		if got := uitest.Draw(view, cur, 80, 20).Text(); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
		env.SetLang("en")
	}
}
