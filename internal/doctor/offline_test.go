package doctor

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/session"
)

func screen(env map[string]string) Screen {
	return Screen{Getenv: func(k string) string { return env[k] }, In: true, Out: true, Err: true, Width: 100, Height: 30}
}

func TestTerminalsAreKnownByTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		env                          map[string]string
		name, graphics, colours, utf string
	}{
		{map[string]string{"TERM": "xterm-kitty", "COLORTERM": "truecolor", "LANG": "zh_CN.UTF-8"}, "kitty", "kitty", "truecolor", "yes"},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app", "LC_CTYPE": "UTF-8"}, "iTerm2", "iterm", "256", "yes"},
		{map[string]string{"WT_SESSION": "x"}, "Windows Terminal", "sixel", "truecolor", "yes"},
		{map[string]string{"TERM": "foot", "LANG": "zh_CN.GBK"}, "foot", "sixel", "16", "no"},
		{map[string]string{"TERM": "tmux-256color", "TMUX": "x", "KITTY_WINDOW_ID": "1", "LANG": "C.UTF-8"}, "kitty", "none", "256", "yes"},
		{map[string]string{"TERM": "xterm-256color", "NO_COLOR": "1", "LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "unknown", "none", "none", "no"},
	} {
		r := New(i18n.Load("en"))
		r.Screen(screen(c.env))
		got := []any{r.Terminal.Get("emulator"), r.Graphics.Get("protocol"), r.Terminal.Get("colours"), r.Terminal.Get("utf8")}
		for i, want := range []any{c.name, c.graphics, c.colours, c.utf} {
			if got[i] != want {
				t.Errorf("%v: %v, want %v", c.env, got, want)
			}
		}
	}
}

func TestTerminalsThatWillNotDo(t *testing.T) {
	small := screen(map[string]string{"TERM": "xterm", "LANG": "zh_CN.UTF-8"})
	small.Width = 60
	for want, s := range map[string]Screen{
		"term_small": small,
		"term_dumb":  screen(map[string]string{"TERM": "dumb", "LANG": "zh_CN.UTF-8"}),
		"locale":     screen(map[string]string{"TERM": "xterm", "LANG": "zh_CN.GB18030"}),
	} {
		r := New(i18n.Load("zh"))
		r.Screen(s)
		if len(r.Warnings) != 1 || r.Warnings[0].Code != want {
			t.Errorf("%+v, want %s", r.Warnings, want)
		}
	}
}

func machine(t *testing.T, content string) (*Report, string) {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, "config.toml")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"IMAGERY_USERNAME": "zhangsan", "IMAGERY_URL": "https://u:canary@crm.example/x?token=canary", "IMAGERY_LOG": filepath.Join(home, "log")}
	r := New(i18n.Load("en"))
	r.Machine(Place{Version: "1", Home: home, File: file, Settings: config.Resolve(map[string]string{"profile": "p"}, func(k string) string { return env[k] }, &config.File{})})
	return r, home
}

func TestSettingsTellTheirSourceAndNothingElse(t *testing.T) {
	r, home := machine(t, "lang = 'zh'\n")
	all := text(t, r)
	for _, bad := range []string{"zhangsan", "canary", home} {
		if strings.Contains(all, bad) {
			t.Errorf("the report shows %s:\n%s", bad, all)
		}
	}
	if r.Config.Get("path") != "~"+string(filepath.Separator)+"config.toml" || r.Broken {
		t.Errorf("%+v", r.Config)
	}
	want := map[string]Setting{"profile": {"profile", "p", "flag"}, "username": {"username", "z***", "env"}, "url": {"url", "https://crm.example/x", "env"}, "lang": {"lang", "", "default"}}
	for _, s := range r.Config.Get("settings").([]Setting) {
		if w, ok := want[s.Key]; ok && w != s {
			t.Errorf("%+v, want %+v", s, w)
		}
	}
}

func TestBrokenConfigurationIsLocatedWithoutItsContent(t *testing.T) {
	for content, want := range map[string]string{
		"[profiles.a]\nurl='http://h'\npasswrod='canary'\n": "line 3: unknown key profiles.a.passwrod",
		"lang = canary\n":                  "line 1, column 8",
		"lang = 'canary\n":                 "line 1",
		"[profiles.a]\nurl='ftp://canary'": "profiles.a.url: must be",
	} {
		r, _ := machine(t, content)
		if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Text, want) || !r.Broken || strings.Contains(text(t, r), "canary@") || strings.Contains(r.Warnings[0].Text, "canary") {
			t.Errorf("%q: %+v", content, r.Warnings)
		}
	}
}

func TestOpenConfigurationIsWarnedOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such rights")
	}
	file := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r := New(i18n.Load("en"))
	r.Machine(Place{File: file, Settings: config.Settings{}})
	if !r.warned("config_open") {
		t.Errorf("%+v", r.Warnings)
	}
}

func TestProfilesAreDescribedNotQuoted(t *testing.T) {
	r := New(i18n.Load("en"))
	r.ProfileIs(config.Profile{
		Name: "prod", URL: "http://user:pw@crm.example:1/a?x=y", Username: "王小明", SystemCode: "SYSCODE", EmpCode: "EMP0231", TrustedKey: "ab", Downloads: "/home/wang/x",
		Endpoints: client.Endpoints{1: {Method: "POST", Path: "/l"}},
	})
	all := text(t, r)
	for _, bad := range []string{"pw", "x=y", "小明", "SYSCODE", "EMP0231", "wang"} {
		if strings.Contains(all, bad) {
			t.Errorf("the report shows %s:\n%s", bad, all)
		}
	}
	if !r.warned("plain_http") || !r.warned("no_endpoints") || r.warned("no_system_code") || !strings.Contains(all, "http://crm.example:1/a") {
		t.Error(all)
	}
}

func TestCertificates(t *testing.T) {
	now := time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC)
	key := session.Key{Fingerprint: "aa", Subject: "CN=王", Issuer: "CN=王", NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), Reason: "x509: unknown"}
	with := func(change func(*session.Key)) session.Key { k := key; change(&k); return k }
	for _, c := range []struct {
		name    string
		key     session.Key
		p       config.Profile
		warning string
		reason  any
	}{
		{"untrusted", key, config.Profile{}, "tls_untrusted", "unknown_issuer"},
		{"pinned", key, config.Profile{TrustedKey: "aa"}, "", "unknown_issuer"},
		{"changed", key, config.Profile{TrustedKey: "bb"}, "tls_changed", "unknown_issuer"},
		{"insecure", key, config.Profile{Insecure: true}, "", "unknown_issuer"},
		{"fine", with(func(k *session.Key) { k.Trusted = true }), config.Profile{}, "", nil},
		{"ending", with(func(k *session.Key) { k.Trusted, k.NotAfter = true, now.AddDate(0, 0, 9) }), config.Profile{}, "tls_expires", nil},
		{"ended", with(func(k *session.Key) { k.NotAfter = now.AddDate(0, 0, -9) }), config.Profile{}, "tls_expired", "expired"},
		{"elsewhere", with(func(k *session.Key) { k.Reason = "x509: certificate is valid for a, not b" }), config.Profile{}, "tls_untrusted", "wrong_host"},
	} {
		r := New(i18n.Load("en"))
		r.TLS = Facts{}
		r.certificate(&c.key, c.p, now)
		got := ""
		for _, w := range r.Warnings {
			got += w.Code
		}
		if got != c.warning || r.TLS.Get("reason") != c.reason || strings.Contains(text(t, r), "王") {
			t.Errorf("%s: %q, %+v", c.name, got, r.TLS)
		}
	}
}

func TestCodesAreTheWarningsThereAre(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range sources {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\.warn\("(\w+)"`).FindAllSubmatch(b, -1) {
			found = append(found, string(m[1]))
		}
	}
	slices.Sort(found)
	if want := slices.Sorted(slices.Values(Codes)); !slices.Equal(slices.Compact(found), want) {
		t.Errorf("%q, want %q", want, slices.Compact(found))
	}
}

func TestEveryWarningHasWordsAndAdvice(t *testing.T) {
	for _, lang := range i18n.Languages {
		for _, code := range Codes {
			for _, key := range []i18n.Key{i18n.Key("doctor.warn." + code), i18n.Key("doctor.todo." + code)} {
				if _, ok := i18n.Load(lang).Lookup(key); !ok {
					t.Errorf("no %s in %s", key, lang)
				}
			}
		}
	}
}
