package jpeg_test

import (
	"bytes"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"imagery/internal/picture/jpeg"
)

// photo draws soft shapes, sharp lines like print, and the noise of a sensor.
func photo(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			soft := 60*math.Sin(float64(x)/310) + 50*math.Cos(float64(y)/170)
			grey := 128 + soft + r.NormFloat64()*3
			if y/24%3 == 0 && (x*7919/11^y/5)%5 == 0 && x/400%2 == 0 {
				grey -= 90
			}
			m.SetRGBA(x, y, color.RGBA{level(grey + 20), level(grey), level(grey - soft/2), 255})
		}
	}
	return m
}

func level(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

func encoded(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var twelveMegapixels = sync.OnceValue(func() image.Image { return photo(4032, 3024) })

// benchmarked is a photo of 12 megapixels, or the file that IMAGERY_PHOTO
// names, for comparing with other programs.
func benchmarked(b *testing.B) []byte {
	b.Helper()
	if name := os.Getenv("IMAGERY_PHOTO"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		return data
	}
	return encoded(b, twelveMegapixels(), 85)
}

func BenchmarkDecode(b *testing.B) {
	data := benchmarked(b)
	for name, fit := range map[string]image.Point{"fit1200x900": {1200, 900}, "fit500x375": {500, 375}, "full": {}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := jpeg.Decode(data, fit); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("image/jpeg", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := stdjpeg.Decode(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
