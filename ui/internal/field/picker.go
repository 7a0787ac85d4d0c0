package field

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

// Picker chooses from a list that opens below it, one value or with Multi several. Typing filters the list by piece or pinyin. Set the
// fields before first use.
type Picker struct {
	Env         *core.Env
	Options     []Option
	Multi       bool
	Free        bool     // what is typed may be taken though no option has it
	Words       bool     // with Free: values are words of the user's own, so that leaving never puts an option in the place of what was typed
	Placeholder i18n.Key // empty: none
	Validate    func(values []string) string
	Changed     func() tea.Cmd

	values  []string
	open    bool
	focused bool
	find    Text
	hits    []int // Options shown
	moved   bool  // the cursor was moved in the list since something was typed
	list
}

var _ Control = (*Picker)(nil)

// NewPicker returns a closed pick list with nothing chosen.
func NewPicker(env *core.Env, options ...Option) *Picker {
	return &Picker{Env: env, Options: options, find: Text{Env: env, Bare: true}}
}

// SetOptions replaces the list; what is chosen stays.
func (p *Picker) SetOptions(options []Option) { p.Options = options; p.filter() }

// Focus implements Control.
func (p *Picker) Focus() tea.Cmd { p.focused = true; return nil }

// Blur implements Control; it closes the list, and keeps words of the user's own.
func (p *Picker) Blur() {
	if p.open && p.keepsTyped() {
		p.put(p.typed())
	}
	p.focused = false
	p.close()
}

// Focused implements Control.
func (p *Picker) Focused() bool { return p.focused }

// Typing implements Control: letters filter, and open a closed list.
func (p *Picker) Typing() bool { return p.focused }

// Open reports whether the list is showing.
func (p *Picker) Open() bool { return p.open }

// Values returns what is chosen, in the order of choosing.
func (p *Picker) Values() []string { return slices.Clone(p.values) }

// SetValues chooses.
func (p *Picker) SetValues(v []string) { p.values = slices.Clone(v) }

// Value implements Control: the values joined by commas.
func (p *Picker) Value() string { return strings.Join(p.values, ",") }

// SetValue implements Control.
func (p *Picker) SetValue(s string) {
	p.values = nil
	if s != "" {
		p.values = strings.Split(s, ",")
	}
}

// Problem implements Control.
func (p *Picker) Problem() string {
	if p.Validate == nil {
		return ""
	}
	return p.Validate(p.values)
}

// Height implements Control.
func (p *Picker) Height() int {
	if !p.open {
		return 1
	}
	return 1 + max(1, min(listRows, p.lines()))
}

// lines counts the list's entries: the hits, and what was typed when that may be taken.
func (p *Picker) lines() int {
	n := len(p.hits)
	if p.offersTyped() {
		n++
	}
	return n
}

func (p *Picker) typed() string { return strings.TrimSpace(p.find.Value()) }

func (p *Picker) offersTyped() bool {
	s := p.typed()
	return p.Free && s != "" && !slices.ContainsFunc(p.Options, func(o Option) bool { return o.Value == s })
}

func (p *Picker) filter() {
	q := text.NewQuery(p.find.Value())
	p.hits = p.hits[:0]
	for i, o := range p.Options {
		if label := o.text(p.Env); q.Match(o.Value) || q.Match(label) || q.Match(o.Value+" "+label) {
			p.hits = append(p.hits, i)
		}
	}
	p.move(0, p.lines())
}

func (p *Picker) show() {
	p.open, p.at, p.top, p.moved = true, 0, 0, false
	p.find.Env, p.find.Bare = p.Env, true
	p.find.SetValue("")
	p.find.Focus()
	p.filter()
	for i, o := range p.Options {
		if len(p.values) > 0 && o.Value == p.values[0] {
			p.at = i
		}
	}
}

func (p *Picker) close() { p.open = false; p.find.Blur() }

// Update implements Control.
func (p *Picker) Update(msg tea.Msg) (tea.Cmd, bool) {
	if !p.focused {
		return nil, false
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if p.open {
			return p.openKey(msg)
		}
		return p.closedKey(msg)
	case tea.PasteMsg:
		return p.paste(msg), true
	case tea.MouseWheelMsg:
		if p.open {
			p.wheel(msg, p.lines())
			p.moved = true
		}
		return nil, p.open
	case tea.MouseClickMsg:
		return p.click(msg.Y), true
	}
	return nil, false
}

func (p *Picker) closedKey(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch key := keymap.Normalize(k); {
	case key == "enter", key == "space", key == "alt+down":
		p.show()
		return nil, true
	case key == "backspace", key == "delete":
		if len(p.values) == 0 {
			return nil, true
		}
		p.values = p.values[:len(p.values)-1]
		return p.changed(), true
	case keymap.Types(k):
		p.show()
		return p.search(k), true
	}
	return nil, false
}

func (p *Picker) openKey(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch key := keymap.Normalize(k); {
	case p.list.key(key, listRows, p.lines()):
		p.moved = true
	case key == "esc":
		p.close()
	case key == "enter":
		return p.take(), true
	case p.Multi && key == "space":
		return p.toggle(), true
	case key == "tab", key == "shift+tab", key == "f7", key == "ctrl+s":
		return p.Leave(), false
	default:
		return p.search(k), true
	}
	return nil, true
}

func (p *Picker) search(msg tea.Msg) tea.Cmd {
	cmd, _ := p.find.Update(msg)
	p.at, p.top, p.moved = 0, 0, false
	p.filter()
	return cmd
}

// keepsTyped reports whether what was typed is the value as it stands: it is an option's, or words, and the cursor was not moved.
func (p *Picker) keepsTyped() bool {
	s := p.typed()
	if s == "" || p.moved {
		return false
	}
	return p.Free && p.Words || slices.ContainsFunc(p.Options, func(o Option) bool { return o.Value == s })
}

// Leave closes an open list by going on. What was typed is chosen: as it stands, or else as the entry under the cursor.
func (p *Picker) Leave() tea.Cmd {
	defer p.close()
	switch {
	case !p.open:
		return nil
	case p.keepsTyped():
		return p.put(p.typed())
	case p.typed() == "":
		return nil
	}
	return p.take()
}

// Bindings names the keys of the open list, for the footer; none while it is closed.
func (p *Picker) Bindings() []keymap.Binding {
	if !p.open {
		return nil
	}
	bs := []keymap.Binding{{ID: "picker.take", Keys: []string{"enter"}, Footer: 1}}
	if p.Multi {
		bs = append(bs, keymap.Binding{ID: "picker.tick", Keys: []string{"space"}, Footer: 1})
	}
	return bs
}

// put chooses v.
func (p *Picker) put(v string) tea.Cmd {
	if p.Multi {
		p.choose(v)
	} else {
		p.values = []string{v}
	}
	return p.changed()
}

// take chooses the entry under the cursor and closes the list.
func (p *Picker) take() tea.Cmd {
	v, ok := p.entry(p.at)
	if !ok {
		p.close()
		return nil
	}
	if p.Multi {
		if len(p.values) == 0 || p.typed() != "" {
			p.choose(v)
		}
	} else {
		p.values = []string{v}
	}
	p.close()
	return p.changed()
}

// choose adds v to the values, and reports whether it was not among them.
func (p *Picker) choose(v string) bool {
	if slices.Contains(p.values, v) {
		return false
	}
	p.values = append(p.values, v)
	return true
}

func (p *Picker) toggle() tea.Cmd {
	v, ok := p.entry(p.at)
	if !ok {
		return nil
	}
	if i := slices.Index(p.values, v); i >= 0 {
		p.values = slices.Delete(p.values, i, i+1)
	} else {
		p.values = append(p.values, v)
	}
	return p.changed()
}

// entry returns the value of line i of the open list.
func (p *Picker) entry(i int) (string, bool) {
	switch {
	case i >= 0 && i < len(p.hits):
		return p.Options[p.hits[i]].Value, true
	case i == len(p.hits) && p.offersTyped():
		return p.typed(), true
	}
	return "", false
}

func (p *Picker) changed() tea.Cmd {
	if p.Changed == nil {
		return nil
	}
	return p.Changed()
}

func (p *Picker) click(y int) tea.Cmd {
	switch {
	case !p.open:
		p.show()
	case y == 0:
		p.close()
	case y >= p.Height():
	case p.Multi:
		p.list.click(y, p.lines())
		return p.toggle()
	default:
		p.list.click(y, p.lines())
		return p.take()
	}
	return nil
}

// Label returns how a value is shown: its option's "code name", or the value itself when no option has it.
func (p *Picker) Label(v string) string {
	for _, o := range p.Options {
		if o.Value == v {
			return o.text(p.Env)
		}
	}
	return v
}

// View implements Control: "[ A0301 客户头像   v]", and the list below while it is open.
func (p *Picker) View(w int) (string, *tea.Cursor) {
	s := p.Env.Styles
	inner := max(1, w-5)
	if !p.open {
		line := "[ " + p.summary(inner) + " v]"
		if p.focused {
			return s.FieldFocus.Render(line), tea.NewCursor(2, 0)
		}
		return s.Field.Render(line), nil
	}
	body, cur := p.find.View(inner)
	if cur != nil {
		cur.X += 2
	}
	return "[ " + body + " ^]" + p.draw(p.Env, p.Height()-1, p.lines(), w, func(i int) string { return p.label(i, w-2) }, p.Env.T("ui.picker.none")), cur
}

// summary shows as many chosen labels as fit, then "+2".
func (p *Picker) summary(w int) string {
	if len(p.values) == 0 {
		return text.Fit(p.placeholder(), w)
	}
	labels := make([]string, len(p.values))
	for i, v := range p.values {
		labels[i] = brief(p.Label(v), v, w)
	}
	all := strings.Join(labels, ", ")
	if text.Width(all) > w && len(labels) > 1 {
		rest := " +" + itoa(len(labels)-1)
		return text.Fit(text.Truncate(labels[0], max(4, w-len(rest)))+rest, w)
	}
	return text.Fit(all, w)
}

// label is what line i of the open list shows in w cells.
func (p *Picker) label(i, w int) string {
	v, _ := p.entry(i)
	box := ""
	if p.Multi {
		box = map[bool]string{true: "[x] ", false: "[ ] "}[slices.Contains(p.values, v)]
	}
	if i == len(p.hits) {
		return box + p.Env.T("ui.picker.typed", "value", v)
	}
	return box + brief(p.Label(v), v, w)
}

func (p *Picker) placeholder() string {
	if p.Placeholder == "" {
		return ""
	}
	return p.Env.T(p.Placeholder)
}
