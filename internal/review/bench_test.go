package review

import (
	"path/filepath"
	"testing"
)

// BenchmarkVerdict is one account for a reviewer: claim it, keep the verdict. SQLite with its two fsyncs; no journal.
func BenchmarkVerdict(b *testing.B) {
	book, err := Open(b.Context(), filepath.Join(b.TempDir(), "review.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	c, err := DefaultChecklist()
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	run := ""
	for b.Loop() {
		if n%5000 == 0 {
			b.StopTimer()
			r, err := book.Start(b.Context(), Selection{
				Profile: "p", By: "b", Members: population(5000), Checklist: c, Question: Question{Confidence: 0.95, Size: 5000},
			})
			if err != nil {
				b.Fatal(err)
			}
			run = r.ID
			b.StartTimer()
		}
		n++
		task, err := book.Next(b.Context(), run, "b")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := book.Put(b.Context(), task, say(Pass)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFreeze freezes and draws 60 of 100,000 accounts.
func BenchmarkFreeze(b *testing.B) {
	book, err := Open(b.Context(), filepath.Join(b.TempDir(), "review.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	c, err := DefaultChecklist()
	if err != nil {
		b.Fatal(err)
	}
	s := Selection{Profile: "p", By: "b", Members: population(100_000), Checklist: c, Question: Question{Confidence: 0.95, Tolerable: 0.05}}
	for b.Loop() {
		if _, err := book.Start(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}
