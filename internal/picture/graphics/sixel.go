package graphics

import (
	"encoding/binary"
	"fmt"
	"image"
	"strconv"
	"sync"
)

// bandHeight is how many pixel rows one line of sixels holds.
const bandHeight = 6

// sixelCubes are the palettes by the number of colour registers they need,
// the largest first.
var sixelCubes = []struct {
	registers int
	palette   func() *palette
}{
	{256, sixelPalette(6, 6, 6, 40, 10)},
	{144, sixelPalette(5, 5, 5, 19, 10)},
	{64, sixelPalette(3, 4, 3, 28, 12)},
	{32, sixelPalette(2, 4, 2, 16, 16)},
	{16, sixelPalette(2, 3, 2, 4, 24)},
	{8, sixelPalette(2, 2, 2, 0, 32)},
}

// sixelGreys are the ramps for pictures without colour, and for terminals
// without it.
var sixelGreys = []struct {
	registers int
	palette   func() *palette
}{
	{64, greyPalette(64)},
	{16, greyPalette(16)},
	{8, greyPalette(8)},
	{4, greyPalette(4)},
	{2, greyPalette(2)},
}

func sixelPalette(red, green, blue, greys int, chroma int32) func() *palette {
	return sync.OnceValue(func() *palette {
		return newPalette(cubeSpec{
			red: evenly(red), green: evenly(green), blue: evenly(blue),
			greys: between(greys), chroma: chroma,
		})
	})
}

// greyPalette is a cube of black and white alone: every pixel counts as grey.
func greyPalette(n int) func() *palette {
	return sync.OnceValue(func() *palette {
		ramp := evenly(n)
		none := new(ditherTable)
		p := &palette{chroma: 255, red: none, green: none, blue: none}
		for _, v := range ramp {
			p.colors = append(p.colors, rgb{v, v, v})
		}
		p.grey = newDitherTable(ramp, steps(n, 1, 0))
		return p
	})
}

// sixelPaletteFor picks the richest palette within registers, 0 standing for
// 256. Up to 64 registers, a picture without colour gets all of them as greys.
func sixelPaletteFor(m *image.RGBA, registers int) *palette {
	if registers <= 0 {
		registers = 256
	}
	if registers >= 8 && (registers > 64 || !grey(m)) {
		for _, c := range sixelCubes {
			if c.registers <= registers {
				return c.palette()
			}
		}
	}
	for _, c := range sixelGreys {
		if c.registers <= registers {
			return c.palette()
		}
	}
	return sixelGreys[len(sixelGreys)-1].palette()
}

// grey tells whether no pixel has more colour than a scanner's noise.
func grey(m *image.RGBA) bool {
	for y := range m.Rect.Dy() {
		row := rowOf(m, y)
		for len(row) >= 4 {
			r, g, b := int32(row[0]), int32(row[1]), int32(row[2])
			if max(r, g, b)-min(r, g, b) > 10 {
				return false
			}
			row = row[4:]
		}
	}
	return true
}

// AppendSixel appends img to dst as one sixel command that draws at the
// cursor. It uses at most the given number of colour registers, 0 standing for
// 256, and never less than two. Sixels come in bands of 6 pixels: pad the
// height to a multiple of 6 and of the cell first (Pad), or what is left of
// the last band stays unpainted. The error is ErrSize for an img without
// pixels or with a side over 32768.
func AppendSixel(dst []byte, img image.Image, registers int) ([]byte, error) {
	m := opaque(img)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if min(w, h) < 1 || max(w, h) > maxSide {
		return dst, fmt.Errorf("drawing %d × %d pixels: %w", w, h, ErrSize)
	}
	p := sixelPaletteFor(m, registers)
	dst = appendSixelHeader(dst, p, w, h)
	bands := ceilDiv(h, bandHeight)
	parts := make([][]byte, bands)
	inBands(bands, w*h, func(from, to int) {
		e := newBandEncoder(p, m)
		parts[from] = make([]byte, 0, w*(to-from)*bandHeight)
		for band := from; band < to; band++ {
			parts[from] = e.appendBand(parts[from], band)
		}
	})
	for _, part := range parts {
		dst = append(dst, part...)
	}
	// The last band ends in the terminator, not in a line feed that might
	// scroll the screen.
	return append(dst[:len(dst)-1], "\x1b\\"...), nil
}

// appendSixelHeader starts the command and sets the registers. Its second
// parameter keeps what is not painted as it was.
func appendSixelHeader(dst []byte, p *palette, w, h int) []byte {
	dst = fmt.Appendf(dst, "\x1bP0;1;0q\"1;1;%d;%d", w, h)
	for i, c := range p.colors {
		dst = fmt.Appendf(dst, "#%d;2;%d;%d;%d", i, percent(c.r), percent(c.g), percent(c.b))
	}
	return dst
}

func percent(v uint8) int { return (int(v)*100 + 127) / 255 }

// bandEncoder turns bands of one picture into sixels.
type bandEncoder struct {
	palette *palette
	picture *image.RGBA
	index   []uint8
	// columns has a line for each colour: a byte for each column of the band,
	// a bit for each row of it.
	columns []uint8
	stride  int
	used    [256]bool
}

func newBandEncoder(p *palette, m *image.RGBA) *bandEncoder {
	w := m.Rect.Dx()
	stride := ceilDiv(w, 8) * 8
	return &bandEncoder{
		palette: p, picture: m, stride: stride,
		index: make([]uint8, w), columns: make([]uint8, stride*len(p.colors)),
	}
}

// appendBand appends one band: the colours in it one over the other.
func (e *bandEncoder) appendBand(dst []byte, band int) []byte {
	top := band * bandHeight
	for y := top; y < min(top+bandHeight, e.picture.Rect.Dy()); y++ {
		e.palette.mapRow(e.index, rowOf(e.picture, y), y)
		bit := uint8(1) << (y - top)
		for x, c := range e.index {
			e.columns[int(c)*e.stride+x] |= bit
			e.used[c] = true
		}
	}
	for c, used := range &e.used {
		if !used {
			continue
		}
		line := e.columns[c*e.stride : (c+1)*e.stride]
		dst = append(dst, '#')
		dst = strconv.AppendInt(dst, int64(c), 10)
		dst = appendRuns(dst, line)
		dst = append(dst, '$')
		clear(line)
	}
	clear(e.used[:])
	dst[len(dst)-1] = '-'
	return dst
}

// appendRuns appends the columns of one colour. The length of line is a
// multiple of 8; empty columns at its end are left out.
func appendRuns(dst, line []uint8) []uint8 {
	for x := 0; ; {
		start := x
		for x+8 <= len(line) && binary.LittleEndian.Uint64(line[x:]) == 0 {
			x += 8
		}
		for x < len(line) && line[x] == 0 {
			x++
		}
		if x >= len(line) {
			return dst
		}
		dst = appendRun(dst, 0, x-start)
		start = x
		for x < len(line) && line[x] == line[start] {
			x++
		}
		dst = appendRun(dst, line[start], x-start)
	}
}

// appendRun repeats one column; only from four on is the count shorter.
func appendRun(dst []uint8, column uint8, n int) []uint8 {
	sixel := column + '?'
	switch n {
	case 0:
		return dst
	case 1:
		return append(dst, sixel)
	case 2:
		return append(dst, sixel, sixel)
	case 3:
		return append(dst, sixel, sixel, sixel)
	}
	dst = append(dst, '!')
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, sixel)
}
