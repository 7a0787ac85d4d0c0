package graphics

import (
	"image"
	"image/color"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

var sgr = regexp.MustCompile(`^\x1b\[([\d;]*)m`)

// painter shows cells the way a terminal does: 2 × 2 pixels each.
type painter struct {
	t          *testing.T
	ink, paper color.RGBA
	set        [2]bool
	x          int
}

// show paints lines of quadrant cells.
func show(t *testing.T, lines []string, cols int) *image.RGBA {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 2*cols, 2*len(lines)))
	for y, line := range lines {
		if !strings.HasSuffix(line, "\x1b[m") {
			t.Fatalf("line %d does not end in a reset", y)
		}
		p := painter{t: t}
		for line != "" {
			if codes := sgr.FindStringSubmatch(line); codes != nil {
				p.style(codes[1])
				line = line[len(codes[0]):]
				continue
			}
			r := []rune(line)[0]
			line = line[len(string(r)):]
			p.cell(m, y, string(r))
		}
		if p.x != cols || p.set != [2]bool{} {
			t.Fatalf("line %d has %d cells, want %d; colours left %v", y, p.x, cols, p.set)
		}
	}
	return m
}

func (p *painter) style(codes string) {
	if codes == "" {
		p.set = [2]bool{}
		return
	}
	n := []int{}
	for s := range strings.SplitSeq(codes, ";") {
		v, _ := strconv.Atoi(s)
		n = append(n, v)
	}
	for len(n) > 0 {
		c, used := color.RGBA{A: 255}, 3
		switch {
		case n[0]%10 < 8:
			c, used = themed(n[0]), 1
		case n[1] == 2:
			c.R, c.G, c.B, used = uint8(n[2]), uint8(n[3]), uint8(n[4]), 5
		default:
			c = indexed(n[2])
		}
		if n[0]/10%6 == 3 {
			p.ink, p.set[0] = c, true
		} else {
			p.paper, p.set[1] = c, true
		}
		n = n[used:]
	}
}

// themed is one of the 16 by its SGR: 30, 40, 90 or 100 and the seven after.
func themed(code int) color.RGBA {
	c := colours16[code%10+code/90*8]
	return color.RGBA{c.r, c.g, c.b, 255}
}

// indexed is a colour of the 256 as xterm defines it.
func indexed(i int) color.RGBA {
	if i >= 232 {
		v := uint8(8 + 10*(i-232))
		return color.RGBA{v, v, v, 255}
	}
	part := func(v int) uint8 {
		if v == 0 {
			return 0
		}
		return uint8(55 + 40*v)
	}
	i -= 16
	return color.RGBA{part(i / 36), part(i / 6 % 6), part(i % 6), 255}
}

func (p *painter) cell(m *image.RGBA, y int, glyph string) {
	p.t.Helper()
	shape := slices.Index(quadrants[:], glyph)
	if shape < 0 || ansi.StringWidth(glyph) != 1 {
		p.t.Fatalf("cell %d of line %d is %q", p.x, y, glyph)
	}
	if shape != 0 && !p.set[0] || shape != 15 && !p.set[1] {
		p.t.Fatalf("cell %d of line %d has no colour of its own", p.x, y)
	}
	for i := range 4 {
		c := p.paper
		if shape>>i&1 == 1 {
			c = p.ink
		}
		m.SetRGBA(2*p.x+i%2, 2*y+i/2, c)
	}
	p.x++
}

func TestCellsOfTwoColoursAreExact(t *testing.T) {
	black, white := color.RGBA{0, 0, 0, 255}, color.RGBA{255, 255, 255, 255}
	src := image.NewRGBA(image.Rect(0, 0, 32, 2))
	for shape := range 16 {
		for i := range 4 {
			c := black
			if shape>>i&1 == 1 {
				c = white
			}
			src.SetRGBA(2*shape+i%2, i/2, c)
		}
	}
	for _, mode := range []CellColors{TrueColor, Palette256, Palette16} {
		if d := apart(show(t, Cells(src, 16, 1, CellMode{Colors: mode}), 16), src); d != 0 {
			t.Errorf("mode %d: off by %d", mode, d)
		}
	}
}

func TestCellsAreCloseToThePicture(t *testing.T) {
	src := photo(160, 96)
	for _, c := range []struct {
		mode  CellColors
		limit int
	}{{TrueColor, 3}, {Palette256, 30}, {Palette16, 120}} {
		got := show(t, Cells(src, 80, 48, CellMode{Colors: c.mode}), 80)
		// Four cells across, to let the dither of the palette blur.
		if d := apart(averaged(got, 20, 12), averaged(src, 20, 12)); d > c.limit {
			t.Errorf("mode %d: off by %d", c.mode, d)
		} else {
			t.Logf("mode %d: off by %d", c.mode, d)
		}
	}
}

func TestTrueColourCellsAreTheBestPair(t *testing.T) {
	src := photo(40, 40)
	got := show(t, Cells(src, 20, 20, CellMode{Colors: TrueColor}), 20)
	for y := 0; y < 40; y += 2 {
		for x := 0; x < 40; x += 2 {
			at := image.Rect(x, y, x+2, y+2)
			if ours, best := distance(got, src, at), bestPair(src, at); ours > best+4*3*12 {
				t.Fatalf("the cell at %d, %d is off by %d, could be by %d", x, y, ours, best)
			}
		}
	}
}

// distance is the sum of squared differences over an area.
func distance(a, b *image.RGBA, at image.Rectangle) int {
	sum := 0
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			sum += squared(a.RGBAAt(x, y), b.RGBAAt(x, y))
		}
	}
	return sum
}

func squared(a, b color.RGBA) int {
	r, g, bl := int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)
	return r*r + g*g + bl*bl
}

// bestPair tries all 16 shapes with the mean colours of their two parts.
func bestPair(src *image.RGBA, at image.Rectangle) int {
	best := 1 << 30
	for shape := range 16 {
		var groups [2][]color.RGBA
		for i := range 4 {
			g := shape >> i & 1
			groups[g] = append(groups[g], src.RGBAAt(at.Min.X+i%2, at.Min.Y+i/2))
		}
		best = min(best, spread(groups[0])+spread(groups[1]))
	}
	return best
}

func spread(group []color.RGBA) int {
	var r, g, b int
	for _, c := range group {
		r, g, b = r+int(c.R), g+int(c.G), b+int(c.B)
	}
	n, sum := max(len(group), 1), 0
	for _, c := range group {
		sum += squared(c, color.RGBA{uint8((r + n/2) / n), uint8((g + n/2) / n), uint8((b + n/2) / n), 255})
	}
	return sum
}

func TestGreyCellsStayGreyInThePalette(t *testing.T) {
	m := show(t, Cells(ramp(64, 16), 32, 8, CellMode{Colors: Palette256}), 32)
	for y := range 16 {
		for x := range 64 {
			if c := m.RGBAAt(x, y); c.R != c.G || c.G != c.B {
				t.Fatalf("the pixel at %d, %d is %v", x, y, c)
			}
		}
	}
}

func TestFlatCellsMixTwoColoursOfThePalette(t *testing.T) {
	for _, c := range []color.RGBA{{47, 47, 140, 255}, {128, 95, 20, 255}, {100, 101, 100, 255}, {253, 253, 253, 255}} {
		src := Pad(&image.RGBA{}, 16, 16, c)
		got := show(t, Cells(src, 8, 8, CellMode{Colors: Palette256}), 8)
		// A sixth of the widest gap in the cube, 95.
		if d := apart(averaged(got, 8, 8), averaged(src, 8, 8)); d > 48 {
			t.Errorf("a cell of %v is off by %d", c, d)
		}
		if d := apart(averaged(got, 1, 1), averaged(src, 1, 1)); d > 16 {
			t.Errorf("%v is off by %d", c, d)
		}
	}
}

func TestGreyCellsUseTheWholeRamp(t *testing.T) {
	src := ramp(64, 16)
	got := show(t, Cells(src, 32, 8, CellMode{Colors: Palette256}), 32)
	if d := apart(got, src); d > 14 {
		t.Errorf("off by %d", d)
	}
}

func TestStylesAreSetOnlyWhenTheyChange(t *testing.T) {
	flat := Pad(&image.RGBA{}, 40, 2, color.RGBA{1, 2, 3, 255})
	if got, want := Cells(flat, 20, 1, CellMode{Colors: TrueColor})[0], "\x1b[48;2;1;2;3m"+strings.Repeat(" ", 20)+"\x1b[m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// Stripes with the same two colours need one SGR, whichever way round.
	stripes := image.NewRGBA(image.Rect(0, 0, 40, 2))
	for x := range 40 {
		for y := range 2 {
			c := color.RGBA{200, 0, 0, 255}
			if (x+x/2)%2 == 0 {
				c = color.RGBA{0, 0, 200, 255}
			}
			stripes.SetRGBA(x, y, c)
		}
	}
	if got := strings.Count(Cells(stripes, 20, 1, CellMode{Colors: TrueColor})[0], "\x1b"); got != 2 {
		t.Errorf("%d escapes for two colours", got)
	}
}

func TestNarrowCellsHaveNoBlockOfUnsureWidth(t *testing.T) {
	for _, colors := range []CellColors{TrueColor, Palette256, Palette16} {
		lines := Cells(photo(160, 96), 80, 48, CellMode{colors, true})
		show(t, lines, 80)
		if found := strings.IndexAny(strings.Join(lines, ""), "▀▄█▌"); found >= 0 {
			t.Errorf("with colours %d: %q", colors, strings.Join(lines, "")[found:found+3])
		}
	}
}

func TestSixteenColoursKeepWhatIsGreyGrey(t *testing.T) {
	m := show(t, Cells(ramp(64, 16), 32, 8, CellMode{Colors: Palette16}), 32)
	for y := range 16 {
		for x := range 64 {
			if c := m.RGBAAt(x, y); c.R != c.G || c.G != c.B {
				t.Fatalf("the pixel at %d, %d is %v", x, y, c)
			}
		}
	}
	if d := apart(averaged(m, 8, 2), averaged(ramp(64, 16), 8, 2)); d > 24 {
		t.Errorf("the ramp is off by %d", d)
	}
}

func TestCellsScaleWhatIsNotTheirSize(t *testing.T) {
	lines := Cells(photo(333, 77), 31, 9, CellMode{Colors: TrueColor})
	if len(lines) != 9 {
		t.Fatalf("%d lines", len(lines))
	}
	show(t, lines, 31)
	if Cells(photo(2, 2), 0, 1, CellMode{Colors: TrueColor}) != nil || Cells(&image.RGBA{}, 1, 1, CellMode{Colors: TrueColor}) != nil {
		t.Error("cells of nothing")
	}
}

func TestBayerHasEveryThresholdOnce(t *testing.T) {
	seen := map[uint8]bool{}
	for _, v := range bayer {
		seen[v] = true
	}
	if len(seen) != 64 || bayer[0] != 0 || bayer[1] != 32 || bayer[8] != 48 || bayer[9] != 16 {
		t.Errorf("%d thresholds: %v", len(seen), bayer)
	}
}
