package i18n

import (
	"testing"
)

func TestMessagesAreFilledByName(t *testing.T) {
	for _, c := range []struct {
		in   string
		args []any
		want string
	}{
		{"{n} {n:file|files}", []any{"n", 1}, "1 file"},
		{"{n} {n:file|files}", []any{"n", 27}, "27 files"},
		{"{n} {n:file|files}", []any{"n", 0}, "0 files"},
		{"{a}到{b}", []any{"b", "二", "a", "一"}, "一到二"},
		{"{a}到{b}", []any{"a", "{b}"}, "{b}到{b}"},
		{"{a", []any{"a", 1}, "{a"},
		{"{x}", []any{"y"}, "{x}"},
		{"100%", []any{"a", 1}, "100%"},
	} {
		if got := fill(c.in, c.args); got != c.want {
			t.Errorf("fill(%q, %v) = %q, want %q", c.in, c.args, got, c.want)
		}
	}
}

func TestAnUnknownKeyShowsItself(t *testing.T) {
	if got := Load("zh").T("nosuch.key"); got != "«nosuch.key»" {
		t.Error(got)
	}
	if got := Load("en").T("ui.cancel"); got != "Cancel" {
		t.Error(got)
	}
	if got := Load("fr").Lang(); got != "zh" {
		t.Error(got)
	}
}

func TestOnlyALocaleThatNamesAnotherLanguageGetsEnglish(t *testing.T) {
	for _, c := range []struct{ all, messages, lang, want string }{
		{"", "", "", "zh"},
		{"", "", "C.UTF-8", "zh"},
		{"", "", "POSIX", "zh"},
		{"", "", "en_GB.UTF-8", "en"},
		{"", "", "zh_TW.Big5", "zh"},
		{"", "de_DE@euro", "zh_CN.UTF-8", "en"},
		{"zh_CN.UTF-8", "en_US", "en_US", "zh"},
		{"en-US", "", "", "en"},
	} {
		env := map[string]string{"LC_ALL": c.all, "LC_MESSAGES": c.messages, "LANG": c.lang}
		if got := Detect(func(k string) string { return env[k] }); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
