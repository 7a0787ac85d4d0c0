package jpeg_test

import (
	"image"
	"testing"

	"imagery/internal/picture/jpeg"
)

func FuzzDecode(f *testing.F) {
	for _, data := range corpus(f) {
		f.Add(data, 0, 0)
		f.Add(data, 40, 30)
		f.Add(cutAfter(data, 0.7), 10, 0)
	}
	f.Fuzz(func(t *testing.T, data []byte, w, h int) {
		m, full, err := jpeg.Decode(data, image.Pt(w, h))
		if err != nil && !known(err) {
			t.Fatalf("an error of no kind: %v", err)
		}
		if m == nil {
			if err == nil {
				t.Fatal("neither picture nor error")
			}
			return
		}
		size := m.Bounds().Size()
		if size.X < 1 || size.Y < 1 || size.X > full.X || size.Y > full.Y || full.X*full.Y > 64<<20 {
			t.Fatalf("%v of %v pixels", size, full)
		}
		// The corners reach every plane.
		m.At(0, 0)
		m.At(size.X-1, size.Y-1)
	})
}
