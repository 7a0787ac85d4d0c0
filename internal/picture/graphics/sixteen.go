package graphics

import "sync"

// sixteen maps colours onto the 16 of a theme. They are no cube, so each goes
// to the nearest after a shift by the dither matrix; greys have a ramp.
type sixteen struct {
	grey *ditherTable
	// nearest is indexed by the upper four bits of red, green and blue.
	nearest [1 << 12]uint8
}

// colours16 are xterm's own; themes differ, but keep their order.
var colours16 = [16]rgb{
	{0, 0, 0},
	{205, 0, 0},
	{0, 205, 0},
	{205, 205, 0},
	{0, 0, 238},
	{205, 0, 205},
	{0, 205, 205},
	{229, 229, 229},
	{127, 127, 127},
	{255, 0, 0},
	{0, 255, 0},
	{255, 255, 0},
	{92, 92, 255},
	{255, 0, 255},
	{0, 255, 255},
	{255, 255, 255},
}

const (
	// spread16 is how far, in all, the dither shifts a channel: about the
	// distance of neighbouring colours.
	spread16 = 120
	// greyChroma16 is how far the channels of a grey may differ.
	greyChroma16 = 24
)

var xterm16 = sync.OnceValue(func() *sixteen {
	s := &sixteen{grey: newDitherTable([]uint8{0, 127, 229, 255}, []uint8{0, 8, 7, 15})}
	for i := range s.nearest {
		c := rgb{uint8(i >> 8 * 17), uint8(i >> 4 & 15 * 17), uint8(i & 15 * 17)}
		best := 1 << 30
		for index, candidate := range colours16 {
			if d := weighed(c, candidate); d < best {
				best, s.nearest[i] = d, uint8(index)
			}
		}
	}
	return s
})

// weighed is a squared distance that weighs the channels by what the eye makes of them.
func weighed(a, b rgb) int {
	r, g, bl := int(a.r)-int(b.r), int(a.g)-int(b.g), int(a.b)-int(b.b)
	return 2*r*r + 4*g*g + 3*bl*bl
}

// at implements ditherer. Paper and its shadows stay grey: their little colour
// would come out as specks.
func (s *sixteen) at(c rgb, place int) uint8 {
	r, g, b := int32(c.r), int32(c.g), int32(c.b)
	if max(r, g, b)-min(r, g, b) <= greyChroma16 {
		return s.grey[place&63][luma(r, g, b)]
	}
	shift := (int32(bayer[place&63])*2 - 63) * spread16 / 128
	return s.nearest[upper(r+shift)<<8|upper(g+shift)<<4|upper(b+shift)]
}

// upper clamps a channel and keeps its upper four bits, rounded.
func upper(v int32) int32 { return (min(max(v, 0), 255)*15 + 127) / 255 }
