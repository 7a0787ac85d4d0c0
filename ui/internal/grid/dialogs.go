package grid

import (
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
)

// asked owns a dialog of a grid, and says what it is for.
type asked[R any] struct {
	g    *Grid[R]
	what string
}

const (
	sorting   = "sort"
	arranging = "columns"
	copying   = "copy"
)

// copyColumn copies the cell of a column by ID in the row under the cursor.
func (g *Grid[R]) copyColumn(id string) tea.Cmd {
	r, ok := g.Current()
	for _, c := range g.cfg.Columns {
		if ok && c.ID == id {
			return g.copyOf(c, r)
		}
	}
	return nil
}

// openSort asks which column to sort by. Choosing the one in force turns it around.
func (g *Grid[R]) openSort() tea.Cmd {
	items := []overlay.Item{{Label: g.env.T("ui.grid.sort_none")}}
	for _, c := range g.cfg.Columns {
		if c.Less == nil {
			continue
		}
		it := overlay.Item{ID: c.ID, Label: g.title(c)}
		if c.ID == g.sortID {
			it.Note = g.env.T("ui.grid.ascending")
			if g.desc {
				it.Note = g.env.T("ui.grid.descending")
			}
		}
		items = append(items, it)
	}
	m := overlay.NewMenu(g.env, g.env.T("ui.grid.sort_title"), items, g.sortID)
	m.Help = g.env.T("ui.grid.sort_help", "n", count(len(g.rows)))
	return core.Open(m, asked[R]{g, sorting})
}

// openColumns asks which columns to show, and in which order.
func (g *Grid[R]) openColumns() tea.Cmd {
	var items, usual []overlay.Item
	for _, c := range g.cfg.Columns {
		items = append(items, overlay.Item{ID: c.ID, Label: g.title(c), On: !g.hidden[c.ID], Width: g.widths[c.ID]})
		usual = append(usual, overlay.Item{ID: c.ID, Label: g.title(c), On: !c.Hidden})
	}
	slices.SortStableFunc(items, func(a, b overlay.Item) int { return g.rank(a.ID) - g.rank(b.ID) })
	m := overlay.NewMenu(g.env, g.env.T("ui.grid.columns_title"), items, "")
	m.Checks, m.Widths, m.Usual, m.Help = true, true, usual, g.env.T("ui.grid.columns_help")
	return core.Open(m, asked[R]{g, arranging})
}

// closed takes the answer of the grid's own dialogs.
func (g *Grid[R]) closed(msg core.DialogClosedMsg) tea.Cmd {
	o, ok := msg.Owner.(asked[R])
	if !ok || o.g != g {
		return nil
	}
	switch a := msg.Action.(type) {
	case overlay.Chosen:
		if o.what == copying {
			return g.copyColumn(a.ID)
		}
		g.SortBy(a.ID, a.ID != "" && a.ID == g.sortID && !g.desc)
		g.settle("", 0) // what was sorted for stands first
	case overlay.Arranged:
		g.arrange(a.Items)
	default:
		return nil
	}
	if g.cfg.Changed == nil {
		return nil
	}
	return g.cfg.Changed()
}

// arrange takes the columns' order and visibility; the last column cannot be hidden.
func (g *Grid[R]) arrange(items []overlay.Item) {
	shown := 0
	for _, it := range items {
		if it.On {
			shown++
		}
	}
	g.order = make([]string, 0, len(items)) // a State may hold the old one
	for i, it := range items {
		g.order = append(g.order, it.ID)
		g.hidden[it.ID] = !it.On && (shown > 0 || i > 0)
		g.setWidth(it.ID, it.Width)
	}
	g.skip, g.col = 0, 0
}

// setWidth fixes a column's width in cells; 0 lets it have what there is.
func (g *Grid[R]) setWidth(id string, cells int) {
	g.widths = maps.Clone(g.widths) // a State may hold the old ones
	if g.widths == nil {
		g.widths = map[string]int{}
	}
	if g.widths[id] = cells; cells == 0 {
		delete(g.widths, id)
	}
}
