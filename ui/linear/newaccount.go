package linear

import (
	"context"

	"imagery/client"
	"imagery/internal/codes"
)

// addAccount adds an account and opens it.
func (d *dialogue) addAccount() error {
	added, err := d.newAccount("", "")
	if err != nil {
		return err
	}
	return d.openAccount(*added)
}

// newAccount asks for what interface 4 needs and adds the account. Number and business type fill it in and may be empty.
func (d *dialogue) newAccount(accountNo, bizType string) (added *client.CustomerAccount, err error) {
	plain := func(typed string) (string, error) { return fold(typed), nil }
	no := &question{label: "newaccount.no", value: accountNo, read: plain}
	biz := d.codeQuestion("newaccount.biz", codes.BizTypes, bizType)
	name := &question{label: "newaccount.name"}
	dept := d.codeQuestion("newaccount.dept", codes.Departments, "")
	custType := d.codeQuestion("newaccount.cust_type", codes.CustomerTypes, "0")
	acctCust := d.codeQuestion("newaccount.acct_cust", codes.AccountCustomerTypes, "")
	status := d.codeQuestion("newaccount.status", codes.Statuses, "1")
	idType := d.codeQuestion("newaccount.id_type", codes.IDTypes, "")
	idNo := &question{label: "newaccount.id_no", read: plain, show: client.Mask}
	extra := &question{label: "newaccount.extra", hint: "newaccount.extra_hint", optional: true, hidden: func() bool { return biz.value != client.Brokerage }}
	f := form{no, biz, name, dept, custType, acctCust, status, idType, idNo, extra}
	d.say(d.t("newaccount.title"))
	if err := d.fill(f); err != nil {
		return nil, err
	}
	send := func() (err error) {
		added, err = d.add(client.AddAccountRequest{
			AccountNo: no.value, AccountBizType: biz.value, AccountName: name.value, DeptCode: dept.value, CustomerType: custType.value,
			AccountCustomerType: acctCust.value, AccountStatus: status.value, IDType: idType.value, IDNo: client.NewIDNumber(idNo.value),
			ExtraCode: extraOf(biz.value, extra.value),
		})
		return err
	}
	err = d.menu("newaccount.title", func() []option {
		return append([]option{{name: d.t("newaccount.add"), do: send}}, d.changes(f)...)
	})
	return added, err
}

// extraOf is the extra code where one goes along.
func extraOf(bizType, extra string) string {
	if bizType != client.Brokerage {
		return ""
	}
	return extra
}

// add sends an account after a confirmation. errDone: it was added.
func (d *dialogue) add(r client.AddAccountRequest) (*client.CustomerAccount, error) {
	if err := d.confirm(d.t("linear.add_sure", "no", client.Text(r.AccountNo))); err != nil {
		return nil, err
	}
	added, err := run(d, "linear.adding", nil, func(ctx context.Context) (*client.CustomerAccount, error) { return d.svc.AddAccount(ctx, r) })
	switch {
	case err == nil:
		d.say(d.t("main.account_added", "no", added.Account.AccountNo))
		return added, errDone
	case over(err):
		return nil, d.signInAgain() // nothing was added; the summary is there to be sent again
	}
	return nil, d.failed(err)
}
