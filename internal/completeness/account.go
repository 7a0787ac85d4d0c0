package completeness

import (
	"cmp"
	"strings"

	"imagery/client"
	"imagery/internal/rules"
)

// Account is what a run keeps of an account. Texts are the platform's, to be shown through String.
type Account struct {
	ID           client.Text `json:"accountId"`
	No           client.Text `json:"accountNo"`
	BizType      client.Text `json:"accountBizType"`
	Name         client.Text `json:"accountName"`
	CustomerID   client.Text `json:"customerId"`
	CustomerType client.Text `json:"accountCustomerType"`
	Status       client.Text `json:"accountStatus"`
	Dept         client.Text `json:"deptCode"`
	DeptName     client.Text `json:"deptName"`
	Opened       day         `json:"openAcctDate"`
}

// day is a date that JSON reads as well as writes.
type day struct{ client.Date }

// UnmarshalJSON implements json.Unmarshaler.
func (d *day) UnmarshalJSON(b []byte) (err error) {
	s := strings.Trim(string(b), `"`)
	if s == "null" || s == "" {
		d.Date = client.Date{}
		return nil
	}
	d.Date, err = client.ParseDate(s)
	return err
}

// facts are what rules look at.
func (a *Account) facts() rules.Account {
	return rules.Account{BizType: a.BizType.Raw(), CustomerType: a.CustomerType.Raw(), Status: a.Status.Raw(), Opened: a.Opened.Date}
}

// key tells accounts apart, also where a platform sends no accountId.
func (a *Account) key() string {
	if a.ID != "" {
		return a.ID.Raw()
	}
	return "\x00" + a.No.Raw() + "\x00" + a.BizType.Raw()
}

// compare orders accounts as people look for them.
func (a *Account) compare(b *Account) int {
	return cmp.Or(cmp.Compare(a.Dept, b.Dept), cmp.Compare(a.No, b.No), cmp.Compare(a.BizType, b.BizType), cmp.Compare(a.ID, b.ID))
}

// table has every account seen, once. Texts that many accounts share are kept once.
type table struct {
	accounts []Account
	at       map[string]int
	shared   map[client.Text]client.Text
}

func newTable() *table {
	return &table{at: map[string]int{}, shared: map[client.Text]client.Text{}}
}

func (t *table) same(s client.Text) client.Text {
	if k, ok := t.shared[s]; ok {
		return k
	}
	k := own(s)
	t.shared[k] = k
	return k
}

// own copies a text out of the answer it came in, which could not be freed otherwise.
func own(s client.Text) client.Text { return client.Text(strings.Clone(s.Raw())) }

// account takes what a run keeps from a row of interface 9.
func (t *table) account(r *client.CustomerAccount) Account {
	a := &r.Account
	return Account{
		ID: own(a.AccountID), No: own(a.AccountNo), Name: own(a.AccountName), CustomerID: own(cmp.Or(a.CustomerID, r.Customer.CustomerID)),
		BizType: t.same(a.AccountBizType), CustomerType: t.same(a.AccountCustomerType), Status: t.same(a.AccountStatus),
		Dept: t.same(cmp.Or(a.DeptCode, r.Department.DeptCode)), DeptName: t.same(r.Department.DeptName), Opened: day{a.OpenAcctDate},
	}
}

// add returns the place of an account; one that is there already is brought up to date.
func (t *table) add(a Account) int {
	k := a.key()
	i, ok := t.at[k]
	if ok {
		t.accounts[i] = a
		return i
	}
	t.accounts = append(t.accounts, a)
	t.at[k] = len(t.accounts) - 1
	return len(t.accounts) - 1
}
