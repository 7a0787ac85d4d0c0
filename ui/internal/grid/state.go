package grid

// State returns what the user arranged, to be saved.
func (g *Grid[R]) State() State {
	st := State{Sort: g.sortID, Desc: g.desc, Filter: g.query, Order: g.order, Widths: g.widths, Cursor: g.cursorKey()}
	for _, c := range g.cfg.Columns {
		if g.hidden[c.ID] {
			st.Hidden = append(st.Hidden, c.ID)
		}
	}
	for _, gr := range g.groups {
		if g.folded[gr.key] {
			st.Folded = append(st.Folded, gr.key)
		}
	}
	for _, r := range g.Marked() {
		st.MarkIDs = append(st.MarkIDs, g.cfg.Key(r))
	}
	return st
}

// Arrangement is what outlives a run: how the list is laid out and sorted, not which rows were looked for, marked or under the cursor.
func (s State) Arrangement() State {
	s.Filter, s.Cursor, s.MarkIDs, s.Folded = "", "", nil, nil
	return s
}

// Restore puts a saved State back. Columns that no longer exist are passed over; cursor and marks take effect for rows that are loaded, so
// call it after SetRows when they matter.
func (g *Grid[R]) Restore(st State) {
	g.sortID, g.desc, g.query, g.order, g.widths = st.Sort, st.Desc, st.Filter, st.Order, st.Widths
	g.filter.SetValue(st.Filter)
	for _, c := range g.cfg.Columns {
		g.hidden[c.ID] = c.Hidden && st.Order == nil // never arranged by the user
	}
	for _, id := range st.Hidden {
		g.hidden[id] = true
	}
	if len(g.cfg.Columns) > 0 && len(g.columns()) == 0 {
		g.hidden[g.cfg.Columns[0].ID] = false
	}
	for _, key := range st.Folded {
		g.folded[key] = true
	}
	g.refresh()
	if st.Cursor != "" {
		g.Select(st.Cursor)
	}
	if len(st.MarkIDs) > 0 {
		g.MarkKeys(st.MarkIDs)
	}
}
