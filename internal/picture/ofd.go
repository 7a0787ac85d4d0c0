package picture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"imagery/internal/picture/graphics"
	"imagery/internal/picture/ofd"
)

// ofdPages are the pages of an OFD document, all of them images.
type ofdPages struct {
	doc *ofd.Document
	// pixels a millimetre of each page has: those of its finest image.
	density []float64
}

// Densities of pages, in pixels a millimetre: 300 dpi for what cannot be measured.
const defaultDensity, maxDensity = 300 / 25.4, 1200 / 25.4

// maxImages is how many images of a page are drawn.
const maxImages = 64

func (f *File) openOFD(data []byte) error {
	doc, err := ofd.Open(data, MaxPages)
	switch {
	case errors.Is(err, ofd.ErrTooLarge):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p := &ofdPages{doc: doc}
	for i, page := range doc.Pages {
		if page.Drawn || len(page.Images) > maxImages {
			return &UnsupportedError{OFD, NoteDrawn}
		}
		density := defaultDensity
		if i < measuredPages {
			density = p.measure(page)
		}
		p.density = append(p.density, density)
		f.Info.Sizes = append(f.Info.Sizes, p.size(i))
	}
	if len(doc.Pages) == 0 {
		return fmt.Errorf("%w: ofd: no pages", ErrDamaged)
	}
	f.pages, f.Info.Pages = p, len(doc.Pages)
	return nil
}

// measure returns the density of a page's finest image.
func (p *ofdPages) measure(page ofd.Page) float64 {
	finest := 0.0
	for _, i := range page.Images {
		part, err := p.part(i.Media)
		if err != nil {
			continue
		}
		size := part.Info.Size(1)
		width := math.Hypot(i.Matrix[0], i.Matrix[1])
		if width > 0 {
			finest = max(finest, float64(size.X)/width)
		}
	}
	if finest == 0 {
		return defaultDensity
	}
	return min(finest, maxDensity)
}

// part opens an image of the document. Documents within documents are none.
func (p *ofdPages) part(name string) (*File, error) {
	data, err := p.doc.Read(name)
	if err != nil {
		return nil, err
	}
	f := &File{Info: Info{Format: Sniff(data), Orientation: 1}}
	switch f.Info.Format {
	case JPEG, PNG, GIF, BMP, WEBP:
		err = f.openRaster(data)
	case TIFF:
		err = f.openTIFF(data)
	default:
		err = &UnsupportedError{f.Info.Format, NoteVariant}
	}
	return f, err
}

func (p *ofdPages) orientation(int) int { return 1 }
func (p *ofdPages) close() error        { return nil }

// size of a page in pixels, within the limits.
func (p *ofdPages) size(page int) image.Point {
	box, d := p.doc.Pages[page].Box, p.density[page]
	d = min(d, math.Sqrt(MaxPixels/(box.W*box.H)))
	return image.Pt(max(1, int(box.W*d)), max(1, int(box.H*d)))
}

func (p *ofdPages) decode(page int, region image.Rectangle, size image.Point) (image.Image, bool, error) {
	canvas := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
	box, full := p.doc.Pages[page].Box, p.size(page)
	// From millimetres to pixels of the page, then of the canvas.
	sx, sy := float64(size.X)/float64(region.Dx()), float64(size.Y)/float64(region.Dy())
	view := view{
		sx: sx * float64(full.X) / box.W, sy: sy * float64(full.Y) / box.H,
		dx: -sx * float64(region.Min.X), dy: -sy * float64(region.Min.Y),
	}
	damaged, drawn := false, 0
	var first error
	for _, i := range p.doc.Pages[page].Images {
		broken, err := p.draw(canvas, i, view)
		damaged = damaged || broken || err != nil
		if err == nil {
			drawn++
		} else if first == nil {
			first = err
		}
	}
	if first != nil && drawn == 0 {
		return nil, true, first
	}
	return canvas, damaged, nil
}

// view maps millimetres to pixels.
type view struct{ sx, sy, dx, dy float64 }

func (v view) x(mm float64) float64 { return mm*v.sx + v.dx }
func (v view) y(mm float64) float64 { return mm*v.sy + v.dy }

// draw draws an image where its matrix puts it.
func (p *ofdPages) draw(canvas *image.RGBA, i ofd.Image, v view) (damaged bool, err error) {
	f, err := p.part(i.Media)
	if err != nil {
		var unsupported *UnsupportedError
		if errors.As(err, &unsupported) {
			return true, err
		}
		return true, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	m := i.Matrix
	corners := [4]float64{v.x(m[4]), v.y(m[5]), v.x(m[4] + m[0] + m[2]), v.y(m[5] + m[1] + m[3])}
	clip := pixelRect(v.x(i.Clip.X), v.y(i.Clip.Y), v.x(i.Clip.X+i.Clip.W), v.y(i.Clip.Y+i.Clip.H)).Intersect(canvas.Rect)
	wide := math.Hypot(m[0]*v.sx, m[1]*v.sy)
	high := math.Hypot(m[2]*v.sx, m[3]*v.sy)
	if clip.Empty() || wide < 1 || high < 1 {
		return false, nil
	}
	r, err := f.Render(context.Background(), 1, image.Pt(int(min(wide, maxSide)), int(min(high, maxSide))), Options{})
	if err != nil {
		return true, err
	}
	onto, _ := canvas.SubImage(clip).(*image.RGBA)
	to := pixelRect(corners[0], corners[1], corners[2], corners[3])
	if m[1] == 0 && m[2] == 0 && m[0] > 0 && m[3] > 0 && to.In(canvas.Rect.Inset(-1)) {
		draw.Draw(onto, to, graphics.Scale(r.Image, to.Dx(), to.Dy()), image.Point{}, draw.Over)
		return r.Damaged, nil
	}
	w, h := float64(r.Image.Rect.Dx()), float64(r.Image.Rect.Dy())
	xdraw.ApproxBiLinear.Transform(onto, f64.Aff3{
		m[0] * v.sx / w, m[2] * v.sx / h, v.x(m[4]),
		m[1] * v.sy / w, m[3] * v.sy / h, v.y(m[5]),
	}, r.Image, r.Image.Rect, xdraw.Over, nil)
	return r.Damaged, nil
}

// pixelRect rounds to the nearest borders of pixels.
func pixelRect(x0, y0, x1, y1 float64) image.Rectangle {
	round := func(v float64) int { return int(math.Round(max(-1e6, min(v, 1e6)))) }
	return image.Rect(round(x0), round(y0), round(x1), round(y1))
}
