// Package profiles has the dialogs that add and change a company's platform: its settings, and what was understood of its Postman
// collection.
package profiles

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/postman"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// Service is what the dialogs need of the program.
type Service interface {
	SaveProfile(before string, p config.Profile) error
	// ReadCodes reads the file at path as the company's code tables, and ImportCodes keeps them for a profile.
	ReadCodes(ctx context.Context, path string, table codes.Table) (codes.Names, error)
	ImportCodes(ctx context.Context, profile string, n codes.Names) error
	// Collection reads the Postman collection at path, and with environment not empty that file for its variables.
	Collection(ctx context.Context, path, environment string) (*postman.Result, error)
	// CompletePath lists what a typed path may go on as.
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// Saved is the Action of an Editor that saved a profile.
type Saved struct{ Name string }

// Editor is the dialog of a profile's settings.
type Editor struct {
	*overlay.Form
	env    *core.Env
	svc    Service
	before string         // name of the profile being changed; empty: a new one
	p      config.Profile // what the form does not show comes from here
	read   core.Load[*postman.Result]
	tables core.Load[codes.Names]
	save   core.Load[string]
	ready  config.Profile // to be saved once the code tables are read
}

// megabyte is the unit of the base64 limit in the form.
const megabyte = 1 << 20

// NewEditor returns the dialog for p, which takes the place of the profile called before, or is new if that is empty.
func NewEditor(env *core.Env, svc Service, before string, p config.Profile) *Editor {
	d := &Editor{env: env, svc: svc, before: before, p: p}
	title := i18n.Key("profiles.new")
	if before != "" {
		title = "profiles.edit"
	}
	f := form.New(env, d.rows(),
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }},
		form.Button{ID: "save", Label: "profiles.save", Submit: true, Do: d.submit})
	d.Form = overlay.NewForm(env, env.Words(title), f)
	d.Working = d.working
	return d
}

func (d *Editor) rows() []form.Row {
	env, p := d.env, d.p
	filled := func(value string) *field.Text {
		t := field.NewText(env)
		t.SetValue(value)
		return t
	}
	address := filled(p.URL)
	address.Placeholder = "https://crm.example.com:10229"
	address.Validate = func(s string) string {
		if !config.ValidURL(s) {
			return env.T("profiles.bad_url")
		}
		return ""
	}
	limit := filled(strconv.FormatInt(p.Base64Max()/megabyte, 10))
	limit.Validate = func(s string) string {
		if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 64 {
			return env.T("profiles.bad_limit")
		}
		return ""
	}
	base := field.NewRadio(env, field.Option{Value: "", Key: "profiles.base_auto"}, field.Option{Value: "0", Label: "0"}, field.Option{Value: "1", Label: "1"})
	base.SetValue(p.PageBase)
	safety := field.NewChecks(env, field.Option{Value: readOnly, Key: "profiles.read_only"}, field.Option{Value: insecure, Key: "profiles.insecure"})
	safety.SetValue(strings.Join(chosen(p), ","))
	path := func() *field.FilePath { return field.NewFilePath(env, d.svc.CompletePath) }
	folder, collection, environment, tables := path(), path(), path(), path()
	folder.Folders = true
	folder.SetValue(p.Downloads)
	return []form.Row{
		{ID: "name", Label: "profiles.name", Control: filled(p.Name), Required: true},
		{ID: "url", Label: "profiles.url", Control: address, Required: true, Hint: "profiles.url_hint"},
		{ID: "collection", Label: "profiles.collection", Control: collection, Required: len(p.Endpoints) == 0, Hint: "profiles.collection_hint"},
		{
			ID: "environment", Label: "profiles.environment", Control: environment, Hint: "profiles.environment_hint",
			Hidden: func() bool { return collection.Value() == "" },
		},
		{ID: "codes", Label: "profiles.codes", Control: tables, Hint: "profiles.codes_hint"},
		{ID: "user", Label: "profiles.user", Control: filled(p.Username)},
		{ID: "system", Label: "profiles.system", Control: filled(p.SystemCode), Hint: "profiles.system_hint"},
		{ID: "emp", Label: "profiles.emp", Control: filled(p.EmpCode), Hint: "profiles.emp_hint"},
		{ID: "safety", Label: "profiles.safety", Control: safety},
		{ID: "zone", Label: "profiles.zone", Control: filled(p.Timezone), Hint: "profiles.zone_hint"},
		{ID: "base", Label: "profiles.base", Control: base},
		{ID: "limit", Label: "profiles.limit", Control: limit},
		{ID: "concurrency", Label: "profiles.concurrency", Control: d.most(p.Concurrency, config.MaxConcurrency), Hint: "profiles.concurrency_hint"},
		{ID: "rate", Label: "profiles.rate", Control: d.most(p.Rate, config.MaxRate), Hint: "profiles.rate_hint"},
		{ID: "folder", Label: "profiles.folder", Control: folder},
	}
}

// most is the field of a limit of 1 to top; empty is none.
func (d *Editor) most(n, top int64) *field.Text {
	t := field.NewText(d.env)
	if n > 0 {
		t.SetValue(strconv.FormatInt(n, 10))
	}
	t.Validate = func(s string) string {
		if n, err := strconv.ParseInt(s, 10, 64); s != "" && (err != nil || n < 1 || n > top) {
			return d.env.T("profiles.bad_most", "top", top)
		}
		return ""
	}
	return t
}

// The check boxes.
const (
	readOnly = "read_only"
	insecure = "insecure"
)

func chosen(p config.Profile) []string {
	var out []string
	if p.ReadOnly {
		out = append(out, readOnly)
	}
	if p.Insecure {
		out = append(out, insecure)
	}
	return out
}

// profile is what the form says.
func (d *Editor) profile() config.Profile {
	p, v := d.p, func(id string) string { return strings.TrimSpace(d.Form.Form.Value(id)) }
	if at := v("url"); at != p.URL {
		p.URL, p.TrustedKey = at, "" // another server has another key
	}
	p.Name, p.Username, p.SystemCode, p.EmpCode = v("name"), v("user"), v("system"), v("emp")
	p.Timezone, p.PageBase, p.Downloads = v("zone"), v("base"), v("folder")
	p.ReadOnly, p.Insecure = strings.Contains(v("safety"), readOnly), strings.Contains(v("safety"), insecure)
	if n, err := strconv.ParseInt(v("limit"), 10, 64); err == nil && n*megabyte != p.Base64Max() {
		p.Base64Limit = n * megabyte
	}
	p.Concurrency, _ = strconv.ParseInt(v("concurrency"), 10, 64) // validated; empty is 0, no limit
	p.Rate, _ = strconv.ParseInt(v("rate"), 10, 64)
	return p
}

// submit reads the collection, if there is one, and saves otherwise.
func (d *Editor) submit() tea.Cmd {
	d.Form.Form.SetNote("", false)
	path, environment, svc := strings.TrimSpace(d.Form.Form.Value("collection")), strings.TrimSpace(d.Form.Form.Value("environment")), d.svc
	if path == "" {
		return d.keep(d.profile())
	}
	return d.read.Start(d.env.Ctx, func(ctx context.Context) (*postman.Result, error) { return svc.Collection(ctx, path, environment) })
}

// keep saves p, after reading the code tables of the file named in the form: one that cannot be read leaves everything as it was.
func (d *Editor) keep(p config.Profile) tea.Cmd {
	svc, path := d.svc, strings.TrimSpace(d.Form.Form.Value("codes"))
	if d.ready = p; path == "" {
		return d.store(nil)
	}
	return d.tables.Start(d.env.Ctx, func(ctx context.Context) (codes.Names, error) { return svc.ReadCodes(ctx, path, "") })
}

// store writes down the profile and its code tables, if there are any.
func (d *Editor) store(tables codes.Names) tea.Cmd {
	svc, before, p := d.svc, d.before, d.ready
	return d.save.Start(d.env.Ctx, func(ctx context.Context) (string, error) {
		if err := svc.SaveProfile(before, p); err != nil || tables == nil {
			return p.Name, err
		}
		return p.Name, svc.ImportCodes(ctx, p.Name, tables)
	})
}

// working says what is under way. Reading ends with Esc; saving, which is short, is seen through.
func (d *Editor) working() (words string, stop func()) {
	switch {
	case d.read.Busy():
		return d.env.T("profiles.reading"), d.read.Stop
	case d.tables.Busy():
		return d.env.T("profiles.reading"), d.tables.Stop
	case d.save.Busy():
		return d.env.T("profiles.saving"), nil
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *Editor) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case core.Loaded[*postman.Result]:
		if !d.read.Accept(msg) {
			return nil, nil
		}
		if msg.Err != nil {
			return nil, d.failed(msg.Err, "collection")
		}
		return nil, core.OpenUnasked(NewMapping(d.env, msg.Value), d)
	case core.DialogClosedMsg:
		if m, ok := msg.Action.(Mapped); ok && msg.Owner == any(d) {
			p := d.profile()
			p.Endpoints = m.Endpoints
			return nil, d.keep(p)
		}
		return nil, nil
	case core.Loaded[codes.Names]:
		switch {
		case !d.tables.Accept(msg):
			return nil, nil
		case msg.Err != nil:
			return nil, d.failed(msg.Err, "codes")
		}
		return nil, d.store(msg.Value)
	case core.Loaded[string]:
		switch {
		case !d.save.Accept(msg):
			return nil, nil
		case msg.Err != nil:
			return nil, d.failed(msg.Err, "name")
		}
		return Saved{msg.Value}, nil
	}
	return d.Form.Update(msg)
}

func (d *Editor) failed(err error, row string) tea.Cmd {
	d.Form.Form.SetNote(d.svc.Explain(err), true)
	return d.Form.Form.FocusOn(row)
}
