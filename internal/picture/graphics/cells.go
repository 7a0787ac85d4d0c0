package graphics

import "image"

// CellColors is how many colours Cells may use.
type CellColors uint8

const (
	// TrueColor is 24-bit colours.
	TrueColor CellColors = iota
	// Palette256 is, dithered, the 240 of the 256 colours that no theme
	// changes.
	Palette256
	// Palette16 is, dithered, the 16 colours of every theme, which are taken to
	// be near those of xterm.
	Palette16
)

// CellMode is what Cells draws with.
type CellMode struct {
	Colors CellColors
	// Narrow leaves out the half and full blocks, whose width East Asian
	// terminals may take for two cells; the other quadrants are one everywhere.
	Narrow bool
}

// quadrants are the blocks by the pixels in the foreground colour: top left 1,
// top right 2, bottom left 4, bottom right 8.
var quadrants = [16]string{
	" ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
}

// Cells draws img as text, one string for each of rows, each cols cells wide.
// A cell shows 2 × 2 pixels: an img that is not 2·cols × 2·rows pixels is
// scaled to that. Each string sets every colour it needs and resets them at
// its end. Cells returns nil for an img without pixels or less than one cell.
func Cells(img image.Image, cols, rows int, mode CellMode) []string {
	if min(cols, rows) < 1 || max(cols, rows) > maxSide/2 || img.Bounds().Empty() {
		return nil
	}
	if size := img.Bounds().Size(); size != image.Pt(2*cols, 2*rows) {
		img = Scale(img, 2*cols, 2*rows)
	}
	m := opaque(img)
	lines := make([]string, rows)
	var out []byte
	for y := range lines {
		upper, lower := rowOf(m, 2*y), rowOf(m, 2*y+1)
		out = appendQuadrants(out[:0], upper, lower, y, mode)
		lines[y] = string(out)
	}
	return lines
}

// shapes lists the ways to split a cell. The top left pixel is always paper:
// the other half of the ways are mirror images.
func (m CellMode) shapes() []uint8 {
	if m.Narrow {
		return narrowShapes
	}
	return allShapes
}

var (
	allShapes = []uint8{0, 2, 4, 6, 8, 10, 12, 14}
	// narrowShapes has no 12: lower and upper half are both of unsure width.
	narrowShapes = []uint8{0, 2, 4, 6, 8, 10, 14}
)

// appendQuadrants appends row y of cells; upper and lower are its pixels.
func appendQuadrants(out []byte, upper, lower []uint8, y int, mode CellMode) []byte {
	p := newPen(mode)
	for x := range len(upper) / 8 {
		a, b := upper[8*x:8*x+8], lower[8*x:8*x+8]
		cell := cluster([4]rgb{
			{a[0], a[1], a[2]},
			{a[4], a[5], a[6]},
			{b[0], b[1], b[2]},
			{b[4], b[5], b[6]},
		}, mode.shapes())
		switch mode.Colors {
		case Palette256:
			out = p.draw(out, cell.dithered(x, y, xterm256()))
		case Palette16:
			out = p.draw(out, cell.dithered(x, y, xterm16()))
		default:
			out = p.draw(out, cell.exact())
		}
	}
	return append(out, "\x1b[m"...)
}
