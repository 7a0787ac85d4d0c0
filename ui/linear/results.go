package linear

import (
	"context"
	"strings"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	"imagery/internal/text"
)

// results is one page of a search, and the way to the others.
type results struct {
	d       *dialogue
	asked   client.SearchAccountsRequest
	filters int // in force
	page    *client.Page[client.CustomerAccount]
	list    list
}

// fetch asks for a page, 1-based; when it fails, the page there was stays.
func (r *results) fetch(number int) error {
	d, req := r.d, r.asked
	req.PageNumber = number
	p, err := look(d, "accounts.loading", func(ctx context.Context) (*client.Page[client.CustomerAccount], error) {
		return d.svc.SearchAccounts(ctx, req)
	})
	if err != nil {
		return d.failed(err)
	}
	r.page, r.asked = p, req
	if r.list.open == nil {
		r.list = list{name: "linear.which_account", title: r.title, line: r.line, open: r.open, turn: r.turn, options: r.options}
	}
	r.list.set(len(p.Content))
	return nil
}

func (r *results) title() string {
	d := r.d
	if r.list.n == 0 {
		return d.t("accounts.empty")
	}
	pages := "?"
	if n := r.page.Pages(); n > 0 {
		pages = text.Count(int64(n))
	}
	s := d.t("linear.page", "page", text.Count(int64(r.asked.PageNumber)), "pages", pages, "total", text.Count(r.page.TotalElements))
	if r.filters > 0 {
		s += d.t("linear.comma") + d.t("accounts.filtered", "n", r.filters)
	}
	return s
}

func (r *results) line(i int) (heading, line string) {
	d, a := r.d, r.page.Content[i]
	book := d.svc.Codes()
	parts := []string{
		strings.TrimSpace(a.Account.AccountNo.String() + " " + customerName(a)), book.Name(codes.BizTypes, a.Account.AccountBizType),
		book.Name(codes.Statuses, a.Account.AccountStatus), department(a),
	}
	if day := a.Account.OpenAcctDate.String(); day != "" {
		parts = append(parts, d.t("accounts.col.opened")+" "+day)
	}
	return "", d.commas(parts)
}

// commas joins the parts that are not empty.
func (d *dialogue) commas(parts []string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, d.t("linear.comma"))
}

// customerName is the account's own name, or its customer's.
func customerName(a client.CustomerAccount) string {
	for _, t := range []client.Text{a.Account.AccountName, a.Customer.CustomerName, a.Account.AccountFullName, a.Customer.CustomerFullName} {
		if t != "" {
			return t.String()
		}
	}
	return ""
}

func department(a client.CustomerAccount) string {
	if n := a.Department.DeptName.String(); n != "" {
		return n
	}
	return a.Account.DeptCode.String()
}

func (r *results) open(i int) error { return r.d.openAccount(r.page.Content[i]) }

// turn goes to the next or previous page of the platform.
func (r *results) turn(by int) error {
	d, now := r.d, r.asked.PageNumber
	switch {
	case by > 0 && !r.page.HasNext:
		d.say(d.t("accounts.last_page"))
		return nil
	case by < 0 && now <= 1:
		d.say(d.t("accounts.first_page"))
		return nil
	}
	if err := r.fetch(now + by); err != nil {
		return err
	}
	if by < 0 && r.asked.PageNumber != now { // on from where the reading came
		r.list.at = max(0, (r.list.n-1)/atOnce*atOnce)
	}
	return nil
}

func (r *results) options() []option {
	d := r.d
	page := &question{label: "linear.page_number", read: func(typed string) (string, error) {
		n, ok := number(typed)
		if last := r.page.Pages(); !ok || n < 1 || last > 0 && n > last {
			return "", complaint(d.t("accounts.filter.bad_size", "max", text.Count(int64(r.page.Pages()))))
		}
		return typed, r.fetch(n)
	}}
	return []option{
		{keys: []string{"g"}, name: d.t("linear.go_to_page"), do: func() error { return d.answer(page) }},
		{keys: []string{"r"}, name: d.t("key.accounts.refresh"), do: func() error { return r.fetch(r.asked.PageNumber) }},
	}
}

// goTo opens an account by number and business type; what the last search knows of it goes along.
func (d *dialogue) goTo() error {
	no := &question{label: "accounts.goto.no", read: func(typed string) (string, error) { return fold(typed), nil }}
	biz := d.codeQuestion("accounts.goto.biz", codes.BizTypes, client.Brokerage)
	if err := d.fill(form{no, biz}); err != nil {
		return err
	}
	if d.found != nil {
		for _, a := range d.found.page.Content {
			if a.Account.AccountNo.Raw() == no.value && a.Account.AccountBizType.Raw() == biz.value {
				return d.openAccount(a)
			}
		}
	}
	return d.openAccount(client.CustomerAccount{Account: client.Account{AccountNo: client.Text(no.value), AccountBizType: client.Text(biz.value)}})
}

// accountDetails reads out all there is about an account.
func (d *dialogue) accountDetails(a client.CustomerAccount) {
	id := ""
	if !a.Customer.IDNo.IsZero() {
		id = strings.TrimSpace(d.named(codes.IDTypes, a.Customer.IDType) + " " + a.Customer.IDNo.String())
	}
	d.pairs([]i18n.Key{
		"accounts.detail.no", "accounts.detail.name", "accounts.detail.biz", "accounts.detail.cust", "accounts.detail.status", "accounts.detail.dept",
		"accounts.detail.opened", "accounts.detail.closed", "accounts.detail.id", "accounts.detail.risk", "accounts.detail.customer", "accounts.detail.source",
	}, []string{
		a.Account.AccountNo.String(), customerName(a), d.named(codes.BizTypes, a.Account.AccountBizType),
		d.named(codes.AccountCustomerTypes, a.Account.AccountCustomerType), d.named(codes.Statuses, a.Account.AccountStatus), department(a),
		a.Account.OpenAcctDate.String(), a.Account.WriteoffDate.String(), id, a.Customer.AmlRiskCodeName.String(), a.Customer.CustomerID.String(),
		a.Account.SrcType.String(),
	})
}
