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

// part is some lines of the form, the cursor among them, the lines from start up to end that the focus is on (none when end is 0), and
// the line with the buttons, -1 without.
type part struct {
	lines              []string
	cur                *tea.Cursor
	start, end, button int
}

// under returns p with q's lines below it.
func (p part) under(q part) part {
	n := len(p.lines)
	if q.end > 0 {
		p.start, p.end = n+q.start, n+q.end
	}
	if q.cur != nil {
		q.cur.Y += n
		p.cur = q.cur
	}
	if q.button >= 0 {
		p.button = n + q.button
	}
	p.lines = append(p.lines, q.lines...)
	return p
}

const (
	leastBody = 3 // lines of fields that must be left for note and buttons to stay in sight
	gutter    = 2 // cells at the right of a form that scrolls, for the marks that there is more
)

// Height is the lines the whole form takes in w cells.
func (f *Form) Height(w int) int { return len(f.body(w).lines) + len(f.foot(w, 0).lines) }

// View draws into exactly w by h cells. The rows scroll so that the focused one is in sight; note and buttons stay below them, unless the
// window is so low that everything scrolls.
func (f *Form) View(w, h int) (string, *tea.Cursor) {
	body, foot := f.parts(w, h)
	if len(body.lines)+len(foot.lines) > h {
		body, foot = f.parts(w-gutter, h)
	}
	f.room = max(0, h-len(foot.lines))
	all := f.scroll(body, f.room, w).under(foot)
	if f.buttonY = all.button; f.working != "" {
		all.cur = nil
	}
	return text.Block(strings.Join(all.lines, "\n"), w, h), all.cur
}

// parts returns what scrolls and what stays below it.
func (f *Form) parts(w, h int) (body, foot part) {
	body, foot = f.body(w), f.foot(w, 0)
	if f.end = len(body.lines); f.end+len(foot.lines) > h {
		foot = f.foot(w, h)
	}
	if h-len(foot.lines) < min(leastBody, f.end) {
		return body.under(foot), part{button: -1}
	}
	return body, foot
}

// scroll returns the h lines of p that show the focus, or where the wheel left them, with marks at the right where there are more.
func (f *Form) scroll(p part, h, w int) part {
	if !f.loose && p.end > 0 {
		f.top = min(max(f.top, p.end-h), p.start)
	}
	f.top = max(0, min(f.top, len(p.lines)-h))
	if len(p.lines) <= h {
		return p
	}
	out := part{button: p.button - f.top}
	if out.button < 0 || out.button >= h {
		out.button = -1
	}
	for i, l := range p.lines[f.top : f.top+h] {
		mark := " "
		switch {
		case i == h-1 && f.top+h < len(p.lines):
			mark = "v"
		case i == 0 && f.top > 0:
			mark = "^"
		}
		out.lines = append(out.lines, text.Fit(l, w-gutter)+" "+f.env.Styles.Accent.Render(mark))
	}
	if c := p.cur; c != nil && c.Y >= f.top && c.Y < f.top+h {
		c.Y -= f.top
		out.cur = c
	}
	return out
}

// body draws the rows.
func (f *Form) body(w int) part {
	p := part{button: -1}
	f.at = f.at[:0]
	for i, r := range f.rows {
		if r.Hidden != nil && r.Hidden() {
			f.at = append(f.at, -1)
			continue
		}
		start := len(p.lines)
		f.at = append(f.at, start)
		lines, c := f.row(i, w)
		if c != nil {
			c.Y += start
			p.cur = c
		}
		p.lines = append(p.lines, lines...)
		if i == f.focus {
			p.start, p.end = start, len(p.lines)
		}
	}
	return p
}

// foot draws the note, cut to what a window of h lines has room for (0: all of it), and the buttons.
func (f *Form) foot(w, h int) part {
	p := part{button: -1}
	note := f.noteLines(w)
	if most := max(2, h/2-2); h > 0 && len(note) > most {
		note = append(note[:most-1:most-1], "..")
	}
	if len(note) > 0 {
		p.lines = append([]string{""}, note...)
	}
	if len(f.buttons) == 0 {
		return p
	}
	p.lines = append(p.lines, "")
	p.button = len(p.lines)
	line, c := f.buttonLine(w)
	if c != nil {
		c.Y = p.button
		p.cur = c
	}
	p.lines = append(p.lines, line)
	if f.focus >= len(f.rows) {
		p.start, p.end = p.button, p.button+1
	}
	return p
}

func (f *Form) noteLines(w int) []string {
	s, style := f.note, f.env.Styles.Success
	switch {
	case f.working != "":
		s, style = f.working, f.env.Styles.Text
	case f.noteBad:
		style = f.env.Styles.Error
	}
	if s == "" {
		return nil
	}
	lines := text.Wrap(s, max(1, w))
	for i, l := range lines {
		lines[i] = style.Render(l)
	}
	return lines
}

// row draws a label, its control and, beside or below it, its problem or hint.
func (f *Form) row(i, w int) ([]string, *tea.Cursor) {
	r, s := f.rows[i], f.env.Styles
	in := f.indent(r)
	problem := ""
	if f.touched[r.ID] && (i != f.focus || !f.active || f.asked[r.ID] || r.Control.Value() != "") {
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
	labels, total := f.buttonLabels(true)
	if total+len(labels)-1 > w {
		labels, total = f.buttonLabels(false)
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
		case f.working != "":
			st = s.Disabled
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
		if i > 0 {
			line += strings.Repeat(" ", gap)
		}
		line += st.Render(labels[i])
		x += text.Width(labels[i]) + gap
	}
	return text.Fit(line, w), cur
}

// buttonLabels are the buttons' labels, with the key that submits where there is room for it, and their cells.
func (f *Form) buttonLabels(key bool) (labels []string, cells int) {
	submit := ""
	for _, b := range f.own() {
		if b.ID == "form.submit" && len(b.Keys) > 0 {
			submit = " (" + f.env.KeyCap(b, false) + ")"
		}
	}
	for _, b := range f.buttons {
		label := "[ " + f.env.T(b.Label) + " ]"
		if b.Submit && key {
			label = "[ " + f.env.T(b.Label) + submit + " ]"
		}
		labels, cells = append(labels, label), cells+text.Width(label)
	}
	return labels, cells
}
