// Package palette finds a command by Chinese, English, pinyin or initials and runs it; as help it lists every key of the screen.
package palette

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/style"
)

// Run is the Action of choosing a command; the router closes the palette, then calls Do.
type Run struct {
	ID string
	Do func() tea.Cmd
}

// Palette is the dialog of `:` and, as help, of `?`.
type Palette struct {
	env     *core.Env
	all     []entry
	recent  string
	help    bool
	find    field.Text
	hits    []int
	at, top int
	rows    int
	tallest int // lines of the last View, had it shown all that there is room for
}

type entry struct {
	b      keymap.Binding
	label  string // in the language shown
	others string // in the other languages, and more words to find it by
	keys   string
}

var _ core.Dialog = (*Palette)(nil)

// New lists the commands of bs; recent holds the IDs of those run last, newest first. Hidden bindings, doubles and
// those that only their keys run are left out.
func New(env *core.Env, bs []keymap.Binding, recent []string) *Palette {
	p := build(env, bs, false)
	var names []string
	for _, id := range recent {
		for _, e := range p.all {
			if e.b.ID == id && len(names) < 3 {
				names = append(names, e.label)
			}
		}
	}
	slices.SortStableFunc(p.all, func(a, b entry) int { return cmp.Compare(rank(recent, a.b.ID), rank(recent, b.b.ID)) })
	p.recent = strings.Join(names, "   ")
	p.filter()
	return p
}

// NewHelp lists every key of bs with all its keys, in the order given.
func NewHelp(env *core.Env, bs []keymap.Binding) *Palette {
	p := build(env, bs, true)
	p.filter()
	return p
}

// Help reports whether it is the list of keys.
func (p *Palette) Help() bool { return p.help }

func rank(recent []string, id string) int {
	if i := slices.Index(recent, id); i >= 0 {
		return i
	}
	return len(recent)
}

func build(env *core.Env, bs []keymap.Binding, help bool) *Palette {
	p := &Palette{env: env, help: help, find: field.Text{Env: env, Bare: true}}
	seen, taken := map[string]bool{}, map[string]string{}
	for _, b := range bs {
		keys := free(b, taken)
		if seen[b.ID] || !help && (b.Hidden || b.Do == nil && b.Reason == "") {
			continue
		}
		seen[b.ID] = true
		e := entry{b: b, label: env.Label(b)}
		for _, lang := range i18n.Languages {
			if lang != env.Lang {
				e.others += " " + i18n.Load(lang).T(i18n.Key("key."+b.ID))
			}
			more, _ := i18n.Load(lang).Lookup(i18n.Key("key.also." + b.ID))
			e.others += " " + more
		}
		e.keys = names(env, b, keys, help)
		p.all = append(p.all, e)
	}
	return p
}

// free are the keys of b that no binding before it claims, which would run instead.
func free(b keymap.Binding, taken map[string]string) (out []string) {
	for _, k := range b.Keys {
		if by, claimed := taken[k]; !claimed || by == b.ID {
			taken[k] = b.ID
			out = append(out, k)
		}
	}
	return out
}

// names writes the keys of b: the one to press, or as help all of them. What the footer shows for a pair is not that of b alone.
func names(env *core.Env, b keymap.Binding, keys []string, all bool) string {
	switch {
	case all:
	case len(keys) == len(b.Keys) && env.FootLabel(b) == env.Label(b):
		return env.KeyCap(b, false)
	default:
		keys = keys[:min(1, len(keys))]
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = env.KeyName(k, false)
	}
	return strings.Join(out, "  ")
}

// score grades how well e answers q, 0 best, -1 not at all.
func score(q text.Query, e entry) int {
	at, ok := q.Index(e.label)
	switch {
	case ok && at == 0:
		return 0
	case ok:
		return 1
	case q.Match(e.others):
		return 2
	case q.Match(e.b.ID) || q.Match(e.keys):
		return 3
	case q.Scattered(e.label) || q.Scattered(e.others):
		return 4
	}
	return -1
}

func (p *Palette) filter() {
	q := text.NewQuery(p.find.Value())
	p.hits, p.at, p.top = p.hits[:0], 0, 0
	grade := make([]int, len(p.all))
	for i, e := range p.all {
		if grade[i] = score(q, e); grade[i] >= 0 {
			p.hits = append(p.hits, i)
		}
	}
	if !q.Empty() {
		slices.SortStableFunc(p.hits, func(a, b int) int { return cmp.Compare(grade[a], grade[b]) })
	}
}

// Init implements core.Dialog.
func (p *Palette) Init() tea.Cmd { return p.find.Focus() }

// Typing implements core.Dialog.
func (p *Palette) Typing() bool { return true }

// Bindings implements core.Dialog.
func (p *Palette) Bindings() []keymap.Binding {
	return p.env.Apply(keymap.Binding{ID: "dialog.choose", Keys: []string{"enter"}, Footer: 1}, keymap.Binding{ID: "dialog.cancel", Keys: []string{"esc"}, Footer: 2})
}

// Update implements core.Dialog.
func (p *Palette) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		p.find.Update(msg)
		p.filter()
	case tea.MouseWheelMsg:
		p.step(map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[msg.Button])
	case tea.MouseClickMsg:
		if i := msg.Y - listY + p.top; msg.Y >= listY && msg.Y < listY+p.rows && i < len(p.hits) {
			p.at = i
			return p.run()
		}
	}
	return nil, nil
}

func (p *Palette) step(n int) { p.at = min(max(p.at+n, 0), max(0, len(p.hits)-1)) }

func (p *Palette) key(k tea.KeyPressMsg) (core.Action, tea.Cmd) {
	switch k.String() {
	case "esc":
		return core.Cancel{}, nil
	case "enter":
		return p.run()
	case "up", "ctrl+p":
		p.step(-1)
	case "down", "ctrl+n":
		p.step(1)
	case "pgup":
		p.step(-p.rows)
	case "pgdown":
		p.step(p.rows)
	default:
		before := p.find.Value()
		p.find.Update(k)
		if p.find.Value() != before {
			p.filter()
		}
	}
	return nil, nil
}

func (p *Palette) run() (core.Action, tea.Cmd) {
	if p.at >= len(p.hits) {
		return nil, nil
	}
	b := p.all[p.hits[p.at]].b
	switch {
	case b.Reason != "":
		return nil, core.Toast(core.Warning, b.Reason)
	case b.Do == nil:
		return core.Cancel{}, nil // back to where the key works
	}
	return Run{b.ID, b.Do}, nil
}

// maxRows is how many commands the palette shows; help shows all that there is room for.
const maxRows = 18

// listY is the line of the box where the commands start: border, search line, blank.
const listY = 3

// View implements core.Dialog.
func (p *Palette) View(maxW, maxH int) (string, *tea.Cursor) {
	t, s := p.env.T, p.env.Styles
	w, title := min(58, maxW-4), t("ui.palette.title")
	tail := []string{s.Muted.Render(t("ui.palette.hint")), s.Muted.Render(t("ui.palette.keys"))}
	if p.recent != "" {
		tail = append([]string{t("ui.palette.recent") + "   " + p.recent, ""}, tail...)
	}
	if p.help {
		w, title = min(76, maxW-4), t("ui.palette.help_title")
		tail = []string{s.Muted.Render(t("ui.palette.mouse", "key", p.env.KeyOf("main.mouse", "M")))}
	}
	most := max(1, min(len(p.all), maxH-listY-len(tail)-2))
	if !p.help {
		most = min(most, maxRows)
	}
	p.rows = max(1, min(most, len(p.hits)))
	p.tallest = most + listY + len(tail) + 2
	p.top = max(0, min(max(p.top, p.at-p.rows+1), p.at))
	line, cur := p.find.View(max(1, w-2))
	out := []string{"> " + line, ""}
	for i := p.top; i < p.top+p.rows; i++ {
		out = append(out, p.line(i, w))
	}
	out = append(append(out, ""), tail...)
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX+2, style.BodyY
	}
	return s.Panel(style.Panel{Title: title, Body: strings.Join(out, "\n"), W: w + 4, H: len(out) + 2, Focused: true}), cur
}

// Tallest is the lines that the box has without a search: it stands where that one would, and the line that is typed in stays.
func (p *Palette) Tallest() int { return p.tallest }

func (p *Palette) line(i, w int) string {
	s := p.env.Styles
	switch {
	case len(p.hits) == 0 && i == 0:
		return s.Muted.Render(text.Fit("  "+p.env.T("ui.palette.none"), w))
	case i >= len(p.hits):
		return ""
	}
	e := p.all[p.hits[i]]
	label := e.label
	if e.b.Reason != "" {
		label += "  (" + e.b.Reason + ")"
	}
	keys := max(12, w*2/5)
	line := text.Fit(text.Truncate("  "+label, w-keys-1), w-keys) + text.Fit(e.keys, keys)
	switch {
	case i == p.at:
		return s.Selected.Render(">" + line[1:])
	case e.b.Reason != "":
		return s.Disabled.Render(line)
	}
	return line
}
