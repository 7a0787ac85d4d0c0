// Package tiff decodes the pages of TIFF files, at the size they are shown at
// where that saves time, and shows what is left of damaged ones.
//
// Pages are numbered from 0. Bilevel pages, as faxes and scanners make them,
// go from their run lengths straight to an averaged grey picture of the wanted
// size, so small print stays readable and no full-size picture exists.
// JPEG-compressed pages are reduced by package jpeg; others come at full size,
// with 8 bits a sample.
//
// Everything a file says is bounded: by its own length, by the limits on
// pixels and pages, and by a budget of bytes to decompress, so the work is
// proportional to input and picture. Classic and Big TIFF are read.
package tiff

import (
	"errors"
	"fmt"
	"image"
)

var (
	// ErrDamaged matches when data is missing or makes no sense. A picture that
	// comes with it holds what could be read; the rest of it is white on
	// bilevel pages and mid-grey on others.
	ErrDamaged = errors.New("tiff: damaged")
	// ErrTooLarge matches when a page has more than 64 megapixels, or 100 when
	// it is bilevel, or a side of more than 262144 pixels.
	ErrTooLarge = errors.New("tiff: too large")
	// ErrUnsupported matches compressions and sample layouts that are not
	// decoded, such as floating point, CIE L*a*b*, LZMA, WebP, and old-style
	// JPEG that is not one whole stream.
	ErrUnsupported = errors.New("tiff: unsupported")
	// ErrNoPage matches page numbers that the file does not have.
	ErrNoPage = errors.New("tiff: no such page")
)

const (
	maxPages         = 4096
	maxSide          = 1 << 18
	maxPixels        = 64 << 20
	maxBilevelPixels = 100 << 20
)

// Open finds the pages of a file. It keeps data, which must not change. A file
// whose chain of pages breaks off has those before the break, at most 4096; an
// error matches ErrDamaged and means that there are none.
func Open(data []byte) (*File, error) {
	f, first, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	seen := map[uint64]bool{}
	for at := first; at != 0 && !seen[at] && len(f.pages) < maxPages; {
		entries, next, ok := f.directoryAt(at)
		if !ok {
			break
		}
		seen[at] = true
		f.pages = append(f.pages, entries)
		at = next
	}
	if len(f.pages) == 0 {
		return nil, damaged("no page directory")
	}
	return f, nil
}

// Pages returns how many pages there are, at least one. Thumbnails that stand
// in the chain of pages count.
func (f *File) Pages() int { return len(f.pages) }

// Size returns the size of a page as stored, in pixels, before any turning. It
// fails for pages that Decode would refuse for their size or layout.
func (f *File) Size(page int) (image.Point, error) {
	p, err := f.page(page)
	if err != nil {
		return image.Point{}, err
	}
	return p.size, nil
}

// Orientation returns how a page is stored, in the numbers of TIFF and EXIF: 1
// upright, up to 8. It is 1 where the file does not say or says nonsense.
func (f *File) Orientation(page int) int {
	if page < 0 || page >= len(f.pages) {
		return 1
	}
	if o := f.tags(f.pages[page]).number(tagOrientation, 1); o >= 1 && o <= 8 {
		return int(o)
	}
	return 1
}

// Decode returns a page as stored, before any turning.
//
// Bilevel pages come as *image.Gray with the size they have when fitted into
// fit, keeping their proportions; pages that are one JPEG, or consist of tiles
// or strips that allow it, at the smallest of the scales 1/1, 1/2, 1/4 and 1/8
// that is no smaller than that; others at full size. No page is enlarged, and
// a side of fit that is not positive does not limit.
//
// When the page is damaged, the error matches ErrDamaged and the picture is
// what was read, or nil when that is nothing.
func (f *File) Decode(page int, fit image.Point) (image.Image, error) {
	p, err := f.page(page)
	if err != nil {
		return nil, err
	}
	switch {
	case p.compression == compressionJPEG:
		return p.decodeJPEG(fit)
	case p.compression == compressionOldJPEG:
		return p.decodeOldJPEG(fit)
	case p.bilevel():
		return p.decodeBilevel(fit)
	case p.photometric == photometricYCbCr:
		return p.decodeYCbCr()
	}
	return p.decodeSamples()
}

// fitted returns size shrunk, in proportion, to lie within fit; no side
// becomes less than 1.
func fitted(size, fit image.Point) image.Point {
	if fit.X <= 0 {
		fit.X = size.X
	}
	if fit.Y <= 0 {
		fit.Y = size.Y
	}
	if size.X <= fit.X && size.Y <= fit.Y {
		return size
	}
	if size.X*fit.Y > size.Y*fit.X {
		return image.Pt(fit.X, max(1, (size.Y*fit.X+size.X/2)/size.X))
	}
	return image.Pt(max(1, (size.X*fit.Y+size.Y/2)/size.Y), fit.Y)
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnsupported}, args...)...)
}
