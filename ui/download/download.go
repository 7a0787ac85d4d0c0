// Package download is the dialog that asks where chosen files are to go, and starts the task that brings them.
package download

import (
	"context"

	tea "charm.land/bubbletea/v2"

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

// Dialog is the dialog's state.
type Dialog struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	items []transfer.Item
	start core.Load[string]
}

// New returns the dialog for files to be brought home.
func New(env *core.Env, svc Service, items []transfer.Item) *Dialog {
	d := &Dialog{env: env, svc: svc, items: items}
	folder := field.NewFilePath(env, svc.CompletePath)
	folder.Folders = true
	folder.SetValue(svc.DownloadFolder())
	f := form.New(env, []form.Row{{ID: "folder", Label: "download.folder", Control: folder, Required: true, Above: true, Hint: "download.hint"}},
		form.Button{ID: "start", Label: "download.start", Submit: true, Do: d.submit},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(env, env.T("download.title", "n", len(items)), f)
	d.Working = d.working
	d.Head = []string{env.T("download.size", "n", len(items), "size", text.Bytes(total(items))), ""}
	return d
}

func total(items []transfer.Item) (n int64) {
	for _, it := range items {
		n += it.File.FileSize
	}
	return n
}

// submit starts the task off the Update goroutine, because making the folder may take long on a network drive. What was called off
// meanwhile downloads nothing.
func (d *Dialog) submit() tea.Cmd {
	svc, req := d.svc, transfer.Request{Folder: d.Form.Form.Value("folder"), Items: d.items, Label: d.label()}
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
func (d *Dialog) label() string {
	if len(d.items) == 0 {
		return ""
	}
	it := d.items[0]
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
	if msg, ok := msg.(core.Loaded[string]); ok {
		if !d.start.Accept(msg) {
			return nil, nil
		}
		if msg.Err != nil {
			d.Form.Form.SetNote(d.svc.Explain(msg.Err), true)
			return nil, nil
		}
		return Started{msg.Value}, nil
	}
	return d.Form.Update(msg)
}
