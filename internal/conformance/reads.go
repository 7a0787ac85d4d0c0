package conformance

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"

	"imagery/client"
)

// signIn: a good password yields a token, a bad one a refusal.
func (s *suite) signIn(t *testing.T) {
	g, err := s.c.SignIn(limit(t), s.Username, client.NewSecret(s.Password))
	must(t, err)
	if g.Token.IsZero() {
		t.Error("no token")
	}
	if _, err := s.c.SignIn(limit(t), s.Username, client.NewSecret(s.Password+" is wrong")); !errors.Is(err, client.ErrSignInRefused) {
		t.Errorf("a wrong password: %v", err)
	}
	bare := &client.Client{BaseURL: s.URL, Endpoints: s.Endpoints, HTTP: s.HTTP, PageBase: client.PageBaseOne}
	if _, err := bare.SearchAccounts(limit(t), client.SearchAccountsRequest{PageNumber: 1, PageSize: 1}); !errors.Is(err, client.ErrUnauthorized) {
		t.Errorf("without a token: %v", err)
	}
}

// search: pages follow one another without a gap or a repetition, and their figures agree.
func (s *suite) search(t *testing.T) {
	const size = 7
	first := s.page(t, client.SearchAccountsRequest{PageSize: size})
	if len(first.Content) == 0 {
		t.Fatal("this login sees no account, so there is nothing to check")
	}
	s.some = first.Content[0]
	if first.TotalElements < int64(len(first.Content)) || first.TotalElements > int64(len(first.Content)) != first.HasNext {
		t.Errorf("%d of %d accounts, more follow: %t", len(first.Content), first.TotalElements, first.HasNext)
	}
	seen := map[client.Text]int{}
	pages := 0
	for p, err := range s.c.AccountPages(limit(t), client.SearchAccountsRequest{PageSize: size}) {
		must(t, err)
		for _, a := range p.Content {
			if seen[a.Account.AccountID]++; seen[a.Account.AccountID] > 1 {
				t.Fatalf("account %s comes twice", a.Account.AccountID)
			}
		}
		if pages++; pages == 4 {
			break
		}
	}
	if want := min(first.TotalElements, int64(4*size)); int64(len(seen)) < min(want, int64(4*first.Size)) {
		t.Errorf("%d accounts on %d pages of %d", len(seen), pages, first.TotalElements)
	}
	if past := s.page(t, client.SearchAccountsRequest{PageNumber: 1_000_000, PageSize: size}); len(past.Content) != 0 || past.HasNext {
		t.Errorf("page 1,000,000 has %d accounts", len(past.Content))
	}
}

// filters: every account found fits, what is left out is what does not, and ends of ranges count.
func (s *suite) filters(t *testing.T) {
	a := s.some.Account
	total := s.page(t, client.SearchAccountsRequest{}).TotalElements
	for name, f := range map[string]struct {
		ask  client.SearchAccountsRequest
		fits func(client.CustomerAccount) bool
	}{
		"department":    {client.SearchAccountsRequest{DeptCodes: []string{a.DeptCode.Raw()}}, func(c client.CustomerAccount) bool { return c.Account.DeptCode == a.DeptCode }},
		"business type": {client.SearchAccountsRequest{AccountBizTypes: []string{a.AccountBizType.Raw()}}, func(c client.CustomerAccount) bool { return c.Account.AccountBizType == a.AccountBizType }},
		"customer type": {client.SearchAccountsRequest{AccountCustomerTypes: []string{a.AccountCustomerType.Raw()}}, func(c client.CustomerAccount) bool {
			return c.Account.AccountCustomerType == a.AccountCustomerType
		}},
		"that day":   {client.SearchAccountsRequest{OpenedFrom: a.OpenAcctDate, OpenedTo: a.OpenAcctDate}, func(c client.CustomerAccount) bool { return c.Account.OpenAcctDate == a.OpenAcctDate }},
		"from a day": {client.SearchAccountsRequest{OpenedFrom: a.OpenAcctDate}, func(c client.CustomerAccount) bool { return c.Account.OpenAcctDate.Compare(a.OpenAcctDate) >= 0 }},
		"to a day":   {client.SearchAccountsRequest{OpenedTo: a.OpenAcctDate}, func(c client.CustomerAccount) bool { return c.Account.OpenAcctDate.Compare(a.OpenAcctDate) <= 0 }},
	} {
		p := s.page(t, f.ask)
		if len(p.Content) == 0 || p.TotalElements > total {
			t.Errorf("%s: %d of %d accounts", name, p.TotalElements, total)
		}
		if i := slices.IndexFunc(p.Content, func(c client.CustomerAccount) bool { return !f.fits(c) }); i >= 0 {
			t.Errorf("%s: account %s does not fit", name, p.Content[i].Account.AccountNo)
		}
	}
	s.materialFilters(t, total)
}

// materialFilters: having any of the codes and having none of them share out the accounts; interface 7 agrees.
func (s *suite) materialFilters(t *testing.T, total int64) {
	_, code := s.withFiles(t)
	with := s.page(t, client.SearchAccountsRequest{MaterialCodes: []string{code}})
	without := s.page(t, client.SearchAccountsRequest{ExcludedMaterialCodes: []string{code}})
	if with.TotalElements+without.TotalElements != total {
		t.Errorf("%d accounts with %s and %d without are not %d", with.TotalElements, code, without.TotalElements, total)
	}
	if both := s.page(t, client.SearchAccountsRequest{MaterialCodes: []string{code}, ExcludedMaterialCodes: []string{code}}); both.TotalElements != 0 {
		t.Errorf("%d accounts have %s and have it not", both.TotalElements, code)
	}
	for _, c := range without.Content[:min(3, len(without.Content))] {
		if i := slices.IndexFunc(s.list(t, c.Account, code), func(m client.MaterialInfo) bool { return m.HisCreateTime.IsZero() && m.AccountID != "" }); i >= 0 {
			t.Errorf("account %s is said to lack %s, and has it", c.Account.AccountNo, code)
		}
	}
}

// withFiles looks for an account-level material with a file, in a few accounts, and returns its account and code.
func (s *suite) withFiles(t *testing.T) (client.MaterialInfo, string) {
	t.Helper()
	for _, a := range s.page(t, client.SearchAccountsRequest{}).Content {
		for _, m := range s.list(t, a.Account) {
			if m.HisCreateTime.IsZero() && m.AccountID != "" && len(fileIDs(m)) > 0 {
				return m, m.MaterialCode.Raw()
			}
		}
	}
	t.Skip("none of the first accounts has a material with a file")
	return client.MaterialInfo{}, ""
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

// materials: the switches add, the codes narrow.
func (s *suite) materials(t *testing.T) {
	m, code := s.withFiles(t)
	ask := client.ListMaterialsRequest{AccountNo: m.AccountNo.Raw(), AccountBizType: m.AccountBizType.Raw()}
	plain, err := s.c.ListMaterials(limit(t), ask)
	must(t, err)
	for _, m := range plain {
		if !m.HisCreateTime.IsZero() || m.AccountID == "" {
			t.Errorf("material %s is history or the customer's, and neither was asked for", m.MaterialCode)
		}
	}
	ask.WithCustomer = true
	customer, err := s.c.ListMaterials(limit(t), ask)
	must(t, err)
	ask.WithHis = true
	all, err := s.c.ListMaterials(limit(t), ask)
	must(t, err)
	if len(plain) > len(customer) || len(customer) > len(all) {
		t.Errorf("%d materials, %d with the customer's, %d with history", len(plain), len(customer), len(all))
	}
	ask.MaterialCodes = []string{code}
	only, err := s.c.ListMaterials(limit(t), ask)
	must(t, err)
	if i := slices.IndexFunc(only, func(m client.MaterialInfo) bool { return m.MaterialCode.Raw() != code }); i >= 0 || len(only) == 0 {
		t.Errorf("asked for %s only, got %d materials", code, len(only))
	}
}

// files: a file has the size it was listed with, twice the same bytes, and one that is not there is an error.
func (s *suite) files(t *testing.T) {
	m, _ := s.withFiles(t)
	id := fileIDs(m)[0]
	first := s.fetch(t, id)
	if len(m.Files) > 0 && m.Files[0].FileSize > 0 && int64(len(first)) != m.Files[0].FileSize {
		t.Errorf("file %s has %d bytes, listed with %d", id, len(first), m.Files[0].FileSize)
	}
	if !slices.Equal(first, s.fetch(t, id)) {
		t.Errorf("file %s changes", id)
	}
	if f, err := s.c.FetchFile(limit(t), "conformance-no-such-file"); err == nil {
		_ = f.Close()
		t.Error("a file that cannot be there came")
	}
}

func (s *suite) fetch(t *testing.T, id string) []byte {
	t.Helper()
	f, err := s.c.FetchFile(limit(t), id)
	must(t, err)
	defer f.Close()
	b, err := io.ReadAll(f)
	must(t, err)
	if f.Size >= 0 && f.Size != int64(len(b)) || http.DetectContentType(b) == "text/html; charset=utf-8" {
		t.Errorf("file %s: %d bytes of %d, %s", id, len(b), f.Size, http.DetectContentType(b))
	}
	return b
}

// departments: a narrower login sees a part of the accounts, and no material of the others.
func (s *suite) departments(t *testing.T) {
	if s.NarrowUsername == "" {
		t.Skip("no narrower login is known")
	}
	narrow := &suite{Target: s.Target, c: s.connect(s.NarrowUsername, s.NarrowPassword)}
	all, part := s.page(t, client.SearchAccountsRequest{}), narrow.page(t, client.SearchAccountsRequest{})
	if part.TotalElements == 0 || part.TotalElements >= all.TotalElements {
		t.Errorf("the narrow login sees %d of %d accounts", part.TotalElements, all.TotalElements)
	}
	own := map[client.Text]bool{}
	for _, a := range part.Content {
		own[a.Account.DeptCode] = true
	}
	for a, err := range s.c.AllAccounts(limit(t), client.SearchAccountsRequest{PageSize: 50}) {
		must(t, err)
		if own[a.Account.DeptCode] {
			continue
		}
		_, err := narrow.c.ListMaterials(limit(t), client.ListMaterialsRequest{AccountNo: a.Account.AccountNo.Raw(), AccountBizType: a.Account.AccountBizType.Raw()})
		if !errors.Is(err, client.ErrForbidden) && !errors.Is(err, client.ErrNotFound) {
			t.Errorf("account %s of department %s: %v", a.Account.AccountNo, a.Account.DeptCode, err)
		}
		return
	}
}

// refusals: what cannot be is an error with words, not an empty answer.
func (s *suite) refusals(t *testing.T) {
	var answer *client.Error
	if ms, err := s.c.ListMaterials(limit(t), client.ListMaterialsRequest{AccountNo: "00conformance00", AccountBizType: "0"}); err == nil && len(ms) > 0 {
		t.Error("an account that cannot be there has materials")
	} else if err != nil && !errors.As(err, &answer) {
		t.Errorf("an unknown account: %v", err)
	}
	if s.ReadOnly {
		return
	}
	if err := s.c.Discard(limit(t), client.DiscardRequest{ServiceAccessID: "0", DiscardEmpCode: s.EmpCode, DiscardReason: "conformance"}); !errors.As(err, &answer) {
		t.Errorf("discarding what is not there: %v", err)
	}
}
