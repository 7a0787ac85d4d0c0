package conformance

import (
	"cmp"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"imagery/client"
)

// addAccount: an account that is added is told back, has no materials, is found by interface 9, and is not added twice.
func (s *suite) addAccount(t *testing.T) {
	own := s.own(t)
	a := own.Account
	if ms := s.ask(t, of(a)); len(ms) > 0 {
		t.Errorf("a new account has %d materials", len(ms))
	}
	var r client.SearchAccountsRequest
	s.near(t, &r)
	soon(t, "the account is found", func() bool { return s.finds(t, r, a) })
	_, err := s.c.AddAccount(within(t), s.like(*own))
	refused(t, "adding an account that is there", client.OpAddAccount, err)
}

// own returns the account that the suite writes to, which it adds when it is first needed.
func (s *suite) own(t *testing.T) *client.CustomerAccount {
	t.Helper()
	if s.added != nil {
		return s.added
	}
	model := s.accounts[0]
	for _, a := range s.accounts {
		if a.Account.AccountStatus == "1" && !a.Customer.IDNo.IsZero() {
			model = a
			break
		}
	}
	r := s.like(model)
	r.AccountNo, r.IDNo, r.AccountName = resembling(r.AccountNo), client.NewIDNumber(resembling(r.IDNo.Raw())), "接口自检示例户"
	got, err := s.c.AddAccount(within(t), r)
	must(t, err)
	a, c := got.Account, got.Customer
	if a.AccountNo.Raw() != r.AccountNo || a.AccountBizType.Raw() != r.AccountBizType || a.DeptCode.Raw() != r.DeptCode || a.AccountName.Raw() != r.AccountName ||
		a.AccountCustomerType.Raw() != r.AccountCustomerType || a.AccountStatus.Raw() != r.AccountStatus {
		t.Errorf("added %+v, told %+v", r, a)
	}
	if c.IDType.Raw() != r.IDType || c.IDNo.Raw() != r.IDNo.Raw() || c.CustomerType.Raw() != r.CustomerType {
		t.Errorf("added %+v, told %+v", r, c)
	}
	if a.AccountID == "" || a.CustomerID == "" || a.CustomerID != c.CustomerID {
		t.Errorf("account %q of customer %q, whose id is %q", a.AccountID, a.CustomerID, c.CustomerID)
	}
	s.added = got
	return got
}

// like returns the request that would add an account.
func (s *suite) like(x client.CustomerAccount) client.AddAccountRequest {
	a, c := x.Account, x.Customer
	r := client.AddAccountRequest{
		DeptCode: a.DeptCode.Raw(), AccountNo: a.AccountNo.Raw(), AccountBizType: a.AccountBizType.Raw(), AccountName: a.AccountName.Raw(),
		AccountCustomerType: a.AccountCustomerType.Raw(), CustomerType: cmp.Or(c.CustomerType.Raw(), "0"), AccountStatus: "1",
		IDType: cmp.Or(c.IDType.Raw(), "1"), IDNo: c.IDNo,
	}
	if r.IDNo.IsZero() {
		r.IDNo = client.NewIDNumber("999999199001010009")
	}
	if r.AccountBizType == "0" {
		r.ExtraCode = c.ExtraCode.Raw()
	}
	return r
}

var identity = regexp.MustCompile(`^\d{17}[\dX]$`)

// resembling returns a number that looks like s and is made up: an identity number of a region that does not exist, with a right check
// digit; of other numbers every digit is another.
func resembling(s string) string {
	if identity.MatchString(s) {
		const any = "0123456789"
		return checked("99999919" + digits(1, "5678") + digits(1, any) + "0" + digits(1, any[1:]) + digits(1, "01") + digits(1, any[1:]) + digits(3, any))
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return rune(digits(1, "0123456789")[0])
		}
		return r
	}, s)
}

// digits returns n characters of a set by chance.
func digits(n int, of string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = of[rand.IntN(len(of))]
	}
	return string(b)
}

// checked appends the check digit of an identity number.
func checked(s string) string {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + "10X98765432"[sum%11:sum%11+1]
}
