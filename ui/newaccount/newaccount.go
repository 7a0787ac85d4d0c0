// Package newaccount is the dialog of interface 4: it adds an account that the platform does not know yet, so that materials can be
// archived to it.
package newaccount

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// Service is what the dialog needs of the program.
type Service interface {
	AddAccount(context.Context, client.AddAccountRequest) (*client.CustomerAccount, error)
	Codes() *codes.Book
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// Added is the Action of a dialog that added an account.
type Added struct{ Account client.CustomerAccount }

// Dialog is the dialog's state.
type Dialog struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	draft *form.Draft
	send  core.Load[*client.CustomerAccount]
}

// New returns the dialog with number and business type filled in, either of which may be empty.
func New(env *core.Env, svc Service, accountNo, bizTypeCode string) *Dialog {
	d := &Dialog{env: env, svc: svc}
	b := svc.Codes()
	pick := func(t codes.Table, value string) *field.Picker {
		p := field.NewPicker(env, options(b, t)...)
		p.Free = true
		p.SetValue(value)
		return p
	}
	no, biz := field.NewText(env), pick(codes.BizTypes, bizTypeCode)
	no.SetValue(accountNo)
	f := form.New(env, []form.Row{
		{ID: "no", Label: "newaccount.no", Control: no, Required: true},
		{ID: "biz", Label: "newaccount.biz", Control: biz, Required: true},
		{ID: "name", Label: "newaccount.name", Control: field.NewText(env), Required: true},
		{ID: "dept", Label: "newaccount.dept", Control: pick(codes.Departments, ""), Required: true},
		{ID: "custType", Label: "newaccount.cust_type", Control: pick(codes.CustomerTypes, "0"), Required: true},
		{ID: "acctCust", Label: "newaccount.acct_cust", Control: pick(codes.AccountCustomerTypes, ""), Required: true},
		{ID: "status", Label: "newaccount.status", Control: pick(codes.Statuses, "1"), Required: true},
		{ID: "idType", Label: "newaccount.id_type", Control: pick(codes.IDTypes, ""), Required: true},
		{ID: "idNo", Label: "newaccount.id_no", Control: field.NewText(env), Required: true},
		{
			ID: "extra", Label: "newaccount.extra", Control: field.NewText(env), Hint: "newaccount.extra_hint",
			Hidden: func() bool { return biz.Value() != client.Brokerage },
		},
	},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "add", Label: "newaccount.add", Submit: true, Do: d.submit})
	d.Form = overlay.NewForm(env, env.Words("newaccount.title"), f)
	d.Working = d.working
	d.draft = &form.Draft{Env: env, Key: "newaccount.draft", Form: f, About: accountNo, Omit: []string{"idNo", "name"}}
	d.draft.Restore(env.T("newaccount.restored"))
	return d
}

func options(b *codes.Book, t codes.Table) []field.Option {
	var out []field.Option
	for _, c := range b.List(t) {
		out = append(out, field.Option{Value: c.Code, Label: client.Text(c.Code).String() + " " + c.Name})
	}
	return out
}

// submit asks whether the account is to be added as it stands: the platform has no way to take one back.
func (d *Dialog) submit() tea.Cmd {
	v := d.Form.Form.Value
	label := func(id string) string {
		if p, ok := d.Form.Form.Control(id).(*field.Picker); ok {
			return client.SafeText(p.Label(v(id)), 60)
		}
		return client.SafeText(v(id), 60)
	}
	line := func(key i18n.Key, value string) string { return text.Fit(d.env.T(key), 16) + "  " + value }
	return core.Open(overlay.NewConfirm(d.env, d.env.T("newaccount.ask_title"), []string{
		line("newaccount.no", label("no")), line("newaccount.biz", label("biz")), line("newaccount.name", label("name")),
		line("newaccount.dept", label("dept")), line("newaccount.id_type", label("idType")),
		line("newaccount.id_no", client.NewIDNumber(v("idNo")).String()), "", d.env.T("newaccount.ask_hint"),
	}, "newaccount.add"), d)
}

func (d *Dialog) sendNow() tea.Cmd {
	v := d.Form.Form.Value
	req := client.AddAccountRequest{
		AccountNo: v("no"), AccountBizType: v("biz"), AccountName: v("name"), DeptCode: v("dept"), CustomerType: v("custType"),
		AccountCustomerType: v("acctCust"), AccountStatus: v("status"), IDType: v("idType"), IDNo: client.NewIDNumber(v("idNo")),
	}
	if req.AccountBizType == client.Brokerage {
		req.ExtraCode = v("extra")
	}
	svc := d.svc
	d.Form.Form.SetNote("", false)
	return d.send.Start(d.env.Ctx, func(ctx context.Context) (*client.CustomerAccount, error) { return svc.AddAccount(ctx, req) })
}

// working says that the account is on its way; once sent it cannot be called back.
func (d *Dialog) working() (words string, stop func()) {
	if d.send.Busy() {
		return d.env.T("newaccount.sending"), nil
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *Dialog) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if msg, ok := msg.(core.Loaded[*client.CustomerAccount]); ok {
		if !d.send.Accept(msg) {
			return nil, nil
		}
		if msg.Err != nil {
			d.Form.Form.SetNote(d.svc.Explain(msg.Err), true)
			return nil, nil
		}
		return Added{*msg.Value}, d.draft.Drop()
	}
	if msg, ok := msg.(core.DialogClosedMsg); ok {
		if msg.Owner == d && msg.Action == (core.Confirm{}) {
			return nil, d.sendNow()
		}
		return nil, nil
	}
	act, cmd := d.Form.Update(msg)
	return act, tea.Batch(cmd, d.draft.Keep())
}
