package jpeg

import "encoding/binary"

// lookBits is how many bits are looked up at once. Most codes, and most pairs
// of a code and the value behind it, are not longer.
const lookBits = 10

// huffman is a table of codes. An entry of look tells what the next lookBits
// bits begin with:
//
//	bits 0–4   how many of them it takes; 0 when the code is longer
//	bits 5–7   one of the kinds below
//	bits 8–11  how many zero coefficients come first
//	bits 16–31 kindValue: the value, signed; kindBits: how many bits it has
type huffman struct {
	look [1 << lookBits]uint32
	// For lengths past lookBits: codes of that length, aligned left in 16
	// bits, are below limit, and their symbols stand at offset + code.
	limit  [17]uint32
	offset [17]int32
	symbol [256]byte
}

const (
	kindValue = 1 << 5 // the value's bits are taken, too
	kindBits  = 2 << 5 // the value's bits follow
	kindEnd   = 4 << 5 // no value: the end of the block, or 16 zeros
)

// newHuffman reads a table and returns its length in bytes; nil when it is
// bad. The symbols of AC tables count zeros, those of DC tables are sizes.
func newHuffman(s []byte, ac bool) (h *huffman, length int) {
	if len(s) < 16 {
		return nil, 0
	}
	n := 0
	for _, count := range s[:16] {
		n += int(count)
	}
	if n == 0 || n > 256 || len(s) < 16+n {
		return nil, 0
	}
	h = &huffman{}
	copy(h.symbol[:], s[16:16+n])
	code, k := uint32(0), 0
	for bits := 1; bits <= 16; bits++ {
		h.offset[bits] = int32(k) - int32(code)
		count := int(s[bits-1])
		if code+uint32(count) > 1<<bits {
			return nil, 0
		}
		for range count {
			if !ac && h.symbol[k] > 15 {
				return nil, 0
			}
			h.enter(code, bits, h.symbol[k], ac)
			code++
			k++
		}
		h.limit[bits] = code << (16 - bits)
		code <<= 1
	}
	return h, 16 + n
}

// enter fills look for one code.
func (h *huffman) enter(code uint32, bits int, symbol byte, ac bool) {
	if bits > lookBits {
		return
	}
	rest := lookBits - bits
	first := code << rest
	for i := range uint32(1) << rest {
		h.look[first+i] = entry(symbol, bits, i<<(32-rest), ac)
	}
}

// entry describes a symbol whose code has so many bits; follows are the bits
// behind it, aligned left, of which lookBits - bits are known.
func entry(symbol byte, bits int, follows uint32, ac bool) uint32 {
	run, size := uint32(symbol>>4), int(symbol&15)
	e := uint32(bits) | run<<8
	switch {
	case size == 0 && ac:
		return e | kindEnd
	case size > lookBits-bits:
		return e | kindBits | uint32(size)<<16
	case size == 0:
		return e | kindValue
	}
	return e + uint32(size) | kindValue | uint32(extend(uint64(follows>>(32-size)), size))<<16
}

// extend turns the bits of a value, of which there are size, into the value:
// those that begin with 0 are negative.
func extend(v uint64, size int) int32 {
	if v < 1<<(size-1) {
		return int32(v) - 1<<size + 1
	}
	return int32(v)
}

// long describes the symbol of a code of more than lookBits bits, or returns 0
// when there is none.
func (h *huffman) long(acc uint64, ac bool) uint32 {
	next := uint32(acc >> 48)
	for bits := lookBits + 1; bits <= 16; bits++ {
		if next >= h.limit[bits] {
			continue
		}
		symbol := h.symbol[uint8(int32(next>>(16-bits))+h.offset[bits])]
		e := uint32(bits) | uint32(symbol>>4)<<8
		switch {
		case symbol&15 > 0:
			return e | kindBits | uint32(symbol&15)<<16
		case ac:
			return e | kindEnd
		}
		return e | kindValue
	}
	return 0
}

// bits reads entropy-coded data.
type bits struct {
	data []byte
	at   int
	// acc holds the next n bits, aligned left. Past the end zeros are read;
	// zeros counts them, so that more than n means that some were used.
	acc      uint64
	n, zeros int
}

// fill returns acc and n with at least 57 bits. It takes them as arguments
// because they are in registers where it is called.
func (b *bits) fill(acc uint64, n int) (uint64, int) {
	if b.at+8 <= len(b.data) {
		next := binary.BigEndian.Uint64(b.data[b.at:])
		if (^next-0x0101010101010101)&next&0x8080808080808080 == 0 { // no ff among them
			taken := (64 - n) >> 3
			b.at += taken
			return acc | next>>n, n + taken<<3
		}
	}
	for n <= 56 {
		acc |= uint64(b.next()) << (56 - n)
		n += 8
	}
	return acc, n
}

// next returns a byte, or 0 when a marker or the end of the data is next.
func (b *bits) next() byte {
	if b.at < len(b.data) {
		c := b.data[b.at]
		if c != 0xff {
			b.at++
			return c
		}
		if b.at+1 < len(b.data) && b.data[b.at+1] == 0 {
			b.at += 2
			return c
		}
	}
	b.zeros += 8
	return 0
}

// exhausted tells whether more bits were used than there are.
func (b *bits) exhausted() bool { return b.n < b.zeros }

// reset starts reading at a place.
func (b *bits) reset(at int) { *b = bits{data: b.data, at: at} }
