package demo

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// versions returns everything one owner has or had under archives that are not discarded, each version settled as current or replaced.
// a is any account of the owner.
func (p *Platform) versions(ctx context.Context, q querier, o owner, a *account) ([]held, error) {
	mask, opened := a.own, a.opened
	if o.customer {
		mask, opened = a.shared, p.customerSince(ctx, q, a)
	}
	all := p.generated(o, mask, opened)
	column := "account"
	if o.customer {
		column = "customer"
	}
	rows, err := q.QueryContext(ctx, "SELECT m.id, m.archive, m.code, m.file, r.title, r.created FROM archived m JOIN archives r ON r.id = m.archive WHERE m."+column+" = ? ORDER BY m.id", o.n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		h := held{owner: o, source: fromArchive}
		var file string
		var created int64
		if err := rows.Scan(&h.id, &h.access, &h.code, &file, &h.title, &created); err != nil {
			return nil, err
		}
		if n := len(all); n > 0 && all[n-1].access == h.access && all[n-1].code == h.code { // one material, several files
			all[n-1].files = append(all[n-1].files, file)
			continue
		}
		h.id, h.files, h.created = -h.id, []string{file}, fromMillis(created)
		all = append(all, h)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	gone, err := p.discarded(ctx, q, all)
	if err != nil {
		return nil, err
	}
	return settle(all, gone), nil
}

// customerSince is the day of the customer's first account, from which its generated materials are dated whatever account asks.
func (p *Platform) customerSince(ctx context.Context, q querier, a *account) string {
	var day string
	err := q.QueryRowContext(ctx, "SELECT opened FROM accounts WHERE customer = ? ORDER BY seq LIMIT 1", a.customer).Scan(&day)
	return cmp.Or(map[bool]string{true: day}[err == nil], a.opened)
}

// discarded returns which of the archives behind all are discarded.
func (p *Platform) discarded(ctx context.Context, q querier, all []held) (map[string]bool, error) {
	gone := map[string]bool{}
	for _, h := range all {
		if _, asked := gone[h.access]; h.access == "" || asked {
			continue
		}
		var one int
		err := q.QueryRowContext(ctx, "SELECT 1 FROM discards WHERE archive = ?", h.access).Scan(&one)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		gone[h.access] = err == nil
	}
	return gone, nil
}

// current returns the versions that are not replaced.
func (p *Platform) current(ctx context.Context, q querier, o owner, a *account) ([]held, error) {
	all, err := p.versions(ctx, q, o, a)
	return slices.DeleteFunc(all, func(h held) bool { return !h.replaced.IsZero() }), err
}

// accountByNo finds an account that the user may see.
func (p *Platform) accountByNo(ctx context.Context, u user, no, biz string) (*account, error) {
	switch {
	case no == "":
		return nil, refuse(http.StatusBadRequest, "accountNo must not be empty")
	case biz == "":
		return nil, refuse(http.StatusBadRequest, "accountBizType must not be empty")
	}
	found, err := p.accountsWhere(ctx, p.db, "no = ? AND biz = ?", no, biz)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, refuse(http.StatusNotFound, "账户不存在: "+no)
	case !slices.Contains(p.cat.within(u.dept), found[0].dept):
		return nil, refuse(http.StatusForbidden, "无权访问该营业部的账户")
	}
	return &found[0], nil
}

// listMaterials is interface 7.
func (p *Platform) listMaterials(w http.ResponseWriter, r *http.Request, u user) {
	var in struct {
		AccountNo, AccountBizType string
		WithCustomer, WithHis     bool
		MaterialCodes             []string
	}
	if !readJSON(w, r, &in) {
		return
	}
	a, err := p.accountByNo(r.Context(), u, in.AccountNo, in.AccountBizType)
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	owners := []owner{{false, a.seq}}
	if in.WithCustomer {
		owners = append(owners, owner{true, a.customer})
	}
	out := []materialInfo{}
	for _, o := range owners {
		all, err := p.versions(r.Context(), p.db, o, a)
		if err != nil {
			answer(w, r, nil, err)
			return
		}
		for _, h := range all {
			if !in.WithHis && !h.replaced.IsZero() || len(in.MaterialCodes) > 0 && !slices.Contains(in.MaterialCodes, h.code) {
				continue
			}
			m, err := p.describe(r.Context(), h, a)
			if err != nil {
				answer(w, r, nil, err)
				return
			}
			out = append(out, m)
		}
	}
	answer(w, r, out, nil)
}

// materialInfo is interface 7's record on the wire.
type materialInfo struct {
	ID                 int64      `json:"id"`
	AccountID          *string    `json:"accountId"`
	AccountNo          *string    `json:"accountNo"`
	AccountBizType     *string    `json:"accountBizType"`
	AccountDeptCode    *string    `json:"accountDeptCode"`
	MaterialCode       string     `json:"materialCode"`
	MaterialName       string     `json:"materialName"`
	BizCode            string     `json:"bizCode"`
	BizName            string     `json:"bizName"`
	SubmitterEmpCode   string     `json:"submitterEmpCode"`
	SubmitterEmpName   string     `json:"submitterEmpName"`
	FileIDs            []string   `json:"fileIds"`
	Files              []fileInfo `json:"files"`
	SourceType         string     `json:"sourceType"`
	ServiceAccessID    *string    `json:"serviceAccessId"`
	ServiceName        *string    `json:"serviceName"`
	ServiceAccessTitle *string    `json:"serviceAccessTitle"`
	ProcessInstanceID  *string    `json:"processInstanceId"`
	ProcessName        *string    `json:"processName"`
	CreateTime         *string    `json:"createTime"`
	CustomerID         *string    `json:"customerId"`
	HisCreateTime      *string    `json:"hisCreateTime"`
}

func opt(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// stamp is how this platform writes moments.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return opt(t.In(shanghai).Format(time.DateTime))
}

func (p *Platform) describe(ctx context.Context, h held, a *account) (materialInfo, error) {
	m := p.cat.Materials[p.cat.bit[h.code]]
	e := employees[h.emp]
	out := materialInfo{
		ID: h.id, MaterialCode: h.code, MaterialName: m.Name, BizCode: h.code[:1] + "000", BizName: m.Category, SubmitterEmpCode: e.code, SubmitterEmpName: e.name,
		FileIDs: h.files, SourceType: h.source, ServiceAccessID: opt(h.access), ServiceAccessTitle: opt(h.title), ProcessInstanceID: opt(h.process),
		CreateTime: stamp(h.created), HisCreateTime: stamp(h.replaced),
	}
	if h.archivedSince() {
		out.ID = 1_000_000_000_000 - h.id
	}
	if h.access != "" {
		out.ServiceName = opt("影像归档接口")
	}
	if h.process != "" {
		out.ProcessName = opt("开户申请")
	}
	if h.owner.customer {
		out.CustomerID = opt(a.customerID())
	} else {
		out.AccountID, out.AccountNo, out.AccountBizType, out.AccountDeptCode = opt(a.id()), opt(a.no), opt(a.biz), opt(a.dept)
		out.CustomerID = nil
	}
	for _, id := range h.files {
		f, err := p.file(ctx, id)
		if err != nil {
			return out, fmt.Errorf("file %s: %w", id, err)
		}
		out.Files = append(out.Files, *f.info())
	}
	return out, nil
}

// searchAccounts is interface 9.
func (p *Platform) searchAccounts(w http.ResponseWriter, r *http.Request, u user) {
	var q query
	if !readJSON(w, r, &q) {
		return
	}
	if err := q.check(); err != nil {
		answer(w, r, nil, err)
		return
	}
	page, total := p.matching(q, p.cat.within(u.dept))
	content := []customerAccount{}
	if len(page) > 0 {
		marks, args := strings.TrimSuffix(strings.Repeat("?,", len(page)), ","), make([]any, len(page))
		for i, seq := range page {
			args[i] = seq
		}
		found, err := p.accountsWhere(r.Context(), p.db, "seq IN ("+marks+")", args...)
		if err != nil {
			answer(w, r, nil, err)
			return
		}
		for i := range found {
			content = append(content, p.customerAccount(&found[i]))
		}
	}
	pages := (total + q.PageSize - 1) / q.PageSize
	writeJSON(w, map[string]any{
		"number": q.PageNumber, "size": q.PageSize, "totalPages": pages, "numberOfElements": len(content), "totalElements": total,
		"previousPage": q.PageNumber > 1, "first": q.PageNumber == 1, "nextPage": q.PageNumber < pages, "last": q.PageNumber >= pages, "content": content,
	})
}

// maxPageSize is how many rows a page may have; more are not granted.
const maxPageSize = 1000

func (q *query) check() error {
	if q.PageNumber < 1 {
		return refuse(http.StatusBadRequest, "pageNumber must be at least 1, got "+strconv.Itoa(q.PageNumber))
	}
	if q.PageSize < 1 {
		return refuse(http.StatusBadRequest, "pageSize must be at least 1")
	}
	q.PageSize = min(q.PageSize, maxPageSize)
	for _, day := range []string{q.OpenAcctDateRange.Start, q.OpenAcctDateRange.End} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return refuse(http.StatusBadRequest, "openAcctDateRange: not a date: "+day)
		}
	}
	return nil
}
