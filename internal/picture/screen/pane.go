package screen

import (
	"strings"

	"imagery/internal/picture/graphics"
)

// Pane is an area of a screen that shows one picture at a time. Like the model
// it belongs to, it is for one goroutine. Show and Hide are cheap and do no I/O:
// what the terminal has to be sent goes out with the next frame.
type Pane struct {
	writer  *Writer
	picture *Picture
	entry   *entry
	// lines are what View shows, and covered what it shows under an overlay.
	lines, covered []string
}

// NewPane returns an empty pane whose pictures go out through w.
func NewPane(w *Writer) *Pane { return &Pane{writer: w} }

// Show shows a picture instead of what was shown before; the same one again
// costs nothing, and nil is Hide.
func (p *Pane) Show(picture *Picture) {
	if picture == p.picture {
		return
	}
	p.Hide()
	if picture == nil {
		return
	}
	p.picture, p.entry = picture, p.writer.add(picture)
	switch protocol := picture.caps.Protocol; {
	case protocol == Kitty:
		p.lines = picture.centre(graphics.Placeholders(p.entry.id, picture.size.Cols, picture.size.Rows))
		p.covered = p.lines
	case protocol.Immediate():
		p.lines = picture.centre(p.entry.cells())
		p.covered = picture.centre(picture.cells)
	default:
		p.lines = picture.centre(picture.cells)
		p.covered = p.lines
	}
}

// Hide empties the pane; the terminal frees the picture after the next frame.
func (p *Pane) Hide() {
	if p.entry != nil {
		p.writer.remove(p.entry)
	}
	*p = Pane{writer: p.writer}
}

// Picture is what is shown, or nil.
func (p *Pane) Picture() *Picture { return p.picture }

// Lines are the lines of the picture's area, each exactly its columns wide, or
// nil when nothing is shown. While anything is drawn over them they must be
// asked for as overlaid: pixels drawn at the cursor would cover it.
func (p *Pane) Lines(overlaid bool) []string {
	if overlaid {
		return p.covered
	}
	return p.lines
}

// cells are blanks marked as the cells of the picture.
func (e *entry) cells() []string {
	lines := make([]string, e.picture.size.Rows)
	var b []byte
	for y := range lines {
		b = b[:0]
		for x := range e.picture.size.Cols {
			b = appendPictureCell(b, pictureCell{e.generation, y, x})
		}
		lines[y] = string(b)
	}
	return lines
}

// centre puts the lines of the picture into the middle of its area; none make
// an empty area.
func (p *Picture) centre(lines []string) []string {
	area := make([]string, p.rows)
	top, left := (p.rows-p.size.Rows)/2, (p.cols-p.size.Cols)/2
	before, after := strings.Repeat(" ", left), strings.Repeat(" ", p.cols-p.size.Cols-left)
	empty := strings.Repeat(" ", p.cols)
	for y := range area {
		area[y] = empty
		if y >= top && y-top < len(lines) {
			area[y] = before + lines[y-top] + after
		}
	}
	return area
}
