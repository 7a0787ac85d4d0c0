package jpeg

import "math"

// natural is the place, row by row, of the coefficients as they are stored.
var natural = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}

// middle is the grey that coefficients of zero stand for.
const middle = 128

// A scale says how the coefficients of a block become fewer samples. The mean
// of neighbouring samples is, for each frequency, a sample of a block of fewer
// with the same or a mirrored frequency, weaker by a known factor: so adding
// up weighted coefficients at the places of the low frequencies, and
// transforming only those, gives the exact average over the area of a sample.
type scale struct {
	// place and weight belong to the coefficients as they are stored; weight is
	// in 1/2^weightBits.
	place  [64]uint8
	weight [64]int32
	// transform writes a block of eighths × eighths samples to dst and clears
	// the coefficients.
	transform func(dst []byte, stride int, coefficients *[64]int32)
}

const weightBits = 10

// scales are indexed by eighths of the full size.
var scales = [9]*scale{
	1: newScale(1, transform1), 2: newScale(2, transform2), 4: newScale(4, transform4), 8: newScale(8, transform8),
}

func newScale(eighths int, transform func([]byte, int, *[64]int32)) *scale {
	s := &scale{transform: transform}
	for i, at := range natural {
		x, wx := fold(int(at%8), eighths)
		y, wy := fold(int(at/8), eighths)
		s.place[i] = uint8(y*eighths + x)
		s.weight[i] = int32(math.Round(wx * wy * (1 << weightBits)))
	}
	return s
}

// fold returns as which frequency, and with which weight, a frequency of 8
// samples is seen in their averages, of which there are n.
func fold(frequency, n int) (to int, weight float64) {
	for j := range 8 / n {
		weight += math.Cos(float64((2*j+1-8/n)*frequency)*math.Pi/16) * float64(n) / 8
	}
	to = frequency
	for to >= 2*n {
		to, weight = to-2*n, -weight
	}
	if to > n {
		to, weight = 2*n-to, -weight
	}
	if to == n {
		return 0, 0
	}
	return to, weight
}

// sample turns a sum, in 1/2^shift, into a sample.
func sample(sum, shift int) byte {
	v := (sum+1<<(shift-1))>>shift + middle
	if uint(v) > 255 {
		return byte(^(v >> 63))
	}
	return byte(v)
}

// flat writes a block of n × n samples that has a first coefficient only.
func flat(dst []byte, stride, n int, coefficient int32) {
	v := sample(int(coefficient), weightBits+3)
	if n == 8 {
		for i := range 8 {
			*(*[8]byte)(dst[i*stride:]) = [8]byte{v, v, v, v, v, v, v, v}
		}
		return
	}
	for i := range n {
		row := dst[i*stride : i*stride+n]
		for x := range row {
			row[x] = v
		}
	}
}

func transform1(dst []byte, _ int, c *[64]int32) {
	dst[0] = sample(int(c[0]), weightBits+3)
	c[0] = 0
}

func transform2(dst []byte, stride int, c *[64]int32) {
	const shift = weightBits + 3
	a, b := int(c[0]+c[1]), int(c[0]-c[1])
	e, f := int(c[2]+c[3]), int(c[2]-c[3])
	dst[0], dst[1] = sample(a+e, shift), sample(b+f, shift)
	dst[stride], dst[stride+1] = sample(a-e, shift), sample(b-f, shift)
	*(*[4]int32)(c[:]) = [4]int32{}
}

// Constants are in 1/2¹³: √2 cos(kπ/16).
const (
	constBits = 13
	cos1      = 11363
	cos2      = 10703
	cos3      = 9633
	cos5      = 6437
	cos6      = 4433
	cos7      = 2260
)

func transform4(dst []byte, stride int, c *[64]int32) {
	var t [16]int // columns done, in 1/2¹³
	for x := range 4 {
		even, odd := int(c[x])<<constBits, int(c[x+4])
		mid, high := int(c[x+8])<<constBits, int(c[x+12])
		p, q := odd*cos2+high*cos6, odd*cos6-high*cos2
		t[x], t[x+4], t[x+8], t[x+12] = even+mid+p, even-mid+q, even-mid-q, even+mid-p
	}
	const shift = 2*constBits + weightBits + 3
	for y := range 4 {
		r := (*[4]int)(t[4*y:])
		even, odd := r[0]<<constBits, r[1]
		mid, high := r[2]<<constBits, r[3]
		p, q := odd*cos2+high*cos6, odd*cos6-high*cos2
		*(*[4]byte)(dst[y*stride:]) = [4]byte{
			sample(even+mid+p, shift), sample(even-mid+q, shift), sample(even-mid-q, shift), sample(even+mid-p, shift),
		}
	}
	*(*[16]int32)(c[:]) = [16]int32{}
}

// transform8 is the full inverse transform, first the columns and then the
// rows. A column of one coefficient is common and cheap.
func transform8(dst []byte, stride int, c *[64]int32) {
	var t [64]int // columns done, in 1/2¹³
	for x := range 8 {
		if c[x+8]|c[x+16]|c[x+24]|c[x+32]|c[x+40]|c[x+48]|c[x+56] == 0 {
			v := int(c[x]) << constBits
			t[x], t[x+8], t[x+16], t[x+24], t[x+32], t[x+40], t[x+48], t[x+56] = v, v, v, v, v, v, v, v
			continue
		}
		e, o := eight(int(c[x]), int(c[x+8]), int(c[x+16]), int(c[x+24]), int(c[x+32]), int(c[x+40]), int(c[x+48]), int(c[x+56]))
		for i := range 4 {
			t[x+8*i], t[x+56-8*i] = e[i]+o[i], e[i]-o[i]
		}
	}
	const shift = 2*constBits + weightBits + 3
	for y := range 8 {
		r := (*[8]int)(t[8*y:])
		e, o := eight(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7])
		*(*[8]byte)(dst[y*stride:]) = [8]byte{
			sample(e[0]+o[0], shift), sample(e[1]+o[1], shift), sample(e[2]+o[2], shift), sample(e[3]+o[3], shift),
			sample(e[3]-o[3], shift), sample(e[2]-o[2], shift), sample(e[1]-o[1], shift), sample(e[0]-o[0], shift),
		}
	}
	*c = [64]int32{}
}

// eight transforms eight coefficients, as the halves that even and odd ones
// contribute to the first four samples; the others mirror them.
func eight(c0, c1, c2, c3, c4, c5, c6, c7 int) (even, odd [4]int) {
	a, b := (c0+c4)<<constBits, (c0-c4)<<constBits
	p, q := c2*cos2+c6*cos6, c2*cos6-c6*cos2
	even = [4]int{a + p, b + q, b - q, a - p}
	odd = [4]int{
		c1*cos1 + c3*cos3 + c5*cos5 + c7*cos7,
		c1*cos3 - c3*cos7 - c5*cos1 - c7*cos5,
		c1*cos5 - c3*cos1 + c5*cos7 + c7*cos3,
		c1*cos7 - c3*cos5 + c5*cos3 - c7*cos1,
	}
	return even, odd
}
