package graphics

import (
	"image"
	"image/color"
	"image/draw"
)

// Flatten returns img on an opaque background, with its origin at 0,0. An
// opaque *image.RGBA with that origin is returned itself.
func Flatten(img image.Image, background color.Color) *image.RGBA {
	b := img.Bounds()
	if m, ok := img.(*image.RGBA); ok && b.Min == (image.Point{}) && m.Opaque() {
		return m
	}
	return Pad(img, b.Dx(), b.Dy(), background)
}

// Pad returns img in the top left corner of a w × h pixel picture, the rest of
// it and whatever is transparent filled with background. What is larger than
// that is cut off. Sixel wants heights of whole cell rows; a side that is not
// positive, or over 32768, gives an empty picture.
func Pad(img image.Image, w, h int, background color.Color) *image.RGBA {
	if min(w, h) <= 0 || max(w, h) > maxSide {
		return &image.RGBA{}
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	r, g, b, _ := background.RGBA()
	fill := color.RGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 255}
	draw.Draw(dst, dst.Rect, image.NewUniform(fill), image.Point{}, draw.Src)
	op := draw.Over
	if m, ok := img.(interface{ Opaque() bool }); ok && m.Opaque() {
		op = draw.Src // many times faster
	}
	draw.Draw(dst, dst.Rect, img, img.Bounds().Min, op)
	return dst
}

// opaque returns a view of img, or else a copy, that encoders read as rows of
// red, green, blue and a byte to ignore. Transparency turns black.
func opaque(img image.Image) *image.RGBA {
	b := img.Bounds()
	view := &image.RGBA{Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
	if b.Empty() {
		return view
	}
	switch m := img.(type) {
	case *image.RGBA:
		view.Pix, view.Stride = m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride
		return view
	case *image.NRGBA:
		if m.Opaque() {
			view.Pix, view.Stride = m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride
			return view
		}
	}
	return Flatten(img, color.Black)
}

// rowOf returns the 4 × w bytes of row y of a picture from opaque.
func rowOf(m *image.RGBA, y int) []uint8 {
	return m.Pix[y*m.Stride : y*m.Stride+4*m.Rect.Dx()]
}
