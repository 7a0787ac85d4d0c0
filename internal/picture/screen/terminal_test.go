package screen

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// display is a window: Bubble Tea's renderer, a Writer, and an emulator that
// shows what comes out of it.
type display struct {
	t        testing.TB
	w, h     int
	renderer *uv.TerminalRenderer
	frame    bytes.Buffer
	cells    uv.ScreenBuffer
	writer   *Writer
	emulator *vt.Emulator
	sent     bytes.Buffer
}

func newDisplay(t testing.TB, w, h int) *display {
	d := &display{t: t, w: w, h: h, cells: uv.NewScreenBuffer(w, h), emulator: vt.NewEmulator(w, h)}
	d.writer = NewWriter(&d.sent)
	d.renderer = uv.NewTerminalRenderer(&d.frame, []string{"TERM=xterm-256color", "COLORTERM=truecolor"})
	d.renderer.SetColorProfile(colorprofile.TrueColor)
	d.renderer.SetFullscreen(true)
	d.renderer.SetRelativeCursor(false)
	d.renderer.SetScrollOptim(true)
	d.renderer.Erase()
	return d
}

// show renders a frame the way Bubble Tea does and returns what the terminal
// was sent.
func (d *display) show(content string) string {
	d.t.Helper()
	content = d.writer.Frame(content, d.w)
	sent := d.render(content)
	d.check(content)
	return sent
}

// render is show without Frame and without a check.
func (d *display) render(content string) string {
	d.t.Helper()
	d.cells.Clear()
	uv.NewStyledString(content).Draw(d.cells, d.cells.Bounds())
	d.renderer.Render(d.cells.RenderBuffer)
	if err := d.renderer.Flush(); err != nil {
		d.t.Fatal(err)
	}
	d.sent.Reset()
	if d.frame.Len() > 0 {
		d.write(beginSync + d.frame.String() + endSync)
	}
	d.frame.Reset()
	return d.sent.String()
}

func (d *display) write(text string) {
	d.t.Helper()
	from := d.sent.Len()
	if _, err := d.writer.Write([]byte(text)); err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.emulator.Write(d.sent.Bytes()[from:]); err != nil {
		d.t.Fatal(err)
	}
}

// check compares the emulator with the frame, cell by cell.
func (d *display) check(content string) {
	d.t.Helper()
	want := uv.NewScreenBuffer(d.w, d.h)
	uv.NewStyledString(strip(content)).Draw(want, want.Bounds())
	for y := range d.h {
		for x := range d.w {
			got, want := d.emulator.CellAt(x, y), want.CellAt(x, y)
			if glyphOf(got) != glyphOf(want) || !sameLook(got, want) {
				d.t.Fatalf("the cell at %d, %d is %q, want %q; the screen:\n%s", x, y, glyphOf(got), glyphOf(want), d.emulator)
			}
		}
	}
}

// sameLook compares styles, of blanks only what can be seen of them.
func sameLook(a, b *uv.Cell) bool {
	s, t := a.Style, b.Style
	if glyphOf(a) == " " && t.Attrs&uv.AttrReverse == 0 {
		s.Fg, t.Fg = nil, nil
	}
	return s.Equal(&t)
}

func glyphOf(c *uv.Cell) string {
	switch {
	case c == nil:
		return " "
	case c.Width == 0:
		return ""
	case c.Content == "":
		return " "
	}
	return c.Content
}

// strip undoes Frame: wide characters whole, no marks.
func strip(content string) string {
	var out []byte
	var join wideJoiner
	s := stream{
		text: func(p []byte) { out = join.text(out, p) },
		sequence: func(p []byte) {
			if r, side, ok := parseWide(p); ok {
				out = join.half(out, r, side)
			} else if _, n := parsePictureCell(p); n == 0 {
				out = append(out, p...)
			}
		},
	}
	s.write([]byte(content))
	return string(out)
}

// photo has every colour, and a corner of one.
func photo(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x ^ y) & 255), 255})
		}
	}
	return m
}

// capsOf is a terminal with cells of 10 × 20 pixels.
func capsOf(p Protocol) Caps {
	return Caps{Protocol: p, CellW: 10, CellH: 20, Colours: TrueColour, Background: color.RGBA{A: 255}}
}

func prepared(t testing.TB, m image.Image, caps Caps, cols, rows int) *Picture {
	t.Helper()
	p, err := Prepare(m, caps, cols, rows)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// list is rows of Chinese text, cols wide, one of them selected.
func list(cols, rows, selected int) []string {
	lines := make([]string, rows)
	for y := range lines {
		line := fmt.Sprintf("%3d 张三丰%d 身份证 正面", y+7*selected/100, y)
		line += strings.Repeat(" ", cols-4-6-len(fmt.Sprint(y))-1-6-1-4)
		if y == selected {
			line = "\x1b[7m" + line + "\x1b[m"
		}
		lines[y] = line
	}
	return lines
}

// beside puts lines side by side.
func beside(columns ...[]string) string {
	lines := make([]string, len(columns[0]))
	for y := range lines {
		for _, c := range columns {
			lines[y] += c[y]
		}
	}
	return strings.Join(lines, "\n")
}
