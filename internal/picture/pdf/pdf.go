// Package pdf renders pages of PDF documents with PDFium, run as WebAssembly: without access to files, within a limit of memory, one call at
// a time.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"slices"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdfium_errors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"

	"imagery/internal/picture/graphics"
	"imagery/internal/picture/sandbox"
)

// Errors of Open and Render.
var (
	// ErrPassword is returned for documents that ask for one.
	ErrPassword = errors.New("pdf: needs a password")
	// ErrDamaged is returned for what PDFium cannot make sense of.
	ErrDamaged = errors.New("pdf: damaged")
)

// Engine is a running PDFium. It is not safe for use by several goroutines at once.
type Engine struct {
	pool pdfium.Pool
	lib  pdfium.Pdfium
	// spoilt says that a document broke off lib's code, or took memory it does not give back: the next one gets another.
	spoilt bool
}

// Start compiles PDFium, or loads what was compiled before from under cacheDir, and starts it: seconds against a tenth of one.
func Start(cacheDir string) (*Engine, error) {
	pool, err := webassembly.Init(webassembly.Config{
		Context: context.Background(), MaxIdle: 1, MaxTotal: 1, ReuseWorkers: true, Stdout: io.Discard, Stderr: io.Discard,
		FSConfig:      wazero.NewFSConfig(), // without one, go-pdfium mounts the root of the system
		RuntimeConfig: sandbox.Config(cacheDir),
	})
	if err != nil {
		return nil, fmt.Errorf("pdf: start: %w", err)
	}
	e := &Engine{pool: pool}
	if err := e.renew(); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return e, nil
}

// renew starts PDFium anew, in memory of its own; its code is compiled already.
func (e *Engine) renew() (err error) {
	if e.lib != nil {
		_ = e.lib.Kill() // it is not used again
	}
	if e.lib, err = e.pool.GetInstance(time.Minute); err != nil {
		return fmt.Errorf("pdf: start: %w", err)
	}
	e.spoilt = false
	return nil
}

// answers are the errors PDFium gives; others are of its running.
var answers = []error{
	pdfium_errors.ErrUnknown, pdfium_errors.ErrFile, pdfium_errors.ErrFormat, pdfium_errors.ErrPassword, pdfium_errors.ErrSecurity,
	pdfium_errors.ErrPage, pdfium_errors.ErrUnexpected,
}

// watch notes whether a call of PDFium ended by itself. What is left of one before does not count.
func (e *Engine) watch(lib pdfium.Pdfium, err error) {
	if err != nil && lib == e.lib && !slices.ContainsFunc(answers, func(answer error) bool { return errors.Is(err, answer) }) {
		e.spoilt = true
	}
}

// Document is an open document.
type Document struct {
	engine *Engine
	lib    pdfium.Pdfium
	ref    references.FPDF_DOCUMENT
	// Pages is their number.
	Pages int
}

// Open copies file into PDFium and reads its structure, mending it where it is broken.
func (e *Engine) Open(file []byte) (*Document, error) {
	if e.spoilt {
		if err := e.renew(); err != nil {
			return nil, err
		}
	}
	opened, err := e.lib.OpenDocument(&requests.OpenDocument{File: &file})
	e.watch(e.lib, err)
	// go-pdfium reads the code of an error with what else is in its register: after a page was rendered it may not know any.
	unknown := errors.Is(err, pdfium_errors.ErrUnexpected) && bytes.Contains(file, []byte("/Encrypt"))
	switch {
	case errors.Is(err, pdfium_errors.ErrPassword), errors.Is(err, pdfium_errors.ErrSecurity), unknown:
		return nil, ErrPassword
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	d := &Document{engine: e, lib: e.lib, ref: opened.Document}
	count, err := e.lib.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
	e.watch(e.lib, err)
	if err != nil || count.PageCount < 1 {
		return nil, errors.Join(fmt.Errorf("%w: no pages", ErrDamaged), err, d.Close())
	}
	d.Pages = count.PageCount
	return d, nil
}

// Close gives the document's memory back to PDFium.
func (d *Document) Close() error {
	_, err := d.lib.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: d.ref})
	d.engine.watch(d.lib, err)
	return err
}

// Size is the size of a page, counted from 0, in points rounded up.
func (d *Document) Size(page int) (image.Point, error) {
	size, err := d.lib.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: d.ref, Index: page})
	d.engine.watch(d.lib, err)
	if err != nil {
		return image.Point{}, fmt.Errorf("%w: page %d: %w", ErrDamaged, page, err)
	}
	return image.Pt(points(size.Width), points(size.Height)), nil
}

// points rounds up to what can be counted with; the largest page of the format has 14400.
func points(v float64) int {
	const most = 1 << 20
	if !(v > 1) { // nor a number
		return 1
	}
	return int(math.Ceil(min(v, most)))
}

// Render draws a region, in points from the top left, of a page, counted from 0, at the given size in pixels, on white. Filled form fields
// and annotations are drawn too.
func (d *Document) Render(page int, region image.Rectangle, size image.Point) (*image.RGBA, error) {
	answer, err := d.lib.RenderPageInPixels(&requests.RenderPageInPixels{
		Page:  requests.Page{ByIndex: &requests.PageByIndex{Document: d.ref, Index: page}},
		Width: size.X, Height: size.Y,
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, RenderForm: true, Document: &d.ref,
		Crop: &requests.RenderPageCrop{
			X: float64(region.Min.X), Y: float64(region.Min.Y), Width: float64(region.Dx()), Height: float64(region.Dy()),
		},
	})
	d.engine.watch(d.lib, err)
	if err != nil {
		return nil, fmt.Errorf("%w: page %d: %w", ErrDamaged, page, err)
	}
	defer answer.Cleanup()
	drawn, ok := answer.Result.RenderedImage.(*image.RGBA)
	if !ok {
		return nil, fmt.Errorf("pdf: rendered to %T", answer.Result.RenderedImage)
	}
	// PDFium rounds sizes its own way, by a pixel. Its pixels are in its own memory and not premultiplied: copy them.
	straight := &image.NRGBA{Pix: drawn.Pix, Stride: drawn.Stride, Rect: drawn.Rect}
	return graphics.Pad(straight, size.X, size.Y, color.White), nil
}
