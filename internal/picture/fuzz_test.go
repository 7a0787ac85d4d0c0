package picture

import (
	"errors"
	"image"
	"testing"
)

// FuzzOpenAndRender covers everything that is decoded by Go code. What runs as WebAssembly is somebody else's to fuzz, and slow.
func FuzzOpenAndRender(f *testing.F) {
	m := cornerPicture()
	for _, seed := range [][]byte{
		jpegOf(f, m, 6), pngOf(f, m, 3), interlacedPNG(f), gifOf(f, 2), bmpOf(f, m), tiffOf(m, 8), testdata(f, "corners.webp"), webpOf(testdata(f, "lossless.webp"), 5),
		ofdOf(f, jpegOf(f, m, 1), `<ofd:ImageObject ID="2" ResourceID="5" Boundary="1 1 9 9" CTM="0 9 -9 0 9 0"/>`), []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00avc1"),
		zipOf(f, "a", "b"), pngHeaderOf(30000, 30000, 8, 6),
	} {
		f.Add(seed, 10, 10, 40, 30)
		f.Add(seed[:len(seed)*2/3], 0, 0, 0, 0)
	}
	f.Fuzz(func(t *testing.T, data []byte, x, y, w, h int) {
		switch Sniff(data) {
		case PDF, HEIC:
			return
		}
		file, err := (&Decoder{}).Open(t.Context(), data)
		if err != nil {
			known(t, err)
			return
		}
		if s := file.Info.Size(1); s.X*s.Y > 4_000_000 { // it would be decoded, slowly
			return
		}
		r, err := file.Render(t.Context(), 1, image.Pt(1+abs(w%300), 1+abs(h%300)), Options{Region: image.Rect(x, y, x+w, y+h), Grow: x%2 == 0})
		if err != nil {
			known(t, err)
			return
		}
		if n := r.Image.Rect.Dx() * r.Image.Rect.Dy(); n == 0 || n > MaxResult || len(r.Image.Pix) < 4*n || r.Image.Rect.Min != (image.Point{}) {
			t.Errorf("%v with %d bytes", r.Image.Rect, len(r.Image.Pix))
		}
	})
}

// FuzzDocuments covers our side of what WebAssembly modules decode: PDF and HEIC. Whatever a module does to itself, the answer is a
// picture or a documented error, and the next document is shown.
func FuzzDocuments(f *testing.F) {
	for _, seed := range [][]byte{pdfOf(90, 60, ""), testdata(f, "password.pdf"), testdata(f, "corners.heic"), []byte("%PDF-1.7\n"), []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")} {
		f.Add(seed)
		f.Add(seed[:len(seed)*2/3])
	}
	d := &Decoder{}
	for _, kind := range [][]byte{pdfOf(90, 60, ""), testdata(f, "corners.heic")} { // compiling the modules takes longer than an input may
		if _, err := d.Open(f.Context(), kind); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if kind := Sniff(data); kind != PDF && kind != HEIC {
			return
		}
		file, err := d.Open(t.Context(), data)
		if err != nil {
			known(t, err)
			return
		}
		if s := file.Info.Size(1); s.X*s.Y > 4_000_000 {
			return
		}
		r, err := file.Render(t.Context(), 1, image.Pt(40, 30), Options{})
		if err != nil {
			known(t, err)
		} else if n := r.Image.Rect.Dx() * r.Image.Rect.Dy(); n == 0 || n > MaxResult || len(r.Image.Pix) < 4*n {
			t.Errorf("%v with %d bytes", r.Image.Rect, len(r.Image.Pix))
		}
	})
}

func abs(v int) int { return max(v, -v) }

// known fails for errors that are none of the documented.
func known(t *testing.T, err error) {
	for _, want := range []error{ErrDamaged, ErrTooLarge, ErrUnsupported} {
		if errors.Is(err, want) {
			return
		}
	}
	t.Errorf("undocumented error: %v", err)
}
