package graphics

// twoTone is a cell of two colours: ink where shape has a bit, paper
// elsewhere.
type twoTone struct {
	shape      uint8
	ink, paper rgb
}

// flatRange is how far, in any channel, two colours may lie apart and still
// be drawn as one.
const flatRange = 3

// cluster splits four pixels into the two groups whose means are closest to
// them. That is the split for which the squared sums of the groups, each over
// its size, add up to most; times 12 that is a whole number.
func cluster(px [4]rgb, shapes []uint8) twoTone {
	var all [3]int32
	for _, c := range px {
		all[0], all[1], all[2] = all[0]+int32(c.r), all[1]+int32(c.g), all[2]+int32(c.b)
	}
	best, bestShape, bestSum := int32(-1), uint8(0), [3]int32{}
	for _, shape := range shapes {
		sum, n := sumOf(px, shape)
		score := int32(0)
		for i, s := range sum {
			rest := all[i] - s
			score += s*s*twelfths[n] + rest*rest*twelfths[4-n]
		}
		if score > best {
			best, bestShape, bestSum = score, shape, sum
		}
	}
	flat := mean(all, 4)
	n := sizes[bestShape]
	if n == 0 {
		return twoTone{ink: flat, paper: flat}
	}
	for i := range all {
		all[i] -= bestSum[i]
	}
	cell := twoTone{shape: bestShape, ink: mean(bestSum, n), paper: mean(all, 4-n)}
	if near(cell.ink, cell.paper) {
		return twoTone{ink: flat, paper: flat}
	}
	return cell
}

// twelfths is 12 divided by the size of a group; sizes counts the bits of a
// shape.
var (
	twelfths = [5]int32{0, 12, 6, 4, 3}
	sizes    = [16]int32{0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4}
)

func sumOf(px [4]rgb, shape uint8) (sum [3]int32, n int32) {
	for i, c := range px {
		bit := int32(shape >> i & 1)
		sum[0] += int32(c.r) * bit
		sum[1] += int32(c.g) * bit
		sum[2] += int32(c.b) * bit
	}
	return sum, sizes[shape]
}

func mean(sum [3]int32, n int32) rgb {
	half := n / 2
	return rgb{uint8((sum[0] + half) / n), uint8((sum[1] + half) / n), uint8((sum[2] + half) / n)}
}

func near(a, b rgb) bool {
	return abs(int(a.r)-int(b.r)) <= flatRange && abs(int(a.g)-int(b.g)) <= flatRange &&
		abs(int(a.b)-int(b.b)) <= flatRange
}

func abs(v int) int { return max(v, -v) }

// diagonal is the shape of a flat cell that is dithered within.
const diagonal = 6

// exact is the cell in 24-bit colours.
func (c twoTone) exact() block {
	return block{shape: c.shape, ink: c.ink.packed(), paper: c.paper.packed()}
}

// ditherer maps a colour at a place (0 to 63) of the dither matrix onto an
// index of a palette.
type ditherer interface {
	at(c rgb, place int) uint8
}

// dithered is the cell at x, y in the colours of p. Cells are large and these
// colours far apart, so the dither has half its strength, or else detail would
// drown in it. A flat cell takes two neighbours of its colour, one on each
// diagonal, from thresholds half the range apart.
func (c twoTone) dithered(x, y int, p ditherer) block {
	threshold := bayer[8*(y&7)+x&7]
	ink, paper, shape := 16+threshold/2, 16+threshold/2, c.shape
	if shape == 0 {
		ink, paper, shape = 8+threshold/4, 40+threshold/4, diagonal
	}
	return block{
		shape: shape,
		ink:   tint(p.at(c.ink, int(bayerPlaces[ink]))),
		paper: tint(p.at(c.paper, int(bayerPlaces[paper]))),
	}
}

// bayerPlaces is where in the matrix each threshold is.
var bayerPlaces = func() (places [64]uint8) {
	for place, threshold := range bayer {
		places[threshold] = uint8(place)
	}
	return places
}()
