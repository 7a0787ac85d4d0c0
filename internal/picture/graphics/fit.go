package graphics

// FitMode says how Fit treats a picture and the area it is for.
type FitMode uint8

const (
	// FitInside shows the whole picture, shrunk when it is larger than the
	// area and left at one picture pixel for one screen pixel when smaller.
	FitInside FitMode = iota
	// FitGrow is FitInside, but also enlarges a small picture to the area.
	FitGrow
	// FitWidth fills the width of the area, shrinking or enlarging, and lets
	// the height run past it: the caller scrolls or crops.
	FitWidth
	// FitActual keeps one picture pixel for one screen pixel, whatever the
	// area: the caller scrolls or crops.
	FitActual
)

// maxSide is the longest side, in pixels, Fit answers with: far beyond any
// screen, and small enough that the pixels of a degenerate picture still fit
// in memory.
const maxSide = 1 << 15

// Size is the outcome of Fit: the pixels to scale to and the cells they cover.
type Size struct {
	// W and H are pixels, at least 1 each.
	W, H int
	// Cols and Rows are the cells W × H covers, the last ones perhaps partly.
	Cols, Rows int
}

// Fit returns the size at which a picture of srcW × srcH pixels is drawn in an
// area of cols × rows cells of cellW × cellH pixels each. The aspect ratio is
// kept to the pixel. Fit returns the zero Size when any argument is not
// positive.
func Fit(srcW, srcH, cols, rows, cellW, cellH int, mode FitMode) Size {
	if min(srcW, srcH, cols, rows, cellW, cellH) <= 0 {
		return Size{}
	}
	areaW, areaH := float64(cols)*float64(cellW), float64(rows)*float64(cellH)
	byWidth, byHeight := areaW/float64(srcW), areaH/float64(srcH)
	factor := 1.0
	switch mode {
	case FitInside:
		factor = min(byWidth, byHeight, 1)
	case FitGrow:
		factor = min(byWidth, byHeight)
	case FitWidth:
		factor = byWidth
	}
	w, h := scaledSide(srcW, factor), scaledSide(srcH, factor)
	return Size{W: w, H: h, Cols: ceilDiv(w, cellW), Rows: ceilDiv(h, cellH)}
}

// scaledSide rounds to the nearest pixel: rounding up could leave the area.
func scaledSide(side int, factor float64) int {
	return int(min(max(float64(side)*factor+0.5, 1), maxSide))
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
