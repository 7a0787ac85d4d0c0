package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/app"
	engine "imagery/internal/review"
	"imagery/ui/accounts"
	"imagery/ui/internal/core"
	"imagery/ui/journal"
	"imagery/ui/review"
	"imagery/ui/viewer"
)

// FreezeRun implements review.Service.
func (s *service) FreezeRun(ctx context.Context, w review.Wanted) (*engine.Run, error) {
	return s.FreezeReview(ctx, app.NewReview(w))
}

// PackRun implements review.Service.
func (s *service) PackRun(ctx context.Context, run string, p review.Pack) (path, digest string, err error) {
	return s.PackReview(ctx, run, app.NewPack(p))
}

// Operator is the user signed in.
func (s *service) Operator() string { return s.Session().Username }

// reviewed opens what the screens of spot checks ask for. mine is false for other messages.
func (m *Model) reviewed(msg tea.Msg) (cmd tea.Cmd, mine bool) {
	switch msg := msg.(type) {
	case accounts.SampleMsg:
		return m.push(review.New(m.env, m.svc, msg.Scope).AskFirst()), true
	case review.OpenMsg:
		return m.push(review.NewWork(m.env, m.svc, msg.Run)), true
	case review.DifferencesMsg:
		return m.push(review.NewDifferences(m.env, m.svc, msg.Run)), true
	case review.SettleMsg:
		return m.push(review.NewSettling(m.env, m.svc, msg.Run, msg.Difference)), true
	case review.ViewMsg:
		return m.push(viewer.New(m.env, m.svc, msg.Account, msg.Items, msg.At)), true
	case review.LostMsg:
		return core.Toast(core.Failure, m.env.T("review.work.lost_behind", "no", client.SafeText(msg.No, 40), "why", m.svc.Explain(msg.Err))), true
	case review.OutsideMsg:
		return m.gallery(msg.Account, msg.Items), true
	}
	return nil, false
}

// openReviews shows the spot checks: those under the screen on top, or a list of them for new ones of what the list of accounts shows.
func (m *Model) openReviews() tea.Cmd {
	var scope client.SearchAccountsRequest
	for i, s := range m.screens {
		switch s := s.(type) {
		case *review.Model:
			return m.popTo(i + 1)
		case *accounts.Model:
			scope = s.Scope()
		}
	}
	return tea.Batch(m.popTo(2), m.push(review.New(m.env, m.svc, scope)))
}

// openJournal goes back to the journal, or opens it.
func (m *Model) openJournal() tea.Cmd {
	if i := at[*journal.Model](m.screens); i >= 0 {
		return m.popTo(i + 1)
	}
	return m.push(journal.New(m.env, m.svc))
}

// inReview reports whether a screen is one of the spot checks'.
func inReview(s core.Screen) bool {
	switch s.(type) {
	case *review.Model, *review.Work, *review.Differences:
		return true
	}
	return false
}
