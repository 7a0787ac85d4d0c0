package paper

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// encodeTIFF makes a fax: each page in black and white, G4.
func encodeTIFF(d Doc, size int64) ([]byte, error) {
	le := binary.LittleEndian
	out := le.AppendUint32([]byte("II*\x00"), 8)
	pages := max(1, d.Pages)
	for page := range pages {
		m := drawPage(d, page)
		w, h := m.Bounds().Dx(), m.Bounds().Dy()
		strip := g4(bilevel(m))
		entries := [][3]uint32{ // tag, type (3 short, 4 long), value
			{256, 4, uint32(w)},
			{257, 4, uint32(h)},
			{258, 3, 1},
			{259, 3, 4},
			{262, 3, 0},
			{273, 4, uint32(len(out) + 2 + 12*9 + 4)},
			{277, 3, 1},
			{278, 4, uint32(h)},
			{279, 4, uint32(len(strip))},
		}
		out = le.AppendUint16(out, uint16(len(entries)))
		for _, e := range entries {
			out = le.AppendUint16(out, uint16(e[0]))
			out = le.AppendUint16(out, uint16(e[1]))
			out = le.AppendUint32(out, 1)
			out = le.AppendUint32(out, e[2])
		}
		if len(strip)%2 == 1 {
			strip = append(strip, 0)
		}
		next := uint32(len(out) + 4 + len(strip))
		if page == pages-1 {
			next = 0
		}
		out = append(le.AppendUint32(out, next), strip...)
	}
	if int64(len(out)) > size {
		return nil, errTooBig
	}
	return append(out, make([]byte, size-int64(len(out)))...), nil
}

// bilevel turns a page into rows of black and white. The watermark, light as it is, is dithered so that a fax shows it too.
func bilevel(m *image.RGBA) [][]bool {
	b := m.Bounds()
	rows := make([][]bool, b.Dy())
	for y := range rows {
		rows[y] = make([]bool, b.Dx())
		for x := range rows[y] {
			p := m.Pix[m.PixOffset(x, y):]
			grey := (299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000
			rows[y][x] = grey < 140 || grey < 215 && x%4 == 0 && y%4 == 0
		}
	}
	return rows
}

// encodePDF makes a document of one JPEG a page.
func encodePDF(d Doc, size int64) ([]byte, error) {
	pages := max(1, d.Pages)
	room := (size - int64(pages*600) - 1000) / int64(pages)
	var pictures [][]byte
	for page := range pages {
		b, err := fitJPEG(drawPage(d, page), room, nil)
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, b)
	}
	pad := size - int64(len(pdf(pictures, 0)))
	if pad < 0 {
		return nil, errTooBig
	}
	out := pdf(pictures, int(pad))
	if more := int64(len(out)) - size; more != 0 { // startxref may have grown by a digit
		out = pdf(pictures, int(pad-more))
	}
	return out, nil
}

// pdf writes the file; pad is how many bytes of comment stand in front of the cross-reference table.
func pdf(pictures [][]byte, pad int) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(offsets)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	kids := ""
	for i := range pictures {
		kids += fmt.Sprintf("%d 0 R ", 3+3*i)
	}
	object("<</Type/Pages/Count %d/Kids[%s]>>", len(pictures), kids)
	for i, p := range pictures {
		w, h := pageW, pageH
		if cfg, _, err := image.DecodeConfig(bytes.NewReader(p)); err == nil {
			w, h = cfg.Width, cfg.Height
		}
		n := 3 + 3*i
		draw := fmt.Sprintf("q 595 0 0 %d 0 0 cm /P Do Q", 595*h/w)
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 %d]/Resources<</XObject<</P %d 0 R>>>>/Contents %d 0 R>>", 595*h/w, n+1, n+2)
		object("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>\nstream\n%s\nendstream", w, h, len(p), p)
		object("<</Length %d>>\nstream\n%s\nendstream", len(draw), draw)
	}
	if pad >= 2 {
		fmt.Fprintf(&b, "%%%s\n", bytes.Repeat([]byte{' '}, pad-2))
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, xref)
	return b.Bytes()
}
