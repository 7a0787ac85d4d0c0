package graphics

import (
	"image"
	"image/color"
	"io"
	"testing"
)

func BenchmarkScale12MP(b *testing.B) {
	src := photo(4000, 3000)
	pal, _ := variants(photo(8, 8))["paletted"].(*image.Paletted)
	big := image.NewPaletted(src.Rect, pal.Palette)
	for i := range big.Pix {
		big.Pix[i] = uint8(i % 5)
	}
	bilevel := image.NewPaletted(src.Rect, color.Palette{color.White, color.Black})
	gray, nrgba := image.NewGray(src.Rect), image.NewNRGBA(src.Rect)
	copy(nrgba.Pix, src.Pix)
	for name, m := range map[string]image.Image{
		"YCbCr420": ycbcr(src, image.YCbCrSubsampleRatio420), "YCbCr444": ycbcr(src, image.YCbCrSubsampleRatio444),
		"RGBA": src, "NRGBA": nrgba, "Gray": gray, "Paletted": big, "Bilevel": bilevel,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Scale(m, 800, 600)
			}
		})
	}
}

func BenchmarkSixel800x1000(b *testing.B) {
	for name, m := range map[string]*image.RGBA{"photo": photo(800, 1000), "scan": scan(800, 1000)} {
		for _, registers := range []int{256, 16} {
			b.Run(name+map[int]string{256: "256", 16: "16"}[registers], func(b *testing.B) {
				var dst []byte
				for b.Loop() {
					dst, _ = AppendSixel(dst[:0], m, registers)
				}
				b.ReportMetric(float64(len(dst)), "bytes")
			})
		}
	}
}

func BenchmarkKitty800x600(b *testing.B) {
	for name, m := range map[string]*image.RGBA{"photo": photo(800, 600), "scan": scan(800, 600)} {
		for format, suffix := range []string{"Raw", "Zlib", "PNG"} {
			b.Run(name+suffix, func(b *testing.B) {
				n := 0
				for b.Loop() {
					text, _ := transmit(16, m, 80, 30, KittyFormat(format))
					n = len(text)
				}
				b.ReportMetric(float64(n), "bytes")
			})
		}
	}
}

func BenchmarkInlineJPEG800x600(b *testing.B) {
	m := photo(800, 600)
	n := 0
	for b.Loop() {
		text, _ := Inline(m, 80, 30, InlineJPEG)
		n = len(text)
	}
	b.ReportMetric(float64(n), "bytes")
}

func BenchmarkCells200x60(b *testing.B) {
	m := photo(400, 120)
	for mode, name := range []string{"TrueColor", "Palette256", "Palette16"} {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = 0
				for _, line := range Cells(m, 200, 60, CellMode{Colors: CellColors(mode)}) {
					n += len(line)
				}
			}
			b.ReportMetric(float64(n), "bytes")
		})
	}
}

func BenchmarkPlaceholders200x60(b *testing.B) {
	for b.Loop() {
		Placeholders(16, 200, 60)
	}
}

func BenchmarkPassthrough(b *testing.B) {
	text, _ := transmit(16, photo(800, 600), 80, 30, KittyRaw)
	for b.Loop() {
		_, _ = io.Discard.Write(Passthrough(text))
	}
}
