package demo

import (
	"context"
	"net/http"
	"slices"
)

// customerAccount is a row of interface 9 and the answer of interface 4 on the wire.
type customerAccount struct {
	Customer struct {
		CustomerID         string   `json:"customerId"`
		CustomerType       string   `json:"customerType"`
		CustomerName       string   `json:"customerName"`
		CustomerFullName   string   `json:"customerFullName"`
		DeptCode           string   `json:"deptCode"`
		OriDeptCode        string   `json:"oriDeptCode"`
		IDType             string   `json:"idType"`
		IDNo               string   `json:"idNo"`
		ExtraCode          *string  `json:"extraCode"`
		RaxRegNo           *string  `json:"raxRegNo"`
		LicenseNo          *string  `json:"licenseNo"`
		EntityType         string   `json:"entityType"`
		CreateDate         string   `json:"createDate"`
		CreateTime         string   `json:"createTime"`
		SrcType            string   `json:"srcType"`
		OriginalCustomerID *string  `json:"originalCustomerId"`
		AMLRiskCode        string   `json:"amlRiskCode"`
		AMLRiskCodeName    string   `json:"amlRiskCodeName"`
		IDNos              []string `json:"idNos"`
	} `json:"customer"`
	Account struct {
		CustomerID          string   `json:"customerId"`
		AccountID           string   `json:"accountId"`
		AccountNo           string   `json:"accountNo"`
		AccountBizType      string   `json:"accountBizType"`
		AccountStatus       string   `json:"accountStatus"`
		AccountName         string   `json:"accountName"`
		AccountFullName     string   `json:"accountFullName"`
		AccountCustomerType string   `json:"accountCustomerType"`
		DeptCode            string   `json:"deptCode"`
		OpenAcctDate        *string  `json:"openAcctDate"`
		WriteoffDate        *string  `json:"writeoffDate"`
		SrcType             string   `json:"srcType"`
		AccountCategory     *string  `json:"accountCategory"`
		AccountLabelList    []string `json:"accountLabelList"`
	} `json:"account"`
	Department struct {
		DeptCode       string  `json:"deptCode"`
		DeptName       string  `json:"deptName"`
		ParentDeptCode *string `json:"parentDeptCode"`
	} `json:"department"`
}

func (p *Platform) customerAccount(a *account) customerAccount {
	d := p.cat.dept(a.dept)
	kind := "1"
	if a.cust == "1" {
		kind = "0"
	}
	var out customerAccount
	c, acc, dept := &out.Customer, &out.Account, &out.Department
	c.CustomerID, c.CustomerType, c.CustomerName, c.CustomerFullName = a.customerID(), kind, a.name, a.name
	c.DeptCode, c.OriDeptCode, c.IDType, c.IDNo, c.IDNos, c.ExtraCode = a.dept, a.dept, a.idType, a.idNo, []string{a.idNo}, opt(a.extra)
	c.EntityType, c.CreateDate, c.CreateTime, c.SrcType = "1", a.opened, "09:00:00", "counter"
	c.AMLRiskCode, c.AMLRiskCodeName = string(rune('1'+a.risk)), risks[a.risk]
	acc.CustomerID, acc.AccountID, acc.AccountNo, acc.AccountName, acc.AccountFullName = a.customerID(), a.id(), a.no, a.name, a.name
	acc.AccountBizType, acc.AccountStatus, acc.AccountCustomerType, acc.DeptCode = a.biz, a.status, a.cust, a.dept
	acc.OpenAcctDate, acc.WriteoffDate, acc.SrcType, acc.AccountLabelList = opt(a.opened), opt(a.closed), "counter", []string{}
	dept.DeptCode, dept.DeptName, dept.ParentDeptCode = d.DeptCode, d.DeptName, opt(d.ParentDeptCode)
	return out
}

// newAccount is interface 4's request.
type newAccount struct {
	DeptCode, AccountNo, AccountBizType, AccountName, AccountCustomerType string
	CustomerType, AccountStatus, IDType, IDNo, ExtraCode                  string
}

func (p *Platform) checkNew(n newAccount, u user) error {
	for _, f := range []struct{ name, value string }{
		{"deptCode", n.DeptCode},
		{"accountNo", n.AccountNo},
		{"accountBizType", n.AccountBizType},
		{"accountName", n.AccountName},
		{"accountCustomerType", n.AccountCustomerType},
		{"customerType", n.CustomerType},
		{"accountStatus", n.AccountStatus},
		{"idType", n.IDType},
		{"idNo", n.IDNo},
	} {
		if f.value == "" {
			return refuse(http.StatusBadRequest, f.name+" must not be empty")
		}
	}
	known := func(list []code, c string) bool {
		return slices.ContainsFunc(list, func(x code) bool { return x.Code == c })
	}
	switch {
	case !known(p.cat.BizTypes, n.AccountBizType):
		return refuse(http.StatusBadRequest, "unknown accountBizType "+n.AccountBizType)
	case !known(p.cat.CustTypes, n.AccountCustomerType):
		return refuse(http.StatusBadRequest, "unknown accountCustomerType "+n.AccountCustomerType)
	case !known(p.cat.IDTypes, n.IDType):
		return refuse(http.StatusBadRequest, "unknown idType "+n.IDType)
	case n.CustomerType != "0" && n.CustomerType != "1", n.AccountStatus != "0" && n.AccountStatus != "1":
		return refuse(http.StatusBadRequest, "customerType and accountStatus must be 0 or 1")
	case n.ExtraCode != "" && n.AccountBizType != "0":
		return refuse(http.StatusBadRequest, "extraCode goes only with accountBizType 0")
	case p.cat.dept(n.DeptCode).DeptName == "":
		return refuse(http.StatusBadRequest, "unknown deptCode "+n.DeptCode)
	case !slices.Contains(p.cat.within(u.dept), n.DeptCode):
		return refuse(http.StatusForbidden, "无权在该营业部新增账户")
	}
	return nil
}

// addAccount is interface 4.
func (p *Platform) addAccount(w http.ResponseWriter, r *http.Request, u user) {
	var n newAccount
	if !readJSON(w, r, &n) {
		return
	}
	err := p.checkNew(n, u)
	var a account
	if err == nil {
		a, err = p.insertAccount(r.Context(), n)
	}
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	writeJSON(w, p.customerAccount(&a))
}

// insertAccount adds the account to the customer with the same document, or to a new one.
func (p *Platform) insertAccount(ctx context.Context, n newAccount) (account, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return account{}, err
	}
	defer func() { _ = tx.Rollback() }()
	taken, err := p.accountsWhere(ctx, tx, "no = ? AND biz = ?", n.AccountNo, n.AccountBizType)
	if err != nil {
		return account{}, err
	}
	if len(taken) > 0 {
		return account{}, refuse(http.StatusConflict, "账户已存在: "+n.AccountNo)
	}
	a := account{
		no: n.AccountNo, biz: n.AccountBizType, cust: n.AccountCustomerType, status: n.AccountStatus, dept: n.DeptCode, name: n.AccountName,
		idType: n.IDType, idNo: n.IDNo, extra: n.ExtraCode, opened: p.opts.Now().In(shanghai).Format("2006-01-02"),
	}
	if a.status == "0" {
		a.closed = a.opened
	}
	var customerHolds int64
	row := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) + 1, coalesce(max(customer), 0) + 1 FROM accounts")
	if err := row.Scan(&a.seq, &a.customer); err != nil {
		return account{}, err
	}
	same, err := p.accountsWhere(ctx, tx, "id_type = ? AND id_no = ?", a.idType, a.idNo)
	if err != nil {
		return account{}, err
	}
	if len(same) > 0 {
		a.customer, a.shared, a.risk = same[0].customer, same[0].shared, same[0].risk
		if err := tx.QueryRowContext(ctx, "SELECT customer_holds FROM accounts WHERE seq = ?", same[0].seq).Scan(&customerHolds); err != nil {
			return account{}, err
		}
	}
	in := inserter{ctx: ctx, tx: tx}
	in.add(a, 0, uint64(customerHolds))
	in.flush()
	if in.err != nil {
		return account{}, in.err
	}
	if err := tx.Commit(); err != nil {
		return account{}, err
	}
	p.index = append(p.index, entry{seq: a.seq, shared: uint64(customerHolds), dept: a.dept, biz: a.biz, cust: a.cust, opened: a.opened})
	return a, nil
}
