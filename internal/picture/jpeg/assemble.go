package jpeg

import "image"

// picture puts the planes together.
func (d *decoder) picture() image.Image {
	for i := range d.components {
		if c := &d.components[i]; !c.seen {
			fill(c.pix)
		}
	}
	size := reduced(d.size, d.eighths)
	bounds := image.Rectangle{Max: size}
	first := &d.components[0]
	if len(d.components) == 1 {
		return &image.Gray{Pix: first.pix, Stride: first.stride, Rect: bounds}
	}
	if d.isRGB() {
		return d.rgb(bounds)
	}
	cb, cr := &d.components[1], &d.components[2]
	ratio, ok := d.ratio()
	if !ok {
		for i := range d.components {
			d.expand(&d.components[i], size)
		}
	}
	return &image.YCbCr{
		Y: first.pix, Cb: cb.pix, Cr: cr.pix, YStride: first.stride, CStride: cb.stride,
		SubsampleRatio: ratio, Rect: bounds,
	}
}

// isRGB tells whether three components are red, green and blue, as the markers
// say; JFIF is always YCbCr.
func (d *decoder) isRGB() bool {
	switch {
	case d.color != ColorMarked:
		return d.color == ColorRGB
	case d.jfif:
		return false
	case d.adobe:
		return d.transform == 0
	}
	c := d.components
	return c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B'
}

// ratio returns the standard library's name for the sampling factors; there is
// none for some.
func (d *decoder) ratio() (image.YCbCrSubsampleRatio, bool) {
	y, cb, cr := &d.components[0], &d.components[1], &d.components[2]
	if cb.h != cr.h || cb.v != cr.v || y.h%cb.h != 0 || y.v%cb.v != 0 {
		return image.YCbCrSubsampleRatio444, false
	}
	switch y.h/cb.h<<4 | y.v/cb.v {
	case 0x11:
		return image.YCbCrSubsampleRatio444, true
	case 0x21:
		return image.YCbCrSubsampleRatio422, true
	case 0x22:
		return image.YCbCrSubsampleRatio420, true
	case 0x12:
		return image.YCbCrSubsampleRatio440, true
	case 0x41:
		return image.YCbCrSubsampleRatio411, true
	case 0x42:
		return image.YCbCrSubsampleRatio410, true
	}
	return image.YCbCrSubsampleRatio444, false
}

// expand repeats the samples of a component until there is one for each pixel.
func (d *decoder) expand(c *component, size image.Point) {
	if c.h == d.hMax && c.v == d.vMax && c.stride == size.X {
		return
	}
	pix := make([]byte, size.X*size.Y)
	for y := range size.Y {
		in, out := c.pix[y*c.v/d.vMax*c.stride:], pix[y*size.X:(y+1)*size.X]
		for x := range out {
			out[x] = in[x*c.h/d.hMax]
		}
	}
	c.pix, c.stride = pix, size.X
}

func (d *decoder) rgb(bounds image.Rectangle) image.Image {
	m := image.NewRGBA(bounds)
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	for i := range d.components {
		c := &d.components[i]
		for y := range bounds.Dy() {
			in, out := c.pix[y*c.v/d.vMax*c.stride:], m.Pix[y*m.Stride:]
			for x := range bounds.Dx() {
				out[4*x+i] = in[x*c.h/d.hMax]
			}
		}
	}
	return m
}
