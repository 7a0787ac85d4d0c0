package picture

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	xbmp "golang.org/x/image/bmp"

	"imagery/internal/demo/paper"
)

// corners are the colours of the four quarters of the test picture as it is stored: first line left and right, then second line.
var corners = [4]color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}}

const cornersW, cornersH = 96, 64

func cornerPicture() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, cornersW, cornersH))
	for y := range cornersH {
		for x := range cornersW {
			m.SetRGBA(x, y, corners[x*2/cornersW+y*2/cornersH*2])
		}
	}
	return m
}

// exifOf is an EXIF block with an orientation and a time.
func exifOf(orientation int) []byte {
	b := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00")
	b = append(b, 0x12, 1, 3, 0, 1, 0, 0, 0, byte(orientation), 0, 0, 0)
	b = append(b, 0x32, 1, 2, 0, 20, 0, 0, 0, 38, 0, 0, 0)
	return append(b, "\x00\x00\x00\x002024:03:05 06:07:08\x00"...)
}

func jpegOf(t testing.TB, m image.Image, orientation int) []byte {
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, m, nil))
	block := exifOf(orientation)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(block)+2))
	return slices.Concat(head, block, b.Bytes()[2:])
}

func pngOf(t testing.TB, m image.Image, orientation int) []byte {
	var b bytes.Buffer
	check(t, png.Encode(&b, m))
	block := bytes.TrimPrefix(exifOf(orientation), []byte("Exif\x00\x00"))
	return slices.Concat(b.Bytes()[:33], pngChunk("eXIf", block), b.Bytes()[33:])
}

func pngChunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngHeaderOf is the beginning of a PNG file of that size.
func pngHeaderOf(w, h int, depth, colour byte) []byte {
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	return append([]byte(pngSignature), pngChunk("IHDR", append(body, depth, colour, 0, 0, 0))...)
}

// tiffOf is an uncompressed RGB file of two pages: the picture, and its left half stored upright.
func tiffOf(m *image.RGBA, orientation int) []byte {
	out := []byte("II*\x00\x00\x00\x00\x00")
	link := 4
	for page, w := range []int{m.Rect.Dx(), m.Rect.Dx() / 2} {
		pixels := len(out)
		for y := range m.Rect.Dy() {
			for x := range w {
				c := m.RGBAAt(x, y)
				out = append(out, c.R, c.G, c.B)
			}
		}
		if page == 1 {
			orientation = 1
		}
		binary.LittleEndian.PutUint32(out[link:], uint32(len(out)))
		entries := [][3]int{
			{256, 4, w},
			{257, 4, m.Rect.Dy()},
			{258, 3, 8},
			{259, 3, 1},
			{262, 3, 2},
			{273, 4, pixels},
			{274, 3, orientation},
			{277, 3, 3},
			{278, 4, m.Rect.Dy()},
			{279, 4, 3 * w * m.Rect.Dy()},
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(len(entries)))
		for _, e := range entries {
			out = binary.LittleEndian.AppendUint16(out, uint16(e[0]))
			out = binary.LittleEndian.AppendUint16(out, uint16(e[1]))
			out = binary.LittleEndian.AppendUint32(out, 1)
			out = binary.LittleEndian.AppendUint32(out, uint32(e[2]))
		}
		link = len(out)
		out = append(out, 0, 0, 0, 0)
	}
	return out
}

// webpOf puts a simple file and an EXIF block into an extended one.
func webpOf(simple []byte, orientation int) []byte {
	chunk := func(kind string, body []byte) []byte {
		out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
		return append(append(out, body...), make([]byte, len(body)%2)...)
	}
	extended := chunk("VP8X", []byte{8, 0, 0, 0, cornersW - 1, 0, 0, cornersH - 1, 0, 0})
	return chunk("RIFF", slices.Concat([]byte("WEBP"), extended, simple[12:], chunk("EXIF", exifOf(orientation))))
}

// heicOf gives a file of one picture the instructions to turn it that an EXIF orientation means.
func heicOf(file []byte, orientation int) []byte {
	turn := func(quarters byte) []byte { return []byte{0, 0, 0, 9, 'i', 'r', 'o', 't', quarters} }
	mirror := func(axis byte) []byte { return []byte{0, 0, 0, 9, 'i', 'm', 'i', 'r', axis} }
	properties := [][][]byte{
		nil, {mirror(1)}, {turn(2)}, {mirror(0)}, {turn(1), mirror(0)}, {turn(3)}, {turn(3), mirror(0)}, {turn(1)},
	}[orientation-1]
	grow := func(file []byte, kind string, by int) {
		at := bytes.Index(file, []byte(kind)) - 4
		binary.BigEndian.PutUint32(file[at:], binary.BigEndian.Uint32(file[at:])+uint32(by))
	}
	for i, p := range properties {
		file = slices.Clone(file)
		ipco, ipma := bytes.Index(file, []byte("ipco"))-4, bytes.Index(file, []byte("ipma"))-4
		endOfProperties := ipco + int(binary.BigEndian.Uint32(file[ipco:]))
		count := ipma + 18
		endOfList := count + 1 + int(file[count])
		file[count]++
		for _, kind := range []string{"meta", "iprp"} {
			grow(file, kind, len(p)+1)
		}
		grow(file, "ipco", len(p))
		grow(file, "ipma", 1)
		base := file[bytes.Index(file, []byte("iloc"))+16:] // behind version, sizes, and the number, item and reference of the one picture
		binary.BigEndian.PutUint32(base, binary.BigEndian.Uint32(base)+uint32(len(p))+1)
		file = slices.Concat(file[:endOfProperties], p, file[endOfProperties:endOfList], []byte{0x80 | byte(4+i)}, file[endOfList:])
	}
	return file
}

func bmpOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	check(t, xbmp.Encode(&b, m))
	return b.Bytes()
}

// gifOf has as many frames of the corner picture.
func gifOf(t testing.TB, frames int) []byte {
	p := image.NewPaletted(image.Rect(0, 0, cornersW, cornersH), color.Palette{corners[0], corners[1], corners[2], corners[3]})
	for y := range cornersH {
		for x := range cornersW {
			p.Pix[p.PixOffset(x, y)] = uint8(x*2/cornersW + y*2/cornersH*2)
		}
	}
	g := &gif.GIF{}
	for range frames {
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 10)
	}
	var b bytes.Buffer
	check(t, gif.EncodeAll(&b, g))
	return b.Bytes()
}

func zipOf(t testing.TB, parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		check(t, err)
		_, err = w.Write([]byte(parts[i+1]))
		check(t, err)
	}
	check(t, z.Close())
	return b.Bytes()
}

// ofdOf is a document of two pages of 96 × 64 mm: the picture over all of the first, and the content given on the second.
func ofdOf(t testing.TB, picture []byte, second string) []byte {
	const head = `<?xml version="1.0" encoding="UTF-8"?>`
	page := func(objects string) string {
		return head + `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="9">` + objects + `</ofd:Layer></ofd:Content></ofd:Page>`
	}
	return zipOf(
		t,
		"OFD.xml", head+`<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
		"Doc_0/Document.xml", head+`<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 96 64</ofd:PhysicalBox>
			</ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>
			<ofd:Page ID="2" BaseLoc="/Doc_0/Pages/Page_1/Content.xml"/></ofd:Pages></ofd:Document>`,
		"Doc_0/DocumentRes.xml", head+`<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016" BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="5" Type="Image">
			<ofd:MediaFile>scan.img</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`,
		"Doc_0/Res/scan.img", string(picture),
		"Doc_0/Pages/Page_0/Content.xml", page(`<ofd:ImageObject ID="10" ResourceID="5" Boundary="0 0 96 64" CTM="96 0 0 64 0 0"/>`),
		"Doc_0/Pages/Page_1/Content.xml", page(second),
	)
}

// pdfOf is a document of one page of that size in points, its left half red, or whatever content is given.
func pdfOf(w, h int, content string) []byte {
	if content == "" {
		content = fmt.Sprintf("1 0 0 rg 0 0 %d %d re f", w/2, h)
	}
	var b strings.Builder
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R >>", w, h))
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return []byte(b.String())
}

// document is a file as the demo draws it.
func document(t testing.TB, format string) []byte {
	b, err := paper.Render(paper.Doc{
		Code: "0101", Title: "身份证", Name: "张三", IDNo: "110101199001011234", AccountNo: "80001234", Dept: "北京营业部", Seed: 9, Format: format, Pages: 3,
	})
	check(t, err)
	return b
}

func testdata(t testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join("testdata", name))
	check(t, err)
	return b
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
