package tiff

import (
	"fmt"
	"image"
	"math/bits"
	"sync/atomic"
)

const (
	compressionNone     = 1
	compressionRLE      = 2 // fax codes, each row by itself, from a byte border on
	compressionG3       = 3
	compressionG4       = 4
	compressionLZW      = 5
	compressionOldJPEG  = 6
	compressionJPEG     = 7
	compressionDeflate  = 8
	compressionPackBits = 32773
	compressionZip      = 32946 // deflate by its older number

	photometricWhiteIsZero = 0
	photometricBlackIsZero = 1
	photometricRGB         = 2
	photometricPalette     = 3
	photometricCMYK        = 5
	photometricYCbCr       = 6
)

// page is what a directory says, checked.
type page struct {
	tags
	size                     image.Point
	bits, samples            int // bits of a sample, samples of a pixel
	compression, photometric int
	predictor                int
	reversed                 bool // the first pixel is in a byte's lowest bit
	separate                 bool // each sample has chunks of its own

	// Strips, and tiles, are chunks of the page. chunk is their size; the last
	// strip may have fewer rows.
	chunk           image.Point
	tiled           bool
	across, down    int
	offsets, counts []uint64
	// budget is how many compressed bytes may still be read. Chunks do not
	// overlap in honest files.
	budget atomic.Int64
}

func (f *File) page(number int) (*page, error) {
	if number < 0 || number >= len(f.pages) {
		return nil, fmt.Errorf("%w: %d of %d", ErrNoPage, number, len(f.pages))
	}
	p := &page{tags: f.tags(f.pages[number])}
	width, height := p.number(tagWidth, 0), p.number(tagHeight, 0)
	if width == 0 || height == 0 {
		return nil, damaged("page %d has no size", number)
	}
	p.compression = p.small(tagCompression, compressionNone)
	p.photometric = p.small(tagPhotometric, photometricWhiteIsZero)
	p.predictor = p.small(tagPredictor, 1)
	p.reversed = p.number(tagFillOrder, 1) == 2
	p.separate = p.number(tagPlanar, 1) == 2
	p.samples = p.small(tagSamples, 1)
	if err := p.readBits(); err != nil {
		return nil, err
	}
	limit := uint64(maxPixels)
	if p.bilevel() {
		limit = maxBilevelPixels
	}
	if width > maxSide || height > maxSide || width*height > limit {
		return nil, fmt.Errorf("%w: %d × %d pixels", ErrTooLarge, width, height)
	}
	p.size = image.Pt(int(width), int(height))
	p.budget.Store(4 * int64(len(f.data)))
	return p, p.readChunks()
}

// small returns a value that has a few known ones; -1 is none of them.
func (t tags) small(tag uint16, otherwise uint64) int {
	if v := t.number(tag, otherwise); v < 1<<16 {
		return int(v)
	}
	return -1
}

// readBits checks the layout of a pixel.
func (p *page) readBits() error {
	if p.samples < 1 || p.samples > 16 {
		return unsupported("%d samples a pixel", p.samples)
	}
	if p.samples == 1 {
		p.separate = false
	}
	p.bits = p.small(tagBits, 1)
	for _, b := range p.numbers(tagBits, p.samples) {
		if int(b) != p.bits {
			return unsupported("samples of different sizes")
		}
	}
	if p.bits < 1 || p.bits > 16 {
		return unsupported("%d bits a sample", p.bits)
	}
	for _, format := range p.numbers(tagSampleFormat, p.samples) {
		if format != 1 && format != 4 { // 4: not said
			return unsupported("samples of format %d", format)
		}
	}
	return nil
}

// bilevel tells whether the page is black and white alone.
func (p *page) bilevel() bool {
	return p.bits == 1 && p.samples == 1 && (p.photometric == photometricWhiteIsZero || p.photometric == photometricBlackIsZero)
}

// readChunks finds the strips or tiles.
func (p *page) readChunks() error {
	offsets, counts := uint16(tagStripOffsets), uint16(tagStripByteCounts)
	p.chunk = p.size
	if rows := p.number(tagRowsPerStrip, 0); rows > 0 && rows < uint64(p.size.Y) {
		p.chunk.Y = int(rows)
	}
	if width, height := p.number(tagTileWidth, 0), p.number(tagTileHeight, 0); width > 0 && height > 0 {
		if width > maxSide || height > maxSide || width*height > maxPixels {
			return fmt.Errorf("%w: tiles of %d × %d pixels", ErrTooLarge, width, height)
		}
		p.tiled, p.chunk = true, image.Pt(int(width), int(height))
		if _, ok := p.values[tagTileOffsets]; ok {
			offsets, counts = tagTileOffsets, tagTileByteCounts
		}
	}
	p.across, p.down = ceilDiv(p.size.X, p.chunk.X), ceilDiv(p.size.Y, p.chunk.Y)
	n := p.across * p.down
	if p.separate {
		n *= p.samples
	}
	p.offsets, p.counts = p.numbers(offsets, n), p.numbers(counts, n)
	return nil
}

// data returns the compressed bytes of a chunk, those that are in the file.
func (p *page) data(chunk int) ([]byte, error) {
	size := uint64(len(p.file.data))
	if chunk >= len(p.offsets) || p.offsets[chunk] >= size {
		return nil, damaged("chunk %d is not in the file", chunk)
	}
	at := p.offsets[chunk]
	n := size - at
	switch {
	case chunk < len(p.counts):
		n = min(n, p.counts[chunk])
	case chunk+1 < len(p.offsets) && p.offsets[chunk+1] > at:
		n = min(n, p.offsets[chunk+1]-at)
	}
	if p.budget.Add(-int64(n)) < 0 {
		return nil, damaged("chunks overlap")
	}
	return p.file.data[at : at+n], nil
}

// ordered returns data with the highest bit of a byte first.
func (p *page) ordered(data []byte) []byte {
	if !p.reversed {
		return data
	}
	out := make([]byte, len(data))
	for i, b := range data {
		out[i] = bits.Reverse8(b)
	}
	return out
}

// place returns where a chunk lies; it may reach over the page's edges.
func (p *page) place(chunk int) image.Rectangle {
	chunk %= p.across * p.down
	corner := image.Pt(chunk%p.across*p.chunk.X, chunk/p.across*p.chunk.Y)
	return image.Rectangle{Min: corner, Max: corner.Add(p.chunk)}
}
