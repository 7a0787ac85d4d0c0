package screen

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"imagery/internal/picture/graphics"
)

func TestAPaneIsExactlyItsArea(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		cols, rows := 1+random.IntN(90), 1+random.IntN(40)
		caps := capsOf(Protocol(random.IntN(int(Kitty) + 1)))
		caps.CellW, caps.CellH = 5+random.IntN(20), 9+random.IntN(30)
		pane := NewPane(NewWriter(nil))
		if pane.Lines(false) != nil || pane.Picture() != nil {
			t.Fatal("an empty pane shows something")
		}
		p := prepared(t, photo(1+random.IntN(500), 1+random.IntN(500)), caps, cols, rows)
		pane.Show(p)
		for _, overlaid := range []bool{false, true} {
			lines := pane.Lines(overlaid)
			if len(lines) != rows {
				t.Fatalf("%v: %d lines, want %d", caps.Protocol, len(lines), rows)
			}
			for _, l := range lines {
				if ansi.StringWidth(l) != cols || ansi.StringWidthWc(l) != cols {
					t.Fatalf("%v: a line of %d cells, want %d", caps.Protocol, ansi.StringWidth(l), cols)
				}
			}
		}
		if c, r := p.Area(); c != cols || r != rows || p.Caps() != caps || pane.Picture() != p {
			t.Fatalf("%d × %d", c, r)
		}
		if p.size.Cols > cols || p.size.Rows > rows || p.size.W > p.size.Cols*caps.CellW && caps.Protocol != Cells {
			t.Fatalf("%v: %+v in %d × %d", caps.Protocol, p.size, cols, rows)
		}
	}
}

func TestSixelPicturesStayWithinWholeBandsAndWhatTheTerminalTakes(t *testing.T) {
	raster := regexp.MustCompile(`"1;1;(\d+);(\d+)`)
	random := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		caps := capsOf(Sixel)
		caps.CellW, caps.CellH = 5+random.IntN(20), 9+random.IntN(30)
		caps.MaxSixel = image.Pt(200+random.IntN(300), 100+random.IntN(300))
		p := prepared(t, photo(1+random.IntN(900), 1+random.IntN(900)), caps, 80, 24)
		var w, h int
		if _, err := fmt.Sscanf(raster.FindString(string(p.drawing[:100])), `"1;1;%d;%d`, &w, &h); err != nil {
			t.Fatal(err)
		}
		switch {
		case w > caps.MaxSixel.X || h > caps.MaxSixel.Y:
			t.Fatalf("%d × %d pixels of at most %v", w, h, caps.MaxSixel)
		case w != p.size.Cols*caps.CellW || h%bandHeight != 0 || h > p.size.Rows*caps.CellH || h < p.size.H:
			t.Fatalf("%d × %d pixels for %+v with cells of %d × %d", w, h, p.size, caps.CellW, caps.CellH)
		}
	}
}

func TestAFittedPictureIsNotScaledAgainForSixel(t *testing.T) {
	m := photo(1000, 800)
	p := prepared(t, m, capsOf(Sixel), 100, 40)
	if p.size.W != 1000 || p.size.H != 798 {
		t.Fatalf("%+v", p.size)
	}
	want, err := graphics.AppendSixel(nil, m.SubImage(image.Rect(0, 0, 1000, 798)), 0)
	if err != nil || !bytes.Equal(p.drawing, want) {
		t.Errorf("other sixels than those of the picture itself, %v", err)
	}
}

func TestPicturesKeepTheirShapeAndAreNeverEnlargedButAsCells(t *testing.T) {
	for _, c := range []struct {
		protocol   Protocol
		w, h       int
		cols, rows int
	}{
		{Kitty, 800, 400, 40, 10},
		{Kitty, 400, 800, 20, 20},
		{Kitty, 45, 33, 5, 2},
		{Sixel, 800, 400, 40, 11}, // 34 rows of sixels are 204 pixels
		{Cells, 45, 33, 40, 15},
		{Cells, 33, 45, 30, 20},
	} {
		p := prepared(t, photo(c.w, c.h), capsOf(c.protocol), 40, 20)
		if p.size.Cols != c.cols || p.size.Rows != c.rows {
			t.Errorf("%v of %d × %d pixels takes %d × %d cells, want %d × %d", c.protocol, c.w, c.h, p.size.Cols, p.size.Rows, c.cols, c.rows)
		}
	}
}

func TestTransparencyIsPaperAndTheRestOfACellIsBackground(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	caps := capsOf(Inline)
	caps.Background = color.RGBA{0, 0, 200, 255}
	drawing := prepared(t, m, caps, 10, 10).drawing
	_, data, _ := bytes.Cut(drawing, []byte(":"))
	file, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(string(data), "\a"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	r, g, b, _ := got.At(10, 10).RGBA()
	if got.Bounds() != image.Rect(0, 0, 40, 40) || min(r, g, b) < 0xf000 {
		t.Errorf("%v with %x %x %x", got.Bounds(), r, g, b)
	}
	if r, _, b, _ := got.At(20, 38).RGBA(); r > 0x2000 || b < 0xb000 {
		t.Errorf("below it %x and %x", r, b)
	}
}

func TestWhatCannotBeShownIsRefused(t *testing.T) {
	for _, protocol := range []Protocol{None, Cells, Sixel, Inline, KittyDirect, Kitty} {
		for _, c := range []struct {
			m          image.Image
			cols, rows int
		}{{photo(3, 3), 0, 5}, {photo(3, 3), 5, -1}, {&image.RGBA{}, 5, 5}} {
			if _, err := Prepare(c.m, capsOf(protocol), c.cols, c.rows); !errors.Is(err, graphics.ErrSize) {
				t.Errorf("%v: %v", protocol, err)
			}
		}
	}
	if _, err := Prepare(photo(20000, 5), capsOf(KittyDirect), 2000, 1); !errors.Is(err, graphics.ErrSize) {
		t.Errorf("20000 pixels for kitty: %v", err)
	}
	if _, err := Prepare(photo(5, 5), Caps{Protocol: Sixel}, 5, 5); !errors.Is(err, graphics.ErrSize) {
		t.Errorf("cells of no size: %v", err)
	}
}

func TestARemoteTerminalIsSentLess(t *testing.T) {
	near, far := capsOf(Kitty), capsOf(Kitty)
	far.Remote = true
	m := photo(400, 400)
	if a, b := prepared(t, m, near, 40, 20).Bytes(), prepared(t, m, far, 40, 20).Bytes(); b > a/2 {
		t.Errorf("%d bytes instead of %d", b, a)
	}
}

func TestNumbersInUseAreNotGivenAgain(t *testing.T) {
	w := NewWriter(nil)
	p := prepared(t, photo(3, 3), capsOf(Kitty), 2, 2)
	kept := NewPane(w)
	kept.Show(p)
	other := prepared(t, photo(3, 3), capsOf(Kitty), 2, 2)
	pane := NewPane(w)
	for range 500 {
		pane.Show(p)
		if pane.entry.id == kept.entry.id || pane.entry.id < graphics.FirstID || pane.entry.id > graphics.LastID {
			t.Fatalf("number %d, and %d is in use", pane.entry.id, kept.entry.id)
		}
		p, other = other, p
	}
	before := pane.entry
	if pane.Show(pane.Picture()); pane.entry != before {
		t.Error("the same picture is shown anew")
	}
	if pane.Show(nil); pane.Lines(false) != nil || len(w.entries) != 1 || len(w.arriving) != 1 || len(w.leaving) != 0 {
		t.Errorf("%d on show, %d to send, %q to delete", len(w.entries), len(w.arriving), w.leaving)
	}
}
