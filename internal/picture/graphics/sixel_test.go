package graphics

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"regexp"
	"strconv"
	"testing"
)

// sixelPicture is what a terminal makes of a sixel command.
type sixelPicture struct {
	w, h      int
	registers map[int]color.RGBA
	pixels    map[image.Point]int
	// painted counts the pixels set, those set twice too.
	painted int
	bands   int
}

var (
	sixelHead  = regexp.MustCompile(`^\x1bP0;1;0q"1;1;(\d+);(\d+)`)
	sixelToken = regexp.MustCompile(`^(?:#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-]))`)
)

func parseSixel(t *testing.T, text []byte) sixelPicture {
	t.Helper()
	head := sixelHead.FindSubmatch(text)
	text, ended := bytes.CutSuffix(text, []byte("\x1b\\"))
	if head == nil || !ended {
		t.Fatalf("not sixels: %.40q", text)
	}
	p := sixelPicture{
		w: number(head[1]), h: number(head[2]), bands: 1,
		registers: map[int]color.RGBA{}, pixels: map[image.Point]int{},
	}
	text = text[len(head[0]):]
	x, register := 0, 0
	for len(text) > 0 {
		m := sixelToken.FindSubmatch(text)
		if m == nil {
			t.Fatalf("not a sixel: %.20q", text)
		}
		text = text[len(m[0]):]
		switch {
		case m[1] != nil:
			p.registers[number(m[1])] = color.RGBA{share(m[2]), share(m[3]), share(m[4]), 255}
		case m[5] != nil:
			register = number(m[5])
		case m[6] != nil:
			x = p.paint(x, number(m[6]), m[7][0], register)
		case m[8] != nil:
			x = p.paint(x, 1, m[8][0], register)
		default:
			x = 0
			if m[9][0] == '-' {
				p.bands++
			}
		}
	}
	return p
}

func (p *sixelPicture) paint(x, n int, sixel byte, register int) int {
	for i := x; i < x+n; i++ {
		for bit := range 6 {
			if (sixel-'?')>>bit&1 == 1 {
				p.pixels[image.Pt(i, (p.bands-1)*6+bit)] = register
				p.painted++
			}
		}
	}
	return x + n
}

func number(b []byte) int { n, _ := strconv.Atoi(string(b)); return n }

func share(percent []byte) uint8 { return uint8((number(percent)*255 + 50) / 100) }

func (p *sixelPicture) picture() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	for at, register := range p.pixels {
		m.SetRGBA(at.X, at.Y, p.registers[register])
	}
	return m
}

func TestSixelsPaintEveryPixelOnce(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {3, 5}, {8, 6}, {9, 7}, {1, 300}, {300, 1}, {131, 66}} {
		for _, registers := range []int{0, 1, 2, 5, 8, 16, 40, 64, 150, 256, 1024} {
			for _, src := range []*image.RGBA{photo(size.X, size.Y), scan(size.X, size.Y)} {
				data, err := AppendSixel(nil, src, registers)
				if err != nil {
					t.Fatal(err)
				}
				p := parseSixel(t, data)
				if p.w != size.X || p.h != size.Y || p.bands != ceilDiv(size.Y, 6) {
					t.Errorf("%v came to %d × %d in %d bands", size, p.w, p.h, p.bands)
				}
				if len(p.pixels) != size.X*size.Y || p.painted != len(p.pixels) {
					t.Errorf("%v: %d pixels, %d painted", size, len(p.pixels), p.painted)
				}
				if most := max(registers, 2); registers > 0 && len(p.registers) > most {
					t.Errorf("%d registers of %d", len(p.registers), most)
				}
			}
		}
	}
}

// TestSixelsAverageToThePicture looks from far enough for the dither to blur.
func TestSixelsAverageToThePicture(t *testing.T) {
	for _, c := range []struct {
		name             string
		src              *image.RGBA
		registers, limit int
	}{
		{"photo in 256", photo(160, 120), 256, 10},
		{"photo in 150", photo(160, 120), 150, 12},
		{"photo in 64", photo(160, 120), 64, 16},
		{"photo in 16", photo(160, 120), 16, 28},
		{"grey in 256", ramp(160, 120), 256, 4},
		{"grey in 16", ramp(160, 120), 16, 5},
		{"grey in 2", ramp(160, 120), 2, 8},
	} {
		data, err := AppendSixel(nil, c.src, c.registers)
		if err != nil {
			t.Fatal(err)
		}
		p := parseSixel(t, data)
		if d := apart(averaged(p.picture(), 20, 15), averaged(c.src, 20, 15)); d > c.limit {
			t.Errorf("%s: off by %d", c.name, d)
		} else {
			t.Logf("%s: off by %d", c.name, d)
		}
	}
}

// ramp goes from black to white in greys.
func ramp(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(x * 255 / max(w-1, 1))
			m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	return m
}

func TestSixelGreysStayGrey(t *testing.T) {
	for _, registers := range []int{2, 4, 8, 16, 32, 64, 150, 256} {
		data, err := AppendSixel(nil, ramp(64, 64), registers)
		if err != nil {
			t.Fatal(err)
		}
		p := parseSixel(t, data)
		for at, register := range p.pixels {
			if c := p.registers[register]; c.R != c.G || c.G != c.B {
				t.Fatalf("%d registers: the pixel at %v is %v", registers, at, c)
			}
		}
	}
}

func TestSixelBlackWhiteAndPrimariesAreExact(t *testing.T) {
	for _, c := range []color.RGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}} {
		src := Pad(&image.RGBA{}, 20, 20, c)
		for _, registers := range []int{8, 16, 32, 64, 150, 256} {
			data, err := AppendSixel(nil, src, registers)
			if err != nil {
				t.Fatal(err)
			}
			p := parseSixel(t, data)
			if d := apart(p.picture(), src); d != 0 {
				t.Errorf("%v in %d registers: off by %d", c, registers, d)
			}
		}
	}
}

func TestSixelRunsAreCounted(t *testing.T) {
	src := Pad(&image.RGBA{}, 500, 6, color.White)
	data, err := AppendSixel(nil, src, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := "\x1bP0;1;0q\"1;1;500;6#0;2;0;0;0#1;2;100;100;100#1!500~\x1b\\"; string(data) != want {
		t.Errorf("got %q, want %q", data, want)
	}
}

func TestSixelsInParallelAreTheSame(t *testing.T) {
	src := photo(800, 700)
	data, err := AppendSixel([]byte("before"), src, 256)
	if err != nil {
		t.Fatal(err)
	}
	p := sixelPaletteFor(src, 256)
	e := newBandEncoder(p, src)
	want := appendSixelHeader([]byte("before"), p, 800, 700)
	for band := range ceilDiv(700, 6) {
		want = e.appendBand(want, band)
	}
	want = append(want[:len(want)-1], "\x1b\\"...)
	if !bytes.Equal(data, want) {
		t.Errorf("%d bytes, %d from one goroutine", len(data), len(want))
	}
}

func TestNoPixelsAreNoSixels(t *testing.T) {
	if _, err := AppendSixel(nil, &image.RGBA{}, 16); !errors.Is(err, ErrSize) {
		t.Errorf("no pixels: %v", err)
	}
}
