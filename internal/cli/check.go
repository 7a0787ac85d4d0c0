package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/codes"
	"imagery/internal/completeness"
	"imagery/internal/i18n"
	"imagery/internal/report"
	"imagery/internal/rules"
	"imagery/internal/text"
)

// exitMissing is the exit code when materials are missing.
const exitMissing = 6

// checking holds the flags of a check.
type checking struct {
	search
	rules, explain, since           string
	csv, xlsx, html                 string
	confirm, resume, history, whole bool
	runs                            bool
	sample                          int
}

func (p *program) check() *cobra.Command {
	var k checking
	c := &cobra.Command{
		Use: "check", Short: p.T("check.short"), Long: p.T("check.long"), Args: p.noArgs,
		Example: "  imagery check --rules rules.toml --xlsx report.xlsx\n  imagery check --dept 1101 --confirm --json > findings.jsonl\n  imagery check --explain 880012345 --biz-type 0",
	}
	f := c.Flags()
	f.StringVar(&k.rules, "rules", "", p.T("check.flag.rules"))
	k.register(p, f)
	f.StringSliceVar(&k.biz, "biz-type", nil, p.T("cli.flag.biz_types"))
	f.BoolVar(&k.history, "history", false, p.T("check.flag.history"))
	f.BoolVar(&k.confirm, "confirm", false, p.T("check.flag.confirm"))
	f.IntVar(&k.sample, "sample", 0, p.T("check.flag.sample"))
	f.StringVar(&k.explain, "explain", "", p.T("check.flag.explain"))
	f.StringVar(&k.csv, "csv", "", p.T("check.flag.csv"))
	f.StringVar(&k.xlsx, "xlsx", "", p.T("check.flag.xlsx"))
	f.StringVar(&k.html, "html", "", p.T("check.flag.html"))
	f.BoolVar(&k.whole, "unmasked", false, p.T("check.flag.unmasked"))
	f.StringVar(&k.since, "since", "", p.T("check.flag.since"))
	f.BoolVar(&k.resume, "resume", false, p.T("check.flag.resume"))
	f.BoolVar(&k.runs, "runs", false, p.T("check.flag.runs"))
	c.MarkFlagsMutuallyExclusive("explain", "runs", "confirm")
	c.MarkFlagsMutuallyExclusive("explain", "runs", "sample")
	c.RunE = func(cmd *cobra.Command, _ []string) error { return p.runCheck(cmd.Context(), k) }
	return c
}

func (p *program) runCheck(ctx context.Context, k checking) error {
	// Answers about a whole book are garbage as soon as they are read, and by default as much of it may lie about as there is to keep.
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	k.page, k.size = 1, 1
	scope, err := k.request(p)
	if err != nil {
		return err
	}
	switch {
	case k.sample < 0:
		return usage{p.T("cli.at_least", "flag", "--sample", "least", 0, "value", k.sample)}
	case k.explain != "" && len(k.biz) != 1:
		return usage{p.T("cli.want_flag", "flag", "--biz-type")}
	}
	var set *rules.Set
	if k.rules != "" { // before anybody is signed in
		if set, err = p.readRules(k.rules); err != nil {
			return err
		}
	}
	for _, path := range []string{k.csv, k.xlsx, k.html} {
		if err := app.FolderFor(app.Home(path)); err != nil { // a check takes long, and its reports are its point
			return err
		}
	}
	a, err := p.signedIn(ctx)
	if err != nil {
		return err
	}
	if k.runs {
		return p.listRuns(ctx, a)
	}
	if set == nil {
		if set, err = a.Rules(ctx); err != nil {
			return p.rulesProblem(a.RulesPath(), err)
		}
	}
	if k.explain != "" {
		return p.explainAccount(ctx, a, set, k)
	}
	scope.PageNumber, scope.PageSize = 0, 0
	return p.checkBook(ctx, a, k, completeness.Options{
		Rules: set, Scope: scope, WithHistory: k.history, List: k.wantsList(), Conditions: k.xlsx != "", Progress: p.progress(),
	})
}

// wantsList reports whether accounts that nothing is missing from are asked for too.
func (k checking) wantsList() bool { return k.xlsx != "" || k.html != "" || k.sample > 0 }

// progress shows how far a check is on a terminal's stderr; nil elsewhere.
func (p *program) progress() func(completeness.Progress) {
	if !terminal(p.err) {
		return nil
	}
	var last time.Time
	return func(at completeness.Progress) {
		if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
			last = now
			fmt.Fprint(p.err, "\r"+p.T("check.progress", "phase", p.T(i18n.Key("check.phase."+string(at.Phase))), "percent", percent(at), "done", at.Done,
				"planned", at.Planned, "accounts", text.Count(int64(at.Accounts)))+"\x1b[K")
		}
	}
}

func percent(at completeness.Progress) int {
	if at.Planned == 0 {
		return 0
	}
	return min(100, 100*at.Done/at.Planned)
}

func (p *program) progressOver() {
	if terminal(p.err) {
		fmt.Fprint(p.err, "\r\x1b[K")
	}
}

// checkBook checks, confirms, compares, prints and reports. What is known is printed though a part has failed.
func (p *program) checkBook(ctx context.Context, a *app.App, k checking, o completeness.Options) error {
	before, err := p.earlier(ctx, a, k.since, o.Scope, 0)
	if err != nil {
		return err
	}
	run, err := p.found(ctx, a, k, o)
	p.progressOver()
	if run.Run == nil {
		return p.interrupted(a, o, err)
	}
	if run.ID > 0 && run.ID == before.ID { // the last run itself remained to be confirmed
		var e error
		if before, e = p.earlier(ctx, a, k.since, o.Scope, run.ID); e != nil {
			return e
		}
	}
	if err == nil && (k.confirm || k.sample > 0) {
		err = a.Confirm(ctx, run, completeness.ConfirmOptions{Progress: o.Progress, Sample: k.sample, Seed: rand.Uint64()})
		p.progressOver()
	}
	if ctx.Err() != nil {
		return p.interrupted(a, o, err)
	}
	if e := p.printRun(a, run, before); e != nil {
		return e
	}
	if e := p.writeReports(ctx, a, k, run.Run, app.ReportOptions{Unmasked: k.whole, Since: before.Run, Lang: p.cat.Lang()}); e != nil {
		return e
	}
	return p.verdict(run.Run, err)
}

func (p *program) writeReports(ctx context.Context, a *app.App, k checking, r *completeness.Run, o app.ReportOptions) error {
	for _, to := range []struct {
		form app.ReportForm
		path string
	}{{app.CSV, k.csv}, {app.XLSX, k.xlsx}, {app.HTML, k.html}} {
		if to.path == "" {
			continue
		}
		if err := a.WriteReport(ctx, r, to.form, to.path, o); err != nil {
			return err
		}
		p.note(p.T("check.written", "path", client.SafeText(to.path, 300)))
	}
	return nil
}

// found is the run to report: a new one, or with --resume the last one, if it only remains to be confirmed.
func (p *program) found(ctx context.Context, a *app.App, k checking, o completeness.Options) (app.Checked, error) {
	if !k.resume {
		return a.Check(ctx, o, false)
	}
	if answered, err := a.Resumable(ctx, o); err != nil || answered > 0 || !k.confirm {
		if err == nil && answered == 0 {
			p.note(p.T("check.nothing_to_resume"))
		}
		return a.Check(ctx, o, true)
	}
	last, err := a.RunOf(ctx, o.Scope)
	if err == nil && completeness.Continues(last.Run, o, time.Now()) {
		return last, nil
	}
	p.note(p.T("check.nothing_to_resume"))
	return a.Check(ctx, o, false)
}

// verdict is the exit code of a run.
func (p *program) verdict(r *completeness.Run, err error) error {
	s := r.Summary()
	switch {
	case err != nil:
		p.explain(err)
		return silent(exitPartly)
	case s.Violations > 0:
		return silent(exitMissing)
	case !s.Certified:
		return silent(exitPartly)
	}
	return nil
}

// interrupted tells how a check that was broken off is gone on with.
func (p *program) interrupted(a *app.App, o completeness.Options, err error) error {
	if errors.Is(err, context.Canceled) {
		n, _ := a.Resumable(context.Background(), o)
		p.note(p.T("check.interrupted", "n", n))
		return silent(exitInterrupted)
	}
	return err
}

// earlier returns the kept run that --since names: a number, or "last" for the last of the same scope before the run of number id, 0 for
// one to come.
func (p *program) earlier(ctx context.Context, a *app.App, since string, scope client.SearchAccountsRequest, id int64) (app.Checked, error) {
	switch since {
	case "":
		return app.Checked{}, nil
	case "last":
		run, err := a.RunBefore(ctx, scope, id)
		if err == nil && run.Run == nil {
			p.note(p.T("check.no_earlier"))
		}
		return run, err
	}
	named, err := strconv.ParseInt(since, 10, 64)
	if err != nil {
		return app.Checked{}, usage{p.T("check.bad_since", "value", client.SafeText(since, 40))}
	}
	return a.KeptRun(ctx, named)
}

// printRun prints the findings, what changed since an earlier run, and the summary.
func (p *program) printRun(a *app.App, run, before app.Checked) error {
	var diff completeness.Diff
	if before.Run != nil {
		diff = completeness.Compare(before.Run, run.Run)
	}
	if run.ID > 0 {
		defer p.note(p.T("check.kept", "id", run.ID))
	}
	if p.flags.json {
		p.caveats(diff)
		return p.runLines(run.Run, before.ID, diff)
	}
	if err := p.findingTable(a, run.Run); err != nil {
		return err
	}
	s := run.Summary()
	p.note(p.T("check.summary", "accounts", text.Count(s.Accounts), "missing", text.Count(int64(s.AccountsMissing)), "violations", text.Count(int64(s.Violations)), "requests", s.Requests))
	if before.Run != nil {
		p.note(p.T("check.changed", "id", before.ID, "fixed", len(diff.Fixed), "new", len(diff.New)))
		p.caveats(diff)
	}
	doubts := a.Doubts(run.Run, p.cat.Lang())
	if len(doubts) == 0 {
		p.note(p.T("check.certified"))
	} else {
		p.note(p.T("check.not_certified"))
	}
	for _, why := range doubts {
		p.note("  " + why)
	}
	return nil
}

// caveats tells what a comparison does not.
func (p *program) caveats(diff completeness.Diff) {
	for _, why := range report.Caveats(&diff, p.cat) {
		p.note("  " + why)
	}
}

// summed is the last line of a check's JSON.
type summed struct {
	completeness.Summary
	Since *since `json:"since,omitempty"`
}

// since says which run a check was compared with, and how far the two can be compared.
type since struct {
	Run int64 `json:"run"`
	completeness.Diff
}

// runLines prints a run as JSON Lines; what changed since the earlier run of a number, 0 for none, stands before the summary.
func (p *program) runLines(r *completeness.Run, before int64, diff completeness.Diff) error {
	for f := range r.Findings() {
		if err := p.line(f); err != nil {
			return err
		}
	}
	for _, f := range diff.Fixed {
		f.Type = "fixed"
		if err := p.line(f); err != nil {
			return err
		}
	}
	for _, f := range diff.New {
		f.Type = "new"
		if err := p.line(f); err != nil {
			return err
		}
	}
	last := summed{Summary: r.Summary()}
	if before > 0 {
		last.Since = &since{before, diff}
	}
	return p.line(last)
}

func (p *program) findingTable(a *app.App, r *completeness.Run) error {
	var rows [][]string
	book := a.Codes()
	for _, v := range r.Violations {
		x, rule := &r.Accounts[v.Account], &r.Rules.Rules[v.Rule]
		rows = append(rows, []string{
			strings.TrimSpace(x.Dept.String() + " " + x.DeptName.String()), x.No.String(), book.Name(codes.BizTypes, x.BizType), rule.ID,
			client.SafeText(rule.Name, 60), p.materialNames(a, rule.Any), p.T(i18n.Key("report.state_is." + string(v.State))),
		})
	}
	return p.table([]string{
		p.T("report.dept"), p.T("report.account"), p.T("report.biz_type"), p.T("report.rule"), p.T("report.rule_name"), p.T("report.missing"), p.T("report.state"),
	}, rows)
}

// materialNames lists codes of materials with their names.
func (p *program) materialNames(a *app.App, list []string) string {
	out := make([]string, len(list))
	for i, code := range list {
		safe := client.Text(code).String()
		out[i] = strings.TrimSpace(safe + " " + strings.TrimPrefix(a.Codes().Name(codes.Materials, client.Text(code)), safe))
	}
	return strings.Join(out, p.T("report.or"))
}
