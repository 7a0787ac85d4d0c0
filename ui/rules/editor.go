package rules

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	engine "imagery/internal/rules"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// edited is the Action of an editor that saved a rule.
type edited struct {
	book Book
	rule string
}

// editor is the dialog of one rule.
type editor struct {
	*overlay.Form
	env  *core.Env
	svc  Service
	book Book
	at   int // index of the rule; the number of rules for a new one
	save core.Load[Book]

	lists    map[string]*field.Picker
	from, to *field.Date
	off      *field.Checks
	// seen is what the form said when problems were found last.
	seen  string
	found map[string]engine.Problem // by key
}

// off is the value of the check box of a rule that is not in force.
const off = "off"

func newEditor(env *core.Env, svc Service, book Book, at int, r engine.Rule) *editor {
	d := &editor{env: env, svc: svc, book: book, at: at, lists: map[string]*field.Picker{}}
	title := i18n.Key("rules.add_title")
	if at < len(book.Rules) {
		title = "rules.edit_title"
	}
	f := form.New(env, d.rows(r),
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "save", Label: "rules.save", Submit: true, Do: d.submit})
	d.Form = overlay.NewForm(env, env.Words(title), f)
	if book.Example {
		d.Head = []string{env.T("rules.copies", "path", client.SafeText(book.Path, 300)), ""}
	}
	d.Working = func() (string, func()) {
		if d.save.Busy() {
			return env.T("rules.saving"), nil
		}
		return "", nil
	}
	return d
}

// rows are the form's; their IDs are the keys of the file.
func (d *editor) rows(r engine.Rule) []form.Row {
	text := func(key, value string) *field.Text {
		t := field.NewText(d.env)
		t.SetValue(value)
		t.Validate = func(string) string { return d.problem(key) }
		return t
	}
	list := func(key string, table codes.Table, values []string) *field.Picker {
		p := field.NewPicker(d.env, d.options(table)...)
		p.Multi, p.Free = true, true
		p.SetValues(values)
		p.Validate = func([]string) string { return d.problem(key) }
		d.lists[key] = p
		return p
	}
	day := func(key string, value client.Date) *field.Date {
		t := field.NewDate(d.env)
		t.SetValue(value.String())
		t.Validate = func(string) string { return d.problem(key) }
		return t
	}
	d.from, d.to = day("opened_from", r.OpenedFrom), day("opened_to", r.OpenedTo)
	d.off = field.NewChecks(d.env, field.Option{Value: off, Key: "rules.off"})
	if r.Disabled {
		d.off.SetValue(off)
	}
	return []form.Row{
		{ID: "id", Label: "rules.col.id", Control: text("id", r.ID), Required: true},
		{ID: "name", Label: "rules.col.name", Control: text("name", r.Name), Required: true, Hint: "rules.name_hint"},
		{ID: "basis", Label: "rules.col.basis", Control: text("basis", r.Basis), Hint: "rules.basis_hint"},
		{ID: "any", Label: "rules.any", Control: list("any", codes.Materials, r.Any), Required: true, Hint: "rules.any_hint"},
		{ID: "if_any", Label: "rules.if_any", Control: list("if_any", codes.Materials, r.IfAny), Hint: "rules.if_hint"},
		{ID: "unless_any", Label: "rules.unless_any", Control: list("unless_any", codes.Materials, r.UnlessAny), Hint: "rules.unless_hint"},
		{ID: "biz_types", Label: "rules.biz_types", Control: list("biz_types", codes.BizTypes, r.BizTypes), Hint: "rules.all_hint"},
		{ID: "customer_types", Label: "rules.customer_types", Control: list("customer_types", codes.AccountCustomerTypes, r.CustomerTypes), Hint: "rules.all_hint"},
		{ID: "status", Label: "rules.status", Control: list("status", "", r.Status), Hint: "rules.all_hint"},
		{ID: "opened_from", Label: "rules.opened_from", Control: d.from, Hint: "rules.opened_hint"},
		{ID: "opened_to", Label: "rules.opened_to", Control: d.to, Hint: "rules.opened_hint"},
		{ID: "disabled", Label: "rules.col.state", Control: d.off},
	}
}

// options are the codes of a table; without one those of an account's status.
func (d *editor) options(table codes.Table) (out []field.Option) {
	if table == "" {
		return []field.Option{{Value: "1", Label: "1 " + statusName(d.env, "1")}, {Value: "0", Label: "0 " + statusName(d.env, "0")}}
	}
	for _, c := range d.svc.Codes().List(table) {
		out = append(out, field.Option{Value: c.Code, Label: client.Text(c.Code).String() + " " + c.Name})
	}
	return out
}

// rule is what the form says.
func (d *editor) rule() engine.Rule {
	v := func(id string) string { return strings.TrimSpace(d.Form.Form.Value(id)) }
	day := func(f *field.Date) client.Date {
		if t, ok := f.Time(); ok {
			return client.DateOf(t)
		}
		return client.Date{}
	}
	return engine.Rule{
		ID: v("id"), Name: v("name"), Basis: v("basis"), BizTypes: d.lists["biz_types"].Values(), CustomerTypes: d.lists["customer_types"].Values(),
		Status: d.lists["status"].Values(), OpenedFrom: day(d.from), OpenedTo: day(d.to), Any: d.lists["any"].Values(), IfAny: d.lists["if_any"].Values(),
		UnlessAny: d.lists["unless_any"].Values(), Disabled: d.off.Checked(off),
	}
}

// problem is what is wrong with a key of the rule as it stands in the form.
func (d *editor) problem(key string) string {
	if d.Form == nil {
		return ""
	}
	values := d.Form.Form.Values()
	said := make([]string, 0, len(values))
	for id, v := range values {
		said = append(said, id+"="+v)
	}
	slices.Sort(said)
	if now := strings.Join(said, "\n"); d.found == nil || now != d.seen {
		d.seen, d.found = now, map[string]engine.Problem{}
		for _, p := range d.book.Check(d.at, d.rule()) {
			if _, there := d.found[p.Key]; !there {
				d.found[p.Key] = p
			}
		}
	}
	p, wrong := d.found[key]
	if !wrong {
		return ""
	}
	return d.env.T(i18n.Key("rules.problem."+string(p.Kind)), "got", p.Got)
}

func (d *editor) submit() tea.Cmd {
	d.Form.Form.SetNote("", false)
	svc, book, at, r := d.svc, d.book, d.at, d.rule()
	return d.save.Start(d.env.Ctx, func(ctx context.Context) (Book, error) {
		return saved(ctx, svc, book, func(f *engine.File) (*engine.File, error) { return f.With(at, r) })
	})
}

// Update implements core.Dialog.
func (d *editor) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	answer, ok := msg.(core.Loaded[Book])
	if !ok {
		return d.Form.Update(msg)
	}
	if !d.save.Accept(answer) {
		return nil, nil
	}
	if answer.Err == nil {
		return edited{answer.Value, d.rule().ID}, nil
	}
	note, row := d.svc.Explain(answer.Err), "id"
	var found engine.Problems
	if errors.As(answer.Err, &found) && len(found) > 0 {
		note = d.svc.RuleProblem(found[0])
		if d.Form.Form.Control(found[0].Key) != nil {
			row = found[0].Key
		}
	}
	d.Form.Form.SetNote(note, true)
	return nil, d.Form.Form.FocusOn(row)
}
