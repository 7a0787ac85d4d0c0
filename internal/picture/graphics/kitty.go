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

// KittyImage is a picture packed for kitty, under no number yet: that is the
// costly part, and can be done ahead and elsewhere.
type KittyImage struct {
	// control describes the pixels, first is the payload of the first command,
	// and rest are the commands after that.
	control     string
	first, rest []byte
}

// PackKitty packs img. The error is ErrSize for an img that is empty or has a
// side over 10000 pixels.
func PackKitty(img image.Image, format KittyFormat) (KittyImage, error) {
	m := opaque(img)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if min(w, h) < 1 || max(w, h) > kittySide {
		return KittyImage{}, fmt.Errorf("packing %d × %d pixels: %w", w, h, ErrSize)
	}
	switch format {
	case KittyPNG:
		return kittyChunks("f=100", appendPNG(nil, m)), nil
	case KittyZlib:
		return kittyChunks(fmt.Sprintf("f=24,o=z,s=%d,v=%d", w, h), deflate(packRGB(m))), nil
	}
	return kittyChunks(fmt.Sprintf("f=24,s=%d,v=%d", w, h), packRGB(m)), nil
}

// Size is how many bytes sending the picture takes, but for a hundred or so.
func (k KittyImage) Size() int { return len(k.first) + len(k.rest) }

// Transmit returns the kitty commands that send the picture as image id, to be
// shown by Placeholders(id, cols, rows) alone. The terminal fits it into that
// many cells. It answers nothing, whether it worked or not. The error is ErrID,
// or ErrSize for cells outside 1 to MaxCells.
func (k KittyImage) Transmit(id, cols, rows int) ([]byte, error) {
	if min(cols, rows) < 1 || max(cols, rows) > MaxCells {
		return nil, fmt.Errorf("placing image %d on %d × %d cells: %w", id, cols, rows, ErrSize)
	}
	return k.send(id, fmt.Sprintf("a=T,U=1,i=%d,c=%d,r=%d", id, cols, rows))
}

// Place returns the kitty commands that send the picture as image id and draw
// it at the cursor, which stays where it is, as the given placement (1 or
// more). It covers cols × rows cells, or as many as its pixels need when either
// is 0. The error is ErrID.
func (k KittyImage) Place(id, placement, cols, rows int) ([]byte, error) {
	return k.send(id, "a=T,"+placing(id, placement, cols, rows))
}

// Store returns the kitty commands that send the picture as image id and draw
// nothing: Put does. The error is ErrID.
func (k KittyImage) Store(id int) ([]byte, error) {
	return k.send(id, fmt.Sprintf("a=t,i=%d", id))
}

func (k KittyImage) send(id int, control string) ([]byte, error) {
	if id < FirstID || id > LastID {
		return nil, fmt.Errorf("sending image %d: %w", id, ErrID)
	}
	more := 0
	if len(k.rest) > 0 {
		more = 1
	}
	out := make([]byte, 0, k.Size()+len(control)+len(k.control)+32)
	out = fmt.Appendf(out, "\x1b_G%s,q=2,%s,m=%d;", control, k.control, more)
	out = append(out, k.first...)
	out = append(out, "\x1b\\"...)
	return append(out, k.rest...), nil
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

// kittyChunks splits data over as many commands as it needs.
func kittyChunks(control string, data []byte) KittyImage {
	const raw = kittyChunk / 4 * 3
	n := min(len(data), raw)
	k := KittyImage{control: control, first: base64.StdEncoding.AppendEncode(nil, data[:n])}
	data = data[n:]
	if len(data) == 0 {
		return k
	}
	k.rest = make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+16*ceilDiv(len(data), raw))
	for len(data) > 0 {
		n := min(len(data), raw)
		k.rest = append(k.rest, "\x1b_Gq=2,m="...)
		if n < len(data) {
			k.rest = append(k.rest, "1;"...)
		} else {
			k.rest = append(k.rest, "0;"...)
		}
		k.rest = base64.StdEncoding.AppendEncode(k.rest, data[:n])
		k.rest = append(k.rest, "\x1b\\"...)
		data = data[n:]
	}
	return k
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
