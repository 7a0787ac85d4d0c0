package review

import (
	"imagery/internal/sampling"
)

// Conclusion is what a result means for what was asked.
type Conclusion string

// The conclusions.
const (
	Met       Conclusion = "met"       // even with every undecided item counted as failed, the tolerable rate is excluded
	NotMet    Conclusion = "not-met"   // more failures than the plan allows: it is not excluded
	Unclear   Conclusion = "undecided" // it depends on the undecided items
	BoundOnly Conclusion = "bound"     // no tolerable rate was asked about; the bounds speak for themselves
)

// Result is what the verdicts show of the population. Its bounds are upper, one-sided and at the plan's confidence.
type Result struct {
	Items      int            `json:"items"`
	Passed     int            `json:"passed"`
	Failed     int            `json:"failed"`
	Undecided  int            `json:"undecided"`
	Confidence float64        `json:"confidence"`
	Bound      sampling.Limit `json:"asFound"`   // undecided items counted as passed
	Worst      sampling.Limit `json:"worstCase"` // undecided items counted as failed; the conclusion is drawn from this
	Strata     []Part         `json:"strata"`
	Checks     []Count        `json:"checks"`
	Conclusion Conclusion     `json:"conclusion"`
	Spent      int64          `json:"spentMs"` // all reviews, in milliseconds
}

// Part is the result in one stratum. Its bound is for that stratum alone and in the worst case.
type Part struct {
	sampling.Share
	Failed    int             `json:"failed"`
	Undecided int             `json:"undecided"`
	Worst     *sampling.Limit `json:"worstCase,omitempty"` // none where nothing was drawn
}

// Count is how often a check got each answer.
type Count struct {
	Check string `json:"check"`
	Pass  int    `json:"pass"`
	Fail  int    `json:"fail"`
	NA    int    `json:"na"`
	Doubt int    `json:"doubt"`
}

func (c *Count) add(v Value) {
	switch v {
	case Pass:
		c.Pass++
	case Fail:
		c.Fail++
	case NA:
		c.NA++
	case Doubt:
		c.Doubt++
	}
}

// evaluate computes the result of a run whose items all have a verdict that holds. Error: ErrOpen when one has none.
func evaluate(r *Run, items []Item, verdicts []Verdict) (*Result, error) {
	out := &Result{Items: len(items), Confidence: r.Question.Confidence, Strata: make([]Part, len(r.Plan.Shares))}
	at := map[string]*Part{}
	for i, s := range r.Plan.Shares {
		out.Strata[i].Share = s
		at[s.Name] = &out.Strata[i]
	}
	both := pairs(verdicts)
	checks := make([]Count, len(r.Checklist.Checks))
	index := map[string]*Count{}
	for i, c := range r.Checklist.Checks {
		checks[i].Check = c.ID
		index[c.ID] = &checks[i]
	}
	for _, it := range items {
		v, ok := both[it.Place].settled(r.rounds())
		part := at[it.Stratum]
		if !ok || part == nil {
			return nil, ErrOpen
		}
		out.add(v, part, index)
	}
	for _, v := range verdicts {
		if v.Undone.IsZero() {
			out.Spent += v.Spent
		}
	}
	out.Checks = checks
	return out, out.bounds(r)
}

func (r *Result) add(v Verdict, part *Part, checks map[string]*Count) {
	switch v.Outcome {
	case Passed:
		r.Passed++
	case Failed:
		r.Failed++
		part.Failed++
	default:
		r.Undecided++
		part.Undecided++
	}
	for _, a := range v.Answers {
		if c := checks[a.Check]; c != nil {
			c.add(a.Value)
		}
	}
}

func (r *Result) bounds(run *Run) (err error) {
	if r.Bound, err = sampling.StrataBound(run.Plan.Shares, r.Failed, r.Confidence); err != nil {
		return err
	}
	if r.Worst, err = sampling.StrataBound(run.Plan.Shares, r.Failed+r.Undecided, r.Confidence); err != nil {
		return err
	}
	for i := range r.Strata {
		p := &r.Strata[i]
		if p.Sample == 0 {
			continue
		}
		limit, err := sampling.Bound(p.Sample, p.Failed+p.Undecided, p.Size, r.Confidence)
		if err != nil {
			return err
		}
		p.Worst = &limit
	}
	allowed := run.Plan.FailuresAllowed
	switch {
	case run.Question.Tolerable == 0:
		r.Conclusion = BoundOnly
	case r.Failed+r.Undecided <= allowed:
		r.Conclusion = Met
	case r.Failed > allowed:
		r.Conclusion = NotMet
	default:
		r.Conclusion = Unclear
	}
	return nil
}
