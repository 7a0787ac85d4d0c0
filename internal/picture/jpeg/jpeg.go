// Package jpeg decodes JPEG pictures at the size they are shown at, and shows
// what is left of damaged ones.
//
// Sequential Huffman-coded pictures of one or three components and 8 bits,
// which is nearly all of them, are decoded here: at 1/1, 1/2, 1/4 or 1/8 of
// their size by inverse transforms of fewer coefficients, which costs a
// fraction of decoding and scaling down. Progressive pictures and those in
// CMYK or YCCK go through the standard library and always come at full size.
//
// Neither EXIF nor its orientation is looked at. Memory is the picture itself
// and some 50 kB; the standard library takes four bytes more per sample of a
// progressive picture.
package jpeg

import (
	"errors"
	"fmt"
	"image"
)

var (
	// ErrDamaged matches when data is missing or makes no sense. A picture that
	// comes with it holds what could be read; the rest of it is mid-grey.
	ErrDamaged = errors.New("jpeg: damaged")
	// ErrTooLarge matches when a picture has more than 64 megapixels, or so many
	// scans over its pixels that only an attack explains them.
	ErrTooLarge = errors.New("jpeg: too large")
	// ErrUnsupported matches what neither this package nor the standard library
	// decodes: arithmetic coding, 12 bits a sample, lossless and hierarchical
	// pictures, heights given after the picture, two components.
	ErrUnsupported = errors.New("jpeg: unsupported")
)

// maxPixels is the largest picture, in pixels.
const maxPixels = 64 << 20

// Decode returns the picture at the smallest of the scales 1/1, 1/2, 1/4 and
// 1/8 at which it is no smaller than it will be when fitted into fit, keeping
// its proportions; a side of fit that is not positive does not limit, so the
// zero Point asks for full size. Reduced sides are rounded up. full is the
// coded size in pixels, zero when it could not be read.
//
// The picture is an *image.YCbCr or *image.Gray; RGB comes as *image.RGBA,
// CMYK as *image.CMYK. When data is damaged, err matches ErrDamaged and img is
// what was read, or nil when that is nothing.
func Decode(data []byte, fit image.Point) (img image.Image, full image.Point, err error) {
	return Stream{Data: data}.decode(func(size image.Point) int { return eighthsFor(size, fit) })
}

// Color says how the components of a Stream are to be understood.
type Color int

const (
	// ColorMarked is for streams that say it themselves, by their markers.
	ColorMarked Color = iota
	// ColorRGB overrules the markers.
	ColorRGB
	// ColorYCbCr overrules them, too.
	ColorYCbCr
)

// Stream is a picture whose container says more about it than its own markers
// do, as in TIFF.
type Stream struct {
	// Tables is a stream of tables alone, read before Data; it may be empty.
	Tables, Data []byte
	// Color is how three components are understood.
	Color Color
	// Max is the largest size it may have; zero sides do not limit. Larger
	// ones match ErrTooLarge.
	Max image.Point
}

// Decode is like the function of that name, but takes the scale: 8, 4, 2 or 1
// eighths of the full size.
func (s Stream) Decode(eighths int) (img image.Image, full image.Point, err error) {
	return s.decode(func(image.Point) int { return eighths })
}

func (s Stream) decode(choose func(size image.Point) int) (image.Image, image.Point, error) {
	d := &decoder{bits: bits{data: s.Tables}, color: s.Color, choose: choose, max: s.Max}
	if len(s.Tables) > 0 {
		if err := d.readTables(); err != nil {
			return nil, image.Point{}, err
		}
	}
	d.bits = bits{data: s.Data}
	err := d.read()
	if errors.Is(err, errOther) {
		img, err := decodeOther(s, d.size)
		return img, d.size, err
	}
	if d.decoded == 0 {
		return nil, d.size, err
	}
	return d.picture(), d.size, err
}

// eighthsFor returns the scale, in eighths, for a picture of the given size
// that is to be shown within fit.
func eighthsFor(size, fit image.Point) int {
	target := fitted(size, fit)
	for _, eighths := range []int{1, 2, 4} {
		if s := reduced(size, eighths); s.X >= target.X && s.Y >= target.Y {
			return eighths
		}
	}
	return 8
}

// fitted returns size shrunk, in proportion, to lie within fit.
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
	// Rounded down, so that one pixel does not double the scale.
	if size.X*fit.Y > size.Y*fit.X {
		return image.Pt(fit.X, size.Y*fit.X/size.X)
	}
	return image.Pt(size.X*fit.Y/size.Y, fit.Y)
}

// reduced returns size at a scale of eighths, rounded up.
func reduced(size image.Point, eighths int) image.Point {
	return image.Pt(ceilDiv(size.X*eighths, 8), ceilDiv(size.Y*eighths, 8))
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

func unsupported(what string) error { return fmt.Errorf("%w: %s", ErrUnsupported, what) }
