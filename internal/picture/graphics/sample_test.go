package graphics

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
)

// photo is smooth, colourful and a little noisy, as photographs are.
func photo(w, h int) *image.RGBA {
	rng := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			noise := rng.Float64()*8 - 4
			m.SetRGBA(x, y, color.RGBA{
				R: level(128 + 100*math.Sin(5*u+3*v) + noise),
				G: level(128 + 90*math.Sin(3*u-4*v+1) + noise),
				B: level(110 + 90*math.Cos(4*u*v*3+2*u) + noise),
				A: 255,
			})
		}
	}
	return m
}

// scan is mostly paper, with lines of dark strokes and a red seal.
func scan(w, h int) *image.RGBA {
	rng := rand.New(rand.NewPCG(3, 4))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(244 + rng.IntN(8))
			c := color.RGBA{R: v, G: v, B: v - 3, A: 255}
			dx, dy := x-w*3/4, y-h*3/4
			switch {
			case y%20 < 9 && x > w/10 && x < w*9/10 && (x*7+x/9*y)%11 < 4:
				c = color.RGBA{R: 40, G: 40, B: 48, A: 255}
			case dx*dx+dy*dy < w*w/64:
				c = color.RGBA{R: 210, G: 40, B: 50, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// variants are one picture as each of the types with a path of its own, and
// one without.
func variants(src *image.RGBA) map[string]image.Image {
	b := src.Bounds()
	gray, nrgba := image.NewGray(b), image.NewNRGBA(b)
	pal := image.NewPaletted(b, color.Palette{
		color.RGBA{0, 0, 0, 255},
		color.RGBA{250, 250, 250, 255},
		color.RGBA{200, 20, 30, 255},
		color.RGBA{30, 160, 40, 255},
		color.RGBA{0, 40, 200, 255},
		color.RGBA{},
	})
	bilevel := image.NewPaletted(b, color.Palette{color.White, color.Black})
	deep := image.NewNRGBA64(b)
	for _, m := range []draw.Image{gray, nrgba, pal, bilevel, deep} {
		draw.Draw(m, b, src, b.Min, draw.Src)
	}
	set := map[string]image.Image{
		"rgba": src, "gray": gray, "nrgba": nrgba, "paletted": pal, "bilevel": bilevel, "nrgba64": deep,
	}
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		set["ycbcr"+ratio.String()[len("YCbCrSubsampleRatio"):]] = ycbcr(src, ratio)
	}
	return set
}

func ycbcr(src *image.RGBA, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	m := image.NewYCbCr(src.Rect, ratio)
	for y := src.Rect.Min.Y; y < src.Rect.Max.Y; y++ {
		for x := src.Rect.Min.X; x < src.Rect.Max.X; x++ {
			c := src.RGBAAt(x, y)
			l, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			m.Y[m.YOffset(x, y)], m.Cb[m.COffset(x, y)], m.Cr[m.COffset(x, y)] = l, cb, cr
		}
	}
	return m
}

// averaged is what Scale should come to, computed the slow and obvious way.
func averaged(src image.Image, w, h int) *image.RGBA {
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			x0, x1 := float64(x)*float64(b.Dx())/float64(w), float64(x+1)*float64(b.Dx())/float64(w)
			y0, y1 := float64(y)*float64(b.Dy())/float64(h), float64(y+1)*float64(b.Dy())/float64(h)
			dst.SetRGBA(x, y, meanOf(src, x0, y0, x1, y1))
		}
	}
	return dst
}

func meanOf(src image.Image, x0, y0, x1, y1 float64) color.RGBA {
	b := src.Bounds()
	var sum [4]float64
	for y := int(y0); float64(y) < y1 && y < b.Dy(); y++ {
		for x := int(x0); float64(x) < x1 && x < b.Dx(); x++ {
			part := (min(x1, float64(x+1)) - max(x0, float64(x))) * (min(y1, float64(y+1)) - max(y0, float64(y)))
			r, g, b, a := src.At(b.Min.X+x, b.Min.Y+y).RGBA()
			for i, v := range []uint32{r, g, b, a} {
				sum[i] += part * float64(v) / 257
			}
		}
	}
	area := (x1 - x0) * (y1 - y0)
	return color.RGBA{level(sum[0] / area), level(sum[1] / area), level(sum[2] / area), level(sum[3] / area)}
}

func level(v float64) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// apart is the largest difference of any channel, 256 when the sizes differ.
func apart(a, b *image.RGBA) int {
	if a.Rect.Size() != b.Rect.Size() {
		return 256
	}
	worst := 0
	for y := range a.Rect.Dy() {
		ra, rb := rowOf(a, y), rowOf(b, y)
		for i := range ra {
			worst = max(worst, abs(int(ra[i])-int(rb[i])))
		}
	}
	return worst
}
