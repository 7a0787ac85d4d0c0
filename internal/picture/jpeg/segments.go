package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
)

// Markers, the second bytes of ff xx.
const (
	markSOF0  = 0xc0 // baseline
	markSOF1  = 0xc1 // extended sequential
	markSOF2  = 0xc2 // progressive
	markDHT   = 0xc4
	markSOF15 = 0xcf
	markRST0  = 0xd0
	markRST7  = 0xd7
	markSOI   = 0xd8
	markEOI   = 0xd9
	markSOS   = 0xda
	markDQT   = 0xdb
	markDRI   = 0xdd
	markAPP0  = 0xe0
	markAPP14 = 0xee
	markTEM   = 0x01
)

// errOther stands for a picture that the standard library has to decode.
var errOther = errors.New("jpeg: not sequential with one or three components")

// component is one of the planes of a picture.
type component struct {
	id    byte
	h, v  int // sampling factors
	quant int // number of its quantisation table
	// across and down count its blocks, without those that only fill an MCU.
	across, down int
	// pix holds whole MCUs; stride is the length of its rows in bytes.
	pix    []byte
	stride int
	seen   bool // a scan of it was read
}

type decoder struct {
	bits
	pos    int // in data; the entropy-coded bytes are read by bits
	color  Color
	max    image.Point                // the largest size, where its sides are positive
	choose func(size image.Point) int // the scale in eighths

	size       image.Point // zero before the frame header
	eighths    int
	components []component
	hMax, vMax int

	quant    [4][64]int32 // in zigzag order
	hasQuant [4]bool
	dc, ac   [4]*huffman

	restart   int // MCUs between restart markers, 0 when there are none
	jfif      bool
	adobe     bool
	transform byte

	coefficients [64]int32 // of one block; zero between blocks
	decoded      int       // MCUs read
	damage       error     // the first damage that was skipped over
}

// segment returns the next marker and what belongs to it, fill bytes and
// stray bytes before the marker skipped.
func (d *decoder) segment() (marker byte, payload []byte, err error) {
	for {
		at := findMarker(d.data, d.pos)
		if at < 0 {
			d.pos = len(d.data)
			return 0, nil, damaged("the file ends early")
		}
		marker, d.pos = d.data[at], at+1
		if marker != markTEM && (marker < markRST0 || marker > markSOI) {
			break
		}
	}
	if marker == markEOI {
		return marker, nil, nil
	}
	rest := d.data[d.pos:]
	if len(rest) < 2 {
		return 0, nil, damaged("the file ends early")
	}
	n := int(binary.BigEndian.Uint16(rest))
	if n < 2 || n > len(rest) {
		return 0, nil, damaged("segment %#x is cut off", marker)
	}
	d.pos += n
	return marker, rest[2:n], nil
}

// findMarker returns the place of the second byte of the next marker at or
// behind pos, or -1.
func findMarker(data []byte, pos int) int {
	for ; pos+1 < len(data); pos++ {
		if data[pos] == 0xff && data[pos+1] != 0 && data[pos+1] != 0xff {
			return pos + 1
		}
	}
	return -1
}

func (d *decoder) start() error {
	if len(d.data) < 2 || d.data[0] != 0xff || d.data[1] != markSOI {
		return damaged("no JPEG starts here")
	}
	d.pos = 2
	return nil
}

// readTables reads a stream that has tables and no picture.
func (d *decoder) readTables() error {
	if err := d.start(); err != nil {
		return err
	}
	for d.pos < len(d.data) {
		marker, payload, err := d.segment()
		if err != nil || marker == markEOI || marker == markSOS {
			return err
		}
		if err := d.table(marker, payload); err != nil {
			return err
		}
	}
	return nil
}

// read reads a picture, up to its last component.
func (d *decoder) read() error {
	if err := d.start(); err != nil {
		return err
	}
	for !d.complete() {
		marker, payload, err := d.segment()
		if err != nil {
			return err
		}
		switch {
		case marker == markEOI:
			return damaged("the picture ends early")
		case marker == markSOS:
			err = d.readScan(payload)
		case marker >= markSOF0 && marker <= markSOF15 && marker != markDHT && marker != 0xc8 && marker != 0xcc:
			err = d.frame(marker, payload)
		default:
			err = d.table(marker, payload)
		}
		if err != nil {
			return err
		}
	}
	return d.damage
}

// complete tells whether all components were read.
func (d *decoder) complete() bool {
	for i := range d.components {
		if !d.components[i].seen {
			return false
		}
	}
	return len(d.components) > 0
}

// table reads a segment that is neither a frame nor a scan.
func (d *decoder) table(marker byte, s []byte) error {
	switch marker {
	case markDQT:
		return d.quantTables(s)
	case markDHT:
		return d.huffmanTables(s)
	case markDRI:
		if len(s) < 2 {
			return damaged("short restart interval")
		}
		d.restart = int(binary.BigEndian.Uint16(s))
	case markAPP0:
		d.jfif = d.jfif || len(s) >= 5 && string(s[:5]) == "JFIF\x00"
	case markAPP14:
		if len(s) >= 12 && string(s[:5]) == "Adobe" {
			d.adobe, d.transform = true, s[11]
		}
	}
	return nil
}

func (d *decoder) quantTables(s []byte) error {
	for len(s) > 0 {
		number, size := s[0]&15, 1+int(s[0]>>4)
		s = s[1:]
		if number > 3 || size > 2 || len(s) < 64*size {
			return damaged("bad quantisation table")
		}
		for i := range 64 {
			v := int32(s[i*size])
			if size == 2 {
				v = v<<8 | int32(s[i*size+1])
			}
			d.quant[number][i] = v
		}
		d.hasQuant[number] = true
		s = s[64*size:]
	}
	return nil
}

func (d *decoder) huffmanTables(s []byte) error {
	for len(s) > 0 {
		class, number := s[0]>>4, s[0]&15
		if class > 1 || number > 3 {
			return damaged("bad Huffman table")
		}
		h, n := newHuffman(s[1:], class == 1)
		if h == nil {
			return damaged("bad Huffman table")
		}
		if class == 0 {
			d.dc[number] = h
		} else {
			d.ac[number] = h
		}
		s = s[1+n:]
	}
	return nil
}

// frame reads the size and the components of the picture.
func (d *decoder) frame(marker byte, s []byte) error {
	if d.size != (image.Point{}) {
		return damaged("a second frame")
	}
	if marker > markSOF2 {
		return unsupported(fmt.Sprintf("process %d", marker-markSOF0))
	}
	if len(s) < 6 || len(s) < 6+3*int(s[5]) {
		return damaged("short frame header")
	}
	if s[0] != 8 {
		return unsupported(fmt.Sprintf("%d bits a sample", s[0]))
	}
	size := image.Pt(int(binary.BigEndian.Uint16(s[3:])), int(binary.BigEndian.Uint16(s[1:])))
	if size.Y == 0 {
		return unsupported("no height before the picture")
	}
	if size.X == 0 {
		return damaged("no width")
	}
	d.size = size
	if size.X*size.Y > maxPixels || d.max.X > 0 && size.X > d.max.X || d.max.Y > 0 && size.Y > d.max.Y {
		return fmt.Errorf("%w: %d × %d pixels", ErrTooLarge, size.X, size.Y)
	}
	n := int(s[5])
	switch {
	case n != 1 && n != 3 && n != 4:
		return unsupported(fmt.Sprintf("%d components", n))
	case marker == markSOF2 || n == 4:
		return errOther
	}
	d.eighths = d.choose(size)
	return d.setComponents(s[6 : 6+3*n])
}

func (d *decoder) setComponents(s []byte) error {
	all := make([]component, len(s)/3)
	for i := range all {
		c := component{id: s[3*i], h: int(s[3*i+1] >> 4), v: int(s[3*i+1] & 15), quant: int(s[3*i+2])}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quant > 3 {
			return damaged("bad component")
		}
		if len(all) == 1 {
			c.h, c.v = 1, 1 // its blocks simply follow each other
		}
		d.hMax, d.vMax = max(d.hMax, c.h), max(d.vMax, c.v)
		all[i] = c
	}
	mcus := image.Pt(ceilDiv(d.size.X, 8*d.hMax), ceilDiv(d.size.Y, 8*d.vMax))
	for i := range all {
		c := &all[i]
		c.across = ceilDiv(ceilDiv(d.size.X*c.h, d.hMax), 8)
		c.down = ceilDiv(ceilDiv(d.size.Y*c.v, d.vMax), 8)
		c.stride = mcus.X * c.h * d.eighths
		c.pix = make([]byte, c.stride*mcus.Y*c.v*d.eighths)
	}
	d.components = all
	return nil
}
