package grid

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/internal/i18n"
	"imagery/internal/text"
)

// View draws into exactly w by h cells: column heads, a rule, rows, and below them the filter line or a notice when there is one. The
// cursor is in the filter line while it has the keys.
func (g *Grid[R]) View(w, h int) (string, *tea.Cursor) {
	if w < 1 || h < 1 {
		return "", nil
	}
	cols := g.columns()
	if w != g.layout.w {
		g.resized(w)
	}
	g.layout = g.fit(w, cols)
	lines := make([]string, 0, h)
	if h > 3 {
		lines = append(lines, g.heads(cols), g.env.Styles.Border.Render(strings.Repeat(g.env.Styles.Chrome.Horizontal, w)))
	}
	g.lastTop = len(lines)
	foot, cur := g.foot(w)
	if h < 3 && !g.filtering {
		foot = ""
	}
	g.page = h - len(lines)
	if foot != "" {
		g.page--
	}
	lines = append(lines, g.body(w, cols)...)
	if foot != "" {
		lines = append(lines, foot)
		if cur != nil {
			cur.Y = len(lines) - 1
		}
	}
	return strings.Join(lines, "\n"), cur
}

// body returns page lines: rows, or the picture of why there are none.
func (g *Grid[R]) body(w int, cols []Column[R]) []string {
	switch {
	case g.page < 1:
		return nil
	case len(g.items) == 0:
		return strings.Split(text.Block(g.picture(w), w, g.page), "\n")
	}
	g.top = min(max(g.top, g.cursor-g.page+1), g.cursor)
	g.top = max(0, min(g.top, len(g.items)-g.page))
	if g.top > 0 && g.top == g.cursor && g.page > 1 && g.items[g.top-1].row < 0 {
		g.top-- // a row's header stays in sight with it
	}
	out := make([]string, 0, g.page)
	for i := g.top; i < g.top+g.page; i++ {
		if i < len(g.items) {
			out = append(out, g.line(i, w, cols))
		} else {
			out = append(out, strings.Repeat(" ", w))
		}
	}
	return out
}

func (g *Grid[R]) title(c Column[R]) string {
	if c.Name != "" || c.Title == "" {
		return c.Name
	}
	return g.env.T(c.Title)
}

func (g *Grid[R]) heads(cols []Column[R]) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", marker))
	for i, k := range g.layout.cols {
		if i > 0 {
			b.WriteByte(' ')
		}
		c, w := cols[k], g.layout.widths[i]
		sorted := ""
		if c.ID == g.sortID {
			sorted = map[bool]string{true: "v", false: "^"}[g.desc]
		}
		title := text.Cut(text.Steady(g.title(c)), 0, w-len(sorted)) // as much of a name as there is room for
		b.WriteString(align(title+sorted, w, c.Align))
	}
	return g.env.Styles.Column.Render(text.Fit(b.String(), g.layout.w))
}

// fit is a row's cell in w cells.
func (c Column[R]) fit(row R, w int) string {
	s := c.Cell(row)
	if c.Middle {
		s = text.Middle(text.Steady(s), w)
	}
	return align(s, w, c.Align)
}

func align(s string, w int, a Align) string {
	switch a {
	case Right:
		return text.FitRight(s, w)
	case Center:
		return text.FitCenter(s, w)
	}
	return text.Fit(s, w)
}

// line draws item i: markers, then a group header or the cells.
func (g *Grid[R]) line(i, w int, cols []Column[R]) string {
	it := g.items[i]
	s, here := g.env.Styles, i == g.cursor
	if it.row < 0 {
		if here {
			return g.base(true, false).Render(g.header(it.group, w, here))
		}
		return s.Strong.Render(g.header(it.group, w, here))
	}
	row := g.rows[it.row]
	marked := g.IsMarked(g.cfg.Key(row))
	mark := "   "
	switch {
	case here && marked:
		mark = ">* "
	case here:
		mark = ">  "
	case marked:
		mark = "*  "
	}
	if it.group >= 0 {
		mark += "  "
	}
	if !g.sought.Empty() {
		return g.found(row, mark, w, cols, g.base(here, marked))
	}
	if here || marked {
		return g.base(here, marked).Render(g.cells(row, mark, w, cols, here))
	}
	return g.cells(row, mark, w, cols, false)
}

// base is the look of a whole row.
func (g *Grid[R]) base(here, marked bool) lipgloss.Style {
	s := g.env.Styles
	switch {
	case here && g.focused:
		return s.Selected
	case here:
		return s.SelectedIdle
	case marked:
		return s.Marked
	}
	return s.Text
}

// found draws a row that the filter let through, with what it found made visible.
func (g *Grid[R]) found(row R, mark string, w int, cols []Column[R], base lipgloss.Style) string {
	var b strings.Builder
	b.WriteString(base.Render(mark))
	used := len(mark)
	for i, k := range g.layout.cols {
		cw := g.layout.widths[i]
		if i == 0 {
			cw -= len(mark) - marker
		} else {
			b.WriteString(base.Render(" "))
			used++
		}
		cw = max(1, cw)
		b.WriteString(g.highlight(cols[k].fit(row, cw), base))
		used += cw
	}
	if used < w {
		b.WriteString(base.Render(strings.Repeat(" ", w-used)))
	}
	return text.Cut(b.String(), 0, w)
}

// highlight renders a cell with the characters that the filter found in it underlined.
func (g *Grid[R]) highlight(cell string, base lipgloss.Style) string {
	from, to, ok := g.sought.Find(cell)
	if !ok {
		return base.Render(cell)
	}
	r := []rune(cell)
	hit := base.Underline(true).Bold(true)
	return base.Render(string(r[:from])) + hit.Render(string(r[from:to])) + base.Render(string(r[to:]))
}

// cells draws a row; plain leaves out the cells' own colours, because the cursor row has its own.
func (g *Grid[R]) cells(row R, mark string, w int, cols []Column[R], plain bool) string {
	var b strings.Builder
	b.WriteString(mark)
	for i, k := range g.layout.cols {
		cw := g.layout.widths[i]
		if i == 0 {
			cw -= len(mark) - marker
		} else {
			b.WriteByte(' ')
		}
		c := cols[k]
		cell := c.fit(row, max(1, cw))
		if plain && g.cfg.CellCursor && k == g.col {
			cell = "[" + text.Fit(strings.TrimSpace(cell), max(0, cw-2)) + "]"
		} else if st := cellStyle(c, row); st != nil && !plain {
			cell = st.Render(cell)
		}
		b.WriteString(cell)
	}
	return text.Fit(b.String(), w)
}

func cellStyle[R any](c Column[R], row R) *lipgloss.Style {
	if c.Style == nil {
		return nil
	}
	return c.Style(row)
}

func (g *Grid[R]) header(n, w int, here bool) string {
	gr := g.groups[n]
	mark, name := "   v ", gr.title
	if g.folded[gr.key] {
		mark = "   > "
		if !g.cfg.TitleCounts || g.query != "" { // what the title counts is not what a filter lets through
			name += " (" + count(len(gr.rows)) + ")"
		}
	}
	if here {
		mark = ">" + mark[1:]
	}
	return text.Fit(mark+name, w)
}

// picture says in words why there is nothing to show.
func (g *Grid[R]) picture(w int) string {
	s, t := g.env.Styles, g.env.T
	or := func(own, usual i18n.Key) i18n.Key {
		if own != "" {
			return own
		}
		return usual
	}
	switch {
	case g.state == loading:
		return "\n   " + s.Info.Render(g.env.Spinner()+" "+t(or(g.cfg.Loading, "ui.grid.loading")))
	case g.state == failed:
		return "\n   " + s.Error.Render("! "+t("ui.grid.failed")) + "\n   " +
			strings.Join(text.Wrap(g.reason, max(1, w-6)), "\n   ") + "\n\n   " + t("ui.grid.retry", "key", g.env.KeyOf("grid.retry", "r"))
	case g.query != "" && len(g.rows) > 0:
		return "\n   " + t("ui.grid.filtered", "filter", g.query, "n", count(len(g.rows))) + "\n   " + s.Muted.Render(t("ui.grid.filtered_help"))
	}
	return "\n   " + s.Muted.Render(t(or(g.cfg.Empty, "ui.grid.empty"), "key", g.env.KeyOf(g.cfg.Remedy[0], g.cfg.Remedy[1])))
}

// foot is the line below the rows: the filter under edit or in force, or that rows are old because loading goes on or failed.
func (g *Grid[R]) foot(w int) (string, *tea.Cursor) {
	s, t := g.env.Styles, g.env.T
	hits := count(g.Shown()) + "/" + count(len(g.rows))
	switch {
	case g.filtering:
		body, cur := g.filter.View(max(1, w-2-text.Width(hits)-1))
		if cur != nil {
			cur.X = min(cur.X+2, w-1)
		}
		return text.Fit("/ "+body+" "+s.Muted.Render(hits), w), cur
	case len(g.items) > 0 && g.state == failed:
		retry := "  " + t("ui.grid.retry", "key", g.env.KeyOf("grid.retry", "r"))
		return s.Error.Render(text.Fit(text.Truncate("! "+g.reason, max(0, w-text.Width(retry)))+retry, w)), nil
	case len(g.items) > 0 && g.state == loading:
		return s.Info.Render(text.Fit(g.env.Spinner()+" "+t("ui.grid.loading"), w)), nil
	case g.anchor >= 0:
		return s.Accent.Render(text.Fit(t("ui.grid.range", "key", g.env.KeyOf("grid.mark_range", "v")), w)), nil
	case g.query != "" && len(g.items) > 0:
		return s.Accent.Render(text.Spread("/ "+g.query, hits, w)), nil
	}
	return "", nil
}

func count(n int) string { return text.Count(int64(n)) }
