package tiff

import "image"

// A rowSink takes the rows of a bilevel picture from top to bottom. changes
// are the places where the colour changes, not decreasing, beginning with the
// first black pixel; it is only valid during the call.
type rowSink interface {
	row(changes []int32)
}

// newRowSink returns a sink that makes a picture of size into m, which may be
// smaller. inverted shows black as white.
func newRowSink(m *image.Gray, size image.Point, inverted bool) rowSink {
	if m.Rect.Size() == size {
		return &painter{m: m, inverted: inverted}
	}
	return newShrinker(m, size, inverted)
}

// painter draws runs as they are.
type painter struct {
	m        *image.Gray
	y        int
	inverted bool
}

func (p *painter) row(changes []int32) {
	row := p.m.Pix[p.y*p.m.Stride : (p.y+1)*p.m.Stride]
	p.y++
	paper, ink := byte(0xff), byte(0)
	if p.inverted {
		paper, ink = ink, paper
	}
	fill(row, []byte{paper})
	for len(changes) > 0 {
		from, to := changes[0], int32(len(row))
		if len(changes) > 1 {
			to = changes[1]
		}
		clearTo(row[from:to], ink)
		changes = changes[min(2, len(changes)):]
	}
}

func clearTo(row []byte, v byte) {
	for i := range row {
		row[i] = v
	}
}

// shrinker averages over areas without ever having the pixels: a change of
// colour adds to the differences between neighbouring target pixels, and once
// a target row is complete their running sum is how much of each is black.
// Lengths across are in 1/(target width) of a source pixel, lengths down alike,
// so everything is a whole number and the area of a target pixel is the number
// of source pixels.
type shrinker struct {
	m        *image.Gray
	size     image.Point
	inverted bool
	// index is the target pixel that a source pixel begins in, and part how
	// much of that target pixel is left of it.
	index, part []int32
	differences []int32
	y           int // source rows taken
	dirty       bool
	perArea     uint64 // 255 / area, in 1/2³²
}

func newShrinker(m *image.Gray, size image.Point, inverted bool) *shrinker {
	w := m.Rect.Dx()
	s := &shrinker{
		m: m, size: size, inverted: inverted,
		index: make([]int32, size.X+1), part: make([]int32, size.X+1),
		differences: make([]int32, w+2),
		perArea:     255 << 32 / (uint64(size.X) * uint64(size.Y)),
	}
	for x := range s.index {
		s.index[x], s.part[x] = int32(x*w/size.X), int32(x*w%size.X)
	}
	return s
}

func (s *shrinker) row(changes []int32) {
	h := s.m.Rect.Dy()
	top, bottom := s.y*h, (s.y+1)*h
	s.y++
	target := top / s.size.Y
	border := (target + 1) * s.size.Y
	if bottom < border {
		s.add(changes, h)
		return
	}
	s.add(changes, border-top)
	s.finish(target)
	if bottom > border {
		s.add(changes, bottom-border)
	}
}

// add adds a part of a source row, of some height, to the target row.
func (s *shrinker) add(changes []int32, height int) {
	if len(changes) == 0 {
		return
	}
	s.dirty = true
	weight, width := int32(height), int32(s.size.X)
	for _, x := range changes {
		i, part := s.index[x], s.part[x]
		s.differences[i] += weight * (width - part)
		s.differences[i+1] += weight * part
		weight = -weight
	}
}

// finish writes a target row.
func (s *shrinker) finish(y int) {
	row := s.m.Pix[y*s.m.Stride : (y+1)*s.m.Stride]
	flip := byte(0xff)
	if s.inverted {
		flip = 0
	}
	if !s.dirty {
		fill(row, []byte{flip})
		return
	}
	differences := s.differences[:len(row)]
	black := int32(0)
	for x, d := range differences {
		black += d
		row[x] = byte((uint64(black)*s.perArea+1<<31)>>32) ^ flip
	}
	clear(s.differences)
	s.dirty = false
}
