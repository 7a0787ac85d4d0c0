package archive

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
)

// notReady says why nothing can be sent yet.
func (d *Dialog) notReady() string {
	switch {
	case d.look.Busy():
		return d.env.T("archive.looking")
	case d.path.Value() != "":
		return d.env.T("archive.path_left")
	case len(d.files)+len(d.fileIDs) == 0:
		return d.env.T("archive.no_files")
	case d.target.Checked(toCustomer) && d.account.Customer.IDNo.IsZero():
		return d.env.T("archive.no_customer")
	}
	return ""
}

// draft is the form's values, copied out of the model for the sender.
type draft struct {
	archive    client.Archive
	code       string
	files      []LocalFile
	fileIDs    []string
	account    client.CustomerAccount
	toCustomer bool
}

// submit sends the archive, after asking when it takes something's place or holds files that look wrong.
func (d *Dialog) submit() tea.Cmd {
	lines := d.intended().Lines(d.env.T)
	if len(lines) == 0 {
		return d.sendNow()
	}
	ask := overlay.NewConfirm(d.env, d.env.T("archive.ask_title"), lines, "archive.ask_send")
	ask.Danger = true
	return core.Open(ask, d)
}

// sendNow sends the archive. Once sent it cannot be called back, so it does not end with the dialog.
func (d *Dialog) sendNow() tea.Cmd {
	a := client.Archive{
		SystemCode: d.Form.Form.Value("system"), Title: strings.TrimSpace(d.Form.Form.Value("title")),
		BusinessID: strings.TrimSpace(d.Form.Form.Value("business")), Extras: strings.TrimSpace(d.Form.Form.Value("extras")),
	}
	if t, ok := d.when.Time(); ok {
		a.CreateTime = client.Time{Time: t}
	}
	w := draft{a, d.code.Value(), d.files, d.fileIDs, d.account, d.target.Checked(toCustomer)}
	svc, p := d.svc, d.sent
	d.Form.Form.SetNote("", false)
	return d.send.Start(d.env.Ctx, func(ctx context.Context) (*client.ServiceAccess, error) {
		return w.send(ctx, svc, func(sent, total int64) { p.sent.Store(sent); p.total.Store(total) })
	})
}

func (w draft) send(ctx context.Context, svc Service, progress func(sent, total int64)) (*client.ServiceAccess, error) {
	for _, f := range w.files {
		src, err := client.FileSource(f.Path)
		if err != nil {
			return nil, err
		}
		w.archive.Materials = append(w.archive.Materials, client.ArchiveMaterial{Code: w.code, Source: src})
	}
	for _, id := range w.fileIDs {
		w.archive.Materials = append(w.archive.Materials, client.ArchiveMaterial{Code: w.code, FileID: id})
	}
	no, biz := w.account.Account.AccountNo.Raw(), w.account.Account.AccountBizType.Raw()
	if !w.toCustomer {
		return svc.ArchiveToAccount(ctx, client.ArchiveToAccountRequest{AccountNo: no, AccountBizType: biz, Archive: w.archive}, progress)
	}
	c := w.account.Customer
	req := client.ArchiveToCustomerRequest{IDType: c.IDType.Raw(), IDNo: c.IDNo, AccountBizType: biz, Archive: w.archive}
	if biz == client.Brokerage {
		req.ExtraCode = c.ExtraCode.Raw()
	}
	return svc.ArchiveToCustomer(ctx, req, client.ListMaterialsRequest{AccountNo: no, AccountBizType: biz}, progress)
}

// answered turns the platform's answer into the dialog's Action; after a refusal the dialog stays, to be corrected.
func (d *Dialog) answered(msg core.Loaded[*client.ServiceAccess]) core.Action {
	if !d.send.Accept(msg) {
		return nil
	}
	switch {
	case msg.Err == nil:
		return Done{d.env.T("archive.done", "n", len(d.files)+len(d.fileIDs), "id", msg.Value.ID), core.Success}
	case errors.Is(msg.Err, client.ErrOutcomeUnknown):
		return Done{d.svc.Explain(msg.Err), core.Failure}
	}
	d.Form.Form.SetNote(d.svc.Explain(msg.Err), true)
	return nil
}
