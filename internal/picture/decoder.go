package picture

import (
	"context"
	"errors"
	"fmt"
	"image"

	"imagery/internal/picture/exif"
	"imagery/internal/picture/graphics"
	"imagery/internal/picture/heif"
	"imagery/internal/picture/pdf"
	"imagery/internal/picture/video"
)

// Decoder opens files in this process. What it needs for PDF and HEIC it starts when first used, or by Warm, and keeps. It is not safe for
// use by several goroutines at once.
type Decoder struct {
	// CacheDir is where compiled code is kept from one start to the next; empty for nowhere.
	CacheDir string

	pdf  *pdf.Engine
	heif *heif.Engine
}

// Warm starts what opening a file of the format needs: a tenth of a second for PDF, some seconds when nothing is cached.
func (d *Decoder) Warm(f Format) (err error) {
	switch {
	case f == PDF && d.pdf == nil:
		d.pdf, err = pdf.Start(d.CacheDir)
	case f == HEIC && d.heif == nil:
		d.heif, err = heif.Start(d.CacheDir)
	}
	return err
}

// pages are the pages of an open file, as they are stored.
type pages interface {
	// decode returns a region of a page, counted from 0 and in the units of Info.Sizes, ideally at size pixels, possibly at more.
	decode(page int, region image.Rectangle, size image.Point) (img image.Image, damaged bool, err error)
	// orientation of a page, an EXIF value.
	orientation(page int) int
	close() error
}

// File is an open file. It keeps the bytes it was opened from.
type File struct {
	Info  Info
	pages pages
}

// Open looks at a file without decoding pixels. For a file that is not shown here it returns what is known of it, with Info.Pages 0; errors
// are ErrTooLarge and ErrDamaged.
func (d *Decoder) Open(ctx context.Context, data []byte) (*File, error) {
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := &File{Info: Info{Format: Sniff(data), Orientation: 1}}
	err := d.open(f, data)
	var unsupported *UnsupportedError
	if errors.As(err, &unsupported) {
		f.Info.Note, f.Info.Pages, f.pages = unsupported.Reason, 0, nil
		return f, nil
	}
	return f, err
}

func (d *Decoder) open(f *File, data []byte) error {
	switch f.Info.Format {
	case JPEG, PNG, GIF, BMP, WEBP:
		return f.openRaster(data)
	case TIFF:
		return f.openTIFF(data)
	case HEIC:
		return d.openHEIC(f, data)
	case PDF:
		return d.openPDF(f, data)
	case OFD, Zip:
		return f.openZip(data)
	case MP4, MOV:
		v := video.Read(data)
		f.Info.Duration, f.Info.Codec = v.Duration, v.Codec
		if v.Size != (image.Point{}) {
			f.Info.Sizes = []image.Point{v.Size}
		}
	}
	return nil
}

// Close gives memory back.
func (f *File) Close() error {
	if f.pages == nil {
		return nil
	}
	return f.pages.close()
}

// Render returns a page, counted from 1, or the region of it that Options name, as large as it fits into an area of fit pixels; a side of
// fit that is not positive does not limit. Errors are ErrPage, ErrTooLarge, ErrDamaged when nothing could be read, and UnsupportedError.
func (f *File) Render(ctx context.Context, page int, fit image.Point, o Options) (*Result, error) {
	switch {
	case f.pages == nil:
		return nil, &UnsupportedError{f.Info.Format, f.Info.Note}
	case page < 1 || page > f.Info.Pages:
		return nil, fmt.Errorf("%w: %d of %d", ErrPage, page, f.Info.Pages)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	full, orientation := f.Info.Size(page), f.pages.orientation(page-1)
	if s, ok := f.pages.(interface{ size(page int) image.Point }); ok {
		full = s.size(page - 1)
	}
	region := o.Region.Intersect(image.Rectangle{Max: full})
	if region.Empty() {
		region = image.Rectangle{Max: full}
	}
	if full.X <= 0 || full.Y <= 0 { // a page whose header is broken: decode says how
		_, _, err := f.pages.decode(page-1, image.Rectangle{}, image.Point{})
		if err == nil {
			err = checked(full, 0)
		}
		return nil, err
	}
	size := target(region.Size(), fit, o.Grow || f.Info.Scalable)
	at, storedSize := storedRegion(region, turned(full, orientation), orientation), turned(size, orientation)
	img, damaged, err := f.pages.decode(page-1, at, storedSize)
	if err != nil {
		return nil, err
	}
	m := upright(graphics.Scale(img, storedSize.X, storedSize.Y), orientation)
	return &Result{Image: m, Full: full, Damaged: damaged, Note: f.Info.Note}, nil
}

// maxSide is the longest side Render returns, that of graphics.
const maxSide = 1 << 15

// target is the size in pixels at which region is shown.
func target(region, fit image.Point, grow bool) image.Point {
	for _, side := range []*int{&fit.X, &fit.Y} {
		if *side <= 0 || *side > maxSide {
			*side = maxSide
		}
	}
	mode := graphics.FitInside
	if grow {
		mode = graphics.FitGrow
	}
	size := graphics.Fit(region.X, region.Y, fit.X, fit.Y, 1, 1, mode)
	for size.W*size.H > MaxResult {
		size = graphics.Fit(region.X, region.Y, max(1, size.W*9/10), max(1, size.H*9/10), 1, 1, mode)
	}
	return image.Pt(size.W, size.H)
}

// checked returns ErrTooLarge for a page that is not to be decoded, and ErrDamaged for one without pixels.
func checked(size image.Point, limit int64) error {
	switch {
	case size.X <= 0 || size.Y <= 0:
		return fmt.Errorf("%w: %d × %d pixels", ErrDamaged, size.X, size.Y)
	case int64(size.X)*int64(size.Y) > limit:
		return fmt.Errorf("%w: %d × %d pixels", ErrTooLarge, size.X, size.Y)
	}
	return nil
}

// setExif takes over what an EXIF block says.
func (f *File) setExif(block []byte) {
	d := exif.Read(block)
	f.Info.Orientation, f.Info.Taken = max(1, d.Orientation), d.Taken
}
