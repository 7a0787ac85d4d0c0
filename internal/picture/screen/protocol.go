package screen

import (
	"errors"
	"fmt"
	"slices"
)

// Protocol is a way to show a picture.
type Protocol uint8

const (
	// None shows nothing: the terminal has no colour, or is not known yet.
	None Protocol = iota
	// Cells draws with quadrant blocks.
	Cells
	// Sixel draws at the cursor.
	Sixel
	// Inline is iTerm2's inline images, drawn at the cursor.
	Inline
	// KittyDirect is kitty graphics drawn at the cursor.
	KittyDirect
	// Kitty is kitty graphics in place of placeholder characters, which the
	// cell renderer moves and covers like any text.
	Kitty
)

// Auto is the name under which a Detector chooses by itself.
const Auto = "auto"

// ErrProtocol is returned for a name that is not one of Names.
var ErrProtocol = errors.New("screen: unknown graphics protocol")

var protocolNames = [...]string{
	None: "none", Cells: "cells", Sixel: "sixel", Inline: "iterm",
	KittyDirect: "kitty-direct", Kitty: "kitty",
}

// String is the name of the protocol in settings.
func (p Protocol) String() string {
	if int(p) < len(protocolNames) {
		return protocolNames[p]
	}
	return fmt.Sprintf("protocol %d", p)
}

// Immediate tells whether pictures are drawn at the cursor, over cells that the
// renderer believes to be blank.
func (p Protocol) Immediate() bool { return p == Sixel || p == Inline || p == KittyDirect }

// Names are what NewDetector takes: auto, and every Protocol.
func Names() []string { return slices.Concat([]string{Auto}, protocolNames[:]) }

// Colours is how many colours the terminal shows.
type Colours uint8

const (
	// NoColours is a terminal without colour, or one that is not to use it.
	NoColours Colours = iota
	// Colours16 are those of the theme.
	Colours16
	// Colours256 are those and 240 fixed ones.
	Colours256
	// TrueColour is 24 bits.
	TrueColour
)
