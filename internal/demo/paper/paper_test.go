package paper

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math/rand/v2"
	"testing"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/ccitt"
	_ "golang.org/x/image/tiff"
)

// someone is a document of the code in the format, with a name of four characters.
func someone(code, format string, seed uint64) Doc {
	return Doc{
		Code: code, Title: "期货经纪合同", Name: "欧阳娜娜", IDNo: "99999919900101123X", AccountNo: "8800000012", Dept: "上海营业部",
		Seed: seed, Format: format, Pages: 2,
	}
}

// codes has one of every layout; 4101 is a form.
var codes = []string{"1101", "1102", "1103", "1104", "1107", "1201", "2101", "2103", "3101", "4101"}

// Every layout fits into every format's size, whatever the seed, and is the picture its name says.
func TestRender(t *testing.T) {
	for i, code := range codes {
		for _, format := range []string{"jpg", "png", "bmp", "tif", "pdf"} {
			d := someone(code, format, uint64(i*977+len(format)))
			b, err := Render(d)
			if err != nil {
				t.Errorf("%s as %s: %v", code, format, err)
				continue
			}
			if size, _ := Size(d); int64(len(b)) != size {
				t.Errorf("%s as %s: %d bytes, Size said %d", code, format, len(b), size)
			}
			if format == "pdf" {
				continue
			}
			m, _, err := image.Decode(bytes.NewReader(b))
			if err != nil {
				t.Errorf("%s as %s: %v", code, format, err)
			} else if ink(m) < 0.001 {
				t.Errorf("%s as %s: an empty picture", code, format)
			}
		}
	}
}

// ink is the share of dark pixels.
func ink(m image.Image) float64 {
	dark, all := 0, 0
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 3 {
			if r, g, b, _ := m.At(x, y).RGBA(); r+g+b < 3*0x6000 {
				dark++
			}
			all++
		}
	}
	return float64(dark) / float64(all)
}

func TestSameDocSameBytes(t *testing.T) {
	for _, format := range []string{"jpg", "tif", "pdf", "mp4"} {
		a, err := Render(someone("1107", format, 5))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Render(someone("1107", format, 5))
		other, _ := Render(someone("1107", format, 6))
		if !bytes.Equal(a, b) || bytes.Equal(a, other) {
			t.Errorf("%s: the same document differs, or another is the same", format)
		}
	}
}

// A phone photo has twelve million pixels and says how to turn them; turned back, the card lies as it should.
func TestPhonePhoto(t *testing.T) {
	for seed := range uint64(3) {
		d := someone("1101", "jpg-phone", seed)
		b, err := Render(d)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(b, []byte("Exif\x00\x00MM"))
		if at < 0 || int(binary.BigEndian.Uint16(b[at+24:])) != Orientation(d) {
			t.Fatalf("seed %d: no EXIF orientation %d", seed, Orientation(d))
		}
		config, err := pixels(b)
		if err != nil {
			t.Fatal(err)
		}
		wide := config.X > config.Y
		if config.X*config.Y != photoLong*photoShort || wide != (Orientation(d) < 5) {
			t.Errorf("seed %d: %v with orientation %d", seed, config, Orientation(d))
		}
	}
}

// pixels is the size in pixels of an encoded picture.
func pixels(b []byte) (image.Point, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	return image.Pt(c.Width, c.Height), err
}

// Turning the stored picture as the orientation says gives the upright one back.
func TestTurned(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 3, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(i)
	}
	first := map[int]image.Point{ // where the upright picture has the stored one's first pixel (EXIF 2.3, tag 0112)
		1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {2, 0}, 7: {2, 1}, 8: {0, 1},
	}
	for o, p := range first {
		got := turned(m, o)
		if got.RGBAAt(0, 0) != m.RGBAAt(p.X, p.Y) {
			t.Errorf("orientation %d: first pixel is %v, want the one of %v", o, got.RGBAAt(0, 0), p)
		}
	}
}

// What G4 encodes, the reader of x/image gives back, also for rows of noise and of nothing.
func TestG4(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const w, h = 2999, 60
	rows := make([][]bool, h)
	for y := range rows {
		rows[y] = make([]bool, w)
		for x := range rows[y] {
			rows[y][x] = y%5 != 0 && (x/(1+y*y)+r.IntN(1+y/10))%2 == 1
		}
	}
	got := make([]byte, (w+7)/8*h)
	opts := &ccitt.Options{}
	if _, err := ccitt.NewReader(bytes.NewReader(g4(rows)), ccitt.MSB, ccitt.Group4, w, h, opts).Read(got); err != nil {
		t.Fatal(err)
	}
	for y, row := range rows {
		for x, black := range row {
			white := got[y*((w+7)/8)+x/8]&(0x80>>(x%8)) != 0
			if white == black {
				t.Fatalf("pixel %d,%d differs", x, y)
			}
		}
	}
}

// The reader of a PDF finds each object where the cross-reference table says, and every page.
func TestPDF(t *testing.T) {
	d := someone("2101", "pdf", 3)
	d.Pages = 5
	b, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b, []byte("/Type/Page/")); n != 5 {
		t.Errorf("%d pages, want 5", n)
	}
	table := b[bytes.LastIndex(b, []byte("xref\n0 ")):]
	for i, line := range bytes.Split(table, []byte("\n"))[3:] {
		if !bytes.HasSuffix(line, []byte(" n ")) {
			break
		}
		at := 0
		for _, c := range line[:10] {
			at = at*10 + int(c-'0')
		}
		if !bytes.HasPrefix(b[at:], append([]byte{byte('0' + (i+1)/10), byte('0' + (i+1)%10)}[btoi(i < 9):], " 0 obj"...)) {
			t.Errorf("object %d is not at %d", i+1, at)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestUnknownFormat(t *testing.T) {
	if _, err := Render(Doc{Format: "gif"}); err == nil {
		t.Error("an unknown format was drawn")
	}
}

func BenchmarkRender(b *testing.B) {
	for _, format := range Formats {
		b.Run(format, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := Render(someone("1101", format, uint64(i))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
