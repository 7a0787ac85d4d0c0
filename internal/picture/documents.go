package picture

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image"
	"strings"

	"imagery/internal/picture/pdf"
)

// openHEIC leaves turning the picture to libheif, which follows the file's own instructions.
func (d *Decoder) openHEIC(f *File, data []byte) error {
	if err := d.Warm(HEIC); err != nil {
		return err
	}
	size, err := d.heif.Size(data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r := &raster{stored: size, orient: 1, limit: MaxPixels}
	r.read = func(image.Point) (image.Image, bool, error) {
		img, err := d.heif.Decode(data, MaxPixels)
		if err != nil {
			return nil, true, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return img, false, nil
	}
	f.pages, f.Info.Pages, f.Info.Sizes = r, 1, []image.Point{size}
	return nil
}

// pdfPages are the pages of a PDF document.
type pdfPages struct{ doc *pdf.Document }

// measuredPages is how many sizes of a PDF Open asks for; each has PDFium parse the page.
const measuredPages = 200

func (d *Decoder) openPDF(f *File, data []byte) error {
	if err := d.Warm(PDF); err != nil {
		return err
	}
	doc, err := d.pdf.Open(data)
	switch {
	case errors.Is(err, pdf.ErrPassword):
		return &UnsupportedError{PDF, NotePassword}
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p := &pdfPages{doc}
	f.pages, f.Info.Scalable, f.Info.Pages = p, true, min(doc.Pages, MaxPages)
	for page := range min(doc.Pages, measuredPages) {
		f.Info.Sizes = append(f.Info.Sizes, p.size(page))
	}
	return nil
}

func (p *pdfPages) orientation(int) int { return 1 }
func (p *pdfPages) close() error        { return p.doc.Close() }

// size of a page; one that cannot be read has A4, and its error comes with Render.
func (p *pdfPages) size(page int) image.Point {
	s, err := p.doc.Size(page)
	if err != nil {
		return image.Pt(595, 842)
	}
	return s
}

func (p *pdfPages) decode(page int, region image.Rectangle, size image.Point) (image.Image, bool, error) {
	img, err := p.doc.Render(page, region, size)
	if err != nil {
		return nil, true, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return img, false, nil
}

// openZip tells documents in zip files apart by their directory, for those whose first entries do not tell.
func (f *File) openZip(data []byte) error {
	if f.Info.Format == Zip {
		f.Info.Format = zipFormat(data)
	}
	if f.Info.Format == OFD {
		return f.openOFD(data)
	}
	return nil
}

func zipFormat(data []byte) Format {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Zip
	}
	for _, e := range archive.File {
		switch {
		case e.Name == "OFD.xml":
			return OFD
		case strings.HasPrefix(e.Name, "[Content_Types]"):
			return OOXML
		}
	}
	return Zip
}
