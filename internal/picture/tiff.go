package picture

import (
	"image"

	"imagery/internal/picture/exif"
	"imagery/internal/picture/tiff"
)

// tiffPages are the pages of a TIFF file.
type tiffPages struct {
	file *tiff.File
	// now is the page last looked at, page its number.
	now  *raster
	page int
}

func (f *File) openTIFF(data []byte) error {
	file, err := tiff.Open(data)
	if err != nil {
		_, _, err := salvaged(TIFF, nil, err)
		return err
	}
	p := &tiffPages{file: file, page: -1}
	for page := range min(file.Pages(), MaxPages) {
		f.Info.Sizes = append(f.Info.Sizes, p.size(page))
	}
	if _, err := file.Size(0); err != nil && file.Pages() == 1 {
		_, _, err := salvaged(TIFF, nil, err)
		return err
	}
	f.pages, f.Info.Pages = p, len(f.Info.Sizes)
	f.Info.Orientation, f.Info.Taken = p.orientation(0), exif.Read(data).Taken
	return nil
}

// size of a page, upright; zero for one that cannot be read, whose error comes with Render.
func (p *tiffPages) size(page int) image.Point {
	size, err := p.file.Size(page)
	if err != nil {
		return image.Point{}
	}
	return turned(size, p.orientation(page))
}

func (p *tiffPages) orientation(page int) int { return p.file.Orientation(page) }

func (p *tiffPages) close() error {
	p.now, p.page = nil, -1
	return nil
}

func (p *tiffPages) decode(page int, region image.Rectangle, size image.Point) (image.Image, bool, error) {
	stored, err := p.file.Size(page)
	if err != nil {
		return salvaged(TIFF, nil, err)
	}
	if p.page != page {
		p.page = page
		p.now = &raster{stored: stored, limit: MaxBilevel, read: func(size image.Point) (image.Image, bool, error) {
			img, err := p.file.Decode(page, size)
			return salvaged(TIFF, img, err)
		}}
	}
	return p.now.decode(0, region, size)
}
