package journal

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/i18n"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// The Actions of the dialogs here.
type (
	chosen   struct{ filter audit.Filter }
	exported struct{ path, head string }
)

// begun stands for lines that say no result.
const begun = "begun"

// openFilter asks which lines are to be shown.
func (m *Model) openFilter() tea.Cmd {
	env, f := m.env, m.filter
	acts := field.NewPicker(env)
	acts.Multi = true
	for _, a := range audit.Acts {
		acts.Options = append(acts.Options, field.Option{Value: string(a), Key: i18n.Key("journal.act." + string(a))})
	}
	acts.SetOptions(acts.Options)
	for _, a := range f.Acts {
		acts.SetValues(append(acts.Values(), string(a)))
	}
	who, words := field.NewText(env), field.NewText(env)
	who.SetValue(f.User)
	words.SetValue(f.Text)
	from, to := field.NewDate(env), field.NewDate(env)
	if !f.From.IsZero() {
		from.SetTime(f.From)
	}
	if !f.To.IsZero() {
		to.SetTime(f.To.AddDate(0, 0, -1))
	}
	results := field.NewChecks(env, field.Option{Value: audit.OK, Key: "journal.result.ok"}, field.Option{Value: audit.Failed, Key: "journal.result.failed"},
		field.Option{Value: audit.Unknown, Key: "journal.result.unknown"}, field.Option{Value: begun, Key: "journal.result.begun"})
	var on []string
	for _, r := range f.Results {
		on = append(on, cmp.Or(r, begun))
	}
	results.SetValue(strings.Join(on, ","))
	take := func() tea.Cmd {
		out := audit.Filter{User: strings.TrimSpace(who.Value()), Text: strings.TrimSpace(words.Value())}
		for _, a := range acts.Values() {
			out.Acts = append(out.Acts, audit.Act(a))
		}
		for _, r := range results.Values() {
			out.Results = append(out.Results, strings.TrimPrefix(r, begun))
		}
		out.From, out.To = day(from, 0), day(to, 1)
		return overlay.Close(chosen{out})
	}
	dialog := form.New(env, []form.Row{
		{ID: "acts", Label: "journal.filter.acts", Control: acts},
		{ID: "who", Label: "journal.filter.who", Control: who, Hint: "journal.filter.who_hint"},
		{ID: "from", Label: "journal.filter.from", Control: from},
		{ID: "to", Label: "journal.filter.to", Control: to},
		{ID: "results", Label: "journal.filter.results", Control: results},
		{ID: "text", Label: "journal.filter.text", Control: words, Hint: "journal.filter.text_hint"},
	},
		form.Button{ID: "show", Label: "journal.filter.show", Submit: true, Do: take},
		form.Button{ID: "clear", Label: "journal.filter.clear", Do: func() tea.Cmd { return overlay.Close(chosen{audit.Filter{User: m.svc.Operator()}}) }},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	dialog.EnterSubmits = true
	return core.Open(overlay.NewForm(env, env.Words("journal.filter.title"), dialog), m)
}

// day is the beginning of a field's day, and of one so many days later; zero for an empty field.
func day(d *field.Date, later int) time.Time {
	t, ok := d.Time()
	if !ok {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day()+later, 0, 0, 0, 0, t.Location())
}

// exporter is the dialog that writes the journal's head to another place.
type exporter struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	write core.Load[exported]
}

func (m *Model) openExport() tea.Cmd {
	d := &exporter{env: m.env, svc: m.svc}
	path := field.NewFilePath(m.env, m.svc.CompletePath)
	path.SetValue(filepath.Join(cmp.Or(m.svc.DownloadFolder(), "."), "imagery-audit-heads.txt"))
	f := form.New(m.env, []form.Row{{ID: "path", Label: "journal.head.path", Control: path, Required: true, Above: true, Hint: "journal.head.hint"}},
		form.Button{ID: "write", Label: "journal.head.write", Submit: true, Do: d.submit},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(m.env, m.env.Words("journal.head.title"), f)
	d.Working = d.working
	return core.Open(d, m)
}

func (d *exporter) submit() tea.Cmd {
	svc, path := d.svc, d.Form.Form.Value("path")
	d.Form.Form.SetNote("", false)
	return d.write.Start(d.env.Ctx, func(ctx context.Context) (exported, error) {
		head, err := svc.ExportHead(ctx, path)
		return exported{path, head}, err
	})
}

func (d *exporter) working() (words string, stop func()) {
	if d.write.Busy() {
		return d.env.T("journal.head.writing"), nil
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *exporter) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if act, mine := overlay.Answered(d.Form, &d.write, msg, d.svc.Explain, func(e exported) core.Action { return e }); mine {
		return act, nil
	}
	return d.Form.Update(msg)
}

// closed takes in what a dialog of this screen was closed with.
func (m *Model) closed(msg core.DialogClosedMsg) tea.Cmd {
	if owner, ok := msg.Owner.(*Model); !ok || owner != m {
		return nil
	}
	switch act := msg.Action.(type) {
	case chosen:
		m.filter = act.filter
		return m.fetch()
	case exported:
		lines := []string{m.env.T("journal.head.done", "path", client.SafeText(act.path, 200)), "", act.head}
		return tea.Batch(m.fetch(), core.OpenUnasked(overlay.NewMessage(m.env, m.env.T("journal.head.title"), lines...), nil))
	}
	return nil
}
