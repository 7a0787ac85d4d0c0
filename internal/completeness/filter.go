package completeness

import (
	"encoding/json"
	"slices"

	"imagery/client"
	"imagery/internal/rules"
)

// Scope is the part of a book that a run is about. JSON has the platform's own field names. Interface 9.
type Scope client.SearchAccountsRequest

// scopeJSON is a Scope on paper.
type scopeJSON struct {
	MaterialCodes         []string `json:"materialCodes,omitempty"`
	ExcludedMaterialCodes []string `json:"excludedMaterialCodes,omitempty"`
	Opened                struct {
		Start day `json:"start"`
		End   day `json:"end"`
	} `json:"openAcctDateRange"`
	DeptCodes            []string `json:"deptCodes,omitempty"`
	AccountBizTypes      []string `json:"accountBizTypes,omitempty"`
	AccountCustomerTypes []string `json:"accountCustomerTypes,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (s Scope) MarshalJSON() ([]byte, error) {
	j := scopeJSON{
		MaterialCodes: s.MaterialCodes, ExcludedMaterialCodes: s.ExcludedMaterialCodes, DeptCodes: s.DeptCodes,
		AccountBizTypes: s.AccountBizTypes, AccountCustomerTypes: s.AccountCustomerTypes,
	}
	j.Opened.Start, j.Opened.End = day{s.OpenedFrom}, day{s.OpenedTo}
	return json.Marshal(j)
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Scope) UnmarshalJSON(b []byte) error {
	var j scopeJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*s = Scope{
		MaterialCodes: j.MaterialCodes, ExcludedMaterialCodes: j.ExcludedMaterialCodes, DeptCodes: j.DeptCodes,
		AccountBizTypes: j.AccountBizTypes, AccountCustomerTypes: j.AccountCustomerTypes, OpenedFrom: j.Opened.Start.Date, OpenedTo: j.Opened.End.Date,
	}
	return nil
}

// filterOf is what a search asks of the accounts themselves, whatever they hold.
func filterOf(r client.SearchAccountsRequest) rules.Filter {
	return rules.Filter{BizTypes: r.AccountBizTypes, CustomerTypes: r.AccountCustomerTypes, OpenedFrom: r.OpenedFrom, OpenedTo: r.OpenedTo}
}

// narrowed returns a filter that admits what both admit; ok is false if that is nothing.
func narrowed(a, b rules.Filter) (out rules.Filter, ok bool) {
	var some [2]bool
	out.BizTypes, some[0] = both(a.BizTypes, b.BizTypes)
	out.CustomerTypes, some[1] = both(a.CustomerTypes, b.CustomerTypes)
	out.OpenedFrom, out.OpenedTo = a.OpenedFrom, a.OpenedTo
	if b.OpenedFrom.Compare(a.OpenedFrom) > 0 {
		out.OpenedFrom = b.OpenedFrom
	}
	if a.OpenedTo.IsZero() || !b.OpenedTo.IsZero() && b.OpenedTo.Compare(a.OpenedTo) < 0 {
		out.OpenedTo = b.OpenedTo
	}
	return out, some[0] && some[1] && !reversed(out.OpenedFrom, out.OpenedTo)
}

func reversed(from, to client.Date) bool {
	return !from.IsZero() && !to.IsZero() && from.Compare(to) > 0
}

// both intersects two lists of which an empty one means all; ok is false if nothing is left.
func both(a, b []string) (out []string, ok bool) {
	if len(a) == 0 || len(b) == 0 {
		return slices.Concat(a, b), true
	}
	for _, s := range a {
		if slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out, len(out) > 0
}

// union returns the items of both lists, sorted, each once.
func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// without returns the items of list that are not in drop.
func without(list, drop []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(drop, s) })
}
