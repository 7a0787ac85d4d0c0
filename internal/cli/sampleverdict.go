package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/review"
)

// said holds the flags that give a verdict.
type said struct {
	place    int
	answers  []string // CHECK[:MATERIAL]=VALUE
	all      string
	note     string
	expiries []string // MATERIAL=DATE
	skip     bool
	from     string
}

func (s *said) register(p *program, c *cobra.Command) {
	f := c.Flags()
	f.IntVar(&s.place, "place", 0, p.T("sample.flag_place"))
	f.StringArrayVar(&s.answers, "answer", nil, p.T("sample.flag_answer"))
	f.StringVar(&s.all, "all", "", p.T("sample.flag_all"))
	f.StringVar(&s.note, "note", "", p.T("sample.flag_note"))
}

var values = []string{string(review.Pass), string(review.Fail), string(review.NA), string(review.Doubt)}

func (p *program) value(s string) (review.Value, error) {
	if !slices.Contains(values, s) {
		return "", usage{p.T("sample.bad_answer", "value", client.SafeText(s, 60), "values", strings.Join(values, " "))}
	}
	return review.Value(s), nil
}

// judged is the verdict that the flags give; points are what the checklist asks about the account.
func (p *program) judged(s said, points []review.Point) (review.Verdict, error) {
	v := review.Verdict{Place: s.place, Note: s.note, Skipped: s.skip}
	for _, text := range s.answers {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return v, usage{p.T("sample.bad_answer", "value", client.SafeText(text, 60), "values", strings.Join(values, " "))}
		}
		val, err := p.value(value)
		if err != nil {
			return v, err
		}
		check, material, _ := strings.Cut(key, ":")
		v.Answers = append(v.Answers, review.Answer{Check: check, Material: material, Value: val})
	}
	for _, text := range s.expiries {
		material, date, ok := strings.Cut(text, "=")
		if !ok {
			return v, usage{p.T("sample.bad_expiry", "value", client.SafeText(text, 60))}
		}
		v.Findings = append(v.Findings, review.Finding{Kind: review.Expiry, Material: material, Date: date})
	}
	if s.all == "" || s.skip {
		return v, nil
	}
	val, err := p.value(s.all)
	if err != nil {
		return v, err
	}
	for _, x := range points {
		is := func(a review.Answer) bool { return a.Check == x.Check.ID && a.Material == x.Material }
		if !slices.ContainsFunc(v.Answers, is) {
			v.Answers = append(v.Answers, review.Answer{Check: x.Check.ID, Material: x.Material, Value: val})
		}
	}
	return v, nil
}

func (p *program) sampleVerdict() *cobra.Command {
	var s said
	c := &cobra.Command{
		Use: "verdict RUN (--place N (--answer CHECK=VALUE… | --all VALUE | --skip) | --from FILE)", Short: p.T("sample.verdict"), Long: p.T("sample.verdict_long"), Args: p.exactly(1),
		Example: "  imagery sample verdict RUN --place 1 --all pass\n  imagery sample verdict RUN --place 2 --answer signed=fail --all pass --note …\n  imagery sample verdict RUN --from verdicts.jsonl",
	}
	s.register(p, c)
	c.Flags().StringArrayVar(&s.expiries, "expiry", nil, p.T("sample.flag_expiry"))
	c.Flags().BoolVar(&s.skip, "skip", false, p.T("sample.flag_skip"))
	c.Flags().StringVar(&s.from, "from", "", p.T("sample.flag_from"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case s.from != "" && s.place != 0:
			return usage{p.T("sample.one_verdict")}
		case s.from == "" && s.place < 1:
			return usage{p.T("cli.want_flag", "flag", "--place")}
		}
		if _, err := p.judged(s, nil); err != nil { // before anybody is signed in
			return err
		}
		a, err := p.reviewer(cmd.Context())
		if err != nil {
			return err
		}
		if s.from != "" {
			return p.verdictsFrom(cmd.Context(), a, args[0], s.from)
		}
		return p.sampleError(p.giveVerdict(cmd.Context(), a, args[0], s))
	}
	return c
}

// reviewer signs in, with the database of spot checks open.
func (p *program) reviewer(ctx context.Context) (*app.App, error) {
	if _, err := p.reviews(ctx); err != nil {
		return nil, p.sampleError(err)
	}
	return p.signedIn(ctx)
}

// giveVerdict claims an account, judges it by the flags, and keeps that.
func (p *program) giveVerdict(ctx context.Context, a *app.App, run string, s said) error {
	r, err := a.Review(ctx, run)
	if err != nil {
		return err
	}
	t, err := a.TakeReview(ctx, a.NewSitting(), run, s.place)
	if err != nil {
		return err
	}
	held, err := p.heldMaterials(ctx, a, t.Item)
	if err != nil {
		return err
	}
	v, err := p.judged(s, r.Checklist.Points(held))
	if err != nil {
		return err
	}
	if v, err = a.PutVerdict(ctx, t, v); err != nil {
		return err
	}
	return p.printVerdict(run, v)
}

// heldMaterials are the codes of the materials that an account has files of.
func (p *program) heldMaterials(ctx context.Context, a *app.App, it review.Item) (codes []string, err error) {
	items, err := a.ReviewFiles(ctx, it)
	for _, x := range items {
		if c := x.Material.MaterialCode.Raw(); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	return codes, err
}

func (p *program) printVerdict(run string, v review.Verdict) error {
	if p.flags.json {
		return p.line(struct {
			Type string `json:"type"`
			Run  string `json:"run"`
			review.Verdict
		}{"verdict", run, v})
	}
	p.note(p.T("sample.judged", "place", v.Place, "outcome", p.T(i18n.Key("review.outcome."+string(v.Outcome)))))
	return nil
}

// verdictsFrom keeps verdicts as `sample show --json` prints them, a line each. One that is refused does not keep the others.
func (p *program) verdictsFrom(ctx context.Context, a *app.App, run, name string) error {
	in, err := p.openFile(name)
	if err != nil {
		return err
	}
	defer in.Close()
	refused, sitting := 0, a.NewSitting()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var v review.Verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil || v.Place < 1 {
			return usage{p.T("sample.bad_verdict_line", "line", n)}
		}
		t, err := a.TakeReview(ctx, sitting, run, v.Place)
		if err == nil {
			v, err = a.PutVerdict(ctx, t, v)
		}
		if err != nil { // a later line may be about the same account
			a.LeaveReview(ctx, sitting)
		}
		switch {
		case ctx.Err() != nil, errors.Is(err, review.ErrNoRun), errors.Is(err, app.ErrOtherProfile), errors.Is(err, review.ErrJournal):
			return p.sampleError(err)
		case err != nil:
			p.note(p.T("sample.refused_line", "line", n, "why", app.Line(err, p.cat)))
			refused++
			continue
		}
		if err := p.printVerdict(run, v); err != nil {
			return err
		}
	}
	if refused > 0 && lines.Err() == nil {
		return silent(exitPartly)
	}
	return lines.Err()
}

func (p *program) sampleUndo() *cobra.Command {
	return &cobra.Command{Use: "undo RUN", Short: p.T("sample.undo"), Long: p.T("sample.undo_long"), Args: p.exactly(1), RunE: func(cmd *cobra.Command, args []string) error {
		a, err := p.reviewer(cmd.Context())
		if err != nil {
			return err
		}
		t, _, err := a.UndoVerdict(cmd.Context(), a.NewSitting(), args[0])
		if err != nil && t.Item.Place == 0 {
			return p.sampleError(err)
		}
		if p.flags.json {
			return p.line(map[string]any{"type": "undone", "run": args[0], "place": t.Item.Place, "id": t.Item.ID})
		}
		p.note(p.T("sample.undone", "place", t.Item.Place))
		return nil
	}}
}

func (p *program) sampleReopen() *cobra.Command {
	return &cobra.Command{Use: "reopen RUN", Short: p.T("sample.reopen"), Args: p.exactly(1), RunE: func(cmd *cobra.Command, args []string) error {
		a, err := p.reviewer(cmd.Context())
		if err != nil {
			return err
		}
		n, err := a.ReopenReview(cmd.Context(), args[0])
		if err != nil {
			return p.sampleError(err)
		}
		if p.flags.json {
			return p.line(map[string]any{"type": "reopened", "run": args[0], "reviews": n})
		}
		p.note(p.T("review.reopened", "n", n))
		return nil
	}}
}
