package picture

import "image"

// stored returns which pixel of a picture of w × h, stored under an EXIF orientation, is shown at x, y when it is upright.
func stored(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}

// turned swaps the sides of a size that an orientation turns by a quarter.
func turned(size image.Point, orientation int) image.Point {
	if orientation >= 5 && orientation <= 8 {
		return image.Pt(size.Y, size.X)
	}
	return size
}

// storedRegion returns where a region of the upright picture lies in one of that size as it is stored.
func storedRegion(region image.Rectangle, size image.Point, orientation int) image.Rectangle {
	ax, ay := stored(orientation, region.Min.X, region.Min.Y, size.X, size.Y)
	bx, by := stored(orientation, region.Max.X-1, region.Max.Y-1, size.X, size.Y)
	return image.Rect(min(ax, bx), min(ay, by), max(ax, bx)+1, max(ay, by)+1)
}

// upright turns a picture, with its origin at 0,0, as its orientation says.
func upright(m *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	size := turned(image.Pt(w, h), orientation)
	out := image.NewRGBA(image.Rectangle{Max: size})
	x0, y0 := stored(orientation, 0, 0, w, h)
	x1, y1 := stored(orientation, 1, 0, w, h)
	step := (y1-y0)*m.Stride + 4*(x1-x0)
	for y := range size.Y {
		x0, y0 = stored(orientation, 0, y, w, h)
		from := m.PixOffset(x0, y0)
		line := out.Pix[y*out.Stride:][:4*size.X]
		for x := 0; x < len(line); x += 4 {
			*(*[4]byte)(line[x:]) = *(*[4]byte)(m.Pix[from:])
			from += step
		}
	}
	return out
}
