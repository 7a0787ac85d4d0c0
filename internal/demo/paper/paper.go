// Package paper draws the demo's documents: invented people on identity cards, contracts and forms, as the files a scanner, a phone or a
// workflow would have left. The same Doc always gives the same bytes, and their number is known without drawing.
package paper

import "fmt"

// Doc says what a document shows and what kind of file it is.
type Doc struct {
	Code                        string // material code, which decides the layout
	Title                       string // of the material
	Name, IDNo, AccountNo, Dept string
	Seed                        uint64 // decides faces, dates and signatures
	Format                      string // one of Formats
	Pages                       int    // of "tif" and "pdf"; others have one
}

// Formats lists the kinds of files: scans, a 12-megapixel phone photo with its EXIF orientation, a fax as multi-page G4 TIFF, a multi-page
// PDF and a short video.
var Formats = []string{"jpg", "jpg-phone", "png", "bmp", "tif", "pdf", "mp4"}

type format struct {
	ext, mime string
	encode    func(d Doc, size int64) ([]byte, error)
	least     int64 // bytes of the smallest file
	spread    int64 // the largest is this much larger
	perPage   int64 // more for each page behind the first
}

var formats = map[string]format{
	"jpg":       {".jpg", "image/jpeg", encodeJPEG, 150 << 10, 150 << 10, 0},
	"jpg-phone": {".jpg", "image/jpeg", encodePhone, 1600 << 10, 800 << 10, 0},
	"png":       {".png", "image/png", encodePNG, 200 << 10, 100 << 10, 0},
	"bmp":       {".bmp", "image/bmp", encodeBMP, bmpHeader + bmpW*bmpH, 1, 0},
	"tif":       {".tif", "image/tiff", encodeTIFF, 60 << 10, 40 << 10, 60 << 10},
	"pdf":       {".pdf", "application/pdf", encodePDF, 200 << 10, 60 << 10, 190 << 10},
	"mp4":       {".mp4", "video/mp4", encodeMP4, 240 << 10, 60 << 10, 0},
}

// Ext returns a format's file name extension with its dot.
func Ext(name string) string { return formats[name].ext }

// MIME returns a format's media type.
func MIME(name string) string { return formats[name].mime }

// Size returns the bytes Render will yield, without drawing. Every format is padded, where its rules allow it, to a size that follows
// from the Doc.
func Size(d Doc) (int64, error) {
	f, ok := formats[d.Format]
	if !ok {
		return 0, fmt.Errorf("paper: unknown format %q", d.Format)
	}
	return f.least + int64(mix(d.Seed)%uint64(f.spread)) + f.perPage*int64(max(1, d.Pages)-1), nil
}

// mix spreads the seed's bits (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Render draws the document and returns the file.
func Render(d Doc) ([]byte, error) {
	size, err := Size(d)
	if err != nil {
		return nil, err
	}
	if _, err := typeface(); err != nil {
		return nil, err
	}
	b, err := formats[d.Format].encode(d, size)
	if err == nil && int64(len(b)) != size {
		err = fmt.Errorf("paper: %s of %s has %d bytes instead of %d", d.Format, d.Code, len(b), size)
	}
	return b, err
}
