package review

import (
	"slices"
	"time"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	engine "imagery/internal/review"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
)

// divisions are the ways to divide a population, as commands name them.
var divisions = []field.Option{
	{Value: "dept", Key: "review.new.by_dept"},
	{Value: "biz-type", Key: "review.new.by_biz"},
	{Value: "customer-type", Key: "review.new.by_customer"},
	{Value: "completeness", Key: "review.new.by_completeness"},
}

// divisionCodes are the code tables that parts of a divided population are named by.
var divisionCodes = map[string]codes.Table{"dept": codes.Departments, "biz-type": codes.BizTypes, "customer-type": codes.AccountCustomerTypes}

// standings name the parts of a population that is divided by completeness.
var standings = map[string]i18n.Key{
	engine.StandsMissing: "review.stands.missing", engine.StandsComplete: "review.stands.complete", engine.StandsUnchecked: "review.stands.unchecked",
}

// shares lists how a sample is spread over the parts of a divided population.
func shares(env *core.Env, book *codes.Book, r engine.Run) (lines []string) {
	by := r.Filters["stratifiedBy"]
	for _, s := range r.Plan.Shares {
		if s.Name == "" {
			continue
		}
		name := client.SafeText(s.Name, 60)
		if key, ok := standings[s.Name]; ok && by == "completeness" {
			name = env.T(key)
		} else if table, ok := divisionCodes[by]; ok {
			name = book.Name(table, client.Text(s.Name))
		}
		lines = append(lines, env.T("review.fact_stratum", "name", name, "sample", text.Count(int64(s.Sample)), "size", text.Count(int64(s.Size))))
	}
	return lines
}

// searched says one thing that a population was searched with.
func searched(env *core.Env, key, value string) string {
	label, known := i18n.Load(env.Lang).Lookup(i18n.Key("journal.detail." + key))
	if !known {
		label = client.SafeText(key, 60)
	}
	value = client.SafeText(value, 200)
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		value = at.In(env.Now().Location()).Format("2006-01-02 15:04")
	}
	by := slices.IndexFunc(divisions, func(o field.Option) bool { return o.Value == value })
	if key == "stratifiedBy" && by >= 0 {
		value = env.T(divisions[by].Key)
	}
	return "  " + label + "=" + value
}
