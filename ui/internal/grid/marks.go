package grid

import (
	"cmp"
	"slices"
)

// Marked returns the marked rows in the order of marking, those of pages left behind included.
func (g *Grid[R]) Marked() []R {
	all := make([]mark[R], 0, len(g.marks))
	for _, m := range g.marks {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b mark[R]) int { return cmp.Compare(a.seq, b.seq) })
	out := make([]R, len(all))
	for i, m := range all {
		out[i] = m.row
	}
	return out
}

// Marks counts the marked rows over all pages.
func (g *Grid[R]) Marks() int { return len(g.marks) }

// IsMarked reports whether the row with key is marked.
func (g *Grid[R]) IsMarked(key string) bool { _, ok := g.marks[key]; return ok }

// Targets returns what an action is for: the marked rows, or else the row under the cursor.
func (g *Grid[R]) Targets() []R {
	if len(g.marks) > 0 {
		return g.Marked()
	}
	if r, ok := g.Current(); ok {
		return []R{r}
	}
	return nil
}

// ClearMarks takes every mark away.
func (g *Grid[R]) ClearMarks() { clear(g.marks); g.anchor = -1 }

// MarkKeys marks the loaded rows with these keys, and no others.
func (g *Grid[R]) MarkKeys(keys []string) {
	g.ClearMarks()
	want := make(map[string]bool, len(keys))
	for _, k := range keys {
		want[k] = true
	}
	for _, r := range g.rows {
		if want[g.cfg.Key(r)] {
			g.setMark(r, true)
		}
	}
}

func (g *Grid[R]) setMark(r R, on bool) {
	k := g.cfg.Key(r)
	if !on {
		delete(g.marks, k)
		return
	}
	m, have := g.marks[k]
	if !have {
		g.seq++
		m.seq = g.seq
	}
	g.marks[k] = mark[R]{r, m.seq}
}

// Remark takes rows as they are now for the marks on them; SetRows does so for its own, and a screen for those that it leaves off the list.
func (g *Grid[R]) Remark(rows []R) {
	if len(g.marks) == 0 {
		return
	}
	for _, r := range rows {
		if g.IsMarked(g.cfg.Key(r)) {
			g.setMark(r, true)
		}
	}
}

func (g *Grid[R]) flip(r R) { g.setMark(r, !g.IsMarked(g.cfg.Key(r))) }

// toggle marks the row under the cursor, or on a header the whole group, and steps to the next row or header, so that pressing on
// marks row after row or group after group.
func (g *Grid[R]) toggle() {
	if g.cursor >= len(g.items) {
		return
	}
	it := g.items[g.cursor]
	if it.row >= 0 {
		g.flip(g.rows[it.row])
		g.stepOver(func(next item) bool { return next.row < 0 })
		return
	}
	rows := g.groups[it.group].rows
	all := slices.ContainsFunc(rows, func(i int) bool { return !g.IsMarked(g.cfg.Key(g.rows[i])) })
	for _, i := range rows {
		g.setMark(g.rows[i], all)
	}
	g.stepOver(func(next item) bool { return next.row >= 0 })
}

// stepOver moves down to the next item that skip does not apply to, if there is one.
func (g *Grid[R]) stepOver(skip func(item) bool) {
	for i := g.cursor + 1; i < len(g.items); i++ {
		if !skip(g.items[i]) {
			g.step(i - g.cursor)
			return
		}
	}
}

// each calls f for the rows on the list.
func (g *Grid[R]) each(f func(R)) {
	for _, it := range g.items {
		if it.row >= 0 {
			f(g.rows[it.row])
		}
	}
}

// markRange marks from the anchor to the cursor, both included.
func (g *Grid[R]) markRange() {
	if g.anchor < 0 {
		return
	}
	for i := min(g.anchor, g.cursor); i <= max(g.anchor, g.cursor) && i < len(g.items); i++ {
		if it := g.items[i]; it.row >= 0 {
			g.setMark(g.rows[it.row], true)
		}
	}
}

// step moves the cursor n lines, and one by one over the headers of open groups: what is looked for stands below them. Folded ones are
// stopped at, and the left key leads to the others.
func (g *Grid[R]) step(n int) {
	from := g.cursor
	g.cursor = min(max(g.cursor+n, 0), max(0, len(g.items)-1))
	if n == 0 || !g.passes(g.cursor) {
		return
	}
	way := map[bool]int{true: 1, false: -1}[n > 0]
	for i := g.cursor; i >= 0 && i < len(g.items); i += way {
		if !g.passes(i) {
			g.cursor = i
			return
		}
	}
	for ; g.cursor != from && g.passes(g.cursor); g.cursor -= way { // back from the end of the list
	}
}

// passes reports whether item i is the header of an open group.
func (g *Grid[R]) passes(i int) bool {
	return i < len(g.items) && g.items[i].row < 0 && !g.folded[g.groups[g.items[i].group].key]
}
