package accounts

import (
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/overlay"
)

// The keys under which the screen keeps things.
const (
	keptScreen = "accounts"
	keptViews  = "accounts.views"
	keptRecent = "accounts.recent"
)

// view is a named set of the panel's values.
type view struct {
	Name    string            `json:"name"`
	Values  map[string]string `json:"values"`
	Default bool              `json:"default,omitempty"` // in force when the program starts
}

// arranged is what the user made of the screen.
type arranged struct {
	Values map[string]string `json:"values"`
	Panel  bool              `json:"panel"`
	Detail bool              `json:"detail"`
	Grid   grid.State        `json:"grid"`
}

// restore puts back what was kept: views, arrangement, and the filter of the default view, else of the last search.
func (m *Model) restore() {
	m.env.Kept.Recall(keptViews, &m.views)
	var a arranged
	if m.env.Kept.Recall(keptScreen, &a) {
		m.panel, m.detail = a.Panel, a.Detail
		m.grid.Restore(a.Grid)
		m.filter.set(a.Values)
	}
	for _, v := range m.views {
		if v.Default {
			m.filter.set(v.Values)
		}
	}
}

// keep keeps the arrangement.
func (m *Model) keep() tea.Cmd {
	return m.env.Kept.Keep(keptScreen, arranged{m.filter.form.Values(), m.panel, m.detail, m.grid.State().Arrangement()})
}

// inForce returns the name of the saved view that the panel shows, empty for none.
func (m *Model) inForce() string {
	values := m.filter.form.Values()
	for _, v := range m.views {
		if maps.Equal(v.Values, values) {
			return v.Name
		}
	}
	return ""
}

// saved is the Action of the dialog that names a view.
type saved struct {
	name      string
	isDefault bool
}

// menuOf owns a menu of this screen: use, remove, default or recent.
type menuOf struct {
	m    *Model
	what string
}

const (
	useView     = "use"
	removeView  = "remove"
	defaultView = "default"
	recent      = "recent"
)

// saveView asks for a name for the panel's values.
func (m *Model) saveView() tea.Cmd {
	name, start := field.NewText(m.env), field.NewChecks(m.env, field.Option{Value: defaultView, Key: "accounts.views.at_start"})
	name.MaxLen = 40
	name.SetValue(m.inForce())
	f := form.New(m.env, []form.Row{
		{ID: "name", Label: "accounts.views.name", Control: name, Required: true, Hint: "accounts.views.name_hint"},
		{ID: "start", Label: "accounts.views.start", Control: start},
	},
		form.Button{ID: "save", Label: "accounts.views.save", Submit: true, Do: func() tea.Cmd {
			return overlay.Close(saved{strings.TrimSpace(name.Value()), start.Checked(defaultView)})
		}},
		form.Button{ID: "cancel", Label: "ui.cancel", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d := overlay.NewForm(m.env, m.env.Words("accounts.views.save_title"), f)
	d.Width = 60
	return core.Open(d, m)
}

// keepView stores the panel's values under a name, in the place of an older view of that name.
func (m *Model) keepView(s saved) tea.Cmd {
	v := view{s.name, m.filter.form.Values(), s.isDefault}
	if s.isDefault {
		m.onlyDefault("")
	}
	if at := m.viewAt(s.name); at >= 0 {
		m.views[at] = v
	} else {
		m.views = append(m.views, v)
	}
	m.named = m.inForce()
	return tea.Batch(m.env.Kept.Keep(keptViews, m.views), core.Toast(core.Success, m.env.T("accounts.views.saved", "name", text.Steady(s.name), "n", m.filter.request().Conditions())))
}

func (m *Model) viewAt(name string) int {
	return slices.IndexFunc(m.views, func(v view) bool { return v.Name == name })
}

// onlyDefault makes one view the default, and with an empty name none.
func (m *Model) onlyDefault(name string) {
	for i := range m.views {
		m.views[i].Default = m.views[i].Name == name && !m.views[i].Default
	}
}

// viewMenu offers the saved views for one of the uses of menuOf.
func (m *Model) viewMenu(what string) func() tea.Cmd {
	return func() tea.Cmd {
		items := make([]overlay.Item, len(m.views))
		for i, v := range m.views {
			items[i] = overlay.Item{ID: v.Name, Label: text.Steady(v.Name)}
			if v.Default {
				items[i].Note = m.env.T("accounts.views.default")
			}
		}
		title := m.env.T("accounts.views.title")
		switch what {
		case removeView:
			title = m.env.T("accounts.views.remove_title")
		case defaultView:
			title = m.env.T("accounts.views.default_title")
		}
		return core.Open(overlay.NewMenu(m.env, title, items, m.named), menuOf{m, what})
	}
}

func (m *Model) whyNoViews() string {
	if len(m.views) == 0 {
		return m.env.T("accounts.views.none")
	}
	return ""
}

// picked does what a menu of this screen was opened for.
func (m *Model) picked(what, id string) tea.Cmd {
	at := m.viewAt(id)
	switch {
	case what == recent:
		no, biz, _ := strings.Cut(id, "\n")
		return m.openNumber(gone{no, biz})
	case at < 0:
		return nil
	case what == removeView:
		m.removing = id
		return core.Open(overlay.NewConfirm(m.env, m.env.T("accounts.views.remove_title"),
			[]string{m.env.T("accounts.views.remove_ask", "name", text.Steady(id))}, "accounts.views.remove"), m)
	case what == defaultView:
		m.onlyDefault(id)
		return m.env.Kept.Keep(keptViews, m.views)
	}
	m.filter.set(m.views[at].Values)
	return m.submit()
}

// removed takes away the view whose removal was confirmed.
func (m *Model) removed() tea.Cmd {
	at := m.viewAt(m.removing)
	if at < 0 {
		return nil
	}
	m.views = slices.Delete(m.views, at, at+1)
	m.named = m.inForce()
	return tea.Batch(m.env.Kept.Keep(keptViews, m.views), core.Toast(core.Success, m.env.T("accounts.views.removed", "name", text.Steady(m.removing))))
}

// visited is an account that was opened. No name is kept: it is personal.
type visited struct {
	AccountNo string `json:"accountNo"`
	BizType   string `json:"accountBizType"`
}

// Step moves the cursor by n rows and returns the account there; ok is false at the ends of what is loaded.
func (m *Model) Step(n int) (a client.CustomerAccount, ok bool) {
	r, ok := m.grid.Ahead(n)
	if ok {
		m.grid.Select(keyOf(r))
	}
	return r, ok
}

// maxRecent is how many opened accounts are kept.
const maxRecent = 20

// recents are the accounts opened last, the newest first.
func (m *Model) recents() []visited {
	var out []visited
	m.env.Kept.Recall(keptRecent, &out)
	return out
}

// visit keeps that an account was opened.
func (m *Model) visit(r row) tea.Cmd {
	v := visited{r.Account.AccountNo.Raw(), bizType(r).Raw()}
	all := slices.DeleteFunc(m.recents(), func(o visited) bool { return o == v })
	all = slices.Insert(all, 0, v)
	return m.env.Kept.Keep(keptRecent, all[:min(len(all), maxRecent)])
}
