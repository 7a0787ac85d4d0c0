package graphics

import (
	"fmt"
	"image"
	"image/color"
	"testing"
)

func TestScaleAveragesTheAreaOfEveryKindOfPicture(t *testing.T) {
	for name, src := range variants(photo(61, 47)) {
		for _, size := range []image.Point{{20, 15}, {1, 1}, {61, 47}, {60, 46}, {7, 47}, {61, 5}, {100, 90}, {33, 200}} {
			got, want := Scale(src, size.X, size.Y), averaged(src, size.X, size.Y)
			// Chroma is averaged as stored, and clipped after the average.
			limit := 1
			if _, ok := src.(*image.YCbCr); ok {
				limit = 6
			}
			if d := apart(got, want); d > limit {
				t.Errorf("%s to %v: off by up to %d", name, size, d)
			}
		}
	}
}

func TestScaleReadsThePartASubImageShows(t *testing.T) {
	type cropper interface {
		SubImage(r image.Rectangle) image.Image
	}
	for name, src := range variants(photo(64, 64)) {
		part := src.(cropper).SubImage(image.Rect(8, 16, 56, 40))
		limit := 1
		if _, ok := src.(*image.YCbCr); ok {
			limit = 6
		}
		if d := apart(Scale(part, 12, 7), averaged(part, 12, 7)); d > limit {
			t.Errorf("%s: off by up to %d", name, d)
		}
		// Chroma samples that straddle an odd border count only inside it.
		odd := src.(cropper).SubImage(image.Rect(3, 5, 50, 62))
		if d := apart(Scale(odd, 47, 57), averaged(odd, 47, 57)); d > limit {
			t.Errorf("%s, odd: off by up to %d", name, d)
		}
	}
}

func TestScaleKeepsFlatColoursExact(t *testing.T) {
	for _, v := range []uint8{0, 1, 127, 254, 255} {
		src := image.NewGray(image.Rect(0, 0, 1003, 701))
		for i := range src.Pix {
			src.Pix[i] = v
		}
		for _, size := range []image.Point{{1, 1}, {333, 99}, {1003, 2}, {2, 701}} {
			m := Scale(src, size.X, size.Y)
			for i, got := range m.Pix {
				if want := v; i%4 < 3 && got != want || i%4 == 3 && got != 255 {
					t.Fatalf("grey %d at %v became %d", v, size, got)
				}
			}
		}
	}
}

func TestScaleOfManyPixelsDoesNotDependOnTheGoroutines(t *testing.T) {
	src := photo(1200, 1100)
	whole := Scale(src, 300, 211)
	alone := image.NewRGBA(whole.Rect)
	scaleTo(alone, src)(0, 211)
	if d := apart(whole, alone); d != 0 {
		t.Errorf("in parallel some pixels differ by %d", d)
	}
}

func TestScaleSpansHugeRatios(t *testing.T) {
	long := image.NewGray(image.Rect(0, 0, 40000, 3))
	for i := range long.Pix {
		long.Pix[i] = uint8(i % 2 * 200)
	}
	if got := Scale(long, 1, 1).RGBAAt(0, 0); got != (color.RGBA{100, 100, 100, 255}) {
		t.Errorf("40000 columns in one came to %v", got)
	}
	for _, w := range []int{65_794, 2_000_000} {
		grey, colour := image.NewGray(image.Rect(0, 0, w, 1)), image.NewRGBA(image.Rect(0, 0, w/4, 1))
		for i := range grey.Pix {
			grey.Pix[i] = 224
		}
		copy(colour.Pix, grey.Pix)
		for _, m := range []image.Image{grey, colour} {
			if got := Scale(m, 1, 1).RGBAAt(0, 0); got.R != 224 || got.B != 224 {
				t.Errorf("%v of one colour came to %v", m.Bounds(), got)
			}
		}
	}
	dot := image.NewRGBA(image.Rect(0, 0, 1, 1))
	dot.SetRGBA(0, 0, color.RGBA{9, 8, 7, 255})
	if got := Scale(dot, maxSide, 2).RGBAAt(maxSide-1, 1); got != (color.RGBA{9, 8, 7, 255}) {
		t.Errorf("one pixel over %d columns ends in %v", maxSide, got)
	}
}

func TestScaleToNothingIsEmpty(t *testing.T) {
	for _, m := range []*image.RGBA{
		Scale(photo(3, 3), 0, 5), Scale(photo(3, 3), 5, -1), Scale(&image.Gray{}, 5, 5), Scale(photo(3, 3), maxSide+1, 1),
	} {
		if !m.Rect.Empty() {
			t.Errorf("got %v", m.Rect)
		}
	}
}

func TestScaleAveragesTransparencyPremultiplied(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	src.SetNRGBA(0, 0, color.NRGBA{R: 255, A: 255})
	src.SetNRGBA(1, 0, color.NRGBA{G: 255, A: 0})
	if got := Scale(src, 1, 1).RGBAAt(0, 0); got != (color.RGBA{R: 128, A: 128}) {
		t.Errorf("half red, half nothing is %v", got)
	}
}

func TestScaleReadsOpaqueAndTransparentRowsAlike(t *testing.T) {
	for _, w := range []int{1, 2, 3, 8, 9} {
		for clear := range w {
			src := image.NewNRGBA(image.Rect(0, 0, w, 2))
			for x := range w {
				src.SetNRGBA(x, 0, color.NRGBA{200, 100, 40, 255})
				src.SetNRGBA(x, 1, color.NRGBA{200, 100, 40, 255})
			}
			src.SetNRGBA(clear, 1, color.NRGBA{200, 100, 40, 51})
			got := Scale(src, w, 2)
			if a, b := got.RGBAAt(clear, 0), got.RGBAAt(clear, 1); a != (color.RGBA{200, 100, 40, 255}) || b != (color.RGBA{40, 20, 8, 51}) {
				t.Errorf("pixel %d of %d: %v over %v", clear, w, a, b)
			}
		}
	}
}

func TestFlattenPutsTransparencyOnTheBackground(t *testing.T) {
	src := image.NewNRGBA(image.Rect(5, 5, 7, 6))
	src.SetNRGBA(5, 5, color.NRGBA{R: 255, A: 128})
	got := Flatten(src, color.RGBA{0, 0, 200, 255})
	half := got.RGBAAt(0, 0)
	if abs(int(half.R)-128) > 1 || abs(int(half.B)-100) > 1 || half.A != 255 {
		t.Errorf("half red on blue is %v", half)
	}
	if c := got.RGBAAt(1, 0); c != (color.RGBA{0, 0, 200, 255}) {
		t.Errorf("nothing on blue is %v", c)
	}
	solid := photo(4, 4)
	if Flatten(solid, color.White) != solid {
		t.Error("an opaque picture was copied")
	}
}

func TestPadFillsBelowAndCutsWhatIsLarger(t *testing.T) {
	white := color.RGBA{255, 255, 255, 255}
	src := photo(5, 5)
	m := Pad(src, 7, 12, white)
	if m.Rect != image.Rect(0, 0, 7, 12) || m.RGBAAt(6, 0) != white || m.RGBAAt(0, 11) != white {
		t.Errorf("padded to %v", m.Rect)
	}
	if m.RGBAAt(4, 4) != src.RGBAAt(4, 4) {
		t.Error("the picture moved")
	}
	if m := Pad(src, 2, 2, white); m.Rect != image.Rect(0, 0, 2, 2) || m.RGBAAt(1, 1) != src.RGBAAt(1, 1) {
		t.Errorf("cut to %v", m.Rect)
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		srcW, srcH int
		mode       FitMode
		want       Size
	}{
		{4000, 3000, FitInside, Size{W: 800, H: 600, Cols: 80, Rows: 30}},
		{3000, 4000, FitInside, Size{W: 600, H: 800, Cols: 60, Rows: 40}},
		{100, 50, FitInside, Size{W: 100, H: 50, Cols: 10, Rows: 3}},
		{100, 50, FitGrow, Size{W: 800, H: 400, Cols: 80, Rows: 20}},
		{1000, 5000, FitWidth, Size{W: 800, H: 4000, Cols: 80, Rows: 200}},
		{1600, 1200, FitActual, Size{W: 1600, H: 1200, Cols: 160, Rows: 60}},
		{100000, 1, FitInside, Size{W: 800, H: 1, Cols: 80, Rows: 1}},
		{1, 100000, FitWidth, Size{W: 800, H: maxSide, Cols: 80, Rows: 1639}},
		{1, 1, FitInside, Size{W: 1, H: 1, Cols: 1, Rows: 1}},
		{0, 5, FitGrow, Size{}},
	} {
		t.Run(fmt.Sprintf("%dx%d mode %d", c.srcW, c.srcH, c.mode), func(t *testing.T) {
			if got := Fit(c.srcW, c.srcH, 80, 40, 10, 20, c.mode); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestFitNeverLeavesTheArea(t *testing.T) {
	for w := 1; w < 400; w += 7 {
		for h := 1; h < 400; h += 11 {
			for _, mode := range []FitMode{FitInside, FitGrow} {
				s := Fit(w, h, 13, 5, 7, 15, mode)
				if s.W > 13*7 || s.H > 5*15 || s.Cols > 13 || s.Rows > 5 || min(s.W, s.H, s.Cols, s.Rows) < 1 {
					t.Fatalf("%d × %d became %+v", w, h, s)
				}
			}
		}
	}
}
