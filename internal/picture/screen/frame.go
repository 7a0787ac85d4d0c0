package screen

import (
	"image"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Frame is what the program's View does last with its content, which fills a
// window cols cells wide from its top left corner. It finds where in it the
// pictures are, to draw them there.
//
// While pictures are on show it also splits wide characters into two marked
// cells. The renderer repaints every row with a wide character in every frame,
// whether it changed or not, and the picture on it with it; marked cells it
// repaints one by one. Without pictures content is returned as it is.
func (w *Writer) Frame(content string, cols int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.entries) == 0 {
		return content
	}
	for _, e := range w.entries {
		e.seen = false
	}
	lines := strings.Split(content, "\n")
	l := line{writer: w, cols: cols}
	for y, text := range lines {
		lines[y] = l.rewrite(text, y)
	}
	return strings.Join(lines, "\n")
}

// line rewrites the lines of a frame one by one.
type line struct {
	writer *Writer
	cols   int
	out    []byte
	// x is the cell reached, and marked tells of marked cells before it.
	x, y   int
	marked bool
	// pending is the mark of the next cell, and marks is how many it has: those
	// of cells that were cut off stay behind and say nothing.
	pending pictureCell
	marks   int
}

// rewrite returns the line with its wide characters split and marks left only
// on the cells of pictures.
func (l *line) rewrite(text string, y int) string {
	if !strings.Contains(text, commandStart) && isASCII(text) {
		return text
	}
	l.out, l.x, l.y, l.marked, l.marks = l.out[:0], 0, y, false, 0
	state := byte(ansi.NormalState)
	for len(text) > 0 {
		if n := l.simple(text, state); n > 0 {
			text = text[n:]
			continue
		}
		glyph, width, n, next := ansi.DecodeSequence(text, state, nil)
		if width > 0 {
			l.glyph(glyph, width)
		} else {
			l.out = append(l.out, glyph...)
		}
		text, state = text[n:], next
	}
	if l.marked && l.x < l.cols {
		l.out = append(l.out, strings.Repeat(" ", l.cols-1-l.x)...)
		l.out = append(l.out, anchor+" "...)
	}
	return string(l.out)
}

// simple takes what text begins with, if that needs no segmentation of what may
// combine, and returns how many bytes that was: a mark, or a character before
// another of these.
func (l *line) simple(text string, state byte) int {
	if state != ansi.NormalState {
		return 0
	}
	if c, n := parsePictureCell(text); n > 0 {
		l.pending, l.marks = c, l.marks+1
		return n
	}
	r, size := utf8.DecodeRuneInString(text)
	next, _ := utf8.DecodeRuneInString(text[size:])
	if next >= utf8.RuneSelf && !wide(next) {
		return 0
	}
	switch {
	case r >= ' ' && r <= '~':
		l.glyph(text[:size], 1)
	case wide(r):
		l.glyph(text[:size], 2)
	default:
		return 0
	}
	return size
}

// glyph takes a character and its width.
func (l *line) glyph(glyph string, width int) {
	mine := l.marks == 1 && glyph == " "
	l.marks = 0
	last := l.x+width >= l.cols
	if last && strings.HasPrefix(glyph, placeholder) {
		// With wrapping off, tmux puts what combines in the last column on the cell before it. A bare placeholder goes on from its neighbour.
		glyph = placeholder
	}
	r, size := utf8.DecodeRuneInString(glyph)
	switch {
	case mine && l.writer.locate(l.pending, l.x, l.y):
		l.out = appendPictureCell(l.out, l.pending)
		l.marked = true
	case width == 2 && size == len(glyph) && wide(r) && !last:
		l.out = appendWideCells(l.out, r)
		l.marked = true
	case last && l.marked && width == 1:
		l.out = append(append(l.out, anchor...), glyph...)
	default:
		l.out = append(l.out, glyph...)
	}
	l.x += width
}

// locate notes where a picture is by one of its cells; false is for one that is
// on show no more.
func (w *Writer) locate(c pictureCell, x, y int) bool {
	e := w.entries[c.generation]
	if e == nil {
		return false
	}
	e.at, e.seen = image.Pt(x-c.column, y-c.row), true
	return true
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Blank returns content with spaces in place of pictures, for a background that
// loses its colours: a placeholder in other colours would show another picture.
func Blank(content string) string {
	if !strings.Contains(content, pictureStart) && !strings.Contains(content, placeholder) {
		return content
	}
	var out strings.Builder
	out.Grow(len(content))
	var state byte
	for len(content) > 0 {
		glyph, width, n, next := ansi.DecodeSequence(content, state, nil)
		switch {
		case width == 1 && strings.HasPrefix(glyph, placeholder):
			out.WriteByte(' ')
		case width == 0 && strings.HasPrefix(glyph, pictureStart):
		default:
			out.WriteString(glyph)
		}
		content, state = content[n:], next
	}
	return out.String()
}

// placeholder begins every cell of a Kitty picture.
const placeholder = "\U0010EEEE"
