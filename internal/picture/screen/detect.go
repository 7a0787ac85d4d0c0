package screen

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"imagery/internal/picture/graphics"
)

// Timeout is how long to wait for the answers to Query before a TimeoutMsg.
const Timeout = 400 * time.Millisecond

// TimeoutMsg tells a Detector that answers which are still missing will hardly
// come. Should they come all the same, they count.
type TimeoutMsg struct{}

const (
	// defaultCellW and defaultCellH stand in for an unknown cell, in pixels.
	defaultCellW, defaultCellH = 10, 20
	// maxCell is the most pixels a side of a cell is believed to have.
	maxCell = 256
	// maxPixels is the most pixels a side of a window is believed to have.
	maxPixels = 1 << 16
	// maxName is how much of a terminal's name is kept, in bytes.
	maxName = 64
)

// Detector learns from the terminal's answers, message by message, what it can
// show. It does no I/O.
type Detector struct {
	env    Env
	forced Protocol
	auto   bool
	done   bool

	// fences counts the answers to DA1; the first in tmux is tmux's own.
	fences                  int
	innerSixel, outerSixel  bool
	kitty                   bool
	name                    string
	colours                 Colours
	registers               int
	maxSixel                image.Point
	cell, window, cellCount image.Point
	background              color.RGBA
}

// NewDetector returns a Detector that chooses the named protocol, or the best
// one for Auto. The error is ErrProtocol.
func NewDetector(env Env, name string) (*Detector, error) {
	d := &Detector{env: env, colours: env.colours(), background: color.RGBA{A: 255}, auto: name == Auto}
	i := slices.Index(protocolNames[:], name)
	if i < 0 && !d.auto {
		return nil, fmt.Errorf("choosing graphics %q: %w", name, ErrProtocol)
	}
	d.forced = Protocol(max(i, 0))
	return d, nil
}

// Query is what to send, with tea.Raw, when the program starts. A TimeoutMsg
// should follow after Timeout. It is empty for a terminal that would answer
// nothing.
func (d *Detector) Query() string {
	if d.env.Term == "dumb" {
		return ""
	}
	if d.env.plain() {
		return ansi.RequestPrimaryDeviceAttributes
	}
	sizes := ansi.WindowOp(16) + ansi.WindowOp(14) + requestRegisters + requestMaxSixel
	kitty := ansi.KittyGraphics([]byte("AAAA"), "i=31", "s=1", "v=1", "a=q", "t=d", "f=24")
	if !d.env.Tmux {
		return ansi.RequestNameVersion + kitty + sizes + ansi.RequestPrimaryDeviceAttributes
	}
	// tmux claims sixel whatever it runs in: the terminal outside is asked too.
	outside := ansi.RequestNameVersion + kitty
	return ansi.RequestNameVersion + sizes + ansi.RequestPrimaryDeviceAttributes +
		through(outside) + through(ansi.RequestPrimaryDeviceAttributes)
}

// XTSMGRAPHICS: the colour registers in force, and the most pixels possible.
const (
	requestRegisters = "\x1b[?1;1;0S"
	requestMaxSixel  = "\x1b[?2;4;0S"
)

func through(commands string) string { return string(graphics.Passthrough([]byte(commands))) }

// Done tells whether Caps will hardly change any more, but for sizes.
func (d *Detector) Done() bool { return d.done }

// Update takes any message of the program and tells whether it changed Caps.
func (d *Detector) Update(msg tea.Msg) bool {
	before := d.Caps()
	switch m := msg.(type) {
	case TimeoutMsg:
		d.done = true
	case tea.WindowSizeMsg:
		d.cellCount = image.Pt(m.Width, m.Height)
	case uv.PixelSizeEvent:
		d.setWindow(m.Width, m.Height)
	case uv.CellSizeEvent:
		if min(m.Width, m.Height) > 0 && max(m.Width, m.Height) <= maxCell {
			d.cell = image.Pt(m.Width, m.Height)
		}
	case tea.TerminalVersionMsg:
		d.named(m.Name)
	case uv.KittyGraphicsEvent:
		d.kitty = d.kitty || m.Options.ID == queryID && string(m.Payload) == "OK"
	case uv.UnknownCsiEvent:
		d.attribute(string(m))
	case uv.PrimaryDeviceAttributesEvent:
		d.fence(slices.Contains(m, 4))
	case tea.ColorProfileMsg:
		d.colours = coloursOf(m.Profile)
	case tea.BackgroundColorMsg:
		r, g, b, _ := m.RGBA()
		d.background = color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
	}
	return d.Caps() != before
}

// queryID is the image number of the question whether kitty graphics work.
const queryID = 31

func coloursOf(p colorprofile.Profile) Colours {
	switch p {
	case colorprofile.TrueColor:
		return TrueColour
	case colorprofile.ANSI256:
		return Colours256
	case colorprofile.ANSI:
		return Colours16
	}
	return NoColours
}

// setWindow takes the pixels of the window, if they can be.
func (d *Detector) setWindow(w, h int) {
	if min(w, h) <= 0 || max(w, h) > maxPixels {
		return
	}
	d.window = image.Pt(w, h)
}

// named takes an XTVERSION answer. That of tmux says nothing about pictures.
func (d *Detector) named(name string) {
	if strings.HasPrefix(name, "tmux") {
		return
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, name)
	d.name = name[:min(len(name), maxName)]
}

// attribute takes an answer of XTSMGRAPHICS, CSI ? item ; 0 ; values S.
func (d *Detector) attribute(csi string) {
	var item, status, x, y int
	n, _ := fmt.Sscanf(csi, "\x1b[?%d;%d;%d;%d", &item, &status, &x, &y)
	if !strings.HasSuffix(csi, "S") || n < 3 || status != 0 || x <= 0 {
		return
	}
	switch {
	case item == 1:
		d.registers = min(x, maxPixels)
	case item == 2 && n == 4 && y > 0:
		d.maxSixel = image.Pt(min(x, maxPixels), min(y, maxPixels))
	}
}

// fence takes an answer to DA1, which ends those of one terminal.
func (d *Detector) fence(sixel bool) {
	d.fences++
	if d.fences == 1 {
		d.innerSixel = sixel
	} else {
		d.outerSixel = sixel
	}
	if !d.env.Tmux || d.fences > 1 {
		d.done = true
	}
}

// Caps is what is known now. The protocol is None until the Detector is done,
// unless it was named.
func (d *Detector) Caps() Caps {
	cell := d.cellSize()
	return Caps{
		Protocol: d.protocol(), CellW: cell.X, CellH: cell.Y,
		Colours: d.colours, Registers: d.registers, MaxSixel: d.maxSixel,
		Tmux: d.env.Tmux, Remote: d.env.Remote, WideBlocks: d.env.WideBlocks,
		Background: d.background, Terminal: d.name,
	}
}

func (d *Detector) cellSize() image.Point {
	if d.cell != (image.Point{}) {
		return d.cell
	}
	w, h := cellSide(d.window.X, d.cellCount.X), cellSide(d.window.Y, d.cellCount.Y)
	if w > 0 && h > 0 {
		return image.Pt(w, h)
	}
	return image.Pt(defaultCellW, defaultCellH)
}

// cellSide is the side of n cells in a window, or 0 when that cannot be. xterm
// counts its border and a rest too small for a cell as well, which makes up for
// a pixel a cell in a small window: the smallest side is taken that leaves no
// more than these, lest pictures run out of their cells.
func cellSide(window, n int) int {
	if n <= 0 || window < n {
		return 0
	}
	side := min(window/n, maxCell)
	for side > 1 && window-(side-1)*n < side-1+border {
		side--
	}
	return side
}

// border is what xterm has of it by default, in pixels, both sides together.
const border = 4

// QuerySizes is what to send, with tea.Raw, when the window's size or its font
// may have changed: after a WindowSizeMsg.
func (d *Detector) QuerySizes() string {
	if d.env.Term == "dumb" || d.env.plain() {
		return ""
	}
	return ansi.WindowOp(16) + ansi.WindowOp(14)
}
