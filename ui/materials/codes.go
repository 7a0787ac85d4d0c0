package materials

import (
	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// codesChosen is the Action of the dialog that narrows the list to some material codes.
type codesChosen []string

// chooseCodes asks which materials to list; interface 7 filters by code.
func (m *Model) chooseCodes() tea.Cmd {
	p := field.NewPicker(m.env, options(m.svc.Codes())...)
	p.Multi, p.Free = true, true
	p.SetValues(m.asked.MaterialCodes)
	f := form.New(m.env, []form.Row{{ID: "codes", Label: "materials.codes.label", Control: p, Above: true}},
		form.Button{ID: "apply", Label: "materials.codes.apply", Submit: true, Do: func() tea.Cmd { return overlay.Close(codesChosen(p.Values())) }},
		form.Button{ID: "all", Label: "materials.codes.all", Do: func() tea.Cmd { return overlay.Close(codesChosen(nil)) }})
	f.EnterSubmits = true
	d := overlay.NewForm(m.env, m.env.Words("materials.codes.title"), f)
	d.Width = 64
	return core.Open(d, m)
}

func options(b *codes.Book) []field.Option {
	var out []field.Option
	for _, c := range b.List(codes.Materials) {
		out = append(out, field.Option{Value: c.Code, Label: client.Text(c.Code).String() + " " + c.Name})
	}
	return out
}
