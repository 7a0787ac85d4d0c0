package batch

import (
	"context"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// Checked is the Action of a Source whose rows were checked.
type Checked struct {
	From Origin
	Plan []transfer.Planned
}

// Origin is where rows come from: a list or folder, and what rows get that name none.
type Origin struct {
	Kind    string `json:"kind"` // ofList, ofFolder
	List    string `json:"list"`
	Folder  string `json:"folder"`
	BizType string `json:"bizType"`
	Title   string `json:"title"`
}

// The kinds of origins.
const (
	ofList   = "list"
	ofFolder = "folder"
)

const keptOrigin = "batch"

// path is the list or folder, without a separator behind it.
func (o Origin) path() string {
	if o.Kind == ofFolder {
		return strings.TrimSpace(o.Folder)
	}
	return strings.TrimSpace(o.List)
}

// name is the last part of the path, for titles.
func (o Origin) name() string { return client.Text(base(strings.TrimRight(o.path(), `/\`))).String() }

func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// plan reads and checks the rows. It runs off the Update goroutine; seen counts for the eyes of a user who waits.
func (o Origin) plan(ctx context.Context, svc Service, seen *counter) ([]transfer.Planned, error) {
	rows, err := svc.ReadRows(ctx, o.path(), o.BizType, o.Title)
	if err != nil {
		return nil, err
	}
	seen.all.Store(int64(len(rows)))
	return svc.PlanArchive(ctx, rows, func(n int) { seen.done.Add(int64(n)) })
}

// counter is how far a check has come.
type counter struct{ done, all atomic.Int64 }

func (c *counter) words(env *core.Env) string {
	if c.all.Load() == 0 {
		return env.T("batch.reading")
	}
	return env.T("batch.checking", "done", c.done.Load(), "all", c.all.Load())
}

// Source is the dialog that asks for a list or folder of files, and checks its rows.
type Source struct {
	*overlay.Form
	env   *core.Env
	svc   Service
	from  Origin
	check core.Load[[]transfer.Planned]
	seen  *counter
}

// NewSource returns the dialog, filled in as the user left it.
func NewSource(env *core.Env, svc Service) *Source {
	d := &Source{env: env, svc: svc, from: Origin{Kind: ofList, BizType: client.Brokerage}, seen: &counter{}}
	env.Kept.Recall(keptOrigin, &d.from)
	kind := field.NewRadio(env, field.Option{Value: ofList, Key: "batch.of_list"}, field.Option{Value: ofFolder, Key: "batch.of_folder"})
	kind.SetValue(d.from.Kind)
	list, folder := field.NewFilePath(env, svc.CompletePath), field.NewFilePath(env, svc.CompletePath)
	folder.Folders = true
	list.SetValue(d.from.List)
	folder.SetValue(d.from.Folder)
	biz := field.NewPicker(env, bizTypes(svc.Codes())...)
	biz.Free = true
	biz.SetValue(d.from.BizType)
	title := field.NewText(env)
	title.Placeholder = env.T("batch.title_default")
	title.SetValue(d.from.Title)
	f := form.New(env, []form.Row{
		{ID: "kind", Label: "batch.kind", Control: kind},
		{ID: "list", Label: "batch.list", Control: list, Required: true, Hint: "batch.list_hint", Hidden: func() bool { return kind.Value() != ofList }},
		{ID: "folder", Label: "batch.folder", Control: folder, Required: true, Hint: "batch.folder_hint", Hidden: func() bool { return kind.Value() != ofFolder }},
		{ID: "biz", Label: "batch.biz", Control: biz, Hint: "batch.biz_hint"},
		{ID: "title", Label: "batch.row_title", Control: title, Hint: "batch.title_hint"},
	},
		form.Button{ID: "check", Label: "batch.check", Submit: true, Do: d.submit},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	d.Form = overlay.NewForm(env, env.Words("batch.title"), f)
	d.Working = d.working
	return d
}

func bizTypes(b *codes.Book) (out []field.Option) {
	for _, c := range b.List(codes.BizTypes) {
		out = append(out, field.Option{Value: c.Code, Label: client.Text(c.Code).String() + " " + c.Name})
	}
	return out
}

// submit checks the rows; nothing is sent.
func (d *Source) submit() tea.Cmd {
	v := d.Form.Form.Value
	d.from = Origin{v("kind"), v("list"), v("folder"), strings.TrimSpace(v("biz")), strings.TrimSpace(v("title"))}
	d.Form.Form.SetNote("", false)
	svc, from, seen := d.svc, d.from, &counter{}
	d.seen = seen
	check := d.check.Start(d.env.Ctx, func(ctx context.Context) ([]transfer.Planned, error) { return from.plan(ctx, svc, seen) })
	return tea.Batch(check, d.env.Kept.Keep(keptOrigin, from))
}

func (d *Source) working() (words string, stop func()) {
	if d.check.Busy() {
		return d.seen.words(d.env), d.check.Stop
	}
	return "", nil
}

// Update implements core.Dialog.
func (d *Source) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if msg, ok := msg.(core.Loaded[[]transfer.Planned]); ok {
		if !d.check.Accept(msg) {
			return nil, nil
		}
		switch {
		case msg.Err != nil:
			d.Form.Form.SetNote(d.svc.Explain(msg.Err), true)
			return nil, d.Form.Form.FocusOn(d.from.Kind)
		case len(msg.Value) == 0:
			d.Form.Form.SetNote(d.env.T("batch.nothing"), true)
			return nil, d.Form.Form.FocusOn(d.from.Kind)
		}
		return Checked{d.from, msg.Value}, nil
	}
	return d.Form.Update(msg)
}
