package graphics

import (
	"encoding/binary"
	"image"
	"math"
	"math/bits"
	"runtime"
	"sync"
)

const (
	// maxWorkers is how many goroutines share a picture: past a few, memory
	// is what they wait for.
	maxWorkers = 4
	// workerPixels is the least number of pixels worth a goroutine.
	workerPixels = 1 << 18
	// fullWeight is what the rows under one target row weigh together. With
	// it the sum of a column of bytes just fits 16 bits.
	fullWeight = 256
	// partBits is the precision of borders between samples.
	partBits = 20
	// lanes are the even bytes of a word.
	lanes = 0x00ff00ff00ff00ff
)

// Scale returns src at w × h pixels, each the average of the area it covers;
// enlarged pixels stay sharp. The result is premultiplied and has its origin
// at 0,0; when src already is such a picture of that size it is returned
// itself. A side that is not positive, or over 32768, or an empty src gives
// an empty picture.
func Scale(src image.Image, w, h int) *image.RGBA {
	b := src.Bounds()
	if min(w, h) <= 0 || max(w, h) > maxSide || b.Empty() {
		return &image.RGBA{}
	}
	if m, ok := src.(*image.RGBA); ok && m.Rect == image.Rect(0, 0, w, h) {
		return m
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	scale := scaleTo(dst, src)
	inBands(h, max(b.Dx()*b.Dy(), w*h), scale)
	return dst
}

// inBands calls do for parts of n rows, at the same time when the number of
// pixels is worth it.
func inBands(n, pixels int, do func(from, to int)) {
	workers := min(maxWorkers, runtime.GOMAXPROCS(0), pixels/workerPixels, n)
	if workers < 2 {
		do(0, n)
		return
	}
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { do(i*n/workers, (i+1)*n/workers) })
	}
	wg.Wait()
}

// scaleTo returns the function that fills the rows from ≤ y < to of dst.
func scaleTo(dst *image.RGBA, src image.Image) func(from, to int) {
	if m, ok := src.(*image.YCbCr); ok {
		planes := planesOf(m)
		return func(from, to int) { scaleYCbCr(dst, planes, from, to) }
	}
	r := rasterOf(src)
	if r.channels == 1 {
		return func(from, to int) { scaleGrey(dst, r, from, to) }
	}
	return func(from, to int) {
		s := newScaler(r, dst.Rect.Dx(), dst.Rect.Dy())
		for y := from; y < to; y++ {
			s.scaleRow(rowOf(dst, y), y)
		}
	}
}

func scaleGrey(dst *image.RGBA, src raster, from, to int) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	s, grey := newScaler(src, w, h), make([]uint8, w)
	for y := from; y < to; y++ {
		s.scaleRow(grey, y)
		line := rowOf(dst, y)
		for x, v := range grey {
			*(*[4]uint8)(line[4*x:]) = [4]uint8{v, v, v, 255}
		}
	}
}

// scaleYCbCr averages the planes as they are stored and converts only the
// pixels of the target.
func scaleYCbCr(dst *image.RGBA, planes [3]raster, from, to int) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	var scalers [3]*scaler
	var lines [3][]uint8
	for i, plane := range planes {
		scalers[i], lines[i] = newScaler(plane, w, h), make([]uint8, w)
	}
	for y := from; y < to; y++ {
		for i := range scalers {
			scalers[i].scaleRow(lines[i], y)
		}
		convertYCbCr(rowOf(dst, y), lines[0], lines[1], lines[2])
	}
}

// convertYCbCr follows JFIF: full range, BT.601, in 16.16 fixed point.
func convertYCbCr(dst, luma, cb, cr []uint8) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for x, l := range luma {
		y := int32(l)<<16 + 1<<15
		u, v := int32(cb[x])-128, int32(cr[x])-128
		*(*[4]uint8)(dst[4*x:]) = [4]uint8{
			clampFixed(y + 91881*v),
			clampFixed(y - 22554*u - 46802*v),
			clampFixed(y + 116130*u),
			255,
		}
	}
}

func clampFixed(v int32) uint8 {
	if uint32(v) < 1<<24 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31))
}

// scaler makes target rows of one raster; it holds scratch memory, so each
// goroutine has its own.
type scaler struct {
	src  raster
	h    int
	buf  []uint8
	sums []uint64
	// prefix holds, for each channel, the sum of the columns left of a pixel.
	prefix []uint64
	edges  []edge
}

// edge is the left border of a target pixel in the source: a sample and a part
// of it, in 1/2²⁰.
type edge struct {
	at   int
	part uint64
	// reciprocal of the width up to the next edge, in 1/2⁶⁴.
	reciprocal uint64
}

func newScaler(src raster, w, h int) *scaler {
	bytes := src.columns() * src.channels
	words := ceilDiv(bytes, 8)
	s := &scaler{
		src: src, h: h,
		buf:    make([]uint8, bytes),
		sums:   make([]uint64, 2*words),
		prefix: make([]uint64, 8*words+2*src.channels),
		edges:  make([]edge, w+1),
	}
	for x := range s.edges {
		left, right := src.border(x, w), src.border(x+1, w)
		s.edges[x] = edge{
			at: int(left >> partBits), part: left & (1<<partBits - 1),
			reciprocal: math.MaxUint64/((right-left)*fullWeight) + 1,
		}
	}
	return s
}

// border is where target pixel x of w begins, in samples and parts of them.
func (r raster) border(x, w int) uint64 {
	pixels := uint64(x) * uint64(r.w) << partBits / uint64(w)
	return (uint64(r.offset.X)<<partBits + pixels) / uint64(r.step.X)
}

// scaleRow writes target row y, one byte a channel.
func (s *scaler) scaleRow(dst []uint8, y int) {
	s.addRows(y)
	if s.src.channels == 4 {
		prefixRGBA(s.prefix, s.sums)
		s.averageRGBA(dst)
		return
	}
	prefixGrey(s.prefix, s.sums)
	s.averageGrey(dst)
}

// addRows sums the source rows under target row y, column by column. Their
// weights are differences of a rounded running total, so that they always add
// up to fullWeight. Lengths are in 1/h of a pixel.
func (s *scaler) addRows(y int) {
	clear(s.sums)
	skipped, height := s.src.offset.Y*s.h, s.src.step.Y*s.h
	top, bottom := skipped+y*s.src.h, skipped+(y+1)*s.src.h
	done := 0
	for row := top / height; row*height < bottom; row++ {
		covered := min((row+1)*height, bottom) - top
		total := (covered*fullWeight + s.src.h/2) / s.src.h
		if total > done {
			addRow(s.sums, s.src.row(row, s.buf), uint64(total-done))
		}
		done = total
	}
}

// addRow adds weight × the bytes of row to sums: of each eight bytes the even
// ones to the four lanes of one word, the odd ones to the next.
func addRow(sums []uint64, row []uint8, weight uint64) {
	for len(row) >= 8 && len(sums) >= 2 {
		v := binary.LittleEndian.Uint64(row)
		sums[0] += (v & lanes) * weight
		sums[1] += (v >> 8 & lanes) * weight
		row, sums = row[8:], sums[2:]
	}
	if len(row) == 0 {
		return
	}
	var rest [8]uint8
	copy(rest[:], row)
	v := binary.LittleEndian.Uint64(rest[:])
	sums[0] += (v & lanes) * weight
	sums[1] += (v >> 8 & lanes) * weight
}

func prefixGrey(prefix []uint64, sums []uint64) {
	var total uint64
	for len(sums) >= 2 && len(prefix) >= 9 {
		even, odd := sums[0], sums[1]
		for i := range 4 {
			prefix[2*i] = total
			total += even & 0xffff
			prefix[2*i+1] = total
			total += odd & 0xffff
			even, odd = even>>16, odd>>16
		}
		sums, prefix = sums[2:], prefix[8:]
	}
	prefix[0], prefix[1] = total, total
}

func prefixRGBA(prefix []uint64, sums []uint64) {
	var r, g, b, a uint64
	for len(sums) >= 2 && len(prefix) >= 8 {
		even, odd := sums[0], sums[1]
		*(*[4]uint64)(prefix) = [4]uint64{r, g, b, a}
		r, b = r+even&0xffff, b+even>>16&0xffff
		g, a = g+odd&0xffff, a+odd>>16&0xffff
		*(*[4]uint64)(prefix[4:]) = [4]uint64{r, g, b, a}
		r, b = r+even>>32&0xffff, b+even>>48
		g, a = g+odd>>32&0xffff, a+odd>>48
		sums, prefix = sums[2:], prefix[8:]
	}
	*(*[4]uint64)(prefix) = [4]uint64{r, g, b, a}
	*(*[4]uint64)(prefix[4:]) = [4]uint64{r, g, b, a}
}

func (s *scaler) averageGrey(dst []uint8) {
	for x := range dst {
		l, r := &s.edges[x], &s.edges[x+1]
		dst[x] = average(l, r, s.prefix[l.at:l.at+2], s.prefix[r.at:r.at+2], 1)
	}
}

func (s *scaler) averageRGBA(dst []uint8) {
	for x := range len(dst) / 4 {
		l, r := &s.edges[x], &s.edges[x+1]
		left, right := s.prefix[4*l.at:4*l.at+8], s.prefix[4*r.at:4*r.at+8]
		*(*[4]uint8)(dst[4*x:]) = [4]uint8{
			average(l, r, left[0:5], right[0:5], 4),
			average(l, r, left[1:6], right[1:6], 4),
			average(l, r, left[2:7], right[2:7], 4),
			average(l, r, left[3:8], right[3:8], 4),
		}
	}
}

// average returns the mean of one channel between two edges, given the prefix
// sums from each edge on and the step to the next pixel's.
func average(l, r *edge, left, right []uint64, step int) uint8 {
	whole := (right[0] - left[0]) << partBits
	whole += (right[step] - right[0]) * r.part
	whole -= (left[step] - left[0]) * l.part
	mean, rest := bits.Mul64(whole, l.reciprocal)
	return uint8(mean + rest>>63)
}
