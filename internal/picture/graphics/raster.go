package graphics

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
)

// raster is a picture read one row at a time, as bytes the scaler can add up.
type raster struct {
	// w and h are pixels; channels is 1 or 4 bytes a sample.
	w, h, channels int
	// row returns row y of the samples, in buf (columns × channels bytes) or
	// in the picture's own memory. It is called from several goroutines, each
	// with its own buf.
	row func(y int, buf []uint8) []uint8
	// A chroma sample covers step pixels; offset is how many of those of the
	// first sample lie outside the picture. Elsewhere step is 1.
	step, offset image.Point
}

// columns is how many samples a row has.
func (r raster) columns() int { return ceilDiv(r.offset.X+r.w, r.step.X) }

var single = image.Pt(1, 1)

// bytesOf is a raster over memory that already has the wanted layout.
func bytesOf(pix []uint8, stride, w, h, channels int) raster {
	return raster{w: w, h: h, channels: channels, step: single, row: func(y int, _ []uint8) []uint8 {
		return pix[y*stride : y*stride+w*channels]
	}}
}

// rasterOf reads any picture but YCbCr, which has planes of its own, as one
// grey or one premultiplied RGBA raster.
func rasterOf(src image.Image) raster {
	b := src.Bounds()
	switch m := src.(type) {
	case *image.Gray:
		return bytesOf(m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride, b.Dx(), b.Dy(), 1)
	case *image.RGBA:
		return bytesOf(m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride, b.Dx(), b.Dy(), 4)
	case *image.NRGBA:
		return premultiplied(m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride, b.Dx(), b.Dy())
	case *image.Paletted:
		return paletted(m)
	}
	return drawn(src)
}

// premultiplied reads rows of opaque pixels in place and converts the others.
func premultiplied(pix []uint8, stride, w, h int) raster {
	return raster{w: w, h: h, channels: 4, step: single, row: func(y int, buf []uint8) []uint8 {
		in, out := pix[y*stride:y*stride+4*w], buf[:4*w]
		if opaqueRow(in) {
			return in
		}
		for len(in) >= 4 && len(out) >= 4 {
			a := uint32(in[3])
			out[0] = uint8((uint32(in[0])*a + 127) / 255)
			out[1] = uint8((uint32(in[1])*a + 127) / 255)
			out[2] = uint8((uint32(in[2])*a + 127) / 255)
			out[3] = in[3]
			in, out = in[4:], out[4:]
		}
		return buf
	}}
}

// opaqueRow tells whether every fourth byte is 255.
func opaqueRow(row []uint8) bool {
	all := uint64(1<<64 - 1)
	for len(row) >= 8 {
		all &= binary.LittleEndian.Uint64(row)
		row = row[8:]
	}
	if len(row) == 4 {
		all &= uint64(row[3])<<24 | 0xff<<56
	}
	return all>>24&0xff == 0xff && all>>56 == 0xff
}

// paletted looks colours up row by row. A palette of greys alone, as bilevel
// scans have, makes a raster of one channel.
func paletted(m *image.Paletted) raster {
	var table [256][4]uint8
	grey := true
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		v, _ := color.RGBAModel.Convert(c).(color.RGBA)
		table[i] = [4]uint8{v.R, v.G, v.B, v.A}
		grey = grey && v.R == v.G && v.G == v.B && v.A == 255
	}
	b := m.Bounds()
	r := raster{w: b.Dx(), h: b.Dy(), channels: 4, step: single}
	if grey {
		r.channels = 1
	}
	pix := m.Pix[m.PixOffset(b.Min.X, b.Min.Y):]
	r.row = func(y int, buf []uint8) []uint8 {
		in := pix[y*m.Stride : y*m.Stride+r.w]
		if !grey {
			for x, i := range in {
				*(*[4]uint8)(buf[4*x:]) = table[i]
			}
			return buf
		}
		for x, i := range in {
			buf[x] = table[i][0]
		}
		return buf
	}
	return r
}

// drawn converts rows with image/draw, which knows the remaining types of the
// standard library and takes any other pixel by pixel.
func drawn(src image.Image) raster {
	b := src.Bounds()
	w := b.Dx()
	return raster{w: w, h: b.Dy(), channels: 4, step: single, row: func(y int, buf []uint8) []uint8 {
		line := &image.RGBA{Pix: buf[:4*w], Stride: 4 * w, Rect: image.Rect(0, 0, w, 1)}
		draw.Draw(line, line.Rect, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		return buf
	}}
}

// planesOf returns the luma and the two chroma planes, the latter as coarse as
// they are stored.
func planesOf(m *image.YCbCr) [3]raster {
	b := m.Rect
	w, h := b.Dx(), b.Dy()
	step := chromaStep(m.SubsampleRatio)
	chroma := raster{
		w: w, h: h, channels: 1, step: step,
		offset: image.Pt(b.Min.X%step.X, b.Min.Y%step.Y),
	}
	from, columns := m.COffset(b.Min.X, b.Min.Y), chroma.columns()
	plane := func(pix []uint8) raster {
		r := chroma
		r.row = bytesOf(pix[from:], m.CStride, columns, 0, 1).row
		return r
	}
	luma := bytesOf(m.Y[m.YOffset(b.Min.X, b.Min.Y):], m.YStride, w, h, 1)
	return [3]raster{luma, plane(m.Cb), plane(m.Cr)}
}

func chromaStep(ratio image.YCbCrSubsampleRatio) image.Point {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return image.Pt(2, 1)
	case image.YCbCrSubsampleRatio420:
		return image.Pt(2, 2)
	case image.YCbCrSubsampleRatio440:
		return image.Pt(1, 2)
	case image.YCbCrSubsampleRatio411:
		return image.Pt(4, 1)
	case image.YCbCrSubsampleRatio410:
		return image.Pt(4, 2)
	}
	return single
}
