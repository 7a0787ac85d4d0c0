package review

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imagery/internal/audit"
)

// eachStore runs a test on SQLite, and on PostgreSQL when IMAGERY_POSTGRES names one.
func eachStore(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "a b", "review.db")) })
	if dsn := os.Getenv("IMAGERY_POSTGRES"); dsn != "" {
		t.Run("postgres", func(t *testing.T) { test(t, schema(t, dsn)) })
	}
}

// schema makes a schema of its own for a test and returns a DSN that leads there.
func schema(t *testing.T, dsn string) string {
	t.Helper()
	db, err := openPostgres(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	name := "test_" + strings.ToLower(rand.Text()[:12])
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func open(t *testing.T, dsn string) *Book {
	t.Helper()
	b, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// population returns n accounts of three departments.
func population(n int) (out []Member) {
	for i := range n {
		out = append(out, Member{
			ID: fmt.Sprintf("acc-%06d", i), AccountNo: fmt.Sprintf("88%07d", i), BizType: "0", CustomerType: "1", Department: fmt.Sprintf("11%02d", i%3),
			Name: fmt.Sprintf("客户%d", i),
		})
	}
	return out
}

func selection(t *testing.T, n, size int) Selection {
	t.Helper()
	c, err := DefaultChecklist()
	if err != nil {
		t.Fatal(err)
	}
	return Selection{
		Profile: "prod", Title: "2026 年第一季度", By: "mt1", Members: population(n), Checklist: c, Filters: map[string]string{"deptCodes": "1100,1101,1102"},
		Question: Question{Confidence: 0.95, Size: size},
	}
}

func start(t *testing.T, b *Book, s Selection) *Run {
	t.Helper()
	r, err := b.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// say answers every check of the default list the same, the first one as given.
func say(v Value) Verdict {
	out := Verdict{Spent: 1500}
	for i, id := range []string{"legible", "name", "person", "signed", "dated", "valid"} {
		a := Answer{Check: id, Value: Pass}
		if i == 0 {
			a.Value = v
		}
		out.Answers = append(out.Answers, a)
	}
	return out
}

func next(t *testing.T, b *Book, run, reviewer string) Task {
	t.Helper()
	task, err := b.Next(t.Context(), run, reviewer)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func put(t *testing.T, b *Book, task Task, v Verdict) Verdict {
	t.Helper()
	got, err := b.Put(t.Context(), task, v)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// reviewAll gives a verdict on everything there is for a reviewer.
func reviewAll(t *testing.T, b *Book, run, reviewer string, answer func(place int) Verdict) (n int) {
	t.Helper()
	for {
		task, err := b.Next(t.Context(), run, reviewer)
		if errors.Is(err, ErrNothing) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		put(t, b, task, answer(task.Item.Place))
		n++
	}
}

// expire lets all claims of a run run out.
func expire(t *testing.T, b *Book, run string) {
	t.Helper()
	if _, err := b.db.Exec("UPDATE seat SET expires = 1 WHERE run = $1 AND state = 'claimed'", run); err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// memory is a journal in memory.
type memory struct {
	entries []audit.Entry
	err     error
}

func (m *memory) Append(e audit.Entry) error {
	if m.err != nil {
		return m.err
	}
	e.Seq, e.Time = int64(len(m.entries)+1), time.Now().UTC().Truncate(time.Millisecond)
	m.entries = append(m.entries, e)
	return nil
}

func (m *memory) Entries(each func(audit.Entry) bool) error {
	for _, e := range m.entries {
		if !each(e) {
			break
		}
	}
	return nil
}

func (m *memory) Head() (audit.Head, error) {
	return audit.Head{Seq: int64(len(m.entries)), Hash: strings.Repeat("ab", 32), Time: time.Now()}, nil
}

func TestARunGoesFromPopulationToSignOff(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		journal := &memory{}
		b.Journal = journal
		s := selection(t, 300, 0)
		s.Question = Question{Confidence: 0.95, Tolerable: 0.1, Failures: 1}
		r := start(t, b, s)
		if r.State != Drawn || len(r.Seed) != 20 || r.Plan.Size == 0 || r.DrawnAt.Before(r.FrozenAt) {
			t.Fatalf("run %+v", r)
		}
		for profile, want := range map[string]int{"": 1, "prod": 1, "test": 0} {
			if runs, err := b.Runs(t.Context(), profile); err != nil || len(runs) != want {
				t.Errorf("profile %q: %d runs, %v", profile, len(runs), err)
			}
		}
		items, err := b.Items(t.Context(), r.ID)
		if err != nil || len(items) != r.Plan.Size || items[0].Name == "" || items[0].State != Queued || items[0].Ticket > items[1].Ticket {
			t.Fatalf("%d items, %v", len(items), err)
		}
		_, err = b.SignOff(t.Context(), r.ID, "mt1", "")
		refused(t, err, ErrOpen)
		n := reviewAll(t, b, r.ID, "mt1", func(place int) Verdict {
			if place == 3 {
				return say(Fail)
			}
			return say(Pass)
		})
		if n != r.Plan.Size {
			t.Fatalf("%d reviewed of %d", n, r.Plan.Size)
		}
		signed, err := b.SignOff(t.Context(), r.ID, "mt1", "无异议")
		if err != nil || signed.State != Signed || signed.Result.Failed != 1 || signed.Result.Conclusion != Met || signed.Result.Bound.Rate >= 0.1 {
			t.Fatalf("%+v, %v", signed, err)
		}
		if signed, err = b.SignOff(t.Context(), r.ID, "boss", ""); err != nil || len(signed.Signatures) != 2 {
			t.Fatal(err)
		}
		_, err = b.SignOff(t.Context(), r.ID, "boss", "")
		refused(t, err, ErrState)
		_, err = b.Next(t.Context(), r.ID, "mt1")
		refused(t, err, ErrState)
		_, err = b.Undo(t.Context(), r.ID, "mt1")
		refused(t, err, ErrState)
		acts := map[audit.Act]int{}
		for _, e := range journal.entries {
			acts[e.Act]++
		}
		if acts[audit.Freeze] != 2 || acts[audit.Draw] != 2 || acts[audit.Verdict] != 2*n || acts[audit.SignOff] < 4 {
			t.Errorf("journal %v", acts)
		}
		if d := journal.entries[2].Detail; journal.entries[0].Detail["seed"] != "" || d["seed"] != r.Seed || d["populationHash"] != r.Hash {
			t.Errorf("draw entry %v", d)
		}
	})
}

func TestNothingIsDoneWithoutTheJournal(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "review.db"))
	j := &memory{}
	b.Journal = j
	r := start(t, b, selection(t, 20, 3))
	task := next(t, b, r.ID, "a")
	j.err = errors.New("disk full")
	_, err := b.Put(t.Context(), task, say(Pass))
	refused(t, err, ErrJournal)
	_, err = b.Start(t.Context(), selection(t, 20, 3))
	refused(t, err, ErrJournal)
	j.err = nil
	p, err := b.Progress(t.Context(), r.ID, "a")
	if err != nil || p.Done != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if runs, _ := b.Runs(t.Context(), ""); len(runs) != 1 {
		t.Errorf("%d runs", len(runs))
	}
}

func TestAClaimIsForOneReviewerUntilItExpires(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b, other := open(t, dsn), open(t, dsn)
		r := start(t, b, selection(t, 50, 2))
		first, ahead := next(t, b, r.ID, "a"), next(t, b, r.ID, "a")
		if first.Item.Place == ahead.Item.Place {
			t.Fatal("one item claimed twice")
		}
		_, err := other.Next(t.Context(), r.ID, "b")
		refused(t, err, ErrNothing)
		if err := b.Hold(t.Context(), r.ID, "a"); err != nil {
			t.Fatal(err)
		}
		expire(t, b, r.ID)
		taken := next(t, other, r.ID, "b")
		if taken.Item.Place != first.Item.Place {
			t.Fatalf("place %d", taken.Item.Place)
		}
		_, err = b.Put(t.Context(), first, say(Pass))
		refused(t, err, ErrClaim)
		if err := b.Hold(t.Context(), r.ID, "a"); err != nil { // takes nothing from b
			t.Fatal(err)
		}
		put(t, b, ahead, say(Pass)) // expired, but nobody took it
		put(t, other, taken, say(Pass))
	})
}

// Nobody gives both reviews of one item, not even by a claim that ran out while the other review was taken.
func TestAnExpiredClaimDoesNotMakeTwoReviewsOneReviewers(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		s := selection(t, 10, 1)
		s.Blind = true
		r := start(t, b, s)
		next(t, b, r.ID, "bert") // the first review
		second := next(t, b, r.ID, "anna")
		expire(t, b, r.ID)
		if err := b.Release(t.Context(), r.ID, "bert"); err != nil {
			t.Fatal(err)
		}
		again := next(t, b, r.ID, "anna")
		if again.Round != second.Round {
			t.Errorf("anna, who has round %d, is given round %d", second.Round, again.Round)
		}
		put(t, b, again, say(Pass))
		_, err := b.Next(t.Context(), r.ID, "anna")
		refused(t, err, ErrNothing)
		if first := next(t, b, r.ID, "bert"); first.Round == second.Round {
			t.Error("bert is given anna's")
		}
	})
}

func TestPausingGivesClaimsBackAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b, other := open(t, dsn), open(t, dsn)
		r := start(t, b, selection(t, 50, 2))
		mine, elsewhere := next(t, b, r.ID, "a"), next(t, other, r.ID, "a")
		if err := b.Release(t.Context(), r.ID, "a"); err != nil {
			t.Fatal(err)
		}
		if again := next(t, other, r.ID, "b"); again.Item.Place != mine.Item.Place {
			t.Errorf("place %d", again.Item.Place)
		}
		put(t, other, elsewhere, say(Pass))
	})
}

func TestAVerdictPutTwiceIsKeptOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		r := start(t, b, selection(t, 50, 2))
		task := next(t, b, r.ID, "a")
		one, two := put(t, b, task, say(Fail)), put(t, b, task, say(Fail))
		if one.Seq != two.Seq || two.Outcome != Failed || !one.At.Equal(two.At) {
			t.Errorf("%+v, then %+v", one, two)
		}
		all, err := b.Verdicts(t.Context(), r.ID, "")
		if err != nil || len(all) != 1 {
			t.Errorf("%d verdicts, %v", len(all), err)
		}
	})
}

func TestTheLastVerdictCanBeTakenBack(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		r := start(t, b, selection(t, 50, 3))
		one := put(t, b, next(t, b, r.ID, "a"), say(Fail))
		put(t, b, next(t, b, r.ID, "b"), say(Pass))
		task, err := b.Undo(t.Context(), r.ID, "a")
		if err != nil || task.Item.Place != one.Place || task.Before == nil || task.Before.Outcome != Failed {
			t.Fatalf("%+v, %v", task, err)
		}
		_, err = b.Undo(t.Context(), r.ID, "a")
		refused(t, err, ErrUndo)
		put(t, b, task, say(Pass))
		all, err := b.Verdicts(t.Context(), r.ID, "")
		if err != nil || len(all) != 3 || all[0].Undone.IsZero() || all[0].UndoneBy != "a" || !all[2].Undone.IsZero() {
			t.Fatalf("%+v, %v", all, err)
		}
		p, err := b.Progress(t.Context(), r.ID, "a")
		if err != nil || p.Failed != 0 || p.Done != 2 || p.Mine != 1 || p.Remaining != 1 || p.Each != 1500*time.Millisecond || p.Left != p.Each {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestSkippedItemsAreUndecidedAndCanBeReopened(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		s := selection(t, 200, 0)
		s.Question = Question{Confidence: 0.9, Tolerable: 0.2}
		r := start(t, b, s)
		skip := Verdict{Skipped: true, Note: "影像打不开"}
		reviewAll(t, b, r.ID, "a", func(place int) Verdict {
			if place == 2 {
				return skip
			}
			return say(Pass)
		})
		res, err := b.Result(t.Context(), r.ID)
		if err != nil || res.Undecided != 1 || res.Conclusion != Unclear || res.Worst.Rate <= res.Bound.Rate {
			t.Fatalf("%+v, %v", res, err)
		}
		if n, err := b.Reopen(t.Context(), r.ID, "a"); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		_, err = b.Result(t.Context(), r.ID)
		refused(t, err, ErrOpen)
		if task := next(t, b, r.ID, "a"); task.Item.Place != 2 || put(t, b, task, say(Pass)).Place != 2 {
			t.Fatalf("%+v", task)
		}
		if res, err = b.Result(t.Context(), r.ID); err != nil || res.Conclusion != Met {
			t.Errorf("%+v, %v", res, err)
		}
	})
}

func TestTheSecondReviewerIsBlindUntilBothAreIn(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		s := selection(t, 50, 2)
		s.Blind = true
		r := start(t, b, s)
		one := next(t, b, r.ID, "a")
		put(t, b, one, say(Fail))
		seen, err := b.Verdicts(t.Context(), r.ID, "b")
		if err != nil || len(seen) != 0 {
			t.Fatalf("b sees %v, %v", seen, err)
		}
		if p, _ := b.Progress(t.Context(), r.ID, "b"); p.Failed != 0 || p.Reviews != 4 || p.Done != 1 {
			t.Fatalf("%+v", p)
		}
		reviewAll(t, b, r.ID, "a", func(int) Verdict { return say(Pass) })
		_, err = b.Next(t.Context(), r.ID, "a")
		refused(t, err, ErrNothing) // not one's own second
		reviewAll(t, b, r.ID, "b", func(int) Verdict { return say(Pass) })
		_, err = b.Undo(t.Context(), r.ID, "a")
		refused(t, err, ErrCompared)
		_, err = b.SignOff(t.Context(), r.ID, "a", "")
		refused(t, err, ErrOpen)
		diff, err := b.Differences(t.Context(), r.ID)
		if err != nil || len(diff) != 1 || diff[0].Item.Place != one.Item.Place || diff[0].First.Outcome != Failed || diff[0].Settled != nil {
			t.Fatalf("%+v, %v", diff, err)
		}
		v := say(Fail)
		v.Place, v.Reviewer = one.Item.Place, "boss"
		_, err = b.Settle(t.Context(), r.ID, v)
		refused(t, err, ErrInvalid) // no reason
		v.Note = "第二页确实模糊"
		if _, err = b.Settle(t.Context(), r.ID, v); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Undo(t.Context(), r.ID, "boss"); err != nil {
			t.Fatal(err)
		}
		if p, _ := b.Progress(t.Context(), r.ID, "b"); p.Unsettled != 1 {
			t.Fatalf("%+v", p)
		}
		if _, err = b.Settle(t.Context(), r.ID, v); err != nil {
			t.Fatal(err)
		}
		if signed, err := b.SignOff(t.Context(), r.ID, "boss", ""); err != nil || signed.Result.Failed != 1 {
			t.Fatalf("%+v, %v", signed, err)
		}
		v.Place = 3 - one.Item.Place
		_, err = b.Settle(t.Context(), r.ID, v)
		refused(t, err, ErrState)
	})
}

func TestVerdictsThatMeanNothingAreRefused(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "review.db"))
	r := start(t, b, selection(t, 50, 2))
	task := next(t, b, r.ID, "a")
	for name, change := range map[string]func(*Verdict){
		"an answer is missing":     func(v *Verdict) { v.Answers = v.Answers[1:] },
		"an answer is there twice": func(v *Verdict) { v.Answers = append(v.Answers, v.Answers[0]) },
		"an unknown check":         func(v *Verdict) { v.Answers[0].Check = "smell" },
		"an unknown value":         func(v *Verdict) { v.Answers[0].Value = "maybe" },
		"another material":         func(v *Verdict) { v.Answers[0].Material = "1101" },
		"skipped and answered":     func(v *Verdict) { v.Skipped = true },
		"an escape in the note":    func(v *Verdict) { v.Note = "\x1b[2J" },
		"a note without end":       func(v *Verdict) { v.Note = strings.Repeat("x", maxNote+1) },
		"a day that is none":       func(v *Verdict) { v.Findings = []Finding{{Kind: Expiry, Date: "2026-02-30"}} },
		"a finding without words":  func(v *Verdict) { v.Findings = []Finding{{Kind: Other}} },
		"a hash that is none":      func(v *Verdict) { v.Files = []Seen{{FileID: "f", SHA256: "zz"}} },
		"time running backwards":   func(v *Verdict) { v.Spent = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			v := say(Pass)
			change(&v)
			_, err := b.Put(t.Context(), task, v)
			refused(t, err, ErrInvalid)
		})
	}
	put(t, b, task, say(NA))
}

func TestADatabaseOfANewerProgramIsLeftAlone(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		if _, err := b.db.Exec("INSERT INTO review_version VALUES (99)"); err != nil {
			t.Fatal(err)
		}
		_, err := Open(context.Background(), dsn)
		refused(t, err, ErrNewer)
	})
}

func TestSeveralProgramsMayMakeTheDatabaseAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		errs := make(chan error)
		for range 6 {
			go func() {
				b, err := Open(context.Background(), dsn)
				if err == nil {
					err = b.Close()
				}
				errs <- err
			}()
		}
		for range 6 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

var _ Journal = (*audit.Journal)(nil)

func TestAPasswordInTheAddressIsRefused(t *testing.T) {
	for _, dsn := range []string{"postgres://u:canary@h/d", "postgresql://u@h/d?password=canary", "postgres://u@h/%zz?canary"} {
		_, err := Open(t.Context(), dsn)
		refused(t, err, ErrPassword)
		if strings.Contains(err.Error(), "canary") {
			t.Error(err)
		}
	}
}
