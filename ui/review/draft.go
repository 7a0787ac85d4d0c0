package review

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/review"
)

// draft is what was said of an account that has no verdict yet, so that leaving in the middle, or dying there, loses nothing.
type draft struct {
	Run      string           `json:"run"`
	Place    int              `json:"place"`
	Round    int              `json:"round"`
	Answers  []engine.Answer  `json:"answers,omitempty"`
	Note     string           `json:"note,omitempty"`
	Findings []engine.Finding `json:"findings,omitempty"`
	Files    []engine.Seen    `json:"files,omitempty"`
	Spent    int64            `json:"spentMs"`
}

const (
	draftsKey = "review.drafts"
	maxDrafts = 8 // the oldest go first
)

func (m *Work) drafts() (out []draft) {
	m.env.Kept.Recall(draftsKey, &out)
	return out
}

func (m *Work) of(a *account) func(draft) bool {
	run, t := m.run.ID, a.task
	return func(d draft) bool { return d.Run == run && d.Place == t.Item.Place && d.Round == t.Round }
}

// resume puts back what was said of an account before it was left. A verdict that was taken back, or settled, says it better.
func (m *Work) resume(a *account) {
	all := m.drafts()
	i := slices.IndexFunc(all, m.of(a))
	if i < 0 || a.task.Before != nil || m.differs != nil && m.differs.Settled != nil {
		return
	}
	d := all[i]
	a.recall(engine.Verdict{Answers: d.Answers, Note: d.Note, Findings: d.Findings, Files: d.Files})
	a.spent = time.Duration(d.Spent) * time.Millisecond
	a.at = max(0, a.nextOpen(-1))
}

// keep keeps what is said of the account at hand.
func (m *Work) keep() tea.Cmd {
	a := m.now()
	if a == nil {
		return nil
	}
	all := slices.DeleteFunc(m.drafts(), m.of(a))
	all = append(all, draft{m.run.ID, a.task.Item.Place, a.task.Round, a.answers(), a.note, a.findings, a.seen, a.spent.Milliseconds()})
	return m.env.Kept.Keep(draftsKey, all[max(0, len(all)-maxDrafts):])
}

// drop forgets the draft of an account whose verdict is kept.
func (m *Work) drop(a *account) tea.Cmd {
	all := m.drafts()
	if !slices.ContainsFunc(all, m.of(a)) {
		return nil
	}
	return m.env.Kept.Keep(draftsKey, slices.DeleteFunc(all, m.of(a)))
}
