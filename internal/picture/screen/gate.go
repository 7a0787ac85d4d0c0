package screen

import (
	"strconv"
	"strings"
)

// placeholderTerminals draw kitty graphics in place of placeholders.
var placeholderTerminals = map[string]bool{"kitty": true, "ghostty": true, "rio": true}

// inlineTerminals draw iTerm2's inline images better than anything else they
// know. The first are as XTVERSION names them, the others as TERM_PROGRAM does.
var inlineTerminals = map[string]bool{
	"iterm2": true, "wezterm": true, "mintty": true, "iterm.app": true,
}

// kittyPlaceholders is the first kitty, 0.28, that draws placeholders.
const kittyPlaceholders = 28

func (d *Detector) protocol() Protocol {
	p := d.forced
	if d.auto {
		p = d.best()
	}
	// The number of a picture is a colour of the 256 in its placeholders: with
	// fewer the renderer would change it.
	if p == Kitty && d.colours < Colours256 {
		p = KittyDirect
	}
	// What tmux passes through is drawn where tmux's own cursor happens to be.
	if d.env.Tmux && (p == Inline || p == KittyDirect) {
		p = Cells
	}
	if p == Cells && d.colours == NoColours {
		p = None
	}
	return p
}

// best follows the table of terminals in the order of what looks best.
func (d *Detector) best() Protocol {
	name, minor := terminalName(d.name)
	if name == "" && !d.env.Tmux {
		name = strings.ToLower(d.env.TermProgram)
	}
	switch {
	case !d.done || d.colours == NoColours:
		return None
	case d.kitty && placeholderTerminals[name] && (name != "kitty" || minor >= kittyPlaceholders):
		return Kitty
	case d.kitty && (name == "kitty" || name == "konsole"):
		return KittyDirect
	case inlineTerminals[name] && !d.env.Tmux:
		return Inline
	case d.sixel():
		return Sixel
	case d.kitty:
		return KittyDirect
	}
	return Cells
}

// sixel tells whether every terminal on the way draws sixel.
func (d *Detector) sixel() bool {
	return d.innerSixel && (!d.env.Tmux || d.outerSixel)
}

// terminalName takes an XTVERSION answer apart, "kitty(0.41.1)" or "WezTerm
// 20240203", into a lower-case name and the second number of the version, or
// where the first is not 0, one greater than any.
func terminalName(answer string) (name string, minor int) {
	name, version := answer, ""
	if i := strings.IndexAny(answer, " ("); i >= 0 {
		name, version = answer[:i], strings.Trim(answer[i:], " ()")
	}
	major, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	minor, _ = strconv.Atoi(second)
	if n, err := strconv.Atoi(major); err == nil && n > 0 {
		minor = 1 << 20
	}
	return strings.ToLower(name), minor
}
