package form

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
)

// indent is where a row's control starts, in cells.
func (f *Form) indent(r Row) int {
	if r.Above {
		return 2
	}
	return f.labels() + 2
}

// labels is the width of the label column.
func (f *Form) labels() int {
	if f.LabelWidth > 0 {
		return f.LabelWidth
	}
	w := 4
	for _, r := range f.rows {
		if !r.Above {
			w = max(w, text.Width(f.label(r)))
		}
	}
	return min(w, 24)
}

func (f *Form) label(r Row) string {
	s := f.env.T(r.Label)
	if r.Label == "" {
		s = ""
	}
	if r.Required {
		s += " *"
	}
	return s
}

// Height is the lines the whole form takes in w cells.
func (f *Form) Height(w int) int { lines, _, _ := f.draw(w); return len(lines) }

// View draws into exactly w by h cells, scrolled so that the focused row is among them.
func (f *Form) View(w, h int) (string, *tea.Cursor) {
	lines, cur, focusEnd := f.draw(w)
	start := 0
	if len(f.at) > 0 {
		start = f.at[min(f.focus, len(f.at)-1)]
	}
	f.top = max(0, min(f.top, len(lines)-h))
	if focusEnd-f.top > h {
		f.top = focusEnd - h
	}
	if start >= 0 && start < f.top {
		f.top = start
	}
	if cur != nil {
		if cur.Y -= f.top; cur.Y < 0 || cur.Y >= h {
			cur = nil
		}
	}
	return text.Block(strings.Join(lines[min(f.top, len(lines)):], "\n"), w, h), cur
}

// draw returns all lines, the cursor among them and the line behind the focused row.
func (f *Form) draw(w int) (lines []string, cur *tea.Cursor, focusEnd int) {
	f.at = f.at[:0]
	for i, r := range f.rows {
		if r.Hidden != nil && r.Hidden() {
			f.at = append(f.at, -1)
			continue
		}
		f.at = append(f.at, len(lines))
		body, c := f.row(i, w)
		if c != nil {
			c.Y += len(lines)
			cur = c
		}
		lines = append(lines, body...)
		if i == f.focus {
			focusEnd = len(lines)
		}
	}
	if len(f.buttons) > 0 {
		lines = append(lines, "")
		f.at = append(f.at, len(lines))
		body, c := f.buttonLine(w)
		if c != nil {
			c.Y = len(lines)
			cur = c
		}
		lines = append(lines, body)
		if f.focus >= len(f.rows) {
			focusEnd = len(lines)
		}
	}
	if f.note != "" {
		lines = append(lines, "")
		for _, l := range text.Wrap(f.note, max(1, w)) {
			lines = append(lines, f.noteLine(l))
		}
	}
	return lines, cur, focusEnd
}

func (f *Form) noteLine(l string) string {
	if f.noteBad {
		return f.env.Styles.Error.Render(l)
	}
	return f.env.Styles.Success.Render(l)
}

// row draws a label, its control and, beside or below it, its problem or hint.
func (f *Form) row(i, w int) ([]string, *tea.Cursor) {
	r, s := f.rows[i], f.env.Styles
	in := f.indent(r)
	problem := ""
	if f.touched[r.ID] && (i != f.focus || !f.active) || f.touched[r.ID] && r.Control.Value() != "" {
		problem = f.problem(r)
	}
	cw, beside := max(6, w-in), ""
	if room := cw - 30; problem != "" && text.Width(problem)+4 <= room {
		cw -= text.Width(problem) + 4
		beside = "  " + s.Error.Render("! "+problem)
	}
	body, c := r.Control.View(cw)
	lines := strings.Split(body, "\n")
	if r.Reason != "" {
		lines = []string{s.Disabled.Render(text.Fit(text.Truncate(strings.TrimSpace(lines[0]), cw/2)+"  "+r.Reason, cw))}
	}
	lines[0] += beside
	head := s.Text
	if i == f.focus && f.active {
		head = s.Accent
	}
	lines, dy := f.place(lines, head.Render(text.Fit(f.label(r), in-2)), r, in)
	if c != nil {
		c.X, c.Y = c.X+in, c.Y+dy
	}
	return append(lines, f.below(r, i, problem, beside == "", in, w)...), c
}

// place puts the label in front of or above a control's lines; dy is how far that moves them down.
func (f *Form) place(lines []string, label string, r Row, in int) (out []string, dy int) {
	pad := strings.Repeat(" ", in)
	for n, l := range lines {
		if n == 0 && !r.Above {
			out = append(out, label+"  "+l)
			continue
		}
		out = append(out, pad+l)
	}
	if r.Above {
		return append([]string{f.env.Styles.Text.Render(f.label(r))}, out...), 1
	}
	return out, 0
}

func (f *Form) below(r Row, i int, problem string, show bool, in, w int) []string {
	s := f.env.Styles
	var out []string
	put := func(msg string, render func(...string) string) {
		for _, l := range text.Wrap(msg, max(8, w-in)) {
			out = append(out, strings.Repeat(" ", in)+render(l))
		}
	}
	if problem != "" && show {
		put("! "+problem, s.Error.Render)
	}
	if r.Hint != "" && i == f.focus && f.active {
		put(f.env.T(r.Hint), s.Muted.Render)
	}
	return out
}

// buttonLine draws "[ Cancel ]     [ Submit (F7) ]" in the middle; the cursor stands on the focused one's first letter.
func (f *Form) buttonLine(w int) (string, *tea.Cursor) {
	s := f.env.Styles
	labels, total := make([]string, len(f.buttons)), 0
	for i, b := range f.buttons {
		labels[i] = "[ " + f.env.T(b.Label) + " ]"
		if b.Submit {
			labels[i] = "[ " + f.env.T(b.Label) + " (F7) ]"
		}
		total += text.Width(labels[i])
	}
	gap := min(5, max(1, (w-total)/max(1, len(labels))))
	x := max(0, (w-total-gap*(len(labels)-1))/2)
	f.spots = f.spots[:0]
	line := strings.Repeat(" ", x)
	var cur *tea.Cursor
	for i, b := range f.buttons {
		f.spots = append(f.spots, spot{x, x + text.Width(labels[i])})
		st := s.Button
		switch here := f.active && f.focus == len(f.rows)+i; {
		case here && b.Danger:
			st = s.ButtonDanger
		case here:
			st = s.ButtonFocus
		case b.Reason != nil && b.Reason() != "":
			st = s.Disabled
		}
		if f.active && f.focus == len(f.rows)+i {
			cur = tea.NewCursor(min(x+2, max(0, w-1)), 0)
		}
		line += st.Render(labels[i]) + strings.Repeat(" ", gap)
		x += text.Width(labels[i]) + gap
	}
	return text.Fit(line, w), cur
}
