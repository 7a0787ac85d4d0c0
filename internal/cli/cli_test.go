package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/secret"
	"imagery/internal/session"
)

func testProgram(lang string) (*program, *bytes.Buffer) {
	var out bytes.Buffer
	return &program{out: &out, err: &out, getenv: func(string) string { return "" }, cat: i18n.Load(lang)}, &out
}

func TestExitCodesAreTheOnesScriptsRelyOn(t *testing.T) {
	lost := &url.Error{Op: "Post", URL: "http://h", Err: syscall.ECONNRESET}
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("x"), 1},
		{&client.Error{Op: 7, Status: 403}, 1},
		{fmt.Errorf("%w: %w", client.ErrOutcomeUnknown, lost), 1},
		{usage{"x"}, 2},
		{&client.InvalidError{Op: 3}, 2},
		{secret.ErrNone, 2},
		{app.ErrNoProfile, 2},
		{&client.Error{Op: 1, Status: 401}, 3},
		{lost, 4},
		{&session.KeyError{}, 4},
		{silent(exitPartly), 5},
		{fmt.Errorf("reading: %w", context.Canceled), 130},
	} {
		p, _ := testProgram("en")
		if got := p.report(c.err); got != c.want {
			t.Errorf("%v exits %d, want %d", c.err, got, c.want)
		}
	}
}

func TestErrorsReachTheTerminalSanitised(t *testing.T) {
	p, out := testProgram("zh")
	p.flags.verbose = true
	p.report(&client.Error{Op: 9, Status: 500, Message: "\x1b]52;c;x\x07\u202e"})
	p.report(usage{"\x1b[2J"})
	if strings.ContainsAny(out.String(), "\x1b\x07\u202e") || !strings.Contains(out.String(), "500") {
		t.Errorf("printed %q", out)
	}
}

func TestTableIsAlignedByCellsAndBareWhenPiped(t *testing.T) {
	rows := [][]string{{"1", "张三", "x"}, {"22", "ab", "y"}}
	var out bytes.Buffer
	if err := printTable(&out, true, []string{"号", "客户名称", "z"}, rows); err != nil {
		t.Fatal(err)
	}
	if want := "号  客户名称  z\n1   张三      x\n22  ab        y\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	if err := printTable(&out, false, []string{"a", "b", "c"}, rows); err != nil || out.String() != "1\t张三\tx\n22\tab\ty\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestLanguageIsKnownBeforeFlagsAre(t *testing.T) {
	p, _ := testProgram("zh")
	t.Setenv("IMAGERY_HOME", t.TempDir())
	env := map[string]string{"LANG": "zh_CN.UTF-8", "IMAGERY_HOME": t.TempDir()}
	p.getenv = func(k string) string { return env[k] }
	for _, c := range []struct {
		args []string
		env  string
		want string
	}{{[]string{"--lang", "en"}, "", "en"}, {[]string{"x", "--lang=en"}, "zh", "en"}, {nil, "en", "en"}, {nil, "", "zh"}} {
		env["IMAGERY_LANG"] = c.env
		if got := p.guessLang(c.args); got != c.want {
			t.Errorf("%v with %q: %s, want %s", c.args, c.env, got, c.want)
		}
	}
}

func TestEveryCommandHasHelpInBothLanguages(t *testing.T) {
	for _, lang := range i18n.Languages {
		p, out := testProgram(lang)
		for _, name := range []string{"", "demo", "accounts", "archive", "discard", "download", "account add", "profile add", "trust", "audit show"} {
			args := append(strings.Fields(name), "--help")
			root := p.root(args)
			root.SetOut(out)
			root.SetArgs(args)
			if err := root.Execute(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if strings.Contains(out.String(), "«") || lang == "zh" && strings.Contains(out.String(), "help for") {
			t.Errorf("%s help holds an untranslated message", lang)
		}
	}
}

func TestLinesOfJSONSteerNoTerminal(t *testing.T) {
	const hostile = "\x1b[2J\u009b2J\x7f\u202egnp.exe\u2066\u200b\ufeff\u2028\U000e0041\ue000 张三"
	var out bytes.Buffer
	if err := (&program{out: &out}).line(map[string]string{"name": hostile}); err != nil {
		t.Fatal(err)
	}
	for _, r := range strings.TrimSuffix(out.String(), "\n") {
		if !unicode.IsGraphic(r) || steers(r) {
			t.Errorf("%U is in %q", r, out.String())
		}
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["name"] != hostile {
		t.Errorf("it is read back as %q, %v", back, err)
	}
}

func TestClocksAreThoseOfThePlatforms(t *testing.T) {
	if got := clock(time.Date(2026, 1, 1, 20, 0, 0, 0, time.UTC)); got != "2026-01-02 04:00:00" {
		t.Error(got)
	}
}
