package jpeg

// scan is a pass over the data of one or more components.
type scan struct {
	parts []part
	// across and down count its MCUs: the blocks that stand together, one
	// block when there is one component only.
	across, down int
	scale        *scale
}

// part is what a scan needs of a component.
type part struct {
	*component
	perMCU struct{ h, v int } // blocks
	dc, ac *huffman
	// weight is the quantisation table and the scale's weights in one.
	weight [64]int32
	// last is the DC coefficient of the block before, not yet dequantised.
	last int32
}

// readScan reads a scan header and the data behind it.
func (d *decoder) readScan(header []byte) error {
	s, err := d.newScan(header)
	if err != nil {
		return err
	}
	d.bits.reset(d.pos)
	total, step := s.across*s.down, d.restart
	if step == 0 {
		step = total
	}
	for from := 0; from < total; {
		to := min(from+step, total)
		reached := d.interval(s, from, to)
		d.decoded += reached - from
		if reached < to {
			d.harmed("bad or missing data in a scan")
			d.blank(s, reached, to)
		}
		if to == total {
			break
		}
		from = to + step*d.resume((to/step-1)&7)
		d.blank(s, to, min(from, total))
	}
	for i := range s.parts {
		s.parts[i].seen = true
	}
	d.pos = d.bits.at
	return nil
}

// newScan checks a scan header.
func (d *decoder) newScan(header []byte) (*scan, error) {
	if len(header) < 1 || len(header) < 1+2*int(header[0]) || header[0] == 0 {
		return nil, damaged("short scan header")
	}
	s := &scan{parts: make([]part, 0, len(d.components)), scale: scales[d.eighths]}
	for selected := header[1 : 1+2*int(header[0])]; len(selected) > 0; selected = selected[2:] {
		c := d.unread(selected[0])
		dc, ac := selected[1]>>4, selected[1]&15
		if c == nil || dc > 3 || ac > 3 || d.dc[dc] == nil || d.ac[ac] == nil || !d.hasQuant[c.quant] {
			return nil, damaged("a scan without its tables or component")
		}
		for i := range s.parts {
			if s.parts[i].component == c {
				return nil, damaged("a scan with a component twice")
			}
		}
		p := part{component: c, dc: d.dc[dc], ac: d.ac[ac]}
		for i, q := range d.quant[c.quant] {
			p.weight[i] = q * s.scale.weight[i]
		}
		p.perMCU.h, p.perMCU.v = c.h, c.v
		s.parts = append(s.parts, p)
	}
	first := &s.parts[0]
	if len(s.parts) > 1 {
		s.across, s.down = ceilDiv(d.size.X, 8*d.hMax), ceilDiv(d.size.Y, 8*d.vMax)
		return s, nil
	}
	first.perMCU.h, first.perMCU.v = 1, 1
	s.across, s.down = first.across, first.down
	return s, nil
}

// unread returns the component of that name unless it had its scan. That each
// is read once also bounds the work.
func (d *decoder) unread(id byte) *component {
	for i := range d.components {
		if c := &d.components[i]; c.id == id && !c.seen {
			return c
		}
	}
	return nil
}

// harmed notes damage that does not end the reading.
func (d *decoder) harmed(what string) {
	if d.damage == nil {
		d.damage = damaged("%s", what)
	}
}

// interval reads the MCUs from ≤ m < to and returns where it stopped.
func (d *decoder) interval(s *scan, from, to int) int {
	for i := range s.parts {
		s.parts[i].last = 0
	}
	x, y := from%s.across, from/s.across
	for m := from; m < to; m++ {
		if !d.mcu(s, x, y) {
			return m
		}
		if x++; x == s.across {
			x, y = 0, y+1
		}
	}
	return to
}

// mcu reads the blocks of all components at a place.
func (d *decoder) mcu(s *scan, x, y int) bool {
	for i := range s.parts {
		p := &s.parts[i]
		place := (y*p.perMCU.v*p.stride + x*p.perMCU.h) * d.eighths
		for range p.perMCU.v {
			if !d.blocks(p, s.scale, place) {
				return false
			}
			place += p.stride * d.eighths
		}
	}
	return !d.exhausted()
}

// blocks reads the blocks of an MCU that stand beside each other.
func (d *decoder) blocks(p *part, s *scale, place int) bool {
	for range p.perMCU.h {
		switch d.block(p, s) {
		case badBlock:
			return false
		case flatBlock:
			flat(p.pix[place:], p.stride, d.eighths, d.coefficients[0])
			d.coefficients[0] = 0
		default:
			s.transform(p.pix[place:], p.stride, &d.coefficients)
		}
		place += d.eighths
	}
	return true
}

// What block returns, besides numbers past these.
const (
	badBlock  = 0
	flatBlock = 1 // all samples are the same
)

// block reads one block into d.coefficients, dequantised and folded, and
// returns the number of the first of the zeros at its end. Where it stops for
// bad data the coefficients are left as they are: nothing is read after that
// before blank cleared them.
func (d *decoder) block(p *part, s *scale) (end int) {
	acc, n := d.acc, d.n
	if n < 32 {
		acc, n = d.fill(acc, n)
	}
	e := p.dc.look[acc>>(64-lookBits)]
	if e == 0 {
		e = p.dc.long(acc, false)
	}
	switch {
	case e == 0:
		return badBlock
	case e&kindBits != 0:
		acc <<= e & 31
		size := int(e >> 16)
		p.last += extend(acc>>(64-size), size)
		acc <<= size
		n -= int(e&31) + size
	default:
		p.last += int32(e) >> 16
		acc <<= e & 31
		n -= int(e & 31)
	}
	d.coefficients[0] = p.last * p.weight[0]
	d.acc, d.n, end = d.harmonics(p, s, acc, n)
	return end
}

// harmonics reads the coefficients behind the first.
func (d *decoder) harmonics(p *part, s *scale, acc uint64, n int) (_ uint64, _, end int) {
	ac, place, weight := p.ac, &s.place, &p.weight
	for k := 1; k < 64; k++ {
		if n < 32 {
			acc, n = d.fill(acc, n)
		}
		e := ac.look[acc>>(64-lookBits)]
		if e&kindValue != 0 {
			acc <<= e & 31
			n -= int(e & 31)
			if k += int(e >> 8 & 15); k < 64 {
				d.coefficients[place[k]&63] += int32(e) >> 16 * weight[k]
			}
			continue
		}
		if e == 0 {
			if e = ac.long(acc, true); e == 0 {
				return acc, n, badBlock
			}
		}
		acc <<= e & 31
		n -= int(e & 31)
		k += int(e >> 8 & 15)
		if e&kindEnd != 0 {
			if e>>8&15 < 15 {
				return acc, n, k - int(e>>8&15)
			}
			continue
		}
		size := int(e >> 16)
		if k < 64 {
			d.coefficients[place[k]&63] += extend(acc>>(64-size), size) * weight[k]
		}
		acc <<= size
		n -= size
	}
	return acc, n, 64
}

// blank makes the MCUs from ≤ m < to mid-grey.
func (d *decoder) blank(s *scan, from, to int) {
	d.coefficients = [64]int32{}
	for m := from; m < to; m++ {
		for i := range s.parts {
			p := &s.parts[i]
			w, h := p.perMCU.h*d.eighths, p.perMCU.v*d.eighths
			at := m/s.across*h*p.stride + m%s.across*w
			for range h {
				fill(p.pix[at : at+w])
				at += p.stride
			}
		}
	}
}

func fill(row []byte) {
	for i := range row {
		row[i] = middle
	}
}

// resume goes to the next restart marker and returns how many intervals were
// lost before it, given the number of the one that is due. When there is none
// the scan is over and all of the rest is lost.
func (d *decoder) resume(due int) int {
	at := findMarker(d.data, d.bits.at)
	for at >= 0 && d.data[at] != markSOS && d.data[at] != markEOI && (d.data[at] < markRST0 || d.data[at] > markRST7) {
		at = findMarker(d.data, at) // no marker that can stand here
	}
	if at < 0 || d.data[at] < markRST0 || d.data[at] > markRST7 {
		d.harmed("a restart marker is missing")
		return maxPixels
	}
	lost := (int(d.data[at]-markRST0) - due) & 7
	if lost > 0 || d.n-d.zeros >= 8 || at-1 > d.bits.at && d.data[d.bits.at] != 0xff {
		d.harmed("stray data before a restart marker")
	}
	d.bits.reset(at + 1)
	return lost
}
