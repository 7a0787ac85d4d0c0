package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/review"
	"imagery/internal/sampling"
	"imagery/internal/text"
)

func (p *program) sample() *cobra.Command {
	c := p.group("sample", p.T("sample.group"), p.samplePlan(), p.sampleDraw(), p.sampleShow(), p.sampleVerdict(), p.sampleUndo(), p.sampleReopen(),
		p.sampleDifferences(), p.sampleSettle(), p.sampleSignoff(), p.samplePack(), p.sampleVerify(), p.sampleChecklist())
	c.PersistentFlags().String("store", "", p.T("sample.flag_store"))
	return c
}

// question holds the flags that say what a sample is asked to show.
type question struct {
	review.Question
	aql float64
}

func (q *question) register(p *program, f *pflag.FlagSet) {
	f.Float64Var(&q.Confidence, "confidence", 0.95, p.T("sample.flag_confidence"))
	f.Float64Var(&q.Tolerable, "tolerable", 0, p.T("sample.flag_tolerable"))
	f.Float64Var(&q.Expected, "expected", 0, p.T("sample.flag_expected"))
	f.IntVar(&q.Failures, "failures", 0, p.T("sample.flag_failures"))
	f.IntVar(&q.Size, "size", 0, p.T("sample.flag_size"))
	f.Float64Var(&q.Percent, "percent", 0, p.T("sample.flag_percent"))
}

func (q *question) sampling(population int) sampling.Question {
	return sampling.Question{
		Population: population, Confidence: q.Confidence, Tolerable: q.Tolerable, Expected: q.Expected, Failures: q.Failures, Size: q.Size, Percent: q.Percent,
	}
}

// sampleError puts into words what the user can put right; other errors stay what they are.
func (p *program) sampleError(err error) error {
	var q *sampling.QuestionError
	var item *sampling.ItemError
	var value *review.InvalidError
	var list *app.ChecklistError
	switch {
	case errors.As(err, &list):
		return usage{p.T("sample.bad_checklist", "detail", client.SafeText(list.Err.Error(), 300))}
	case errors.As(err, &q):
		return usage{p.questionFault(q)}
	case errors.As(err, &item):
		key := "sample.bad_id"
		if errors.Is(err, sampling.ErrDuplicate) {
			key = "sample.twice"
		}
		return usage{p.T(i18n.Key(key), "line", item.Line)}
	case errors.As(err, &value):
		return usage{p.T("sample.bad_value", "field", app.ReviewField(value, p.cat))}
	}
	if errors.Is(err, review.ErrState) { // the command is right, the run is not ready for it
		p.note(p.T("sample.stage"))
		return silent(exitFailed)
	}
	for sentinel, key := range map[error]i18n.Key{
		sampling.ErrEmpty: "sample.empty", sampling.ErrSeed: "sample.want_seed", review.ErrNoRun: "sample.no_run",
		review.ErrMoved: "sample.moved", review.ErrPassword: "sample.password",
	} {
		if errors.Is(err, sentinel) {
			return usage{p.T(key)}
		}
	}
	return err
}

// questionFault says which flag cannot be meant, and what can be.
func (p *program) questionFault(q *sampling.QuestionError) string {
	flag := "--" + q.Field
	if q.Field == "strata" {
		flag = "--stratify"
	}
	switch {
	case errors.Is(q, sampling.ErrConflict):
		return p.T("sample.question_conflict", "flag", flag)
	case errors.Is(q, sampling.ErrImpossible):
		return p.T("sample.question_impossible", "flag", flag)
	}
	if _, ok := p.cat.Lookup(i18n.Key("sample.range." + q.Field)); !ok {
		return p.T("sample.question_range", "flag", flag)
	}
	return p.T("sample.question_wants", "flag", flag, "range",
		p.T(i18n.Key("sample.range."+q.Field), "population", text.Count(sampling.MaxPopulation), "size", text.Count(sampling.MaxSize)))
}

func (p *program) samplePlan() *cobra.Command {
	var q question
	population := 0
	c := &cobra.Command{
		Use: "plan", Short: p.T("sample.plan"), Long: p.T("sample.plan_long"), Args: p.noArgs,
		Example: "  imagery sample plan --population 12384 --confidence 0.95 --tolerable 0.05\n  imagery sample plan --tolerable 0.05 --expected 0.01 --json",
	}
	q.register(p, c.Flags())
	c.Flags().IntVar(&population, "population", 0, p.T("sample.flag_population"))
	c.Flags().Float64Var(&q.aql, "aql", 0, p.T("sample.flag_aql"))
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("aql") {
			return p.inspect(cmd, population, q.aql)
		}
		plan, err := sampling.NewPlan(q.sampling(population))
		if err != nil {
			return p.sampleError(err)
		}
		if p.flags.json {
			return p.line(plan)
		}
		return p.table([]string{p.T("sample.col_size"), p.T("sample.col_allowed"), p.T("sample.col_bound"), p.T("sample.col_distribution")},
			[][]string{{strconv.Itoa(plan.Size), strconv.Itoa(plan.FailuresAllowed), rate(plan.Limit), string(plan.Distribution)}})
	}
	return c
}

// rate prints an upper bound with five digits.
func rate(l sampling.Limit) string { return strconv.FormatFloat(l.Rate, 'f', 5, 64) }

// inspect prints a plan of ISO 2859-1, which is no answer to the same question.
func (p *program) inspect(cmd *cobra.Command, lot int, aql float64) error {
	for _, other := range []string{"tolerable", "expected", "failures", "size", "percent", "confidence"} {
		if cmd.Flags().Changed(other) {
			return usage{p.T("sample.question_conflict", "flag", "--aql")}
		}
	}
	plan, err := sampling.Inspect(lot, aql)
	if err != nil {
		return p.sampleError(err)
	}
	p.note(p.T("sample.process"))
	if p.flags.json {
		return p.line(plan)
	}
	return p.table([]string{p.T("sample.col_letter"), p.T("sample.col_size"), p.T("sample.col_accept"), p.T("sample.col_reject")},
		[][]string{{plan.Plan, strconv.Itoa(plan.Size), strconv.Itoa(plan.Accept), strconv.Itoa(plan.Reject)}})
}

// drawing holds the flags of sample draw.
type drawing struct {
	question
	search
	seed, ids, title, by, checklist string
	blind, freezeOnly               bool
}

func (p *program) sampleDraw() *cobra.Command {
	var d drawing
	c := &cobra.Command{
		Use: "draw (--ids FILE --seed S --size N | RUN | filters)", Short: p.T("sample.draw"), Long: p.T("sample.draw_long"), Args: p.atMost(1),
		Example: "  imagery sample draw --seed 20260402 --size 30 --ids accounts.txt --json\n  imagery sample draw --dept 1101 --tolerable 0.05 --stratify biz-type\n" +
			"  imagery sample draw --freeze-only --tolerable 0.05\n  imagery sample draw RUN --seed 73189402217766204538",
	}
	f := c.Flags()
	d.question.register(p, f)
	d.search.register(p, f)
	f.StringSliceVar(&d.biz, "biz-type", nil, p.T("cli.flag.biz_types"))
	f.StringVar(&d.seed, "seed", "", p.T("sample.flag_seed"))
	f.StringVar(&d.ids, "ids", "", p.T("sample.flag_ids"))
	f.StringVar(&d.title, "title", "", p.T("sample.flag_title"))
	f.StringVar(&d.by, "stratify", "", p.T("sample.flag_stratify"))
	f.IntVar(&d.Minimum, "minimum", 0, p.T("sample.flag_minimum"))
	f.StringVar(&d.checklist, "checklist", "", p.T("sample.flag_checklist"))
	f.BoolVar(&d.blind, "blind", false, p.T("sample.flag_blind"))
	f.BoolVar(&d.freezeOnly, "freeze-only", false, p.T("sample.flag_freeze_only"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case d.ids != "" && len(args) > 0:
			return usage{p.T("sample.one_source")}
		case d.ids != "":
			return p.drawIDs(cmd, d)
		case len(args) == 1:
			return p.sampleError(p.drawFrozen(cmd.Context(), args[0], d.seed))
		case d.seed != "":
			return usage{p.T("sample.seed_after")}
		}
		return p.sampleError(p.drawRun(cmd.Context(), d))
	}
	return c
}

// drawIDs draws from a file of ids, and keeps nothing.
func (p *program) drawIDs(cmd *cobra.Command, d drawing) error {
	if err := p.need(cmd, "seed"); err != nil {
		return err
	}
	if !cmd.Flags().Changed("size") {
		return usage{p.T("cli.want_flag", "flag", "--size")}
	}
	in, err := p.openFile(d.ids)
	if err != nil {
		return err
	}
	defer in.Close()
	items, err := sampling.ReadItems(in)
	if err != nil {
		return p.sampleError(err)
	}
	population, err := sampling.Freeze(items)
	if err != nil {
		return p.sampleError(err)
	}
	tickets, err := sampling.Draw(population, d.seed, d.Size)
	if err != nil {
		return p.sampleError(err)
	}
	p.note(p.T("sample.population", "n", population.Len(), "hash", population.Hash()))
	var rows [][]string
	for _, t := range tickets {
		if p.flags.json {
			if err := p.line(t); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{client.SafeText(t.ID, 300), t.Number})
	}
	if p.flags.json {
		return nil
	}
	return p.table([]string{"ID", p.T("sample.col_ticket")}, rows)
}

func (p *program) sampleVerify() *cobra.Command {
	return &cobra.Command{Use: "verify PACK", Short: p.T("sample.verify"), Long: p.T("sample.verify_long"), Args: p.exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		c, err := review.Verify(args[0])
		if err != nil {
			return err
		}
		for _, x := range c.Problems {
			if err := p.packProblem(x); err != nil {
				return err
			}
		}
		if p.flags.json {
			err := p.line(map[string]any{"type": "summary", "digest": c.Digest, "files": c.Files, "items": c.Items, "verdicts": c.Verdicts, "problemCount": len(c.Problems)})
			if err != nil {
				return err
			}
		}
		if c.Err() != nil {
			return silent(exitFailed)
		}
		p.note(p.T("sample.holds", "items", c.Items, "verdicts", c.Verdicts, "files", c.Files, "digest", c.Digest))
		return nil
	}}
}

func (p *program) packProblem(x review.Problem) error {
	if p.flags.json {
		return p.line(struct {
			Type string `json:"type"`
			review.Problem
		}{"problem", x})
	}
	where := client.SafeText(x.File, 200)
	if x.At > 0 {
		where = p.T("sample.at", "file", where, "n", x.At)
	}
	what := p.T(i18n.Key("sample.fault_" + strings.ReplaceAll(string(x.Fault), "-", "_")))
	_, err := fmt.Fprintln(p.out, p.T("sample.problem", "where", where, "what", what))
	return err
}

// storePath is the database of spot checks: the setting, else this user's own file.
func (p *program) storePath() string {
	if s := p.settings.Get("store"); s != "" {
		return s
	}
	return filepath.Join(p.paths.State, "review.db")
}
