package tiff_test

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"imagery/internal/picture/tiff"
)

func FuzzDecode(f *testing.F) {
	for _, name := range corpus(f) {
		if data := read(f, name); len(data) < 40000 {
			f.Add(data, 0, 0)
			f.Add(data, 50, 0)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, w, h int) {
		file, err := tiff.Open(data)
		if err != nil {
			if !known(err) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		for page := range min(file.Pages(), 3) {
			if o := file.Orientation(page); o < 1 || o > 8 {
				t.Fatalf("orientation %d", o)
			}
			size, sizeErr := file.Size(page)
			if size.X*size.Y > 1<<22 {
				continue // correct, but slow to fuzz
			}
			m, err := file.Decode(page, image.Pt(w, h))
			if err != nil && !known(err) || sizeErr != nil && err == nil || m == nil && err == nil {
				t.Fatalf("%v, %v, %v", m != nil, sizeErr, err)
			}
			if m == nil {
				continue
			}
			got := m.Bounds().Size()
			if got.X < 1 || got.Y < 1 || got.X > size.X || got.Y > size.Y {
				t.Fatalf("%v of %v pixels", got, size)
			}
			b := m.Bounds()
			m.At(b.Min.X, b.Min.Y)
			m.At(b.Max.X-1, b.Max.Y-1)
		}
	})
}

// FuzzFax has strips of fax codes made up, behind a valid directory.
func FuzzFax(f *testing.F) {
	a4, err := os.ReadFile(filepath.Join("testdata", "a4.tif"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(a4[8:2000], 2480, 40, 4, 0, 0)
	f.Add(a4[8:900], 203, 20, 3, 1, 100)
	f.Add([]byte{0, 0x10, 1, 0xff}, 64, 64, 2, 0, 9)
	f.Fuzz(func(t *testing.T, strip []byte, w, h, kind, options, fit int) {
		if w < 1 || h < 1 || w > 5000 || h > 5000 || kind < 2 || kind > 4 {
			return
		}
		data := build(w, h, strip, fields{compression: {uint32(kind)}, t4Options: {uint32(options)}})
		file, err := tiff.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		m, err := file.Decode(0, image.Pt(fit, 0))
		if m == nil && err == nil || err != nil && !known(err) {
			t.Fatalf("%v, %v", m != nil, err)
		}
	})
}
