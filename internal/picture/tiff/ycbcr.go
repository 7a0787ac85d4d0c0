package tiff

import (
	"image"
	"io"
)

// ratioOf returns the standard library's name for how many pixels across and
// down share a chroma sample.
func ratioOf(h, v uint64) (image.YCbCrSubsampleRatio, bool) {
	switch {
	case h == 1 && v == 1:
		return image.YCbCrSubsampleRatio444, true
	case h == 2 && v == 1:
		return image.YCbCrSubsampleRatio422, true
	case h == 2 && v == 2:
		return image.YCbCrSubsampleRatio420, true
	case h == 1 && v == 2:
		return image.YCbCrSubsampleRatio440, true
	case h == 4 && v == 1:
		return image.YCbCrSubsampleRatio411, true
	case h == 4 && v == 2:
		return image.YCbCrSubsampleRatio410, true
	}
	return 0, false
}

// decodeYCbCr decodes pages with luma and chroma that are not JPEG. Their
// pixels come in units of h × v luma samples and one of each chroma.
func (p *page) decodeYCbCr() (image.Image, error) {
	h, v := p.number(tagSubsampling, 2), uint64(2)
	if both := p.numbers(tagSubsampling, 2); len(both) == 2 {
		v = both[1]
	}
	ratio, ok := ratioOf(h, v)
	if !ok || p.bits != 8 || p.samples != 3 || p.separate || p.predicted() {
		return nil, unsupported("YCbCr of %d bits, %d samples, %d × %d pixels a chroma sample", p.bits, p.samples, h, v)
	}
	m := image.NewYCbCr(image.Rectangle{Max: p.size}, ratio)
	for _, plane := range [][]byte{m.Y, m.Cb, m.Cr} {
		fill(plane, []byte{128})
	}
	read, err := p.eachChunk(func(chunk int, r io.Reader) (int, error) {
		return p.readUnits(m, chunk, r, image.Pt(int(h), int(v)))
	})
	if read == 0 {
		return nil, err
	}
	return m, err
}

// readUnits reads a chunk and returns how many rows it had.
func (p *page) readUnits(m *image.YCbCr, chunk int, r io.Reader, unit image.Point) (int, error) {
	at := p.place(chunk)
	if at.Min.X%unit.X != 0 || at.Min.Y%unit.Y != 0 {
		return 0, unsupported("chunks that cut chroma samples")
	}
	size := unit.X*unit.Y + 2
	row := make([]byte, ceilDiv(p.chunk.X, unit.X)*size)
	for y := at.Min.Y; y < min(at.Max.Y, p.size.Y); y += unit.Y {
		if _, err := io.ReadFull(r, row); err != nil {
			return y - at.Min.Y, damaged("chunk %d: %w", chunk, err)
		}
		for i := range len(row) / size {
			placeUnit(m, at.Min.X+i*unit.X, y, row[i*size:(i+1)*size], unit)
		}
	}
	return min(at.Max.Y, p.size.Y) - at.Min.Y, nil
}

// placeUnit writes one unit, as far as it lies inside.
func placeUnit(m *image.YCbCr, x, y int, samples []byte, unit image.Point) {
	if x >= m.Rect.Max.X {
		return
	}
	for i, v := range samples[:unit.X*unit.Y] {
		if at := image.Pt(x+i%unit.X, y+i/unit.X); at.In(m.Rect) {
			m.Y[m.YOffset(at.X, at.Y)] = v
		}
	}
	chroma := m.COffset(x, y)
	m.Cb[chroma], m.Cr[chroma] = samples[len(samples)-2], samples[len(samples)-1]
}
