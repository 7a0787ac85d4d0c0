package grid

import (
	"slices"
	"sort"
	"strings"

	"imagery/internal/text"
)

// item is a line of the list: a row (index into rows), or with row < 0 the header of a group.
type item struct{ row, group int }

type group struct {
	key, title string
	rows       []int
}

// rebuild works out items from rows, filter, sort and folded groups. It runs when one of those changes, never per key or frame.
func (g *Grid[R]) rebuild() {
	g.items, g.groups = g.items[:0], nil
	picked := g.picked()
	g.sortRows(picked)
	if g.cfg.Group == nil {
		for _, i := range picked {
			g.items = append(g.items, item{i, -1})
		}
		return
	}
	at := map[string]int{}
	for _, i := range picked {
		key := g.cfg.Group(g.rows[i])
		n, ok := at[key]
		if !ok {
			n = len(g.groups)
			at[key] = n
			title := key
			if g.cfg.GroupTitle != nil {
				title = g.cfg.GroupTitle(g.rows[i])
			}
			g.groups = append(g.groups, group{key: key, title: title})
		}
		g.groups[n].rows = append(g.groups[n].rows, i)
	}
	if g.cfg.GroupsByKey {
		slices.SortFunc(g.groups, func(a, b group) int { return strings.Compare(a.key, b.key) })
	}
	for n, gr := range g.groups {
		g.items = append(g.items, item{-1, n})
		for _, i := range gr.rows {
			if !g.folded[gr.key] {
				g.items = append(g.items, item{i, n})
			}
		}
	}
}

// picked returns the indexes of the rows that the filter lets through.
func (g *Grid[R]) picked() []int {
	out := make([]int, 0, len(g.rows))
	g.sought = text.NewQuery(g.query)
	for i, r := range g.rows {
		if g.sought.Empty() || g.matches(g.sought, r) {
			out = append(out, i)
		}
	}
	return out
}

func (g *Grid[R]) matches(q text.Query, r R) bool {
	if g.cfg.Search != nil {
		return slices.ContainsFunc(g.cfg.Search(r), q.Match)
	}
	for _, c := range g.cfg.Columns {
		if q.Match(c.Cell(r)) {
			return true
		}
	}
	return false
}

func (g *Grid[R]) sortRows(idx []int) {
	for _, c := range g.cfg.Columns {
		if c.ID != g.sortID || c.Less == nil {
			continue
		}
		sort.SliceStable(idx, func(a, b int) bool {
			if g.desc {
				a, b = b, a
			}
			return c.Less(g.rows[idx[a]], g.rows[idx[b]])
		})
	}
}

func (g *Grid[R]) cursorKey() string {
	if r, ok := g.Current(); ok {
		return g.cfg.Key(r)
	}
	return ""
}

// settle puts the cursor back on the row with key, or as near as possible to item at, and never on a header first thing.
func (g *Grid[R]) settle(key string, at int) {
	shift := at - g.top
	if key == "" || !g.Select(key) {
		g.cursor = min(max(at, 0), max(0, len(g.items)-1))
	}
	g.top = max(0, g.cursor-shift)
	if g.cursor == 0 && len(g.items) > 1 && g.items[0].row < 0 && key == "" {
		g.cursor = 1
		if g.items[1].row < 0 {
			g.cursor = 0
		}
	}
}

// refresh rebuilds around the row under the cursor.
func (g *Grid[R]) refresh() {
	key, at := g.cursorKey(), g.cursor
	g.anchor = -1
	g.rebuild()
	g.settle(key, at)
}

// Shown counts the rows on the list, folded and filtered ones left out.
func (g *Grid[R]) Shown() int {
	n := len(g.items)
	if g.cfg.Group != nil {
		n -= len(g.groups)
	}
	return n
}

// SortBy orders by a column's ID; the empty ID restores the order of the server.
func (g *Grid[R]) SortBy(id string, desc bool) {
	g.sortID, g.desc = id, desc
	g.refresh()
}

// Sort returns the column sorted by, empty for the order of the server.
func (g *Grid[R]) Sort() (id string, desc bool) { return g.sortID, g.desc }

// SetFilter keeps the rows that match q by piece or pinyin; an empty q keeps all. The cursor stays on its row, or goes to the first.
func (g *Grid[R]) SetFilter(q string) {
	key, at := g.cursorKey(), g.cursor
	g.query, g.anchor = q, -1
	if g.filter.Value() != q {
		g.filter.SetValue(q)
	}
	g.rebuild()
	if key != "" && g.Select(key) {
		g.settle(key, at)
	} else {
		g.settle("", 0)
	}
}

// Filter returns the filter in force.
func (g *Grid[R]) Filter() string { return g.query }
