package graphics

import "sync"

// bayer is the 8 × 8 ordered dither matrix, row by row: each of 0 to 63 once,
// spread so that the first n are as far apart as they can be.
var bayer = func() (m [64]uint8) {
	for y := range 8 {
		for x := range 8 {
			m[8*y+x] = bayerAt(x, y)
		}
	}
	return m
}()

// bayerAt interleaves the bits of x^y and y, the lowest to the top.
func bayerAt(x, y int) uint8 {
	v := 0
	for bit := range 3 {
		v |= (x ^ y) >> bit & 1 << (5 - 2*bit)
		v |= y >> bit & 1 << (4 - 2*bit)
	}
	return uint8(v)
}

// ditherTable is, for each place in the matrix and each value of a channel,
// what that channel adds to a palette index.
type ditherTable [64][256]uint8

// newDitherTable dithers between ascending levels, the first 0 and the last
// 255; level i adds add[i].
func newDitherTable(levels, add []uint8) *ditherTable {
	t := new(ditherTable)
	if len(levels) < 2 {
		return t
	}
	for v := range 256 {
		i := 0
		for i+2 < len(levels) && int(levels[i+1]) <= v {
			i++
		}
		low, high := int(levels[i]), int(levels[i+1])
		for place, threshold := range bayer {
			k := i
			if (v-low)*128 > (high-low)*(2*int(threshold)+1) {
				k++
			}
			t[place][v] = add[k]
		}
	}
	return t
}

// palette is a colour cube and a ramp of greys between its black and white,
// with the tables that map a pixel onto them.
type palette struct {
	// colors are what the indices from base on stand for.
	colors []rgb
	base   int
	// red, green and blue add up to an index in the cube.
	red, green, blue *ditherTable
	// grey maps pixels whose channels differ by no more than chroma: the cube
	// alone would tint them.
	grey   *ditherTable
	chroma int32
}

// rgb is a colour of three bytes.
type rgb struct{ r, g, b uint8 }

// cubeSpec describes a palette; the levels ascend from 0 to 255.
type cubeSpec struct {
	red, green, blue []uint8
	// greys lie strictly between black and white; they follow the cube.
	greys  []uint8
	base   int
	chroma int32
}

func newPalette(s cubeSpec) *palette {
	p := &palette{base: s.base, chroma: s.chroma}
	for _, r := range s.red {
		for _, g := range s.green {
			for _, b := range s.blue {
				p.colors = append(p.colors, rgb{r, g, b})
			}
		}
	}
	white := s.base + len(p.colors) - 1
	ramp, index := []uint8{0}, []uint8{uint8(s.base)}
	for i, v := range s.greys {
		p.colors = append(p.colors, rgb{v, v, v})
		ramp, index = append(ramp, v), append(index, uint8(white+1+i))
	}
	p.grey = newDitherTable(append(ramp, 255), append(index, uint8(white)))
	p.blue = newDitherTable(s.blue, steps(len(s.blue), 1, 0))
	p.green = newDitherTable(s.green, steps(len(s.green), len(s.blue), 0))
	p.red = newDitherTable(s.red, steps(len(s.red), len(s.green)*len(s.blue), s.base))
	return p
}

// steps returns n indices, each one step on.
func steps(n, step, from int) []uint8 {
	s := make([]uint8, n)
	for i := range s {
		s[i] = uint8(from + i*step)
	}
	return s
}

// at returns the index of a colour at a place (0 to 63) of the matrix.
func (p *palette) at(c rgb, place int) uint8 {
	r, g, b := int32(c.r), int32(c.g), int32(c.b)
	if max(r, g, b)-min(r, g, b) <= p.chroma {
		return p.grey[place&63][luma(r, g, b)]
	}
	return p.red[place&63][r] + p.green[place&63][g] + p.blue[place&63][b]
}

// mapRow maps row y of a picture from opaque; index has a byte for a pixel.
func (p *palette) mapRow(index, pix []uint8, y int) {
	first := y & 7 * 8
	red := (*[8][256]uint8)(p.red[first : first+8])
	green := (*[8][256]uint8)(p.green[first : first+8])
	blue := (*[8][256]uint8)(p.blue[first : first+8])
	grey := (*[8][256]uint8)(p.grey[first : first+8])
	for x := range index {
		px := pix[4*x : 4*x+4 : 4*x+4]
		r, g, b := int32(px[0]), int32(px[1]), int32(px[2])
		if max(r, g, b)-min(r, g, b) <= p.chroma {
			index[x] = grey[x&7][luma(r, g, b)]
			continue
		}
		index[x] = red[x&7][r] + green[x&7][g] + blue[x&7][b]
	}
}

// luma is the BT.601 brightness, 0 to 255.
func luma(r, g, b int32) uint8 {
	return uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
}

// evenly returns n levels from 0 to 255 in whole percents, which is how exact
// sixel is about colours.
func evenly(n int) []uint8 {
	levels := make([]uint8, n)
	for i := range levels {
		percent := (100*i + (n-1)/2) / (n - 1)
		levels[i] = uint8((percent*255 + 50) / 100)
	}
	return levels
}

// between is evenly without its two ends.
func between(n int) []uint8 { return evenly(n + 2)[1 : n+1] }

// xterm256 is the part of the 256 colours no theme changes: 16 to 255.
var xterm256 = sync.OnceValue(func() *palette {
	cube := []uint8{0, 95, 135, 175, 215, 255}
	greys := make([]uint8, 24)
	for i := range greys {
		greys[i] = uint8(8 + 10*i)
	}
	return newPalette(cubeSpec{red: cube, green: cube, blue: cube, greys: greys, base: 16, chroma: 10})
})
