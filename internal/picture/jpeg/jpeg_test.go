package jpeg_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"imagery/internal/picture/jpeg"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestUncommonSamplingDecodesLikeDjpeg(t *testing.T) {
	references, err := filepath.Glob("testdata/*.png")
	if err != nil || len(references) < 5 {
		t.Fatalf("%d references: %v", len(references), err)
	}
	for _, reference := range references {
		name := filepath.Base(strings.TrimSuffix(reference, ".png") + ".jpg")
		want, err := png.Decode(bytes.NewReader(read(t, filepath.Base(reference))))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := jpeg.Decode(read(t, name), image.Point{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if worst := farthest(got, want); worst > 3 {
			t.Errorf("%s: a sample is %d off", name, worst)
		}
	}
}

func TestPicturesKeepTheirPlanes(t *testing.T) {
	for name, want := range map[string]image.Image{
		"grey.jpg": &image.Gray{}, "sampling-2x2.jpg": &image.YCbCr{}, "rgb.jpg": &image.RGBA{},
		"cmyk.jpg": &image.CMYK{}, "progressive.jpg": &image.YCbCr{},
	} {
		got, full, err := jpeg.Decode(read(t, name), image.Point{})
		if err != nil || full != image.Pt(117, 83) || got.ColorModel() != want.ColorModel() {
			t.Errorf("%s: %T, %v, %v; want %T", name, got, full, err, want)
		}
	}
}

func TestTheSmallestScaleThatCoversTheFitIsTaken(t *testing.T) {
	data := encoded(t, image.NewGray(image.Rect(0, 0, 801, 400)), 50)
	for _, c := range []struct{ fit, want image.Point }{
		{image.Point{}, image.Pt(801, 400)},
		{image.Pt(2000, 2000), image.Pt(801, 400)},
		{image.Pt(500, 500), image.Pt(801, 400)},
		{image.Pt(400, 1000), image.Pt(401, 200)},
		{image.Pt(1000, 200), image.Pt(401, 200)},
		{image.Pt(300, 0), image.Pt(401, 200)},
		{image.Pt(200, 200), image.Pt(201, 100)},
		{image.Pt(90, 90), image.Pt(101, 50)},
		{image.Pt(1, 1), image.Pt(101, 50)},
	} {
		m, full, err := jpeg.Decode(data, c.fit)
		if err != nil || m.Bounds().Size() != c.want || full != image.Pt(801, 400) {
			t.Errorf("within %v: %v of %v, %v; want %v", c.fit, m.Bounds().Size(), full, err, c.want)
		}
	}
}

func TestUnsupportedPicturesSayWhy(t *testing.T) {
	noHeight := bytes.Clone(read(t, "grey.jpg"))
	frame := bytes.Index(noHeight, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(noHeight[frame+5:], 0)
	for name, data := range map[string][]byte{
		"arithmetic": read(t, "arithmetic.jpg"), "twelve bits": read(t, "twelve-bit.jpg"), "height given later": noHeight,
	} {
		if m, _, err := jpeg.Decode(data, image.Point{}); m != nil || !errors.Is(err, jpeg.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHugePicturesAreRefusedBeforeAnythingIsAllocated(t *testing.T) {
	for _, name := range []string{"sampling-2x2.jpg", "progressive.jpg", "cmyk.jpg"} {
		data := bytes.Clone(read(t, name))
		frame := max(bytes.Index(data, []byte{0xff, 0xc0, 0}), bytes.Index(data, []byte{0xff, 0xc2, 0}))
		binary.BigEndian.PutUint32(data[frame+5:], 0xffffffff)
		allocated := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				if m, full, err := jpeg.Decode(data, image.Point{}); m != nil || full != image.Pt(65535, 65535) || !errors.Is(err, jpeg.ErrTooLarge) {
					b.Fatalf("%s: %v", name, err)
				}
			}
		}).AllocedBytesPerOp()
		if allocated == 0 || allocated > 100_000 {
			t.Errorf("%s: %d bytes allocated", name, allocated)
		}
	}
}

func TestManyScansAreRefused(t *testing.T) {
	data := read(t, "progressive.jpg")
	last := bytes.LastIndex(data, []byte{0xff, 0xda})
	scan := data[last : len(data)-2]
	data = append(data[:len(data)-2:len(data)-2], bytes.Repeat(scan, 100)...)
	if _, _, err := jpeg.Decode(data, image.Point{}); !errors.Is(err, jpeg.ErrTooLarge) {
		t.Error(err)
	}
}

// cutAfter returns the first part of a file.
func cutAfter(data []byte, part float64) []byte { return data[:int(float64(len(data))*part)] }

func TestATruncatedPictureShowsItsBeginning(t *testing.T) {
	whole := photo(640, 480)
	data := encoded(t, whole, 90)
	for _, fit := range []image.Point{{}, {300, 200}} {
		want, _, err := jpeg.Decode(data, fit)
		if err != nil {
			t.Fatal(err)
		}
		got, full, err := jpeg.Decode(cutAfter(data, 0.6), fit)
		if got == nil || full != image.Pt(640, 480) || !errors.Is(err, jpeg.ErrDamaged) {
			t.Fatalf("%v, %v, %v", got != nil, full, err)
		}
		b := want.Bounds()
		top, bottom := image.Rect(0, 0, b.Dx(), b.Dy()/2), image.Rect(0, b.Dy()*3/4, b.Dx(), b.Dy())
		if !equalWithin(got, want, top) {
			t.Error("the part that was read is not shown")
		}
		if !equalWithin(got, image.NewUniform(color.Gray{128}), bottom) {
			t.Error("the part that is missing is not grey")
		}
	}
}

func equalWithin(a, b image.Image, r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if rgb(a.At(x, y)) != rgb(b.At(x, y)) {
				return false
			}
		}
	}
	return true
}

func TestDamageBetweenRestartMarkersStaysThere(t *testing.T) {
	want, _, err := jpeg.Decode(read(t, "restart-3.jpg"), image.Point{})
	if err != nil {
		t.Fatal(err)
	}
	data := read(t, "restart-3.jpg")
	from, to := bytes.Index(data, []byte{0xff, 0xd4}), bytes.Index(data, []byte{0xff, 0xd6})
	for name, harmed := range map[string][]byte{
		"overwritten": append(append(bytes.Clone(data[:from+2]), bytes.Repeat([]byte{0xff, 0}, (to-from)/2)...), data[to:]...),
		"left out":    append(bytes.Clone(data[:from]), data[to:]...),
	} {
		got, _, err := jpeg.Decode(harmed, image.Point{})
		if got == nil || !errors.Is(err, jpeg.ErrDamaged) {
			t.Fatalf("%s: %v", name, err)
		}
		// Eight MCUs of 16 pixels make a row, so intervals five and six end in the third.
		if !equalWithin(got, want, image.Rect(0, 0, 117, 16)) || !equalWithin(got, want, image.Rect(0, 48, 117, 83)) {
			t.Errorf("%s: what lies before or behind the damage is not shown", name)
		}
		if equalWithin(got, want, want.Bounds()) {
			t.Errorf("%s: nothing was damaged", name)
		}
	}
}

func TestATruncatedProgressivePictureIsShownLessSharp(t *testing.T) {
	data := read(t, "progressive.jpg")
	want, _, err := jpeg.Decode(data, image.Point{})
	if err != nil {
		t.Fatal(err)
	}
	got, full, err := jpeg.Decode(cutAfter(data, 0.8), image.Point{})
	if got == nil || full != image.Pt(117, 83) || !errors.Is(err, jpeg.ErrDamaged) {
		t.Fatalf("%v, %v", full, err)
	}
	if mean := meanFromAreas(t, got, want, 1); mean > 12 {
		t.Errorf("samples are off by %.1f on average", mean)
	}
}

func TestDamageWithNothingToShowGivesNoPicture(t *testing.T) {
	data := read(t, "sampling-2x2.jpg")
	header := data[:bytes.Index(data, []byte{0xff, 0xda})]
	withoutTables := bytes.Clone(data)
	copy(withoutTables[bytes.Index(data, []byte{0xff, 0xc4}):], []byte{0xff, 0xfe})
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("not a picture"), "start alone": data[:2], "header alone": header, "no tables": withoutTables,
	} {
		if m, _, err := jpeg.Decode(data, image.Point{}); m != nil || !errors.Is(err, jpeg.ErrDamaged) {
			t.Errorf("%s: %v, %v", name, m != nil, err)
		}
	}
}

func TestFillBytesBeforeMarkersAreSkipped(t *testing.T) {
	data := read(t, "restart-3.jpg")
	filled := bytes.ReplaceAll(data, []byte{0xff, 0xd1}, []byte{0xff, 0xff, 0xff, 0xd1})
	filled = bytes.ReplaceAll(filled, []byte{0xff, 0xda}, []byte{0xff, 0xff, 0xda})
	want, _, _ := jpeg.Decode(data, image.Point{})
	got, _, err := jpeg.Decode(filled, image.Point{})
	if err != nil || !equalWithin(got, want, want.Bounds()) {
		t.Error(err)
	}
}

func TestAMissingEndMarkerHarmsNothing(t *testing.T) {
	data := read(t, "sampling-2x2.jpg")
	if _, _, err := jpeg.Decode(data[:len(data)-2], image.Point{}); err != nil {
		t.Error(err)
	}
}

func TestStreamsOfContainers(t *testing.T) {
	data := read(t, "sampling-1x1.jpg")
	start, scan := bytes.Index(data, []byte{0xff, 0xdb}), bytes.Index(data, []byte{0xff, 0xc0})
	// Tables first, the picture without them, and no JFIF marker.
	tables := append([]byte{0xff, 0xd8}, data[start:scan]...)
	huffman := bytes.Index(data, []byte{0xff, 0xc4})
	tables = append(append(tables, data[huffman:bytes.Index(data, []byte{0xff, 0xda})]...), 0xff, 0xd9)
	picture := append([]byte{0xff, 0xd8}, data[scan:huffman]...)
	picture = append(picture, data[bytes.Index(data, []byte{0xff, 0xda}):]...)
	want, err := stdjpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	got, full, err := jpeg.Stream{Tables: tables, Data: picture}.Decode(8)
	if err != nil || full != image.Pt(117, 83) || farthest(got, want) > 2 {
		t.Errorf("%v, %v", full, err)
	}
	asRGB, _, err := jpeg.Stream{Tables: tables, Data: picture, Color: jpeg.ColorRGB}.Decode(8)
	if err != nil {
		t.Fatal(err)
	}
	planes, _ := got.(*image.YCbCr)
	if c := planes.YCbCrAt(9, 9); rgb(asRGB.At(9, 9)) != [3]int{int(c.Y), int(c.Cb), int(c.Cr)} {
		t.Error("the components are not taken for red, green and blue")
	}
}
