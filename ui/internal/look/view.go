package look

import (
	"image"
	"math"
)

// View is how a page is looked at. The zero value fits it into the area.
type View struct {
	Mode Mode
	// Zoom multiplies what Mode gives; 0 means 1.
	Zoom float64
	// X and Y are the point of the turned page, from 0 to 1, that is in the middle of the area, less one half.
	X, Y     float64
	Turn     int // quarters, clockwise
	Invert   bool
	Contrast int // steps; 0 leaves the picture as it is
}

// Mode is what a zoom of 1 means.
type Mode int

// The modes.
const (
	Whole  Mode = iota // all of the page
	Width              // as wide as the area
	Actual             // one pixel of the page on one of the screen
)

// Limits of zooming, as factors of a page that fits.
const (
	minZoom, maxZoom = 0.1, 40
	zoomStep         = 1.25
	panStep          = 0.25 // of what is visible
)

// pointsPerInch and screenInch give a page without pixels its actual size.
const pointsPerInch, screenInch = 72, 96

func (v View) zoom() float64 {
	if v.Zoom == 0 {
		return 1
	}
	return v.Zoom
}

// turned is a size as the viewer sees it.
func (v View) turned(p image.Point) image.Point {
	if v.Turn%2 != 0 {
		return image.Pt(p.Y, p.X)
	}
	return p
}

// scale is how many pixels of the screen show one unit of a page of size in an area of pixels.
func (v View) scale(size, area image.Point, scalable bool) float64 {
	s := v.turned(size)
	if s.X < 1 || s.Y < 1 {
		return 0
	}
	x, y := float64(area.X)/float64(s.X), float64(area.Y)/float64(s.Y)
	f := min(x, y)
	switch {
	case v.Mode == Width:
		f = x
	case v.Mode == Actual && scalable:
		f = float64(screenInch) / pointsPerInch
	case v.Mode == Actual:
		f = 1
	}
	return f * v.zoom()
}

// region is the part of a page of size that an area of pixels shows, in the page's units, and how many pixels it gets there, before the
// page is turned.
func (v View) region(size, area image.Point, scalable bool) (part image.Rectangle, fit image.Point) {
	f, s := v.scale(size, area, scalable), v.turned(size)
	if f == 0 {
		return image.Rectangle{}, image.Point{}
	}
	x0, x1 := span(float64(s.X), float64(area.X)/f, v.X)
	y0, y1 := span(float64(s.Y), float64(area.Y)/f, v.Y)
	part = v.back(image.Rect(x0, y0, x1, y1), s)
	fit = v.turned(image.Pt(min(area.X, int(math.Ceil(float64(x1-x0)*f))), min(area.Y, int(math.Ceil(float64(y1-y0)*f)))))
	return part, fit
}

// span is the part of a length that is visible around the middle plus offset, a share of the whole; it never leaves the length.
func span(whole, visible, offset float64) (from, to int) {
	if visible >= whole {
		return 0, int(whole)
	}
	start := min(max((0.5+offset)*whole-visible/2, 0), whole-visible)
	return int(start), int(math.Ceil(start + visible))
}

// back turns a rectangle of the turned page, which has size s, into one of the page.
func (v View) back(r image.Rectangle, s image.Point) image.Rectangle {
	switch v.Turn & 3 {
	case 1:
		return image.Rect(r.Min.Y, s.X-r.Max.X, r.Max.Y, s.X-r.Min.X)
	case 2:
		return image.Rect(s.X-r.Max.X, s.Y-r.Max.Y, s.X-r.Min.X, s.Y-r.Min.Y)
	case 3:
		return image.Rect(s.Y-r.Max.Y, r.Min.X, s.Y-r.Min.Y, r.Max.X)
	}
	return r
}

// Zoomed is v one step closer, n positive, or further away.
func (v View) Zoomed(n int) View {
	v.Zoom = min(max(v.zoom()*math.Pow(zoomStep, float64(n)), minZoom), maxZoom)
	return v
}

// Panned is v moved by steps to the right and down over a page of size in an area of pixels.
func (v View) Panned(dx, dy int, size, area image.Point, scalable bool) View {
	f, s := v.scale(size, area, scalable), v.turned(size)
	if f == 0 {
		return v
	}
	move := func(at float64, steps int, whole, room int) float64 {
		visible := float64(room) / f / float64(whole) // share of the page
		if visible >= 1 {
			return 0
		}
		limit := 0.5 - visible/2
		return min(max(at+float64(steps)*panStep*visible, -limit), limit)
	}
	v.X, v.Y = move(v.X, dx, s.X, area.X), move(v.Y, dy, s.Y, area.Y)
	return v
}

// Turned is v after a quarter turn clockwise; what was in the middle stays there.
func (v View) Turned() View {
	v.Turn, v.X, v.Y = (v.Turn+1)&3, -v.Y, v.X
	return v
}

// TurnedIn is Turned over a page of size in an area of pixels: what was zoomed keeps its scale, what fits fits again.
func (v View) TurnedIn(size, area image.Point, scalable bool) View {
	out := v.Turned()
	if from, to := v.scale(size, area, scalable), out.scale(size, area, scalable); v.zoom() != 1 && to > 0 {
		out.Zoom = min(max(out.zoom()*from/to, minZoom), maxZoom)
	}
	return out
}

// As is v in another mode, from its start.
func (v View) As(m Mode) View {
	v.Mode, v.Zoom, v.X, v.Y = m, 0, 0, 0
	if m == Width {
		v.Y = -0.5 // reading begins at the top
	}
	return v
}

// Percent is how large a page is shown, as a share of its actual size.
func (v View) Percent(size, area image.Point, scalable bool) int {
	f := v.scale(size, area, scalable)
	if scalable {
		f *= float64(pointsPerInch) / screenInch
	}
	return int(math.Round(f * 100))
}
