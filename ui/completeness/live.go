package completeness

import (
	"context"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/completeness"
	"imagery/ui/internal/core"
)

// feed carries what is known so far from a check to the screen: the newest only.
type feed chan *engine.Run

// put takes the place of what has not been fetched yet. One goroutine puts.
func (f feed) put(r *engine.Run) {
	select {
	case <-f:
	default:
	}
	f <- r
}

// next waits for the next run and lays it out. Its error is context.Canceled when there will be none.
func (f feed) next(ctx context.Context) (*picture, error) {
	select {
	case r, more := <-f:
		if !more {
			return nil, context.Canceled
		}
		return draw(Checked{0, r}, Checked{}), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// follow waits for what a check knows so far.
func (m *Model) follow() tea.Cmd { return m.live.Start(m.env.Ctx, m.track.feed.next) }

// applyLive shows what is known so far. An account that is not listed yet has no row.
func (m *Model) applyLive(msg core.Loaded[*picture]) tea.Cmd {
	if !m.live.Accept(msg) || msg.Err != nil || m.doing != checking {
		return nil
	}
	if p := msg.Value; p.matrix.Rows() > 0 && !m.grid.Typing() {
		if m.shown != nil && m.shown.ID > 0 {
			m.earlier = m.shown
		}
		m.lay(p)
		m.translate()
	}
	return m.follow()
}

// lay puts a picture on the screen. Cursor, filter and order stay; the first one has them where the user left them.
func (m *Model) lay(p *picture) {
	column, lacks := m.place.column, m.place.lacks
	if m.shown != nil {
		column, lacks = m.grid.CurrentColumn(), m.columnID(m.onlyColumn)
	}
	m.shown = p
	m.onlyColumn = m.columnOf(lacks)
	m.rebuild(false)
	m.place.grid = nil                 // from now on the list itself is where he is
	m.grid.SelectColumn(m.columnID(0)) // where the other is no more
	m.grid.SelectColumn(column)
}
