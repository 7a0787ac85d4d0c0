package paper

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"imagery/assets"
)

// canvas is a picture being drawn, in pixels.
type canvas struct {
	*image.RGBA
	r *rand.Rand // decides what differs from document to document
}

var (
	white = color.RGBA{255, 255, 255, 255}
	black = color.RGBA{25, 25, 30, 255}
	grey  = color.RGBA{120, 120, 125, 255}
	blue  = color.RGBA{30, 50, 140, 255}
	red   = color.RGBA{190, 30, 40, 255}
	mark  = color.NRGBA{200, 60, 60, 70} // the watermark
)

func newCanvas(w, h int, paper color.Color, r *rand.Rand) *canvas {
	c := &canvas{image.NewRGBA(image.Rect(0, 0, w, h)), r}
	draw.Draw(c.RGBA, c.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return c
}

// typeface is the shipped font; one that cannot be read is a broken build.
var typeface = sync.OnceValues(func() (*opentype.Font, error) {
	raw, err := assets.FS.ReadFile("fonts/NotoSansCJKsc-subset.otf")
	if err != nil {
		return nil, err
	}
	return opentype.Parse(raw)
})

// face returns the font at a size in pixels. Faces keep glyph buffers and are not for concurrent use, so each drawing has its own.
func face(size float64) (font.Face, error) {
	f, err := typeface()
	if err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
}

// text writes s with its baseline at y and returns where it ends. A font that cannot be had draws nothing; Render reports it.
func (c *canvas) text(x, y int, size float64, ink color.Color, s string) int {
	f, err := face(size)
	if err != nil {
		return x
	}
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(ink), Face: f, Dot: fixed.P(x, y)}
	d.DrawString(s)
	return d.Dot.X.Round()
}

// center writes s around x.
func (c *canvas) center(x, y int, size float64, ink color.Color, s string) {
	f, err := face(size)
	if err != nil {
		return
	}
	c.text(x-font.MeasureString(f, s).Round()/2, y, size, ink, s)
}

// paragraph writes s in lines of w pixels from x, y on and returns the baseline behind the last.
func (c *canvas) paragraph(x, y, w int, size float64, s string) int {
	f, err := face(size)
	if err != nil {
		return y
	}
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(black), Face: f, Dot: fixed.P(x+int(2*size), y)}
	lead := int(size * 1.65)
	for _, r := range s {
		adv, _ := f.GlyphAdvance(r)
		if d.Dot.X.Round()+adv.Round() > x+w {
			y += lead
			d.Dot = fixed.P(x, y)
		}
		d.DrawString(string(r))
	}
	return y + lead
}

// box draws a frame of the given thickness.
func (c *canvas) box(x, y, w, h, thick int, ink color.Color) {
	c.fill(x, y, w, thick, ink)
	c.fill(x, y+h-thick, w, thick, ink)
	c.fill(x, y, thick, h, ink)
	c.fill(x+w-thick, y, thick, h, ink)
}

func (c *canvas) fill(x, y, w, h int, ink color.Color) {
	draw.Draw(c.RGBA, image.Rect(x, y, x+w, y+h), image.NewUniform(ink), image.Point{}, draw.Over)
}

// shape fills an outline. Only the rectangle around it is looked at, since a signature is a thousand small shapes.
func (c *canvas) shape(ink color.Color, points ...[2]float64) {
	low, high := points[0], points[0]
	for _, p := range points {
		low = [2]float64{min(low[0], p[0]), min(low[1], p[1])}
		high = [2]float64{max(high[0], p[0]), max(high[1], p[1])}
	}
	around := image.Rect(int(math.Floor(low[0])), int(math.Floor(low[1])), int(math.Ceil(high[0])), int(math.Ceil(high[1])))
	v := vector.NewRasterizer(around.Dx(), around.Dy())
	for i, p := range points {
		x, y := float32(p[0]-float64(around.Min.X)), float32(p[1]-float64(around.Min.Y))
		if i == 0 {
			v.MoveTo(x, y)
		} else {
			v.LineTo(x, y)
		}
	}
	v.ClosePath()
	v.Draw(c.RGBA, around, image.NewUniform(ink), image.Point{})
}

// ellipse fills one around x, y.
func (c *canvas) ellipse(x, y, rx, ry float64, ink color.Color) {
	const corners = 48
	var p [][2]float64
	for i := range corners {
		a := 2 * math.Pi * float64(i) / corners
		p = append(p, [2]float64{x + rx*math.Cos(a), y + ry*math.Sin(a)})
	}
	c.shape(ink, p...)
}

// stroke draws a pen line through points, thinner where it is fast.
func (c *canvas) stroke(width float64, ink color.Color, points ...[2]float64) {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		dx, dy := b[0]-a[0], b[1]-a[1]
		l := math.Hypot(dx, dy)
		if l == 0 {
			continue
		}
		t := width / (1 + l/40)
		nx, ny := -dy/l*t, dx/l*t
		c.shape(ink, [2]float64{a[0] + nx, a[1] + ny}, [2]float64{b[0] + nx, b[1] + ny}, [2]float64{b[0] - nx, b[1] - ny}, [2]float64{a[0] - nx, a[1] - ny})
	}
}

// signature writes something like a hand's scrawl in a box of w by h.
func (c *canvas) signature(x, y, w, h float64) {
	var p [][2]float64
	for t := 0.0; t < 1; t += 0.012 {
		px := x + w*t + h*0.18*math.Sin(t*37+float64(c.r.IntN(3)))
		py := y + h/2 + h*0.36*math.Sin(t*(19+float64(c.r.IntN(5))))*math.Cos(t*7) + h*0.1*(c.r.Float64()-0.5)
		p = append(p, [2]float64{px, py})
	}
	smooth := make([][2]float64, 0, len(p)*4)
	for i := 1; i+1 < len(p); i++ { // quadratic corners
		a := [2]float64{(p[i-1][0] + p[i][0]) / 2, (p[i-1][1] + p[i][1]) / 2}
		b := [2]float64{(p[i][0] + p[i+1][0]) / 2, (p[i][1] + p[i+1][1]) / 2}
		for s := 0.0; s < 1; s += 0.25 {
			u := 1 - s
			smooth = append(smooth, [2]float64{u*u*a[0] + 2*u*s*p[i][0] + s*s*b[0], u*u*a[1] + 2*u*s*p[i][1] + s*s*b[1]})
		}
	}
	c.stroke(h/28, blue, smooth...)
}

// seal draws a round company seal.
func (c *canvas) seal(x, y, radius float64, name string) {
	ink := color.RGBA{150, 15, 25, 170}
	c.ellipse(x, y, radius, radius, ink)
	c.ellipse(x, y, radius*0.93, radius*0.93, color.RGBA{252, 250, 248, 255})
	c.star(x, y, radius*0.32, ink)
	c.center(int(x), int(y-radius*0.45), radius*0.2, ink, name)
	c.center(int(x), int(y+radius*0.7), radius*0.2, ink, "示例专用章")
}

func (c *canvas) star(x, y, radius float64, ink color.Color) {
	var p [][2]float64
	for i := range 10 {
		l, a := radius, math.Pi*float64(i)/5-math.Pi/2
		if i%2 == 1 {
			l *= 0.4
		}
		p = append(p, [2]float64{x + l*math.Cos(a), y + l*math.Sin(a)})
	}
	c.shape(ink, p...)
}

// portrait draws an invented face in a box of w by h.
func (c *canvas) portrait(x, y, w, h float64) {
	r := c.r
	skin := color.RGBA{uint8(215 + r.IntN(30)), uint8(175 + r.IntN(25)), uint8(145 + r.IntN(25)), 255}
	hair := color.RGBA{uint8(20 + r.IntN(40)), uint8(18 + r.IntN(25)), uint8(15 + r.IntN(20)), 255}
	coat := color.RGBA{uint8(40 + r.IntN(80)), uint8(50 + r.IntN(70)), uint8(80 + r.IntN(90)), 255}
	cx, long := x+w/2, r.IntN(2) == 0
	c.fill(int(x), int(y), int(w), int(h), color.RGBA{226, 234, 242, 255})
	if long {
		c.ellipse(cx, y+h*0.47, w*0.31, h*0.33, hair)
	}
	c.shape(coat, [2]float64{x + w*0.06, y + h}, [2]float64{x + w*0.18, y + h*0.8}, [2]float64{x + w*0.4, y + h*0.73}, [2]float64{x + w*0.6, y + h*0.73},
		[2]float64{x + w*0.82, y + h*0.8}, [2]float64{x + w*0.94, y + h})
	c.fill(int(cx-w*0.08), int(y+h*0.62), int(w*0.16), int(h*0.14), skin)
	wide := 0.2 + r.Float64()*0.05
	c.ellipse(cx, y+h*0.45, w*wide, h*0.24, skin)
	c.ellipse(cx, y+h*0.28, w*(wide+0.02), h*0.1, hair)
	for _, side := range []float64{-1, 1} {
		ex := cx + side*w*0.09
		c.ellipse(ex, y+h*0.44, w*0.035, h*0.014, white)
		c.ellipse(ex, y+h*0.44, w*0.016, h*0.014, black)
		c.stroke(w*0.008, hair, [2]float64{ex - w*0.045, y + h*0.405}, [2]float64{ex + w*0.045, y + h*(0.4+0.01*r.Float64())})
		c.ellipse(cx+side*w*wide, y+h*0.46, w*0.02, h*0.04, skin)
	}
	c.stroke(w*0.006, color.RGBA{150, 105, 85, 255}, [2]float64{cx, y + h*0.46}, [2]float64{cx - w*0.015, y + h*0.52}, [2]float64{cx + w*0.015, y + h*0.525})
	c.ellipse(cx, y+h*0.585, w*0.05, h*0.009+h*0.004*r.Float64(), color.RGBA{175, 85, 85, 255})
	c.center(int(cx), int(y+h*0.97), h*0.07, red, "示例")
}

// watermark marks the whole picture as a sample.
func (c *canvas) watermark() {
	b := c.Bounds()
	size := float64(max(b.Dx(), b.Dy())) / 22
	for y, row := 0, 0; y < b.Dy()+int(size); y, row = y+int(size*4.5), row+1 {
		for x := -int(size) * (row % 2 * 3); x < b.Dx(); x += int(size * 8) {
			c.text(x, y+int(size), size, mark, "示例 SAMPLE")
		}
	}
}
