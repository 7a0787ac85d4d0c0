package preview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strconv"
	"strings"

	"imagery/internal/picture"
)

const jpegQuality = 90

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// writePicture sends pixels: exactly what has no colours, as scans and faxes, unless lossy says that it was compressed with loss before.
func writePicture(w http.ResponseWriter, r *picture.Result, lossy bool) {
	m := opaque(r.Image)
	var b bytes.Buffer
	kind, err := "image/png", error(nil)
	if g := grey(m); g != nil && !lossy {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, g)
	} else {
		kind, err = "image/jpeg", jpeg.Encode(&b, m, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		fail(w, fmt.Errorf("%w: %w", picture.ErrDamaged, err))
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes())
}

// opaque puts a picture on white, as paper is, whatever the theme.
func opaque(m *image.RGBA) *image.RGBA {
	if m.Opaque() {
		return m
	}
	out := image.NewRGBA(m.Rect)
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, m.Rect.Min, draw.Over)
	return out
}

// grey returns an opaque picture without its colours, nil if it has any.
func grey(m *image.RGBA) *image.Gray {
	out := image.NewGray(m.Rect)
	for y := range m.Rect.Dy() {
		row, to := m.Pix[y*m.Stride:], out.Pix[y*out.Stride:]
		for x := range m.Rect.Dx() {
			p := row[4*x : 4*x+4]
			if p[0] != p[1] || p[1] != p[2] {
				return nil
			}
			to[x] = p[0]
		}
	}
	return out
}

// writePlaceholder stands for a file without a picture: a sheet with a word, which is never the server's.
func writePlaceholder(w http.ResponseWriter, word string) {
	w.Header().Set("Content-Type", "image/svg+xml")
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="320" viewBox="0 0 240 320">`+
		`<path d="M30 20h130l50 50v230H30z M160 20v50h50" fill="#8882" stroke="#888" stroke-width="3"/>`+
		`<text x="120" y="190" font-family="sans-serif" font-size="44" text-anchor="middle" fill="#888">%s</text></svg>`, word)
}

// stream sends a file of size bytes, -1 when that is not known, or the one range of it that a player or viewer asks for. The platform is
// not asked for ranges, which not every one gives: what is before is read and dropped.
func stream(w http.ResponseWriter, r *http.Request, in io.Reader, size int64) {
	status, from, to := http.StatusOK, int64(0), size
	if size >= 0 {
		w.Header().Set("Accept-Ranges", "bytes")
		if a, b, ok := oneRange(r.Header.Get("Range"), size); ok {
			status, from, to = http.StatusPartialContent, a, b
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", a, b-1, size))
		}
		w.Header().Set("Content-Length", strconv.FormatInt(to-from, 10))
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(status)
		return
	}
	if _, err := io.CopyN(io.Discard, in, from); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(status)
	if size >= 0 {
		in = io.LimitReader(in, to-from)
	}
	_, _ = io.Copy(w, in)
}

// oneRange reads a Range header with a single range of a file of size bytes, as the half-open interval it means. Anything else is as if
// it were not there, which HTTP allows.
func oneRange(header string, size int64) (from, to int64, ok bool) {
	spec, found := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !found || !dash {
		return 0, 0, false
	}
	if first == "" { // the last so many
		n, err := strconv.ParseInt(last, 10, 64)
		return max(0, size-n), size, err == nil && n > 0 && size > 0
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 || from >= size {
		return 0, 0, false
	}
	if last == "" {
		return from, size, true
	}
	to, err = strconv.ParseInt(last, 10, 64)
	return from, min(to, size-1) + 1, err == nil && to >= from
}
