package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/rules"
	"imagery/internal/text"
)

func (p *program) rules() *cobra.Command {
	example := &cobra.Command{Use: "example", Short: p.T("check.rules.example"), Args: p.noArgs}
	example.RunE = func(*cobra.Command, []string) error {
		b, err := app.ExampleRules()
		if err == nil {
			_, err = p.out.Write(b)
		}
		return err
	}
	validate := &cobra.Command{Use: "validate FILE", Short: p.T("check.rules.validate"), Args: p.exactly(1)}
	validate.RunE = func(_ *cobra.Command, args []string) error {
		set, err := p.readRules(args[0])
		if err != nil {
			return cmpExit(err, exitFailed)
		}
		if p.flags.json {
			return p.line(map[string]any{"rules": len(set.Rules), "rulesHash": set.Hash()})
		}
		p.note(p.T("check.rules.sound", "n", len(set.Rules), "hash", set.Hash()))
		return nil
	}
	schema := &cobra.Command{Use: "schema", Short: p.T("check.rules.schema"), Args: p.noArgs}
	schema.RunE = func(*cobra.Command, []string) error {
		b, err := rules.Schema()
		if err == nil {
			_, err = fmt.Fprintln(p.out, strings.TrimSpace(string(b)))
		}
		return err
	}
	return p.group("rules", p.T("check.rules.short"), example, validate, schema)
}

// cmpExit gives an error whose reasons have been printed another exit code.
func cmpExit(err error, code int) error {
	var s silent
	if errors.As(err, &s) {
		return silent(code)
	}
	return err
}

// readRules reads a rules file, and prints what is wrong in it.
func (p *program) readRules(path string) (*rules.Set, error) {
	b, err := app.ReadRules(app.Home(path))
	if err != nil {
		return nil, err
	}
	set, err := rules.Parse(b)
	return set, p.rulesProblem(path, err)
}

// rulesProblem prints what is wrong in a rules file, a line each as compilers do.
func (p *program) rulesProblem(path string, err error) error {
	var found rules.Problems
	if !errors.As(err, &found) {
		return err
	}
	for _, x := range found {
		fmt.Fprintln(p.err, client.SafeText(path, 300)+": "+app.RuleProblem(x, p.cat))
	}
	return silent(exitUsage)
}

// explainAccount prints how one account stands towards each rule, and why.
func (p *program) explainAccount(ctx context.Context, a *app.App, set *rules.Set, k checking) error {
	e, err := a.ExplainAccount(ctx, set, client.Text(k.explain), client.Text(k.biz[0]), k.history)
	if err != nil {
		return err
	}
	missing := false
	var rows [][]string
	for i, x := range e.Explanations {
		missing = missing || x.Verdict == rules.Violated
		if p.flags.json {
			if err := p.line(explained{"explanation", e.Account.No, e.Account.BizType, x}); err != nil {
				return err
			}
			continue
		}
		var why []string
		for _, c := range x.Because {
			why = append(why, p.T(i18n.Key("check.cause."+string(c.Kind)), "got", safeList(c.Got), "want", safeList(c.Want)))
		}
		rows = append(rows, []string{x.Rule, client.SafeText(set.Rules[i].Name, 60), p.T(i18n.Key("check.verdict." + string(x.Verdict))), strings.Join(why, p.T("check.and"))})
	}
	if !p.flags.json {
		if err := p.table([]string{p.T("report.rule"), p.T("report.rule_name"), p.T("check.verdict_title"), p.T("check.why")}, rows); err != nil {
			return err
		}
		p.note(p.T("check.held", "codes", safeList(e.Held)))
	}
	if missing {
		return silent(exitMissing)
	}
	return nil
}

// explained is a line of `check --explain --json`.
type explained struct {
	Type           string      `json:"type"`
	AccountNo      client.Text `json:"accountNo"`
	AccountBizType client.Text `json:"accountBizType"`
	rules.Explanation
}

func safeList(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = client.SafeText(s, 64)
	}
	return strings.Join(out, " ")
}

// listRuns prints the runs that are kept.
func (p *program) listRuns(ctx context.Context, a *app.App) error {
	list, err := a.Runs(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, e := range list {
		if p.flags.json {
			if err := p.line(map[string]any{"id": e.ID, "summary": e.Summary}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{fmt.Sprint(e.ID), clock(e.FinishedAt.Time), text.Count(e.Accounts), text.Count(int64(e.AccountsMissing)), text.Count(int64(e.Violations)), p.certified(e.Certified), e.RulesHash[:min(12, len(e.RulesHash))]})
	}
	if p.flags.json {
		return nil
	}
	return p.listing([]string{p.T("check.run"), p.T("report.finished"), p.T("report.accounts"), p.T("report.accounts_missing"), p.T("report.violations"), p.T("report.result"), p.T("report.rules_hash")}, rows, p.T("check.no_runs"))
}

func (p *program) certified(yes bool) string {
	if yes {
		return p.T("report.certified")
	}
	return p.T("report.not_certified")
}
