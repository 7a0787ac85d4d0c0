package login

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/statusbar"
	"imagery/ui/internal/uitest"
)

// platforms are two servers: the first shows a key that nobody knows until it is pinned.
type platforms struct {
	server
	mu       sync.Mutex
	pinned   map[string]string
	readOnly []bool
	refused  error
}

func (s *platforms) key(profile string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pinned[profile]
}

func (s *platforms) SignIn(ctx context.Context, profile, user string, password client.Secret) error {
	if s.refused != nil {
		return s.refused
	}
	if err := s.server.SignIn(ctx, profile, user, password); err != nil {
		return err
	}
	if profile == "A" && s.key(profile) == "" {
		return &Untrusted{Err: errors.New("unknown"), Fingerprint: "aa"}
	}
	return nil
}

func (s *platforms) Remembered(string, string) client.Secret { return client.Secret{} }
func (s *platforms) KeepFromWriting(on bool)                 { s.readOnly = append(s.readOnly, on) }
func (s *platforms) WhyNoProfiles() string                   { return "" }
func (s *platforms) TrustKey(profile, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pinned[profile] = key
	return nil
}

// signingIn drives the screen with A chosen and a sign-in to it under way.
func signingIn(t *testing.T) (*Model, *platforms, *uitest.Driver) {
	env, s := core.NewEnv(t.Context()), &platforms{pinned: map[string]string{}}
	m := New(env, s, []Profile{{Name: "A", URL: "https://a", Username: "mt1", ReadOnly: true}, {Name: "B", URL: "https://b", Username: "mt1"}})
	d := uitest.Drive(t, m, m.Init())
	d.Pump().Type("secret").Press("enter")
	return m, s, d
}

// asked is the dialog that the screen opened last.
func asked(d *uitest.Driver) (*overlay.Confirm, bool) {
	for _, seen := range d.Seen {
		if o, ok := seen.(core.OpenDialogMsg); ok {
			return o.Dialog.(*overlay.Confirm), true
		}
	}
	return nil, false
}

func TestChoosingAnotherProfileEndsASignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, s, d := signingIn(t)
		d.Press("f2", "down").Wait(2 * time.Second)
		if _, open := asked(d); open || m.Busy() || s.ended != 1 {
			t.Errorf("asked %v, busy %v, ended %d", open, m.Busy(), s.ended)
		}
	})
}

func TestAKeyIsPinnedWhereItWasShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, d := signingIn(t)
		d.Wait(2 * time.Second)
		q, open := asked(d)
		if !open {
			t.Fatal("nobody asked about the key")
		}
		d.Press("f2", "down") // before the question came up
		d.Send(core.DialogClosedMsg{Action: q.Answers[1].Action})
		if d.Wait(2 * time.Second); len(s.pinned) != 0 || len(s.readOnly) != 0 {
			t.Fatalf("pinned %v, signed in %v", s.pinned, s.readOnly)
		}
		d.Press("up")
		d.Press("f2").Type("secret")
		d.Send(core.DialogClosedMsg{Action: q.Answers[1].Action})
		if d.Wait(2 * time.Second); s.pinned["A"] != "aa" || len(s.readOnly) != 1 || !s.readOnly[0] {
			t.Errorf("pinned %v, read-only %v", s.pinned, s.readOnly)
		}
	})
}

func TestTheColumnsOfTheListCanBeChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, d := signingIn(t)
		d.Press("esc", "f2").Contains("https://a").Press("C")
		ask := d.Seen[len(d.Seen)-1].(core.OpenDialogMsg)
		d.Send(core.DialogClosedMsg{Owner: ask.Owner, Action: overlay.Arranged{Items: []overlay.Item{{ID: "name", On: true}, {ID: "url"}}}})
		d.Lacks("https://a")
	})
}

func TestASessionAskedForAsReadOnlyIsSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, s, d := signingIn(t)
		_ = s.TrustKey("A", "aa")
		m.choices.SetValue("") // unticked while the answer is under way
		if d.Wait(2 * time.Second); len(s.readOnly) != 1 || !s.readOnly[0] {
			t.Errorf("read-only %v", s.readOnly)
		}
	})
}

func TestAFailedSignInSaysSoInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, s := core.NewEnv(t.Context()), &platforms{refused: errors.New("用户名或密码错误")}
		m := New(env, s, []Profile{{Name: "A", URL: "https://a", Username: "mt1"}})
		d := uitest.Drive(t, m, m.Init())
		d.Pump().Type("wrong").Press("enter").Contains("! 登录失败：用户名或密码错误", "已尝试 1 次。")
	})
}

func TestTheListTellsItsKeysBeforeItHasThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env := core.NewEnv(t.Context())
		m := New(env, &platforms{}, []Profile{{Name: "A", URL: "https://a"}})
		d := uitest.Drive(t, m, m.Init())
		d.Contains("F2 后 n 新建  e 编辑").Press("f2").Lacks("F2 后").Contains("n 新建  e 编辑  t 测试连接")
	})
}

func TestALowWindowHasNoBoxWithoutWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env := core.NewEnv(t.Context())
		m := New(env, &platforms{}, []Profile{{Name: "A", URL: "https://a"}})
		d := uitest.Drive(t, m, m.Init())
		d.Resize(80, 20).Contains("提示", "首次使用")
		d.Resize(80, 10).Lacks("提示")
	})
}

func TestTheFooterOffersEachThingOnce(t *testing.T) {
	env := core.NewEnv(t.Context())
	env.Keys = keymap.NewMap(map[string][]string{"login.switch": {"f8"}})
	m := New(env, &platforms{}, []Profile{{Name: "A", URL: "https://a"}})
	foot := func() string { return text.Plain(statusbar.Foot(env, m.Bindings(), 100)) }
	if got := foot(); !strings.Contains(got, "F8 换环境") || !strings.Contains(got, "回车 登录") || strings.Contains(got, "提交") {
		t.Error(got)
	}
	m.focusList()
	if got := foot(); !strings.Contains(got, "F8 回到表单") {
		t.Error(got)
	}
}
