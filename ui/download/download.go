// Package download is the dialog that asks where chosen files are to go, and starts the task that brings them.
package download

import (
	"context"
	"iter"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// Service is what the dialog needs of the program.
type Service interface {
	Download(transfer.Request) (taskID string, err error)
	CancelTask(taskID string)
	DownloadFolder() string
	// CompletePath lists what a typed path may go on as.
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// Started is the Action of a dialog that started a task.
type Started struct{ TaskID string }

// Background marks an Action after which nothing on the screen is out of date.
func (Started) Background() {}

// Dialog is the dialog's state.
type Dialog struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	req   transfer.Request
	start core.Load[string]
}

// The ways to name files.
const (
	usualNames   = "usual"
	unifiedNames = "unified"
)

// New returns the dialog for files to be brought home.
func New(env *core.Env, svc Service, items []transfer.Item) *Dialog {
	return dialog(env, svc, transfer.Request{Items: items, Label: label(items)}, env.Words("download.title", "n", len(items)),
		env.Words("download.size", "n", len(items), "size", text.Bytes(total(items))))
}

// NewAccounts returns the dialog for all files of some accounts, which next lists one after another.
func NewAccounts(env *core.Env, svc Service, accounts []client.CustomerAccount, files iter.Seq2[transfer.Item, error]) *Dialog {
	first := client.Text("")
	if len(accounts) > 0 {
		first = accounts[0].Account.AccountNo
	}
	return dialog(env, svc, transfer.Request{Source: files, Label: env.T("download.accounts_label", "no", first, "n", len(accounts))},
		env.Words("download.accounts_title", "n", len(accounts)), env.Words("download.accounts_size"))
}

// NewSearch returns the dialog for all files of every account that a search finds; total is how many those are.
func NewSearch(env *core.Env, svc Service, s client.SearchAccountsRequest, total int64) *Dialog {
	req := transfer.Request{Search: &transfer.Search{Accounts: s, Materials: client.ListMaterialsRequest{WithCustomer: true}}, Label: env.T("download.search_label", "n", total)}
	return dialog(env, svc, req, env.Words("download.search_title", "n", text.Count(total)), env.Words("download.accounts_size"))
}

// NewRest returns the dialog for the files that an earlier download, to another folder, did not bring.
func NewRest(env *core.Env, svc Service, label string, n int, files iter.Seq2[transfer.Item, error]) *Dialog {
	return dialog(env, svc, transfer.Request{Source: files, Label: label}, env.Words("download.title", "n", n), env.Words("download.rest"))
}

func dialog(env *core.Env, svc Service, req transfer.Request, title, words func() string) *Dialog {
	d := &Dialog{env: env, svc: svc, req: req}
	names := field.NewRadio(env, field.Option{Value: usualNames, Key: "download.names_usual"}, field.Option{Value: unifiedNames, Key: "download.names_unified"})
	names.SetValue(usualNames)
	folder := field.NewFilePath(env, svc.CompletePath)
	folder.Folders = true
	folder.History = append(d.folders().Values(), svc.DownloadFolder())
	folder.SetValue(svc.DownloadFolder())
	if last := d.folders().Values(); len(last) > 0 {
		folder.SetValue(last[len(last)-1])
	}
	f := form.New(env, []form.Row{
		{ID: "folder", Label: "download.folder", Control: folder, Required: true, Above: true, Hint: "download.hint"},
		{ID: "names", Label: "download.names", Control: names, Above: true},
	},
		form.Button{ID: "start", Label: "download.start", Submit: true, Do: d.submit},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(env, title, f)
	d.Working = d.working
	d.HeadFn = func(w, _ int) []string { return append(text.Wrap(words(), w), "") }
	return d
}

// folders are those that downloads on this profile went to, the last one last.
func (d *Dialog) folders() form.Recent { return form.Recent{Env: d.env, Key: "download.folders"} }

func total(items []transfer.Item) (n int64) {
	for _, it := range items {
		n += it.File.FileSize
	}
	return n
}

// submit starts the task off the Update goroutine, because making the folder may take long on a network drive. What was called off
// meanwhile downloads nothing.
func (d *Dialog) submit() tea.Cmd {
	svc, req := d.svc, d.req
	req.Folder = d.Form.Form.Value("folder")
	if d.Form.Form.Value("names") == unifiedNames {
		req.NameTemplate = transfer.UnifiedTemplate
	}
	d.Form.Form.SetNote("", false)
	return d.start.Start(d.env.Ctx, func(ctx context.Context) (string, error) {
		id, err := svc.Download(req)
		if err == nil && ctx.Err() != nil {
			svc.CancelTask(id)
			return "", ctx.Err()
		}
		return id, err
	})
}

// label names the task after its first file's account.
func label(items []transfer.Item) string {
	if len(items) == 0 {
		return ""
	}
	it := items[0]
	return it.Account.AccountNo.String() + " " + it.Material.MaterialName.String()
}

func (d *Dialog) working() (words string, stop func()) {
	if d.start.Busy() {
		return d.env.T("download.starting"), d.start.Stop
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *Dialog) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	act, mine := overlay.Answered(d.Form, &d.start, msg, d.svc.Explain, func(id string) core.Action { return Started{id} })
	switch {
	case act != nil:
		return act, d.folders().Add(strings.TrimSpace(d.Form.Form.Value("folder")))
	case mine:
		return nil, nil
	}
	return d.Form.Update(msg)
}
