package screen

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// state is where in an escape sequence a stream stands.
type state uint8

const (
	ground state = iota
	escape
	// control is in a CSI.
	control
	// body is in an OSC, DCS, APC, PM or SOS, and bodyEnds after an ESC there.
	body
	bodyEnds
)

const (
	bel, can, sub, esc = 0x07, 0x18, 0x1a, 0x1b
	// bodied are the bytes after the ESC of sequences with a body.
	bodied = "P]_^X"
	// maxHeld is the most bytes of a sequence that are held: more than any of
	// the commands in this package and of the modes the Writer watches.
	maxHeld = 64
)

// stream cuts a terminal's output into text and escape sequences, however it
// was split into writes. A sequence is held until it is whole, unless it is
// longer than any the Writer cares for: then it goes on in pieces.
type stream struct {
	state state
	held  []byte
	// long tells that the start of the sequence is already through.
	long bool
	// osc tells that BEL ends the sequence.
	osc bool

	// text takes what is printed, and pieces of long sequences; sequence takes
	// whole ones. Neither keeps the slice.
	text, sequence func([]byte)
}

// whole tells whether the stream stands between characters and sequences, where
// other output may come.
func (s *stream) whole() bool { return s.state == ground && len(s.held) == 0 }

// write takes the next part of the output.
func (s *stream) write(p []byte) {
	if s.state == ground && len(s.held) > 0 {
		p = append(s.held, p...)
		s.held = nil
	}
	for len(p) > 0 {
		if s.state == ground {
			p = s.ground(p)
			continue
		}
		n, done := s.scan(p)
		s.hold(p[:n])
		p = p[n:]
		if done {
			s.end()
		}
	}
}

// ground passes text on up to an escape, keeping back half a character.
func (s *stream) ground(p []byte) []byte {
	n := bytes.IndexByte(p, esc)
	if n < 0 {
		n = len(p) - halfRune(p)
		s.text(p[:n])
		s.held = append(s.held[:0], p[n:]...)
		return nil
	}
	if n > 0 {
		s.text(p[:n])
	}
	s.state, s.held = escape, append(s.held[:0], esc)
	return p[n+1:]
}

// halfRune is how many bytes at the end of p are a character cut off.
func halfRune(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		tail := p[len(p)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// scan returns how much of p belongs to the sequence, and whether that ends it.
// It takes at least a byte, or ends.
func (s *stream) scan(p []byte) (n int, done bool) {
	b := p[0]
	switch s.state {
	case escape:
		return s.scanEscape(b)
	case control:
		for i, b := range p {
			switch {
			case b == esc:
				return i, true
			case b >= 0x40 && b <= 0x7e, b == can, b == sub:
				return i + 1, true
			}
		}
		return len(p), false
	case bodyEnds:
		if b == '\\' {
			return 1, true
		}
		// Any other sequence ends the text as well, and begins with this ESC.
		s.restart()
		return 0, false
	}
	for i, b := range p {
		switch {
		case b == esc:
			s.state = bodyEnds
			return i + 1, false
		case b == can, b == sub, b == bel && s.osc:
			return i + 1, true
		}
	}
	return len(p), false
}

func (s *stream) scanEscape(b byte) (n int, done bool) {
	switch {
	case b == esc:
		return 0, true
	case b == '[':
		s.state = control
	case strings.IndexByte(bodied, b) >= 0:
		s.state, s.osc = body, b == ']'
	case b < 0x20 || b > 0x2f:
		return 1, true
	}
	return 1, false
}

// hold adds to the sequence, or passes it on when it has grown long.
func (s *stream) hold(p []byte) {
	s.held = append(s.held, p...)
	if len(s.held) <= maxHeld && !s.long {
		return
	}
	// The ESC that may end it stays, for restart.
	n := len(s.held)
	if s.state == bodyEnds {
		n--
	}
	s.long = true
	s.text(s.held[:n])
	s.held = append(s.held[:0], s.held[n:]...)
}

// end passes the sequence on.
func (s *stream) end() {
	held, long := s.held, s.long
	s.state, s.held, s.long, s.osc = ground, nil, false, false
	switch {
	case len(held) == 0:
	case long:
		s.text(held)
	default:
		s.sequence(held)
	}
	s.held = held[:0]
}

// restart passes the sequence on without its last ESC, which begins another.
func (s *stream) restart() {
	s.held = s.held[:len(s.held)-1]
	s.end()
	s.state, s.held = escape, append(s.held, esc)
}
