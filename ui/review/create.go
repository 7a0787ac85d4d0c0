package review

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	engine "imagery/internal/review"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// The Actions of the dialogs that bring a run about.
type (
	frozen struct{ *engine.Run }
	drawn  struct{ *engine.Run }
)

// The ways to plan a sample.
const (
	byDiscovery = "discovery"
	byAttribute = "attribute"
	bySize      = "size"
	byPercent   = "percent"
)

// creator is the dialog of a new run.
type creator struct {
	*overlay.Form
	env    *core.Env
	svc    Service
	scope  client.SearchAccountsRequest
	freeze core.Load[*engine.Run]
}

func (m *Model) create() tea.Cmd {
	return core.Open(newCreator(m.env, m.svc, m.scope, m.scopeWords), m)
}

func newCreator(env *core.Env, svc Service, scope client.SearchAccountsRequest, words func() string) *creator {
	d := &creator{env: env, svc: svc, scope: scope}
	method := field.NewRadio(env,
		field.Option{Value: byDiscovery, Key: "review.new.by_discovery"}, field.Option{Value: byAttribute, Key: "review.new.by_attribute"},
		field.Option{Value: bySize, Key: "review.new.by_size"}, field.Option{Value: byPercent, Key: "review.new.by_percent"})
	not := func(ways ...string) func() bool {
		return func() bool { return !slices.Contains(ways, method.Value()) }
	}
	strata := field.NewRadio(env, append([]field.Option{{Value: "none", Key: "review.new.no_strata"}}, divisions...)...)
	blind := field.NewChecks(env, field.Option{Value: "blind", Key: "review.new.blind_long"})
	title := field.NewText(env)
	title.MaxLen = 100
	title.SetValue(env.T("review.new.default_title", "day", env.Now().Format(time.DateOnly)))
	checklist := field.NewFilePath(env, svc.CompletePath)
	checklist.Placeholder = env.T("review.new.checklist_usual")
	f := form.New(env, []form.Row{
		{ID: "title", Label: "review.new.title", Control: title, Required: true},
		{ID: "method", Label: "review.new.method", Control: method, Hint: "review.new.method_hint"},
		{ID: "confidence", Label: "review.new.confidence", Control: d.rate("95"), Required: true},
		{ID: "tolerable", Label: "review.new.tolerable", Control: d.rate("5"), Required: true, Hidden: not(byDiscovery, byAttribute)},
		{ID: "expected", Label: "review.new.expected", Control: d.rate("1"), Required: true, Hidden: not(byAttribute)},
		{ID: "size", Label: "review.new.size", Control: d.count("30"), Required: true, Hidden: not(bySize)},
		{ID: "percent", Label: "review.new.percent", Control: d.rate("10"), Required: true, Hidden: not(byPercent)},
		{ID: "strata", Label: "review.new.strata", Control: strata},
		{ID: "minimum", Label: "review.new.minimum", Control: d.count("1"), Hidden: func() bool { return strata.Value() == "none" }},
		{ID: "blind", Label: "review.new.blind", Control: blind},
		{ID: "checklist", Label: "review.new.checklist", Control: checklist, Hint: "review.new.checklist_hint"},
	},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "freeze", Label: "review.new.freeze", Submit: true, Do: d.submit})
	d.Form = overlay.NewForm(env, env.Words("review.new.heading"), f)
	d.HeadFn = func(w, most int) []string {
		lines := append(text.Wrap(words(), w), text.Wrap(env.T("review.new.population"), w)...)
		return append(lines[:min(len(lines), max(1, most-1))], "")
	}
	d.Working = d.working
	return d
}

// rate is a field for a percentage between 0 and 100.
func (d *creator) rate(value string) *field.Text {
	t := field.NewText(d.env)
	t.MaxLen = 8
	t.SetValue(value)
	t.Validate = func(s string) string {
		if v, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64); err != nil || v <= 0 || v > 100 {
			return d.env.T("review.new.bad_rate")
		}
		return ""
	}
	return t
}

// count is a field for a number of accounts.
func (d *creator) count(value string) *field.Text {
	t := field.NewText(d.env)
	t.MaxLen = 8
	t.SetValue(value)
	t.Validate = func(s string) string {
		if n, err := strconv.Atoi(s); err != nil || n < 1 {
			return d.env.T("review.new.bad_count")
		}
		return ""
	}
	return t
}

// question is what the fields ask.
func (d *creator) question() engine.Question {
	f := d.Form.Form
	rate := func(id string) float64 {
		v, _ := strconv.ParseFloat(strings.TrimSuffix(f.Value(id), "%"), 64)
		return v / 100
	}
	count := func(id string) int { n, _ := strconv.Atoi(f.Value(id)); return n }
	q := engine.Question{Confidence: rate("confidence")}
	switch f.Value("method") {
	case byDiscovery:
		q.Tolerable = rate("tolerable")
	case byAttribute:
		q.Tolerable, q.Expected = rate("tolerable"), rate("expected")
	case bySize:
		q.Size = count("size")
	case byPercent:
		q.Percent = 100 * rate("percent")
	}
	if f.Value("strata") != "none" {
		q.Minimum = count("minimum")
	}
	return q
}

// submit reads the population off the Update goroutine: it may be large.
func (d *creator) submit() tea.Cmd {
	f := d.Form.Form
	w := Wanted{Scope: d.scope, Title: f.Value("title"), Question: d.question(), Checklist: f.Value("checklist"), Blind: f.Value("blind") != ""}
	if s := f.Value("strata"); s != "none" {
		w.Strata = s
	}
	f.SetNote("", false)
	svc := d.svc
	return d.freeze.Start(d.env.Ctx, func(ctx context.Context) (*engine.Run, error) { return svc.FreezeRun(ctx, w) })
}

func (d *creator) working() (words string, stop func()) {
	if d.freeze.Busy() {
		return d.env.T("review.new.freezing"), d.freeze.Stop
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *creator) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if act, mine := overlay.Answered(d.Form, &d.freeze, msg, d.svc.Explain, func(r *engine.Run) core.Action { return frozen{r} }); mine {
		return act, nil
	}
	return d.Form.Update(msg)
}

// drawer is the dialog that draws the sample of a frozen run.
type drawer struct {
	*overlay.Form
	env  *core.Env
	svc  Service
	run  engine.Run
	draw core.Load[*engine.Run]
}

func (m *Model) askDraw(r engine.Run) tea.Cmd { return core.Open(newDrawer(m.env, m.svc, r), m) }

func newDrawer(env *core.Env, svc Service, r engine.Run) *drawer {
	d := &drawer{env: env, svc: svc, run: r}
	seed := field.NewText(env)
	seed.MaxLen = 100
	f := form.New(env, []form.Row{{ID: "seed", Label: "review.draw.seed", Control: seed, Above: true, Hint: "review.draw.seed_hint"}},
		form.Button{ID: "later", Label: "review.draw.later", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "draw", Label: "review.draw.draw", Submit: true, Do: d.submit})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(env, env.Words("review.draw.heading"), f)
	d.HeadFn = d.facts
	d.Working = d.working
	return d
}

// facts are what is on record before a seed is chosen.
func (d *drawer) facts(w, most int) []string {
	t, r := d.env.T, d.run
	var lines []string
	for _, s := range []string{
		t("review.draw.population", "n", text.Count(int64(r.Population))), "SHA-256 " + r.Hash,
		t("review.draw.plan", "size", text.Count(int64(r.Plan.Size)), "allowed", r.Plan.FailuresAllowed, "confidence", percent(r.Question.Confidence), "bound", percent(r.Plan.Rate)),
	} {
		lines = append(lines, text.Wrap(s, w)...)
	}
	lines = append(lines, shares(d.env, d.svc.Codes(), r)...)
	if len(lines) > most && most > 1 {
		lines = append(lines[:most-1], "..")
	}
	return append(lines, "")
}

func (d *drawer) submit() tea.Cmd {
	svc, run, seed := d.svc, d.run.ID, d.Form.Form.Value("seed")
	d.Form.Form.SetNote("", false)
	return d.draw.Start(d.env.Ctx, func(ctx context.Context) (*engine.Run, error) { return svc.DrawReview(ctx, run, seed) })
}

func (d *drawer) working() (words string, stop func()) {
	if d.draw.Busy() {
		return d.env.T("review.draw.drawing"), nil
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *drawer) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if act, mine := overlay.Answered(d.Form, &d.draw, msg, d.svc.Explain, func(r *engine.Run) core.Action { return drawn{r} }); mine {
		return act, nil
	}
	return d.Form.Update(msg)
}

// closed goes on from a dialog: from the population to the draw, and from the draw to the review.
func (m *Model) closed(msg core.DialogClosedMsg) tea.Cmd {
	if owner, ok := msg.Owner.(*Model); !ok || owner != m {
		return nil
	}
	switch act := msg.Action.(type) {
	case frozen:
		return tea.Batch(m.reload(act.ID), core.OpenUnasked(newDrawer(m.env, m.svc, *act.Run), m))
	case drawn:
		return tea.Batch(m.reload(act.ID), m.leave(OpenMsg{*act.Run}))
	case signedOff:
		return tea.Batch(m.reload(act.ID), core.Toast(core.Success, m.env.T("review.sign.done", "key", m.env.KeyOf("review.pack", "e"))))
	case packed:
		words := m.env.T("review.pack.done", "path", client.SafeText(act.path, 200))
		lines := []string{words, "", "SHA256SUMS", act.digest, "", m.env.T("review.pack.keep"), "", "imagery sample verify " + client.SafeText(act.path, 200)}
		return core.OpenUnasked(overlay.NewMessage(m.env, m.env.T("review.pack.heading"), lines...), nil)
	}
	return nil
}
