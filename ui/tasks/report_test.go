package tasks

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"

	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// archive is a task of two rows whose outcome is unknown until they are looked up.
type archive struct {
	Reporter
	settled bool
}

func (a *archive) Task(string) (transfer.Task, bool) {
	return transfer.Task{ID: "1", Kind: transfer.KindArchive, State: transfer.Failed, AllFiles: 2, UnknownFiles: 2}, true
}

func (a *archive) TaskFiles(context.Context, string) iter.Seq2[transfer.FileResult, error] {
	return func(yield func(transfer.FileResult, error) bool) {
		status := map[bool]string{false: transfer.StatusUnknown, true: transfer.StatusArchived}[a.settled]
		if yield(transfer.FileResult{Seq: 1, Status: status, Row: &transfer.Row{}}, nil) {
			yield(transfer.FileResult{Seq: 2, Status: transfer.StatusUnknown, Row: &transfer.Row{}}, nil)
		}
	}
}

func (a *archive) WhyNotWrite() string { return "" }

func TestOnlyRowsThatAreUnknownStillAreSentAgain(t *testing.T) {
	for _, few := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			svc := &archive{}
			m := NewReport(core.NewEnv(t.Context()), svc, "1")
			d := uitest.Drive(t, m, m.Init())
			d.Pump().Press("space", "space")
			if few {
				d.Press("F")
			}
			svc.settled = true
			d.Press("r").Press("S")
			ask := d.Seen[len(d.Seen)-1].(core.OpenDialogMsg)
			if rows := ask.Owner.(*againOwner).rows; len(rows) != 1 || rows[0] != 2 {
				t.Errorf("only open ones %v: %v would be sent again", few, rows)
			}
		})
	}
}
