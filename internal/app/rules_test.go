package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"imagery/internal/config"
	"imagery/internal/review"
	"imagery/internal/rules"
)

// off returns the book's file with its first rule turned off.
func off(t *testing.T, b RuleBook) *rules.File {
	t.Helper()
	r := b.Rules[0]
	r.Disabled = true
	f, err := b.With(0, r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEditingTheExampleMakesTheProfilesOwnCopy(t *testing.T) {
	a := onDemo(t)
	shipped, err := ExampleRules()
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.RuleBook(t.Context())
	if err != nil || !b.Example || b.Kept || filepath.Base(b.Path) != "rules-demo.toml" || string(b.Text) != string(shipped) {
		t.Fatalf("%+v, %v", b.Path, err)
	}
	saved, err := a.SaveRules(t.Context(), b, off(t, b))
	if err != nil || saved.Example || !saved.Kept {
		t.Fatal(saved.Example, err)
	}
	set, err := a.Rules(t.Context())
	if err != nil || len(set.Rules) != 22 || set.Hash() != saved.Set().Hash() {
		t.Errorf("checks do not use the copy: %v", err)
	}
	if now, _ := ExampleRules(); string(now) != string(shipped) {
		t.Error("the example is changed")
	}
	if st, err := os.Stat(b.Path); err != nil || st.Mode().Perm() != 0o600 {
		t.Error(st, err)
	}
	if got := journal(t, a); !strings.HasSuffix(got, "configure begun, configure ended ok") {
		t.Errorf("the journal says %s", got)
	}
}

// A spot check whose strata come from a check of completeness holds the rules of that check, whatever the profile's are by then.
func TestASpotCheckHoldsTheRulesOfItsStrata(t *testing.T) {
	a := onDemo(t)
	a.opts.Reviews = func(ctx context.Context) (*review.Book, error) {
		return review.Open(ctx, filepath.Join(t.TempDir(), "review.db"))
	}
	freeze := func(strata string) *review.Run {
		r, err := a.FreezeReview(t.Context(), NewReview{Question: review.Question{Confidence: 0.95, Size: 3}, Strata: strata})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	o := options(t, a)
	o.Rules.Rules = o.Rules.Rules[:2]
	if _, err := a.Check(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	b, err := a.RuleBook(t.Context())
	if err == nil {
		_, err = a.SaveRules(t.Context(), b, off(t, b))
	}
	if err != nil {
		t.Fatal(err)
	}
	r := freeze("completeness")
	if set, err := rules.Parse([]byte(r.Rules)); err != nil || set.Hash() != o.Rules.Hash() || r.Filters["rulesHash"] != set.Hash() {
		t.Errorf("%v: %d bytes of rules, hash %s", err, len(r.Rules), r.Filters["rulesHash"])
	}
	if r := freeze("dept"); r.Rules != "" {
		t.Error("rules where strata are departments")
	}
}

func TestRulesThatChangedMeanwhileAreNotOverwritten(t *testing.T) {
	a := onDemo(t)
	b, err := a.RuleBook(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.SaveRules(t.Context(), b, off(t, b)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SaveRules(t.Context(), b, b.File); !errors.Is(err, ErrRulesChanged) {
		t.Errorf("a copy made meanwhile: %v", err)
	}
	c, err := a.RuleBook(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func() error{func() error { return os.WriteFile(b.Path, []byte("# theirs\n"), 0o600) }, func() error { return os.Remove(b.Path) }} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if _, err := a.SaveRules(t.Context(), c, c.File); !errors.Is(err, ErrRulesChanged) {
			t.Errorf("a file changed meanwhile: %v", err)
		}
	}
}

// Windows' own editor and shell write UTF-8 with a mark, UTF-16 or GBK.
func TestRulesAreReadInWhateverEncodingTheyWereWritten(t *testing.T) {
	said := "version = 1\r\n[[rule]]\r\nid = \"R1\"\r\nname = \"头像\"\r\nany = [\"1103\"]\r\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(said))
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(said))
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"UTF-8": []byte(said), "UTF-8 with a mark": []byte("\xef\xbb\xbf" + said), "UTF-16": utf16, "GBK": gbk} {
		a := onDemo(t)
		if err := errors.Join(os.MkdirAll(filepath.Dir(a.RulesPath()), 0o700), os.WriteFile(a.RulesPath(), raw, 0o600)); err != nil {
			t.Fatal(err)
		}
		b, err := a.RuleBook(t.Context())
		if err != nil || string(b.Text) != said || b.Rules[0].Name != "头像" {
			t.Errorf("%s: %q, %v", name, b.Path, err)
			continue
		}
		r := b.Rules[0]
		r.Any = []string{"1104"}
		f, err := b.With(0, r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.SaveRules(t.Context(), b, f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if set, err := a.Rules(t.Context()); err != nil || set.Rules[0].Any[0] != "1104" {
			t.Errorf("%s, edited: %v", name, err)
		}
	}
	large := append([]byte("\xff\xfe"), bytes.Repeat([]byte("#\x00"), rules.MaxBytes/2)...)
	path := filepath.Join(t.TempDir(), "large.toml")
	if err := os.WriteFile(path, large, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadRules(path); err != nil || len(text) <= rules.MaxBytes {
		t.Errorf("what was cut off passes for whole: %d, %v", len(text), err)
	}
}

func TestALinkedFileOfTheTeamStaysLinkedAndReadable(t *testing.T) {
	a := onDemo(t)
	b, err := a.RuleBook(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	team := filepath.Join(t.TempDir(), "team.toml")
	if err := errors.Join(os.WriteFile(team, b.Text, 0o600), os.Chmod(team, 0o664), os.MkdirAll(filepath.Dir(b.Path), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(team, b.Path); err != nil {
		t.Skip(err)
	}
	if b, err = a.RuleBook(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SaveRules(t.Context(), b, off(t, b)); err != nil {
		t.Fatal(err)
	}
	link, err := os.Lstat(b.Path)
	st, e := os.Stat(team)
	if err != nil || e != nil || link.Mode()&os.ModeSymlink == 0 || st.Mode().Perm() != 0o664 {
		t.Error(link, st, err, e)
	}
	if text, _ := os.ReadFile(team); !strings.Contains(string(text), "disabled = true") {
		t.Error("the team's file is not changed")
	}
}

func TestOwnRulesGoAlongWithTheProfilesName(t *testing.T) {
	a := New(Options{RulesFolder: t.TempDir()})
	was := a.rulesPath(config.Profile{Name: "a/b 生产"})
	if filepath.Base(was) != "rules-a_b 生产.toml" {
		t.Error(was)
	}
	if err := errors.Join(os.WriteFile(was, []byte("x"), 0o600), a.renameRules("a/b 生产", "new"), a.renameRules("none", "other")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(a.rulesPath(config.Profile{Name: "new"})); err != nil || string(text) != "x" {
		t.Error(err)
	}
	if _, err := New(Options{}).SaveRules(t.Context(), RuleBook{}, nil); !errors.Is(err, ErrNotSignedIn) {
		t.Error(err)
	}
}
