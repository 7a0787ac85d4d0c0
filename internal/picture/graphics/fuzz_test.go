package graphics

import (
	"image"
	"testing"
)

// FuzzSizes draws pictures of any size and type on any area, looking for
// panics.
func FuzzSizes(f *testing.F) {
	f.Add(uint16(1), uint16(1), uint16(1), uint16(1), uint8(0), uint8(2))
	f.Add(uint16(7), uint16(300), uint16(97), uint16(2), uint8(6), uint8(16))
	f.Add(uint16(0), uint16(5), uint16(3), uint16(0), uint8(1), uint8(0))
	f.Add(uint16(64), uint16(64), uint16(33), uint16(31), uint8(9), uint8(255))
	f.Fuzz(func(t *testing.T, srcW, srcH, w, h uint16, kind, registers uint8) {
		sw, sh, dw, dh := int(srcW%200), int(srcH%200), int(w%200), int(h%200)
		base := photo(sw+3, sh+2)
		var src image.Image = base.SubImage(image.Rect(3, 2, 3+sw, 2+sh))
		if sw > 0 && sh > 0 {
			src = pick(src.(*image.RGBA), kind)
		}
		fit := Fit(sw, sh, dw, dh, 1+int(kind%12), 1+int(registers%24), FitMode(kind%4))
		m := Scale(src, min(fit.W, 300), min(fit.H, 300))
		_, _ = AppendSixel(nil, m, int(registers))
		_, _ = AppendSixel(nil, src, int(registers))
		_, _ = transmit(int(registers), m, dw, dh, KittyFormat(kind%3))
		_, _ = Inline(src, dw, dh, InlineFormat(kind%2))
		Placeholders(int(registers), dw, dh)
		if lines := Cells(src, dw/2, dh/2, CellMode{CellColors(kind % 3), kind%2 == 0}); lines != nil && len(lines) != dh/2 {
			t.Errorf("%d lines, want %d", len(lines), dh/2)
		}
	})
}

func pick(src *image.RGBA, kind uint8) image.Image {
	names := []string{"rgba", "gray", "nrgba", "paletted", "bilevel", "nrgba64", "ycbcr444", "ycbcr420", "ycbcr410", "ycbcr411"}
	return variants(src)[names[int(kind)%len(names)]]
}
