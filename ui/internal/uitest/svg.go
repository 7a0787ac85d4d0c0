package uitest

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// The size of a cell in an SVG, in its units.
const (
	cellW, cellH = 9, 20
	baseline     = 15
	margin       = 8
)

// boxLines are the borders' characters as the sides of the cell that lines go to from its middle: up, right, down, left.
var boxLines = map[string]string{"│": "ud", "─": "lr", "┌": "rd", "┐": "ld", "└": "ur", "┘": "ul"}

var boxSteps = map[rune]string{'u': "v-10", 'd': "v10", 'l': "h-4.5", 'r': "h4.5"}

// SVG draws the terminal's cells as they are, dark or light, for documents: every character stands at its cell whatever the font.
func (t *Terminal) SVG(dark bool) string {
	fg, bg := "#1f2328", "#ffffff"
	if dark {
		fg, bg = "#d7dae0", "#1c1d26"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="ui-monospace,'Cascadia Mono','Sarasa Mono SC','Noto Sans Mono CJK SC',Menlo,Consolas,monospace" font-size="15">`+"\n",
		t.w*cellW+2*margin, t.h*cellH+2*margin)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="6" fill="%s"/>`+"\n", bg)
	for y := range t.h {
		for x := 0; x < t.w; {
			x += t.span(&b, x, y, fg, bg)
		}
	}
	if t.X >= 0 {
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" fill-opacity=".55"/>`+"\n", margin+t.X*cellW, margin+t.Y*cellH+1, cellW, cellH-2, fg)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// span draws the cells from x on that look alike, and returns how many they are.
func (t *Terminal) span(b *strings.Builder, x, y int, fg, bg string) int {
	first := t.em.CellAt(x, y)
	if first == nil {
		return 1
	}
	end := x
	var text strings.Builder
	var at []string
	for ; end < t.w; end++ {
		c := t.em.CellAt(end, y)
		if c == nil || c.Width > 0 && !c.Style.Equal(&first.Style) {
			break
		}
		px, py := margin+end*cellW, margin+y*cellH
		if sides, box := boxLines[c.Content]; box {
			drawBox(b, sides, px, py, ink(first.Style, fg, bg))
		} else if c.Width > 0 && strings.TrimSpace(c.Content) != "" {
			text.WriteString(c.Content)
			for range []rune(c.Content) {
				at = append(at, fmt.Sprint(px))
			}
		}
	}
	end = max(end, x+1)
	if back := paper(first.Style, fg); back != "" {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`, margin+x*cellW, margin+y*cellH, (end-x)*cellW, cellH, back)
	}
	if text.Len() > 0 {
		fmt.Fprintf(b, `<text x="%s" y="%d" fill="%s"%s>%s</text>`+"\n", strings.Join(at, " "), margin+y*cellH+baseline, ink(first.Style, fg, bg), weight(first.Style), html.EscapeString(text.String()))
	}
	return end - x
}

func drawBox(b *strings.Builder, sides string, px, py int, colour string) {
	for _, side := range sides {
		fmt.Fprintf(b, `<path d="M%g %d%s" stroke="%s"/>`, float64(px)+cellW/2.0, py+cellH/2, boxSteps[side], colour)
	}
}

func weight(s uv.Style) string {
	out := ""
	if s.Attrs&uv.AttrBold != 0 {
		out += ` font-weight="bold"`
	}
	if s.Attrs&uv.AttrFaint != 0 {
		out += ` fill-opacity=".6"`
	}
	if s.Underline != uv.UnderlineNone {
		out += ` text-decoration="underline"`
	}
	return out
}

func ink(s uv.Style, fg, bg string) string {
	if s.Attrs&uv.AttrReverse != 0 {
		return hex(s.Bg, bg)
	}
	return hex(s.Fg, fg)
}

// paper is the background, empty for the terminal's own.
func paper(s uv.Style, fg string) string {
	if s.Attrs&uv.AttrReverse != 0 {
		return hex(s.Fg, fg)
	}
	return hex(s.Bg, "")
}

func hex(c color.Color, or string) string {
	if c == nil {
		return or
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
