package completeness

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// exported is the Action of a dialog that wrote reports.
type exported struct {
	n      int
	folder string // sanitised
}

// exporter is the dialog that asks which reports are to be written where.
type exporter struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	of    *picture
	forms *field.Checks
	whole *field.Checks
	write core.Load[[]string]
}

func (m *Model) openExport() tea.Cmd { return core.Open(newExporter(m.env, m.svc, m.shown), m) }

func newExporter(env *core.Env, svc Service, of *picture) *exporter {
	d := &exporter{env: env, svc: svc, of: of}
	d.forms = field.NewChecks(env, field.Option{Value: "xlsx", Label: "XLSX"}, field.Option{Value: "csv", Label: "CSV"}, field.Option{Value: "html", Label: "HTML"})
	d.forms.SetValue("xlsx")
	d.whole = field.NewChecks(env, field.Option{Value: "whole", Key: "completeness.export.whole"})
	folder := field.NewFilePath(env, svc.CompletePath)
	folder.Folders = true
	folder.SetValue(svc.DownloadFolder())
	f := form.New(env, []form.Row{
		{ID: "forms", Label: "completeness.export.forms", Control: d.forms},
		{ID: "folder", Label: "completeness.export.folder", Control: folder, Required: true},
		{ID: "whole", Label: "completeness.export.names", Control: d.whole},
	},
		form.Button{ID: "write", Label: "completeness.export.write", Submit: true, Do: d.submit},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(env, env.Words("completeness.export.title"), f)
	d.Working = d.working
	return d
}

// submit writes off the Update goroutine.
func (d *exporter) submit() tea.Cmd {
	x := Export{Forms: d.forms.Values(), Folder: d.Form.Form.Value("folder"), Unmasked: d.whole.Checked("whole"), Since: d.of.before.Run, Lang: d.env.Lang}
	if len(x.Forms) == 0 {
		d.Form.Form.SetNote(d.env.T("completeness.export.none"), true)
		return nil
	}
	d.Form.Form.SetNote("", false)
	svc, run := d.svc, d.of.Run
	return d.write.Start(d.env.Ctx, func(ctx context.Context) ([]string, error) { return svc.ExportRun(ctx, run, x) })
}

func (d *exporter) working() (words string, stop func()) {
	if d.write.Busy() {
		return d.env.T("completeness.export.writing"), d.write.Stop
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *exporter) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	done := func(files []string) core.Action {
		return exported{len(files), client.SafeText(d.Form.Form.Value("folder"), 60)}
	}
	if act, mine := overlay.Answered(d.Form, &d.write, msg, d.svc.Explain, done); mine {
		return act, nil
	}
	return d.Form.Update(msg)
}
