package uitest

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/charmbracelet/x/vt"

	"imagery/internal/text"
)

// Terminal is an emulated terminal with a view drawn into it.
type Terminal struct {
	em   *vt.Emulator
	w, h int
	// X and Y are the cursor's cell, 0-based; both -1 while it is hidden.
	X, Y int
}

// Draw writes a view into a fresh terminal of w by h cells, each line from its left edge.
func Draw(view string, cur *tea.Cursor, w, h int) *Terminal {
	t := &Terminal{em: vt.NewEmulator(w, h), w: w, h: h, X: -1, Y: -1}
	for i, line := range strings.Split(view, "\n") {
		fmt.Fprintf(t.em, "\x1b[%d;1H\x1b[m%s", i+1, line)
	}
	if cur != nil {
		t.X, t.Y = cur.X, cur.Y
	}
	return t
}

// Line returns the text of row y, 0-based, without trailing spaces.
func (t *Terminal) Line(y int) string { return strings.TrimRight(t.Slice(0, y, t.w), " ") }

// Slice returns what the cells from x up to end of row y show. The second half of a wide character is nothing.
func (t *Terminal) Slice(x, y, end int) string {
	var b strings.Builder
	for ; x < end; x++ {
		c := t.em.CellAt(x, y)
		switch {
		case c == nil || c.Content == "" && c.Width != 0:
			b.WriteByte(' ')
		case c.Width > 0:
			b.WriteString(c.Content)
		}
	}
	return b.String()
}

// Text returns every row, without trailing spaces.
func (t *Terminal) Text() string {
	lines := make([]string, t.h)
	for y := range lines {
		lines[y] = t.Line(y)
	}
	return strings.Join(lines, "\n")
}

// Before returns what stands on the cursor's row before the cursor; fields are checked by it.
func (t *Terminal) Before() string { return t.Slice(0, t.Y, t.X) }

// Find returns the cell where piece first stands, or ok false.
func (t *Terminal) Find(piece string) (x, y int, ok bool) {
	for y := range t.h {
		line := t.Line(y)
		if i := strings.Index(line, piece); i >= 0 {
			return text.Width(line[:i]), y, true
		}
	}
	return 0, 0, false
}

// Exact fails the test unless view is h lines of w cells.
func Exact(t testing.TB, view string, w, h int) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) != h {
		t.Fatalf("the view has %d lines instead of %d:\n%s", len(lines), h, text.Plain(view))
	}
	for i, l := range lines {
		if got := text.Width(l); got != w {
			t.Fatalf("line %d is %d cells wide instead of %d: %q", i, got, w, text.Plain(l))
		}
	}
}

// Sizes are the window sizes that screens are checked at.
var Sizes = [][2]int{{80, 24}, {100, 30}, {160, 50}}

// Golden compares the screen at each of Sizes with testdata/NAME/WxH.golden; run the test with -update to write them.
func (d *Driver) Golden() {
	d.t.Helper()
	for _, size := range Sizes {
		view, cur := d.view(size[0], size[1])
		Exact(d.t, view, size[0], size[1])
		term := Draw(view, cur, size[0], size[1])
		file := named{d.t, fmt.Sprintf("%s/%dx%d", d.t.Name(), size[0], size[1])}
		golden.RequireEqual(file, fmt.Appendf(nil, "%s\ncursor %d,%d\n", term.Text(), term.X, term.Y))
	}
}

// named is a test under another name: a synctest bubble has no subtests.
type named struct {
	testing.TB
	name string
}

func (n named) Name() string { return n.name }

// Updating reports whether the tests were asked, by -update, to write what they compare with.
func Updating() bool { f := flag.Lookup("update"); return f != nil && f.Value.String() == "true" }
