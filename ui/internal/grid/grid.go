// Package grid is the list of the program: windowed, so that a key costs the same in 100 and in 100,000 rows, with columns that give way by
// priority, marks that survive page changes, sorting, groups and a filter that reads pinyin.
package grid

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
)

// Align says to which side a cell's text goes.
type Align int

// The sides.
const (
	Left Align = iota
	Right
	Center
)

// Column describes one column. Widths are cells.
type Column[R any] struct {
	ID       string
	Title    i18n.Key
	Name     string // translated title, when there is no key for it (a material of the matrix)
	Min, Max int    // it gets Min, and up to Max when there is room; Max 0 means Min, a negative one no limit
	Priority int    // the highest number gives way first when room is short; 0 never does
	Align    Align
	Middle   bool // what is too long is cut in the middle, for names that differ at their ends
	Hidden   bool // not shown until the user asks for it
	Frozen   bool // stays while others are scrolled away, if there is room, as the first column always does
	Cell     func(R) string
	Style    func(R) *lipgloss.Style // nil, or nil result, for the row's own
	Less     func(a, b R) bool       // nil when the column cannot be sorted by
}

// Config is what a grid is made of. Columns and Key are required.
type Config[R any] struct {
	Columns []Column[R]
	// Key identifies a row over reloads and pages, for cursor and marks.
	Key func(R) string
	// Group identifies the group a row belongs to; rows of one group are shown together under a header line that folds. Nil: no groups.
	Group func(R) string
	// GroupTitle is the group's header, translated. Nil: what Group returns. TitleCounts says that it tells how many rows there are.
	GroupTitle  func(R) string
	TitleCounts bool
	// GroupsByKey has the groups stand in the order of their keys, not in that of their first rows.
	GroupsByKey bool
	// Search lists what the filter looks at. Nil: every column's cell.
	Search func(R) []string
	// Open runs on a double click; screens bind Enter themselves, or leave it to the grid by setting OpenOnEnter.
	Open        func(R) tea.Cmd
	OpenOnEnter bool
	// Moved runs when another row comes under the cursor.
	Moved func() tea.Cmd
	// Retry runs on r in the failed state.
	Retry func() tea.Cmd
	// Changed runs when the user sorted or laid out the columns otherwise, to save the State's Arrangement.
	Changed func() tea.Cmd
	// Empty and Loading replace the words shown without rows.
	Empty, Loading i18n.Key
	// Remedy is the binding that Empty names by {key}: its ID and its usual key.
	Remedy [2]string
	// NoMarks takes marking away. CellCursor gives left and right a cell to move, as in a matrix.
	NoMarks, CellCursor bool
}

type state int

const (
	ready state = iota
	loading
	failed
)

type mark[R any] struct {
	row R
	seq int
}

// Grid is a list of R. Only the Update goroutine may use it.
type Grid[R any] struct {
	env *core.Env
	cfg Config[R]

	rows      []R
	items     []item // what can be shown: rows and group headers, in order
	groups    []group
	folded    map[string]bool
	cursor    int // index into items
	top       int // first item shown
	page      int // item lines of the last View
	lastTop   int // the last View's first item line, for clicks
	state     state
	reason    string
	focused   bool
	marks     map[string]mark[R]
	seq       int
	anchor    int // item where a range began, -1 without
	sortID    string
	desc      bool
	filter    field.Text
	filtering bool // the filter line has the keys
	query     string
	sought    text.Query      // query, ready to be tried
	hidden    map[string]bool // columns, by ID
	order     []string        // column IDs as the user arranged them; nil for as configured
	widths    map[string]int  // cells of the columns that the user gave a width
	skip      int             // columns scrolled away, of those that scroll
	col       int             // column under the cell cursor
	layout    layout
	clickAt   time.Time
	clickItem int
}

// New returns an empty grid without focus, in the loading state.
func New[R any](env *core.Env, cfg Config[R]) *Grid[R] {
	g := &Grid[R]{env: env, cfg: cfg, state: loading, marks: map[string]mark[R]{}, folded: map[string]bool{}, hidden: map[string]bool{}, anchor: -1}
	for _, c := range cfg.Columns {
		g.hidden[c.ID] = c.Hidden
	}
	g.filter = field.Text{Env: env, Bare: true, Changed: g.filterChanged}
	return g
}

// SetFocus tells the grid whether keys are for it.
func (g *Grid[R]) SetFocus(on bool) { g.focused = on }

// Focused reports whether keys are for the grid.
func (g *Grid[R]) Focused() bool { return g.focused }

// Typing reports whether the filter line has the keys.
func (g *Grid[R]) Typing() bool { return g.filtering }

// Busy reports whether the loading picture is showing, so that its spinner must turn.
func (g *Grid[R]) Busy() bool { return g.state == loading }

// SetLoading shows that rows are on their way. Rows that are there stay, and say so below.
func (g *Grid[R]) SetLoading() { g.state, g.reason = loading, "" }

// SetFailed shows why there are no new rows, translated and sanitised. Rows that are there stay.
func (g *Grid[R]) SetFailed(reason string) { g.state, g.reason = failed, reason }

// SetRows replaces the rows. Cursor and scroll position stay with the row of the same key, or at the same place; marks, sort, filter and
// folded groups stay, the marks on the rows as they are now. The slice is kept, not copied: it must not change afterwards.
func (g *Grid[R]) SetRows(rows []R) {
	key, at := g.cursorKey(), g.cursor
	g.rows, g.state, g.reason, g.anchor = rows, ready, "", -1
	g.Remark(rows)
	g.rebuild()
	g.settle(key, at)
}

// Rows returns the loaded rows in the order they were set.
func (g *Grid[R]) Rows() []R { return g.rows }

// Len counts the loaded rows, Shown those that the filter lets through and no folded group hides.
func (g *Grid[R]) Len() int { return len(g.rows) }

// Current returns the row under the cursor; ok is false on a group header and in an empty list.
func (g *Grid[R]) Current() (row R, ok bool) {
	if g.cursor < 0 || g.cursor >= len(g.items) || g.items[g.cursor].row < 0 {
		return row, false
	}
	return g.rows[g.items[g.cursor].row], true
}

// Ahead returns the row n lines below the cursor, above it when n is negative; ok is false where there is none.
func (g *Grid[R]) Ahead(n int) (row R, ok bool) {
	step := map[bool]int{true: 1, false: -1}[n > 0]
	for i := g.cursor + step; n != 0 && i >= 0 && i < len(g.items); i += step {
		if g.items[i].row < 0 {
			continue
		}
		if n -= step; n == 0 {
			return g.rows[g.items[i].row], true
		}
	}
	return row, false
}

// CurrentColumn returns the ID of the column under the cell cursor.
func (g *Grid[R]) CurrentColumn() string {
	if cols := g.columns(); g.col < len(cols) {
		return cols[g.col].ID
	}
	return ""
}

// Select puts the cursor on the row with key and reports whether it is shown.
func (g *Grid[R]) Select(key string) bool {
	for i, it := range g.items {
		if it.row >= 0 && g.cfg.Key(g.rows[it.row]) == key {
			g.cursor = i
			return true
		}
	}
	return false
}

// SelectColumn puts the cell cursor on the column with this ID, if it is shown.
func (g *Grid[R]) SelectColumn(id string) {
	for i, c := range g.columns() {
		if c.ID == id {
			g.col = i
			g.reveal()
		}
	}
}

// State is what the user arranged, for saving.
type State struct {
	Sort    string // column ID, empty for the order of the server
	Desc    bool
	Filter  string
	Hidden  []string       // column IDs
	Order   []string       // column IDs, nil for as configured
	Widths  map[string]int // cells by column ID, for those that were given a width
	Folded  []string       // groups
	Cursor  string         // key
	MarkIDs []string       // keys, in the order of marking; only their rows' return brings marks back
}
