package rules

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"imagery/assets"
	"imagery/client"
)

const commented = `# head

version = 1 # of the format

# the first
[[rule]]
id = "R1"
name = "one" # beside the name
any = [
  "A", # of A
  "B",
] # end
# about the condition
if_any = ["C"] # of C

# the second
# goes on
[[rule]]
id = "R2"
name = "two"
any = ["A"]

# the end
`

func sought(t *testing.T, text string) *File {
	t.Helper()
	f, err := ParseFile([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAnEditChangesWhatDiffersOnly(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(r *Rule)
		old, new string
	}{
		"a name keeps its comment":     {func(r *Rule) { r.Name = `1 "x"` }, `name = "one" # beside`, `name = "1 \"x\"" # beside`},
		"a list loses its comments":    {func(r *Rule) { r.Any = []string{"D"} }, "any = [\n  \"A\", # of A\n  \"B\",\n] # end\n", "any = [\"D\"]\n"},
		"a key is taken away":          {func(r *Rule) { r.IfAny = nil }, "if_any = [\"C\"] # of C\n", ""},
		"a key is added":               {func(r *Rule) { r.Disabled = true }, "# of C\n", "# of C\ndisabled = true\n"},
		"two keys are added, in order": {func(r *Rule) { r.Status, r.OpenedFrom = []string{"1"}, client.Date{Year: 2020, Month: 1, Day: 2} }, "# of C\n", "# of C\nstatus = [\"1\"]\nopened_from = 2020-01-02\n"},
		"nothing differs":              {func(*Rule) {}, "", ""},
	} {
		f := sought(t, commented)
		r := f.Rules[0]
		c.change(&r)
		g, err := f.With(0, r)
		if want := strings.Replace(commented, c.old, c.new, 1); err != nil || string(g.Text) != want {
			t.Errorf("%s: %v\n%s", name, err, g.Text)
		}
		if string(f.Text) != commented {
			t.Error("the file itself is changed")
		}
	}
}

func TestRulesComeAndGoWithTheirComments(t *testing.T) {
	f := sought(t, commented)
	g, err := f.Without(0)
	want := "# head\n\nversion = 1 # of the format\n\n" + commented[strings.Index(commented, "# the second"):]
	if err != nil || string(g.Text) != want {
		t.Errorf("%v\n%s", err, g.Text)
	}
	g, err = f.With(2, Rule{ID: "R3", Name: "three", Any: []string{"A", "B"}})
	if want = commented + "\n[[rule]]\nid = \"R3\"\nname = \"three\"\nany = [\"A\", \"B\"]\n"; err != nil || string(g.Text) != want {
		t.Errorf("%v\n%s", err, g.Text)
	}
	g, err = NewFile().With(0, Rule{ID: "R3", Name: "three", Any: []string{"A"}})
	if err != nil || len(g.Rules) != 1 {
		t.Error(err)
	}
}

func TestAnEditThatIsWrongSaysWhereAndWhat(t *testing.T) {
	f := sought(t, commented)
	r := f.Rules[1]
	r.ID, r.Any = "R1", nil
	_, err := f.With(1, r)
	if err == nil || err.Error() != "rules: line 19: R1: id: duplicate (R1); line 21: R1: any: empty" {
		t.Error(err)
	}
	one := sought(t, sound)
	if _, err := one.Without(0); err == nil || err.Error() != "rules: no rules" {
		t.Error(err)
	}
	off := one.Rules[0]
	off.Disabled = true
	if _, err := one.With(0, off); err == nil || err.Error() != "rules: no rules" {
		t.Error(err)
	}
}

func TestDisabledRulesAreAsIfTheyWereNotThere(t *testing.T) {
	f := sought(t, commented)
	r := f.Rules[0]
	r.Disabled = true
	g, err := f.With(0, r)
	if err != nil {
		t.Fatal(err)
	}
	without, err := f.Without(0)
	if err != nil || len(g.Rules) != 2 || len(g.Set().Rules) != 1 || g.Set().Hash() != without.Set().Hash() || g.Set().Hash() == f.Set().Hash() {
		t.Error(g.Rules, err)
	}
}

// Rules written in one array cannot be edited in place.
func TestAFileOfAnotherLayoutIsWrittenAnew(t *testing.T) {
	f := sought(t, "version = 1 # lost\nrule = [{id = \"R1\", name = \"one\", any = [\"A\"]}, {id = \"R2\", name = \"two\", any = [\"A\"]}]\n")
	r := f.Rules[1]
	r.Name = "2"
	g, err := f.With(1, r)
	if err != nil || g.Rules[1].Name != "2" || g.Rules[0].Name != "one" {
		t.Fatal(err)
	}
	if g, err = f.Without(0); err != nil || len(g.Rules) != 1 || g.Rules[0].ID != "R2" {
		t.Error(err)
	}
	r.Any = nil
	if _, err = f.With(1, r); err == nil {
		t.Error("a rule of nothing is taken")
	}
}

// TestEditsSayWhatWasMeant makes random edits of the example, and compares with what a list would be.
func TestEditsSayWhatWasMeant(t *testing.T) {
	raw, err := assets.FS.ReadFile("rules/demo.toml")
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	some := func(list ...string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(string) bool { return rnd.IntN(2) == 0 })
	}
	comments := func(f *File) int { return strings.Count(string(f.Text), "#") }
	f := sought(t, string(raw))
	want := slices.Clone(f.Rules)
	for n := range 400 {
		i, before := rnd.IntN(len(want)), comments(f)
		r := Rule{
			ID: fmt.Sprint("N", n), Name: fmt.Sprintf("名 \\ \" # %d", n), BizTypes: some("0", "1"), Status: some("1"), Any: append(some("7", "8"), "9"),
			IfAny: some("1", "2"), Disabled: rnd.IntN(3) == 0,
		}
		if rnd.IntN(2) == 0 {
			r.OpenedFrom = client.Date{Year: 2020, Month: 1, Day: 1 + rnd.IntN(28)}
		}
		var g *File
		switch {
		case rnd.IntN(3) == 0 && len(want) > 5:
			g, err = f.Without(i)
			want = slices.Delete(want, i, i+1)
		case rnd.IntN(2) == 0:
			g, err = f.With(len(want), r)
			want = append(want, r)
			if err == nil && comments(g) != before+1 { // in its name
				t.Fatalf("%d comments, and %d before", comments(g), before)
			}
		default:
			g, err = f.With(i, r)
			want[i] = r
		}
		var none Problems
		if errors.As(err, &none) && none[0].Kind == NoRules {
			want = slices.Clone(f.Rules)
			continue
		}
		if err != nil || !slices.EqualFunc(g.Rules, want, sameRule) {
			t.Fatalf("%d: %v", n, err)
		}
		f = g
	}
	if !strings.HasPrefix(string(f.Text), string(raw[:200])) {
		t.Error("the head comment is gone")
	}
}
