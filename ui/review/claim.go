package review

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/review"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/look"
)

// ahead is how many accounts are claimed, and their first pictures drawn, behind the one at hand.
const ahead = 2

// fill claims accounts until enough are at hand.
func (m *Work) fill() tea.Cmd {
	if m.fetch.Busy() || m.nothing || len(m.queue) > ahead || m.differs != nil && len(m.queue) > 0 {
		return nil
	}
	m.err = nil
	svc, sitting, run := m.svc, m.sitting, m.run.ID
	if d := m.differs; d != nil {
		task := engine.Task{Run: run, Item: d.Item, Round: engine.Final}
		return m.fetch.Start(m.env.Ctx, func(ctx context.Context) (arrival, error) {
			items, err := svc.ReviewFiles(ctx, task.Item)
			return arrival{task, items, err}, nil
		})
	}
	return m.fetch.Start(m.env.Ctx, func(ctx context.Context) (arrival, error) {
		t, items, err := svc.NextReview(ctx, sitting, run)
		switch {
		case errors.Is(err, engine.ErrNothing): // which is no failure
			return arrival{}, nil
		case t.Item.Place == 0:
			return arrival{}, err
		}
		return arrival{t, items, err}, nil
	})
}

// arrived takes in a claimed account.
func (m *Work) arrived(msg core.Loaded[arrival]) tea.Cmd {
	if !m.fetch.Accept(msg) {
		return nil
	}
	v := msg.Value
	switch {
	case msg.Err != nil:
		m.err = msg.Err
		return nil
	case v.task.Item.Place == 0:
		m.nothing = true
		return m.show()
	}
	a := m.account(v)
	m.resume(a)
	m.queue = append(m.queue, a)
	return tea.Batch(m.show(), m.fill())
}

// account lays out what is asked about an account.
func (m *Work) account(v arrival) *account {
	if m.differs != nil {
		return settling(m.run.Checklist, *m.differs, v.items, v.err)
	}
	return newAccount(m.run.Checklist, v.task, v.items, v.err)
}

// again asks anew for what did not come: the files of the account at hand, or another account.
func (m *Work) again() tea.Cmd {
	a := m.now()
	if a == nil {
		m.nothing = false
		return tea.Batch(m.fill(), m.recount())
	}
	if a.err == nil {
		return tea.Batch(m.pane.Again(), m.fill())
	}
	svc, item := m.svc, a.task.Item
	return m.relist.Start(m.env.Ctx, func(ctx context.Context) (listing, error) {
		items, err := svc.ReviewFiles(ctx, item)
		return listing{item.Place, items}, err
	})
}

// listed takes in the files of the account at hand.
func (m *Work) listed(msg core.Loaded[listing]) tea.Cmd {
	a := m.now()
	if !m.relist.Accept(msg) || a == nil || a.task.Item.Place != msg.Value.place {
		return nil
	}
	m.queue[0] = m.account(arrival{a.task, msg.Value.items, msg.Err})
	m.queue[0].takeOver(a)
	return m.show()
}

// show draws the page at hand and gets ready what comes next: the first pictures of the next accounts before all, because one key leads there.
func (m *Work) show() tea.Cmd {
	a := m.now()
	if a == nil || len(a.items) == 0 {
		m.pane.Hide()
		return nil
	}
	if a.touched.IsZero() {
		a.touched = m.env.Now()
	}
	a.file = min(a.file, len(a.items)-1)
	var next []transfer.Item
	for _, later := range m.queue[1:] {
		if len(later.items) > 0 {
			next = append(next, later.items[later.file])
		}
	}
	for _, d := range []int{1, -1} {
		if n := a.file + d; n >= 0 && n < len(a.items) {
			next = append(next, a.items[n])
		}
	}
	return m.pane.Show(a.items[a.file], a.page, m.view, next...)
}

// step goes to another file, and to its first page.
func (m *Work) step(n int) func() tea.Cmd {
	return func() tea.Cmd {
		a := m.now()
		return m.toFile(min(max(a.file+n, 0), len(a.items)-1), 1)
	}
}

func (m *Work) toFile(file, page int) tea.Cmd {
	a := m.now()
	if file == a.file && page == a.page {
		return nil
	}
	if file != a.file {
		m.view = look.View{}.As(m.view.Mode)
	}
	a.file, a.page = file, page
	return m.show()
}

// turn goes on by a page, and from a file's last page to the next file.
func (m *Work) turn(n int) func() tea.Cmd {
	return func() tea.Cmd {
		a := m.now()
		page := a.page + n
		switch {
		case page < 1 && a.file == 0:
			return nil
		case page < 1:
			return m.toFile(a.file-1, 1)
		case page > m.pages() && a.file == len(a.items)-1:
			return nil
		case page > m.pages():
			return m.toFile(a.file+1, 1)
		}
		return m.toFile(a.file, page)
	}
}

// pages is how many the file on show has, as far as that is known.
func (m *Work) pages() int {
	a, s := m.now(), m.pane.Shown()
	if s == nil || s.Item.FileID != a.items[a.file].FileID {
		return 1
	}
	return max(1, s.Look.Info.Pages)
}

// recount asks how far the run is.
func (m *Work) recount() tea.Cmd {
	svc, run := m.svc, m.run.ID
	return m.count.Start(m.env.Ctx, func(ctx context.Context) (engine.Progress, error) { return svc.ReviewProgress(ctx, run) })
}
