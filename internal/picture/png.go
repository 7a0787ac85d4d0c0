package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
)

// decodePNG decodes a PNG file, mending one that is cut short or has wrong checksums.
func decodePNG(file []byte) (img image.Image, damaged bool, err error) {
	img, err = png.Decode(bytes.NewReader(file))
	if err == nil {
		return img, false, nil
	}
	var unsupported png.UnsupportedError
	if errors.As(err, &unsupported) {
		return nil, false, &UnsupportedError{PNG, NoteVariant}
	}
	mended, err := mendPNG(file)
	if err == nil {
		img, err = png.Decode(bytes.NewReader(mended))
	}
	if err != nil {
		return nil, true, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return img, true, nil
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngHeader is the content of an IHDR chunk.
type pngHeader []byte

func (h pngHeader) size() image.Point {
	return image.Pt(int(binary.BigEndian.Uint32(h)), int(binary.BigEndian.Uint32(h[4:])))
}
func (h pngHeader) depth() int       { return int(h[8]) }
func (h pngHeader) colour() byte     { return h[9] }
func (h pngHeader) interlaced() bool { return h[12] != 0 }

// bits is how many a pixel has, 0 when the header is wrong.
func (h pngHeader) bits() int {
	return h.depth() * map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[h.colour()]
}

// headerOfPNG returns the header of a file that begins with one, whatever its checksum.
func headerOfPNG(file []byte) (pngHeader, error) {
	if len(file) < 33 || string(file[12:16]) != "IHDR" {
		return nil, fmt.Errorf("%w: png: no header", ErrDamaged)
	}
	h := pngHeader(file[16:29])
	if s := h.size(); s.X <= 0 || s.Y <= 0 || h.bits() == 0 || h.depth() > 16 || h[8]&(h[8]-1) != 0 {
		return nil, fmt.Errorf("%w: png: header", ErrDamaged)
	}
	return h, nil
}

// mendPNG writes a sound PNG file of what can be read of a damaged one: its header, palette and as many bytes of its lines as can be
// unpacked, filled up to their number. It is stored without compression.
func mendPNG(file []byte) ([]byte, error) {
	h, err := headerOfPNG(file)
	if err != nil {
		return nil, err
	}
	var out, packed bytes.Buffer
	out.WriteString(pngSignature)
	writeChunk(&out, "IHDR", h)
	for rest := file[33:]; len(rest) >= 8; {
		size := int(min(uint64(binary.BigEndian.Uint32(rest)), uint64(len(rest)-8)))
		kind, body := string(rest[4:8]), rest[8:8+size]
		switch kind {
		case "PLTE", "tRNS":
			writeChunk(&out, kind, body)
		case "IDAT":
			packed.Write(body)
		}
		rest = rest[min(len(rest), size+12):]
	}
	lines := unpackLines(h, &packed)
	if lines == nil {
		return nil, fmt.Errorf("%w: png: no lines", ErrDamaged)
	}
	var stored bytes.Buffer
	z, err := zlib.NewWriterLevel(&stored, zlib.NoCompression)
	if err == nil {
		_, err = z.Write(lines)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, err
	}
	writeChunk(&out, "IDAT", stored.Bytes())
	writeChunk(&out, "IEND", nil)
	return out.Bytes(), nil
}

// unpackLines returns all lines of a picture, grey or of the first colour where they are missing; nil without any. It reads past the
// checksum of the compressed data, which says nothing new.
func unpackLines(h pngHeader, packed io.Reader) []byte {
	z, err := zlib.NewReader(packed)
	if err != nil {
		return nil
	}
	total := 0
	for _, pass := range h.passes() {
		if pass.X > 0 {
			total += pass.Y * (1 + (pass.X*h.bits()+7)/8)
		}
	}
	lines := make([]byte, total)
	n, _ := io.ReadFull(z, lines)
	if n == 0 {
		return nil
	}
	at := 0
	for _, pass := range h.passes() {
		line := 1 + (pass.X*h.bits()+7)/8
		for y := 0; y < pass.Y && pass.X > 0; y++ {
			h.blank(lines[at:at+line], n-at)
			at += line
		}
	}
	return lines
}

// blank fills a line of which only the first known bytes were read.
func (h pngHeader) blank(line []byte, known int) {
	if known >= len(line) {
		return
	}
	if known <= 0 {
		line[0] = 0
		known = 1
	}
	if h.colour() == 3 || line[0] != 0 { // a palette may lack the colour; a filter adds what comes before
		return
	}
	for i := range line[known:] {
		line[known+i] = 0x80
	}
}

// passes are the sizes of the pictures a file has one behind the other: itself, or the seven of an interlaced one.
func (h pngHeader) passes() []image.Point {
	s := h.size()
	if !h.interlaced() {
		return []image.Point{s}
	}
	var passes []image.Point
	for _, p := range [...]struct{ x, y, dx, dy int }{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		passes = append(passes, image.Pt((s.X-p.x+p.dx-1)/p.dx, (s.Y-p.y+p.dy-1)/p.dy))
	}
	return passes
}

func writeChunk(out *bytes.Buffer, kind string, body []byte) {
	var number [4]byte
	binary.BigEndian.PutUint32(number[:], uint32(len(body)))
	out.Write(number[:])
	start := out.Len()
	out.WriteString(kind)
	out.Write(body)
	binary.BigEndian.PutUint32(number[:], crc32.ChecksumIEEE(out.Bytes()[start:]))
	out.Write(number[:])
}
