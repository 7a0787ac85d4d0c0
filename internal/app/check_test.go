package app

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/completeness"
	"imagery/internal/completeness/runs"
	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/postman"
)

// onDemo returns an App signed in to a demo of its own.
func onDemo(t *testing.T) *App {
	t.Helper()
	p, err := demo.Open(t.Context(), demo.Options{Accounts: 150})
	if err != nil {
		t.Fatal(err)
	}
	endpoints, err := postman.Demo()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	kept := runs.New(filepath.Join(dir, "runs.db"))
	a := New(Options{
		Profiles: []config.Profile{{Name: "demo", URL: "http://demo", Endpoints: endpoints, Demo: true}}, Journal: audit.Open(filepath.Join(dir, "audit.jsonl")),
		Transport: func(config.Profile) http.RoundTripper { return demo.Transport{Handler: p.Handler()} }, Runs: kept, RulesFolder: filepath.Join(dir, "settings"),
	})
	t.Cleanup(func() { _ = errors.Join(a.Close(), kept.Close(), p.Close()) })
	if err := a.SignIn(t.Context(), "demo", "demo", client.NewSecret("demo")); err != nil {
		t.Fatal(err)
	}
	return a
}

func options(t *testing.T, a *App) completeness.Options {
	t.Helper()
	set, err := a.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return completeness.Options{Rules: set, List: true, Conditions: true, Parallel: 1}
}

func TestACheckIsTwoLinesOfTheJournalAndIsKept(t *testing.T) {
	a := onDemo(t)
	run, err := a.Check(t.Context(), options(t, a), false)
	if err != nil || run.ID != 1 || !run.Summary().Certified {
		t.Fatalf("run %d, %v", run.ID, err)
	}
	if got := journal(t, a); got != "sign-in begun, sign-in ended ok, check begun, check ended ok" {
		t.Errorf("the journal says %s", got)
	}
	if err := a.Confirm(t.Context(), run, completeness.ConfirmOptions{}); err != nil {
		t.Fatal(err)
	}
	kept, err := a.KeptRun(t.Context(), 1)
	if err != nil || len(kept.Violations) == 0 || kept.Violations[0].State != completeness.Confirmed {
		t.Errorf("what was confirmed is not kept: %v", err)
	}
	m := completeness.NewMatrix(run.Run)
	for row := range m.Rows() {
		if n, known := a.Completeness(m.Account(row).ID); n != m.MissingIn(row) || !known {
			t.Errorf("%s lacks %d, %v, want %d", m.Account(row).No, n, known, m.MissingIn(row))
		}
		var lacks [][]string
		for col, c := range m.Columns {
			if m.Cell(row, col) == completeness.Missing {
				lacks = append(lacks, c.Codes)
			}
		}
		if got := a.Lacking(m.Account(row).ID); !reflect.DeepEqual(got, lacks) {
			t.Errorf("%s lacks %v, want %v", m.Account(row).No, got, lacks)
		}
	}
	if _, known := a.Completeness("nobody"); known {
		t.Error("an account that was not checked is known")
	}
}

func TestAShorterCheckKeepsWhatIsKnownOfTheWholeBook(t *testing.T) {
	a := onDemo(t)
	o := options(t, a)
	whole, err := a.Check(t.Context(), o, false)
	if err != nil {
		t.Fatal(err)
	}
	o.List, o.Conditions = false, false
	standings := func() (complete, lacking int) {
		t.Helper()
		c, err := a.current()
		if err != nil {
			t.Fatal(err)
		}
		c.last.Store(nil) // as in a program that starts
		if err := a.LoadStanding(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, account := range whole.Accounts {
			switch missing, known := a.Completeness(account.ID); {
			case known && missing == 0:
				complete++
			case known:
				lacking++
			}
		}
		return complete, lacking
	}
	complete, lacking := standings()
	if complete == 0 || lacking == 0 || complete+lacking != len(whole.Accounts) {
		t.Fatalf("%d complete and %d lacking of %d", complete, lacking, len(whole.Accounts))
	}
	if _, err := a.Check(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	if c, l := standings(); c != complete || l != lacking {
		t.Errorf("after a check without a list %d are complete and %d lacking, were %d and %d", c, l, complete, lacking)
	}
	o.Scope.DeptCodes = []string{"1101"}
	if _, err := a.Check(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	if c, _ := standings(); c != 0 {
		t.Errorf("%d are complete by a check of one department without a list", c)
	}
}

// A night's check is compared with the last whole one of the same scope, whatever else was checked meanwhile.
func TestARunIsComparedWithTheLastWholeOneOfItsScope(t *testing.T) {
	a := onDemo(t)
	o := options(t, a)
	o.List, o.Conditions = false, false
	check := func(change func(*completeness.Run), dept ...string) {
		t.Helper()
		o.Scope.DeptCodes = dept
		run, err := a.Check(t.Context(), o, false)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(run.Run)
			if err := a.opts.Runs.Replace(t.Context(), "demo", run.ID, run.Run); err != nil {
				t.Fatal(err)
			}
		}
	}
	partial := func(r *completeness.Run) {
		r.Failed, r.Reasons = []int{0}, []completeness.Reason{{Code: completeness.QueryFailed, Rules: []string{r.Rules.Rules[0].ID}}}
	}
	moved := func(r *completeness.Run) { r.Reasons = []completeness.Reason{{Code: completeness.BookMoved}} }
	check(nil)             // 1
	check(moved)           // 2: not certified, but whole
	check(partial)         // 3
	check(nil, "1101")     // 4
	check(partial, "1102") // 5
	page := client.SearchAccountsRequest{PageNumber: 1, PageSize: 20}
	for name, tc := range map[string]struct {
		before int64
		dept   []string
		want   int64
	}{
		"to come": {0, nil, 2}, "a partial one": {3, nil, 2}, "a whole one": {2, nil, 1}, "the first": {1, nil, 0},
		"a department": {0, []string{"1101"}, 4}, "only a partial one": {0, []string{"1102"}, 5}, "none": {0, []string{"1103"}, 0},
	} {
		page.DeptCodes = tc.dept
		if got, err := a.RunBefore(t.Context(), page, tc.before); err != nil || got.ID != tc.want || (got.Run != nil) != (tc.want > 0) {
			t.Errorf("%s is compared with %d, want %d, %v", name, got.ID, tc.want, err)
		}
	}
	page.DeptCodes = nil
	if got, err := a.RunOf(t.Context(), page); err != nil || got.ID != 3 {
		t.Errorf("the last is %d, %v", got.ID, err)
	}
}

func TestACheckThatWasCalledOffGoesOnWhereItWas(t *testing.T) {
	a := onDemo(t)
	o := options(t, a)
	ctx, cancel := context.WithCancel(t.Context())
	listing := 0
	o.Progress = func(p completeness.Progress) {
		if p.Phase == completeness.Listing {
			listing++
		}
		if listing == 8 {
			cancel()
		}
	}
	if run, err := a.Check(ctx, o, false); !errors.Is(err, context.Canceled) || run.Run != nil {
		t.Fatalf("got a run: %v, %v", run.Run != nil, err)
	}
	o.Progress = nil
	answered, err := a.Resumable(t.Context(), o)
	if err != nil || answered == 0 {
		t.Fatalf("%d questions answered, %v", answered, err)
	}
	resumed, err := a.Check(t.Context(), o, true)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := a.Check(t.Context(), o, false)
	if err != nil || resumed.Requests+answered > whole.Requests || len(resumed.Violations) != len(whole.Violations) {
		t.Errorf("resumed %d requests, %d findings; whole %d, %d; %v", resumed.Requests, len(resumed.Violations), whole.Requests, len(whole.Violations), err)
	}
	if n, err := a.Resumable(t.Context(), o); n != 0 || err != nil {
		t.Errorf("after a whole check %d questions are left to go on from, %v", n, err)
	}
}

func TestOneAccountIsExplainedAsTheCheckJudgesIt(t *testing.T) {
	a := onDemo(t)
	o := options(t, a)
	before, err := a.ExplainAccount(t.Context(), o.Rules, "8800000001", "2", false)
	if err != nil || len(before.Explanations) != len(o.Rules.Rules) {
		t.Fatalf("%+v, %v", before, err)
	}
	run, err := a.Check(t.Context(), o, false)
	if err != nil {
		t.Fatal(err)
	}
	for f := range run.Findings() {
		e, err := a.ExplainAccount(t.Context(), o.Rules, f.AccountNo, f.AccountBizType, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range e.Explanations {
			if x.Rule == f.Rule && x.Verdict != "violated" {
				t.Errorf("%s %s: %s", f.AccountNo, f.Rule, x.Verdict)
			}
		}
	}
	if _, err := a.ExplainAccount(t.Context(), o.Rules, "nobody", "0", false); !errors.Is(err, ErrNoAccount) {
		t.Errorf("got %v", err)
	}
}

func TestAReportIsWholeOrNotThere(t *testing.T) {
	a := onDemo(t)
	run, err := a.Check(t.Context(), options(t, a), false)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "r.html")
	if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.WriteReport(ctx, run.Run, HTML, path, ReportOptions{Lang: "zh"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "before" {
		t.Error("a report that was called off took another's place")
	}
	for _, form := range []ReportForm{CSV, XLSX, HTML} {
		if err := a.WriteReport(t.Context(), run.Run, form, filepath.Join(dir, "r."+string(form)), ReportOptions{Lang: "zh"}); err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("%d files, %v", len(entries), err)
	}
	if !strings.HasSuffix(journal(t, a), "export begun, export ended ok") {
		t.Error("the journal does not tell of the export")
	}
}

func TestAProfileWithoutRulesSaysSo(t *testing.T) {
	a := start(t, &platform{}, nil)
	if _, err := a.Rules(t.Context()); !errors.Is(err, ErrNoRules) {
		t.Errorf("got %v", err)
	}
}
