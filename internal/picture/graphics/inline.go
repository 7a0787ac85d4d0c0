package graphics

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
)

// InlineFormat is the file format of an iTerm2 inline image.
type InlineFormat uint8

const (
	// InlinePNG is exact; for documents and drawings.
	InlinePNG InlineFormat = iota
	// InlineJPEG is several times smaller for photographs.
	InlineJPEG
)

// jpegQuality leaves no artefacts visible at one pixel for one.
const jpegQuality = 88

// Inline returns the iTerm2 command that draws img at the cursor, which stays
// where it is, inside cols × rows cells. The error is ErrSize for an img
// without pixels, with a side over 32768, or for less than one cell.
func Inline(img image.Image, cols, rows int, format InlineFormat) ([]byte, error) {
	m := opaque(img)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if min(w, h) < 1 || max(w, h) > maxSide {
		return nil, fmt.Errorf("inlining %d × %d pixels: %w", w, h, ErrSize)
	}
	if format == InlinePNG {
		return InlineFile(appendPNG(nil, m), cols, rows)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, fmt.Errorf("inlining %d × %d pixels: %w", w, h, err)
	}
	return InlineFile(b.Bytes(), cols, rows)
}

// InlineFile returns the iTerm2 command that draws the bytes of a picture
// file, of any format the terminal knows, as Inline does. The error is ErrSize
// for no bytes or less than one cell.
func InlineFile(file []byte, cols, rows int) ([]byte, error) {
	if len(file) == 0 || min(cols, rows) < 1 {
		return nil, fmt.Errorf("inlining %d bytes on %d × %d cells: %w", len(file), cols, rows, ErrSize)
	}
	out := make([]byte, 0, base64.StdEncoding.EncodedLen(len(file))+128)
	out = fmt.Appendf(out, "\x1b]1337;File=inline=1;size=%d;width=%d;height=%d;"+
		"preserveAspectRatio=1;doNotMoveCursor=1:", len(file), cols, rows)
	out = base64.StdEncoding.AppendEncode(out, file)
	return append(out, '\a'), nil
}
