package review

import (
	"errors"
	"slices"
	"testing"

	engine "imagery/internal/review"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
)

var list = engine.Checklist{Checks: []engine.Check{{ID: "clear"}, {ID: "same"}}}

func finding(text string) engine.Finding { return engine.Finding{Kind: engine.Other, Text: text} }

func TestSettlingAgainBeginsWithWhatWasSettled(t *testing.T) {
	d := engine.Difference{First: engine.Verdict{Findings: []engine.Finding{finding("1")}}, Second: engine.Verdict{Findings: []engine.Finding{finding("2")}}}
	if a := settling(list, d, nil, nil); !slices.Equal(a.findings, []engine.Finding{finding("1"), finding("2")}) {
		t.Errorf("at first %v", a.findings)
	}
	d.Settled = &engine.Verdict{Note: "n", Findings: []engine.Finding{finding("2"), finding("3")}}
	if a := settling(list, d, nil, nil); a.note != "n" || !slices.Equal(a.findings, d.Settled.Findings) {
		t.Errorf("again %q, %v", a.note, a.findings)
	}
}

func TestListingFilesAgainLosesNothing(t *testing.T) {
	for _, differs := range []*engine.Difference{nil, {Item: engine.Item{Place: 1}}} {
		m := &Work{env: core.NewEnv(t.Context()), run: engine.Run{Checklist: list}, differs: differs}
		a := m.account(arrival{engine.Task{Item: engine.Item{Place: 1}}, nil, errors.New("down")})
		a.note, a.findings, a.seen = "typed", []engine.Finding{finding("1")}, []engine.Seen{{FileID: "f", SHA256: "aa"}}
		a.values = []engine.Value{engine.Pass, ""}
		n := m.account(arrival{a.task, []transfer.Item{{FileID: "f"}}, nil})
		n.takeOver(a)
		if n.note != "typed" || len(n.findings) != 1 || len(n.seen) != 1 || len(n.answers()) != 1 || n.at != 1 || n.err != nil {
			t.Errorf("%+v", n)
		}
	}
}
