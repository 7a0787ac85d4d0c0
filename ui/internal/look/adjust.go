package look

import (
	"image"
	"math"
)

// contrastStep is how much steeper one step of contrast makes the tones.
const contrastStep = 1.35

// adjust turns m and changes its tones as v says. m may be changed in place.
func adjust(m *image.RGBA, v View) *image.RGBA {
	for range v.Turn & 3 {
		m = quarter(m)
	}
	if !v.Invert && v.Contrast == 0 {
		return m
	}
	var tone [256]uint8
	for i := range tone {
		x := float64(i)
		if v.Contrast != 0 {
			x = min(max((x-127.5)*math.Pow(contrastStep, float64(v.Contrast))+127.5, 0), 255)
		}
		if v.Invert {
			x = 255 - x
		}
		tone[i] = uint8(math.Round(x))
	}
	for i := 0; i+3 < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2] = tone[m.Pix[i]], tone[m.Pix[i+1]], tone[m.Pix[i+2]]
	}
	return m
}

// quarter turns m by 90 degrees clockwise.
func quarter(m *image.RGBA) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, h, w))
	for y := range h {
		row := m.Pix[y*m.Stride:]
		for x := range w {
			at := out.PixOffset(h-1-y, x)
			copy(out.Pix[at:at+4], row[4*x:4*x+4])
		}
	}
	return out
}

// difference is where two pictures differ, white where they do not: the greater of both sizes, each from its top left corner. differs is the
// share of its pixels that do so visibly.
func difference(a, b *image.RGBA) (out *image.RGBA, differs float64) {
	w, h := max(a.Rect.Dx(), b.Rect.Dx()), max(a.Rect.Dy(), b.Rect.Dy())
	out = image.NewRGBA(image.Rect(0, 0, w, h))
	n := 0
	for y := range h {
		for x := range w {
			p, q := pixel(a, x, y), pixel(b, x, y)
			d := max(apart(p[0], q[0]), apart(p[1], q[1]), apart(p[2], q[2]))
			at := out.PixOffset(x, y)
			out.Pix[at], out.Pix[at+1], out.Pix[at+2], out.Pix[at+3] = 255, 255-d, 255-d, 255
			if d > visible {
				n++
			}
		}
	}
	return out, float64(n) / float64(max(1, w*h))
}

// visible is the least difference of tones that counts: below it lies what two compressions make of one picture.
const visible = 24

func apart(a, b uint8) uint8 { return max(a, b) - min(a, b) }

// pixel is white outside the picture, like paper.
func pixel(m *image.RGBA, x, y int) [4]uint8 {
	if x >= m.Rect.Dx() || y >= m.Rect.Dy() {
		return [4]uint8{255, 255, 255, 255}
	}
	at := y*m.Stride + 4*x
	return [4]uint8(m.Pix[at : at+4])
}
