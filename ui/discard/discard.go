// Package discard is the dialog of interface 3: it lists everything an archive holds before it is discarded, because a discard takes
// the whole archive and cannot be undone.
package discard

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
)

// Service is what the dialog needs of the program.
type Service interface {
	// Affected returns every visible row of an archive.
	Affected(ctx context.Context, accountNo, bizType, serviceAccessID string) ([]client.MaterialInfo, error)
	// Discard discards and looks again; left are the rows still there. An error with a method Confirmed that returns true is a discard that
	// was done and could not be looked at again.
	Discard(ctx context.Context, d client.DiscardRequest, accountNo, bizType string) (left []client.MaterialInfo, err error)
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
	EmpCode() string
	ProfileName() string
}

// Done is the Action after a discard was sent, whatever became of it: the list has to be read again.
type Done struct {
	Text string // the outcome, translated
	Kind core.Kind
}

// Dialog is the dialog's state.
type Dialog struct {
	*overlay.Form
	env      *core.Env
	svc      Service
	account  client.CustomerAccount
	id       client.Text
	title    client.Text
	affected []client.MaterialInfo
	err      error // of the look at what is affected
	list     core.Load[[]client.MaterialInfo]
	send     core.Load[outcome]
	window   overlay.Window // of the list
	page     int            // its lines in sight
	lines    int            // all its lines
	reason   *field.Picker
	recent   form.Recent // reasons of the user's own
	emp      *field.Text
	confirm  *field.Text
}

// outcome is what was left after a discard.
type outcome []client.MaterialInfo

var _ core.Dialog = (*Dialog)(nil)

// New returns the dialog for the archive that a material of the account came by.
func New(env *core.Env, svc Service, a client.CustomerAccount, mat client.MaterialInfo) *Dialog {
	d := &Dialog{env: env, svc: svc, account: a, id: mat.ServiceAccessID, title: mat.ServiceAccessTitle}
	d.recent = form.Recent{Env: env, Key: "discard.reasons"}
	d.reason = field.NewPicker(env, reasons(env, d.recent.Values())...)
	d.reason.Free, d.reason.Words = true, true
	d.emp = field.NewText(env)
	d.emp.SetValue(svc.EmpCode())
	d.confirm = field.NewText(env)
	d.confirm.MaxLen = confirmDigits
	d.confirm.Validate = func(s string) string {
		if s != d.wanted() {
			return env.T("discard.confirm_wrong")
		}
		return ""
	}
	f := form.New(env, []form.Row{
		{ID: "reason", Label: "discard.reason", Control: d.reason, Required: true},
		{ID: "emp", Label: "discard.emp", Control: d.emp, Required: true},
		{ID: "confirm", Label: "discard.confirm", Control: d.confirm, Required: true},
	},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "discard", Label: "discard.do", Submit: true, Danger: true, Do: d.submit, Reason: d.notReady})
	d.Form = overlay.NewForm(env, env.Words("discard.title"), f)
	d.Width = 72
	d.HeadFn, d.HeadMove, d.Keys, d.Working = d.head, d.window.Move, d.keys, d.working
	return d
}

// confirmDigits is how much of the account's number is typed to confirm.
const confirmDigits = 4

func (d *Dialog) wanted() string {
	r := []rune(d.account.Account.AccountNo.String())
	return string(r[max(0, len(r)-confirmDigits):])
}

// reasons are those of the user's own given last, the newest first, and the usual ones.
func reasons(env *core.Env, own []string) []field.Option {
	all := []string{
		env.T("discard.reason_blurred"), env.T("discard.reason_wrong_person"), env.T("discard.reason_wrong_material"),
		env.T("discard.reason_expired"), env.T("discard.reason_duplicate"),
	}
	for _, r := range own {
		if !slices.Contains(all, r) {
			all = slices.Insert(all, 0, r)
		}
	}
	var out []field.Option
	for _, r := range all {
		out = append(out, field.Option{Value: r, Label: client.SafeText(r, 80)})
	}
	return out
}

// Init implements core.Dialog: it asks what the archive holds. The focus starts on cancel.
func (d *Dialog) Init() tea.Cmd {
	return tea.Batch(d.Form.Init(), d.Form.Form.FocusOn("cancel"), d.look())
}

func (d *Dialog) look() tea.Cmd {
	svc, no, biz, id := d.svc, d.account.Account.AccountNo.Raw(), d.account.Account.AccountBizType.Raw(), d.id.Raw()
	d.err = nil
	return d.list.Start(d.env.Ctx, func(ctx context.Context) ([]client.MaterialInfo, error) { return svc.Affected(ctx, no, biz, id) })
}

// notReady says why the discard cannot be sent yet: nobody may discard what he was not shown.
func (d *Dialog) notReady() string {
	switch {
	case d.list.Busy():
		return d.env.T("discard.looking")
	case d.err != nil || len(d.affected) == 0:
		return d.env.T("discard.not_listed")
	}
	return ""
}

// submit sends the discard. It outlives the dialog's cancellation: once sent it cannot be called back.
func (d *Dialog) submit() tea.Cmd {
	svc, no, biz := d.svc, d.account.Account.AccountNo.Raw(), d.account.Account.AccountBizType.Raw()
	req := client.DiscardRequest{ServiceAccessID: d.id.Raw(), DiscardEmpCode: d.emp.Value(), DiscardReason: d.reason.Value()}
	return d.send.Start(d.env.Ctx, func(ctx context.Context) (outcome, error) {
		left, err := svc.Discard(ctx, req, no, biz)
		return left, err
	})
}

// Busy implements core.Busier.
func (d *Dialog) Busy() bool { return d.list.Busy() || d.Form.Busy() }

// working says that the discard is under way; once sent it cannot be called back.
func (d *Dialog) working() (words string, stop func()) {
	if d.send.Busy() {
		return d.env.T("discard.sending"), nil
	}
	return "", nil
}

// keys are the bindings besides the form's.
func (d *Dialog) keys() (bs []keymap.Binding) {
	if d.page < d.lines {
		bs = append(bs, keymap.Binding{ID: "discard.scroll", Keys: []string{"pgdown"}, Show: "PgUp/PgDn", Footer: 2, Do: func() tea.Cmd { d.window.Move(d.page); return nil }},
			keymap.Binding{ID: "discard.scroll_back", Keys: []string{"pgup"}, Do: func() tea.Cmd { d.window.Move(-d.page); return nil }})
	}
	if d.err != nil {
		bs = append(bs, keymap.Binding{ID: "discard.retry", Keys: []string{"f5", "r"}, Footer: 1, Do: d.look})
	}
	return bs
}

// Update implements core.Dialog.
func (d *Dialog) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case core.Loaded[[]client.MaterialInfo]:
		if d.list.Accept(msg) {
			d.affected, d.err = msg.Value, msg.Err
		}
		return nil, nil
	case core.Loaded[outcome]:
		act := d.sent(msg)
		if act != nil {
			return act, d.recent.Add(d.reason.Value())
		}
		return nil, nil
	case core.RetryMsg:
		if d.err != nil {
			return nil, d.look()
		}
	}
	act, cmd := d.Form.Update(msg)
	if act != nil {
		d.list.Stop()
	}
	return act, cmd
}

// sent turns the outcome into the dialog's Action.
func (d *Dialog) sent(msg core.Loaded[outcome]) core.Action {
	if !d.send.Accept(msg) {
		return nil
	}
	switch {
	case confirmed(msg.Err):
		return Done{d.env.T("discard.not_looked", "id", d.id), core.Warning}
	case msg.Err != nil && definite(msg.Err):
		d.Form.Form.SetNote(d.svc.Explain(msg.Err), true)
		return nil
	case msg.Err != nil:
		return Done{d.svc.Explain(msg.Err), core.Failure}
	case len(msg.Value) > 0:
		return Done{d.env.T("discard.still_there", "n", len(msg.Value)), core.Warning}
	}
	return Done{d.env.T("discard.done", "n", len(d.affected), "id", d.id), core.Success}
}
