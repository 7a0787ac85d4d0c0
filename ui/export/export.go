// Package export is the dialog that writes the marked or the shown rows of a list to a CSV file.
package export

import (
	"context"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// Service is what the dialog needs of the program.
type Service interface {
	// WriteTable writes lines, a header first, to a new CSV file. what names the list in the journal.
	WriteTable(ctx context.Context, what, path string, lines [][]string) error
	DownloadFolder() string
	// CompletePath lists what a typed path may go on as.
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// Done is the Action of a dialog that wrote a file.
type Done struct {
	Rows int
	Path string // sanitised
}

// Background marks an Action after which nothing on the screen is out of date.
func (Done) Background() {}

// Dialog is the dialog's state.
type Dialog struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	of    core.ExportMsg
	what  *field.Checks
	write core.Load[int]
}

// What can be written.
const (
	marked = "marked"
	shown  = "shown"
)

// New returns the dialog for the rows that a list offers.
func New(env *core.Env, svc Service, of core.ExportMsg) *Dialog {
	d := &Dialog{env: env, svc: svc, of: of}
	var what []field.Option
	if n := len(of.Marked) - 1; n > 0 {
		what = append(what, field.Option{Value: marked, Words: env.Words("export.marked", "n", n)})
	}
	if n := len(of.Shown) - 1; n > 0 {
		what = append(what, field.Option{Value: shown, Words: env.Words("export.shown", "n", n)})
	}
	d.what = field.NewRadio(env, what...)
	file := field.NewFilePath(env, svc.CompletePath)
	file.SetValue(filepath.Join(svc.DownloadFolder(), strings.Map(plain, of.Name)+env.Now().Format("-20060102-150405")+".csv"))
	f := form.New(env, []form.Row{
		{ID: "what", Label: "export.what", Control: d.what, Above: true},
		{ID: "file", Label: "export.file", Control: file, Required: true, Above: true, Hint: "export.hint"},
	},
		form.Button{ID: "start", Label: "export.start", Submit: true, Do: d.submit},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(env, env.Words("export.title"), f)
	d.Working = d.working
	return d
}

// plain leaves of a name what stands for itself in every system's file names.
func plain(r rune) rune {
	if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
		return '_'
	}
	return r
}

// submit writes off the Update goroutine.
func (d *Dialog) submit() tea.Cmd {
	lines := d.of.Shown
	if d.what.Value() == marked {
		lines = d.of.Marked
	}
	svc, name, path := d.svc, d.of.Name, d.Form.Form.Value("file")
	d.Form.Form.SetNote("", false)
	return d.write.Start(d.env.Ctx, func(ctx context.Context) (int, error) { return len(lines) - 1, svc.WriteTable(ctx, name, path, lines) })
}

func (d *Dialog) working() (words string, stop func()) {
	if d.write.Busy() {
		return d.env.T("export.busy"), d.write.Stop
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *Dialog) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	done := func(n int) core.Action { return Done{n, client.SafeText(d.Form.Form.Value("file"), 80)} }
	if act, mine := overlay.Answered(d.Form, &d.write, msg, d.svc.Explain, done); mine {
		return act, nil
	}
	return d.Form.Update(msg)
}
