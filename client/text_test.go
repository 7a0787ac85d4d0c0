package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// security.md 1: an allow-list of what may reach a terminal.
func TestTextIsSafeForATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"张三 Zhang":                         "张三 Zhang",
		"\x1b]52;c;ZXZpbA==\a":             "␛]52;c;ZXZpbA==␇",
		"\x1b[31mred\x1b[0m":               "␛[31mred␛[0m",
		"\u009b31m":                        "\ufffd31m",
		"a\tb\nc\r\nd":                     "a b c  d",
		"\u202egnp.exe":                    "\ufffdgnp.exe",
		"\u2066x\u2069":                    "\ufffdx\ufffd",
		"zero\u200bwidth\ufeff":            "zero\ufffdwidth\ufffd",
		"\x7f\x00":                         "␡␀",
		"bad\xff\xfeutf8":                  "bad\ufffd\ufffdutf8",
		"\U000e0041tag":                    "\ufffdtag",
		"\ue000":                           "\ufffd",
		"全\u3000角":                         "全\u3000角",
		"nb\u00a0sp":                       "nb sp",
		"e\u0301":                          "e\u0301",
		"\u0301start":                      "start",
		"z" + strings.Repeat("\u0300", 50): "z" + strings.Repeat("\u0300", 4),
		"👨\u200d👩":                         "👨\ufffd👩",
		"":                                 "",
	} {
		if got := Text(in).String(); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if Text(in).Raw() != in {
			t.Errorf("%q: Raw changed it", in)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"张三", "\x1b[31m", "\u202e", "\xff", "e\u0301\u0301\u0301\u0301\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Text(s).String()
		if !utf8.ValidString(out) || Text(out).String() != out {
			t.Errorf("%q became %q, and that %q", s, out, Text(out).String())
		}
		for _, r := range out {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%q: %U came through", s, r)
			}
		}
	})
}

// security.md 14: however a document number or a password is printed, it does not show.
func TestSecretsAndNumbersDoNotShow(t *testing.T) {
	const password, number = "hunter2hunter2", "310101199001011234"
	type record struct {
		P  Secret
		N  IDNumber
		PP *Secret
		NN []IDNumber
	}
	p := NewSecret(password)
	v := record{p, NewIDNumber(number), &p, []IDNumber{NewIDNumber(number)}}
	type hidden struct{ inner record }
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p"} {
		fmt.Fprintf(&b, verb+verb+verb+verb+"\n", v, &v, hidden{v}, []any{v.P, v.N})
	}
	raw, err := json.Marshal(map[string]any{"v": v, "c": Customer{IDNo: v.N, IDNos: v.NN}})
	if err != nil {
		t.Fatal(err)
	}
	b.Write(raw)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v, "p", v.P, "n", v.N)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v, "p", v.P, "n", v.N)
	fmt.Fprintln(&b, fmt.Errorf("wrapped %v: %w", v.P, fmt.Errorf("%v", v.N)))
	hex := fmt.Sprintf("%x %X %q", number, password, []byte(number))
	for _, leak := range append([]string{password, number, "19900101"}, strings.Fields(hex)...) {
		if strings.Contains(b.String(), leak) {
			t.Errorf("%q shows in\n%s", leak, b.String())
		}
	}
	if !strings.Contains(b.String(), "310101********1234") || !strings.Contains(b.String(), redacted) {
		t.Error("the masked forms are not there")
	}
	if v.P.Reveal() != password || v.N.Raw() != number || v.N.Revealed() != number {
		t.Error("the values themselves changed")
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "1": "*", "12": "**", "123": "1*3", "1234567": "1*****7", "12345678": "123***78", "310101199001011234": "310101********1234", "证\x1b件号码": "证***码",
	} {
		if got := Mask(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
