// Package archive is the dialog of interfaces 2 and 6: local files or files the platform has are archived under one material code to an
// account or to its customer.
package archive

import (
	"context"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	"imagery/ui/internal/core"
	"imagery/ui/internal/doubt"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
)

// LocalFile is what is known of a file on this machine that is to be archived.
type LocalFile = doubt.LocalFile

// Service is what the dialog needs of the program.
type Service interface {
	ArchiveToAccount(context.Context, client.ArchiveToAccountRequest, func(sent, total int64)) (*client.ServiceAccess, error)
	ArchiveToCustomer(context.Context, client.ArchiveToCustomerRequest, client.ListMaterialsRequest, func(sent, total int64)) (*client.ServiceAccess, error)
	// Inspect looks at a local file; empty and missing ones are errors.
	Inspect(ctx context.Context, path string) (LocalFile, error)
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	// ListMaterials returns what the account has, to tell what an archive supersedes.
	ListMaterials(context.Context, client.ListMaterialsRequest) ([]client.MaterialInfo, error)
	Codes() *codes.Book
	SystemCode() string
	// Base64Limit is the size in bytes above which a file goes up through interface 5 first.
	Base64Limit() int64
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// Done is the Action after an archive was sent and something may have changed.
type Done struct {
	Text string // the outcome, translated
	Kind core.Kind
}

const (
	toAccount  = "account"
	toCustomer = "customer"
)

// Dialog is the dialog's state.
type Dialog struct {
	*overlay.Form
	env              *core.Env
	svc              Service
	account          client.CustomerAccount
	draft            *form.Draft
	titles           form.Recent
	target           *field.Checks
	code             *field.Picker
	when             *field.Date
	business, extras *field.Text
	path             *field.FilePath
	files            []LocalFile
	fileIDs          []string // files the platform has
	inspect          core.Load[LocalFile]
	send             core.Load[*client.ServiceAccess]
	look             core.Load[[]client.MaterialInfo]
	there            []client.MaterialInfo // what account and customer have
	looked           bool                  // that is known
	lookErr          error                 // else why not, once the look is over
	sent             *progress
	list             overlay.Window // of the files
	page             int            // files in sight
}

// progress is how far the files are sent; it is written by the sender and read by View.
type progress struct{ sent, total atomic.Int64 }

var _ core.Dialog = (*Dialog)(nil)

// New returns the dialog for an account. code and fileIDs fill it in and may be empty.
func New(env *core.Env, svc Service, a client.CustomerAccount, code client.Text, fileIDs []string) *Dialog {
	d := &Dialog{env: env, svc: svc, account: a, fileIDs: fileIDs, sent: &progress{}}
	d.target = field.NewRadio(env, field.Option{Value: toAccount, Words: env.Words("archive.to_account", "no", a.Account.AccountNo)},
		field.Option{Value: toCustomer, Key: "archive.to_customer"})
	d.target.SetValue(toAccount)
	d.code = field.NewPicker(env, options(svc.Codes())...)
	d.code.Free = true
	d.code.SetValue(code.Raw())
	d.when = field.NewDate(env)
	d.when.Clock = true
	d.path = field.NewFilePath(env, svc.CompletePath)
	d.path.Take = d.add
	d.business, d.extras = field.NewText(env), field.NewText(env)
	title, system := field.NewText(env), field.NewText(env)
	d.titles = form.Recent{Env: env, Key: "archive.titles"}
	title.History = d.titles.Values()
	titleHint := i18n.Key("")
	if len(title.History) > 0 {
		titleHint = "archive.title_hint"
	}
	system.SetValue(svc.SystemCode())
	f := form.New(env, []form.Row{
		{ID: "target", Label: "archive.target", Control: d.target},
		{ID: "code", Label: "archive.code", Control: d.code, Required: true, Hint: "archive.code_hint"},
		{ID: "title", Label: "archive.title_field", Control: title, Required: true, Hint: titleHint},
		{ID: "business", Label: "archive.business", Control: d.business},
		{ID: "system", Label: "archive.system", Control: system, Required: true, Hint: "archive.system_hint"},
		{ID: "when", Label: "archive.when", Control: d.when, Hint: "archive.when_hint"},
		{ID: "extras", Label: "archive.extras", Control: d.extras},
		{ID: "path", Label: "archive.path", Control: d.path, Hint: "archive.path_hint"},
	},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "send", Label: "archive.send", Submit: true, Do: d.submit, Reason: d.notReady})
	d.Form = overlay.NewForm(env, env.Words("archive.title"), f)
	d.Width = 78
	d.HeadFn, d.HeadMove, d.Keys, d.Working = d.head, d.list.Move, d.keys, d.working
	d.draft = &form.Draft{Env: env, Key: "archive.draft", Form: f, About: a.Account.AccountNo.Raw() + "/" + code.Raw(), Omit: []string{"system"}}
	d.draft.Restore(env.T("archive.restored"))
	d.translate()
	return d
}

// translate says in the fields what they are when they are empty.
func (d *Dialog) translate() {
	d.business.Placeholder, d.extras.Placeholder = d.env.T("archive.business_hint"), d.env.T("archive.extras_hint")
	d.when.Placeholder = d.env.T("archive.when_hint")
}

func options(b *codes.Book) []field.Option {
	var out []field.Option
	for _, c := range b.List(codes.Materials) {
		out = append(out, field.Option{Value: c.Code, Label: client.Text(c.Code).String() + " " + c.Name})
	}
	return out
}

// Init implements core.Dialog: it asks what is there already.
func (d *Dialog) Init() tea.Cmd {
	return tea.Batch(d.Form.Init(), d.Form.Form.FocusOn("code"), d.lookAround())
}

// keys are the bindings besides the form's.
func (d *Dialog) keys() []keymap.Binding {
	bs := []keymap.Binding{
		{ID: "archive.add_file", Keys: []string{"ctrl+o"}, Footer: 2, Do: func() tea.Cmd { return d.Form.Form.FocusOn("path") }},
		{ID: "archive.drop_file", Keys: []string{"ctrl+x"}, Footer: 3, Do: d.drop},
	}
	if d.page < len(d.files)+len(d.fileIDs) {
		bs = append(bs, keymap.Binding{ID: "archive.scroll", Keys: []string{"pgdown"}, Show: "PgUp/PgDn", Footer: 4, Do: func() tea.Cmd { d.list.Move(d.page); return nil }},
			keymap.Binding{ID: "archive.scroll_back", Keys: []string{"pgup"}, Do: func() tea.Cmd { d.list.Move(-d.page); return nil }})
	}
	return bs
}

// drop takes the last file off the list.
func (d *Dialog) drop() tea.Cmd {
	switch {
	case len(d.files) > 0:
		d.files = d.files[:len(d.files)-1]
	case len(d.fileIDs) > 0:
		d.fileIDs = d.fileIDs[:len(d.fileIDs)-1]
	}
	return nil
}

// add looks at the typed path and puts the file on the list.
func (d *Dialog) add() tea.Cmd {
	svc, path := d.svc, strings.TrimSpace(d.path.Value())
	if path == "" {
		return nil
	}
	d.Form.Form.SetNote("", false)
	return d.inspect.Start(d.env.Ctx, func(ctx context.Context) (LocalFile, error) { return svc.Inspect(ctx, path) })
}

// working says what is under way. A look at a file ends with Esc; what was sent does not.
func (d *Dialog) working() (words string, stop func()) {
	switch {
	case d.send.Busy():
		return d.env.T("archive.sending") + " " + d.progress(), nil
	case d.inspect.Busy():
		return d.env.T("archive.inspecting"), d.inspect.Stop
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *Dialog) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case core.Loaded[LocalFile]:
		d.inspected(msg)
		return nil, nil
	case core.Loaded[[]client.MaterialInfo]:
		if d.look.Accept(msg) {
			d.there, d.lookErr, d.looked = msg.Value, msg.Err, msg.Err == nil
		}
		return nil, nil
	case core.RetryMsg:
		if d.lookErr != nil {
			return nil, d.lookAround()
		}
	case core.LanguageMsg:
		d.translate()
	case core.DialogClosedMsg:
		if msg.Owner == d && msg.Action == (core.Confirm{}) {
			return nil, d.sendNow()
		}
		return nil, nil
	case core.Loaded[*client.ServiceAccess]:
		if act := d.answered(msg); act != nil {
			return act, tea.Batch(d.titles.Add(strings.TrimSpace(d.Form.Form.Value("title"))), d.draft.Drop())
		}
		return nil, nil
	}
	act, cmd := d.Form.Update(msg)
	if act != nil {
		d.look.Stop()
	}
	return act, tea.Batch(cmd, d.draft.Keep())
}

func (d *Dialog) inspected(msg core.Loaded[LocalFile]) {
	if !d.inspect.Accept(msg) {
		return
	}
	if msg.Err != nil {
		d.Form.Form.SetNote(d.svc.Explain(msg.Err), true)
		return
	}
	for _, f := range d.files {
		if f.Path == msg.Value.Path {
			d.Form.Form.SetNote(d.env.T("archive.twice", "file", f.Name), true)
			return
		}
	}
	d.files = append(d.files, msg.Value)
	d.list.Tail()
	d.path.SetValue("")
	if f := msg.Value; f.OtherType {
		d.Form.Form.SetNote(d.env.T("archive.other_type", "file", client.Text(f.Name), "type", f.Type), true)
	}
}
