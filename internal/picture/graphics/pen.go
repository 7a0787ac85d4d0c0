package graphics

import "strconv"

// tint is a colour as SGR names it: three bytes, or an index in the palette.
type tint int32

// noTint stands for a colour that was not set.
const noTint tint = -1

func (c rgb) packed() tint { return tint(c.r)<<16 | tint(c.g)<<8 | tint(c.b) }

// block is a quadrant block in its two colours.
type block struct {
	shape      uint8
	ink, paper tint
}

// pen appends blocks to a row. It remembers the colours in force, so as to
// set only others.
type pen struct {
	mode       CellMode
	ink, paper tint
}

func newPen(mode CellMode) *pen { return &pen{mode: mode, ink: noTint, paper: noTint} }

// draw appends one cell, in whichever of its two ways sets fewer colours and
// has a block the mode allows.
func (p *pen) draw(out []byte, b block) []byte {
	if b.ink == b.paper {
		return p.drawFlat(out, b.paper)
	}
	swapped := block{shape: ^b.shape & 15, ink: b.paper, paper: b.ink}
	if p.allows(swapped) && p.missing(swapped) < p.missing(b) {
		b = swapped
	}
	out = p.set(out, b.ink, b.paper)
	return append(out, quadrants[b.shape]...)
}

// drawFlat appends a cell of one colour, as paper unless it is the ink.
func (p *pen) drawFlat(out []byte, c tint) []byte {
	if p.ink == c && p.paper != c && !p.mode.Narrow {
		return append(out, quadrants[15]...)
	}
	out = p.set(out, p.ink, c)
	return append(out, ' ')
}

// allows tells whether a block may be drawn: of the left and right halves, only
// the right one is narrow everywhere.
func (p *pen) allows(b block) bool { return !p.mode.Narrow || b.shape != leftHalf }

const leftHalf = 5

func (p *pen) missing(b block) int {
	n := 0
	if p.ink != b.ink {
		n++
	}
	if p.paper != b.paper {
		n++
	}
	return n
}

// set appends the one SGR that brings both colours in force, if it takes one.
func (p *pen) set(out []byte, ink, paper tint) []byte {
	if p.missing(block{ink: ink, paper: paper}) == 0 {
		return out
	}
	out = append(out, "\x1b["...)
	if p.ink != ink {
		out = p.appendColor(append(out, '3'), ink)
	}
	if p.ink != ink && p.paper != paper {
		out = append(out, ';')
	}
	if p.paper != paper {
		out = p.appendColor(append(out, '4'), paper)
	}
	p.ink, p.paper = ink, paper
	return append(out, 'm')
}

// appendColor appends a colour after the digit for ink (3) or paper (4).
func (p *pen) appendColor(out []byte, c tint) []byte {
	switch p.mode.Colors {
	case Palette256:
		return strconv.AppendInt(append(out, "8;5;"...), int64(c), 10)
	case Palette16:
		if c < 8 {
			return append(out, '0'+byte(c))
		}
		// The bright ones are 90 to 97 and 100 to 107.
		if out[len(out)-1] == '3' {
			return append(out[:len(out)-1], '9', '0'+byte(c-8))
		}
		return append(out[:len(out)-1], '1', '0', '0'+byte(c-8))
	}
	out = strconv.AppendInt(append(out, "8;2;"...), int64(c>>16), 10)
	out = strconv.AppendInt(append(out, ';'), int64(c>>8&255), 10)
	return strconv.AppendInt(append(out, ';'), int64(c&255), 10)
}
