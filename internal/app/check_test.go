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
