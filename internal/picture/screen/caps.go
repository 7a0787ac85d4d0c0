package screen

import (
	"image"
	"image/color"
	"strings"
)

// Caps is what a terminal can show. It is comparable: a picture prepared for
// other Caps than those in force should be prepared anew.
type Caps struct {
	Protocol Protocol
	// CellW and CellH are the pixels of a cell, 10 × 20 when unknown.
	CellW, CellH int
	Colours      Colours
	// Registers is how many colours a sixel picture may have, 0 when unknown.
	Registers int
	// MaxSixel is the largest sixel picture in pixels, zero when unknown.
	MaxSixel image.Point
	// Tmux tells that commands for the terminal go through tmux.
	Tmux bool
	// Remote tells that the way to the terminal may be slow.
	Remote bool
	// WideBlocks tells that half and full blocks may be two cells wide.
	WideBlocks bool
	// Background is the terminal's, to fill the cells a picture covers in part.
	Background color.RGBA
	// Terminal is the name and version the terminal gave, empty if it did not.
	Terminal string
}

// Env is what the environment says about the terminal.
type Env struct {
	// Term, TermProgram and ColorTerm are the variables of those names.
	Term, TermProgram, ColorTerm string
	// Tmux and GNUScreen tell which multiplexer the program runs in.
	Tmux, GNUScreen bool
	NoColor         bool
	// Remote tells of a session over SSH.
	Remote bool
	// WideBlocks is for the caller to set, when ambiguous characters measure two
	// cells.
	WideBlocks bool
}

// EnvOf reads the variables through lookup, which is os.Getenv or the like.
func EnvOf(lookup func(name string) string) Env {
	return Env{
		Term:        lookup("TERM"),
		TermProgram: lookup("TERM_PROGRAM"),
		ColorTerm:   lookup("COLORTERM"),
		Tmux:        lookup("TMUX") != "",
		GNUScreen:   lookup("STY") != "" && lookup("TMUX") == "",
		NoColor:     lookup("NO_COLOR") != "",
		Remote:      lookup("SSH_CONNECTION") != "" || lookup("SSH_TTY") != "",
	}
}

// colours is what is known before Bubble Tea reports its colour profile.
func (e Env) colours() Colours {
	switch {
	case e.NoColor || e.Term == "dumb":
		return NoColours
	case e.ColorTerm == "truecolor" || e.ColorTerm == "24bit":
		return TrueColour
	case strings.Contains(e.Term, "256color") || strings.Contains(e.Term, "direct"):
		return Colours256
	}
	return Colours16
}

// plain tells whether the terminal is known to answer no more than DA1, and to
// print application commands as text.
func (e Env) plain() bool {
	return e.TermProgram == "Apple_Terminal" || e.Term == "linux" || e.GNUScreen ||
		strings.HasPrefix(e.Term, "screen") && !e.Tmux
}
