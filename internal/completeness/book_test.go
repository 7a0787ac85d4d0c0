package completeness

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"imagery/client"
	"imagery/internal/rules"
)

// book is a platform in memory, as small as can be, that answers interfaces 7 and 9 by their words in the contract.
type book struct {
	customer, history bool // what interface 9 counts besides the account's own current materials
	granted           int  // rows per page at most; 0: as asked

	mu       sync.Mutex
	accounts []holder
	searches int
	before   func(b *book, r client.SearchAccountsRequest) error // called before every search, with mu held
	listing  func(no string) error                               // called before every interface 7
	noTotals bool
}

// holder is an account and what it and its customer hold, by code.
type holder struct {
	client.CustomerAccount
	own, shared, past map[string]bool
}

func (b *book) sees(h *holder, codes []string) bool {
	return slices.ContainsFunc(codes, func(c string) bool {
		return h.own[c] || b.customer && h.shared[c] || b.history && h.past[c]
	})
}

func in(list []string, s client.Text) bool { return len(list) == 0 || slices.Contains(list, s.Raw()) }

func (b *book) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*page, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.searches++
	if b.before != nil {
		if err := b.before(b, r); err != nil {
			return nil, err
		}
	}
	var found []client.CustomerAccount
	for i := range b.accounts {
		h := &b.accounts[i]
		a := &h.Account
		switch {
		case len(r.MaterialCodes) > 0 && !b.sees(h, r.MaterialCodes), b.sees(h, r.ExcludedMaterialCodes),
			!in(r.DeptCodes, a.DeptCode), !in(r.AccountBizTypes, a.AccountBizType), !in(r.AccountCustomerTypes, a.AccountCustomerType),
			!r.OpenedFrom.IsZero() && (a.OpenAcctDate.IsZero() || a.OpenAcctDate.Compare(r.OpenedFrom) < 0),
			!r.OpenedTo.IsZero() && (a.OpenAcctDate.IsZero() || a.OpenAcctDate.Compare(r.OpenedTo) > 0):
			continue
		}
		found = append(found, h.CustomerAccount)
	}
	size := r.PageSize
	if b.granted > 0 {
		size = min(size, b.granted)
	}
	from := min((r.PageNumber-1)*size, len(found))
	to := min(from+size, len(found))
	p := &page{Number: r.PageNumber, Size: size, NumberOfElements: to - from, TotalElements: int64(len(found)), HasNext: to < len(found), Content: found[from:to]}
	if b.noTotals {
		p.TotalElements = 0
	}
	return p, ctx.Err()
}

func (b *book) ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listing != nil {
		if err := b.listing(r.AccountNo); err != nil {
			return nil, err
		}
	}
	i := slices.IndexFunc(b.accounts, func(h holder) bool {
		return h.Account.AccountNo.Raw() == r.AccountNo && h.Account.AccountBizType.Raw() == r.AccountBizType
	})
	if i < 0 {
		return nil, errors.New("no such account")
	}
	h := &b.accounts[i]
	var out []client.MaterialInfo
	for c := range h.own {
		out = append(out, client.MaterialInfo{AccountNo: h.Account.AccountNo, MaterialCode: client.Text(c)})
	}
	if r.WithCustomer {
		for c := range h.shared {
			out = append(out, client.MaterialInfo{CustomerID: "C", MaterialCode: client.Text(c)})
		}
	}
	if r.WithHis {
		for c := range h.past {
			out = append(out, client.MaterialInfo{AccountNo: h.Account.AccountNo, MaterialCode: client.Text(c), HisCreateTime: Moment{Time: someday}})
		}
	}
	return out, ctx.Err()
}

// dice make random books and rules.
type dice struct{ *rand.Rand }

func (d dice) some(from string, p float64) (out []string) {
	for _, c := range from {
		if d.Float64() < p {
			out = append(out, string(c))
		}
	}
	return out
}

func (d dice) one(from string) client.Text { return client.Text(from[d.IntN(len(from))]) }

func (d dice) day() client.Date {
	return client.Date{Year: 2015 + d.IntN(4), Month: 1 + d.IntN(12), Day: 1}
}

func (d dice) set(p float64) map[string]bool {
	out := map[string]bool{}
	for _, c := range d.some("ABCDEFGH", p) {
		out[c] = true
	}
	return out
}

func (d dice) account(n int) holder {
	h := holder{own: map[string]bool{}, shared: map[string]bool{}, past: map[string]bool{}}
	h.Account = client.Account{
		AccountID: client.Text(fmt.Sprintf("id%d", n)), AccountNo: client.Text(fmt.Sprintf("no%d", n)), AccountBizType: d.one("012"),
		AccountCustomerType: d.one("12"), AccountStatus: d.one("01"), DeptCode: d.one("xyz"), OpenAcctDate: d.day(),
	}
	if d.IntN(20) == 0 {
		h.Account.OpenAcctDate = client.Date{}
	}
	if d.IntN(6) > 0 { // the others have nothing at all
		h.own, h.shared, h.past = d.set(d.Float64()), d.set(d.Float64()*0.5), d.set(0.2)
	}
	return h
}

func (d dice) book(n int) *book {
	b := &book{customer: d.IntN(2) == 0, history: d.IntN(2) == 0, granted: d.IntN(9)}
	for i := range n {
		b.accounts = append(b.accounts, d.account(i))
	}
	return b
}

func (d dice) rules() *rules.Set {
	s := &rules.Set{}
	for i := range 1 + d.IntN(5) {
		r := rules.Rule{ID: fmt.Sprint("R", i), Name: "n", BizTypes: d.some("012", 0.3), CustomerTypes: d.some("12", 0.3), Status: d.some("01", 0.2)}
		if d.IntN(4) == 0 {
			r.OpenedFrom = d.day()
		}
		if d.IntN(8) == 0 {
			r.OpenedTo = d.day()
		}
		for len(r.Any) == 0 {
			r.Any = d.some("ABCD", 0.4)
		}
		if d.IntN(3) == 0 {
			r.IfAny = d.some("EF", 0.5)
		}
		if d.IntN(3) == 0 {
			r.UnlessAny = d.some("GH", 0.5)
		}
		s.Rules = append(s.Rules, r)
	}
	return s
}

func (d dice) scope() (r client.SearchAccountsRequest) {
	if d.IntN(2) == 0 {
		return r
	}
	r.AccountBizTypes, r.AccountCustomerTypes, r.DeptCodes = d.some("012", 0.3), d.some("12", 0.2), d.some("xyz", 0.3)
	r.MaterialCodes, r.ExcludedMaterialCodes = d.some("ABEG", 0.15), d.some("CFH", 0.1)
	if d.IntN(4) == 0 {
		r.OpenedFrom = d.day()
	}
	return r
}

func (d dice) known(b bool) Known {
	if b {
		return Yes
	}
	return No
}

// brute asks interface 7 about every account in scope and returns "account rule" of every violation.
func brute(t testing.TB, p Platform, o Options) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	ask := o.Scope
	ask.PageSize = 1000
	for ask.PageNumber = 1; ; ask.PageNumber++ {
		pg, err := p.SearchAccounts(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		for i := range pg.Content {
			a := newTable().account(&pg.Content[i])
			list, err := p.ListMaterials(t.Context(), client.ListMaterialsRequest{AccountNo: a.No.Raw(), AccountBizType: a.BizType.Raw(), WithCustomer: true, WithHis: o.WithHistory})
			if err != nil {
				t.Fatal(err)
			}
			for _, rule := range o.Rules.Missing(a.facts(), func(code string) bool {
				return slices.ContainsFunc(list, func(m client.MaterialInfo) bool { return m.MaterialCode.Raw() == code })
			}) {
				out[a.key()+" "+o.Rules.Rules[rule].ID] = true
			}
		}
		if !pg.HasNext {
			return out
		}
	}
}

// violations returns "account rule" of what a run did not clear.
func violations(r *Run) map[string]bool {
	out := map[string]bool{}
	for _, v := range r.Violations {
		if v.State != Cleared {
			out[r.Accounts[v.Account].key()+" "+r.Rules.Rules[v.Rule].ID] = true
		}
	}
	return out
}
