package paper

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// errTooBig is returned when a picture does not fit into the size its Doc has.
var errTooBig = errors.New("paper: picture larger than its file may be")

// fitJPEG encodes m as well as fits into size bytes and fills the rest with comment segments behind the prefix. prefix is what stands
// between the start of the image and the first segment.
func fitJPEG(m image.Image, size int64, prefix []byte) ([]byte, error) {
	for quality := 82; quality >= 22; quality -= 15 {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		gap := size - int64(b.Len()) - int64(len(prefix))
		if gap < minComment {
			continue
		}
		out := append(make([]byte, 0, size), b.Bytes()[:2]...)
		out = append(out, prefix...)
		out = appendComments(out, gap)
		return append(out, b.Bytes()[2:]...), nil
	}
	return nil, errTooBig
}

const (
	minComment = 4      // bytes of an empty comment segment
	maxComment = 0xfff0 // bytes of the comment segments used here
)

// appendComments appends JPEG comment segments of n bytes in all.
func appendComments(out []byte, n int64) []byte {
	for n > 0 {
		one := n
		if n > maxComment {
			one = min(maxComment, n-minComment)
		}
		out = append(out, 0xff, 0xfe)
		out = binary.BigEndian.AppendUint16(out, uint16(one-2))
		out = append(out, bytes.Repeat([]byte{' '}, int(one-4))...)
		n -= one
	}
	return out
}

func encodeJPEG(d Doc, size int64) ([]byte, error) { return fitJPEG(drawPage(d, 0), size, nil) }

// Orientation returns the EXIF orientation, 1 to 8, that a phone photo of d is stored in.
func Orientation(d Doc) int { return int(mix(d.Seed^0xe1f)%8) + 1 }

// exif is an APP1 segment that says how to turn the picture.
func exif(orientation int) []byte {
	tiff := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	tiff = append(tiff, byte(orientation), 0, 0, 0, 0, 0, 0)
	out := []byte{0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(tiff)+2))
	return append(out, tiff...)
}

// The long and short side of a 12-megapixel photo.
const photoLong, photoShort = 4032, 3024

// encodePhone puts the page on a desk, a little askew, and stores the photo turned as the orientation says.
func encodePhone(d Doc, size int64) ([]byte, error) {
	page := drawPage(d, 0)
	w, h := photoShort, photoLong
	if page.Bounds().Dx() > page.Bounds().Dy() {
		w, h = h, w
	}
	desk := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(desk, desk.Bounds(), image.NewUniform(color.RGBA{126, 98, 74, 255}), image.Point{}, draw.Src)
	pw, ph := float64(page.Bounds().Dx()), float64(page.Bounds().Dy())
	scale := min(float64(w)*0.86/pw, float64(h)*0.86/ph)
	r := rand.New(rand.NewPCG(d.Seed, 77))
	sin := (r.Float64() - 0.5) * 0.08
	ox, oy := (float64(w)-pw*scale)/2, (float64(h)-ph*scale)/2-sin*pw*scale/2
	xdraw.ApproxBiLinear.Transform(desk, f64.Aff3{scale, -sin * scale, ox + sin*ph*scale/2, sin * scale, scale, oy}, page, page.Bounds(), xdraw.Src, nil)
	o := Orientation(d)
	return fitJPEG(turned(desk, o), size, exif(o))
}

// turned returns the picture as a camera stores it that says orientation o: applying o to the result gives m back.
func turned(m *image.RGBA, o int) *image.RGBA {
	if o == 1 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if o >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := source(o, x, y, w, h)
			copy(out.Pix[out.PixOffset(x, y):][:4], m.Pix[m.PixOffset(u, v):][:4])
		}
	}
	return out
}

// source returns which upright pixel is stored at x, y of a picture of w by h under orientation o.
func source(o, x, y, w, h int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// greyPage is the first page in grey, at part of its size.
func greyPage(d Doc, part float64) *image.Gray {
	page := drawPage(d, 0)
	b := page.Bounds()
	m := image.NewGray(image.Rect(0, 0, int(float64(b.Dx())*part), int(float64(b.Dy())*part)))
	xdraw.ApproxBiLinear.Scale(m, m.Bounds(), page, b, xdraw.Src, nil)
	return m
}

func encodePNG(d Doc, size int64) ([]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, greyPage(d, 0.7)); err != nil {
		return nil, err
	}
	gap := size - int64(b.Len()) - 12
	if gap < 0 {
		return nil, errTooBig
	}
	const end = 12 // bytes of the IEND chunk
	out := append(make([]byte, 0, size), b.Bytes()[:b.Len()-end]...)
	out = binary.BigEndian.AppendUint32(out, uint32(gap))
	chunk := append([]byte("paDd"), make([]byte, gap)...)
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, b.Bytes()[b.Len()-end:]...), nil
}

// A bitmap is not compressed, so its size is its picture's: half an A4 page in grey, whatever the layout.
const bmpW, bmpH, bmpHeader = 620, 877, 14 + 40 + 4*256

func encodeBMP(d Doc, size int64) ([]byte, error) {
	page := drawPage(d, 0)
	m := image.NewGray(image.Rect(0, 0, bmpW, bmpH))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	b := page.Bounds()
	scale := min(float64(bmpW)/float64(b.Dx()), float64(bmpH)/float64(b.Dy()))
	xdraw.ApproxBiLinear.Scale(m, image.Rect(0, 0, int(float64(b.Dx())*scale), int(float64(b.Dy())*scale)), page, b, xdraw.Src, nil)
	le := binary.LittleEndian
	out := append(make([]byte, 0, size), "BM"...)
	out = le.AppendUint32(out, uint32(size))
	out = le.AppendUint32(out, 0)
	for _, v := range []uint32{bmpHeader, 40, bmpW, bmpH, 1 | 8<<16, 0, bmpW * bmpH, 2835, 2835, 256, 0} {
		out = le.AppendUint32(out, v)
	}
	for i := range 256 {
		out = append(out, byte(i), byte(i), byte(i), 0)
	}
	for y := bmpH - 1; y >= 0; y-- {
		out = append(out, m.Pix[y*m.Stride:][:bmpW]...)
	}
	return out, nil
}
