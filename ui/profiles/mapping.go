package profiles

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/postman"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/style"
)

// Mapped is the Action of a Mapping that was confirmed.
type Mapped struct{ Endpoints client.Endpoints }

// Mapping is the dialog that shows which request of a collection was taken for which interface, and lets each be corrected.
type Mapping struct {
	env  *core.Env
	res  *postman.Result
	grid *grid.Grid[postman.Row]
}

var _ core.Dialog = (*Mapping)(nil)

// NewMapping returns the dialog for what was understood of a collection.
func NewMapping(env *core.Env, res *postman.Result) *Mapping {
	m := &Mapping{env: env, res: res}
	m.grid = grid.New(env, grid.Config[postman.Row]{
		Columns: []grid.Column[postman.Row]{
			{ID: "op", Title: "profiles.col.interface", Min: 16, Max: 20, Cell: m.purpose},
			{ID: "request", Title: "profiles.col.request", Min: 16, Max: -1, Cell: func(r postman.Row) string { return r.Request.String() }},
			{ID: "method", Title: "profiles.col.method", Min: 6, Priority: 2, Cell: func(r postman.Row) string { return client.SafeText(r.Method, 8) }},
			{ID: "path", Title: "profiles.col.path", Min: 20, Max: -1, Priority: 1, Cell: func(r postman.Row) string { return client.SafeText(r.Path, 200) }},
			{ID: "state", Title: "profiles.col.state", Min: 6, Cell: m.state},
		},
		Key: func(r postman.Row) string { return strconv.Itoa(int(r.Op)) }, NoMarks: true,
		Open: func(postman.Row) tea.Cmd { return m.correct() },
	})
	m.grid.SetRows(res.Rows[:])
	m.grid.SetFocus(true)
	return m
}

func (m *Mapping) purpose(r postman.Row) string {
	return strconv.Itoa(int(r.Op)) + " " + m.env.T(purposes[r.Op])
}

var purposes = map[client.Op]i18n.Key{
	client.OpSignIn: "profiles.op.sign_in", client.OpArchiveToAccount: "profiles.op.archive_account", client.OpDiscard: "profiles.op.discard",
	client.OpAddAccount: "profiles.op.add_account", client.OpUploadFile: "profiles.op.upload", client.OpArchiveToCustomer: "profiles.op.archive_customer",
	client.OpListMaterials: "profiles.op.materials", client.OpFetchFile: "profiles.op.file", client.OpSearchAccounts: "profiles.op.search",
}

// state is in a word how sure a row is.
func (m *Mapping) state(r postman.Row) string {
	switch {
	case !r.Found:
		return m.env.T("profiles.state.missing")
	case len(r.Doubts) > 0:
		return m.env.T("profiles.state.doubt")
	}
	return m.env.T("profiles.state.sure")
}

var doubts = map[postman.Kind]i18n.Key{
	postman.Missing: "cli.doubt.missing", postman.TwoCandidates: "cli.doubt.two_candidates", postman.OtherNumber: "cli.doubt.other_number",
	postman.ByFields: "cli.doubt.by_fields", postman.ByName: "cli.doubt.by_name", postman.OtherName: "cli.doubt.other_name",
	postman.NoSystemCode: "cli.doubt.no_system_code", postman.UnknownField: "cli.doubt.unknown_field", postman.BadBody: "cli.doubt.bad_body",
	postman.Undefined: "cli.doubt.undefined", postman.NoAddress: "cli.doubt.no_address",
}

// Init implements core.Dialog.
func (m *Mapping) Init() tea.Cmd { return nil }

// Typing implements core.Dialog.
func (m *Mapping) Typing() bool { return m.grid.Typing() }

// Bindings implements core.Dialog.
func (m *Mapping) Bindings() []keymap.Binding {
	own := m.env.Apply(
		keymap.Binding{ID: "profiles.accept", Keys: []string{"f7", "ctrl+s"}, Footer: 1, Do: m.accept},
		keymap.Binding{ID: "profiles.correct", Keys: []string{"enter"}, Footer: 2, Do: m.correct},
	)
	if !m.grid.HasStep() {
		own = append(own, keymap.Binding{ID: "dialog.cancel", Keys: []string{"esc"}, Footer: 3})
	}
	return append(own, m.grid.Bindings()...)
}

// accepted ends the dialog.
type accepted struct{}

func (m *Mapping) accept() tea.Cmd { return core.Send(accepted{}) }

// correct opens the list of all requests for the interface under the cursor.
func (m *Mapping) correct() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok {
		return nil
	}
	items := []overlay.Item{{ID: "-1", Label: m.env.T("profiles.none")}}
	for i, c := range m.res.Candidates {
		items = append(items, overlay.Item{ID: strconv.Itoa(i), Label: c.Name.String(), Note: client.SafeText(c.Method+" "+c.Path, 60)})
	}
	return core.Open(overlay.NewMenu(m.env, m.purpose(r), items, strconv.Itoa(r.Index)), m)
}

// Update implements core.Dialog.
func (m *Mapping) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case accepted:
		return Mapped{m.res.Endpoints}, nil
	case core.DialogClosedMsg:
		if msg.Owner != any(m) {
			return nil, m.grid.Update(msg)
		}
		if c, ok := msg.Action.(overlay.Chosen); ok {
			m.assign(c.ID)
		}
		return nil, nil
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseClickMsg:
		msg.X, msg.Y = msg.X-style.BodyX, msg.Y-style.BodyY
		return nil, m.grid.Update(msg)
	}
	return nil, m.grid.Update(msg)
}

func (m *Mapping) key(k tea.KeyPressMsg) (core.Action, tea.Cmd) {
	if !m.grid.Typing() {
		if k.String() == "esc" {
			if m.grid.Back() {
				return nil, nil
			}
			return core.Cancel{}, nil
		}
		if cmd, handled := m.env.Run(m.Bindings(), k, false); handled {
			return nil, cmd
		}
	}
	return nil, m.grid.Update(k)
}

func (m *Mapping) assign(id string) {
	r, ok := m.grid.Current()
	i, err := strconv.Atoi(id)
	if !ok || err != nil {
		return
	}
	m.res.Assign(r.Op, i)
	m.grid.SetRows(m.res.Rows[:])
}

// detailLines is how many lines below the table tell of the row under the cursor.
const detailLines = 4

// View implements core.Dialog.
func (m *Mapping) View(maxW, maxH int) (string, *tea.Cursor) {
	w := min(110, maxW)
	h := min(len(m.res.Rows)+2+detailLines+4, maxH)
	p := style.Panel{Title: m.env.T("profiles.mapping", "name", client.SafeText(m.res.Name.Raw(), 40)), W: w, H: h, Focused: true}
	iw, ih := p.Inner()
	body, cur := m.grid.View(iw, max(3, ih-detailLines-1))
	p.Body = body + "\n" + m.detail(iw)
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY
	}
	return m.env.Styles.Panel(p), cur
}

// detail is what is in doubt about the row under the cursor, and below it what is to be done.
func (m *Mapping) detail(w int) string {
	var said []string
	if r, ok := m.grid.Current(); ok {
		for _, d := range r.Doubts {
			said = append(said, m.env.T(doubts[d.Kind], "detail", client.SafeText(d.Detail.Raw(), 60)))
		}
		if len(said) == 0 {
			said = []string{client.SafeText(r.Method+" "+r.Path, 200)}
		}
	}
	lines := text.Wrap(strings.Join(said, m.env.T("profiles.gap")), w)
	lines = append(lines[:min(len(lines), detailLines-1)], text.Wrap(m.env.T("profiles.mapping_help", "key", m.env.KeyOf("profiles.accept", "f7")), w)...)
	return m.env.Styles.Muted.Render(strings.Join(lines[:min(len(lines), detailLines)], "\n"))
}
