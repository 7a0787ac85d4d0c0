package graphics

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"image"
	"strconv"
	"strings"
)

const (
	// FirstID is the lowest kitty image number: those below, as colours of the
	// 256 that name one in a placeholder, may be changed by a theme.
	FirstID = 16
	// LastID is the highest kitty image number that a colour of the 256 can name.
	LastID = 255

	// kittyChunk is the most base64 bytes one kitty command may carry.
	kittyChunk = 4096
	// kittySide is the longest side, in pixels, kitty takes.
	kittySide   = 10000
	placeholder = "\U0010EEEE"
)

// KittyFormat is how the pixels of a kitty transmission are packed.
type KittyFormat uint8

const (
	// KittyRaw sends three plain bytes a pixel: quickest on one machine.
	KittyRaw KittyFormat = iota
	// KittyZlib deflates those bytes lightly, for documents over a network.
	KittyZlib
	// KittyPNG sends a PNG: smaller than KittyZlib for photographs.
	KittyPNG
)

// Transmit returns the kitty commands that send img as image id, to be shown
// by Placeholders(id, cols, rows) alone. The terminal fits it into that many
// cells. It answers nothing, whether it worked or not. The error is ErrID, or
// ErrSize for an img that is empty or over 10000 pixels, or for cells outside
// 1 to MaxCells.
func Transmit(id int, img image.Image, cols, rows int, format KittyFormat) ([]byte, error) {
	if min(cols, rows) < 1 || max(cols, rows) > MaxCells {
		return nil, fmt.Errorf("placing image %d on %d × %d cells: %w", id, cols, rows, ErrSize)
	}
	return kittyImage(id, img, fmt.Sprintf("a=T,U=1,i=%d,c=%d,r=%d", id, cols, rows), format)
}

// Place returns the kitty commands that send img as image id and draw it at
// the cursor, which stays where it is, as the given placement (1 or more). It
// covers cols × rows cells, or as many as its pixels need when either is 0.
// Errors are those of Transmit.
func Place(id, placement int, img image.Image, cols, rows int, format KittyFormat) ([]byte, error) {
	return kittyImage(id, img, "a=T,"+placing(id, placement, cols, rows), format)
}

// Put returns the kitty command that draws image id, sent before and not
// deleted, at the cursor, as Place does. A placement that is already drawn
// moves.
func Put(id, placement, cols, rows int) string {
	return "\x1b_Ga=p," + placing(id, placement, cols, rows) + ",q=2\x1b\\"
}

func placing(id, placement, cols, rows int) string {
	s := fmt.Sprintf("C=1,i=%d,p=%d", id, placement)
	if min(cols, rows) < 1 {
		return s
	}
	return s + fmt.Sprintf(",c=%d,r=%d", cols, rows)
}

// Delete returns the kitty command that removes image id, wherever it is
// drawn, and frees its pixels in the terminal.
func Delete(id int) string {
	return fmt.Sprintf("\x1b_Ga=d,d=I,i=%d,q=2\x1b\\", id)
}

// DeletePlacement returns the kitty command that removes one placement of
// image id and keeps its pixels for Put.
func DeletePlacement(id, placement int) string {
	return fmt.Sprintf("\x1b_Ga=d,d=i,i=%d,p=%d,q=2\x1b\\", id, placement)
}

// Placeholders returns the text, one string for each of rows, in whose place a
// terminal draws image id: cols cells wide by any measure of width. Every cell
// names its row and column, so that rows may be cut, overlaid and redrawn in
// parts. It returns nil for an id or a size Transmit refuses.
func Placeholders(id, cols, rows int) []string {
	if id < FirstID || id > LastID || min(cols, rows) < 1 || max(cols, rows) > MaxCells {
		return nil
	}
	marks := diacritics()
	lines := make([]string, rows)
	for y := range lines {
		var b strings.Builder
		b.Grow(cols*12 + 16)
		b.WriteString("\x1b[38;5;" + strconv.Itoa(id) + "m")
		for x := range cols {
			b.WriteString(placeholder)
			b.WriteString(marks[y])
			b.WriteString(marks[x])
		}
		b.WriteString("\x1b[39m")
		lines[y] = b.String()
	}
	return lines
}

// kittyImage is the transmission of img under the given control data.
func kittyImage(id int, img image.Image, control string, format KittyFormat) ([]byte, error) {
	m := opaque(img)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if id < FirstID || id > LastID {
		return nil, fmt.Errorf("sending image %d: %w", id, ErrID)
	}
	if min(w, h) < 1 || max(w, h) > kittySide {
		return nil, fmt.Errorf("sending image %d of %d × %d pixels: %w", id, w, h, ErrSize)
	}
	control += ",q=2"
	switch format {
	case KittyPNG:
		data := appendPNG(nil, m)
		return kittyChunks(control+",f=100", data), nil
	case KittyZlib:
		control += fmt.Sprintf(",f=24,o=z,s=%d,v=%d", w, h)
		return kittyChunks(control, deflate(packRGB(m))), nil
	}
	control += fmt.Sprintf(",f=24,s=%d,v=%d", w, h)
	return kittyChunks(control, packRGB(m)), nil
}

// kittyChunks splits data over as many commands as it needs; only the first
// has the control data.
func kittyChunks(control string, data []byte) []byte {
	const raw = kittyChunk / 4 * 3
	chunks := ceilDiv(len(data), raw)
	out := make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+len(control)+16*chunks)
	for len(data) > 0 {
		n := min(len(data), raw)
		out = append(out, "\x1b_G"...)
		out = append(out, control...)
		switch {
		case n < len(data):
			out = append(out, ",m=1;"...)
		default:
			out = append(out, ",m=0;"...)
		}
		out = base64.StdEncoding.AppendEncode(out, data[:n])
		out = append(out, "\x1b\\"...)
		data, control = data[n:], "q=2"
	}
	return out
}

// packRGB drops every fourth byte of a picture from opaque.
func packRGB(m *image.RGBA) []byte {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := make([]byte, 3*w*h)
	for y := range h {
		packRow(out[3*w*y:], rowOf(m, y))
	}
	return out
}

func packRow(out, in []uint8) {
	for len(in) >= 4 && len(out) >= 3 {
		out[0], out[1], out[2] = in[0], in[1], in[2]
		in, out = in[4:], out[3:]
	}
}

// deflate compresses as fast as zlib goes; writing to memory cannot fail.
func deflate(data []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(data) / 2)
	z, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}
