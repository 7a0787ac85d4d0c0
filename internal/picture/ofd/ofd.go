// Package ofd reads OFD documents (GB/T 33190), zip files of XML, as far as their pages are nothing but images. Nothing is extracted: parts are
// read through fs.FS, each within a limit of bytes and of the ratio it was compressed by.
package ofd

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Limits on an archive.
const (
	maxEntries = 20000
	maxXML     = 16 << 20
	maxMedia   = 100 << 20
	// maxRatio is how many times a part may grow. XML of drawings grows 20 times, pictures hardly at all.
	maxRatio = 200
	// freeBytes may come of anything: short parts of blanks reach any ratio.
	freeBytes = 1 << 20
)

// Errors of Open and Read.
var (
	// ErrDamaged is returned when the archive, or a part a document cannot do without, is not readable.
	ErrDamaged = errors.New("ofd: damaged")
	// ErrTooLarge is returned for archives and parts past the limits.
	ErrTooLarge = errors.New("ofd: too large")
)

// Box is a rectangle in millimetres, from the top left.
type Box struct{ X, Y, W, H float64 }

// Image is a raster image placed on a page. Its unit square, with y downwards, is mapped by Matrix (a b c d e f: x' = a·x + c·y + e) to
// millimetres within Clip.
type Image struct {
	Media  string // name of the part to Read
	Matrix [6]float64
	Clip   Box
}

// Page is one page. What lies first in Images is below.
type Page struct {
	Box    Box
	Images []Image
	// Drawn says that there is more on it than images: text, lines, stamps.
	Drawn bool
}

// Document is an open archive, which reads the file's bytes as long as it is used.
type Document struct {
	Pages []Page
	files fs.FS
}

// Open reads the structure of the first document of an archive, up to the given number of pages.
func Open(file []byte, maxPages int) (*Document, error) {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case len(archive.File) > maxEntries:
		return nil, fmt.Errorf("%w: %d entries", ErrTooLarge, len(archive.File))
	}
	r := &reader{doc: &Document{files: archive}, media: map[string]string{}, templates: map[string]string{}}
	if err := r.open(maxPages); err != nil {
		return nil, err
	}
	return r.doc, nil
}

// Read returns the bytes of a part.
func (d *Document) Read(name string) ([]byte, error) { return readPart(d.files, name, maxMedia) }

// readPart reads a part of at most limit bytes.
func readPart(files fs.FS, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil {
		if h, ok := info.Sys().(*zip.FileHeader); ok && h.CompressedSize64 < uint64(limit) {
			limit = min(limit, max(freeBytes, int64(h.CompressedSize64)*maxRatio))
		}
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case int64(len(b)) > limit:
		return nil, fmt.Errorf("%w: part %q", ErrTooLarge, name)
	case err != nil:
		return nil, fmt.Errorf("%w: part %q: %w", ErrDamaged, name, err)
	}
	return b, nil
}

// within resolves a location in the archive against the part that names it; what begins with a slash counts from the root. A location
// outside the archive comes out as a name fs.FS refuses.
func within(part, location string) string {
	location = strings.ReplaceAll(strings.TrimSpace(location), `\`, "/")
	if strings.HasPrefix(location, "/") {
		return strings.TrimPrefix(path.Clean(location), "/")
	}
	return path.Join(path.Dir(part), location)
}

// unmarshal reads a part of XML. The decoder follows no entities and no references.
func (r *reader) unmarshal(name string, into any) error {
	b, err := readPart(r.doc.files, name, maxXML)
	if err != nil {
		return err
	}
	r.bytes += len(b)
	if r.bytes > 4*maxXML {
		return fmt.Errorf("%w: %d bytes of XML", ErrTooLarge, r.bytes)
	}
	if err := xml.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%w: part %q: %w", ErrDamaged, name, err)
	}
	return nil
}
