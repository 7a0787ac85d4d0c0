// Package graphics turns a decoded picture into what a terminal draws: kitty
// graphics, sixel, iTerm2 inline images, or character cells.
//
// Every encoder is a pure function of an image that already has its target
// size in pixels; Fit says what that size is and Scale makes it. Sizes named
// cols and rows are terminal cells, sizes named w and h are pixels. Pictures
// are encoded opaque: Flatten first what may be transparent.
package graphics

import "errors"

// ErrSize is returned for a picture or an area without pixels or cells, or
// with more of them than the protocol can name.
var ErrSize = errors.New("graphics: size out of range")

// ErrID is returned for a kitty image number outside FirstID to LastID.
var ErrID = errors.New("graphics: image id out of range")
