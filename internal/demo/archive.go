package demo

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// archiveRequest is the request of interfaces 2 and 6.
type archiveRequest struct {
	Title, BusinessID, AccountBizType, AccountNo string
	IDType, IDNo, ExtraCode                      string // interface 6
	CreateTime, Extras                           string
	Materials                                    []archiveItem
}

type archiveItem struct {
	Code       string
	FileID     string
	Base64File *struct{ Name, Base64Data string }
}

// archiveToAccount is interface 2.
func (p *Platform) archiveToAccount(w http.ResponseWriter, r *http.Request, u user) {
	var in archiveRequest
	if !readJSON(w, r, &in) {
		return
	}
	a, err := p.accountByNo(r.Context(), u, in.AccountNo, in.AccountBizType)
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	p.archive(w, r, u, in, owner{false, a.seq}, a)
}

// archiveToCustomer is interface 6.
func (p *Platform) archiveToCustomer(w http.ResponseWriter, r *http.Request, u user) {
	var in archiveRequest
	if !readJSON(w, r, &in) {
		return
	}
	a, err := p.customerByID(r.Context(), u, in)
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	p.archive(w, r, u, in, owner{true, a.customer}, a)
}

func (p *Platform) customerByID(ctx context.Context, u user, in archiveRequest) (*account, error) {
	switch {
	case in.IDType == "" || in.IDNo == "":
		return nil, refuse(http.StatusBadRequest, "idType and idNo must not be empty")
	case in.ExtraCode != "" && in.AccountBizType != "" && in.AccountBizType != "0":
		return nil, refuse(http.StatusBadRequest, "extraCode goes only with accountBizType 0")
	}
	found, err := p.accountsWhere(ctx, p.db, "id_type = ? AND id_no = ?", in.IDType, in.IDNo)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, refuse(http.StatusNotFound, "客户不存在")
	}
	visible := p.cat.within(u.dept)
	i := slices.IndexFunc(found, func(a account) bool { return slices.Contains(visible, a.dept) })
	if i < 0 {
		return nil, refuse(http.StatusForbidden, "无权访问该营业部的客户")
	}
	return &found[i], nil
}

// check refuses what the contract does not allow, before anything is stored.
func (p *Platform) check(in archiveRequest, systemCode string) (time.Time, error) {
	if systemCode != SystemCode {
		return time.Time{}, refuse(http.StatusForbidden, "系统编号未授权: "+systemCode)
	}
	if len(in.Materials) == 0 {
		return time.Time{}, refuse(http.StatusBadRequest, "materials must not be empty")
	}
	for i, m := range in.Materials {
		_, known := p.cat.bit[m.Code]
		switch {
		case m.Code == "":
			return time.Time{}, refuse(http.StatusBadRequest, fmt.Sprintf("materials[%d].code must not be empty", i))
		case !known:
			return time.Time{}, refuse(http.StatusBadRequest, fmt.Sprintf("materials[%d].code: unknown material %s", i, m.Code))
		case (m.FileID == "") == (m.Base64File == nil):
			return time.Time{}, refuse(http.StatusBadRequest, fmt.Sprintf("materials[%d]: exactly one of base64File and fileId is required", i))
		}
	}
	if in.CreateTime == "" {
		return p.opts.Now(), nil
	}
	at, err := time.ParseInLocation(time.DateTime, in.CreateTime, shanghai)
	if err != nil {
		return time.Time{}, refuse(http.StatusBadRequest, "createTime must be yyyy-MM-dd HH:mm:ss, got "+in.CreateTime)
	}
	return at, nil
}

func (p *Platform) archive(w http.ResponseWriter, r *http.Request, u user, in archiveRequest, o owner, a *account) {
	at, err := p.check(in, r.PathValue("systemCode"))
	var files []string
	if err == nil {
		files, err = p.archiveFiles(r.Context(), u, in.Materials)
	}
	var out map[string]any
	if err == nil {
		out, err = p.store(r, u, in, o, a, at, files)
	}
	answer(w, r, out, err)
}

// archiveFiles stores what came in base64 and checks what the platform should have; it returns one file id for each material.
func (p *Platform) archiveFiles(ctx context.Context, u user, items []archiveItem) ([]string, error) {
	var ids []string
	for i, m := range items {
		if m.Base64File != nil {
			f, err := p.keepBase64(ctx, u, m.Base64File.Name, m.Base64File.Base64Data)
			if err != nil {
				return nil, fmt.Errorf("materials[%d].base64File: %w", i, err)
			}
			ids = append(ids, f.id)
			continue
		}
		if _, err := p.file(ctx, m.FileID); err != nil {
			return nil, refuse(http.StatusNotFound, fmt.Sprintf("materials[%d].fileId: 文件不存在: %s", i, m.FileID))
		}
		ids = append(ids, m.FileID)
	}
	return ids, nil
}

// store writes the archive and brings what the owner holds up to date, in one transaction.
func (p *Platform) store(r *http.Request, u user, in archiveRequest, o owner, a *account, at time.Time, files []string) (map[string]any, error) {
	ctx := context.WithoutCancel(r.Context()) // a client that goes away does not undo what was accepted
	id := "SX" + rand.Text()[:14]
	account, customer := any(o.n), any(nil)
	if o.customer {
		account, customer = nil, o.n
	}
	var codes []string
	err := p.change(ctx, o, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO archives VALUES (?,?,?,?,?,?,?,?,?,?)", id, account, customer, in.AccountBizType, r.PathValue("systemCode"),
			in.Title, in.BusinessID, in.Extras, millis(at), u.emp)
		for i, m := range in.Materials {
			if err == nil {
				_, err = tx.ExecContext(ctx, "INSERT INTO archived (archive, account, customer, code, file) VALUES (?,?,?,?,?)", id, account, customer, m.Code, files[i])
			}
			if err == nil {
				_, err = tx.ExecContext(ctx, "UPDATE files SET expires = NULL WHERE id = ?", files[i])
			}
			if !slices.Contains(codes, m.Code) {
				codes = append(codes, m.Code)
			}
		}
		return err
	})
	out := map[string]any{
		"id": id, "title": in.Title, "businessId": in.BusinessID, "accountId": nil, "customerId": a.customerID(), "accountBizType": opt(in.AccountBizType),
		"serviceId": "imagery-archive", "materialCodes": strings.Join(codes, ","), "extras": in.Extras, "materialCount": len(in.Materials),
		"createTime": stamp(at), "discarded": false, "discardedTime": nil, "postBusinessId": nil, "postMsg": nil,
	}
	if !o.customer {
		out["accountId"] = a.id()
	}
	return out, err
}

// change runs do in a transaction together with what it means for the owner's holdings.
func (p *Platform) change(ctx context.Context, o owner, do func(*sql.Tx) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	apply, err := p.reindex(ctx, tx, o)
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	apply()
	return nil
}

// discard is interface 3.
func (p *Platform) discard(w http.ResponseWriter, r *http.Request, u user) {
	var in struct{ ServiceAccessID, DiscardEmpCode, DiscardReason string }
	if !readJSON(w, r, &in) {
		return
	}
	err := p.discardArchive(r.Context(), u, in.ServiceAccessID, in.DiscardEmpCode, in.DiscardReason)
	answer(w, r, nil, err)
}

func (p *Platform) discardArchive(ctx context.Context, u user, id, emp, reason string) error {
	switch {
	case id == "":
		return refuse(http.StatusBadRequest, "serviceAccessId must not be empty")
	case strings.TrimSpace(reason) == "":
		return refuse(http.StatusBadRequest, "discardReason must not be empty")
	}
	o, a, err := p.archiveOwner(ctx, id)
	switch {
	case err != nil:
		return err
	case !slices.Contains(p.cat.within(u.dept), a.dept):
		return refuse(http.StatusForbidden, "无权作废该营业部的归档")
	}
	ctx = context.WithoutCancel(ctx)
	return p.change(ctx, o, func(tx *sql.Tx) error {
		var one int
		if tx.QueryRowContext(ctx, "SELECT 1 FROM discards WHERE archive = ?", id).Scan(&one) == nil {
			return refuse(http.StatusConflict, "归档已作废: "+id)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO discards VALUES (?,?,?,?)", id, emp, reason, millis(p.opts.Now()))
		return err
	})
}

// archiveOwner returns whose archive an id names, with one of the owner's accounts.
func (p *Platform) archiveOwner(ctx context.Context, id string) (owner, *account, error) {
	var account, customer sql.NullInt64
	var o owner
	err := p.db.QueryRowContext(ctx, "SELECT account, customer FROM archives WHERE id = ?", id).Scan(&account, &customer)
	var group, version int
	var letter string
	switch {
	case err == nil:
		o = owner{customer.Valid, account.Int64 + customer.Int64}
	case !errors.Is(err, sql.ErrNoRows):
		return o, nil, err
	default:
		if n, _ := fmt.Sscanf(id, "S%1s%09d%1d%1d", &letter, &o.n, &group, &version); n != 4 {
			return o, nil, refuse(http.StatusNotFound, "归档不存在: "+id)
		}
		o.customer = letter == "C"
	}
	where := "seq = ?"
	if o.customer {
		where = "customer = ?"
	}
	found, err := p.accountsWhere(ctx, p.db, where, o.n)
	if err != nil {
		return o, nil, err
	}
	if len(found) == 0 || !p.hasArchive(ctx, o, &found[0], id) {
		return o, nil, refuse(http.StatusNotFound, "归档不存在: "+id)
	}
	return o, &found[0], nil
}

// hasArchive reports whether an archive exists, discarded or not.
func (p *Platform) hasArchive(ctx context.Context, o owner, a *account, id string) bool {
	if strings.HasPrefix(id, "SX") {
		return true
	}
	mask, opened := a.own, a.opened
	if o.customer {
		mask, opened = a.shared, p.customerSince(ctx, p.db, a)
	}
	return slices.ContainsFunc(p.generated(o, mask, opened), func(h held) bool { return h.access == id })
}
