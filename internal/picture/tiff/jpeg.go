package tiff

import (
	"errors"
	"fmt"
	"image"
	"image/draw"

	"imagery/internal/picture/jpeg"
)

// decodeJPEG decodes pages whose chunks are JPEG streams.
func (p *page) decodeJPEG(fit image.Point) (image.Image, error) {
	if p.separate || p.photometric == photometricCMYK {
		return nil, unsupported("JPEG of separate planes or of inks")
	}
	stream := jpeg.Stream{Tables: p.values[tagJPEGTables].bytes, Color: p.jpegColor(), Max: p.chunk.Add(image.Pt(64, 64))}
	eighths := p.eighths(fit)
	whole := &mosaic{size: scaled(p.size, eighths)}
	var first error
	for chunk := range p.across * p.down {
		data, err := p.data(chunk)
		if err == nil {
			stream.Data = data
			err = whole.add(stream, eighths, p.place(chunk))
		}
		if errors.Is(err, ErrUnsupported) {
			return nil, err
		}
		if err != nil && first == nil {
			first = err
		}
	}
	if whole.image == nil {
		return nil, first
	}
	return whole.image, first
}

func (p *page) jpegColor() jpeg.Color {
	switch p.photometric {
	case photometricRGB:
		return jpeg.ColorRGB
	case photometricYCbCr:
		return jpeg.ColorYCbCr
	}
	return jpeg.ColorMarked
}

// eighths returns the smallest scale at which the page covers what it is when
// fitted into fit. Where there are several chunks, their borders must stay at
// whole pixels, and at whole chroma samples.
func (p *page) eighths(fit image.Point) int {
	target := fitted(p.size, fit)
	for _, e := range []int{1, 2, 4} {
		s := scaled(p.size, e)
		if s.X < target.X || s.Y < target.Y {
			continue
		}
		unit := 4 * 8 / e
		if (p.across == 1 || p.chunk.X%unit == 0) && (p.down == 1 || p.chunk.Y%unit == 0) {
			return e
		}
	}
	return 8
}

func scaled(size image.Point, eighths int) image.Point {
	return image.Pt(ceilDiv(size.X*eighths, 8), ceilDiv(size.Y*eighths, 8))
}

// decodeOldJPEG decodes pages of compression 6 that are one whole stream, as
// most are, whatever the other tags say.
func (p *page) decodeOldJPEG(fit image.Point) (image.Image, error) {
	at := p.number(tagJPEGStream, 0)
	if at == 0 || at >= uint64(len(p.file.data)) {
		return nil, unsupported("old-style JPEG in parts")
	}
	stream := jpeg.Stream{Data: p.file.data[at:], Color: p.jpegColor(), Max: p.size.Add(image.Pt(64, 64))}
	m, full, err := stream.Decode(oneChunk(p).eighths(fit))
	switch {
	case m == nil || err != nil && p.across*p.down > 1: // the other strips restart it, in a way of their own
		return nil, unsupported("old-style JPEG in parts: %w", err)
	case full != p.size:
		return nil, unsupported("old-style JPEG of another size")
	}
	return m, fromJPEG(err)
}

// oneChunk is p as if it were not divided.
func oneChunk(p *page) *page { return &page{size: p.size, chunk: p.size, across: 1, down: 1} }

// fromJPEG gives an error of package jpeg the kind it has here.
func fromJPEG(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jpeg.ErrUnsupported):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return damaged("%w", err)
}

// mosaic puts decoded chunks together.
type mosaic struct {
	size  image.Point
	image image.Image // nil before the first chunk, which says what kind it is
}

// add decodes a chunk whose place is in pixels of the full size.
func (w *mosaic) add(s jpeg.Stream, eighths int, place image.Rectangle) error {
	part, _, err := s.Decode(eighths)
	if part == nil {
		return fromJPEG(err)
	}
	at := place.Min.Mul(eighths).Div(8)
	area := image.Rectangle{Min: at, Max: scaled(place.Max, eighths)}.Intersect(image.Rectangle{Max: w.size})
	if w.image == nil {
		w.begin(part, area)
	}
	if !w.draw(part, area) {
		return damaged("JPEG streams of different kinds")
	}
	if size := part.Bounds().Size(); err == nil && (size.X < area.Dx() || size.Y < area.Dy()) {
		return damaged("a JPEG stream of %v where %v is due", size, area.Size())
	}
	return fromJPEG(err)
}

// begin makes the picture; it is the first chunk itself if that is all.
func (w *mosaic) begin(part image.Image, area image.Rectangle) {
	bounds := image.Rectangle{Max: w.size}
	switch m := part.(type) {
	case *image.Gray:
		if bounds.In(m.Rect) {
			w.image = m.SubImage(bounds)
			return
		}
		whole := image.NewGray(bounds)
		fill(whole.Pix, []byte{128})
		w.image = whole
	case *image.YCbCr:
		if bounds.In(m.Rect) {
			w.image = m.SubImage(bounds)
			return
		}
		whole := image.NewYCbCr(bounds, m.SubsampleRatio)
		for _, plane := range [][]byte{whole.Y, whole.Cb, whole.Cr} {
			fill(plane, []byte{128})
		}
		w.image = whole
	default:
		w.image = newRGB(bounds, true, nil).Image
	}
}

// draw copies a chunk to an area and tells whether its kind allows that.
func (w *mosaic) draw(part image.Image, area image.Rectangle) bool {
	switch whole := w.image.(type) {
	case *image.Gray:
		if _, same := part.(*image.Gray); !same {
			return false
		}
		draw.Draw(whole, area, part, image.Point{}, draw.Src)
	case *image.YCbCr:
		m, same := part.(*image.YCbCr)
		if !same || m.SubsampleRatio != whole.SubsampleRatio {
			return false
		}
		drawYCbCr(whole, area, m)
	case draw.Image:
		draw.Draw(whole, area, part, image.Point{}, draw.Src)
	}
	return true
}

// drawYCbCr copies planes. The area begins at a whole chroma sample, or it is
// a page whose strips have odd heights, where chroma may be a pixel off.
func drawYCbCr(whole *image.YCbCr, area image.Rectangle, part *image.YCbCr) {
	size := image.Pt(min(area.Dx(), part.Rect.Dx()), min(area.Dy(), part.Rect.Dy()))
	if size.X == 0 || size.Y == 0 || part.Y == nil {
		return
	}
	if &whole.Y[0] == &part.Y[0] {
		return
	}
	last := area.Min.Add(size).Sub(image.Pt(1, 1))
	for y := range size.Y {
		copy(whole.Y[whole.YOffset(area.Min.X, area.Min.Y+y):][:size.X], part.Y[part.YOffset(0, y):])
		to, from := whole.COffset(area.Min.X, area.Min.Y+y), part.COffset(0, y)
		n := whole.COffset(last.X, last.Y) - whole.COffset(area.Min.X, last.Y) + 1
		copy(whole.Cb[to:to+n], part.Cb[from:])
		copy(whole.Cr[to:to+n], part.Cr[from:])
	}
}
