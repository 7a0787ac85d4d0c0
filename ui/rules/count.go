package rules

import (
	"context"
	"encoding/json"
	"sync"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/completeness"
	engine "imagery/internal/rules"
	"imagery/internal/text"
	"imagery/ui/internal/core"
)

// tally holds the counts by what they depend on; counting writes it and View reads it.
type tally struct {
	mu   sync.Mutex
	of   map[string]completeness.Estimate
	done int
}

func (t *tally) put(key string, e completeness.Estimate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[string]completeness.Estimate{}
	}
	t.of[key] = e
	t.done++
}

func (t *tally) get(key string) (e completeness.Estimate, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok = t.of[key]
	return e, ok
}

// asks is what a rule's counts depend on.
func asks(r engine.Rule) string {
	r.ID, r.Name, r.Basis, r.Disabled = "", "", "", false
	key, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings and dates always marshal
	}
	return string(key)
}

// count asks the platform about the rules whose counts are not known.
func (m *Model) count() tea.Cmd {
	if m.book.File == nil {
		return nil
	}
	var open []engine.Rule
	for _, r := range m.book.Rules {
		if _, known := m.tally.get(asks(r)); !known {
			open = append(open, r)
		}
	}
	m.failed = false
	if len(open) == 0 {
		m.counts.Stop()
		return nil
	}
	svc, scope, t := m.svc, m.scope, m.tally
	return m.counts.Start(m.env.Ctx, func(ctx context.Context) (int, error) {
		return len(open), svc.Estimates(ctx, &engine.Set{Rules: open}, scope, func(i int, e completeness.Estimate) { t.put(asks(open[i]), e) })
	})
}

// recount reads the file again, and forgets what was counted.
func (m *Model) recount() tea.Cmd {
	m.tally = &tally{}
	return m.load()
}

func (m *Model) counted(msg core.Loaded[int]) tea.Cmd {
	if !m.counts.Accept(msg) || msg.Err == nil {
		return nil
	}
	m.failed = true
	return core.Toast(core.Failure, m.svc.Explain(msg.Err))
}

// number is a count of a rule: .. while it is asked for, ! when that failed.
func (m *Model) number(r row, of func(completeness.Estimate) int64) string {
	e, known := m.tally.get(asks(*r.Rule))
	switch {
	case known && e.AtMost:
		return "<=" + text.Count(of(e))
	case known:
		return text.Count(of(e))
	case m.failed:
		return "!"
	case m.counts.Busy():
		return ".."
	}
	return "--"
}

func concerned(e completeness.Estimate) int64 { return e.Concerned }
func violating(e completeness.Estimate) int64 { return e.Violating }
