// Package heif decodes HEIC pictures, as phones take them, with libheif and libde265 run as WebAssembly.
//
// The module is the one of github.com/gen2brain/heic, whose Go code is not used: it loads the system's libheif where it finds one, at the
// start of every program that imports it. See README for where heif.wasm.gz comes from.
package heif

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"imagery/internal/picture/sandbox"
)

//go:embed heif.wasm.gz
var module []byte

// ErrDamaged is returned for what libheif cannot decode, of which it does not say more.
var ErrDamaged = errors.New("heif: cannot be decoded")

// Engine holds the compiled module. It is not safe for use by several goroutines at once.
type Engine struct {
	runtime wazero.Runtime
	code    wazero.CompiledModule
}

// Start compiles the module, or loads what was compiled before from under cacheDir.
func Start(cacheDir string) (*Engine, error) {
	ctx := context.Background()
	packed, err := gzip.NewReader(bytes.NewReader(module))
	if err != nil {
		return nil, fmt.Errorf("heif: module: %w", err)
	}
	wasm, err := io.ReadAll(packed)
	if err != nil {
		return nil, fmt.Errorf("heif: module: %w", err)
	}
	e := &Engine{runtime: wazero.NewRuntimeWithConfig(ctx, sandbox.Config(cacheDir))}
	if _, err = wasi_snapshot_preview1.Instantiate(ctx, e.runtime); err == nil {
		e.code, err = e.runtime.CompileModule(ctx, wasm)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("heif: module: %w", err), e.Close())
	}
	return e, nil
}

// Close frees the module.
func (e *Engine) Close() error { return e.runtime.Close(context.Background()) }

// What the module says of a picture, five numbers in its memory one behind the other.
type header struct {
	width, height, colour, chroma, premultiplied uint32
}

// Values of header's fields, libheif's own.
const (
	colourYCbCr, colourRGB, colourGrey = 0, 1, 2
	chroma420, chroma422, chroma444    = 1, 2, 3
)

// instance is one use of the module: its memory is hostile once it has decoded, so no other file gets it.
type instance struct {
	api.Module
	file, length, head uint64
}

// Size returns a picture's size, upright, from its header.
func (e *Engine) Size(file []byte) (image.Point, error) {
	i, err := e.load(file)
	if err != nil {
		return image.Point{}, err
	}
	defer func() { _ = i.Close(context.Background()) }()
	h, err := i.decode(true, 0)
	return image.Pt(int(h.width), int(h.height)), err
}

// Decode returns the picture, upright, of at most the given number of pixels: an *image.YCbCr, *image.Gray, *image.RGBA or *image.NRGBA.
func (e *Engine) Decode(file []byte, maxPixels int) (image.Image, error) {
	i, err := e.load(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = i.Close(context.Background()) }()
	h, err := i.decode(true, 0)
	if err != nil {
		return nil, err
	}
	if int64(h.width)*int64(h.height) > int64(maxPixels) {
		return nil, fmt.Errorf("%w: %d × %d pixels", ErrDamaged, h.width, h.height)
	}
	m, size := h.layout()
	if size == 0 {
		return nil, fmt.Errorf("%w: colour %d with chroma %d", ErrDamaged, h.colour, h.chroma)
	}
	out, err := i.call("malloc", uint64(size))
	if err != nil {
		return nil, err
	}
	if _, err := i.decode(false, out); err != nil {
		return nil, err
	}
	view, ok := i.Memory().Read(uint32(out), uint32(size))
	if !ok {
		return nil, fmt.Errorf("%w: picture outside of memory", ErrDamaged)
	}
	return m(bytes.Clone(view)), nil
}

// load starts the module and copies the file into it.
func (e *Engine) load(file []byte) (*instance, error) {
	ctx := context.Background()
	m, err := e.runtime.InstantiateModule(ctx, e.code, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("heif: start: %w", err)
	}
	i := &instance{Module: m, length: uint64(len(file))}
	if i.file, err = i.call("malloc", i.length); err == nil {
		i.head, err = i.call("malloc", 5*4)
	}
	if err == nil && !m.Memory().Write(uint32(i.file), file) {
		err = fmt.Errorf("%w: file outside of memory", ErrDamaged)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close(ctx))
	}
	return i, nil
}

func (i *instance) call(name string, args ...uint64) (uint64, error) {
	result, err := i.ExportedFunction(name).Call(context.Background(), args...)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%w: %s: %w", ErrDamaged, name, err)
	case len(result) == 0 || result[0] == 0:
		return 0, fmt.Errorf("%w: %s", ErrDamaged, name)
	}
	return result[0], nil
}

func (i *instance) decode(headerOnly bool, out uint64) (h header, err error) {
	only := uint64(0)
	if headerOnly {
		only = 1
	}
	if _, err := i.call("decode", i.file, i.length, only, i.head, i.head+4, i.head+8, i.head+12, i.head+16, out); err != nil {
		return h, err
	}
	for n, field := range []*uint32{&h.width, &h.height, &h.colour, &h.chroma, &h.premultiplied} {
		*field, _ = i.Memory().ReadUint32Le(uint32(i.head) + uint32(4*n))
	}
	return h, nil
}

// layout says how many bytes the module writes a picture to, 0 when unknown, and what picture they are.
func (h header) layout() (picture func([]byte) image.Image, size int) {
	// stride is what libheif allocates for a line: never less than 64 pixels.
	stride := func(pixels, bytes int) int { return (max(pixels, 64)*bytes + 15) &^ 15 }
	w, rows, rect := int(h.width), int(h.height), image.Rect(0, 0, int(h.width), int(h.height))
	switch h.colour {
	case colourGrey:
		return func(b []byte) image.Image { return &image.Gray{Pix: b, Stride: stride(w, 1), Rect: rect} }, stride(w, 1) * rows
	case colourRGB:
		line := stride(w, 4)
		return func(b []byte) image.Image {
			if h.premultiplied == 1 {
				return &image.RGBA{Pix: b, Stride: line, Rect: rect}
			}
			return &image.NRGBA{Pix: b, Stride: line, Rect: rect}
		}, line * rows
	case colourYCbCr:
		m := &image.YCbCr{Rect: rect, YStride: stride(w, 1), CStride: stride((w+1)/2, 1), SubsampleRatio: image.YCbCrSubsampleRatio422}
		chromaRows := rows
		switch h.chroma {
		case chroma420:
			m.SubsampleRatio, chromaRows = image.YCbCrSubsampleRatio420, (rows+1)/2
		case chroma444:
			m.SubsampleRatio, m.CStride = image.YCbCrSubsampleRatio444, m.YStride
		case chroma422:
		default:
			return nil, 0
		}
		luma, chroma := m.YStride*rows, m.CStride*chromaRows
		return func(b []byte) image.Image {
			m.Y, m.Cb, m.Cr = b[:luma], b[luma:luma+chroma], b[luma+chroma:]
			return m
		}, luma + 2*chroma
	}
	return nil, 0
}
