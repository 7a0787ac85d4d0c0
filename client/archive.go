package client

import (
	"context"
	"fmt"
)

// ArchiveToAccount archives materials to an account. Interface 2.
func (c *Client) ArchiveToAccount(ctx context.Context, a ArchiveToAccountRequest) (*ServiceAccess, error) {
	r := &request{op: OpArchiveToAccount}
	r.text("systemCode", a.SystemCode)
	r.text("title", a.Title)
	r.text("businessId", a.BusinessID)
	r.text("accountBizType", a.AccountBizType)
	r.text("accountNo", a.AccountNo)
	return c.archive(ctx, r, a.Archive)
}

// ArchiveToCustomer archives materials to a customer, and so to all of the customer's accounts. Interface 6.
func (c *Client) ArchiveToCustomer(ctx context.Context, a ArchiveToCustomerRequest) (*ServiceAccess, error) {
	r := &request{op: OpArchiveToCustomer}
	if err := extraCode(r.op, a.ExtraCode, a.AccountBizType); err != nil {
		return nil, err
	}
	r.text("systemCode", a.SystemCode)
	r.text("idType", a.IDType)
	r.text("idNo", a.IDNo.Raw())
	r.text("extraCode", a.ExtraCode)
	r.text("title", a.Title)
	r.text("businessId", a.BusinessID)
	r.text("accountBizType", a.AccountBizType)
	return c.archive(ctx, r, a.Archive)
}

func (c *Client) archive(ctx context.Context, r *request, a Archive) (*ServiceAccess, error) {
	r.moment("createTime", a.CreateTime, c)
	r.text("extras", a.Extras)
	if err := checkMaterials(r.op, a.Materials); err != nil {
		return nil, err
	}
	r.add("materials", a.Materials)
	out := &ServiceAccess{}
	return out, c.record(ctx, r, func(v value) error { return readServiceAccess(c.decoder(), v, out) }, serviceAccessFields.knows)
}

func checkMaterials(op Op, ms []ArchiveMaterial) error {
	if len(ms) == 0 {
		return &InvalidError{op, "materials", ReasonNoneGiven}
	}
	for i, m := range ms {
		at := fmt.Sprintf("materials[%d].", i)
		switch {
		case m.Code == "":
			return &InvalidError{op, at + "code", ReasonMissing}
		case (m.FileID == "") == (m.Source == nil):
			return &InvalidError{op, at + "fileId", ReasonOneSource}
		case m.Source != nil && m.Source.Size == 0:
			return &InvalidError{op, at + "base64File", ReasonEmptyFile}
		}
	}
	return nil
}

func extraCode(op Op, code, bizType string) error {
	if code != "" && bizType != "" && bizType != Brokerage {
		return &InvalidError{op, "extraCode", ReasonBrokerage}
	}
	return nil
}

// Discard discards a whole archive. It cannot be undone. Interface 3.
func (c *Client) Discard(ctx context.Context, d DiscardRequest) error {
	r := &request{op: OpDiscard}
	if d.ServiceAccessID == "" {
		return &InvalidError{r.op, "serviceAccessId", ReasonMissing}
	}
	if d.DiscardReason == "" {
		return &InvalidError{r.op, "discardReason", ReasonMissing}
	}
	r.text("serviceAccessId", d.ServiceAccessID)
	r.text("discardEmpCode", d.DiscardEmpCode)
	r.text("discardReason", d.DiscardReason)
	res, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer closeBody(res.Body)
	// The contract promises no body; a failure code or a page in one means that this was not the platform's yes.
	body, err := c.readBody(res)
	if err != nil {
		return r.failed(err, nil)
	}
	if looksLikeHTML(body) {
		return r.failed(&MalformedError{}, body)
	}
	if v, err := parse(body); err == nil {
		if _, _, err = open(v); err == nil {
			err = doubtful(v)
		}
		if err != nil {
			return r.failed(err, body)
		}
	}
	return nil
}

// record sends r and reads one record from its answer.
func (c *Client) record(ctx context.Context, r *request, read func(value) error, known func([]byte, value) bool) error {
	v, err := c.reply(ctx, r)
	if err != nil {
		return err
	}
	whole := v
	if v, _, err = unwrap(v, '{', known); err == nil && !has(v, known) {
		err = doubtful(whole)
	}
	if err == nil {
		err = read(v)
	}
	if err != nil {
		return r.failed(err, nil)
	}
	return nil
}

func (f fields[T]) knows(key []byte, _ value) bool { _, ok := f[string(key)]; return ok }
