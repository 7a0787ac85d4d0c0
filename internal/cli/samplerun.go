package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/review"
)

// reviews opens the spot checks. They are closed with the program.
func (p *program) reviews(ctx context.Context) (*review.Book, error) {
	if p.book != nil {
		return p.book, nil
	}
	b, err := review.Open(ctx, p.storePath())
	switch {
	case errors.Is(err, review.ErrPassword), ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", app.ErrReviewStore, err)
	}
	b.Journal = p.journal()
	p.book = b
	p.cleanup = append(p.cleanup, func() { _ = b.Close() })
	return b, nil
}

// drawRun freezes what the filters find, and unless told not to draws from it.
func (p *program) drawRun(ctx context.Context, d drawing) error {
	if d.by != "" && !slices.Contains(app.StrataNames, d.by) {
		return usage{p.T("sample.bad_stratify", "value", client.SafeText(d.by, 60))}
	}
	d.page, d.search.size = 1, 100
	request, err := d.request(p)
	if err != nil {
		return err
	}
	if _, err := app.ReadChecklist(d.checklist); err != nil { // before anything is asked
		return err
	}
	b, err := p.reviews(ctx)
	if err != nil {
		return err
	}
	a, err := p.signedIn(ctx)
	if err != nil {
		return err
	}
	run, err := a.FreezeReview(ctx, app.NewReview{Scope: request, Title: d.title, Question: d.Question, Strata: d.by, Checklist: d.checklist, Blind: d.blind})
	if err != nil {
		return err
	}
	p.note(p.T("sample.population", "n", run.Population, "hash", run.Hash))
	if d.freezeOnly {
		return p.printFrozen(run)
	}
	return p.drawFrom(ctx, b, run.ID, a.Session().Username, "")
}

// drawFrozen draws from a population that was frozen before. Who draws signs in, because the journal names them.
func (p *program) drawFrozen(ctx context.Context, id, seed string) error {
	b, err := p.reviews(ctx)
	if err != nil {
		return err
	}
	run, err := b.Run(ctx, id)
	if err != nil {
		return err
	}
	if run.State != review.Frozen {
		return fmt.Errorf("run %s: %w", id, review.ErrState)
	}
	a, err := p.signedIn(ctx)
	if err != nil {
		return err
	}
	s := a.Session()
	if s.Profile.Name != run.Profile {
		return usage{p.T("sample.other_profile", "profile", client.SafeText(run.Profile, 60))}
	}
	return p.drawFrom(ctx, b, id, s.Username, seed)
}

func (p *program) drawFrom(ctx context.Context, b *review.Book, id, by, seed string) error {
	run, err := b.Draw(ctx, id, by, seed)
	if err != nil {
		return err
	}
	items, err := b.Items(ctx, id)
	if err != nil {
		return err
	}
	p.note(p.T("sample.drawn", "run", run.ID, "n", len(items), "seed", client.SafeText(run.Seed, 300)))
	var rows [][]string
	for _, it := range items {
		if p.flags.json {
			if err := p.line(ofRun{run.ID, it}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{strconv.Itoa(it.Place), client.SafeText(it.AccountNo, 40), client.SafeText(it.BizType, 20), client.SafeText(it.Stratum, 40), client.SafeText(it.ID, 80), it.Ticket})
	}
	if p.flags.json {
		return nil
	}
	return p.table([]string{"#", p.T("cli.col.account"), p.T("cli.col.biz"), p.T("sample.col_stratum"), "ID", p.T("sample.col_ticket")}, rows)
}

// ofRun is a drawn item in JSON.
type ofRun struct {
	Run string `json:"run"`
	review.Item
}

// heading is a run in JSON without its population's and checklist's details.
type heading struct {
	Type       string             `json:"type"`
	ID         string             `json:"id"`
	Profile    string             `json:"profile"`
	Title      string             `json:"title"`
	State      review.State       `json:"state"`
	Population int                `json:"population"`
	Hash       string             `json:"populationHash"`
	Size       int                `json:"size"`
	Allowed    int                `json:"failuresAllowed"`
	Seed       string             `json:"seed,omitempty"`
	Blind      bool               `json:"blind"`
	FrozenAt   time.Time          `json:"frozenAt"`
	Result     *review.Result     `json:"result,omitempty"`
	Signatures []review.Signature `json:"signatures,omitempty"`
	Progress   *review.Progress   `json:"progress,omitempty"`
	Filters    map[string]string  `json:"filters,omitempty"`
}

func headingOf(r *review.Run) heading {
	return heading{
		"run", r.ID, r.Profile, r.Title, r.State, r.Population, r.Hash, r.Plan.Size, r.Plan.FailuresAllowed, r.Seed, r.Blind, r.FrozenAt, r.Result, r.Signatures, nil,
		r.Filters,
	}
}

func (p *program) printFrozen(r *review.Run) error {
	p.note(p.T("sample.frozen", "run", r.ID))
	if p.flags.json {
		return p.line(headingOf(r))
	}
	_, err := fmt.Fprintln(p.out, r.ID)
	return err
}

func (p *program) sampleShow() *cobra.Command {
	c := &cobra.Command{Use: "show [RUN]", Aliases: []string{"progress"}, Short: p.T("sample.show"), Long: p.T("sample.show_long"), Args: p.atMost(1)}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := p.reviews(cmd.Context())
		if err != nil {
			return p.sampleError(err)
		}
		if len(args) == 1 {
			return p.sampleError(p.showRun(cmd.Context(), b, args[0]))
		}
		profile := ""
		if cmd.Flags().Changed("profile") {
			profile = p.settings.Get("profile")
		}
		return p.showRuns(cmd.Context(), b, profile)
	}
	return c
}

func (p *program) showRuns(ctx context.Context, b *review.Book, profile string) error {
	runs, err := b.Runs(ctx, profile)
	if err != nil {
		return err
	}
	var rows [][]string
	for i := range runs {
		r := &runs[i]
		if p.flags.json {
			if err := p.line(headingOf(r)); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{
			r.ID, client.SafeText(r.Profile, 40), p.T(i18n.Key("sample.state_" + string(r.State))), strconv.Itoa(r.Plan.Size), strconv.Itoa(r.Population),
			clock(r.FrozenAt), client.SafeText(r.Title, 60),
		})
	}
	if p.flags.json {
		return nil
	}
	return p.listing([]string{
		p.T("sample.col_run"), p.T("cli.col.profile"), p.T("sample.col_state"), p.T("sample.col_size"), p.T("sample.col_population"), p.T("cli.col.time"), p.T("cli.col.title"),
	}, rows, p.T("sample.none"))
}

// showRun prints where a run stands, then its items with what was said of them.
func (p *program) showRun(ctx context.Context, b *review.Book, id string) error {
	r, err := b.Run(ctx, id)
	if err != nil {
		return err
	}
	me := p.settings.Get("username")
	progress, err := b.Progress(ctx, id, me)
	if err != nil {
		return err
	}
	verdicts, err := b.Verdicts(ctx, id, me)
	if err != nil {
		return err
	}
	items, err := b.Items(ctx, id)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.sampleLines(r, progress, items, verdicts)
	}
	p.note(p.T("sample.run", "run", r.ID, "state", p.T(i18n.Key("sample.state_"+string(r.State))), "population", r.Population, "size", r.Plan.Size, "hash", r.Hash, "seed", client.SafeText(r.Seed, 300)))
	p.note(p.T("sample.progress", "done", progress.Done, "reviews", progress.Reviews, "failed", progress.Failed, "undecided", progress.Undecided,
		"remaining", progress.Remaining, "spent", progress.Spent.Round(time.Second), "left", progress.Left.Round(time.Second)))
	said := map[int]review.Verdict{}
	for _, v := range verdicts {
		if v.Undone.IsZero() && v.Round >= said[v.Place].Round {
			said[v.Place] = v
		}
	}
	var rows [][]string
	for _, it := range items {
		v, outcome := said[it.Place], ""
		if v.Seq > 0 {
			outcome = p.T(i18n.Key("review.outcome." + string(v.Outcome)))
		}
		rows = append(rows, []string{
			strconv.Itoa(it.Place), client.SafeText(it.AccountNo, 40), client.SafeText(it.BizType, 20), p.T(i18n.Key("sample.item_" + string(it.State))), outcome,
			client.SafeText(v.Reviewer, 40), client.SafeText(v.Note, 80),
		})
	}
	return p.table([]string{
		"#", p.T("cli.col.account"), p.T("cli.col.biz"), p.T("sample.col_state"), p.T("sample.col_outcome"), p.T("sample.col_reviewer"), p.T("cli.col.note"),
	}, rows)
}

// sampleLines prints a run, its items and its verdicts as lines of JSON.
func (p *program) sampleLines(r *review.Run, progress review.Progress, items []review.Item, verdicts []review.Verdict) error {
	h := headingOf(r)
	h.Progress = &progress
	if err := p.line(h); err != nil {
		return err
	}
	for _, it := range items {
		if err := p.line(struct {
			Type string `json:"type"`
			review.Item
		}{"item", it}); err != nil {
			return err
		}
	}
	for _, v := range verdicts {
		if err := p.line(struct {
			Type string `json:"type"`
			review.Verdict
		}{"verdict", v}); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) samplePack() *cobra.Command {
	var out string
	var files bool
	c := &cobra.Command{Use: "pack RUN --out PATH", Short: p.T("sample.pack"), Long: p.T("sample.pack_long"), Args: p.exactly(1)}
	c.Flags().StringVar(&out, "out", "", p.T("sample.flag_out"))
	c.Flags().BoolVar(&files, "files", false, p.T("sample.flag_files"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := p.need(cmd, "out"); err != nil {
			return err
		}
		if err := app.FolderFor(out); err != nil {
			return err
		}
		options := review.PackOptions{Lang: p.cat.Lang(), By: p.settings.Get("username")}
		b, err := p.reviews(cmd.Context())
		if err != nil {
			return p.sampleError(err)
		}
		pack := func() (string, error) { return b.Pack(cmd.Context(), args[0], out, options) }
		if files {
			pack = func() (string, error) { return p.packWithFiles(cmd.Context(), args[0], out) }
		}
		digest, err := pack()
		if err != nil {
			return p.sampleError(err)
		}
		p.note(p.T("sample.packed", "path", out, "digest", digest))
		if p.flags.json {
			return p.line(map[string]string{"path": out, "digest": digest})
		}
		return nil
	}
	return c
}
