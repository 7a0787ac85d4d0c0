package accounts

import (
	"context"
	"log"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
)

// fetch asks for a page (1-based) of the filter in force.
func (m *Model) fetch(number int) tea.Cmd {
	m.asked.PageNumber = number
	m.grid.SetLoading()
	m.err = nil
	svc, req, start := m.svc, m.asked, m.env.Now()
	now := m.env.Now
	return m.load.Start(m.env.Ctx, func(ctx context.Context) (answer, error) {
		p, err := svc.SearchAccounts(ctx, req)
		return answer{p, now().Sub(start)}, err
	})
}

// answer is a page and how long it took.
type answer struct {
	page *client.Page[row]
	took time.Duration
}

// apply takes in an answer; one that was overtaken is dropped.
func (m *Model) apply(msg core.Loaded[answer]) tea.Cmd {
	if !m.load.Accept(msg) {
		return nil
	}
	if m.err = msg.Err; m.err != nil {
		m.grid.SetFailed(m.svc.Explain(m.err))
		return nil
	}
	m.page, m.took, m.shown, m.showing = msg.Value.page, msg.Value.took, m.asked.PageNumber, m.asked
	m.grid.SetRows(m.page.Content)
	m.filter.refresh()
	return nil
}

// standing is that the last check of completeness was read.
type standing struct{}

// loadStanding reads the last check of completeness. Without it accounts are shown as not checked.
func (m *Model) loadStanding() tea.Cmd {
	svc := m.svc
	return m.standing.Start(m.env.Ctx, func(ctx context.Context) (standing, error) {
		if err := svc.LoadStanding(ctx); err != nil {
			log.Printf("reading the last check: %v", err)
		}
		return standing{}, nil
	})
}

func (m *Model) reload() tea.Cmd { return m.fetch(max(1, m.asked.PageNumber)) }

// submit searches, or goes to the value that is in the way.
func (m *Model) submit() tea.Cmd {
	left := m.filter.form.Leave()
	if m.filter.form.Valid() {
		return tea.Batch(left, m.search())
	}
	return tea.Batch(left, m.setFocus(onFilter), m.filter.form.Submit())
}

// search puts the filter panel's values, which have no fault, in force.
func (m *Model) search() tea.Cmd {
	m.asked, m.named = m.filter.request(), m.inForce()
	return tea.Batch(m.setFocus(onList), m.fetch(1), m.keep())
}

func (m *Model) nextPage() tea.Cmd { return m.fetch(m.asked.PageNumber + 1) }
func (m *Model) prevPage() tea.Cmd { return m.fetch(m.asked.PageNumber - 1) }

// pages returns how many pages there are, 0 when unknown.
func (m *Model) pages() int {
	if m.page == nil {
		return 0
	}
	return m.page.Pages()
}

// revealOverMsg hides a document number again.
type revealOverMsg struct{ generation int }

// revealing is the key of an account whose document number was asked for.
type revealing string

// startReveal records that the document number under the cursor is about to be shown.
func (m *Model) startReveal() tea.Cmd {
	r, ok := m.grid.Current()
	if !ok {
		return nil
	}
	svc, no, key := m.svc, r.Account.AccountNo, keyOf(r)
	return m.reveal.Start(m.env.Ctx, func(ctx context.Context) (revealing, error) { return revealing(key), svc.Revealed(ctx, no) })
}

// show makes the document number readable for a while.
func (m *Model) show(msg core.Loaded[revealing]) tea.Cmd {
	if !m.reveal.Accept(msg) {
		return nil
	}
	if msg.Err != nil {
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	}
	m.revealed, m.detail = string(msg.Value), true
	m.reveals++
	generation := m.reveals
	return tea.Tick(revealFor, func(time.Time) tea.Msg { return revealOverMsg{generation} })
}
