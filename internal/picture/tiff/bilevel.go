package tiff

import (
	"errors"
	"image"
	"io"
	"math/bits"
)

// decodeBilevel decodes black and white pages to grey ones that fit.
func (p *page) decodeBilevel(fit image.Point) (image.Image, error) {
	m := image.NewGray(image.Rectangle{Max: fitted(p.size, fit)})
	sink := newRowSink(m, p.size, p.photometric == photometricBlackIsZero)
	var read int
	var err error
	if p.tiled {
		read, err = p.bilevelTiles(sink)
	} else {
		read, err = p.bilevelStrips(sink)
	}
	if read == 0 {
		return nil, err
	}
	return m, err
}

// bilevelStrips feeds sink all rows and returns how many were read.
func (p *page) bilevelStrips(sink rowSink) (read int, first error) {
	for chunk := range p.down {
		rows := min(p.chunk.Y, p.size.Y-chunk*p.chunk.Y)
		n, err := p.bilevelRows(chunk, rows, sink)
		if err != nil && first == nil {
			first = err
		}
		if errors.Is(err, ErrUnsupported) {
			return 0, err
		}
		read += n
	}
	return read, first
}

// bilevelTiles puts tiles together as bits first, since they come side by side
// and sink takes whole rows.
func (p *page) bilevelTiles(sink rowSink) (read int, first error) {
	stride := ceilDiv(p.across*p.chunk.X, 64) * 8
	if uint64(stride)*uint64(p.size.Y) > maxBilevelPixels/4 {
		return 0, unsupported("tiles much wider than the page")
	}
	all := make([]byte, stride*p.size.Y)
	for chunk := range p.across * p.down {
		at := p.place(chunk)
		rows := min(p.chunk.Y, p.size.Y-at.Min.Y)
		n, err := p.bilevelRows(chunk, rows, &bitPainter{bits: all[at.Min.Y*stride:], stride: stride, left: at.Min.X, width: p.chunk.X})
		if err != nil && first == nil {
			first = err
		}
		if errors.Is(err, ErrUnsupported) {
			return 0, err
		}
		read += n
	}
	var changes []int32
	for y := range p.size.Y {
		changes = appendChanges(changes[:0], all[y*stride:(y+1)*stride], p.size.X)
		sink.row(changes)
	}
	return read, first
}

// bitPainter is a sink that sets bits, in a part of rows that are zero.
type bitPainter struct {
	bits                []byte
	stride, left, width int
}

func (b *bitPainter) row(changes []int32) {
	for len(changes) > 0 {
		from, to := int(changes[0]), b.width
		if len(changes) > 1 {
			to = int(changes[1])
		}
		setBits(b.bits, b.left+from, b.left+to)
		changes = changes[min(2, len(changes)):]
	}
	b.bits = b.bits[min(b.stride, len(b.bits)):]
}

// setBits sets the bits from ≤ i < to, the highest of a byte being the first.
func setBits(row []byte, from, to int) {
	for ; from < to && from&7 != 0; from++ {
		row[from/8] |= 0x80 >> (from & 7)
	}
	if from < to {
		clearTo(row[from/8:to/8], 0xff)
		from = to &^ 7
	}
	for ; from < to; from++ {
		row[from/8] |= 0x80 >> (from & 7)
	}
}

// bilevelRows feeds sink all rows of a strip or tile, white ones for those that
// are missing, and returns how many there were.
func (p *page) bilevelRows(chunk, rows int, sink rowSink) (int, error) {
	var white []int32
	if p.photometric == photometricBlackIsZero {
		white = []int32{0}
	}
	n, err := p.bilevelChunk(chunk, rows, sink)
	for range rows - n {
		sink.row(white)
	}
	return n, err
}

// bilevelChunk feeds sink the rows of one strip or tile and returns how many
// there were.
func (p *page) bilevelChunk(chunk, rows int, sink rowSink) (int, error) {
	switch p.compression {
	case compressionRLE, compressionG3, compressionG4:
		data, err := p.data(chunk)
		if err != nil {
			return 0, err
		}
		f := newFax(p.ordered(data), p.chunk.X, p.compression, p.number(tagT4Options, 0)&1 == 1)
		return f.decode(rows, sink)
	}
	r, err := p.unpacked(chunk)
	if err != nil {
		return 0, err
	}
	if p.predicted() {
		return 0, unsupported("predictor %d of bilevel samples", p.predictor)
	}
	buf := make([]byte, ceilDiv(p.chunk.X, 8))
	var changes []int32
	for y := range rows {
		if _, err := io.ReadFull(r, buf); err != nil {
			return y, damaged("chunk %d: %w", chunk, err)
		}
		changes = appendChanges(changes[:0], buf, p.chunk.X)
		sink.row(changes)
	}
	return rows, nil
}

// appendChanges appends where the bits of a row, of width pixels, change.
func appendChanges(changes []int32, row []byte, width int) []int32 {
	var same byte // eight pixels of the present colour
	for i, b := range row {
		if b == same {
			continue
		}
		for differ := b ^ same; differ != 0; {
			at := bits.LeadingZeros8(differ)
			if 8*i+at >= width {
				return changes
			}
			changes = append(changes, int32(8*i+at))
			same = ^same
			differ = (b ^ same) & (0xff >> at)
		}
	}
	return changes
}
