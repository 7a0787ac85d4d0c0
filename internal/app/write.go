package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"imagery/client"
	"imagery/internal/audit"
)

// lookTime is how long a lost answer is looked up, whatever became of the caller's own deadline.
const lookTime = 20 * time.Second

// ErrNotLooked is a discard that the platform confirmed, after which its rows could not be looked at again.
var ErrNotLooked = errors.New("app: discarded, but not looked at again")

// NotLookedError is ErrNotLooked with why the look failed.
type NotLookedError struct{ Err error }

// Error implements error.
func (e *NotLookedError) Error() string { return fmt.Sprintf("%v: %v", ErrNotLooked, e.Err) }

// Is matches ErrNotLooked, and what the look's error matches but client.ErrOutcomeUnknown: the outcome is known.
func (e *NotLookedError) Is(target error) bool {
	return target == ErrNotLooked || target != client.ErrOutcomeUnknown && errors.Is(e.Err, target)
}

// As finds the look's error.
func (e *NotLookedError) As(target any) bool { return errors.As(e.Err, target) }

// Confirmed reports that the write itself was done: the dialog that sent it has nothing left to correct.
func (e *NotLookedError) Confirmed() bool { return true }

// Discard discards a whole archive and looks again: the rows returned are still visible under its id afterwards (empty is what is
// hoped for). When the answer is lost, rows that were there before and are gone now mean that it was done, and no error is returned;
// else the error matches client.ErrOutcomeUnknown. A discard is never repeated. An empty DiscardEmpCode is the profile's. accountNo
// may be empty: then nothing is looked up. A discard that was confirmed while the look failed is *NotLookedError. Interface 3.
func (a *App) Discard(ctx context.Context, d client.DiscardRequest, accountNo, bizType string) (left []client.MaterialInfo, err error) {
	c, err := a.current()
	if err != nil {
		return nil, err
	}
	if d.DiscardEmpCode == "" {
		d.DiscardEmpCode = c.profile.EmpCode
	}
	c, tie, err := a.writing(audit.Discard, detail{"serviceAccessId": d.ServiceAccessID}.set("accountNo", accountNo).set("empCode", d.DiscardEmpCode))
	if err != nil {
		return nil, err
	}
	var before []client.MaterialInfo
	if accountNo != "" {
		if before, err = c.affected(ctx, accountNo, bizType, d.ServiceAccessID); err != nil {
			c.after(audit.Discard, tie, err, nil)
			return nil, fmt.Errorf("looking at what would be discarded: %w", err)
		}
	}
	err = c.client.Discard(ctx, d)
	unknown := errors.Is(err, client.ErrOutcomeUnknown)
	if err == nil || unknown {
		left, err = c.discarded(ctx, d, accountNo, bizType, before, err)
	}
	told := detail{"left": number(len(left))}.set("lookedUp", yes(unknown))
	if errors.Is(err, ErrNotLooked) {
		told = detail{"lookedUp": "failed"}
	}
	c.after(audit.Discard, tie, err, told)
	return left, err
}

// discarded looks at what is left of an archive after a discard, and settles an unknown outcome if that can be told.
func (c *conn) discarded(ctx context.Context, d client.DiscardRequest, accountNo, bizType string, before []client.MaterialInfo, err error) ([]client.MaterialInfo, error) {
	if accountNo == "" {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	left, looked := c.affected(ctx, accountNo, bizType, d.ServiceAccessID)
	switch {
	case err == nil && looked != nil:
		return nil, &NotLookedError{looked}
	case err != nil && looked == nil && len(before) > 0 && len(left) == 0:
		c.reconciled(audit.Discard)
		return nil, nil
	}
	return left, err
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// AddAccount adds an account. When the answer is lost, interface 7 is asked for its number and business type: a platform that did not
// know the account before and does now has added it, and the record as sent is returned without an error. Else the error matches
// client.ErrOutcomeUnknown. It is never sent twice. Interface 4.
func (a *App) AddAccount(ctx context.Context, r client.AddAccountRequest) (*client.CustomerAccount, error) {
	c, tie, err := a.writing(audit.AddAccount, detail{"accountNo": r.AccountNo, "accountBizType": r.AccountBizType, "deptCode": r.DeptCode})
	if err != nil {
		return nil, err
	}
	there := func(ctx context.Context) error {
		_, err := c.client.ListMaterials(ctx, client.ListMaterialsRequest{AccountNo: r.AccountNo, AccountBizType: r.AccountBizType})
		return err
	}
	missing := errors.Is(there(ctx), client.ErrNotFound)
	added, err := c.client.AddAccount(ctx, r)
	unknown := errors.Is(err, client.ErrOutcomeUnknown)
	if unknown && missing {
		look, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
		defer cancel()
		if there(look) == nil {
			c.reconciled(audit.AddAccount)
			added, err = asSent(r), nil
		}
	}
	c.after(audit.AddAccount, tie, err, detail{}.set("lookedUp", yes(unknown)))
	if err != nil {
		return nil, err
	}
	return added, nil
}

// asSent is the record of an account of which the platform's own has not arrived.
func asSent(r client.AddAccountRequest) *client.CustomerAccount {
	a := &client.CustomerAccount{}
	a.Account.AccountNo, a.Account.AccountBizType, a.Account.AccountName = client.Text(r.AccountNo), client.Text(r.AccountBizType), client.Text(r.AccountName)
	a.Account.AccountStatus, a.Account.AccountCustomerType, a.Account.DeptCode = client.Text(r.AccountStatus), client.Text(r.AccountCustomerType), client.Text(r.DeptCode)
	a.Customer.CustomerName, a.Customer.CustomerType, a.Customer.DeptCode = client.Text(r.AccountName), client.Text(r.CustomerType), client.Text(r.DeptCode)
	a.Customer.IDType, a.Customer.IDNo, a.Customer.ExtraCode = client.Text(r.IDType), r.IDNo, client.Text(r.ExtraCode)
	a.Department.DeptCode = client.Text(r.DeptCode)
	return a
}

// Upload stores a local file on the platform for a later archive; createTime and progress may be zero. Interface 5.
func (a *App) Upload(ctx context.Context, path string, createTime client.Time, progress func(sent, total int64)) (*client.File, error) {
	src, err := client.FileSource(path)
	if err != nil {
		return nil, err
	}
	c, tie, err := a.writing(audit.Upload, detail{"bytes": fmt.Sprint(src.Size)})
	if err != nil {
		return nil, err
	}
	m := &meter{total: src.Size, tell: progress}
	f, err := c.client.UploadFile(ctx, m.watch(src), createTime)
	if err != nil {
		c.after(audit.Upload, tie, err, nil)
		return nil, err
	}
	c.after(audit.Upload, tie, nil, detail{}.set("fileId", f.ID.Raw()))
	return f, nil
}
