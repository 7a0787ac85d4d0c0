package picture

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// decoder is shared by the tests: loading PDFium again for each would take most of their time.
var decoder = &Decoder{CacheDir: cacheDir()}

// cacheDir stays from one run of the tests to the next; empty where there is no place for it.
func cacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "imagery-test")
}

func open(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := decoder.Open(t.Context(), data)
	check(t, err)
	return f
}

func render(t testing.TB, f *File, page int, fit image.Point, o Options) *Result {
	t.Helper()
	r, err := f.Render(t.Context(), page, fit, o)
	check(t, err)
	return r
}

// looksLike reports whether the middles of the quarters of m have these colours, as far as lossy formats keep them.
func looksLike(m *image.RGBA, want [4]color.RGBA) bool {
	b := m.Bounds()
	for i, c := range want {
		got := m.RGBAAt(b.Dx()/4+i%2*b.Dx()/2, b.Dy()/4+i/2*b.Dy()/2)
		for _, d := range []int{int(got.R) - int(c.R), int(got.G) - int(c.G), int(got.B) - int(c.B), int(got.A) - int(c.A)} {
			if d < -40 || d > 40 {
				return false
			}
		}
	}
	return true
}

// shown says which stored corner appears where under the eight orientations: EXIF's own definition.
var shown = [8][4]int{{0, 1, 2, 3}, {1, 0, 3, 2}, {3, 2, 1, 0}, {2, 3, 0, 1}, {0, 2, 1, 3}, {2, 0, 3, 1}, {3, 1, 2, 0}, {1, 3, 0, 2}}

func wanted(orientation int) (colours [4]color.RGBA, size image.Point) {
	for i, corner := range shown[orientation-1] {
		colours[i] = corners[corner]
	}
	if orientation > 4 {
		return colours, image.Pt(cornersH, cornersW)
	}
	return colours, image.Pt(cornersW, cornersH)
}

func TestEveryOrientationOfEveryFormatIsShownUpright(t *testing.T) {
	m := cornerPicture()
	lossy, lossless, heic := testdata(t, "corners.webp"), testdata(t, "lossless.webp"), testdata(t, "corners.heic")
	for o := 1; o <= 8; o++ {
		for name, data := range map[string][]byte{
			"jpeg": jpegOf(t, m, o), "png": pngOf(t, m, o), "tiff": tiffOf(m, o), "webp": webpOf(lossy, o), "webp lossless": webpOf(lossless, o),
			"heic": heicOf(heic, o),
		} {
			t.Run(fmt.Sprint(name, o), func(t *testing.T) {
				colours, size := wanted(o)
				f := open(t, data)
				if f.Info.Size(1) != size {
					t.Errorf("size %v, want %v", f.Info.Size(1), size)
				}
				for _, fit := range []image.Point{{}, {40, 40}, {1000, 30}} {
					r := render(t, f, 1, fit, Options{})
					if !looksLike(r.Image, colours) || r.Damaged || r.Full != size {
						t.Errorf("within %v: wrong picture of %v, damaged %v", fit, r.Image.Rect, r.Damaged)
					}
				}
				one := render(t, f, 1, image.Point{}, Options{Region: image.Rectangle{Max: size.Div(2)}})
				first := [4]color.RGBA{colours[0], colours[0], colours[0], colours[0]}
				if one.Image.Rect.Size() != size.Div(2) || !looksLike(one.Image, first) {
					t.Errorf("a region of %v shows another part", one.Image.Rect)
				}
			})
		}
	}
}

func TestFormatsAreToldByContent(t *testing.T) {
	m := cornerPicture()
	for want, files := range map[Format][][]byte{
		JPEG: {jpegOf(t, m, 1)}, PNG: {pngOf(t, m, 1)}, GIF: {gifOf(t, 1)}, BMP: {bmpOf(t, m)}, WEBP: {testdata(t, "corners.webp"), webpOf(testdata(t, "lossless.webp"), 1)},
		TIFF: {tiffOf(m, 1), []byte("MM\x00*\x00\x00\x00\x08")}, PDF: {pdfOf(9, 9, ""), append([]byte("\r\n\r\njunk"), pdfOf(9, 9, "")...)},
		HEIC: {testdata(t, "corners.heic"), []byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic")},
		MP4:  {document(t, "mp4"), []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00avc1")}, MOV: {[]byte("\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  "), []byte("\x00\x00\x00\x08moov")},
		OLE: {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00")}, OFD: {ofdOf(t, nil, "")}, OOXML: {zipOf(t, "[Content_Types].xml", "<Types/>")}, Zip: {zipOf(t, "a", "b")},
		Text:  {[]byte("BM is how this text begins, which is no bitmap"), []byte("姓名,账号\n张三,1\n"), {}},
		Other: {{0, 1, 2, 3}, []byte("\x00\x00\x00\x14ftypavif\x00\x00\x00\x00mif1")},
	} {
		for i, data := range files {
			if got := Sniff(data); got != want {
				t.Errorf("%s, file %d, was taken for %s", want, i, got)
			}
		}
	}
}

func TestSniffOfAnyBeginningDoesNotPanic(t *testing.T) {
	for _, data := range [][]byte{testdata(t, "corners.heic"), bmpOf(t, cornerPicture()), pdfOf(1, 1, ""), gifOf(t, 1), zipOf(t, "a", "b")} {
		for n := range min(len(data), 64) {
			Sniff(data[:n])
		}
	}
}

func TestZipIsToldByItsDirectoryWhenItsFirstPartsDoNotTell(t *testing.T) {
	filler := string(make([]byte, SniffLen))
	for want, name := range map[Format]string{OOXML: "[Content_Types].xml", Zip: "other"} {
		if f := open(t, zipOf(t, "first", filler, name, "")); f.Info.Format != want {
			t.Errorf("%s was taken for %s", want, f.Info.Format)
		}
	}
}

func TestMetadataIsReadWithoutDecoding(t *testing.T) {
	f := open(t, jpegOf(t, cornerPicture(), 6))
	if want := time.Date(2024, 3, 5, 6, 7, 8, 0, time.UTC); f.Info.Taken != want || f.Info.Orientation != 6 || f.Info.Pages != 1 {
		t.Errorf("photo: %+v", f.Info)
	}
	f = open(t, document(t, "mp4"))
	if f.Info.Duration != 3*time.Second || f.Info.Codec != "jpeg" || f.Info.Size(1) != image.Pt(320, 240) || f.Info.Pages != 0 {
		t.Errorf("video: %+v", f.Info)
	}
	if f := open(t, document(t, "tif")); f.Info.Pages != 3 || len(f.Info.Sizes) != 3 {
		t.Errorf("fax: %+v", f.Info)
	}
	if f := open(t, document(t, "pdf")); f.Info.Pages != 3 || !f.Info.Scalable || f.Info.Size(3) != image.Pt(595, 842) && f.Info.Size(3) != image.Pt(595, 841) {
		t.Errorf("pdf: %+v", f.Info)
	}
	if f := open(t, gifOf(t, 3)); f.Info.Note != NoteAnimated {
		t.Errorf("animation: %+v", f.Info)
	}
	if f := open(t, gifOf(t, 1)); f.Info.Note != NoteNone {
		t.Errorf("still picture: %+v", f.Info)
	}
}

func TestWhatIsNotShownHereSaysSo(t *testing.T) {
	for name, data := range map[string][]byte{
		"video": document(t, "mp4"), "text": []byte("hello"), "ole": []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "ooxml": zipOf(t, "[Content_Types].xml", ""),
	} {
		f := open(t, data)
		_, err := f.Render(t.Context(), 1, image.Point{}, Options{})
		var unsupported *UnsupportedError
		if f.Info.Pages != 0 || !errors.Is(err, ErrUnsupported) || !errors.As(err, &unsupported) || unsupported.Format != f.Info.Format {
			t.Errorf("%s: %d pages, %v", name, f.Info.Pages, err)
		}
	}
}

func TestAnimatedWEBPIsSoundButNotShownHere(t *testing.T) {
	data := webpOf(testdata(t, "lossless.webp"), 1)
	data[20] |= 1 << 1 // of the flags in VP8X
	f := open(t, data)
	if _, err := f.Render(t.Context(), 1, image.Point{}, Options{}); f.Info.Note != NoteVariant || !errors.Is(err, ErrUnsupported) {
		t.Errorf("%+v: %v", f.Info, err)
	}
}

func TestBMPWithoutAnyAlphaIsOpaque(t *testing.T) {
	for alpha, want := range map[byte]uint8{0: 255, 128: 128} {
		data := binary.LittleEndian.AppendUint32([]byte("BM"), 14+124+8)
		for _, v := range []uint32{0, 14 + 124, 124, 2, 1, 1 | 32<<16, 3, 8, 0, 0, 0, 0, 0xff0000, 0xff00, 0xff, 0xff000000} {
			data = binary.LittleEndian.AppendUint32(data, v)
		}
		data = append(data, make([]byte, 14+124-len(data))...)
		data = append(data, 0, 0, 200, alpha, 0, 0, 200, 0)
		r := render(t, open(t, data), 1, image.Point{}, Options{})
		if got := r.Image.RGBAAt(0, 0); got.A != want || got.R != uint8(200*int(want)/255) || r.Damaged {
			t.Errorf("alpha %d: %v, damaged %v", alpha, got, r.Damaged)
		}
	}
}

func TestPagesAreNumberedFromOne(t *testing.T) {
	f := open(t, tiffOf(cornerPicture(), 6))
	if r := render(t, f, 2, image.Point{}, Options{}); r.Full != image.Pt(cornersW/2, cornersH) || !looksLike(r.Image, [4]color.RGBA{corners[0], corners[0], corners[2], corners[2]}) {
		t.Errorf("second page is %v", r.Full)
	}
	for _, page := range []int{0, 3, -1} {
		if _, err := f.Render(t.Context(), page, image.Point{}, Options{}); !errors.Is(err, ErrPage) {
			t.Errorf("page %d: %v", page, err)
		}
	}
}

func TestPicturesFitTheAreaAndGrowOnlyWhenAsked(t *testing.T) {
	f := open(t, pngOf(t, cornerPicture(), 1))
	for _, c := range []struct {
		fit  image.Point
		grow bool
		want image.Point
	}{
		{image.Pt(48, 100), false, image.Pt(48, 32)},
		{image.Pt(200, 200), false, image.Pt(96, 64)},
		{image.Pt(192, 200), true, image.Pt(192, 128)},
		{image.Pt(0, 32), false, image.Pt(48, 32)},
		{image.Pt(1, 1), false, image.Pt(1, 1)},
	} {
		if got := render(t, f, 1, c.fit, Options{Grow: c.grow}).Image.Rect.Size(); got != c.want {
			t.Errorf("within %v, grow %v: %v, want %v", c.fit, c.grow, got, c.want)
		}
	}
	big := render(t, f, 1, image.Pt(30000, 30000), Options{Grow: true}).Image.Rect
	if n := big.Dx() * big.Dy(); n > MaxResult || n < MaxResult*3/5 {
		t.Errorf("grown to %v", big)
	}
	if got := render(t, f, 1, image.Pt(96, 96), Options{Region: image.Rect(40, 10, 56, 18), Grow: true}).Image.Rect.Size(); got != image.Pt(96, 48) {
		t.Errorf("a region of 16 × 8 grew to %v", got)
	}
}

func TestPDFPagesAreDrawnAtTheSizeWanted(t *testing.T) {
	f := open(t, pdfOf(300, 150, ""))
	white, red := color.RGBA{255, 255, 255, 255}, color.RGBA{255, 0, 0, 255}
	for _, fit := range []image.Point{{100, 100}, {900, 900}} {
		r := render(t, f, 1, fit, Options{})
		if r.Image.Rect.Size() != image.Pt(fit.X, fit.X/2) || !looksLike(r.Image, [4]color.RGBA{red, white, red, white}) {
			t.Errorf("within %v: %v", fit, r.Image.Rect)
		}
	}
	// An edge is as sharp in a region as in none: drawn again, not enlarged.
	r := render(t, f, 1, image.Pt(400, 400), Options{Region: image.Rect(140, 0, 160, 20)})
	if !looksLike(r.Image, [4]color.RGBA{red, white, red, white}) || r.Image.RGBAAt(195, 5).G > 20 || r.Image.RGBAAt(204, 5).G < 235 {
		t.Errorf("the edge is blurred: %v, %v", r.Image.RGBAAt(195, 5), r.Image.RGBAAt(204, 5))
	}
}

func TestEncryptedPDFSaysThatItNeedsAPassword(t *testing.T) {
	render(t, open(t, pdfOf(9, 9, "")), 1, image.Pt(9, 9), Options{}) // what was done before does not change the answer
	f := open(t, testdata(t, "password.pdf"))
	if _, err := f.Render(t.Context(), 1, image.Point{}, Options{}); f.Info.Note != NotePassword || !errors.Is(err, ErrUnsupported) {
		t.Errorf("%+v: %v", f.Info, err)
	}
}

func TestContextEndsOpenAndRender(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	data := pngOf(t, cornerPicture(), 1)
	if _, err := decoder.Open(ctx, data); !errors.Is(err, context.Canceled) {
		t.Errorf("open: %v", err)
	}
	if _, err := open(t, data).Render(ctx, 1, image.Point{}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("render: %v", err)
	}
}

func TestOFDOfImagesIsShownAndOneWithTextIsNot(t *testing.T) {
	scan := jpegOf(t, cornerPicture(), 6) // an orientation counts inside a document too
	for name, c := range map[string]struct {
		second string
		want   [4]int // corners, -1 for the paper
	}{
		"whole":   {`<ofd:ImageObject ID="2" ResourceID="5" Boundary="0 0 96 64"/>`, shown[5]},
		"right":   {`<ofd:PageBlock ID="8"><ofd:ImageObject ID="2" ResourceID="5" Boundary="48 0 48 64"/></ofd:PageBlock>`, [4]int{-1, 0, -1, 3}},
		"flipped": {`<ofd:ImageObject ID="2" ResourceID="5" Boundary="0 0 96 64" CTM="-96 0 0 64 96 0"/>`, [4]int{0, 2, 1, 3}},
	} {
		f := open(t, ofdOf(t, scan, c.second))
		if f.Info.Pages != 2 {
			t.Fatalf("%s: %+v", name, f.Info)
		}
		if r := render(t, f, 1, image.Pt(48, 48), Options{}); r.Image.Rect.Size() != image.Pt(48, 32) || !looksLike(r.Image, [4]color.RGBA{corners[2], corners[0], corners[3], corners[1]}) {
			t.Errorf("%s: first page %v of %v", name, r.Image.Rect, r.Full)
		}
		if name == "right" {
			r := render(t, f, 2, image.Pt(96, 96), Options{})
			if r.Image.RGBAAt(20, 20) != (color.RGBA{255, 255, 255, 255}) || r.Image.RGBAAt(60, 8).B < 200 {
				t.Errorf("the image is not on the right half")
			}
			continue
		}
		var want [4]color.RGBA
		for i, corner := range c.want {
			want[i] = corners[corner]
		}
		if r := render(t, f, 2, image.Pt(96, 96), Options{}); !looksLike(r.Image, want) {
			t.Errorf("%s: wrong picture", name)
		}
	}
	f := open(t, ofdOf(t, scan, `<ofd:TextObject ID="3" Boundary="0 0 9 9"><ofd:TextCode>文</ofd:TextCode></ofd:TextObject>`))
	if f.Info.Format != OFD || f.Info.Pages != 0 || f.Info.Note != NoteDrawn {
		t.Errorf("with text: %+v", f.Info)
	}
}
