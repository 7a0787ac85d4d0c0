package tiff

import (
	"bytes"
	"compress/zlib"
	"io"
)

// unpacked returns a reader of what a chunk holds.
func (p *page) unpacked(chunk int) (io.Reader, error) {
	data, err := p.data(chunk)
	if err != nil {
		return nil, err
	}
	data = p.ordered(data)
	switch p.compression {
	case compressionNone:
		return bytes.NewReader(data), nil
	case compressionPackBits:
		return &packBits{in: data}, nil
	case compressionLZW:
		if len(data) >= 2 && data[0] == 0 && data[1]&1 == 1 {
			return nil, unsupported("LZW of before TIFF 5")
		}
		return newLZWReader(data), nil
	case compressionDeflate, compressionZip:
		r, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, damaged("chunk %d: %w", chunk, err)
		}
		return r, nil
	}
	return nil, unsupported("compression %d", p.compression)
}

// packBits expands runs of bytes: Macintosh PackBits.
type packBits struct {
	in   []byte
	left int // bytes of the run that are due
	run  bool
}

// Read implements io.Reader.
func (r *packBits) Read(out []byte) (n int, err error) {
	for n < len(out) {
		if r.left == 0 && !r.next() {
			return n, io.EOF
		}
		part := out[n:min(len(out), n+r.left)]
		if r.run {
			fill(part, r.in[:1])
		} else {
			part = part[:copy(part, r.in)]
			r.in = r.in[len(part):]
		}
		n += len(part)
		r.left -= len(part)
		if r.run && r.left == 0 {
			r.in = r.in[1:]
		}
		if len(part) == 0 {
			return n, io.EOF
		}
	}
	return n, nil
}

// next starts the next run and tells whether there is one.
func (r *packBits) next() bool {
	for len(r.in) >= 2 {
		head := int8(r.in[0])
		r.in = r.in[1:]
		switch {
		case head >= 0:
			r.run, r.left = false, int(head)+1
			return true
		case head > -128:
			r.run, r.left = true, 1-int(head)
			return true
		}
	}
	return false
}

// fill repeats a pattern over out.
func fill(out, pattern []byte) {
	for n := copy(out, pattern); n > 0 && n < len(out); n *= 2 {
		copy(out[n:], out[:n])
	}
}
