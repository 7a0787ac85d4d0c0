package tiff_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"testing"

	"imagery/internal/picture/tiff"
)

func open(t testing.TB, data []byte) *tiff.File {
	t.Helper()
	f, err := tiff.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func decode(t testing.TB, data []byte, fit image.Point) image.Image {
	t.Helper()
	m, err := open(t, data).Decode(0, fit)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAllPagesAreFound(t *testing.T) {
	f := open(t, read(t, "testdata/pages-three.tif"))
	sizes := []image.Point{{203, 131}, {117, 83}, {117, 83}}
	if f.Pages() != len(sizes) {
		t.Fatalf("%d pages", f.Pages())
	}
	for i, want := range sizes {
		if got, err := f.Size(i); err != nil || got != want {
			t.Errorf("page %d: %v, %v", i, got, err)
		}
	}
	for _, page := range []int{-1, 3} {
		if _, err := f.Decode(page, image.Point{}); !errors.Is(err, tiff.ErrNoPage) {
			t.Errorf("page %d: %v", page, err)
		}
		if f.Orientation(page) != 1 {
			t.Errorf("page %d is turned", page)
		}
	}
}

func TestOrientationIsTold(t *testing.T) {
	for name, want := range map[string]int{"bw-orientation-2": 2, "bw-orientation-5": 5, "bw-orientation-8": 8, "bw-g4": 1} {
		if got := open(t, read(t, "testdata/"+name+".tif")).Orientation(0); got != want {
			t.Errorf("%s: %d", name, got)
		}
	}
	data := build(1, 1, []byte{0}, fields{274: {9}})
	if got := open(t, data).Orientation(0); got != 1 {
		t.Errorf("nonsense is %d", got)
	}
}

func TestChainsOfPagesEnd(t *testing.T) {
	le := binary.LittleEndian
	page := build(1, 1, []byte{0}, nil)
	first := le.Uint32(page[4:])
	circle := bytes.Clone(page)
	le.PutUint32(circle[len(circle)-4:], first)
	beyond := bytes.Clone(page)
	le.PutUint32(beyond[len(beyond)-4:], 1<<31)
	// A chain of directories with one entry, each behind the one before.
	long := []byte("II*\x00\x08\x00\x00\x00")
	for range 5000 {
		next := uint32(len(long) + 18)
		long = append(long, 1, 0, 0, 1, 4, 0, 1, 0, 0, 0, 9, 0, 0, 0)
		long = le.AppendUint32(long, next)
	}
	for name, c := range map[string]struct {
		data []byte
		want int
	}{"circle": {circle, 1}, "next outside": {beyond, 1}, "very long": {long, 4096}} {
		if got := open(t, c.data).Pages(); got != c.want {
			t.Errorf("%s: %d pages", name, got)
		}
	}
}

func TestWhatIsNoTIFFIsRefused(t *testing.T) {
	whole := read(t, "testdata/bw-g4.tif")
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("no picture at all"), "header alone": whole[:8], "directory cut off": whole[:len(whole)-40],
	} {
		if _, err := tiff.Open(data); !errors.Is(err, tiff.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBilevelPagesAreAveragedIntoTheFit(t *testing.T) {
	for _, name := range []string{"bw-g4", "bw-g3-2d", "bw-lzw", "bw-g4-black-is-zero", "bw-none-black-is-zero", "bw-g4-tiles", "a4"} {
		data := read(t, "testdata/"+name+".tif")
		full := decode(t, data, image.Point{})
		for _, fit := range []image.Point{{100, 0}, {0, 97}, {150, 40}, {7, 7}, {202, 500}, {1, 1}} {
			got := decode(t, data, fit)
			size, of := got.Bounds().Size(), full.Bounds().Size()
			if fit.X > 0 && size.X > fit.X || fit.Y > 0 && size.Y > fit.Y || size.X != fit.X && size.Y != fit.Y {
				t.Errorf("%s in %v: %v", name, fit, size)
			}
			if dx := size.X*of.Y - size.Y*of.X; max(dx, -dx) > max(of.X, of.Y) {
				t.Errorf("%s in %v: %v is out of proportion", name, fit, size)
			}
			if most := farthestFromAreas(got, full); most > 1 {
				t.Errorf("%s in %v: a sample is %d from the average of its area", name, fit, most)
			}
		}
	}
}

// farthestFromAreas compares each sample of small with what it covers of
// large, computed in the plain way.
func farthestFromAreas(small, large image.Image) (most int) {
	w, h := small.Bounds().Dx(), small.Bounds().Dy()
	W, H := large.Bounds().Dx(), large.Bounds().Dy()
	grey := large.(*image.Gray)
	for y := range h {
		for x := range w {
			sum := 0
			for v := y * H / h; v*h < (y+1)*H; v++ {
				down := min((v+1)*h, (y+1)*H) - max(v*h, y*H)
				for u := x * W / w; u*w < (x+1)*W; u++ {
					across := min((u+1)*w, (x+1)*W) - max(u*w, x*W)
					sum += across * down * int(grey.Pix[v*grey.Stride+u])
				}
			}
			d := rgba(small, x, y)[0] - (sum+W*H/2)/(W*H)
			most = max(most, d, -d)
		}
	}
	return most
}

func TestNothingIsEnlarged(t *testing.T) {
	for _, name := range []string{"bw-g4", "rgb-lzw", "rgb-jpeg-one"} {
		data := read(t, "testdata/"+name+".tif")
		size, _ := open(t, data).Size(0)
		if got := decode(t, data, image.Pt(4000, 4000)).Bounds().Size(); got != size {
			t.Errorf("%s: %v of %v", name, got, size)
		}
	}
}

func TestJPEGPagesAreReducedWhereTheirChunksAllow(t *testing.T) {
	for name, want := range map[string]image.Point{
		"rgb-jpeg-one": {59, 42}, "rgb-jpeg-tiles": {59, 42}, "rgb-jpeg-raw": {59, 42}, "grey-jpeg": {59, 42},
	} {
		data := read(t, "testdata/"+name+".tif")
		full := decode(t, data, image.Point{})
		got := decode(t, data, image.Pt(58, 58))
		if got.Bounds().Size() != want {
			t.Errorf("%s: %v", name, got.Bounds())
			continue
		}
		sum := 0
		for y := range 41 {
			for x := range 58 {
				area := 0
				for i := range 4 {
					area += rgba(full, 2*x+i%2, 2*y+i/2)[1]
				}
				d := rgba(got, x, y)[1] - area/4
				sum += max(d, -d)
			}
		}
		if mean := float64(sum) / (41 * 58); mean > 4 { // chroma is as coarse as luma
			t.Errorf("%s: samples are off by %.1f on average", name, mean)
		}
	}
}

func TestUncompressedYCbCr(t *testing.T) {
	// Three by two pixels in units of 2 × 2: the second is half outside.
	units := []byte{10, 20, 30, 40, 100, 150, 50, 0, 60, 0, 90, 200}
	data := build(3, 2, units, fields{bits: {8, 8, 8}, samples: {3}, photometric: {6}, compression: {1}, subsampling: {2, 2}})
	m, ok := decode(t, data, image.Point{}).(*image.YCbCr)
	if !ok {
		t.Fatal("not YCbCr")
	}
	for at, want := range map[image.Point]color.YCbCr{
		{0, 0}: {10, 100, 150}, {1, 0}: {20, 100, 150}, {0, 1}: {30, 100, 150}, {2, 0}: {50, 90, 200}, {2, 1}: {60, 90, 200},
	} {
		if got := m.YCbCrAt(at.X, at.Y); got != want {
			t.Errorf("%v: %v, want %v", at, got, want)
		}
	}
}

func TestAlphaIsKept(t *testing.T) {
	data := build(1, 1, []byte{200, 100, 50, 128}, fields{bits: {8, 8, 8, 8}, samples: {4}, photometric: {2}, 338: {2}})
	if got := decode(t, data, image.Point{}).At(0, 0); got != (color.NRGBA{200, 100, 50, 128}) {
		t.Error(got)
	}
	// Without a word on what the fourth sample is, pixels are opaque.
	data = build(1, 1, []byte{200, 100, 50, 128}, fields{bits: {8, 8, 8, 8}, samples: {4}, photometric: {2}})
	if got := decode(t, data, image.Point{}).At(0, 0); got != (color.RGBA{200, 100, 50, 255}) {
		t.Error(got)
	}
}

func TestUnsupportedPagesSayWhy(t *testing.T) {
	for name, more := range map[string]fields{
		"floats":         {bits: {32}, sampleFormat: {3}},
		"signed":         {bits: {8}, sampleFormat: {2}},
		"L*a*b*":         {bits: {8, 8, 8}, samples: {3}, photometric: {8}},
		"LZMA":           {bits: {8}, photometric: {1}, compression: {34925}},
		"mixed":          {bits: {5, 6, 5}, samples: {3}, photometric: {2}},
		"old-style JPEG": {bits: {8}, photometric: {1}, compression: {6}},
		"JPEG planes":    {bits: {8, 8, 8}, samples: {3}, photometric: {2}, compression: {7}, planar: {2}},
		"bit predictor":  {photometric: {1}, compression: {5}, 317: {2}},
	} {
		m, err := open(t, build(4, 4, make([]byte, 64), more)).Decode(0, image.Point{})
		if m != nil || !errors.Is(err, tiff.ErrUnsupported) {
			t.Errorf("%s: %v, %v", name, m != nil, err)
		}
	}
}

func TestHugePagesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		w, h int
		more fields
	}{
		"colour":  {10000, 7000, fields{bits: {8, 8, 8}, samples: {3}, photometric: {2}}},
		"bilevel": {20000, 6000, fields{compression: {4}}},
		"wide":    {1 << 19, 1, fields{compression: {4}}},
		"wrap":    {1<<32 - 1, 1<<32 - 1, fields{compression: {4}}},
	} {
		f := open(t, build(c.w, c.h, []byte{0}, c.more))
		if _, err := f.Size(0); !errors.Is(err, tiff.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if m, err := f.Decode(0, image.Pt(100, 100)); m != nil || !errors.Is(err, tiff.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Little data that claims to be a lot takes memory for what is shown only.
func TestBombsTakeLittleMemory(t *testing.T) {
	var deflated bytes.Buffer
	z := zlib.NewWriter(&deflated)
	if _, err := z.Write(make([]byte, 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const n = 10000
	everything := fields{rowsPerStrip: {1}, compression: {32946}, stripOffsets: make([]uint32, n), stripByteCounts: make([]uint32, n)}
	for i := range n {
		everything[stripOffsets][i], everything[stripByteCounts][i] = 8, uint32(deflated.Len())
	}
	for name, data := range map[string][]byte{
		"group 4 of one bit a row": build(10000, 10000, bytes.Repeat([]byte{0xff}, 7600), fields{compression: {4}}),
		"group 4 of nothing":       build(10000, 10000, []byte{0}, fields{compression: {4}}),
		"group 3 of zeros":         build(10000, 10000, make([]byte, 1<<20), fields{compression: {3}, t4Options: {1}}),
		"deflated zeros":           build(8, 8, deflated.Bytes(), fields{compression: {8}, photometric: {1}}),
		"strips that are the same": build(10000, n, deflated.Bytes(), everything),
	} {
		allocated := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				f, err := tiff.Open(data)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.Decode(0, image.Pt(500, 500)); err != nil && !known(err) {
					b.Fatal(err)
				}
			}
		}).AllocedBytesPerOp()
		if allocated == 0 || allocated > 8<<20 {
			t.Errorf("%s: %d bytes allocated", name, allocated)
		}
	}
}

func TestDamagedPagesShowWhatIsLeft(t *testing.T) {
	for _, name := range []string{
		"bw-none", "bw-packbits", "bw-lzw", "bw-zip", "bw-g3-1d", "bw-g3-2d", "bw-g4", "bw-g4-tiles",
		"rgb-none", "rgb-packbits", "rgb-lzw-2", "rgb-zip", "rgb-tiles", "rgb-jpeg-raw", "grey-jpeg",
	} {
		data := read(t, "testdata/"+name+".tif")
		want := decode(t, data, image.Point{})
		// Later chunks keep their place but half of the bytes of each.
		harmed := bytes.Clone(data)
		f := open(t, data)
		size, _ := f.Size(0)
		for _, tag := range []uint16{279, 325} {
			halve(harmed, tag)
		}
		got, err := open(t, harmed).Decode(0, image.Point{})
		if got == nil || !errors.Is(err, tiff.ErrDamaged) {
			t.Errorf("%s: %v, %v", name, got != nil, err)
			continue
		}
		for x := range min(size.X, 30) {
			if rgba(got, x, 0) != rgba(want, x, 0) {
				t.Errorf("%s: the beginning is not shown", name)
				break
			}
		}
		if most, _ := difference(got, want); most < 50 {
			t.Errorf("%s: nothing is missing", name)
		}
	}
}

func TestWhatIsMissingOfBilevelPagesIsWhite(t *testing.T) {
	for _, name := range []string{"bw-none", "bw-zip", "bw-g3-2d", "bw-g4", "bw-g4-tiles", "bw-lzw-tiles"} {
		for _, zero := range []byte{0, 1} {
			data := bytes.Clone(read(t, "testdata/"+name+".tif"))
			field(data, photometric)[8] = zero
			for _, tag := range []uint16{279, 325} {
				halve(data, tag)
			}
			for _, fit := range []image.Point{{}, {50, 50}} {
				got, err := open(t, data).Decode(0, fit)
				if got == nil || !errors.Is(err, tiff.ErrDamaged) {
					t.Fatalf("%s: %v, %v", name, got != nil, err)
				}
				last := got.Bounds().Max.Sub(image.Pt(1, 1))
				if c := rgba(got, last.X, last.Y); c[0] < 240 { // a part of the row that breaks off may be in it
					t.Errorf("%s, photometric %d, within %v: %v", name, zero, fit, c)
				}
			}
		}
	}
}

// halve makes the numbers of a tag, other than the first of several, half.
func halve(data []byte, tag uint16) {
	le := binary.LittleEndian
	entry := field(data, tag)
	if entry == nil {
		return
	}
	kind, n := le.Uint16(entry[2:]), int(le.Uint32(entry[4:]))
	size, values, first := 4, entry[8:], min(1, n-1)
	if kind == 3 {
		size = 2
	}
	if n*size > 4 {
		values = data[le.Uint32(entry[8:]):]
	}
	for i := first; i < n; i++ {
		if at := values[i*size:]; kind == 3 {
			le.PutUint16(at, le.Uint16(at)/2)
		} else {
			le.PutUint32(at, le.Uint32(at)/2)
		}
	}
}

// Rows of group 3 end with a mark of their own. A bit that is wrong harms its
// row, and those that lean on it, unless it is in that mark.
func TestABadRowOfGroup3HarmsFewOthers(t *testing.T) {
	for _, name := range []string{"bw-g3-1d", "bw-g3-2d"} {
		data := read(t, "testdata/"+name+".tif")
		want := decode(t, data, image.Point{})
		strips := data[binary.LittleEndian.Uint32(field(data, stripOffsets)[8:]):]
		first := binary.LittleEndian.Uint32(strips)
		const tried = 100
		confined := 0
		for i := range tried {
			harmed := bytes.Clone(data)
			harmed[int(first)+100+2*i] ^= 0x10
			got, err := open(t, harmed).Decode(0, image.Point{})
			if got == nil || err != nil && !errors.Is(err, tiff.ErrDamaged) {
				t.Fatalf("%s: %v", name, err)
			}
			if rowsThatDiffer(got, want) <= 4 {
				confined++
			}
		}
		if confined < tried/2 {
			t.Errorf("%s: %d of %d bad bits harm few rows", name, confined, tried)
		}
	}
}

func rowsThatDiffer(a, b image.Image) (n int) {
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if rgba(a, x, y) != rgba(b, x, y) {
				n++
				break
			}
		}
	}
	return n
}
