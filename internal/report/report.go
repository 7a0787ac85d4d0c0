// Package report writes a completeness run for people: CSV, XLSX and one HTML page without anything from outside. All words are of the
// catalogue; account numbers and names are masked unless asked for; texts from the platform are sanitised, and no cell is a formula.
package report

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/completeness"
	"imagery/internal/i18n"
	"imagery/internal/rules"
)

// Report is a run and what is told about it.
type Report struct {
	Run *completeness.Run
	// Profile and Operator are the platform's profile and the login whose departments the run saw.
	Profile, Operator string
	// Name returns the name of a code, "" if it has none; nil: nothing has a name.
	Name func(t codes.Table, code client.Text) string
	Cat  *i18n.Catalogue
	// Unmasked prints account numbers and names whole.
	Unmasked bool
	// Since is what changed since an earlier run, which ended at Before; nil: nothing is said about it.
	Since  *completeness.Diff
	Before time.Time
	// Location is the zone that times are printed in; nil: that of the run's own times.
	Location *time.Location
}

func (r *Report) t(key i18n.Key, pairs ...any) string { return r.Cat.T(key, pairs...) }

// named returns a code with its name behind it.
func (r *Report) named(t codes.Table, code string) string {
	safe := client.Text(code).String()
	if r.Name == nil {
		return safe
	}
	if name := client.Text(r.Name(t, client.Text(code))).String(); name != "" && name != safe {
		return strings.TrimSpace(safe + " " + name)
	}
	return safe
}

func (r *Report) namedList(t codes.Table, list []string) string {
	out := make([]string, len(list))
	for i, code := range list {
		out[i] = r.named(t, code)
	}
	return strings.Join(out, r.t("report.or"))
}

func (r *Report) dept(code, name client.Text) string {
	if name == "" {
		return r.named(codes.Departments, code.Raw())
	}
	return strings.TrimSpace(code.String() + " " + name.String())
}

// number is an account's number as this report shows it.
func (r *Report) number(a *completeness.Account) string {
	if r.Unmasked {
		return a.No.String()
	}
	return client.Mask(a.No.Raw())
}

// holder is the name of an account as this report shows it: masked, only its first character is left.
func (r *Report) holder(a *completeness.Account) string {
	name := a.Name.String()
	if r.Unmasked || name == "" {
		return name
	}
	first, n := utf8.DecodeRuneInString(name)
	return string(first) + strings.Repeat("*", utf8.RuneCountInString(name[n:]))
}

func (r *Report) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if r.Location != nil {
		t = t.In(r.Location)
	}
	return t.Format("2006-01-02 15:04:05 -07:00")
}

// Fact is a line of the summary or of how a result was obtained.
type Fact struct{ Label, Value string }

// summary says what was found.
func (r *Report) summary() []Fact {
	s := r.Run.Summary()
	certified := r.t("report.certified")
	if !s.Certified {
		certified = r.t("report.not_certified")
	}
	out := []Fact{
		{r.t("report.accounts"), strconv.FormatInt(s.Accounts, 10)},
		{r.t("report.accounts_missing"), strconv.Itoa(s.AccountsMissing)},
		{r.t("report.violations"), strconv.Itoa(s.Violations)},
		{r.t("report.result"), certified},
	}
	if r.Since != nil {
		out = append(
			out, Fact{r.t("report.fixed", "at", r.moment(r.Before)), strconv.Itoa(len(r.Since.Fixed))},
			Fact{r.t("report.new", "at", r.moment(r.Before)), strconv.Itoa(len(r.Since.New))},
		)
		for _, why := range Caveats(r.Since, r.Cat) {
			out = append(out, Fact{r.t("report.compared"), why})
		}
	}
	return out
}

// Caveats says in words what a comparison of two runs does not tell.
func Caveats(d *completeness.Diff, cat *i18n.Catalogue) (out []string) {
	if d.OtherScope {
		out = append(out, cat.T("completeness.other_scope"))
	}
	if d.OtherRules {
		out = append(out, cat.T("completeness.other_rules"))
	}
	if len(d.Open) > 0 {
		out = append(out, cat.T("completeness.not_compared", "rules", strings.Join(d.Open, " ")))
	}
	return out
}

// Obtained says how the result came about, and what it rests on.
func (r *Report) Obtained() []Fact {
	run, s := r.Run, r.Run.Summary()
	out := []Fact{
		{r.t("report.profile"), client.Text(r.Profile).String()},
		{r.t("report.operator"), client.Text(r.Operator).String()},
		{r.t("report.departments"), r.departments()},
		{r.t("report.scope"), r.scope()},
		{r.t("report.started"), r.moment(s.StartedAt.Time)},
		{r.t("report.finished"), r.moment(s.FinishedAt.Time)},
		{r.t("report.requests"), strconv.Itoa(s.Requests)},
		{r.t("report.rules_hash"), s.RulesHash},
		{r.t("report.basis"), r.t(i18n.Key("report.customer." + known(run.Basis.Customer)))},
		{r.t("report.held"), r.t(i18n.Key("report.history." + strconv.FormatBool(run.History)))},
	}
	if len(run.Moved) > 0 {
		out = append(out, Fact{r.t("report.moved"), strings.Join(run.Moved, " ")})
	}
	if n := run.Sample.Asked; n > 0 {
		out = append(out, Fact{r.t("report.sample"), r.t(
			"report.sample_result", "asked", n, "hidden", run.Sample.Hidden, "seed", run.Sample.Seed, "bound", strconv.FormatFloat(100*run.Sample.Bound(), 'f', 2, 64),
		)})
	}
	for _, why := range s.Reasons {
		out = append(out, Fact{r.t("report.reason_label"), r.Reason(why)})
	}
	return out
}

func known(k completeness.Known) string {
	if k == completeness.NotKnown {
		return "unknown"
	}
	return string(k)
}

// Reason says in words why a run is not certified.
func (r *Report) Reason(why completeness.Reason) string {
	where := strings.Join(why.Rules, " ")
	if where == "" {
		where = r.t("report.whole_book")
	}
	return r.t(i18n.Key("report.reason."+string(why.Code)), "rules", where, "expected", why.Expected, "got", why.Got)
}

// maxDepartments is how many departments are named; more are counted.
const maxDepartments = 20

func (r *Report) departments() string {
	seen := map[client.Text]bool{}
	var list []string
	for i := range r.Run.Accounts {
		if a := &r.Run.Accounts[i]; !seen[a.Dept] {
			seen[a.Dept] = true
			list = append(list, r.dept(a.Dept, a.DeptName))
		}
	}
	if len(list) > maxDepartments {
		return r.t("report.and_more", "list", strings.Join(list[:maxDepartments], ", "), "n", len(list)-maxDepartments)
	}
	return strings.Join(list, ", ")
}

func (r *Report) scope() string {
	s := r.Run.Scope
	var out []string
	for _, part := range []struct {
		label i18n.Key
		table codes.Table
		list  []string
	}{
		{"report.scope_has", codes.Materials, s.MaterialCodes},
		{"report.scope_lacks", codes.Materials, s.ExcludedMaterialCodes},
		{"report.dept", codes.Departments, s.DeptCodes},
		{"report.biz_type", codes.BizTypes, s.AccountBizTypes},
		{"report.customer_type", codes.AccountCustomerTypes, s.AccountCustomerTypes},
	} {
		if len(part.list) > 0 {
			out = append(out, r.t(part.label)+": "+r.namedList(part.table, part.list))
		}
	}
	if !s.OpenedFrom.IsZero() || !s.OpenedTo.IsZero() {
		out = append(out, r.t("report.opened")+": "+s.OpenedFrom.String()+" .. "+s.OpenedTo.String())
	}
	if len(out) == 0 {
		return r.t("report.whole_book")
	}
	return strings.Join(out, "; ")
}

// ruleHeader is the header of the rules.
func (r *Report) ruleHeader() []string {
	return []string{
		r.t("report.rule"), r.t("report.rule_name"), r.t("report.required"), r.t("report.only_if"), r.t("report.unless"), r.t("report.biz_type"),
		r.t("report.customer_type"), r.t("report.status"), r.t("report.opened"), r.t("report.rule_basis"),
	}
}

func (r *Report) ruleRow(x *rules.Rule) []string {
	opened := ""
	if !x.OpenedFrom.IsZero() || !x.OpenedTo.IsZero() {
		opened = x.OpenedFrom.String() + " .. " + x.OpenedTo.String()
	}
	return []string{
		x.ID, client.Text(x.Name).String(), r.namedList(codes.Materials, x.Any), r.namedList(codes.Materials, x.IfAny),
		r.namedList(codes.Materials, x.UnlessAny), r.namedList(codes.BizTypes, x.BizTypes), r.namedList(codes.AccountCustomerTypes, x.CustomerTypes),
		r.namedList(codes.Statuses, x.Status), opened, client.Text(x.Basis).String(),
	}
}

// findingHeader is the header of the findings.
func (r *Report) findingHeader() []string {
	return []string{
		r.t("report.dept"), r.t("report.account"), r.t("report.holder"), r.t("report.biz_type"), r.t("report.customer_type"), r.t("report.status"),
		r.t("report.opened"), r.t("report.rule"), r.t("report.rule_name"), r.t("report.missing"), r.t("report.rule_basis"), r.t("report.state"),
	}
}

func (r *Report) findingRow(v completeness.Violation) []string {
	a, x := &r.Run.Accounts[v.Account], &r.Run.Rules.Rules[v.Rule]
	return []string{
		r.dept(a.Dept, a.DeptName), r.number(a), r.holder(a), r.named(codes.BizTypes, a.BizType.Raw()),
		r.named(codes.AccountCustomerTypes, a.CustomerType.Raw()), r.named(codes.Statuses, a.Status.Raw()), a.Opened.String(), x.ID,
		client.Text(x.Name).String(), r.namedList(codes.Materials, x.Any), client.Text(x.Basis).String(), r.t(i18n.Key("report.state_is." + string(v.State))),
	}
}

// cellWords are the words for a matrix's cells.
func (r *Report) cellWords() []string {
	return []string{
		completeness.Unknown: r.t("report.cell.unknown"), completeness.Have: r.t("report.cell.have"), completeness.Missing: r.t("report.cell.missing"),
		completeness.NotRequired: r.t("report.cell.not_required"), completeness.Loading: r.t("report.cell.loading"), completeness.Failed: r.t("report.cell.failed"),
	}
}

// column is the heading of a matrix's column.
func (r *Report) column(c completeness.Column) string { return r.namedList(codes.Materials, c.Codes) }
