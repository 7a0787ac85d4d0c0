package review

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	engine "imagery/internal/review"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// The Actions of the dialogs here.
type (
	noted struct{ text string }
	found struct{ engine.Finding }
)

// maxNote is how many characters a note may have.
const maxNote = 500

// openNote asks for the note on the account at hand.
func (m *Work) openNote() tea.Cmd {
	note := field.NewText(m.env)
	note.MaxLen = maxNote
	note.SetValue(m.now().note)
	f := form.New(m.env, []form.Row{{ID: "note", Label: "review.note.label", Control: note, Above: true, Hint: "review.note.hint"}},
		form.Button{ID: "keep", Label: "review.note.keep", Submit: true, Do: func() tea.Cmd { return overlay.Close(noted{strings.TrimSpace(note.Value())}) }},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	return core.Open(overlay.NewForm(m.env, m.env.Words("review.note.title"), f), m)
}

// openFinding asks for something worth keeping beside the answers, such as the date that a document is valid to.
func (m *Work) openFinding() tea.Cmd {
	a, env := m.now(), m.env
	kind := field.NewRadio(env, field.Option{Value: string(engine.Expiry), Key: "review.finding.expiry"}, field.Option{Value: string(engine.Other), Key: "review.finding.other"})
	material := field.NewPicker(env)
	for _, code := range a.held() {
		name := m.svc.Codes().Name(codes.Materials, client.Text(code))
		material.Options = append(material.Options, field.Option{Value: code, Label: client.Text(code).String() + " " + name})
	}
	material.SetOptions(material.Options)
	if len(a.items) > 0 {
		material.SetValue(a.items[a.file].Material.MaterialCode.Raw())
	}
	date, words := field.NewDate(env), field.NewText(env)
	words.MaxLen = maxNote
	expiry := func() bool { return kind.Value() == string(engine.Expiry) }
	words.Validate = func(s string) string {
		if !expiry() && strings.TrimSpace(s) == "" {
			return env.T("ui.field.required")
		}
		return ""
	}
	take := func() tea.Cmd {
		f := engine.Finding{Kind: engine.FindingKind(kind.Value()), Material: material.Value(), Text: strings.TrimSpace(words.Value())}
		if when, ok := date.Time(); ok && expiry() {
			f.Date = when.Format(time.DateOnly)
		}
		return overlay.Close(found{f})
	}
	f := form.New(env, []form.Row{
		{ID: "kind", Label: "review.finding.kind", Control: kind},
		{ID: "date", Label: "review.finding.date", Control: date, Required: true, Hidden: func() bool { return !expiry() }},
		{ID: "material", Label: "review.finding.material", Control: material},
		{ID: "text", Label: "review.finding.text", Control: words},
	},
		form.Button{ID: "keep", Label: "review.note.keep", Submit: true, Do: take},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d := overlay.NewForm(env, env.Words("review.finding.title"), f)
	_ = f.FocusOn("date")
	return core.Open(d, m)
}

func (m *Work) dropFinding() tea.Cmd {
	a := m.now()
	a.findings = a.findings[:len(a.findings)-1]
	return m.keep()
}

// closed takes in what a dialog of this screen was closed with.
func (m *Work) closed(msg core.DialogClosedMsg) tea.Cmd {
	a := m.now()
	if owner, ok := msg.Owner.(*Work); !ok || owner != m || a == nil {
		return nil
	}
	a.touch(m.env.Now())
	switch act := msg.Action.(type) {
	case noted:
		a.note = act.text
	case found:
		a.findings = append(a.findings, act.Finding)
	default:
		return nil
	}
	return m.keep()
}
