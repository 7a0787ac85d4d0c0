package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// noisy keeps encoders from making files so short that there is nothing to cut.
func noisy() *image.RGBA {
	m := cornerPicture()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		if i%4 != 3 {
			m.Pix[i] ^= uint8(r.IntN(16))
		}
	}
	return m
}

// interlacedPNG lays out the lines of an interlaced grey file, which the standard library does not write.
func interlacedPNG(t testing.TB) []byte {
	header := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, cornersW), cornersH), 8, 0, 0, 0, 1)
	r := rand.New(rand.NewPCG(3, 4))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for _, pass := range pngHeader(header).passes() {
		for range pass.Y {
			line := make([]byte, 1+pass.X)
			for i := range line[1:] {
				line[1+i] = 200 + uint8(r.IntN(50))
			}
			_, err := z.Write(line)
			check(t, err)
		}
	}
	check(t, z.Close())
	return slices.Concat([]byte(pngSignature), pngChunk("IHDR", header), pngChunk("IDAT", packed.Bytes()), pngChunk("IEND", nil))
}

func TestFileCutShortShowsWhatIsLeft(t *testing.T) {
	m, light := noisy(), color.RGBA{225, 225, 225, 255}
	for name, c := range map[string]struct {
		data        []byte
		y           int // of a line that is left
		left, right color.RGBA
	}{
		"png": {pngOf(t, m, 1), 10, corners[0], corners[1]}, "png interlaced": {interlacedPNG(t), 8, light, light}, "gif": {gifOf(t, 1), 10, corners[0], corners[1]},
		"bmp":  {bmpOf(t, m), 54, corners[2], corners[3]}, // stored from the bottom
		"jpeg": {jpegOf(t, m, 1), 4, corners[0], corners[1]},
	} {
		t.Run(name, func(t *testing.T) {
			if r := render(t, open(t, c.data), 1, image.Point{}, Options{}); r.Damaged {
				t.Error("the whole file is said to be damaged")
			}
			r := render(t, open(t, c.data[:len(c.data)*85/100]), 1, image.Point{}, Options{})
			if !r.Damaged || r.Full != image.Pt(cornersW, cornersH) {
				t.Fatalf("damaged %v, %v", r.Damaged, r.Full)
			}
			for x, want := range map[int]color.RGBA{24: c.left, 72: c.right} {
				if got := r.Image.RGBAAt(x, c.y); apart(got.R, want.R) || apart(got.G, want.G) || apart(got.B, want.B) {
					t.Errorf("what was read is lost: %v at %d instead of %v", got, x, want)
				}
			}
		})
	}
}

func apart(a, b uint8) bool { return a > b && a-b > 60 || b > a && b-a > 60 }

// Strips of a TIFF file may stand before its directory; what is cut off then is the pages. One strip that points past the end is damage.
func TestStripPastTheEndOfATIFFIsDamage(t *testing.T) {
	data := tiffOf(noisy(), 1)
	at := bytes.Index(data, []byte("\x11\x01\x04\x00\x01\x00\x00\x00"))
	binary.LittleEndian.PutUint32(data[at+8:], uint32(len(data)-9000))
	r := render(t, open(t, data), 1, image.Point{}, Options{})
	if !r.Damaged || r.Image.Rect.Dx() != cornersW {
		t.Errorf("damaged %v, %v", r.Damaged, r.Image.Rect)
	}
}

func TestWrongChecksumIsDamageNotTheEnd(t *testing.T) {
	data := pngOf(t, noisy(), 1)
	at := bytes.Index(data, []byte("IDAT"))
	size := int(binary.BigEndian.Uint32(data[at-4:]))
	data[at+4+size] ^= 1 // its checksum
	r := render(t, open(t, data), 1, image.Point{}, Options{})
	if !r.Damaged || !looksLike(r.Image, corners) {
		t.Errorf("damaged %v", r.Damaged)
	}
}

func TestFileWithoutAnythingToShowIsDamaged(t *testing.T) {
	m := cornerPicture()
	for name, data := range map[string][]byte{
		"jpeg": jpegOf(t, m, 1)[:40], "png": pngOf(t, m, 1)[:20], "gif": gifOf(t, 1)[:20], "bmp": bmpOf(t, m)[:20], "webp": testdata(t, "corners.webp")[:20],
		"tiff": tiffOf(m, 1)[:8], "pdf": []byte("%PDF-1.7\nnothing"), "ofd": []byte("PK\x03\x04 OFD.xml"), "heic": testdata(t, "corners.heic")[:100],
		"no pixels": append(pngHeaderOf(5, 5, 8, 2), pngChunk("IDAT", nil)...),
	} {
		f, err := decoder.Open(t.Context(), data)
		if err == nil {
			_, err = f.Render(t.Context(), 1, image.Pt(9, 9), Options{})
		}
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBombsAreRefusedUnread(t *testing.T) {
	gifBomb := gifOf(t, 1)
	binary.LittleEndian.PutUint32(gifBomb[6:], 0xffffffff)
	tiffBomb := tiffOf(cornerPicture(), 1)
	for _, tag := range []string{"\x00\x01\x04\x00", "\x01\x01\x04\x00"} {
		at := bytes.Index(tiffBomb[18000:], []byte(tag)) + 18000
		binary.LittleEndian.PutUint32(tiffBomb[at+8:], 60000)
	}
	bmpBomb := bmpOf(t, cornerPicture())
	binary.LittleEndian.PutUint32(bmpBomb[18:], 60000)
	binary.LittleEndian.PutUint32(bmpBomb[22:], 60000)
	webpBomb := testdata(t, "corners.webp")
	copy(webpBomb[26:], "\xff\x3f\xff\x3f")
	jpegBomb := jpegOf(t, cornerPicture(), 1)
	at := bytes.Index(jpegBomb, []byte{0xff, 0xc0})
	copy(jpegBomb[at+5:], "\xff\xff\xff\xff")
	for name, data := range map[string][]byte{
		"png": pngHeaderOf(30000, 30000, 8, 6), "png bilevel": pngHeaderOf(30000, 30000, 1, 0), "gif": gifBomb, "tiff": tiffBomb, "bmp": bmpBomb, "webp": webpBomb,
		"jpeg": jpegBomb, "large": make([]byte, MaxFile+1),
		"ofd": ofdOf(t, nil, strings.Repeat(" ", 9<<20)), "ofd ratio": ofdOf(t, nil, strings.Repeat("<a/>", 2<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := decoder.Open(t.Context(), data)
			if err == nil {
				_, err = f.Render(t.Context(), 1, image.Pt(9, 9), Options{})
			}
			runtime.ReadMemStats(&after)
			if !errors.Is(err, ErrTooLarge) {
				t.Errorf("got %v", err)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 64 {
				t.Errorf("%d MB were allocated", used)
			}
		})
	}
}

func TestHugePageOfPDFCostsWhatIsShown(t *testing.T) {
	f := open(t, pdfOf(10_000_000, 10_000_000, ""))
	if r := render(t, f, 1, image.Pt(100, 100), Options{}); r.Image.Rect.Size() != image.Pt(100, 100) {
		t.Errorf("%v", r.Image.Rect)
	}
}

func TestPDFThatTakesAllMemoryLeavesOtherDocumentsTheirs(t *testing.T) {
	var content bytes.Buffer
	z, err := zlib.NewWriterLevel(&content, zlib.BestSpeed)
	check(t, err)
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for range 300 {
		_, err := z.Write(blanks)
		check(t, err)
	}
	check(t, z.Close())
	bomb := bytes.Replace(pdfOf(90, 90, content.String()), []byte("<< /Length"), []byte("<< /Filter /FlateDecode /Length"), 1)
	for range 2 { // what the first leaves is enough for a sound one
		f := open(t, bomb)
		if _, err := f.Render(t.Context(), 1, image.Pt(90, 90), Options{}); !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		_ = f.Close() // the engine may be past it
	}
	sound := append(pdfOf(90, 90, ""), bytes.Repeat([]byte("%\n"), 3<<19)...)
	if r := render(t, open(t, sound), 1, image.Pt(90, 90), Options{}); r.Damaged {
		t.Error("a sound document is damaged")
	}
}

func TestOFDNeverLeavesItsArchive(t *testing.T) {
	for _, location := range []string{"../../../../etc/passwd", "/../etc/passwd", `..\..\..\x`, "C:/x", "", ".", "/"} {
		document := strings.ReplaceAll(`<OFD><DocBody><DocRoot>@</DocRoot></DocBody></OFD>`, "@", location)
		if _, err := decoder.Open(t.Context(), zipOf(t, "OFD.xml", document)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", location, err)
		}
	}
}

// bilevel pages may have more pixels than others.
func TestBilevelPictureMayBeLarger(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 9000, 8000), color.Palette{color.White, color.Black})
	var b bytes.Buffer
	check(t, (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m))
	if r := render(t, open(t, b.Bytes()), 1, image.Pt(90, 90), Options{}); r.Image.RGBAAt(5, 5) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("%v", r.Image.Rect)
	}
}

func TestWEBPCutShortShowsItsTop(t *testing.T) {
	data, err := os.ReadFile("worker/testdata/page.webp")
	check(t, err)
	whole := render(t, open(t, data), 1, image.Pt(400, 400), Options{})
	cut := render(t, open(t, data[:len(data)*7/10]), 1, image.Pt(400, 400), Options{})
	if whole.Damaged || !cut.Damaged || cut.Full != whole.Full {
		t.Fatalf("damaged %v and %v", whole.Damaged, cut.Damaged)
	}
	if top := 60 * whole.Image.Stride; !bytes.Equal(cut.Image.Pix[:top], whole.Image.Pix[:top]) {
		t.Error("what was read is lost")
	}
}
