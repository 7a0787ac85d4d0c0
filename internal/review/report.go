package review

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagery/internal/i18n"
	"imagery/internal/sampling"
)

// document is a run's report: words in one language, for paper and for a workbook.
type document struct {
	t          func(i18n.Key, ...any) string
	lang       string
	zone       *time.Location
	title      string
	conclusion string
	facts      [][]string // label and value
	tables     []reportTable
	signatures [][]string
}

type reportTable struct {
	Title string
	Head  []string
	Rows  [][]string
}

func (e *evidence) report(words *i18n.Catalogue) *document {
	d := &document{t: words.T, lang: words.Lang(), zone: e.o.Zone}
	r := e.run
	d.title = r.Title
	if d.title == "" {
		d.title = d.t("review.report.title")
	}
	d.conclusion = d.concluded(r)
	d.facts = d.described(r)
	d.tables = []reportTable{d.strata(r), d.checks(r), d.notPassed(e), d.found(e), d.reviewers(e.verdicts)}
	for _, s := range r.Signatures {
		d.signatures = append(d.signatures, []string{s.By, d.time(s.At), s.Note})
	}
	return d
}

func (d *document) time(t time.Time) string { return t.In(d.zone).Format("2006-01-02 15:04:05 -07:00") }

// percent writes a rate as the decimal number it was given as: 7 %, not 7.000000000000001 %.
func percent(rate float64) string { return strconv.FormatFloat(100*rate, 'g', 10, 64) + " %" }

// atMost writes an upper bound, rounded up so that it is still one.
func atMost(l sampling.Limit) string {
	hundredths := int(l.Rate * 1e4)
	if float64(hundredths) < l.Rate*1e4 {
		hundredths++
	}
	out := fmt.Sprintf("≤ %d.%02d %%", hundredths/100, hundredths%100)
	if l.Count > 0 {
		out += fmt.Sprintf(" (≤ %d)", l.Count)
	}
	return out
}

func (d *document) concluded(r *Run) string {
	key := "review.report.conclusion_" + strings.ReplaceAll(string(r.Result.Conclusion), "-", "_")
	return d.t(i18n.Key(key), "confidence", percent(r.Result.Confidence), "tolerable", percent(r.Question.Tolerable), "worst", atMost(r.Result.Worst),
		"found", atMost(r.Result.Bound), "failed", r.Result.Failed, "undecided", r.Result.Undecided, "allowed", r.Plan.FailuresAllowed)
}

// Concluded says in words what the result of a run means for what was asked. The run has one, signed or as Book.Result tells it.
func Concluded(r *Run, words *i18n.Catalogue) string { return (&document{t: words.T}).concluded(r) }

func (d *document) described(r *Run) [][]string {
	var filters []string
	for _, k := range slices.Sorted(maps.Keys(r.Filters)) {
		filters = append(filters, k+"="+r.Filters[k])
	}
	mode := d.t("review.report.single")
	if r.Blind {
		mode = d.t("review.report.blind")
	}
	res := r.Result
	return [][]string{
		{d.t("review.report.run"), r.ID},
		{d.t("review.report.profile"), r.Profile},
		{d.t("review.report.filters"), strings.Join(filters, "; ")},
		{d.t("review.report.population"), strconv.Itoa(r.Population)},
		{d.t("review.report.hash"), r.Hash},
		{d.t("review.report.frozen"), d.time(r.FrozenAt) + "  " + r.FrozenBy},
		{d.t("review.report.seed"), r.Seed},
		{d.t("review.report.drawn"), d.time(r.DrawnAt) + "  " + r.DrawnBy},
		{d.t("review.report.plan"), d.t("review.report.planned", "size", r.Plan.Size, "allowed", r.Plan.FailuresAllowed, "confidence", percent(r.Question.Confidence), "bound", atMost(r.Plan.Limit))},
		{d.t("review.report.mode"), mode},
		{d.t("review.report.outcome"), d.t("review.report.counted", "passed", res.Passed, "failed", res.Failed, "undecided", res.Undecided)},
		{d.t("review.report.bound_found"), atMost(res.Bound)},
		{d.t("review.report.bound_worst"), atMost(res.Worst)},
		{d.t("review.report.spent"), duration(res.Spent)},
	}
}

func duration(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second).String()
}

func (d *document) strata(r *Run) reportTable {
	t := reportTable{Title: d.t("review.report.strata"), Head: []string{
		d.t("review.report.stratum"), d.t("review.report.population"), d.t("review.report.sample"), d.t("review.report.failed"), d.t("review.report.undecided"),
		d.t("review.report.bound_worst"),
	}}
	for _, p := range r.Result.Strata {
		limit := ""
		if p.Worst != nil {
			limit = atMost(*p.Worst)
		}
		t.Rows = append(t.Rows, []string{p.Name, strconv.Itoa(p.Size), strconv.Itoa(p.Sample), strconv.Itoa(p.Failed), strconv.Itoa(p.Undecided), limit})
	}
	return t
}

func (d *document) value(v Value) string { return d.t(i18n.Key("review.value." + string(v))) }

func (d *document) checks(r *Run) reportTable {
	t := reportTable{Title: d.t("review.report.checks"), Head: []string{d.t("review.report.check"), d.value(Pass), d.value(Fail), d.value(NA), d.value(Doubt)}}
	for _, c := range r.Result.Checks {
		x, _ := r.Checklist.find(c.Check)
		t.Rows = append(t.Rows, []string{x.Label(d.lang), strconv.Itoa(c.Pass), strconv.Itoa(c.Fail), strconv.Itoa(c.NA), strconv.Itoa(c.Doubt)})
	}
	return t
}

// notPassed lists the items that failed or are undecided, with the answers that say so.
func (d *document) notPassed(e *evidence) reportTable {
	t := reportTable{Title: d.t("review.report.not_passed"), Head: []string{
		d.t("review.report.place"), d.t("review.report.account"), d.t("review.report.biz"), d.t("review.report.outcome"), d.t("review.report.answers"),
		d.t("review.report.note"), d.t("review.report.reviewer"),
	}}
	both := pairs(e.verdicts)
	for _, it := range e.items {
		v, ok := both[it.Place].settled(e.run.rounds())
		if !ok || v.Outcome == Passed {
			continue
		}
		var answers []string
		for _, a := range v.Answers {
			if x, _ := e.run.Checklist.find(a.Check); a.Value == Fail || a.Value == Doubt {
				answers = append(answers, strings.TrimSpace(a.Material+" "+x.Label(d.lang))+": "+d.value(a.Value))
			}
		}
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(it.Place), it.AccountNo, it.BizType, d.t(i18n.Key("review.outcome." + string(v.Outcome))), strings.Join(answers, "; "), v.Note, v.Reviewer,
		})
	}
	return t
}

func (d *document) found(e *evidence) reportTable {
	t := reportTable{Title: d.t("review.report.findings"), Head: []string{
		d.t("review.report.place"), d.t("review.report.account"), d.t("review.report.kind"), d.t("review.report.material"), d.t("review.report.date"),
		d.t("review.report.note"), d.t("review.report.reviewer"),
	}}
	for _, row := range findingTable(e.run, e.items, e.verdicts)[1:] {
		t.Rows = append(t.Rows, []string{row[1], row[3], d.t(i18n.Key("review.finding." + row[5])), row[6], row[7], row[8], row[4]})
	}
	return t
}

// reviewers lists who gave how many verdicts and when.
func (d *document) reviewers(verdicts []Verdict) reportTable {
	t := reportTable{Title: d.t("review.report.reviewers"), Head: []string{
		d.t("review.report.reviewer"), d.t("review.report.verdicts"), d.t("review.report.taken_back"), d.t("review.report.spent"), d.t("review.report.first"),
		d.t("review.report.last"),
	}}
	type work struct {
		given, undone int
		spent         int64
		first, last   time.Time
	}
	by := map[string]*work{}
	for _, v := range verdicts {
		w := by[v.Reviewer]
		if w == nil {
			w = &work{first: v.At}
			by[v.Reviewer] = w
		}
		w.given++
		w.spent += v.Spent
		w.last = v.At
		if !v.Undone.IsZero() {
			w.undone++
		}
	}
	for _, who := range slices.Sorted(maps.Keys(by)) {
		w := by[who]
		t.Rows = append(t.Rows, []string{who, strconv.Itoa(w.given), strconv.Itoa(w.undone), duration(w.spent), d.time(w.first), d.time(w.last)})
	}
	return t
}
