package grid

import "slices"

// marker is the width of the columns that hold > and *, and a space.
const marker = 3

// indent is how far rows stand in below the header of their group.
const indent = 2

// layout is the outcome of sharing w cells among the columns; it is kept until one of its inputs changes.
type layout struct {
	w, skip int
	cols    []int // indexes into columns()
	widths  []int
	dropped bool // some column found no room
}

// columns returns the columns the user has on, in the user's order.
func (g *Grid[R]) columns() []Column[R] {
	out := make([]Column[R], 0, len(g.cfg.Columns))
	for _, c := range g.cfg.Columns {
		if g.hidden[c.ID] {
			continue
		}
		if w := g.widths[c.ID]; w > 0 {
			c.Min, c.Max = w, w
		}
		out = append(out, c)
	}
	if g.order != nil {
		slices.SortStableFunc(out, func(a, b Column[R]) int { return g.rank(a.ID) - g.rank(b.ID) })
	}
	if g.cfg.Group != nil && len(out) > 0 { // rows are indented below their group
		out[0].Min += indent
		if out[0].Max > 0 {
			out[0].Max += indent
		}
	}
	return out
}

// fit shares w cells: columns give way by priority until the minimum widths fit, then those that may grow do, evenly.
func (g *Grid[R]) fit(w int, cols []Column[R]) layout {
	keep := make([]int, 0, len(cols))
	for i := range cols {
		if i == 0 || i > g.skip {
			keep = append(keep, i)
		}
	}
	l := layout{w: w, skip: g.skip}
	for need(cols, keep) > w-marker && len(keep) > 1 {
		keep = slices.Delete(keep, g.weakest(cols, keep), g.weakest(cols, keep)+1)
		l.dropped = true
	}
	l.cols, l.widths = keep, grow(cols, keep, w-marker)
	return l
}

// weakest returns the place in keep of the column that gives way next. While scrolled sideways that is the last one.
func (g *Grid[R]) weakest(cols []Column[R], keep []int) int {
	at := len(keep) - 1
	if g.skip > 0 {
		return at
	}
	for i, k := range keep {
		if i > 0 && cols[k].Priority > cols[keep[at]].Priority {
			at = i
		}
	}
	return at
}

func need[R any](cols []Column[R], keep []int) int {
	n := len(keep) - 1
	for _, i := range keep {
		n += cols[i].Min
	}
	return n
}

func grow[R any](cols []Column[R], keep []int, w int) []int {
	out := make([]int, len(keep))
	for i, k := range keep {
		out[i] = cols[k].Min
	}
	for spare := w - need(cols, keep); spare > 0; {
		grew := false
		for i, k := range keep {
			if c := cols[k]; spare > 0 && (c.Max < 0 || out[i] < c.Max) {
				out[i]++
				spare--
				grew = true
			}
		}
		if !grew {
			break
		}
	}
	if len(out) == 1 {
		out[0] = min(out[0], max(1, w))
	}
	return out
}

// sideways moves the cell cursor, folds groups where there are some, or scrolls columns that found no room.
func (g *Grid[R]) sideways(n int) {
	cols := len(g.columns())
	switch {
	case g.cfg.CellCursor:
		g.col = min(max(g.col+n, 0), max(0, cols-1))
		g.reveal()
	case n < 0 && g.skip > 0:
		g.skip--
	case g.cfg.Group != nil && (g.onHeader() || n < 0):
		g.fold(n < 0)
	case n > 0 && g.layout.dropped && g.skip < cols-2:
		g.skip++
	}
}

// reveal scrolls sideways so that the cell cursor is among the shown columns.
func (g *Grid[R]) reveal() {
	cols := g.columns()
	if g.col > 0 && g.col <= g.skip {
		g.skip = g.col - 1
	}
	for g.layout.w > 0 && g.skip < len(cols)-2 && !slices.Contains(g.fit(g.layout.w, cols).cols, g.col) {
		g.skip++
	}
	if g.col == 0 {
		g.skip = 0
	}
}

// rank is where the user put a column, 0-based; columns that the user's order does not know come last.
func (g *Grid[R]) rank(id string) int {
	if i := slices.Index(g.order, id); i >= 0 {
		return i
	}
	return len(g.order)
}
