package review

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	engine "imagery/internal/review"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/look"
)

// Work is the review of a run's accounts one after another, or the settling of one difference.
type Work struct {
	env     *core.Env
	svc     Reviewer
	run     engine.Run
	differs *engine.Difference // that is being settled, nil for a review
	sitting int64
	leave   context.CancelFunc // gives the claims back
	left    atomic.Bool        // the screen is closed

	pane   *look.Pane
	view   look.View
	onView bool // the picture has the keys
	w, h   int  // cells of the screen

	queue    []*account // the one at hand first, the others claimed ahead
	fetch    core.Load[arrival]
	nothing  bool      // none is left for this reviewer now
	err      error     // why none comes
	given    []*giving // in order
	saved    time.Time // of the last verdict that is on disk
	undoing  core.Load[taken]
	relist   core.Load[listing]
	count    core.Load[engine.Progress]
	progress engine.Progress
	counted  bool
	top      int // first check that is shown
}

// The answers of the screen's commands.
type (
	// arrival is an account that was claimed; place 0 when none is left.
	arrival struct {
		task  engine.Task
		items []transfer.Item
		err   error // why its files could not be listed
	}
	// taken is an account whose verdict was taken back.
	taken arrival
	// listing are the files of the account at a place, asked for again.
	listing struct {
		place int
		items []transfer.Item
	}
)

// giving is a verdict on its way to the disk.
type giving struct {
	*account
	saving core.Load[engine.Verdict]
}

var (
	_ core.Screen = (*Work)(nil)
	_ core.Backer = (*Work)(nil)
	_ core.Closer = (*Work)(nil)
	_ core.Busier = (*Work)(nil)
)

// NewWork returns the screen for a drawn run.
func NewWork(env *core.Env, svc Reviewer, run engine.Run) *Work {
	return &Work{env: env, svc: svc, run: run, sitting: svc.NewSitting(), pane: look.New(env, svc, "review.outside")}
}

// NewSettling returns the screen for one difference of a blind run.
func NewSettling(env *core.Env, svc Reviewer, run engine.Run, d engine.Difference) *Work {
	m := NewWork(env, svc, run)
	m.differs = &d
	return m
}

// Init implements core.Screen.
func (m *Work) Init() tea.Cmd {
	if m.differs != nil {
		return m.fill()
	}
	ctx, leave := context.WithCancel(m.env.Ctx)
	m.leave = leave
	svc, sitting, run, every := m.svc, m.sitting, m.run.ID, m.run.Lease/3
	hold := func() tea.Msg {
		svc.HoldReview(ctx, sitting, run, max(every, time.Second))
		return changedMsg{run} // what was claimed is free again
	}
	return tea.Batch(m.fill(), m.recount(), hold)
}

// Close pauses the review: what is claimed goes back to the queue. Verdicts on their way to the disk still get there.
func (m *Work) Close() {
	m.left.Store(true)
	m.fetch.Stop()
	m.undoing.Stop()
	m.relist.Stop()
	m.count.Stop()
	m.pane.Close()
	if m.leave != nil {
		m.leave()
	}
}

// Busy implements core.Busier.
func (m *Work) Busy() bool {
	return m.pane.Busy() || len(m.queue) == 0 && m.fetch.Busy() || m.undoing.Busy() || m.relist.Busy() || len(m.given) > 0
}

// Typing implements core.Screen.
func (m *Work) Typing() bool { return false }

// Back implements core.Backer: from the picture to the checklist, and not away from a verdict that is not on disk yet.
func (m *Work) Back() bool {
	if m.onView {
		m.onView = false
		return true
	}
	return len(m.given) > 0
}

// now is the account at hand, nil while there is none.
func (m *Work) now() *account {
	if len(m.queue) == 0 {
		return nil
	}
	return m.queue[0]
}

// Update implements core.Screen.
func (m *Work) Update(msg tea.Msg) tea.Cmd {
	cmd, mine := m.pane.Update(msg)
	m.looked()
	if mine {
		return cmd
	}
	switch msg := msg.(type) {
	case core.SizeMsg:
		m.w, m.h = msg.W, msg.H
		return m.arrange()
	case core.RetryMsg:
		return tea.Batch(cmd, m.again())
	case core.Loaded[arrival]:
		return m.arrived(msg)
	case core.Loaded[engine.Verdict]:
		return m.kept(msg)
	case core.Loaded[taken]:
		return m.takenBack(msg)
	case core.Loaded[listing]:
		return m.listed(msg)
	case core.Loaded[engine.Progress]:
		if m.count.Accept(msg) && msg.Err == nil {
			m.progress, m.counted = msg.Value, true
		}
	case core.DialogClosedMsg:
		return m.closed(msg)
	case tea.KeyPressMsg:
		if a := m.now(); a != nil {
			a.touch(m.env.Now())
		}
		cmd, _ := m.env.Run(m.Bindings(), msg, false)
		return cmd
	case tea.MouseMsg:
		return m.mouse(msg)
	}
	return nil
}

// looked notes the file that is on show as one that was looked at.
func (m *Work) looked() {
	a, s := m.now(), m.pane.Shown()
	if a == nil || s == nil || a.file >= len(a.items) || a.items[a.file].FileID != s.Item.FileID {
		return
	}
	a.saw(engine.Seen{FileID: s.Item.FileID, Material: s.Item.Material.MaterialCode.Raw(), SHA256: s.Look.SHA256, Bytes: s.Look.Bytes})
}
