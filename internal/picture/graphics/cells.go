package graphics

import "image"

// CellMode is what Cells draws with.
type CellMode uint8

const (
	// TrueColor uses quadrant blocks and 24-bit colours.
	TrueColor CellMode = iota
	// Palette256 uses quadrant blocks and, dithered, the 240 of the 256
	// colours that no theme changes.
	Palette256
	// ASCII uses plain ASCII without colour, dense where it is bright: for
	// dark screens whose fonts or locales draw blocks two cells wide.
	ASCII
	// ASCIIOnLight is ASCII for light screens: dense where it is dark.
	ASCIIOnLight
)

// quadrants are the blocks by the pixels in the foreground colour: top left 1,
// top right 2, bottom left 4, bottom right 8.
var quadrants = [16]string{
	" ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
}

// asciiRamp goes from nothing to as much ink as ASCII has.
const asciiRamp = " .:-=+*#%@"

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
		switch mode {
		case ASCII, ASCIIOnLight:
			out = appendASCII(out[:0], upper, lower, mode)
		default:
			out = appendQuadrants(out[:0], upper, lower, y, mode)
		}
		lines[y] = string(out)
	}
	return lines
}

// appendASCII appends a row of cells by the brightness of their four pixels.
func appendASCII(out []byte, upper, lower []uint8, mode CellMode) []byte {
	for x := 0; x+8 <= len(upper); x += 8 {
		var sum [3]int32
		for i := range sum {
			sum[i] = int32(upper[x+i]) + int32(upper[x+4+i]) + int32(lower[x+i]) + int32(lower[x+4+i])
		}
		bright := int(luma(sum[0]/4, sum[1]/4, sum[2]/4))
		if mode == ASCIIOnLight {
			bright = 255 - bright
		}
		out = append(out, asciiRamp[bright*len(asciiRamp)/256])
	}
	return out
}

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
		})
		if mode == Palette256 {
			out = p.draw(out, cell.dithered(x, y))
			continue
		}
		out = p.draw(out, cell.exact())
	}
	return append(out, "\x1b[m"...)
}
