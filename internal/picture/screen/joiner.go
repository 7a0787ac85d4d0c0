package screen

import "unicode/utf8"

// wideJoiner makes characters of the halves that Frame split them into. The
// renderer writes a space after each half and may write one without the other.
type wideJoiner struct {
	// space tells that the next character is the space of a half.
	space bool
	// ahead is the character whose right half the renderer has not written yet,
	// or 0: the terminal's cursor is a cell to the right of where it believes.
	ahead rune
}

const (
	oneLeft  = "\x1b[D"
	oneRight = "\x1b[C"
)

// half begins a half; its space follows.
func (j *wideJoiner) half(out []byte, r rune, side half) []byte {
	switch side {
	case leftHalf:
		out = j.settle(out)
		out = utf8.AppendRune(out, r)
		j.ahead, j.space = r, true
	case rightHalf:
		if j.ahead != r {
			out = append(j.settle(out), oneRight...)
		}
		j.ahead, j.space = 0, true
	default:
		out = j.settle(out)
	}
	return out
}

// text passes text on, but for the space of a half.
func (j *wideJoiner) text(out, p []byte) []byte {
	if len(p) == 0 {
		return out
	}
	if j.space && p[0] == ' ' {
		p = p[1:]
	}
	j.space = false
	if len(p) == 0 {
		return out
	}
	return append(j.settle(out), p...)
}

// settle moves the cursor to where the renderer believes it to be.
func (j *wideJoiner) settle(out []byte) []byte {
	if j.ahead == 0 {
		return out
	}
	j.ahead = 0
	return append(out, oneLeft...)
}
