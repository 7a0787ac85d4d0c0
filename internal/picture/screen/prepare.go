package screen

import (
	"fmt"
	"image"
	"image/color"

	"imagery/internal/picture/graphics"
)

// Picture is a picture scaled and encoded for one area of one terminal.
type Picture struct {
	caps Caps
	// cols and rows are the whole area, and size is the picture in it.
	cols, rows int
	size       graphics.Size
	// drawing is the sixel or inline command, kitty the pixels for kitty.
	drawing []byte
	kitty   graphics.KittyImage
	// cells is the picture in quadrant blocks: all there is for Cells, a stand-in
	// under overlays for immediate protocols.
	cells []string
}

// bandHeight is how many pixel rows a row of sixels has.
const bandHeight = 6

// Prepare fits img into an area of cols × rows cells and encodes it for caps.
// It takes milliseconds: call it in a command. A picture larger than the area
// is shrunk, a smaller one is left as it is, except in Cells, where it is
// enlarged. What is transparent turns white, like paper. The error is
// graphics.ErrSize for an area or a picture of nothing.
func Prepare(img image.Image, caps Caps, cols, rows int) (*Picture, error) {
	p := &Picture{caps: caps, cols: cols, rows: rows}
	p.size = fit(img.Bounds().Size(), caps, cols, rows)
	if p.size == (graphics.Size{}) {
		return nil, fmt.Errorf("fitting a picture into %d × %d cells: %w", cols, rows, graphics.ErrSize)
	}
	if caps.Protocol == None {
		return p, nil
	}
	if caps.Protocol == Cells {
		scaled := graphics.Scale(img, 2*p.size.Cols, 2*p.size.Rows)
		p.cells = graphics.Cells(graphics.Flatten(scaled, color.White), p.size.Cols, p.size.Rows, caps.cellMode())
		return p, nil
	}
	scaled := p.scaled(img)
	whole := scaled
	w, h := p.size.Cols*caps.CellW, p.size.Rows*caps.CellH
	if caps.Protocol == Sixel {
		h = wholeBands(p.size.H)
	}
	if scaled.Rect.Max != image.Pt(w, h) {
		whole = graphics.Pad(scaled, w, h, caps.Background)
	}
	if err := p.encode(whole); err != nil {
		return nil, fmt.Errorf("preparing a picture: %w", err)
	}
	if caps.Protocol.Immediate() {
		p.cells = graphics.Cells(scaled, p.size.Cols, p.size.Rows, caps.cellMode())
	}
	return p, nil
}

// scaled is img at the size of the picture, opaque. A picture that is only too
// tall by part of a row of sixels loses that, lest all of it be blurred.
func (p *Picture) scaled(img image.Image) *image.RGBA {
	size := img.Bounds().Size()
	if over := size.Y - p.size.H; size.X == p.size.W && over > 0 && over < bandHeight {
		return graphics.Pad(img, p.size.W, p.size.H, color.White)
	}
	return graphics.Flatten(graphics.Scale(img, p.size.W, p.size.H), color.White)
}

// encode makes the commands for a picture of whole cells.
func (p *Picture) encode(m *image.RGBA) (err error) {
	switch p.caps.Protocol {
	case Sixel:
		p.drawing, err = graphics.AppendSixel(nil, m, p.caps.Registers)
	case Inline:
		p.drawing, err = graphics.Inline(m, p.size.Cols, p.size.Rows, graphics.InlineJPEG)
	default:
		format := graphics.KittyRaw
		if p.caps.Remote {
			format = graphics.KittyPNG
		}
		p.kitty, err = graphics.PackKitty(m, format)
	}
	return err
}

// fit returns the pixels to scale to and the cells that takes.
func fit(src image.Point, caps Caps, cols, rows int) graphics.Size {
	mode, cellW, cellH := graphics.FitInside, caps.CellW, caps.CellH
	w, h := cols*cellW, rows*cellH
	switch caps.Protocol {
	case Cells:
		mode = graphics.FitGrow
	case Sixel:
		if caps.MaxSixel != (image.Point{}) {
			w, h = min(w, caps.MaxSixel.X/cellW*cellW), min(h, caps.MaxSixel.Y)
		}
		whole := h - h%bandHeight
		if src.X <= w && src.Y <= h && src.Y > whole {
			src.Y = whole
		}
		h = whole
	case Kitty:
		w, h = min(w, graphics.MaxCells*cellW), min(h, graphics.MaxCells*cellH)
	}
	size := graphics.Fit(src.X, src.Y, w, h, 1, 1, mode)
	if size == (graphics.Size{}) {
		return size
	}
	bottom := size.H
	if caps.Protocol == Sixel {
		bottom = wholeBands(size.H)
	}
	size.Cols, size.Rows = (size.W+cellW-1)/cellW, (bottom+cellH-1)/cellH
	return size
}

// wholeBands is h rounded up to whole rows of sixels: some terminals clear the
// rest of the last one.
func wholeBands(h int) int { return (h + bandHeight - 1) / bandHeight * bandHeight }

func (c Caps) cellMode() graphics.CellMode {
	mode := graphics.CellMode{Narrow: c.WideBlocks}
	switch c.Colours {
	case Colours256:
		mode.Colors = graphics.Palette256
	case Colours16, NoColours:
		mode.Colors = graphics.Palette16
	}
	return mode
}

// Area is the cells the picture was prepared for.
func (p *Picture) Area() (cols, rows int) { return p.cols, p.rows }

// Caps is what the picture was prepared for.
func (p *Picture) Caps() Caps { return p.caps }

// Bytes is about how much memory the picture takes.
func (p *Picture) Bytes() int {
	n := len(p.drawing) + p.kitty.Size()
	for _, line := range p.cells {
		n += len(line)
	}
	return n
}
