package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/i18n"
)

func (p *program) audit() *cobra.Command {
	return p.group("audit", p.T("audit.group"), p.auditShow(), p.auditVerify(), p.auditHead())
}

// auditQuery is what the flags of audit show choose.
type auditQuery struct {
	acts           []string
	from, to, user string
	last           int
}

func (p *program) auditShow() *cobra.Command {
	var q auditQuery
	c := &cobra.Command{Use: "show", Short: p.T("audit.show"), Long: p.T("audit.show_long"), Args: p.noArgs}
	f := c.Flags()
	f.StringSliceVar(&q.acts, "act", nil, p.T("audit.flag_act", "acts", strings.Join(actNames(), " ")))
	f.StringVar(&q.from, "from", "", p.T("audit.flag_from"))
	f.StringVar(&q.to, "to", "", p.T("audit.flag_to"))
	f.StringVar(&q.user, "by", "", p.T("audit.flag_by"))
	f.IntVar(&q.last, "last", 0, p.T("audit.flag_last"))
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if q.last < 0 {
			return usage{p.T("cli.at_least", "flag", "--last", "least", 0, "value", q.last)}
		}
		filter, err := p.auditFilter(cmd, q)
		if err != nil {
			return err
		}
		return p.showAudit(filter, q.last)
	}
	return c
}

func actNames() []string {
	var out []string
	for _, a := range audit.Acts {
		out = append(out, string(a))
	}
	return out
}

func (p *program) auditFilter(cmd *cobra.Command, q auditQuery) (f audit.Filter, err error) {
	f.User = q.user
	if cmd.Flags().Changed("profile") {
		f.Profile = p.settings.Get("profile")
	}
	for _, a := range q.acts {
		if !slices.Contains(audit.Acts, audit.Act(a)) {
			return f, usage{p.T("audit.bad_act", "act", a, "acts", strings.Join(actNames(), " "))}
		}
		f.Acts = append(f.Acts, audit.Act(a))
	}
	if f.From, err = p.instant("from", q.from, 0); err != nil {
		return f, err
	}
	f.To, err = p.instant("to", q.to, 1)
	return f, err
}

// instant reads a day, here and with more days added, or a time with its offset.
func (p *program) instant(flag, s string, days int) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	d, err := p.date(flag, s)
	if err != nil || s == "" {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(time.DateOnly, d.String(), time.Local)
	return t.AddDate(0, 0, days), err
}

// showAudit prints the entries chosen, the oldest first; with last only so many of the newest.
func (p *program) showAudit(f audit.Filter, last int) error {
	var rows [][]string
	var told error
	show := func(e audit.Entry) bool {
		if p.flags.json {
			told = p.line(e)
			return told == nil
		}
		rows = append(rows, p.auditRow(e))
		return true
	}
	err := p.auditEntries(f, last, show)
	if err = cmp.Or(err, told); err != nil || p.flags.json {
		return err
	}
	return p.listing([]string{"#", p.T("cli.col.time"), p.T("cli.col.act"), p.T("cli.col.phase"), p.T("cli.col.profile"), p.T("cli.col.user"), p.T("cli.col.result"), p.T("cli.col.note")}, rows, p.T("audit.none"))
}

func (p *program) auditEntries(f audit.Filter, last int, each func(audit.Entry) bool) error {
	if last <= 0 {
		return p.journal().Entries(func(e audit.Entry) bool { return !f.Match(e) || each(e) })
	}
	page, err := p.journal().Page(f, audit.Cursor{}, last)
	for _, e := range slices.Backward(page.Entries) {
		if !each(e) {
			break
		}
	}
	return err
}

func (p *program) auditRow(e audit.Entry) []string {
	var more []string
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		if v := e.Detail[k]; v != "" {
			more = append(more, client.SafeText(k, 40)+"="+client.SafeText(v, 80))
		}
	}
	return []string{
		fmt.Sprint(e.Seq), clock(e.Time), p.word(i18n.Key("journal.act."+string(e.Act)), string(e.Act)), p.word(i18n.Key("cli.phase."+string(e.Phase)), string(e.Phase)),
		client.SafeText(e.Profile, 40), client.SafeText(e.User, 40), p.word(i18n.Key("journal.result."+e.Result), e.Result), strings.Join(more, " "),
	}
}

func (p *program) auditVerify() *cobra.Command {
	var heads []string
	c := &cobra.Command{Use: "verify [FILE]", Short: p.T("audit.verify"), Long: p.T("audit.verify_long"), Args: p.atMost(1)}
	c.Flags().StringArrayVar(&heads, "head", nil, p.T("audit.flag_head"))
	c.RunE = func(_ *cobra.Command, args []string) error {
		known, err := p.auditHeads(heads)
		if err != nil {
			return err
		}
		r, err := p.verifyAudit(args, known)
		if err != nil {
			return err
		}
		return p.printAudit(r)
	}
	return c
}

// verifyAudit checks this user's journal, or a copy. That of another user or machine was sealed with keys that are not here; only its chain and
// heads can be checked then.
func (p *program) verifyAudit(args []string, heads []audit.Head) (*audit.Report, error) {
	if len(args) == 0 {
		return p.journal().Verify(heads...)
	}
	if _, err := os.Stat(args[0]); err != nil {
		return nil, err
	}
	r, err := audit.New(audit.Options{Path: args[0], Keys: p.auditKeys}).Verify(heads...)
	if err == nil && !slices.ContainsFunc(r.Seals, func(s audit.Seal) bool { return s.Source != "" }) {
		return audit.Open(args[0]).Verify(heads...)
	}
	return r, err
}

// auditHeads reads heads given as they were printed, or as files of such lines.
func (p *program) auditHeads(given []string) (out []audit.Head, err error) {
	for _, s := range given {
		if h, err := audit.ParseHead(s); err == nil {
			out = append(out, h)
			continue
		}
		b, err := os.ReadFile(s)
		if err != nil {
			return nil, usage{p.T("audit.bad_head", "head", s)}
		}
		for line := range strings.Lines(string(b)) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			h, err := audit.ParseHead(line)
			if err != nil {
				return nil, usage{p.T("audit.bad_head", "head", s)}
			}
			out = append(out, h)
		}
	}
	return out, nil
}

// printAudit prints what does not hold, a line each, then what the journal is worth.
func (p *program) printAudit(r *audit.Report) error {
	for _, x := range r.Problems {
		if err := p.auditProblem(x); err != nil {
			return err
		}
	}
	if p.flags.json {
		type summary struct {
			Type string `json:"type"`
			*audit.Report
			Forgeable bool      `json:"forgeable"`
			Problems  *struct{} `json:"problems,omitempty"` // they have lines of their own
			Count     int       `json:"problemCount"`
		}
		if err := p.line(summary{"summary", r, r.Forgeable(), nil, len(r.Problems)}); err != nil {
			return err
		}
	}
	p.auditWorth(r)
	if r.Err() != nil {
		return silent(exitFailed)
	}
	p.note(p.T("audit.fine", "n", r.Lines))
	return nil
}

func (p *program) auditProblem(x audit.Problem) error {
	if p.flags.json {
		return p.line(struct {
			Type string `json:"type"`
			audit.Problem
		}{"problem", x})
	}
	what := p.T(i18n.Key("audit.fault_"+strings.ReplaceAll(string(x.Fault), "-", "_")), "seq", x.Seq)
	where := p.T("audit.whole")
	if x.Line > 0 {
		where = p.T("audit.at", "file", client.SafeText(x.File, 100), "line", x.Line)
	}
	_, err := fmt.Fprintln(p.out, p.T("audit.problem", "where", where, "what", what))
	return err
}

// auditWorth says what a journal that holds together does not show.
func (p *program) auditWorth(r *audit.Report) {
	if r.Unsealed > 0 {
		p.note(p.T("audit.unsealed", "n", r.Unsealed))
	}
	if r.Torn {
		p.note(p.T("audit.torn"))
	}
	switch {
	case len(r.Seals) > 0 && !r.Checked:
		p.note(p.T("audit.unchecked"))
	case r.Forgeable():
		p.note(p.T("audit.key_in_file"))
	case len(r.Seals) > 0:
		p.note(p.T("audit.key_in_keyring"))
	}
}

func (p *program) auditHead() *cobra.Command {
	return &cobra.Command{Use: "head", Short: p.T("audit.head"), Long: p.T("audit.head_long"), Args: p.noArgs, RunE: func(*cobra.Command, []string) error {
		h, err := p.journal().Head()
		if err != nil {
			return err
		}
		if p.flags.json {
			return p.line(h)
		}
		_, err = fmt.Fprintln(p.out, h)
		return err
	}}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}
