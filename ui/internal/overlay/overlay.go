// Package overlay puts boxes over a screen and has the dialogs that every screen needs: message, confirmation, menu and form.
package overlay

import (
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
)

// Place draws box in the middle of a background of w by h cells and moves the box's cursor along.
func Place(background string, w, h int, box string, cur *tea.Cursor) (string, *tea.Cursor) {
	at := Area(w, h, box).Min
	return PlaceAt(background, w, h, box, cur, at.X, at.Y)
}

// PlaceAt draws box with its top left at cell x of line y, both 0-based. What does not fit is cut off; a wide character that an
// edge of the box would split becomes a space.
func PlaceAt(background string, w, h int, box string, cur *tea.Cursor, x, y int) (string, *tea.Cursor) {
	back := strings.Split(text.Block(background, w, h), "\n")
	for i, l := range strings.Split(box, "\n") {
		if y+i >= h {
			break
		}
		l = text.Cut(l, 0, w-x)
		end := x + text.Width(l)
		row := back[y+i]
		back[y+i] = text.Cut(row, 0, x) + "\x1b[m" + l + "\x1b[m" + text.Cut(row, end, w)
	}
	if cur != nil {
		moved := *cur
		moved.X, moved.Y = cur.X+x, cur.Y+y
		cur = &moved
		if cur.X >= w || cur.Y >= h {
			cur = nil
		}
	}
	return strings.Join(back, "\n"), cur
}

// Area returns the cells where Place puts a box, for the mouse.
func Area(w, h int, box string) image.Rectangle {
	lines := strings.Split(box, "\n")
	bw := 0
	for _, l := range lines {
		bw = max(bw, text.Width(l))
	}
	x, y := max(0, (w-bw)/2), max(0, (h-len(lines))/2)
	return image.Rect(x, y, x+bw, y+len(lines))
}

// Dim returns the background without colours and faint, to stand behind a box.
func Dim(env *core.Env, background string) string {
	lines := strings.Split(background, "\n")
	for i, l := range lines {
		lines[i] = env.Styles.Dim.Render(text.Plain(l))
	}
	return strings.Join(lines, "\n")
}
