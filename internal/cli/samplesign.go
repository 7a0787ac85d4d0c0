package cli

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"imagery/assets"
	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/review"
)

func (p *program) sampleDifferences() *cobra.Command {
	return &cobra.Command{Use: "differences RUN", Short: p.T("sample.differences"), Args: p.exactly(1), RunE: func(cmd *cobra.Command, args []string) error {
		a, err := p.reviewer(cmd.Context())
		if err != nil {
			return err
		}
		all, err := a.ReviewDifferences(cmd.Context(), args[0])
		if err != nil {
			return p.sampleError(err)
		}
		return p.printDifferences(all)
	}}
}

func (p *program) printDifferences(all []review.Difference) error {
	var rows [][]string
	for _, d := range all {
		if p.flags.json {
			if err := p.line(d); err != nil {
				return err
			}
			continue
		}
		settled := ""
		if d.Settled != nil {
			settled = p.T(i18n.Key("review.outcome." + string(d.Settled.Outcome)))
		}
		outcome := func(v review.Verdict) string {
			return p.T(i18n.Key("review.outcome."+string(v.Outcome))) + " " + client.SafeText(v.Reviewer, 40)
		}
		rows = append(rows, []string{strconv.Itoa(d.Item.Place), client.SafeText(d.Item.AccountNo, 40), outcome(d.First), outcome(d.Second), settled})
	}
	if p.flags.json {
		return nil
	}
	return p.listing([]string{"#", p.T("cli.col.account"), p.T("review.differences.first"), p.T("review.differences.second"), p.T("review.differences.settled")}, rows, p.T("sample.no_differences"))
}

func (p *program) sampleSettle() *cobra.Command {
	var s said
	c := &cobra.Command{Use: "settle RUN --place N (--answer CHECK=VALUE… | --all VALUE) --note REASON", Short: p.T("sample.settle"), Args: p.exactly(1)}
	s.register(p, c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if s.place < 1 {
			return usage{p.T("cli.want_flag", "flag", "--place")}
		}
		if err := p.need(cmd, "note"); err != nil {
			return err
		}
		a, err := p.reviewer(cmd.Context())
		if err != nil {
			return err
		}
		return p.sampleError(p.settle(cmd.Context(), a, args[0], s))
	}
	return c
}

func (p *program) settle(ctx context.Context, a *app.App, run string, s said) error {
	r, err := a.Review(ctx, run)
	if err != nil {
		return err
	}
	all, err := a.ReviewDifferences(ctx, run)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(d review.Difference) bool { return d.Item.Place == s.place })
	if at < 0 {
		return usage{p.T("sample.no_difference", "place", s.place)}
	}
	held, err := p.heldMaterials(ctx, a, all[at].Item)
	if err != nil {
		return err
	}
	v, err := p.judged(s, r.Checklist.Points(held))
	if err != nil {
		return err
	}
	if v, err = a.SettleReview(ctx, run, v); err != nil {
		return err
	}
	return p.printVerdict(run, v)
}

func (p *program) sampleSignoff() *cobra.Command {
	var note string
	var yes bool
	c := &cobra.Command{Use: "signoff RUN", Short: p.T("sample.signoff"), Long: p.T("sample.signoff_long"), Args: p.exactly(1)}
	c.Flags().StringVar(&note, "note", "", p.T("sample.flag_sign_note"))
	c.Flags().BoolVarP(&yes, "yes", "y", false, p.T("sample.flag_yes"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		a, err := p.reviewer(cmd.Context())
		if err != nil {
			return err
		}
		words, err := a.Conclusion(cmd.Context(), args[0], p.cat.Lang())
		if err != nil {
			return p.sampleError(err)
		}
		p.note(words)
		if !yes && !p.interactive() {
			return usage{p.T("sample.want_yes")}
		}
		if !yes && !p.confirm(p.T("sample.sign_confirm")) {
			p.note(p.T("cli.nothing_done"))
			return silent(exitFailed)
		}
		r, err := a.SignReview(cmd.Context(), args[0], note)
		if err != nil {
			return p.sampleError(err)
		}
		if p.flags.json {
			return p.line(headingOf(r))
		}
		p.note(p.T("sample.signed", "run", r.ID, "by", client.SafeText(r.Signatures[len(r.Signatures)-1].By, 60), "time", clock(r.Signatures[len(r.Signatures)-1].At)))
		return nil
	}
	return c
}

// sampleChecklist prints the checklist that is shipped, or checks one.
func (p *program) sampleChecklist() *cobra.Command {
	return &cobra.Command{Use: "checklist [FILE]", Short: p.T("sample.checklist"), Args: p.atMost(1), RunE: func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			text, err := assets.FS.ReadFile("review/checklist.toml")
			if err == nil {
				_, err = p.out.Write(text)
			}
			return err
		}
		list, err := app.ReadChecklist(args[0])
		if err != nil {
			return p.sampleError(err)
		}
		p.note(p.T("sample.checklist_fine", "n", len(list.Checks)))
		return nil
	}}
}

// packWithFiles writes a pack with the sampled accounts' files, which are fetched for it.
func (p *program) packWithFiles(ctx context.Context, run, out string) (digest string, err error) {
	a, err := p.reviewer(ctx)
	if err != nil {
		return "", err
	}
	_, digest, err = a.PackReview(ctx, run, app.NewPack{Path: out, Lang: p.cat.Lang(), Files: true})
	return digest, err
}
