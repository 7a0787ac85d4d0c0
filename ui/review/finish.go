package review

import (
	"cmp"
	"context"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/review"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// The Actions of the dialogs that end a run.
type (
	signedOff struct{ *engine.Run }
	packed    struct{ path, digest string }
)

// ending is a run that is to be signed, and what it shows in words.
type ending struct {
	run   engine.Run
	words string
}

// askSign asks the engine what the run shows, to be signed.
func (m *Model) askSign() tea.Cmd {
	r, _ := m.grid.Current()
	svc, run, lang := m.svc, r.Run, m.env.Lang
	return m.end.Start(m.env.Ctx, func(ctx context.Context) (ending, error) {
		words, err := svc.Conclusion(ctx, run.ID, lang)
		return ending{run, words}, err
	})
}

func (m *Model) openEnding(msg core.Loaded[ending]) tea.Cmd {
	if !m.end.Accept(msg) {
		return nil
	}
	if msg.Err != nil {
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	return core.OpenUnasked(newSigner(m.env, m.svc, msg.Value), m)
}

// signer is the dialog of a sign-off.
type signer struct {
	*overlay.Form
	env  *core.Env
	svc  Service
	of   ending
	sign core.Load[*engine.Run]
}

func newSigner(env *core.Env, svc Service, of ending) *signer {
	d := &signer{env: env, svc: svc, of: of}
	note := field.NewText(env)
	note.MaxLen = maxNote
	f := form.New(env, []form.Row{{ID: "note", Label: "review.sign.note", Control: note, Above: true, Hint: "review.sign.hint"}},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "sign", Label: "review.sign.sign", Submit: true, Do: d.submit})
	d.Form = overlay.NewForm(env, env.Words("review.sign.heading"), f)
	d.HeadFn = func(w, most int) []string {
		lines := text.Wrap(of.words, w)
		if of.run.State != engine.Signed {
			lines = append(lines, text.Wrap(env.T("review.sign.final"), w)...)
		}
		return append(lines[:min(len(lines), max(1, most-1))], "")
	}
	d.Working = d.working
	_ = f.FocusOn("cancel")
	return d
}

func (d *signer) submit() tea.Cmd {
	svc, run, note := d.svc, d.of.run.ID, d.Form.Form.Value("note")
	d.Form.Form.SetNote("", false)
	return d.sign.Start(d.env.Ctx, func(ctx context.Context) (*engine.Run, error) { return svc.SignReview(ctx, run, note) })
}

func (d *signer) working() (words string, stop func()) {
	if d.sign.Busy() {
		return d.env.T("review.sign.signing"), nil
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *signer) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if act, mine := overlay.Answered(d.Form, &d.sign, msg, d.svc.Explain, func(r *engine.Run) core.Action { return signedOff{r} }); mine {
		return act, nil
	}
	return d.Form.Update(msg)
}

// packer is the dialog of an evidence pack.
type packer struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	run   string
	write core.Load[packed]
}

func (m *Model) askPack() tea.Cmd {
	r, _ := m.grid.Current()
	return core.Open(newPacker(m.env, m.svc, r.Run), m)
}

func newPacker(env *core.Env, svc Service, r engine.Run) *packer {
	d := &packer{env: env, svc: svc, run: r.ID}
	path := field.NewFilePath(env, svc.CompletePath)
	path.SetValue(filepath.Join(cmp.Or(svc.DownloadFolder(), "."), "imagery-"+r.ID+".zip"))
	files := field.NewChecks(env, field.Option{Value: "files", Key: "review.pack.files_long"})
	f := form.New(env, []form.Row{
		{ID: "path", Label: "review.pack.path", Control: path, Required: true, Above: true, Hint: "review.pack.path_hint"},
		{ID: "files", Label: "review.pack.files", Control: files},
	},
		form.Button{ID: "write", Label: "review.pack.write", Submit: true, Do: d.submit},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(env, env.Words("review.pack.heading"), f)
	d.Working = d.working
	return d
}

func (d *packer) submit() tea.Cmd {
	f := d.Form.Form
	svc, run, p := d.svc, d.run, Pack{Path: f.Value("path"), Lang: d.env.Lang, Files: f.Value("files") != ""}
	f.SetNote("", false)
	return d.write.Start(d.env.Ctx, func(ctx context.Context) (packed, error) {
		path, digest, err := svc.PackRun(ctx, run, p)
		return packed{path, digest}, err
	})
}

func (d *packer) working() (words string, stop func()) {
	if d.write.Busy() {
		return d.env.T("review.pack.writing"), d.write.Stop
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *packer) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if act, mine := overlay.Answered(d.Form, &d.write, msg, d.svc.Explain, func(p packed) core.Action { return p }); mine {
		return act, nil
	}
	return d.Form.Update(msg)
}
