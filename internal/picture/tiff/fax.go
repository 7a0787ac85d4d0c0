package tiff

import (
	"cmp"
	"encoding/binary"
)

// fax decodes the rows of a strip of ITU-T T.4 (group 3) or T.6 (group 4).
type fax struct {
	faxTables
	in          []byte
	at          int
	acc         uint64 // the next n bits, aligned left
	n, zeros    int    // zeros past the end of in are among the n bits
	width       int
	compression int
	mixed       bool // rows of group 3 say whether they lean on the one above
	// above and current are the changes of two rows. Past the last there are
	// four more at width, so that looking ahead needs no check. Runs may be
	// empty, and count as changes for the row below: there are encoders, and
	// libtiff, that see it so.
	above, current []int32
}

func newFax(in []byte, width, compression int, mixed bool) *fax {
	f := &fax{faxTables: codeTables(), in: in, width: width, compression: compression, mixed: mixed && compression == compressionG3}
	f.above = f.closed(nil)
	return f
}

// ahead is how many places stand behind the last change of a row.
const ahead = 4

// closed returns changes with what stands behind the last.
func (f *fax) closed(changes []int32) []int32 {
	w := int32(f.width)
	return append(changes, w, w, w, w)
}

// decode feeds sink up to so many rows and returns how many there were, fewer
// only with an error.
func (f *fax) decode(rows int, sink rowSink) (int, error) {
	var first error
	for y := 0; y < rows; y++ {
		flat, more := f.startRow()
		if !more {
			return y, cmp.Or(first, damaged("fax data ends early"))
		}
		f.current = f.current[:0]
		ok := true
		if flat {
			ok = f.flatRow()
		} else {
			ok = f.leaningRow()
		}
		sink.row(f.current)
		f.above, f.current = f.closed(f.current), f.above
		if ok {
			continue
		}
		if first == nil {
			first = damaged("bad fax code in row %d", y)
		}
		lost, more := f.recover()
		for ; lost > 0 && y+1 < rows; lost-- {
			sink.row(f.above[:len(f.above)-ahead])
			y++
		}
		if !more {
			return y + 1, first
		}
	}
	return rows, first
}

// startRow goes to the first code of a row and tells whether the row stands by
// itself, and whether there is one.
func (f *fax) startRow() (flat, more bool) {
	switch f.compression {
	case compressionG4:
		f.need()
		return false, f.acc>>52 != 1 && !f.ended()
	case compressionRLE:
		f.skip(f.n & 7)
		f.need()
		return true, !f.ended()
	}
	flat, ends := true, 0
	for f.endOfLine() {
		ends++
		if f.mixed {
			flat = f.acc>>63 == 1
			f.skip(1)
		}
	}
	return flat, ends < 2 && !f.ended()
}

// recover looks for the next row after bad data that can be read, and returns
// how many others it went past and whether there may be one.
func (f *fax) recover() (lost int, more bool) {
	if f.compression != compressionG3 {
		return 0, false
	}
	for !f.ended() {
		f.need()
		if f.acc>>53 != 0 {
			f.skip(1)
			continue
		}
		before := *f
		if !f.endOfLine() {
			break
		}
		if !f.mixed || f.acc>>63 == 1 {
			*f = before
			return lost, true
		}
		lost++
	}
	return lost, false
}

// endOfLine skips an end-of-line code, with any number of fill bits before it.
func (f *fax) endOfLine() bool {
	f.need()
	if f.acc>>53 != 0 {
		return false
	}
	for f.acc>>63 == 0 {
		if f.ended() {
			return false
		}
		f.skip(1)
		f.need()
	}
	f.skip(1)
	f.need()
	return true
}

// flatRow reads a row of runs, white and black in turns.
func (f *fax) flatRow() bool {
	for x, black := 0, false; x < f.width && len(f.current) <= 2*f.width; black = !black {
		run := f.run(black)
		if run < 0 || x+run > f.width {
			return false
		}
		x += run
		f.current = append(f.current, int32(x))
	}
	return true
}

// leaningRow reads a row that is coded by its differences from the one above.
// In the words of the standard: x is a0, above[b] is b1, above[b+1] is b2.
func (f *fax) leaningRow() bool {
	x, b, black := -1, 0, false
	for x < f.width && len(f.current) <= 2*f.width {
		f.need()
		c := f.mode[f.acc>>(64-modeBits)]
		f.skip(int(c.bits))
		switch m := mode(c.value); m {
		case modeNone:
			return false
		case modePass:
			x = int(f.above[b+1])
			b += 2
		case modeHorizontal:
			first, second := f.run(black), f.run(!black)
			x = max(x, 0)
			if first < 0 || second < 0 || x+first+second > f.width {
				return false
			}
			f.current = append(f.current, int32(x+first), int32(x+first+second))
			x += first + second
			for int(f.above[b]) <= x && x < f.width {
				b += 2
			}
		default:
			to := int(f.above[b]) + int(m) - int(modeVertical) - 3
			if to < max(x, 0) || to > f.width {
				return false
			}
			x, black = to, !black
			f.current = append(f.current, int32(x))
			b = f.beyond(b, x)
		}
	}
	return true
}

// beyond returns, after a change of colour at x, the first change above and
// right of x that is to the other colour, given the one that was it before.
func (f *fax) beyond(b, x int) int {
	if b > 0 {
		b--
	} else {
		b++
	}
	for int(f.above[b]) <= x && x < f.width {
		b += 2
	}
	return b
}

// run reads the length of a run, or returns -1 when it is no code or past the
// width.
func (f *fax) run(black bool) int {
	table, bits := f.white, whiteBits
	if black {
		table, bits = f.black, blackBits
	}
	for sum := 0; sum <= f.width; {
		f.need()
		c := table[f.acc>>(64-bits)]
		if c.bits == 0 {
			return -1
		}
		f.skip(int(c.bits))
		sum += int(c.value)
		if c.value < 64 {
			return sum
		}
	}
	return -1
}

// need makes sure of 32 bits in acc.
func (f *fax) need() {
	if f.n < 32 {
		f.refill()
	}
}

func (f *fax) refill() {
	if f.at+8 <= len(f.in) {
		f.acc |= binary.BigEndian.Uint64(f.in[f.at:]) >> f.n
		f.at += (64 - f.n) >> 3
		f.n += (64 - f.n) &^ 7
		return
	}
	for f.n <= 56 {
		if f.at < len(f.in) {
			f.acc |= uint64(f.in[f.at]) << (56 - f.n)
			f.at++
		} else {
			f.zeros += 8
		}
		f.n += 8
	}
}

func (f *fax) skip(n int) {
	f.acc <<= n
	f.n -= n
}

// ended tells whether no bits of in are left.
func (f *fax) ended() bool { return f.n <= f.zeros && f.at >= len(f.in) }
