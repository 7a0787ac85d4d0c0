package tiff_test

import (
	"bytes"
	"image"
	"os"
	"testing"

	xtiff "golang.org/x/image/tiff"

	"imagery/internal/picture/tiff"
)

// benchmarked is an A4 page of text at 300 dpi, group 4, or the file that
// IMAGERY_PAGE names, for comparing with other programs.
func benchmarked(b *testing.B) []byte {
	b.Helper()
	if name := os.Getenv("IMAGERY_PAGE"); name != "" {
		return read(b, name)
	}
	return read(b, "testdata/a4.tif")
}

func BenchmarkDecode(b *testing.B) {
	data := benchmarked(b)
	for name, fit := range map[string]image.Point{"fit1200x1700": {1200, 1700}, "fit500x700": {500, 700}, "full": {}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f, err := tiff.Open(data)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.Decode(0, fit); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("x/image", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := xtiff.Decode(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
