package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"sync"

	"imagery/internal/completeness"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageText)) })

// page is what page.html shows.
type page struct {
	Lang, Title, CSP string
	Style            template.CSS
	Certified        bool
	Summary          []Fact
	Reasons          []string
	Charts           []chart
	Lists            []list
	Left             string // how many findings are not in Lists, in words
	RuleHead         []string
	Rules            [][]string
	Obtained         []Fact
	Head             []string
	ListsTitle       string
	RulesTitle       string
	ObtainedTitle    string
}

// chart is horizontal bars, drawn in SVG.
type chart struct {
	Title, Note string
	Width       int // of the drawing, px
	Height      int
	Bars        []bar
}

// bar is one line of a chart; x and widths in px.
type bar struct {
	Label, Value       string
	Y, Text            int // top of the bar, baseline of its label
	Length, Rest, From int // missing part, the rest behind it, and where that starts
	ValueX             int
}

// list is a department's findings.
type list struct {
	Title string
	Rows  [][]string
}

// HTML writes one page that needs nothing else: no script, nothing loaded, which its content security policy states too. At most
// MaxHTMLRows findings are listed, and the page says how many are not.
func (r *Report) HTML(w io.Writer) error {
	m, s := completeness.NewMatrix(r.Run), r.Run.Summary()
	sum := sha256.Sum256([]byte(pageStyle))
	p := page{
		Lang: map[string]string{"zh": "zh-CN", "en": "en"}[r.Cat.Lang()], Title: r.t("report.title"),
		CSP:   "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
		Style: template.CSS(pageStyle), Certified: s.Certified, Summary: r.summary(), RuleHead: r.ruleHeader(), Obtained: r.Obtained(), Head: r.findingHeader()[1:],
		ListsTitle: r.t("report.lists"), RulesTitle: r.t("report.sheet.rules"), ObtainedTitle: r.t("report.sheet.obtained"),
	}
	for _, why := range s.Reasons {
		p.Reasons = append(p.Reasons, r.Reason(why))
	}
	p.Charts = []chart{r.byDepartment(m), r.byColumn(m)}
	for i := range r.Run.Rules.Rules {
		p.Rules = append(p.Rules, r.ruleRow(&r.Run.Rules.Rules[i]))
	}
	p.Lists, p.Left = r.lists()
	return pageTemplate().Execute(w, p)
}

// MaxHTMLRows is how many findings a page lists: a browser has to lay them all out.
const MaxHTMLRows = 5000

func (r *Report) lists() (out []list, left string) {
	rows, over := 0, 0
	for _, v := range r.Run.Violations {
		if v.State == completeness.Cleared {
			continue
		}
		if rows++; rows > MaxHTMLRows {
			over++
			continue
		}
		row := r.findingRow(v)
		if len(out) == 0 || out[len(out)-1].Title != row[0] {
			out = append(out, list{Title: row[0]})
		}
		l := &out[len(out)-1]
		l.Rows = append(l.Rows, row[1:])
	}
	if over > 0 {
		left = r.t("report.left_out", "n", over)
	}
	return out, left
}

func (r *Report) chartNote() string {
	if r.Run.Listed {
		return r.t("report.chart_note")
	}
	return r.t("report.chart_note_unlisted")
}

func (r *Report) byDepartment(m *completeness.Matrix) chart {
	c := newChart(r.t("report.by_dept"), r.chartNote())
	groups := m.ByDepartment()
	for _, g := range groups[:min(len(groups), maxBars)] {
		c.add(r.dept(g.Code, g.Name), g.Lacking, g.Accounts, r.Run.Listed)
	}
	return c.settled(len(groups), r)
}

func (r *Report) byColumn(m *completeness.Matrix) chart {
	c := newChart(r.t("report.by_material"), r.chartNote())
	totals := m.Totals()
	for i, t := range totals[:min(len(totals), maxBars)] {
		c.add(r.column(m.Columns[i]), t.Lacking, t.Accounts, r.Run.Listed)
	}
	return c.settled(len(totals), r)
}
