// Package picture turns the bytes of a hostile file into pixels: what it is by its content, how many pages it has and how large they are,
// and any of them, upright, at the size wanted.
//
// It decodes in the calling process, which a bad file may exhaust or crash. Programs use the same through package worker, whose processes
// are limited and killed; tests and diagnostics use Decoder itself.
package picture

import (
	"errors"
	"fmt"
	"image"
	"time"
)

// Limits on what is looked at, whatever a header claims.
const (
	// MaxFile is the most bytes of a file.
	MaxFile = 100 << 20
	// MaxPixels is the most pixels of a page in colour or grey.
	MaxPixels = 64_000_000
	// MaxBilevel is the most pixels of a page in black and white.
	MaxBilevel = 100_000_000
	// MaxResult is the most pixels Render returns; it shrinks what is wanted larger. Options.Region shows details beyond it.
	MaxResult = 24_000_000
	// MaxPages is the most pages of a document that are counted and shown.
	MaxPages = 5000
)

// Errors of Open and Render. What they wrap says more, in English, for logs.
var (
	// ErrTooLarge is returned for a file or a page past the limits.
	ErrTooLarge = errors.New("picture: too large")
	// ErrDamaged is returned for a file of which nothing can be shown.
	ErrDamaged = errors.New("picture: damaged")
	// ErrTimeout is returned when a file took longer than it may.
	ErrTimeout = errors.New("picture: took too long")
	// ErrCrashed is returned when the process that decoded a file ended under it, usually for want of memory.
	ErrCrashed = errors.New("picture: decoder crashed")
	// ErrPage is returned for a page the document does not have.
	ErrPage = errors.New("picture: no such page")
	// ErrUnsupported is what every UnsupportedError is.
	ErrUnsupported = errors.New("picture: cannot be shown here")
)

// UnsupportedError says that a file, though perhaps sound, is for another program.
type UnsupportedError struct {
	Format Format
	Reason Note // NoteNone when the format as such is not shown
}

// Error is for logs; users are told in their language.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("picture: %s cannot be shown here %s", e.Format, e.Reason)
}

// Is makes every UnsupportedError an ErrUnsupported.
func (e *UnsupportedError) Is(target error) bool { return target == ErrUnsupported }

// Note is something the user should know about what is shown, or why nothing is.
type Note string

// The notes.
const (
	NoteNone Note = ""
	// NoteAnimated says that only the first picture of several is shown.
	NoteAnimated Note = "animated"
	// NotePassword says that the document is encrypted.
	NotePassword Note = "password"
	// NoteDrawn says that pages of an OFD hold text or drawings, which only an OFD reader shows.
	NoteDrawn Note = "drawn"
	// NoteVariant says that the file uses a part of its format which is not decoded here.
	NoteVariant Note = "variant"
)

// Info is what is known about a file without decoding its pixels.
type Info struct {
	Format Format
	// Pages that Render shows; 0 for what another program has to open, Note perhaps saying why.
	Pages int
	// Sizes of the pages, upright: of the first when it is one of many that would be slow to measure. Pixels, or points of 1/72 inch when
	// Scalable. A video has the size of its picture.
	Sizes []image.Point
	// Scalable pages have no pixels of their own and are as sharp at any size.
	Scalable bool
	// Orientation as the first page is stored, an EXIF value from 1 to 8; Sizes and pixels have it applied already.
	Orientation int
	// Taken is when a camera says it took the picture, in its own time zone, given here as UTC; zero when it does not.
	Taken time.Time
	// Duration and Codec, a code of four characters, of a video.
	Duration time.Duration
	Codec    string
	Note     Note
}

// Size is the size of a page, counted from 1, or of the first when that page was not measured.
func (i Info) Size(page int) image.Point {
	switch {
	case page >= 1 && page <= len(i.Sizes):
		return i.Sizes[page-1]
	case len(i.Sizes) > 0:
		return i.Sizes[0]
	}
	return image.Point{}
}

// Options of Render.
type Options struct {
	// Region of the upright page to show instead of all of it, in the units of Info.Sizes.
	Region image.Rectangle
	// Grow enlarges a page that is smaller than the area; a scalable one always is.
	Grow bool
}

// Result is a page as pixels.
type Result struct {
	// Image is premultiplied, upright, with its origin at 0,0. It may be transparent.
	Image *image.RGBA
	// Full is the size of the whole page, in the units of Info.Sizes.
	Full image.Point
	// Damaged says that a part of the page could not be read and is blank.
	Damaged bool
	Note    Note
}
