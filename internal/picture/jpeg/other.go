package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
)

const (
	// maxScans is more than progressive pictures have, and maxScanPixels what
	// the largest of them may have in all: each scan costs time for every pixel,
	// however few its bytes.
	maxScans      = 64
	maxScanPixels = 20 * maxPixels
)

// decodeOther has the standard library decode a progressive picture or one of
// four components. What is left of a damaged progressive one is its first
// scans, which show all of it, less sharp.
func decodeOther(s Stream, size image.Point) (image.Image, error) {
	scans := scansOf(s.Data)
	if len(scans) > maxScans || len(scans)*size.X*size.Y > maxScanPixels {
		return nil, fmt.Errorf("%w: %d scans of %d × %d pixels", ErrTooLarge, len(scans), size.X, size.Y)
	}
	head := s.head()
	m, err := decodeStandard(head, s.Data[2:])
	var what stdjpeg.UnsupportedError
	switch {
	case err == nil:
		return m, nil
	case errors.As(err, &what):
		return nil, unsupported(string(what))
	}
	err = damaged("%w", err)
	for n := len(scans) - 1; n > 0; n /= 2 {
		if m, cut := decodeStandard(head, s.Data[2:scans[n]], []byte{0xff, markEOI}); cut == nil {
			return m, err
		}
	}
	return nil, err
}

func decodeStandard(parts ...[]byte) (image.Image, error) {
	return stdjpeg.Decode(bytes.NewReader(bytes.Join(parts, nil)))
}

// head returns what goes before the first segment of Data.
func (s Stream) head() []byte {
	out := []byte{0xff, markSOI}
	if s.Color != ColorMarked {
		out = append(out, 0xff, markAPP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, byte(s.Color-ColorRGB))
	}
	if len(s.Tables) > 2 {
		out = append(out, bytes.TrimSuffix(s.Tables[2:], []byte{0xff, markEOI})...)
	}
	return out
}

// scansOf returns the places of the scan headers.
func scansOf(data []byte) (at []int) {
	d := &decoder{bits: bits{data: data}, pos: 2}
	for {
		before := d.pos
		marker, payload, err := d.segment()
		if err != nil || marker == markEOI || len(at) > maxScans {
			return at
		}
		if marker == markSOS {
			at = append(at, max(before, d.pos-len(payload)-4))
		}
	}
}
