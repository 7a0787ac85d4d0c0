package completeness

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	engine "imagery/internal/completeness"
	"imagery/internal/rules"
	"imagery/internal/text"
	"imagery/ui/internal/core"
)

type progressBox = atomic.Pointer[engine.Progress]

// outcome is what came of reading, checking or confirming; picture is nil where there is no run.
type outcome struct {
	set       *rules.Set
	picture   *picture
	resumable int
}

// draw lays a run out. It takes a while, and so is not done in Update.
func draw(run, before Checked) *picture {
	if run.Run == nil {
		return nil
	}
	p := &picture{Checked: run, before: before, matrix: engine.NewMatrix(run.Run), summary: run.Summary(), unsettled: unsettled(run.Run)}
	p.totals, p.order = p.matrix.Totals(), byNumber(p.matrix)
	p.groups = map[grouping][]engine.Group{byDept: p.matrix.ByDepartment(), byBiz: p.matrix.ByBizType(), byCustomer: p.matrix.ByCustomerType()}
	if before.Run != nil {
		p.diff = engine.Compare(before.Run, run.Run)
	}
	return p
}

// byNumber are the rows in the order of their accounts' numbers.
func byNumber(m *engine.Matrix) []int {
	out := make([]int, m.Rows())
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(m.Account(a).No, m.Account(b).No) })
	return out
}

// begin starts work that Esc calls off; its answer comes all the same, with what is known by then.
func (m *Model) begin(what doing, work func(context.Context) (outcome, error)) tea.Cmd {
	ctx, cancel := context.WithCancel(m.env.Ctx)
	m.doing, m.stop, m.err = what, cancel, nil
	m.track = &tracker{begun: m.env.Now()}
	return m.work.Start(ctx, work)
}

func (m *Model) callOff() {
	if m.stop != nil {
		m.stop()
		m.stop = nil
	}
}

// options are those of a check of a set within the screen's scope.
func options(set *rules.Set, scope client.SearchAccountsRequest, track *tracker) engine.Options {
	return engine.Options{Rules: set, Scope: scope, List: true, Conditions: true, Progress: func(p engine.Progress) { track.latest.Store(&p) }}
}

// read fetches the rules and what is kept of earlier checks.
func (m *Model) read() tea.Cmd {
	m.grid.SetLoading()
	svc, scope := m.svc, m.scope
	return m.begin(reading, func(ctx context.Context) (outcome, error) {
		set, err := svc.Rules(ctx)
		if err != nil {
			return outcome{}, err
		}
		last, err := svc.KeptBefore(ctx, scope, 0)
		if err != nil {
			return outcome{set: set}, err
		}
		before := Checked{}
		if last.ID > 0 {
			before, _ = svc.KeptBefore(ctx, scope, last.ID) // nothing is lost without it but what changed
		}
		n, err := svc.Resumable(ctx, options(set, scope, &tracker{}))
		return outcome{set, draw(last, before), n}, err
	})
}

// check asks the platform, from the start or from where the last check was broken off.
func (m *Model) check(resume bool) tea.Cmd {
	svc, scope := m.svc, m.scope
	track := &tracker{begun: m.env.Now(), feed: make(feed, 1)}
	cmd := m.begin(checking, func(ctx context.Context) (outcome, error) {
		set, err := svc.Rules(ctx) // they may have been edited meanwhile
		if err != nil {
			return outcome{}, err
		}
		o := options(set, scope, track)
		o.Live = track.feed.put
		run, err := svc.CheckBook(ctx, o, resume)
		close(track.feed)
		after := context.WithoutCancel(ctx)
		before := Checked{}
		if run.ID > 0 {
			before, _ = svc.KeptBefore(after, scope, run.ID)
		}
		n, _ := svc.Resumable(after, o)
		return outcome{set, draw(run, before), n}, err
	})
	m.track = track
	return tea.Batch(cmd, m.follow())
}

// confirm asks about every finding of the run that is shown. A copy is settled: the screen goes on showing the run as it was.
func (m *Model) confirm() tea.Cmd {
	svc, set, before := m.svc, m.set, m.shown.before
	run := *m.shown.Run
	run.Violations = slices.Clone(run.Violations)
	settled := Checked{m.shown.ID, &run}
	track := &tracker{begun: m.env.Now()}
	cmd := m.begin(confirming, func(ctx context.Context) (outcome, error) {
		err := svc.ConfirmRun(ctx, settled, engine.ConfirmOptions{Progress: func(p engine.Progress) { track.latest.Store(&p) }})
		return outcome{set, draw(settled, before), 0}, err
	})
	m.track = track
	return cmd
}

// apply takes in what came of the work; what was overtaken is dropped.
func (m *Model) apply(msg core.Loaded[outcome]) tea.Cmd {
	if !m.work.Accept(msg) {
		return nil
	}
	was := m.doing
	m.doing = nothing
	m.callOff()
	if msg.Value.set != nil {
		m.set, m.resumable = msg.Value.set, msg.Value.resumable
	}
	m.live.Stop()
	p := msg.Value.picture
	switch {
	case p != nil && p.ID > 0:
		m.lay(p)
	case m.earlier != nil: // what is known of a check that was broken off does not take the place of a whole one
		m.lay(m.earlier)
	case p != nil && p.matrix.Rows() > 0 && (m.shown == nil || m.shown.ID == 0):
		m.lay(p)
	}
	m.earlier = nil
	if m.err = msg.Err; errors.Is(m.err, context.Canceled) {
		m.err = nil
	}
	m.translate()
	switch {
	case errors.Is(msg.Err, context.Canceled):
		return core.Toast(core.Warning, m.env.T("completeness.called_off", "key", m.env.KeyOf("completeness.resume", "R")))
	case m.err != nil:
		return core.Toast(core.Failure, m.failure)
	case was == checking:
		return core.Toast(core.Success, m.checked())
	case was == confirming:
		return core.Toast(core.Success, m.env.T("completeness.confirmed"))
	}
	return nil
}

// checked says that a check is done.
func (m *Model) checked() string {
	missing := text.Count(int64(m.shown.summary.AccountsMissing))
	if took := int64(m.env.Now().Sub(m.track.begun).Seconds()); took > 0 {
		return m.env.T("completeness.checked", "missing", missing, "seconds", text.Count(took))
	}
	return m.env.T("completeness.checked_at_once", "missing", missing)
}

// translate makes the texts anew that are kept in words.
func (m *Model) translate() {
	m.doubts, m.bars = nil, nil
	if m.shown != nil {
		m.doubts = m.svc.Doubts(m.shown.Run)
		m.bars = m.groupBars()
	}
	m.pick()
	if m.failure = ""; m.err == nil {
		return
	}
	if m.failure = m.svc.Explain(m.err); m.shown == nil {
		m.grid.SetFailed(m.failure)
	}
}

// pick gives the grid the rows that are wanted.
func (m *Model) pick() {
	if m.shown == nil {
		m.grid.SetRows(nil)
		return
	}
	rows := m.shown.order
	if m.onlyMissing || m.onlyColumn >= 0 {
		rows = nil
		for _, row := range m.shown.order {
			if m.shown.matrix.Lacks(row, m.onlyColumn) {
				rows = append(rows, row)
			}
		}
	}
	m.grid.SetRows(rows)
	if m.startAt != "" {
		m.grid.Select(m.startAt)
		m.startAt = ""
	}
}
