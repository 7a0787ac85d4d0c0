package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"imagery/assets"
	"imagery/client"
)

func example(t testing.TB) *Set {
	t.Helper()
	text, err := assets.FS.ReadFile("rules/demo.toml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func held(codes ...string) Holds { return func(c string) bool { return slices.Contains(codes, c) } }

func TestExampleSaysWhatTheDemoCatalogueSays(t *testing.T) {
	raw, err := assets.FS.ReadFile("demo/catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Rules []struct {
			ID, Name, OpenedFrom             string
			Any, Biz, Cust, IfAny, UnlessAny []string
			ClientFilter                     struct{ AccountStatus string }
		}
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	s := example(t)
	if len(s.Rules) != 23 || len(c.Rules) != 23 {
		t.Fatal(len(s.Rules), len(c.Rules))
	}
	for i, want := range c.Rules {
		got := s.Rules[i]
		if got.ID != want.ID || got.Name != want.Name || got.Basis == "" || got.OpenedFrom.String() != want.OpenedFrom ||
			!slices.Equal(got.Any, want.Any) || !slices.Equal(got.IfAny, want.IfAny) || !slices.Equal(got.UnlessAny, want.UnlessAny) {
			t.Errorf("%+v is not %+v", got, want)
		}
		for biz := range 5 {
			for cust := range 5 {
				for _, status := range []string{"0", "1"} {
					a := Account{fmt.Sprint(biz), fmt.Sprint(cust), status, client.Date{Year: 2020, Month: 1, Day: 1}}
					w := slices.Contains(want.Biz, a.BizType) && (cust == 0 && len(got.CustomerTypes) == 0 || slices.Contains(want.Cust, a.CustomerType)) &&
						(want.ClientFilter.AccountStatus == "" || want.ClientFilter.AccountStatus == status)
					if got.Applies(a) != w {
						t.Errorf("%s applies to %+v: %v", got.ID, a, !w)
					}
				}
			}
		}
	}
}

const sound = `version = 1
[[rule]]
id = "R1"
name = "one"
any = ["A"]
`

func TestProblemsNameLineRuleAndKey(t *testing.T) {
	for text, want := range map[string]string{
		"version = 2\n" + strings.TrimPrefix(sound, "version = 1\n"): "line 1: version: version (2)",
		"version = 1": "no rules",
		strings.TrimPrefix(sound, "version = 1\n"):                                  "version: version (0)",
		sound + `color = "red"`:                                                     "line 6: R1: rule.color: unknown key",
		sound + "biz_types = 1":                                                     "line 6: R1: rule.biz_types: type",
		sound + "opened_from = 2017-02-31":                                          "line 6: R1",
		sound + "any = [\"B\"]":                                                     "line 6: R1",
		sound + "biz_types = [\"\"]":                                                "line 6: R1: biz_types: empty",
		sound + "status = [\"1\", \"1\"]":                                           "line 6: R1: status: duplicate (1)",
		sound + "if_any = [\"A\"]":                                                  "line 6: R1: if_any: pointless (A)",
		sound + "if_any = [\"B\"]\nunless_any = [\"B\"]":                            "line 6: R1: if_any: pointless (B)",
		sound + "unless_any = [\"A\", \"B\"]":                                       "line 6: R1: unless_any: pointless (A)",
		sound + "opened_from = 2020-01-02\nopened_to = 2020-01-01":                  "line 7: R1: opened_to: dates reversed (2020-01-01)",
		sound + "[[rule]]\nid = \"R1\"\nname = \"two\"\nany=[\"B\"]":                "line 7: R1: id: duplicate (R1)",
		sound + "[[rule]]\nname = \"two\"\nany=[\"B\"]":                             "line 6: #2: id: empty",
		sound + "[[rule]]\nid = \"R2\"\nany=[\"B C\"]":                              "line 8: R2: any: code (B C)",
		sound + "[[rule]]\nid = \"R2\"\nany=[\"B\"]":                                "line 6: R2: name: empty",
		sound + "[[rule]]\nid = \"R2\"\nname = \"\u202e\"\nany=[]":                  "line 9: R2: any: empty",
		sound + "[[rule]\n":                                                         "line 6: R1",
		sound + "Any = [\"B\"]":                                                     "line 6: R1: Any: unknown key",
		strings.Replace(sound, "version", "Version", 1):                             "line 1: Version: unknown key",
		strings.Replace(sound, "[rule]", "[RULE]", 1):                               "line 2: R1: RULE: unknown key",
		"version = 1\nrule = [{id = 'x', name = 'x', any = ['y'], If_Any = ['z']}]": "line 2: If_Any: unknown key",
		strings.Repeat("#", MaxBytes+1):                                             "too large",
	} {
		_, err := Parse([]byte(text))
		var problems Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v\nwant %s", text[:min(len(text), 300)], err, want)
		}
	}
}

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	_, err := Parse([]byte("version = 1\n[[rule]]\nid = \"a b\"\n[[rule]]\nid = \"c\"\nname = \"c\"\n"))
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 4 {
		t.Fatal(err)
	}
}

func TestWrittenSetIsReadBackTheSame(t *testing.T) {
	s := example(t)
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(text)
	if err != nil || !reflect.DeepEqual(s, again) || s.Hash() != again.Hash() {
		t.Fatalf("%v\n%s", err, text)
	}
}

func TestHashIsOfWhatIsSaidNotOfHow(t *testing.T) {
	s := example(t)
	was := s.Hash()
	slices.Reverse(s.Rules)
	slices.Reverse(s.Rules[21].Any)
	if s.Hash() != was {
		t.Error("the order of rules and codes changes the hash")
	}
	said, err := Parse([]byte(sound + "biz_types = []\nif_any = []\n"))
	plain, e := Parse([]byte(sound))
	if err != nil || e != nil || said.Hash() != plain.Hash() {
		t.Error("a list of nothing changes the hash", err, e)
	}
	changes := map[string]func(r *Rule){
		"any": func(r *Rule) { r.Any = append(slices.Clone(r.Any), "9999") }, "name": func(r *Rule) { r.Name += "x" }, "basis": func(r *Rule) { r.Basis += "x" },
		"if": func(r *Rule) { r.IfAny = []string{"9"} }, "unless": func(r *Rule) { r.UnlessAny = []string{"9"} }, "status": func(r *Rule) { r.Status = []string{"9"} },
		"date": func(r *Rule) { r.OpenedTo.Year = 2000 },
	}
	for name, change := range changes {
		c := Set{Rules: slices.Clone(s.Rules)}
		change(&c.Rules[3])
		if c.Hash() == was {
			t.Errorf("another %s leaves the hash as it was", name)
		}
	}
}

func TestExplanationNamesWhatDecided(t *testing.T) {
	s := &Set{Rules: []Rule{
		{ID: "1", Any: []string{"A", "B"}, BizTypes: []string{"0"}, Status: []string{"1"}, OpenedFrom: client.Date{Year: 2020, Month: 1, Day: 1}},
		{ID: "2", Any: []string{"A", "B"}},
		{ID: "3", Any: []string{"C"}},
		{ID: "4", Any: []string{"C"}, IfAny: []string{"D"}},
		{ID: "5", Any: []string{"C"}, UnlessAny: []string{"B"}},
		{ID: "6", Any: []string{"C"}, OpenedTo: client.Date{Year: 2020, Month: 1, Day: 1}},
	}}
	got, err := json.Marshal(s.Explain(Account{BizType: "1", Status: "0", Opened: client.Date{Year: 2019, Month: 12, Day: 31}}, held("B")))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"rule":"1","verdict":"not_subject","because":[{"kind":"biz_type","got":["1"],"want":["0"]},{"kind":"status","got":["0"],"want":["1"]},{"kind":"opened","got":["2019-12-31"],"want":["2020-01-01",""]}]},` +
		`{"rule":"2","verdict":"met","because":[{"kind":"one_of_any","got":["B"],"want":["A","B"]}]},` +
		`{"rule":"3","verdict":"violated","because":[{"kind":"none_of_any","want":["C"]}]},` +
		`{"rule":"4","verdict":"exempt","because":[{"kind":"none_of_if","want":["D"]}]},` +
		`{"rule":"5","verdict":"exempt","because":[{"kind":"one_of_unless","got":["B"],"want":["B"]}]},` +
		`{"rule":"6","verdict":"violated","because":[{"kind":"none_of_any","want":["C"]}]}]`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	undated := s.Explain(Account{}, held())[5]
	if undated.Verdict != NotSubject || undated.Because[0].Kind != OpenedUnknown {
		t.Errorf("%+v", undated)
	}
}

// TestClausesFindExactlyTheViolators asks clauses of random rules about random accounts.
func TestClausesFindExactlyTheViolators(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	some := func(from string, p float64) (out []string) {
		for _, c := range from {
			if r.Float64() < p {
				out = append(out, string(c))
			}
		}
		return out
	}
	day := func() client.Date { return client.Date{Year: 2015 + r.IntN(6), Month: 1 + r.IntN(12), Day: 1} }
	for range 20_000 {
		s := &Set{}
		for range 1 + r.IntN(5) {
			rule := Rule{
				BizTypes: some("012", 0.4), CustomerTypes: some("12", 0.4), Status: some("01", 0.3), Any: some("ABCDE", 0.4),
				IfAny: some("FGH", 0.2), UnlessAny: some("HIJ", 0.2),
			}
			if r.IntN(3) == 0 {
				rule.OpenedFrom = day()
			}
			s.Rules = append(s.Rules, rule)
		}
		a := Account{fmt.Sprint(r.IntN(3)), fmt.Sprint(1 + r.IntN(2)), fmt.Sprint(r.IntN(2)), day()}
		holds := held(some("ABCDEFGHIJ", 0.4)...)
		var got, wide []int
		for _, c := range s.Clauses(false) {
			got = append(got, c.violated(s, a, holds)...)
		}
		for _, c := range s.Clauses(true) {
			wide = append(wide, c.violated(s, a, holds)...)
		}
		slices.Sort(got)
		want := s.Missing(a, holds)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v of %+v: %v, want %v", s, a, got, want)
		}
		for _, i := range want {
			if !slices.Contains(wide, i) {
				t.Fatalf("a wide clause does not find rule %d of %+v", i, s)
			}
		}
	}
}

// violated answers a clause for one account as interface 9 and the row filter do.
func (c *Clause) violated(s *Set, a Account, holds Holds) (out []int) {
	if !c.Filter.Admits(a) || slices.ContainsFunc(c.Excluded, holds) || len(c.Included) > 0 && !slices.ContainsFunc(c.Included, holds) {
		return nil
	}
	for _, i := range c.Rules {
		if s.Rules[i].Applies(a) {
			out = append(out, i)
		}
	}
	return out
}

func TestRulesOfTheSameMaterialsShareAClause(t *testing.T) {
	s := &Set{Rules: []Rule{
		{Any: []string{"A", "B"}, BizTypes: []string{"0"}},
		{Any: []string{"B", "A"}, BizTypes: []string{"1"}, OpenedFrom: client.Date{Year: 2020}},
		{Any: []string{"A"}, IfAny: []string{"C"}},
	}}
	c := s.Clauses(false)
	if len(c) != 2 || !slices.Equal(c[0].Rules, []int{0, 1}) || !slices.Equal(c[0].Filter.BizTypes, []string{"0", "1"}) || !c[0].Filter.OpenedFrom.IsZero() {
		t.Errorf("%+v", c)
	}
	if n := len(example(t).Clauses(false)); n != 23 {
		t.Error(n)
	}
}

func TestSchemaNamesEveryKey(t *testing.T) {
	raw, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties struct {
			Rule struct {
				Items struct{ Properties map[string]any }
			}
		}
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	fields := reflect.TypeFor[fileRule]()
	for i := range fields.NumField() {
		key, _, _ := strings.Cut(fields.Field(i).Tag.Get("toml"), ",")
		if schema.Properties.Rule.Items.Properties[key] == nil {
			t.Errorf("%s is not in the schema", key)
		}
	}
	if len(schema.Properties.Rule.Items.Properties) != fields.NumField() {
		t.Error("the schema names other keys than the file has")
	}
}

func FuzzParse(f *testing.F) {
	text, err := assets.FS.ReadFile("rules/demo.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(text[:1200]), sound, "rule = [{id = 'x', any = ['y']}]", "[[rule]]\nid=1", "[rule]\nid='x'", "version = 1\n[[rule.any]]", "a.b.c = 1\n[[a]]", sound + "status = []\nAny = ['x']"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text)
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
				t.Fatalf("%q", err)
			}
			return
		}
		written, err := s.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(written)
		if err != nil || again.Hash() != s.Hash() {
			t.Fatalf("%v\n%s", err, bytes.TrimSpace(written))
		}
	})
}
