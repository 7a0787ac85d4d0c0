package tiff

import (
	"encoding/binary"
	"io"
)

const (
	lzwClear   = 256
	lzwEnd     = 257
	lzwFirst   = 258 // the first code that stands for more than one byte
	lzwMaxBits = 12
)

// lzwReader expands LZW as TIFF has it: highest bit first, and codes get
// longer one code early. It takes two thirds of the time of x/image's, which
// reads its input byte by byte; BenchmarkLZW compares them.
type lzwReader struct {
	in   []byte
	at   int
	acc  uint64 // the next n bits, aligned left
	n    uint
	bits uint // of the next code

	// A code stands for what its prefix stands for and one more byte, last.
	next, before int // the next new code; the code before, -1 after a clear
	prefix       [1 << lzwMaxBits]uint16
	length       [1 << lzwMaxBits]uint16
	first, last  [1 << lzwMaxBits]byte

	rest  []byte // what did not fit into the reader's buffer, in spill
	spill [1 << lzwMaxBits]byte
	err   error
}

func newLZWReader(in []byte) *lzwReader {
	r := &lzwReader{in: in}
	for i := range lzwClear {
		r.length[i], r.first[i], r.last[i] = 1, byte(i), byte(i)
	}
	r.clear()
	return r
}

func (r *lzwReader) clear() { r.bits, r.next, r.before = 9, lzwFirst, -1 }

// Read implements io.Reader. Data that makes no sense ends with
// io.ErrUnexpectedEOF.
func (r *lzwReader) Read(out []byte) (n int, err error) {
	n = copy(out, r.rest)
	r.rest = r.rest[n:]
	for n < len(out) && r.err == nil {
		code := r.code()
		if code == lzwClear {
			r.clear()
			continue
		}
		if code < 0 || code == lzwEnd || !r.learn(code) {
			r.err = io.ErrUnexpectedEOF
			if code == lzwEnd {
				r.err = io.EOF
			}
			break
		}
		length := int(r.length[code])
		if length <= len(out)-n {
			r.expand(out[n:n+length], code)
			n += length
			continue
		}
		r.expand(r.spill[:length], code)
		taken := copy(out[n:], r.spill[:length])
		r.rest = r.spill[taken:length]
		n += taken
	}
	if n == 0 && len(out) > 0 {
		return 0, r.err
	}
	return n, nil
}

// code returns the next code, or -1 at the end of the input.
func (r *lzwReader) code() int {
	if r.n < lzwMaxBits {
		r.refill()
		if r.n < r.bits {
			return -1
		}
	}
	code := int(r.acc >> (64 - r.bits))
	r.acc <<= r.bits
	r.n -= r.bits
	return code
}

func (r *lzwReader) refill() {
	if r.at+8 <= len(r.in) {
		r.acc |= binary.BigEndian.Uint64(r.in[r.at:]) >> r.n
		taken := (64 - r.n) >> 3
		r.at += int(taken)
		r.n += taken << 3
		return
	}
	for r.n <= 56 && r.at < len(r.in) {
		r.acc |= uint64(r.in[r.at]) << (56 - r.n)
		r.at++
		r.n += 8
	}
}

// learn makes a new code of the code before and the first byte of this one,
// which may be that new code itself. It tells whether the code has a meaning.
func (r *lzwReader) learn(code int) bool {
	before := r.before
	if before < 0 {
		r.before = code
		return code < lzwClear
	}
	if code > r.next || code == r.next && r.next == 1<<lzwMaxBits {
		return false
	}
	r.before = code
	if r.next == 1<<lzwMaxBits {
		return true
	}
	next := r.next & (1<<lzwMaxBits - 1)
	r.prefix[next] = uint16(before)
	r.length[next] = r.length[before] + 1
	r.first[next] = r.first[before]
	r.last[next] = r.first[code]
	r.next++
	if r.next == 1<<r.bits-1 && r.bits < lzwMaxBits {
		r.bits++
	}
	return true
}

// expand writes what a code stands for to all of out, from its end.
func (r *lzwReader) expand(out []byte, code int) {
	for i := len(out) - 1; i >= 0; i-- {
		code &= 1<<lzwMaxBits - 1
		out[i] = r.last[code]
		code = int(r.prefix[code])
	}
}
