// Package style holds every colour and border. Screens use its named tokens; no other package names a colour.
package style

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Depth is how much colour the terminal gets.
type Depth int

const (
	// Full is 24-bit colour; Bubble Tea steps it down to what the terminal can do.
	Full Depth = iota
	// Sixteen uses the terminal's own sixteen colours, as a Linux console has them.
	Sixteen
	// None uses bold, underline and reverse only, for NO_COLOR and monochrome.
	None
)

// Options says what to build Styles for. The zero value is a light background in full colour with ASCII borders.
type Options struct {
	Dark         bool // background, as the terminal reports it
	Depth        Depth
	HighContrast bool
	Unicode      bool // box drawing characters are one cell wide here
}

// Styles is the set of tokens. Every token is readable on the background it was built for, and differs from its neighbours without
// colour too: by a word, bold, underline or reverse.
type Styles struct {
	Options Options
	Chrome  Chrome

	Text, Muted, Strong, Accent          lipgloss.Style // running text
	Title, Header, Column                lipgloss.Style // panel title, top line, column heads
	Tab, TabActive                       lipgloss.Style
	Border, BorderFocus                  lipgloss.Style
	Selected, SelectedIdle, Marked       lipgloss.Style // cursor row with and without focus, marked row
	Success, Warning, Error, Info        lipgloss.Style
	Have, Missing, Exempt, Pending       lipgloss.Style // completeness cells
	Field, FieldFocus, Placeholder       lipgloss.Style
	Button, ButtonFocus, ButtonDanger    lipgloss.Style
	Disabled                             lipgloss.Style
	FooterKey, FooterText                lipgloss.Style
	Writable, ReadOnly                   lipgloss.Style // the profile's badge in the header
	Dim                                  lipgloss.Style // background behind a dialog
	StatusOK, StatusWarning, StatusError lipgloss.Style // status line by kind
}

// colours are the hues that tokens are made of; a nil one leaves the terminal's own.
type colours struct {
	muted, accent, border, focus, selFg, selBg, idleBg, good, warn, bad, info, fieldBg color.Color
}

func hex(s string) color.Color { return lipgloss.Color(s) }

// hues returns the palette for the options. Contrast against the background is at least 4.5 to 1, 7 to 1 with HighContrast.
func hues(o Options) colours {
	switch {
	case o.Depth == None:
		return colours{}
	case o.Depth == Sixteen && o.Dark:
		return colours{
			muted: lipgloss.White, accent: lipgloss.BrightCyan, focus: lipgloss.BrightCyan, selFg: lipgloss.Black, selBg: lipgloss.Cyan,
			idleBg: nil, good: lipgloss.BrightGreen, warn: lipgloss.BrightYellow, bad: lipgloss.BrightRed, info: lipgloss.BrightCyan,
		}
	case o.Depth == Sixteen:
		return colours{
			accent: lipgloss.Blue, focus: lipgloss.Blue, selFg: lipgloss.BrightWhite, selBg: lipgloss.Blue,
			good: lipgloss.Green, warn: lipgloss.Magenta, bad: lipgloss.Red, info: lipgloss.Blue,
		}
	case o.HighContrast && o.Dark:
		return colours{
			muted: hex("#e4e4e4"), accent: hex("#5fffff"), border: hex("#ffffff"), focus: hex("#ffff00"), selFg: hex("#000000"), selBg: hex("#ffff00"),
			idleBg: hex("#444444"), good: hex("#5fff5f"), warn: hex("#ffd75f"), bad: hex("#ff8787"), info: hex("#5fffff"), fieldBg: hex("#262626"),
		}
	case o.HighContrast:
		return colours{
			muted: hex("#303030"), accent: hex("#00008b"), border: hex("#000000"), focus: hex("#00008b"), selFg: hex("#ffffff"), selBg: hex("#00008b"),
			idleBg: hex("#d0d0d0"), good: hex("#004b00"), warn: hex("#5f3700"), bad: hex("#8b0000"), info: hex("#00008b"), fieldBg: hex("#eeeeee"),
		}
	case o.Dark:
		return colours{
			muted: hex("#a0a0a8"), accent: hex("#7dcfff"), border: hex("#6c7086"), focus: hex("#7dcfff"), selFg: hex("#ffffff"), selBg: hex("#3b5378"),
			idleBg: hex("#34343f"), good: hex("#9ece6a"), warn: hex("#e0af68"), bad: hex("#ff8a9a"), info: hex("#7dcfff"), fieldBg: hex("#2a2b36"),
		}
	}
	return colours{
		muted: hex("#5c5f66"), accent: hex("#005f87"), border: hex("#8a8f98"), focus: hex("#005f87"), selFg: hex("#000000"), selBg: hex("#b8d8f0"),
		idleBg: hex("#dfe3e8"), good: hex("#2b6a1b"), warn: hex("#8a4b00"), bad: hex("#b00020"), info: hex("#005f87"), fieldBg: hex("#eceff3"),
	}
}

// New builds the tokens.
func New(o Options) *Styles {
	c, base := hues(o), lipgloss.NewStyle()
	fg := func(x color.Color) lipgloss.Style {
		if x == nil {
			return base
		}
		return base.Foreground(x)
	}
	on := func(f, b color.Color) lipgloss.Style {
		if b == nil {
			return base.Reverse(o.Depth == None || f != nil)
		}
		return fg(f).Background(b)
	}
	field := base
	if c.fieldBg != nil {
		field = base.Background(c.fieldBg)
	}
	idle := base.Underline(c.idleBg == nil)
	if c.idleBg != nil {
		idle = base.Background(c.idleBg)
	}
	dim := fg(c.muted)
	if o.Depth == None {
		dim = base.Faint(true)
	}
	return &Styles{
		Options: o, Chrome: ChromeFor(o.Unicode),
		Text: base, Muted: fg(c.muted), Strong: base.Bold(true), Accent: fg(c.accent),
		Title: fg(c.accent).Bold(true), Header: base.Bold(true), Column: fg(c.muted).Bold(true),
		Tab: fg(c.muted), TabActive: fg(c.accent).Bold(true).Underline(true),
		Border: fg(c.border), BorderFocus: fg(c.focus).Bold(o.Depth == None),
		Selected: on(c.selFg, c.selBg), SelectedIdle: idle, Marked: fg(c.accent).Bold(true),
		Success: fg(c.good), Warning: fg(c.warn), Error: fg(c.bad).Bold(true), Info: fg(c.info),
		Have: fg(c.good), Missing: fg(c.bad).Bold(true), Exempt: fg(c.muted), Pending: fg(c.muted),
		Field: field, FieldFocus: field.Bold(o.Depth == None), Placeholder: field.Inherit(fg(c.muted)).Italic(false),
		Button: base, ButtonFocus: on(c.selFg, c.selBg).Bold(true), ButtonDanger: fg(c.bad).Bold(true).Reverse(true), Disabled: dim,
		FooterKey: base.Bold(true), FooterText: fg(c.muted),
		Writable: fg(c.warn).Bold(true), ReadOnly: fg(c.good).Bold(true),
		Dim:      dim,
		StatusOK: base, StatusWarning: fg(c.warn), StatusError: fg(c.bad).Bold(true),
	}
}
