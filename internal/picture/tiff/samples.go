package tiff

import (
	"encoding/binary"
	"image"
	"image/color"
	"io"
)

// canvas is a picture of 8-bit channels and where samples go in it.
type canvas struct {
	image.Image
	pix          []byte
	stride, step int
	channels     [][]int // of each sample; samples without any are ignored
	flip         byte    // is applied to the first sample, with ^
	raw          bool    // samples are indices, not to be stretched to 8 bits
}

// decodeSamples decodes pages whose pixels consist of whole samples.
func (p *page) decodeSamples() (image.Image, error) {
	if p.predicted() && (p.predictor != 2 || p.bits != 8 && p.bits != 16) {
		return nil, unsupported("predictor %d of %d bits", p.predictor, p.bits)
	}
	c, err := p.newCanvas()
	if err != nil {
		return nil, err
	}
	read, err := p.eachChunk(func(chunk int, r io.Reader) (int, error) { return p.readSamples(c, chunk, r) })
	if read == 0 {
		return nil, err
	}
	return c.Image, err
}

// newCanvas makes the picture that a page decodes to.
func (p *page) newCanvas() (*canvas, error) {
	bounds := image.Rectangle{Max: p.size}
	extra := p.numbers(tagExtraSamples, 1)
	alpha := len(extra) > 0 && (extra[0] == 1 || extra[0] == 2)
	switch p.photometric {
	case photometricWhiteIsZero, photometricBlackIsZero:
		var flip byte
		if p.photometric == photometricWhiteIsZero {
			flip = 0xff
		}
		if alpha && p.samples >= 2 {
			c := newRGB(bounds, extra[0] == 1, [][]int{{0, 1, 2}, {3}})
			c.flip = flip
			return c, nil
		}
		m := image.NewGray(bounds)
		fill(m.Pix, []byte{128})
		return &canvas{Image: m, pix: m.Pix, stride: m.Stride, step: 1, channels: [][]int{{0}}, flip: flip}, nil
	case photometricRGB:
		if p.samples < 3 {
			return nil, damaged("colours of %d samples", p.samples)
		}
		if alpha && p.samples >= 4 {
			return newRGB(bounds, extra[0] == 1, [][]int{{0}, {1}, {2}, {3}}), nil
		}
		return newRGB(bounds, true, [][]int{{0}, {1}, {2}}), nil
	case photometricPalette:
		palette, err := p.palette()
		if err != nil {
			return nil, err
		}
		m := image.NewPaletted(bounds, palette)
		return &canvas{Image: m, pix: m.Pix, stride: m.Stride, step: 1, channels: [][]int{{0}}, raw: true}, nil
	case photometricCMYK:
		if p.samples < 4 {
			return nil, unsupported("inks of %d samples", p.samples)
		}
		m := image.NewCMYK(bounds)
		fill(m.Pix, []byte{0, 0, 0, 127})
		return &canvas{Image: m, pix: m.Pix, stride: m.Stride, step: 4, channels: [][]int{{0}, {1}, {2}, {3}}}, nil
	}
	return nil, unsupported("photometric interpretation %d", p.photometric)
}

// newRGB makes an opaque grey picture of four channels. Premultiplied is what
// TIFF calls associated alpha.
func newRGB(bounds image.Rectangle, premultiplied bool, channels [][]int) *canvas {
	m := image.NewRGBA(bounds)
	fill(m.Pix, []byte{128, 128, 128, 255})
	c := &canvas{Image: m, pix: m.Pix, stride: m.Stride, step: 4, channels: channels}
	if !premultiplied {
		c.Image = &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	}
	return c
}

// palette reads the colours. There are as many as the samples have values, so
// that no pixel can be without one.
func (p *page) palette() (color.Palette, error) {
	if p.bits > 8 {
		return nil, unsupported("palettes of %d bits", p.bits)
	}
	n := 1 << p.bits
	values := p.numbers(tagColorMap, 3*n)
	if len(values) < 3*n {
		return nil, damaged("short palette")
	}
	shift := 0
	for _, v := range values {
		if v > 0xff {
			shift = 8 // otherwise a writer took them for bytes, as some do
		}
	}
	palette := make(color.Palette, n)
	for i := range palette {
		palette[i] = color.RGBA{uint8(values[i] >> shift), uint8(values[n+i] >> shift), uint8(values[2*n+i] >> shift), 255}
	}
	return palette, nil
}

// readSamples reads a chunk and returns how many rows it had.
func (p *page) readSamples(c *canvas, chunk int, r io.Reader) (int, error) {
	at := p.place(chunk)
	first, perPixel, channels := 0, p.samples, c.channels
	if p.separate {
		first, perPixel = chunk/(p.across*p.down), 1
		if first >= len(channels) {
			return 0, nil
		}
		channels = channels[first : first+1]
	}
	row := make([]byte, ceilDiv(p.chunk.X*perPixel*p.bits, 8))
	line := make([]byte, p.chunk.X*perPixel)
	width := min(p.chunk.X, p.size.X-at.Min.X)
	for y := at.Min.Y; y < min(at.Max.Y, p.size.Y); y++ {
		if _, err := io.ReadFull(r, row); err != nil {
			return y - at.Min.Y, damaged("chunk %d: %w", chunk, err)
		}
		p.unpredict(row, perPixel)
		p.widen(line, row, c.raw)
		out := c.pix[y*c.stride+at.Min.X*c.step:]
		if perPixel == 3 && c.step == 4 && len(channels) == 3 {
			spreadRGB(out, line[:3*width])
			continue
		}
		for s, targets := range channels {
			flip := c.flip
			if first+s > 0 {
				flip = 0
			}
			for _, channel := range targets {
				spread(out[channel:], c.step, line[s:], perPixel, width, flip)
			}
		}
	}
	return min(at.Max.Y, p.size.Y) - at.Min.Y, nil
}

// spread copies n bytes, from every inStep-th to every outStep-th.
func spread(out []byte, outStep int, in []byte, inStep, n int, flip byte) {
	for i := range n {
		out[i*outStep] = in[i*inStep] ^ flip
	}
}

// spreadRGB is spread for all three samples of pixels, the common case.
func spreadRGB(out, in []byte) {
	for len(in) >= 3 && len(out) >= 4 {
		out[0], out[1], out[2] = in[0], in[1], in[2]
		in, out = in[3:], out[4:]
	}
}

// predicted tells whether samples were replaced before compression; the tag is
// meaningless with some.
func (p *page) predicted() bool {
	switch p.compression {
	case compressionLZW, compressionDeflate, compressionZip:
		return p.predictor != 1
	}
	return false
}

// unpredict adds up differences to the pixel on the left.
func (p *page) unpredict(row []byte, perPixel int) {
	if !p.predicted() {
		return
	}
	if p.bits == 8 {
		for i := perPixel; i < len(row); i++ {
			row[i] += row[i-perPixel]
		}
		return
	}
	order := p.file.order
	for i := 2 * perPixel; i+1 < len(row); i += 2 {
		order.PutUint16(row[i:], order.Uint16(row[i:])+order.Uint16(row[i-2*perPixel:]))
	}
}

// widen turns samples of any size into bytes: stretched to their range, unless
// they are raw.
func (p *page) widen(line, row []byte, raw bool) {
	switch {
	case p.bits == 8:
		copy(line, row)
		return
	case p.bits == 16:
		high := 0
		if p.file.order == binary.LittleEndian {
			high = 1
		}
		for i := range line {
			line[i] = row[2*i+high]
		}
		return
	}
	acc, n, at := uint32(0), 0, 0
	most := uint32(1)<<p.bits - 1
	for i := range line {
		for n < p.bits {
			acc = acc<<8 | uint32(row[at])
			at, n = at+1, n+8
		}
		n -= p.bits
		v := acc >> n & most
		if !raw {
			v = (v*255 + most/2) / most
		}
		line[i] = byte(v)
	}
}
