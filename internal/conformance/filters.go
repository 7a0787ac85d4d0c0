package conformance

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"imagery/client"
)

const (
	looked = 12 // rows of an answer that are looked at
	asked  = 2  // rows of an answer that interface 7 is asked about
	nobody = "~none~"
)

// filters: what is found fits, what is left out does not, each filter alone and all together.
func (s *suite) filters(t *testing.T) {
	t.Run("departments", func(t *testing.T) {
		s.narrows(t, s.departmentCodes(), func(r *client.SearchAccountsRequest, v []string) { r.DeptCodes = v }, s.inDepartment)
	})
	t.Run("business types", func(t *testing.T) {
		is := func(a client.CustomerAccount) client.Text { return a.Account.AccountBizType }
		s.narrows(t, s.values(is), func(r *client.SearchAccountsRequest, v []string) { r.AccountBizTypes = v }, one(is))
	})
	t.Run("customer types", func(t *testing.T) {
		is := func(a client.CustomerAccount) client.Text { return a.Account.AccountCustomerType }
		s.narrows(t, s.values(is), func(r *client.SearchAccountsRequest, v []string) { r.AccountCustomerTypes = v }, one(is))
	})
	t.Run("opening dates", s.openingDates)
	t.Run("materials", s.materialFilters)
	t.Run("materials by interface 7", s.materialRows)
	t.Run("together", s.together)
}

// one says that an account fits one of some values when its own is among them.
func one(is func(client.CustomerAccount) client.Text) func(client.CustomerAccount, []string) bool {
	return func(a client.CustomerAccount, values []string) bool { return slices.Contains(values, is(a).Raw()) }
}

// inDepartment says whether an account is in one of the departments or below, as far as parents were seen.
func (s *suite) inDepartment(a client.CustomerAccount, depts []string) bool {
	parents := map[client.Text]client.Text{a.Department.DeptCode: a.Department.ParentDeptCode}
	for _, x := range s.accounts {
		parents[x.Department.DeptCode] = x.Department.ParentDeptCode
	}
	at := a.Account.DeptCode
	for range len(parents) + 1 {
		if slices.Contains(depts, at.Raw()) {
			return true
		}
		at = parents[at]
	}
	return false
}

// narrows checks a filter that takes a list of values: with one value, with two, and with one that nobody has.
func (s *suite) narrows(t *testing.T, values []string, put func(*client.SearchAccountsRequest, []string), fits func(client.CustomerAccount, []string) bool) {
	t.Helper()
	if len(values) == 0 {
		t.Skip("the accounts seen have no such value")
	}
	with := func(v ...string) (r client.SearchAccountsRequest) { put(&r, v); return r }
	sets := [][]string{values[:1]}
	if len(values) > 1 {
		sets = append(sets, values[1:2], values[:2])
	}
	for _, set := range sets {
		rows := s.some(t, with(set...), looked)
		if len(rows) == 0 {
			t.Errorf("%q: nothing found, though an account has it", set)
		}
		for _, a := range rows {
			if !fits(a, set) {
				t.Errorf("%q: account %s of department %s, business type %s, customer type %s does not fit", set,
					a.Account.AccountNo, a.Account.DeptCode, a.Account.AccountBizType, a.Account.AccountCustomerType)
			}
		}
	}
	if len(sets) == 3 {
		steady(t, func() error {
			if a, b, both := s.count(t, with(values[0])), s.count(t, with(values[1])), s.count(t, with(values[:2]...)); a+b != both {
				return fmt.Errorf("%d accounts with %s, %d with %s, but %d with one of them", a, values[0], b, values[1], both)
			}
			return nil
		})
	}
	r := with(nobody)
	r.PageNumber, r.PageSize = 1, 1
	if p, err := s.c.SearchAccounts(within(t), r); err != nil {
		refused(t, "a value that is none", client.OpSearchAccounts, err)
	} else if p.TotalElements != 0 {
		t.Errorf("%d accounts have a value that nobody has", p.TotalElements)
	}
}

// values returns what the accounts seen have.
func (s *suite) values(is func(client.CustomerAccount) client.Text) (out []string) {
	for _, a := range s.accounts {
		if v := is(a).Raw(); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// departmentCodes returns the departments of the accounts seen that none of the others lies below.
func (s *suite) departmentCodes() []string {
	parents := s.values(func(a client.CustomerAccount) client.Text { return a.Department.ParentDeptCode })
	return slices.DeleteFunc(s.values(func(a client.CustomerAccount) client.Text { return a.Account.DeptCode }), func(code string) bool {
		return slices.Contains(parents, code)
	})
}

// openingDates: both ends of the range are in it, and either may be missing.
func (s *suite) openingDates(t *testing.T) {
	days := map[client.Date]bool{}
	for _, a := range s.accounts {
		days[a.Account.OpenAcctDate] = true
	}
	delete(days, client.Date{})
	if len(days) == 0 {
		t.Skip("the accounts seen have no opening date")
	}
	all := slices.SortedFunc(maps.Keys(days), client.Date.Compare)
	oldest, mid := all[0], all[len(all)/2]
	for name, r := range map[string]client.SearchAccountsRequest{
		"on a day": {OpenedFrom: mid, OpenedTo: mid}, "from": {OpenedFrom: mid}, "to": {OpenedTo: mid}, "between": {OpenedFrom: oldest, OpenedTo: mid},
	} {
		rows := s.some(t, r, looked)
		if len(rows) == 0 {
			t.Errorf("%s %s: nothing found, though an account was opened then", name, mid)
		}
		for _, a := range rows {
			day := a.Account.OpenAcctDate
			if day.IsZero() || day.Compare(r.OpenedFrom) < 0 || !r.OpenedTo.IsZero() && day.Compare(r.OpenedTo) > 0 {
				t.Errorf("%s %s: account %s was opened %s", name, mid, a.Account.AccountNo, day)
			}
		}
	}
	steady(t, func() error {
		on := s.count(t, client.SearchAccountsRequest{OpenedFrom: mid, OpenedTo: mid})
		to, before := s.count(t, client.SearchAccountsRequest{OpenedTo: mid}), s.count(t, client.SearchAccountsRequest{OpenedTo: next(mid, -1)})
		from, after := s.count(t, client.SearchAccountsRequest{OpenedFrom: mid}), s.count(t, client.SearchAccountsRequest{OpenedFrom: next(mid, 1)})
		if before+on != to || on+after != from {
			return fmt.Errorf("%s: %d on that day, %d before, %d to it, %d after, %d from it", mid, on, before, to, after, from)
		}
		return nil
	})
}

// materialFilters: accounts that have one of the codes and accounts that have none share out the book, for one code and for two.
func (s *suite) materialFilters(t *testing.T) {
	codes := slices.Concat(s.codes(false), s.codes(true))
	if len(codes) == 0 {
		t.Skip("the accounts seen have no material")
	}
	a, b := codes[:1], codes[len(codes)-1:]
	both := slices.Compact([]string{a[0], b[0]})
	search := func(has, lacks []string) int64 {
		return s.count(t, client.SearchAccountsRequest{MaterialCodes: has, ExcludedMaterialCodes: lacks})
	}
	steady(t, func() error {
		total := search(nil, nil)
		for _, set := range [][]string{a, b, both} {
			if has, lacks := search(set, nil), search(nil, set); has+lacks != total || has == 0 {
				return fmt.Errorf("%d accounts have one of %q, %d have none, %d there are", has, set, lacks, total)
			}
		}
		if n := search(a, a); n != 0 {
			return fmt.Errorf("%d accounts have %s and have it not", n, a[0])
		}
		if only, rest, any := search(a, b), search(b, nil), search(both, nil); len(both) == 2 && only+rest != any {
			return fmt.Errorf("%d accounts have %s and not %s, %d have %s, but %d have one of them", only, a[0], b[0], rest, b[0], any)
		}
		return nil
	})
}

// materialRows: interface 7 agrees with who has a material and who lacks it. Whether the customer's materials count is the platform's
// choice, but one choice.
func (s *suite) materialRows(t *testing.T) {
	counts, ignores := false, false
	for _, code := range slices.Concat(first(s.codes(false), 1), first(s.codes(true), 1)) {
		for _, a := range s.some(t, client.SearchAccountsRequest{MaterialCodes: []string{code}}, asked) {
			has := s.list(t, a.Account, code)
			if len(has) == 0 {
				t.Errorf("account %s is said to have %s, and interface 7 lists none", a.Account.AccountNo, code)
			}
			counts = counts || !slices.ContainsFunc(has, func(m client.MaterialInfo) bool { return !isCustomers(m) })
		}
		for _, a := range s.some(t, client.SearchAccountsRequest{ExcludedMaterialCodes: []string{code}}, asked) {
			current := slices.DeleteFunc(s.list(t, a.Account, code), isHistory)
			ignores = ignores || slices.ContainsFunc(current, isCustomers)
			if slices.ContainsFunc(current, func(m client.MaterialInfo) bool { return !isCustomers(m) }) {
				t.Errorf("account %s is said to lack %s, and interface 7 lists it", a.Account.AccountNo, code)
			}
		}
	}
	if counts && ignores {
		t.Error("the customers' materials count for some accounts and not for others")
	}
}

// together: an account is found by everything that is true of it at once.
func (s *suite) together(t *testing.T) {
	for _, l := range s.listings {
		i := slices.IndexFunc(l.materials, func(m client.MaterialInfo) bool { return !isCustomers(m) && !isHistory(m) })
		if i < 0 {
			continue
		}
		a := l.Account
		r := client.SearchAccountsRequest{
			MaterialCodes: []string{l.materials[i].MaterialCode.Raw()}, OpenedFrom: a.OpenAcctDate, OpenedTo: a.OpenAcctDate, DeptCodes: []string{a.DeptCode.Raw()},
			AccountBizTypes: []string{a.AccountBizType.Raw()}, AccountCustomerTypes: []string{a.AccountCustomerType.Raw()},
		}
		for _, code := range s.codes(false) {
			if !slices.ContainsFunc(l.materials, func(m client.MaterialInfo) bool { return m.MaterialCode.Raw() == code }) {
				r.ExcludedMaterialCodes = append(r.ExcludedMaterialCodes, code)
			}
		}
		if !s.finds(t, r, a) {
			t.Errorf("account %s is not found by its own department, types, opening date and materials", a.AccountNo)
		}
		return
	}
	t.Skip("none of the accounts looked at has a material of its own")
}

// finds reports whether a search has an account among its first thousand.
func (s *suite) finds(t *testing.T, r client.SearchAccountsRequest, a client.Account) bool {
	t.Helper()
	return slices.ContainsFunc(s.some(t, r, 1000), func(x client.CustomerAccount) bool {
		return x.Account.AccountNo == a.AccountNo && x.Account.AccountBizType == a.AccountBizType
	})
}

// first returns at most n of list.
func first(list []string, n int) []string { return list[:min(n, len(list))] }

// next returns the day so many days later.
func next(d client.Date, days int) client.Date {
	return client.DateOf(time.Date(d.Year, time.Month(d.Month), d.Day+days, 0, 0, 0, 0, time.UTC))
}
