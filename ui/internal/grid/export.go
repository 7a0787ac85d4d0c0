package grid

import (
	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

// Export asks the router to write the list to a file: the marked rows, those of other pages included, or all that the page filter lets
// through, with the columns that are on, as they read on the screen. name is the list's, for the file.
func (g *Grid[R]) Export(owner any, name string) tea.Cmd {
	head := []string{}
	for _, c := range g.columns() {
		head = append(head, g.title(c))
	}
	msg := core.ExportMsg{Owner: owner, Name: name, Marked: [][]string{head}, Shown: [][]string{head}}
	for _, r := range g.Marked() {
		msg.Marked = append(msg.Marked, g.texts(r))
	}
	picked := g.picked()
	g.sortRows(picked)
	for _, i := range picked {
		msg.Shown = append(msg.Shown, g.texts(g.rows[i]))
	}
	return core.Send(msg)
}

// texts are a row's cells, of the columns that are on.
func (g *Grid[R]) texts(r R) []string {
	cols := g.columns()
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.Cell(r)
	}
	return out
}
