package review

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/review"
	"imagery/ui/internal/core"
	"imagery/ui/internal/look"
)

// answer answers the check under the cursor and goes on to the next open one. The answer that leaves none open is the verdict: the next
// account comes.
func (m *Work) answer(v engine.Value) func() tea.Cmd {
	return func() tea.Cmd {
		a := m.now()
		last := a.values[a.at] == "" && a.open() == 1
		a.answer(v)
		switch next := a.nextOpen(a.at); {
		case last && m.differs == nil:
			return m.give(false)
		case next >= 0:
			return tea.Batch(m.keep(), m.moveTo(next))
		case a.at+1 < len(a.points):
			return tea.Batch(m.keep(), m.moveTo(a.at+1))
		}
		return m.keep()
	}
}

// passRest passes every check that is open, and goes on to the next account.
func (m *Work) passRest() tea.Cmd {
	m.now().passRest()
	return m.give(false)
}

func (m *Work) submit() tea.Cmd { return m.give(false) }

func (m *Work) putAside() tea.Cmd { return m.give(true) }

// moveTo puts the cursor on a check, and shows the material that it is about.
func (m *Work) moveTo(i int) tea.Cmd {
	a := m.now()
	if len(a.points) == 0 {
		return nil
	}
	a.at = min(max(i, 0), len(a.points)-1)
	code := a.points[a.at].Material
	if code == "" || a.fileOf(code) < 0 || a.items[a.file].Material.MaterialCode.Raw() == code {
		return nil
	}
	return m.toFile(a.fileOf(code), 1)
}

// give hands the verdict over to be kept and shows the next account at once; the next verdict need not wait for the disk. Until it is there, the
// draft has what was said.
func (m *Work) give(skipped bool) tea.Cmd {
	a := m.now()
	if m.differs != nil && strings.TrimSpace(a.note) == "" {
		return tea.Batch(m.openNote(), core.Toast(core.Warning, m.env.T("review.work.want_reason")))
	}
	a.touch(m.env.Now())
	drafted, saved := m.keep(), m.save(&giving{account: a}, a.verdict(skipped))
	a.touched = time.Time{}
	m.queue, m.top = m.queue[1:], 0
	m.view = look.View{}.As(m.view.Mode)
	return tea.Batch(drafted, saved, m.show(), m.fill())
}

// save sends a verdict on its way, which does not end with the screen.
func (m *Work) save(g *giving, v engine.Verdict) tea.Cmd {
	m.given = append(m.given, g)
	var wait func(context.Context) (engine.Verdict, error)
	if m.differs != nil {
		wait = m.svc.GiveSettlement(m.run.ID, v)
	} else {
		wait = m.svc.GiveVerdict(g.task, v)
	}
	saved, no := g.saving.Start(m.env.Ctx, wait), g.task.Item.AccountNo
	return func() tea.Msg {
		msg := saved()
		if answer := msg.(core.Loaded[engine.Verdict]); answer.Err != nil && m.left.Load() {
			return LostMsg{no, answer.Err}
		}
		return msg
	}
}

// LostMsg says that a verdict could not be kept whose screen was left before that was known. The draft still has it.
type LostMsg struct {
	No  string // the account's number
	Err error
}

// Failed returns why.
func (m LostMsg) Failed() error { return m.Err }

// kept takes in what became of a verdict. One that could not be kept comes back to be given again, but for those of claims that are lost.
func (m *Work) kept(msg core.Loaded[engine.Verdict]) tea.Cmd {
	i := slices.IndexFunc(m.given, func(g *giving) bool { return g.saving.Accept(msg) })
	if i < 0 {
		return nil
	}
	g, run := m.given[i], m.run.ID
	m.given = slices.Delete(m.given, i, i+1)
	switch {
	case errors.Is(msg.Err, engine.ErrClaim):
		return tea.Batch(core.Toast(core.Failure, m.env.T("review.work.lost", "no", g.task.Item.AccountNo)), m.recount())
	case msg.Err != nil:
		m.queue = slices.Insert(m.queue, min(1, len(m.queue)), g.account) // behind the one at hand, which may have a dialog open
		return tea.Batch(core.Toast(core.Failure, m.env.T("review.work.not_saved", "why", m.svc.Explain(msg.Err))), m.show())
	case m.differs != nil:
		return tea.Batch(m.drop(g.account), core.Pop(m), core.Send(changedMsg{run}))
	}
	m.saved = m.env.Now()
	return tea.Batch(m.drop(g.account), m.recount(), core.Send(changedMsg{run}))
}

// undo takes the last answer on this account back, and where there is none the last verdict.
func (m *Work) undo() tea.Cmd {
	if a := m.now(); a != nil && len(a.said) > 0 {
		a.unsay()
		return tea.Batch(m.keep(), m.moveTo(a.at))
	}
	svc, sitting, run := m.svc, m.sitting, m.run.ID
	return m.undoing.Start(m.env.Ctx, func(ctx context.Context) (taken, error) {
		t, items, err := svc.UndoVerdict(ctx, sitting, run)
		if t.Item.Place == 0 {
			return taken{}, err
		}
		return taken{t, items, err}, nil
	})
}

// takenBack shows an account again with what was said of it.
func (m *Work) takenBack(msg core.Loaded[taken]) tea.Cmd {
	if !m.undoing.Accept(msg) {
		return nil
	}
	if msg.Err != nil {
		return core.Toast(core.Warning, m.svc.Explain(msg.Err))
	}
	run := m.run.ID
	told := tea.Batch(m.recount(), core.Send(changedMsg{run}))
	v := msg.Value
	if v.task.Round == engine.Final {
		return tea.Batch(told, core.Toast(core.Info, m.env.T("review.work.settlement_undone", "no", v.task.Item.AccountNo)))
	}
	a := newAccount(m.run.Checklist, v.task, v.items, v.err)
	if before := m.now(); before != nil {
		before.touched = time.Time{} // it is not looked at meanwhile
	}
	m.queue = append([]*account{a}, m.queue...)
	m.top = 0
	return tea.Batch(told, m.show(), core.Toast(core.Info, m.env.T("review.work.undone", "no", v.task.Item.AccountNo)))
}
