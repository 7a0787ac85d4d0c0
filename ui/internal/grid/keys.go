package grid

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/style"
)

// Update handles keys, clicks (relative to the grid's top left) and the answers of its own dialogs. Screens try their own bindings first
// unless Typing. A grid without focus takes clicks and the wheel only.
func (g *Grid[R]) Update(msg tea.Msg) tea.Cmd {
	before := g.cursorKey()
	cmd := g.handle(msg)
	if g.cfg.Moved != nil && g.cursorKey() != before {
		return tea.Batch(cmd, g.cfg.Moved())
	}
	return cmd
}

// InPanel is Update for a screen whose panel the grid fills: the screen's own keys go first unless Typing, and clicks count from the panel's
// top left. height is that of the panel, for clicks below it to be left alone; 0: nothing is below.
func (g *Grid[R]) InPanel(msg tea.Msg, own func() []keymap.Binding, height int) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if !g.Typing() {
			if cmd, handled := g.env.Run(own(), msg, false); handled {
				return cmd
			}
		}
	case tea.MouseClickMsg:
		if height > 0 && msg.Y >= height {
			return nil
		}
		msg.X, msg.Y = msg.X-style.BodyX, msg.Y-style.BodyY
		return g.Update(msg)
	}
	return g.Update(msg)
}

func (g *Grid[R]) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if g.filtering {
			return g.filterKey(msg)
		}
		cmd, _ := g.env.Run(g.Bindings(), msg, false)
		return cmd
	case tea.PasteMsg:
		if g.filtering {
			cmd, _ := g.filter.Update(msg)
			return cmd
		}
	case tea.MouseClickMsg:
		return g.click(msg)
	case tea.MouseWheelMsg:
		g.wheel(msg)
	case core.DialogClosedMsg:
		return g.closed(msg)
	case core.LanguageMsg:
		g.refresh()
	}
	return nil
}

// Bindings lists the grid's keys.
func (g *Grid[R]) Bindings() []keymap.Binding {
	if g.filtering {
		return g.env.Apply(
			keymap.Binding{ID: "grid.filter_keep", Keys: []string{"enter"}, Footer: 1, Do: g.do(func() { g.endFilter(true) })},
			keymap.Binding{ID: "grid.filter_drop", Keys: []string{"esc"}, Footer: 2, Do: g.do(func() { g.endFilter(false) })})
	}
	bs := append(g.backBindings(), g.moveBindings()...)
	bs = append(bs, g.listBindings()...)
	if !g.cfg.NoMarks {
		bs = append(bs, g.markBindings()...)
	}
	if g.state == failed && g.cfg.Retry != nil {
		bs = append(bs, keymap.Binding{ID: "grid.retry", Keys: []string{"r", "f5"}, Footer: 1, Do: g.cfg.Retry})
	}
	return g.env.Apply(bs...)
}

// backBindings name the smaller step that Esc means while there is one, in the place of leaving the screen.
func (g *Grid[R]) backBindings() []keymap.Binding {
	back := g.do(func() { g.Back() })
	switch {
	case g.anchor >= 0:
		return []keymap.Binding{{ID: "grid.range_end", Keys: []string{"esc"}, Footer: 1, Do: back}}
	case len(g.marks) > 0:
		return []keymap.Binding{{ID: "grid.unmark", Keys: []string{"esc"}, Footer: 7, Do: back}}
	case g.query != "":
		return []keymap.Binding{{ID: "grid.filter_drop", Keys: []string{"esc"}, Footer: 2, Do: back}}
	}
	return nil
}

// HasStep reports whether Back would do something.
func (g *Grid[R]) HasStep() bool { return g.filtering || len(g.backBindings()) > 0 }

func (g *Grid[R]) do(f func()) func() tea.Cmd {
	return func() tea.Cmd { f(); return nil }
}

func (g *Grid[R]) move(n func() int) func() tea.Cmd {
	return g.do(func() { g.step(n()); g.markRange() })
}

func (g *Grid[R]) moveBindings() []keymap.Binding {
	by := func(n int) func() int { return func() int { return n } }
	bs := []keymap.Binding{
		{ID: "grid.down", Keys: []string{"down", "j"}, Show: "up/down", Footer: 3, Do: g.move(by(1))},
		{ID: "grid.up", Keys: []string{"up", "k"}, Hidden: true, Do: g.move(by(-1))},
		{ID: "grid.page_down", Keys: []string{"pgdown", "ctrl+f"}, Do: g.move(func() int { return max(1, g.page-1) })},
		{ID: "grid.page_up", Keys: []string{"pgup", "ctrl+b"}, Do: g.move(func() int { return -max(1, g.page-1) })},
		{ID: "grid.top", Keys: []string{"home", "g"}, Do: g.move(func() int { return -len(g.items) })},
		{ID: "grid.bottom", Keys: []string{"end", "G"}, Do: g.move(func() int { return len(g.items) })},
	}
	bs = append(bs, keymap.Binding{ID: "grid.left", Keys: []string{"left", "h"}, Hidden: true, Do: g.do(func() { g.sideways(-1) })},
		keymap.Binding{ID: "grid.right", Keys: []string{"right", "l"}, Hidden: true, Do: g.do(func() { g.sideways(1) })})
	if g.onHeader() || g.cfg.OpenOnEnter {
		bs = append(bs, keymap.Binding{ID: "grid.open", Keys: []string{"enter"}, Footer: 2, Do: g.enter})
	}
	return bs
}

func (g *Grid[R]) listBindings() []keymap.Binding {
	bs := []keymap.Binding{
		{ID: "grid.filter", Keys: []string{"/"}, Footer: 5, Do: g.startFilter},
		{ID: "grid.columns", Keys: []string{"C"}, Footer: 9, Do: g.openColumns},
		{ID: "grid.copy", Keys: []string{"y"}, Do: g.copyRow},
		{ID: "grid.copy_cell", Keys: []string{"Y"}, Do: g.copyCell},
	}
	if slices.ContainsFunc(g.cfg.Columns, func(c Column[R]) bool { return c.Less != nil }) {
		bs = slices.Insert(bs, 1, keymap.Binding{ID: "grid.sort", Keys: []string{"s"}, Footer: 8, Do: g.openSort})
	}
	return bs
}

func (g *Grid[R]) markBindings() []keymap.Binding {
	mark := func(n int) func() tea.Cmd {
		return g.do(func() {
			if g.anchor < 0 {
				g.anchor = g.cursor
			}
			g.step(n)
			g.markRange()
			g.anchor = -1
		})
	}
	return []keymap.Binding{
		{ID: "grid.mark", Keys: []string{"space"}, Footer: 4, Do: g.do(g.toggle)},
		{ID: "grid.mark_range", Keys: []string{"v"}, Do: g.do(g.toggleRange)},
		{ID: "grid.mark_down", Keys: []string{"shift+down"}, Do: mark(1)},
		{ID: "grid.mark_up", Keys: []string{"shift+up"}, Do: mark(-1)},
		{ID: "grid.mark_all", Keys: []string{"ctrl+a"}, Do: g.do(g.markAll)},
		{ID: "grid.mark_invert", Keys: []string{"*"}, Do: g.do(func() { g.each(g.flip) })},
	}
}

func (g *Grid[R]) toggleRange() {
	if g.anchor >= 0 {
		g.anchor = -1
		return
	}
	g.anchor = g.cursor
	g.markRange()
}

func (g *Grid[R]) markAll() { g.each(func(r R) { g.setMark(r, true) }) }

func (g *Grid[R]) onHeader() bool { return g.cursor < len(g.items) && g.items[g.cursor].row < 0 }

// enter folds or unfolds a group, or opens a row.
func (g *Grid[R]) enter() tea.Cmd {
	if g.onHeader() {
		g.fold(!g.folded[g.groups[g.items[g.cursor].group].key])
		return nil
	}
	if r, ok := g.Current(); ok && g.cfg.Open != nil {
		return g.cfg.Open(r)
	}
	return nil
}

// fold folds the group of the cursor and puts the cursor on its header.
func (g *Grid[R]) fold(on bool) {
	if g.cursor >= len(g.items) || g.items[g.cursor].group < 0 {
		return
	}
	n := g.items[g.cursor].group
	g.folded[g.groups[n].key] = on
	g.anchor = -1
	g.rebuild()
	for i, it := range g.items {
		if it.row < 0 && it.group == n {
			g.cursor = i
		}
	}
}

// Fold folds or unfolds a group by its key.
func (g *Grid[R]) Fold(key string, on bool) { g.folded[key] = on; g.refresh() }

// Back takes the smaller step that Esc means while there is one: ends a range, then marks, then the filter.
func (g *Grid[R]) Back() bool {
	switch {
	case g.filtering:
		g.endFilter(false)
	case g.anchor >= 0:
		g.anchor = -1
	case len(g.marks) > 0:
		g.ClearMarks()
	case g.query != "":
		g.SetFilter("")
	default:
		return false
	}
	return true
}

func (g *Grid[R]) startFilter() tea.Cmd {
	g.filtering = true
	return g.filter.Focus()
}

func (g *Grid[R]) endFilter(keep bool) {
	g.filtering = false
	g.filter.Blur()
	if !keep {
		g.SetFilter("")
	}
}

func (g *Grid[R]) filterKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "down", "up", "pgdown", "pgup":
		cmd, _ := g.env.Run(g.moveBindings(), k, false)
		return cmd
	}
	if cmd, handled := g.env.Run(g.Bindings(), k, true); handled {
		return cmd
	}
	cmd, _ := g.filter.Update(k)
	return cmd
}

func (g *Grid[R]) filterChanged() tea.Cmd {
	g.SetFilter(g.filter.Value())
	return nil
}

// doubleClick is the longest time between two clicks that make one.
const doubleClick = 400 * time.Millisecond

func (g *Grid[R]) click(m tea.MouseClickMsg) tea.Cmd {
	i := g.top + m.Y - g.lastTop
	if m.Button != tea.MouseLeft || m.Y < g.lastTop || m.Y >= g.lastTop+g.page || i >= len(g.items) {
		return nil
	}
	again := i == g.clickItem && g.env.Now().Sub(g.clickAt) < doubleClick
	g.cursor, g.clickItem, g.clickAt = i, i, g.env.Now()
	switch {
	case g.onHeader():
		return g.enter()
	case m.X < 2 && !g.cfg.NoMarks:
		r, _ := g.Current()
		g.flip(r)
	case again:
		g.clickAt = time.Time{}
		return g.enter()
	}
	return nil
}

// wheel moves the cursor, so that the list scrolls with it and nothing ever acts on a row out of sight.
func (g *Grid[R]) wheel(m tea.MouseWheelMsg) {
	switch m.Button {
	case tea.MouseWheelUp:
		g.step(-3)
	case tea.MouseWheelDown:
		g.step(3)
	case tea.MouseWheelLeft:
		g.sideways(-1)
	case tea.MouseWheelRight:
		g.sideways(1)
	}
}

func (g *Grid[R]) copyRow() tea.Cmd {
	r, ok := g.Current()
	if !ok {
		return nil
	}
	return core.Send(core.CopyMsg{Text: strings.Join(g.texts(r), "\t"), What: g.env.T("ui.grid.row")})
}

// copyCell copies the cell under the cursor, or asks which one where the cursor is on a whole row.
func (g *Grid[R]) copyCell() tea.Cmd {
	r, ok := g.Current()
	cols := g.columns()
	switch {
	case !ok || len(cols) == 0:
		return nil
	case g.cfg.CellCursor:
		return g.copyOf(cols[min(g.col, len(cols)-1)], r)
	}
	items := make([]overlay.Item, len(cols))
	for i, c := range cols {
		items[i] = overlay.Item{ID: c.ID, Label: g.title(c), Note: text.Truncate(text.Steady(c.Cell(r)), 40)}
	}
	return core.Open(overlay.NewMenu(g.env, g.env.T("ui.grid.copy_title"), items, ""), asked[R]{g, copying})
}

func (g *Grid[R]) copyOf(c Column[R], r R) tea.Cmd {
	return core.Send(core.CopyMsg{Text: c.Cell(r), What: text.Truncate(g.title(c), 20)})
}
