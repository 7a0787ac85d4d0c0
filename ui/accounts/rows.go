package accounts

import (
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/grid"
)

// row is one line of the list.
type row = client.CustomerAccount

func keyOf(r row) string {
	if r.Account.AccountID != "" {
		return r.Account.AccountID.Raw()
	}
	return r.Account.AccountBizType.Raw() + "/" + r.Account.AccountNo.Raw()
}

// columns are the list's columns; names are looked up when a cell is drawn, because codes are learnt on the way. All down to completeness
// have room beside the filter in a window of 100 cells, and numbers of 12 digits are never cut.
func (m *Model) columns() []grid.Column[row] {
	name := func(t codes.Table, at func(row) client.Text) func(row) string {
		return func(r row) string { return m.svc.Codes().Name(t, at(r)) }
	}
	return []grid.Column[row]{
		{
			ID: "no", Title: "accounts.col.no", Min: 12, Max: 16, Cell: func(r row) string { return r.Account.AccountNo.String() },
			Less: func(a, b row) bool { return a.Account.AccountNo < b.Account.AccountNo },
		},
		{
			ID: "name", Title: "accounts.col.name", Min: 10, Max: -1, Cell: customerName,
			Less: func(a, b row) bool { return customerName(a) < customerName(b) },
		},
		{
			ID: "biz", Title: "accounts.col.biz", Min: 8, Max: 12, Priority: 2, Cell: name(codes.BizTypes, bizType),
			Less: func(a, b row) bool { return bizType(a) < bizType(b) },
		},
		{
			ID: "status", Title: "accounts.col.status", Min: 5, Max: 6, Priority: 3, Cell: name(codes.Statuses, status), Style: m.statusStyle,
			Less: func(a, b row) bool { return status(a) < status(b) },
		},
		{
			ID: "dept", Title: "accounts.col.dept", Min: 10, Max: 16, Priority: 4, Cell: department,
			Less: func(a, b row) bool { return department(a) < department(b) },
		},
		{
			ID: "opened", Title: "accounts.col.opened", Min: 10, Max: 10, Priority: 1, Cell: func(r row) string { return r.Account.OpenAcctDate.String() },
			Less: func(a, b row) bool { return a.Account.OpenAcctDate.Compare(b.Account.OpenAcctDate) < 0 },
		},
		{
			ID: "full", Title: "accounts.col.full", Min: 5, Max: 7, Priority: 2, Cell: m.full, Style: m.fullStyle,
			Less: func(a, b row) bool { return m.lacks(a) < m.lacks(b) },
		},
		{
			ID: "cust", Title: "accounts.col.cust", Min: 8, Max: 10, Priority: 5, Cell: name(codes.AccountCustomerTypes, customerKind),
			Less: func(a, b row) bool { return customerKind(a) < customerKind(b) },
		},
		{ID: "closed", Title: "accounts.col.closed", Min: 10, Max: 10, Priority: 6, Hidden: true, Cell: func(r row) string { return r.Account.WriteoffDate.String() }, Less: func(a, b row) bool { return a.Account.WriteoffDate.Compare(b.Account.WriteoffDate) < 0 }},
		{ID: "idno", Title: "accounts.col.idno", Min: 18, Max: 18, Priority: 7, Hidden: true, Cell: func(r row) string { return r.Customer.IDNo.String() }, Less: func(a, b row) bool { return a.Customer.IDNo.String() < b.Customer.IDNo.String() }},
	}
}

// full is how an account stood in the last check of completeness.
func (m *Model) full(r row) string {
	n, known := m.svc.Completeness(r.Account.AccountID)
	switch {
	case !known:
		return m.env.T("accounts.not_checked")
	case n > 0:
		return m.env.T("accounts.lacks", "n", n)
	}
	return m.env.T("accounts.complete")
}

func (m *Model) fullStyle(r row) *lipgloss.Style {
	n, known := m.svc.Completeness(r.Account.AccountID)
	switch {
	case !known:
		return &m.env.Styles.Muted
	case n > 0:
		return &m.env.Styles.Missing
	}
	return &m.env.Styles.Have
}

// lacks orders accounts by what they lack, those that were not checked first.
func (m *Model) lacks(r row) int {
	if n, known := m.svc.Completeness(r.Account.AccountID); known {
		return n
	}
	return -1
}

func bizType(r row) client.Text      { return r.Account.AccountBizType }
func status(r row) client.Text       { return r.Account.AccountStatus }
func customerKind(r row) client.Text { return r.Account.AccountCustomerType }

// customerName is the account's own name, or its customer's.
func customerName(r row) string {
	for _, t := range []client.Text{r.Account.AccountName, r.Customer.CustomerName, r.Account.AccountFullName, r.Customer.CustomerFullName} {
		if t != "" {
			return t.String()
		}
	}
	return "--"
}

func department(r row) string {
	if n := r.Department.DeptName.String(); n != "" {
		return n
	}
	return r.Account.DeptCode.String()
}

// closedStatus is accountStatus of a closed account.
const closedStatus = "0"

func (m *Model) statusStyle(r row) *lipgloss.Style {
	if status(r) == closedStatus {
		return &m.env.Styles.Muted
	}
	return nil
}
