package style

import (
	"strings"

	"imagery/internal/text"
)

// Chrome is the set of border characters, each one cell wide in the terminal it was chosen for.
type Chrome struct {
	TopLeft, TopRight, BottomLeft, BottomRight string
	Horizontal, Vertical                       string
}

// ChromeFor returns box drawing characters, or plain ASCII where those are two cells wide or unwanted.
func ChromeFor(unicode bool) Chrome {
	if unicode {
		return Chrome{"┌", "┐", "└", "┘", "─", "│"}
	}
	return Chrome{"+", "+", "+", "+", "-", "|"}
}

// Panel is a bordered box with a title in its top line at the left and a note at the right.
type Panel struct {
	Title, Info string
	Body        string // lines; fitted to W-4 by H-2 cells
	W, H        int    // outside, in cells
	Focused     bool
	Bare        bool // no blank column between border and body: the body is W-2 cells wide
}

// Inner returns the body's size in cells.
func (p Panel) Inner() (w, h int) {
	if p.Bare {
		return max(0, p.W-2), max(0, p.H-2)
	}
	return max(0, p.W-4), max(0, p.H-2)
}

// Panel draws p in exactly W by H cells. The body starts at BodyX, BodyY.
func (s *Styles) Panel(p Panel) string {
	if p.W < 4 || p.H < 2 {
		return text.Block(p.Body, p.W, p.H)
	}
	st, titleStyle := s.Border, s.Strong
	if p.Focused {
		st, titleStyle = s.BorderFocus, s.Title
	}
	iw, ih := p.Inner()
	v := st.Render(s.Chrome.Vertical)
	left, right := v+" ", " "+v
	if p.Bare {
		left, right = v, v
	}
	var b strings.Builder
	b.WriteString(s.topLine(p, func(x string) string { return st.Render(x) }, func(x string) string { return titleStyle.Render(x) }))
	for line := range strings.SplitSeq(text.Block(p.Body, iw, ih), "\n") {
		if ih > 0 {
			b.WriteString("\n" + left + line + right)
		}
	}
	b.WriteString("\n" + st.Render(s.Chrome.BottomLeft+strings.Repeat(s.Chrome.Horizontal, p.W-2)+s.Chrome.BottomRight))
	return b.String()
}

func (s *Styles) topLine(p Panel, border, title func(string) string) string {
	c := s.Chrome
	room := p.W - 2 // between the corners
	info := text.Truncate(p.Info, max(0, room-8))
	t := text.Truncate(p.Title, max(0, room-6-text.Width(info)))
	head, tail := "", ""
	if t != "" {
		head = border(c.Horizontal+" ") + title(t) + border(" ")
		room -= text.Width(t) + 3
	}
	if info != "" {
		tail = border(" ") + s.Text.Render(info) + border(" "+c.Horizontal)
		room -= text.Width(info) + 3
	}
	return border(c.TopLeft) + head + border(strings.Repeat(c.Horizontal, max(0, room))) + tail + border(c.TopRight)
}

// BodyX and BodyY are where a Panel's body starts inside it, for cursor positions; a bare one starts at 1, 1.
const (
	BodyX = 2
	BodyY = 1
)

// Bar draws progress as "[####------]" in exactly w cells. part is between 0 and 1.
func Bar(part float64, w int) string {
	n := max(0, w-2)
	full := min(n, max(0, int(part*float64(n)+0.5)))
	return text.Fit("["+strings.Repeat("#", full)+strings.Repeat("-", n-full)+"]", w)
}
