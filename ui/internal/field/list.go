package field

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
)

// list is what a control opens below itself: some entries, of which one is under the cursor.
type list struct{ at, top int }

// listRows is the entries in sight at once.
const listRows = 6

// key moves the cursor among n entries, page of them in sight, and reports whether key does that.
func (l *list) key(key string, page, n int) bool {
	step, mine := map[string]int{
		"up": -1, "down": 1, "alt+down": 1, "ctrl+p": -1, "ctrl+n": 1, "pgup": -page, "pgdown": page, "home": -n, "end": n,
	}[key]
	if mine {
		l.move(step, n)
	}
	return mine
}

func (l *list) move(step, n int) { l.at = min(max(l.at+step, 0), max(0, n-1)) }

// wheel moves the cursor by a turn of the mouse's wheel.
func (l *list) wheel(m tea.MouseWheelMsg, n int) {
	l.move(map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[m.Button], n)
}

// click returns the entry on line y below the control's first.
func (l *list) click(y, n int) int {
	l.at = min(l.top+y-1, max(0, n-1))
	return l.at
}

// draw returns rows lines of w cells, each with a line end before it. label says what entry i shows; none stands in an empty list.
func (l *list) draw(env *core.Env, rows, n, w int, label func(i int) string, none string) string {
	if n == 0 {
		return "\n" + env.Styles.Muted.Render(text.Fit("  "+none, w))
	}
	l.top = max(0, min(max(l.top, l.at-rows+1), l.at, n-rows))
	out := ""
	for i := l.top; i < l.top+rows; i++ {
		switch {
		case i >= n:
			out += "\n" + text.Fit("", w)
		case i == l.at:
			out += "\n" + env.Styles.Selected.Render(text.Fit("> "+ends(label(i), w-2), w))
		default:
			out += "\n" + text.Fit("  "+ends(label(i), w-2), w)
		}
	}
	return out
}

// ends returns a label cut in its middle where w cells are too few: labels that begin alike, such as those of codes, differ at their ends.
func ends(label string, w int) string { return text.Middle(text.Steady(label), max(0, w)) }

// codeRoom is the cells below which a label is its name alone, which is what people read.
const codeRoom = 24

// brief returns a label for w cells: without the code in front where there is little room.
func brief(label, code string, w int) string {
	if name, ok := strings.CutPrefix(label, code+" "); ok && w < codeRoom {
		return name
	}
	return label
}
