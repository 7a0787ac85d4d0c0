package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"io"

	"github.com/sergeymakinen/go-bmp"
	xbmp "golang.org/x/image/bmp"
	"golang.org/x/image/webp"

	"imagery/internal/picture/exif"
	"imagery/internal/picture/jpeg"
	"imagery/internal/picture/tiff"
)

// raster is a single page of pixels.
type raster struct {
	stored image.Point
	orient int
	limit  int64
	// read decodes all of the page, at no less than size pixels.
	read func(size image.Point) (img image.Image, damaged bool, err error)
	// last is what read returned, for the next look at another region.
	last    image.Image
	damaged bool
}

func (r *raster) orientation(int) int { return r.orient }

func (r *raster) close() error {
	r.last = nil
	return nil
}

func (r *raster) decode(_ int, region image.Rectangle, size image.Point) (image.Image, bool, error) {
	if err := checked(r.stored, r.limit); err != nil {
		return nil, false, err
	}
	whole := wholeSize(r.stored, region, size)
	if r.last == nil || !enough(r.last.Bounds().Size(), whole, r.stored) {
		img, damaged, err := r.read(whole)
		if err != nil {
			return nil, damaged, err
		}
		r.last, r.damaged = img, damaged
	}
	return crop(r.last, region, r.stored), r.damaged, nil
}

// wholeSize is the size at which all of a page has to be decoded for region to have size pixels.
func wholeSize(full image.Point, region image.Rectangle, size image.Point) image.Point {
	up := func(full, of, pixels int) int { return min(full, (full*pixels+of-1)/of) }
	return image.Pt(up(full.X, region.Dx(), size.X), up(full.Y, region.Dy(), size.Y))
}

func enough(have, want, full image.Point) bool {
	return have.X >= min(want.X, full.X) && have.Y >= min(want.Y, full.Y)
}

// crop returns the part of img, the picture of a page of full size, that shows region.
func crop(img image.Image, region image.Rectangle, full image.Point) image.Image {
	part, ok := img.(interface {
		SubImage(r image.Rectangle) image.Image
	})
	if region.Size() == full || !ok {
		return img
	}
	b := img.Bounds()
	scaled := image.Rect(
		region.Min.X*b.Dx()/full.X, region.Min.Y*b.Dy()/full.Y,
		(region.Max.X*b.Dx()+full.X-1)/full.X, (region.Max.Y*b.Dy()+full.Y-1)/full.Y,
	)
	return part.SubImage(scaled.Add(b.Min))
}

// openRaster reads the header of a picture file.
func (f *File) openRaster(data []byte) error {
	r := &raster{limit: MaxPixels}
	var err error
	switch f.Info.Format {
	case JPEG:
		f.setExif(exif.OfJPEG(data))
		err = r.jpeg(data)
	case PNG:
		f.setExif(exif.OfPNG(data))
		err = r.png(data)
	case WEBP:
		f.setExif(exif.OfWEBP(data))
		err = r.webp(data)
	case GIF:
		f.Info.Note, err = r.gif(data)
	case BMP:
		err = r.bmp(data)
	}
	if err != nil {
		return err
	}
	r.orient = f.Info.Orientation
	f.pages, f.Info.Pages = r, 1
	f.Info.Sizes = []image.Point{turned(r.stored, r.orient)}
	return nil
}

func (r *raster) jpeg(data []byte) error {
	config, err := stdjpeg.DecodeConfig(bytes.NewReader(data))
	r.stored = image.Pt(config.Width, config.Height)
	if err != nil { // more is read of damaged files by decoding them
		img, full, err := jpeg.Decode(data, image.Pt(1, 1))
		if _, _, err := salvaged(JPEG, img, err); err != nil {
			return err
		}
		r.stored = full
	}
	r.read = func(size image.Point) (image.Image, bool, error) {
		img, _, err := jpeg.Decode(data, size)
		return salvaged(JPEG, img, err)
	}
	return nil
}

// salvaged translates what our own decoders return: a picture that comes with an error is damaged.
func salvaged(f Format, img image.Image, err error) (image.Image, bool, error) {
	switch {
	case err == nil:
		return img, false, nil
	case img != nil:
		return img, true, nil
	case errors.Is(err, jpeg.ErrTooLarge), errors.Is(err, tiff.ErrTooLarge):
		return nil, false, fmt.Errorf("%w: %w", ErrTooLarge, err)
	case errors.Is(err, jpeg.ErrUnsupported), errors.Is(err, tiff.ErrUnsupported):
		return nil, false, &UnsupportedError{f, NoteVariant}
	}
	return nil, true, fmt.Errorf("%w: %w", ErrDamaged, err)
}

func (r *raster) png(data []byte) error {
	h, err := headerOfPNG(data)
	if err != nil {
		return err
	}
	r.stored = h.size()
	if h.bits() == 1 {
		r.limit = MaxBilevel
	}
	r.read = func(image.Point) (image.Image, bool, error) { return decodePNG(data) }
	return nil
}

func (r *raster) gif(data []byte) (Note, error) {
	g, err := parseGIF(data)
	if err != nil {
		return NoteNone, err
	}
	r.stored = g.screen
	r.read = func(image.Point) (image.Image, bool, error) { return g.decode() }
	if g.animated {
		return NoteAnimated, nil
	}
	return NoteNone, nil
}

func (r *raster) bmp(data []byte) error {
	config, err := xbmp.DecodeConfig(bytes.NewReader(data))
	decode := xbmp.Decode
	if err != nil { // x/image has the usual kinds only, and is quicker at them
		config, err = bmp.DecodeConfig(bytes.NewReader(data))
		decode = bmp.Decode
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r.stored = image.Pt(config.Width, config.Height)
	r.read = func(image.Point) (image.Image, bool, error) {
		img, damaged, err := r.decodePadded(data, decode)
		unveil(img)
		return img, damaged, err
	}
	return nil
}

// unveil makes a picture opaque that is transparent all over: many programs leave the fourth byte of a BMP zero.
func unveil(img image.Image) {
	m, ok := img.(*image.NRGBA)
	if !ok {
		return
	}
	for i := 3; i < len(m.Pix); i += 4 {
		if m.Pix[i] != 0 {
			return
		}
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
}

func (r *raster) webp(data []byte) error {
	config, err := webp.DecodeConfig(bytes.NewReader(data))
	const animation = 1 << 1
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&animation != 0:
		return &UnsupportedError{WEBP, NoteVariant}
	}
	r.stored = image.Pt(config.Width, config.Height)
	r.read = func(image.Point) (image.Image, bool, error) { return r.decodePadded(data, webp.Decode) }
	return nil
}

// decodePadded decodes a file, and one that is cut short as if zeros followed: most decoders then give the part before them.
func (r *raster) decodePadded(data []byte, decode func(io.Reader) (image.Image, error)) (img image.Image, damaged bool, err error) {
	if img, err = decode(bytes.NewReader(data)); err == nil {
		return img, false, nil
	}
	missing := 4*int64(r.stored.X)*int64(r.stored.Y) + 1<<16 // more than any picture of the size takes
	img, again := decode(io.MultiReader(bytes.NewReader(data), io.LimitReader(zeros{}, missing)))
	if again != nil {
		return nil, true, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return img, true, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
