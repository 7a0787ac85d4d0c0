package review

import (
	"errors"
	"iter"
	"testing"

	"imagery/client"
)

func account(id, no, name string) client.CustomerAccount {
	var a client.CustomerAccount
	a.Account.AccountID, a.Account.AccountNo, a.Account.AccountBizType, a.Account.DeptCode = client.Text(id), client.Text(no), "0", "1101"
	a.Customer.CustomerName = client.Text(name)
	return a
}

func pagesOf(total int64, pages ...[]client.CustomerAccount) iter.Seq2[*client.Page[client.CustomerAccount], error] {
	return func(yield func(*client.Page[client.CustomerAccount], error) bool) {
		for _, p := range pages {
			if !yield(&client.Page[client.CustomerAccount]{Content: p, TotalElements: total}, nil) {
				return
			}
		}
	}
}

func TestMembersAreTakenOnceFromPagesThatMove(t *testing.T) {
	a, b := account("1", "881", "\x1b[31m张三"), account("", "882", "")
	got, err := Members(pagesOf(2, []client.CustomerAccount{a}, []client.CustomerAccount{a, b}), ByDepartment)
	if err != nil || len(got) != 2 || got[0].Stratum != "1101" || got[1].ID != "882/0" {
		t.Fatalf("%+v, %v", got, err)
	}
	if !line(got[0].Name, maxName) {
		t.Errorf("name %q", got[0].Name)
	}
	_, err = Members(pagesOf(3, []client.CustomerAccount{a}, []client.CustomerAccount{a, b}), nil)
	refused(t, err, ErrMoved)
	lost := errors.New("connection lost")
	_, err = Members(func(yield func(*client.Page[client.CustomerAccount], error) bool) { yield(nil, lost) }, nil)
	refused(t, err, lost)
}

func TestADepartmentToldBesideTheAccountCounts(t *testing.T) {
	a := account("1", "881", "")
	a.Account.DeptCode, a.Department.DeptCode = "", "1102"
	got, err := Members(pagesOf(1, []client.CustomerAccount{a}), ByDepartment)
	if err != nil || got[0].Department != "1102" || got[0].Stratum != "1102" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestHostileAccountsAreNoPopulation(t *testing.T) {
	b := open(t, t.TempDir()+"/review.db")
	for _, bad := range []client.CustomerAccount{account("1\t2", "881", ""), account("1", "88\n1", "")} {
		members, err := Members(pagesOf(1, []client.CustomerAccount{bad}), nil)
		if err != nil {
			t.Fatal(err)
		}
		s := selection(t, 0, 1)
		s.Members = members
		if _, err := b.Freeze(t.Context(), s); err == nil {
			t.Errorf("%q was taken", bad.Account.AccountID.Raw())
		}
	}
}
