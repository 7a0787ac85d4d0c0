package look

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"imagery/internal/picture"
	"imagery/internal/picture/shelf"
	"imagery/ui/internal/core"
)

var size, room = image.Pt(1000, 2000), image.Pt(400, 400)

func TestARegionIsWhatTheAreaShows(t *testing.T) {
	for name, c := range map[string]struct {
		view    View
		part    image.Rectangle
		fit     image.Point
		percent int
	}{
		"whole":              {View{}, image.Rect(0, 0, 1000, 2000), image.Pt(200, 400), 20},
		"width from the top": {View{}.As(Width), image.Rect(0, 0, 1000, 1000), image.Pt(400, 400), 40},
		"actual":             {View{}.As(Actual), image.Rect(300, 800, 700, 1200), image.Pt(400, 400), 100},
		"turned":             {View{}.Turned(), image.Rect(0, 0, 1000, 2000), image.Pt(200, 400), 20},
		"turned, actual":     {View{Mode: Actual, Turn: 1, X: 0.3}, image.Rect(300, 200, 700, 600), image.Pt(400, 400), 100},
	} {
		part, fit := c.view.region(size, room, false)
		if part != c.part || fit != c.fit || c.view.Percent(size, room, false) != c.percent {
			t.Errorf("%s: %v in %v at %d%%, want %v in %v at %d%%", name, part, fit, c.view.Percent(size, room, false), c.part, c.fit, c.percent)
		}
	}
}

func TestPanningStopsAtTheEdges(t *testing.T) {
	v := View{}.As(Actual)
	for range 50 {
		v = v.Panned(1, 1, size, room, false)
	}
	if part, _ := v.region(size, room, false); part != image.Rect(600, 1600, 1000, 2000) {
		t.Errorf("%v", part)
	}
	for range 50 {
		v = v.Panned(-1, -1, size, room, false)
	}
	if part, _ := v.region(size, room, false); part != image.Rect(0, 0, 400, 400) {
		t.Errorf("%v", part)
	}
	if v := (View{}).Panned(1, 1, size, room, false); v != (View{}) {
		t.Errorf("a page that fits moved: %v", v)
	}
}

func TestZoomingInAndOutComesBack(t *testing.T) {
	v := View{}.Zoomed(3).Zoomed(-3)
	if part, _ := v.region(size, room, false); part != image.Rect(0, 0, 1000, 2000) {
		t.Errorf("%v", part)
	}
	for range 100 {
		v = v.Zoomed(1)
	}
	if part, fit := v.region(size, room, false); part.Empty() || fit.X > room.X || fit.Y > room.Y {
		t.Errorf("%v in %v", part, fit)
	}
}

func TestTurningKeepsTheScaleOfWhatWasZoomed(t *testing.T) {
	v := View{}.Zoomed(2)
	was := v.Percent(size, image.Pt(400, 200), false)
	for range 4 {
		v = v.TurnedIn(size, image.Pt(400, 200), false)
		if got := v.Percent(size, image.Pt(400, 200), false); got != was {
			t.Errorf("%d%% became %d%%", was, got)
		}
	}
	if got := (View{}).TurnedIn(size, image.Pt(400, 200), false).Percent(size, image.Pt(400, 200), false); got != 20 {
		t.Errorf("a page that fitted is at %d%% after a turn", got)
	}
}

// marked is two by three pixels, red at the top left.
func marked() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 2, 3))
	m.Set(0, 0, color.RGBA{255, 0, 0, 255})
	return m
}

func TestTurningIsClockwise(t *testing.T) {
	for turn, at := range []image.Point{{0, 0}, {2, 0}, {1, 2}, {0, 1}} {
		m := adjust(marked(), View{Turn: turn})
		if r, _, _, _ := m.At(at.X, at.Y).RGBA(); r != 0xffff {
			t.Errorf("after %d turns red is not at %v of %v", turn, at, m.Rect)
		}
	}
}

func TestTonesAreInvertedAndSteepened(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 1, 1))
	m.Set(0, 0, color.RGBA{100, 128, 200, 255})
	if got := adjust(m, View{Invert: true}).RGBAAt(0, 0); got != (color.RGBA{155, 127, 55, 255}) {
		t.Errorf("inverted %v", got)
	}
	m.Set(0, 0, color.RGBA{100, 128, 200, 255})
	if got := adjust(m, View{Contrast: 2}).RGBAAt(0, 0); got.R >= 100 || got.B <= 200 || got.A != 255 {
		t.Errorf("steeper %v", got)
	}
}

func TestADifferenceIsWhereTheyDiffer(t *testing.T) {
	a, b := image.NewRGBA(image.Rect(0, 0, 10, 10)), image.NewRGBA(image.Rect(0, 0, 10, 10))
	for i := range a.Pix {
		a.Pix[i], b.Pix[i] = 255, 255
	}
	if _, share := difference(a, b); share != 0 {
		t.Errorf("the same differ by %g", share)
	}
	b.Set(3, 4, color.Black)
	b.Set(5, 4, color.RGBA{250, 250, 250, 255}) // what compression makes
	out, share := difference(a, b)
	if share != 0.01 || out.RGBAAt(3, 4) != (color.RGBA{255, 0, 0, 255}) || out.RGBAAt(0, 0) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("%g, %v", share, out.RGBAAt(3, 4))
	}
}

func TestFilesAndPagesNeverShareAKey(t *testing.T) {
	a, b := request{page: 11}, request{page: 1}
	a.item.FileID, b.item.FileID = "9", "91"
	if a.key() == b.key() {
		t.Error("page 11 of file 9 is taken for page 1 of file 91")
	}
}

func TestAFileOfNoKnownFormatIsSaidToBeOne(t *testing.T) {
	env := core.NewEnv(t.Context())
	s := &Shown{Look: &shelf.Look{Bytes: 2900, Info: picture.Info{Format: picture.Other}}}
	if got := Facts(env, s); got != "3 KB  未知格式" {
		t.Errorf("%q", got)
	}
	p := New(env, nil, "viewer.outside")
	if got := p.outside(s.Look.Info); !strings.Contains(got, "不认识") || !strings.Contains(got, "按 O") {
		t.Errorf("%q", got)
	}
}
