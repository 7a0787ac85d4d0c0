package grid

import "slices"

// marker is the width of the columns that hold > and *, and a space.
const marker = 3

// indent is how far rows stand in below the header of their group.
const indent = 2

// layout is the outcome of sharing w cells among the columns; it is kept until one of its inputs changes.
type layout struct {
	w       int
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

// stays reports whether column i is shown however far the others are scrolled.
func stays[R any](cols []Column[R], i int) bool { return i == 0 || cols[i].Frozen }

// moving returns the columns that scroll sideways, in order.
func moving[R any](cols []Column[R]) []int {
	out := make([]int, 0, len(cols))
	for i := range cols {
		if !stays(cols, i) {
			out = append(out, i)
		}
	}
	return out
}

// fit shares w cells: columns give way by priority until the minimum widths fit, then those that may grow do, evenly.
func (g *Grid[R]) fit(w int, cols []Column[R]) layout {
	keep := make([]int, 0, len(cols))
	scrolled := 0
	for i := range cols {
		if !stays(cols, i) {
			if scrolled++; scrolled <= g.skip {
				continue
			}
		}
		keep = append(keep, i)
	}
	l := layout{w: w}
	for need(cols, keep) > w-marker && len(keep) > 1 {
		keep = slices.Delete(keep, g.weakest(cols, keep), g.weakest(cols, keep)+1)
		l.dropped = true
	}
	l.cols, l.widths = keep, grow(cols, keep, w-marker)
	return l
}

// weakest returns the place in keep of the column that gives way next. While scrolled sideways that is the last one of those that scroll;
// the only one left outlasts the frozen ones.
func (g *Grid[R]) weakest(cols []Column[R], keep []int) int {
	at := len(keep) - 1
	if g.skip > 0 {
		loose := 0
		for i, k := range keep {
			if !stays(cols, k) {
				at, loose = i, loose+1
			}
		}
		if loose == 1 && len(keep) > 2 {
			for at = len(keep) - 1; !stays(cols, keep[at]); at-- {
			}
		}
		return at
	}
	for i, k := range keep {
		if i > 0 && cols[k].Priority > cols[keep[at]].Priority {
			at = i
		}
	}
	return at
}

// Window tells which of the columns that scroll sideways the last View showed, counted from 1, and how many there are; all zeros before it.
func (g *Grid[R]) Window() (first, last, all int) {
	at := moving(g.columns())
	for n, i := range at {
		if slices.Contains(g.layout.cols, i) {
			if first == 0 {
				first = n + 1
			}
			last = n + 1
		}
	}
	return first, last, len(at)
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
	cols := g.columns()
	switch {
	case g.cfg.CellCursor:
		g.col = min(max(g.col+n, 0), max(0, len(cols)-1))
		g.reveal()
	case n < 0 && g.skip > 0:
		g.skip--
	case g.cfg.Group != nil && (g.onHeader() || n < 0):
		g.fold(n < 0)
	case n > 0 && g.layout.dropped && g.skip < len(moving(cols))-1:
		g.skip++
	}
}

// reveal scrolls sideways so that the cell cursor is among the shown columns.
func (g *Grid[R]) reveal() {
	cols := g.columns()
	at := moving(cols)
	if n := slices.Index(at, g.col); n >= 0 && n < g.skip {
		g.skip = n
	}
	for g.layout.w > 0 && g.skip < len(at)-1 && !slices.Contains(g.fit(g.layout.w, cols).cols, g.col) {
		g.skip++
	}
	if g.col == 0 {
		g.skip = 0
	}
}

// resized lays the columns out for another width, scrolled no further than the cell cursor needs.
func (g *Grid[R]) resized(w int) {
	g.layout.w = w
	if g.cfg.CellCursor {
		g.skip = 0
		g.reveal()
	}
}

// rank is where the user put a column, 0-based; columns that the user's order does not know come last.
func (g *Grid[R]) rank(id string) int {
	if i := slices.Index(g.order, id); i >= 0 {
		return i
	}
	return len(g.order)
}
