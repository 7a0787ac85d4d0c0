package conformance

import (
	"slices"
	"testing"

	"imagery/client"
)

// materials: interface 7's switches add, its codes narrow, and what it lists belongs to the account asked for or to its customer.
func (s *suite) materials(t *testing.T) {
	some := false
	for _, l := range s.listings {
		some = some || len(l.materials) > 0
		s.switches(t, l)
		for _, m := range l.materials {
			belongs(t, l, m)
		}
	}
	if !some {
		t.Skip("the accounts looked at have no material")
	}
	t.Run("by code", s.byCode)
}

// switches checks that history and customer each add to what is there without.
func (s *suite) switches(t *testing.T, l listing) {
	t.Helper()
	no := l.Account.AccountNo
	r := of(l.Account)
	plain := s.ask(t, r)
	r.WithCustomer = true
	customer := s.ask(t, r)
	r.WithCustomer, r.WithHis = false, true
	history := s.ask(t, r)
	for name, more := range map[string][]client.MaterialInfo{"the customer's": customer, "history": history, "both": l.materials} {
		if lost := without(plain, more); len(lost) > 0 {
			t.Errorf("account %s: with %s, material %s is gone", no, name, lost[0].MaterialCode)
		}
	}
	for _, m := range without(customer, plain) {
		if !isCustomers(m) || isHistory(m) {
			t.Errorf("account %s: material %s came with the customer's and is not the customer's of today", no, m.MaterialCode)
		}
	}
	for _, m := range without(history, plain) {
		if !isHistory(m) || isCustomers(m) {
			t.Errorf("account %s: material %s came with history and is not the account's of the past", no, m.MaterialCode)
		}
	}
	if all := len(without(l.materials, slices.Concat(customer, history))); all > 0 && !slices.ContainsFunc(l.materials, isCustomers) {
		t.Errorf("account %s: %d materials come only with both switches", no, all)
	}
}

// without returns what of list is not among others.
func without(list, others []client.MaterialInfo) []client.MaterialInfo {
	return slices.DeleteFunc(slices.Clone(list), func(m client.MaterialInfo) bool {
		return slices.ContainsFunc(others, func(o client.MaterialInfo) bool { return o.ID == m.ID })
	})
}

// belongs checks one material against the account it was listed for.
func belongs(t *testing.T, l listing, m client.MaterialInfo) {
	t.Helper()
	no := l.Account.AccountNo
	switch {
	case m.ID == "" || m.MaterialCode == "":
		t.Errorf("account %s: a material without id or code: %+v", no, m)
	case isCustomers(m) && m.CustomerID != l.Account.CustomerID:
		t.Errorf("account %s: material %s is of customer %s, not %s", no, m.MaterialCode, m.CustomerID, l.Account.CustomerID)
	case !isCustomers(m) && m.AccountID != l.Account.AccountID:
		t.Errorf("account %s: material %s is of account %s, not %s", no, m.MaterialCode, m.AccountID, l.Account.AccountID)
	case len(m.Files) > 0 && len(m.FileIDs) > 0 && len(m.Files) != len(m.FileIDs):
		t.Errorf("account %s: material %s has %d files and %d file ids", no, m.MaterialCode, len(m.Files), len(m.FileIDs))
	}
	for _, f := range m.Files {
		if len(m.FileIDs) > 0 && !slices.Contains(m.FileIDs, f.ID) {
			t.Errorf("account %s: material %s has file %s, which is not among its file ids", no, m.MaterialCode, f.ID)
		}
	}
}

// byCode: with codes interface 7 lists what it lists without, of these codes.
func (s *suite) byCode(t *testing.T) {
	for _, l := range s.listings {
		var codes []string
		for _, m := range l.materials {
			if c := m.MaterialCode.Raw(); !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
		if len(codes) < 3 {
			continue
		}
		for _, set := range [][]string{codes[:1], codes[1:3]} {
			want := slices.DeleteFunc(slices.Clone(l.materials), func(m client.MaterialInfo) bool { return !slices.Contains(set, m.MaterialCode.Raw()) })
			got := s.list(t, l.Account, set...)
			if more, less := without(got, want), without(want, got); len(more)+len(less) > 0 {
				t.Errorf("account %s: of codes %q, %d too many and %d missing of %d", l.Account.AccountNo, set, len(more), len(less), len(want))
			}
		}
		r := of(l.Account)
		r.MaterialCodes = []string{nobody}
		if ms, err := s.c.ListMaterials(within(t), r); err != nil {
			refused(t, "a material code that is none", client.OpListMaterials, err)
		} else if len(ms) > 0 {
			t.Errorf("account %s has %d materials of a code that is none", l.Account.AccountNo, len(ms))
		}
		return
	}
	t.Skip("none of the accounts looked at has materials of three codes")
}

// fileIDs returns the ids of a material's files, from files or fileIds.
func fileIDs(m client.MaterialInfo) []string {
	var ids []string
	for _, f := range m.Files {
		ids = append(ids, f.ID.Raw())
	}
	for _, id := range m.FileIDs {
		if !slices.Contains(ids, id.Raw()) {
			ids = append(ids, id.Raw())
		}
	}
	return ids
}
