package runs

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/completeness"
	"imagery/internal/rules"
	"imagery/internal/store"
)

func set(t *testing.T) *rules.Set {
	t.Helper()
	s, err := rules.Parse([]byte("version = 1\n[[rule]]\nid = \"R1\"\nname = \"头像\"\nany = [\"1103\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t *testing.T, total int64) *completeness.Run {
	opened, err := client.ParseDate("2024-02-29")
	if err != nil {
		t.Fatal(err)
	}
	s := set(t)
	r := &completeness.Run{
		Rules: s, Hash: s.Hash(), Total: total, Listed: true, Accounts: []completeness.Account{{ID: "A1", No: "8800", Name: "张\x1b[2J三"}, {ID: "A2"}},
		Violations: []completeness.Violation{{Account: 0, Rule: 0, State: completeness.Found}}, Exempt: map[int][]int{0: {1}},
		Started: completeness.Moment{Time: time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)}, Reasons: []completeness.Reason{}, Moved: []string{}, Failed: []int{}, Pending: []int{},
	}
	r.Accounts[0].Opened.Date = opened
	return r
}

func open(t *testing.T) (*Store, string) {
	path := filepath.Join(t.TempDir(), "state", "runs.db")
	s := New(path)
	t.Cleanup(func() { _ = s.Close() })
	return s, path
}

// Another program may have the file locked for longer than one waits; the next call waits anew.
func TestAFileThatIsLockedIsTriedAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("SQLite waits ten seconds of real time")
	}
	s, path := open(t)
	other, err := store.SQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(t.Context(), "p"); err == nil {
		t.Fatal("it was opened though it is locked")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(t.Context(), "p"); err != nil {
		t.Error(err)
	}
}

func TestARunComesBackWhole(t *testing.T) {
	s, path := open(t)
	want := run(t, 2)
	id, err := s.Put(t.Context(), "p", want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), "p", id)
	if err != nil || !reflect.DeepEqual(got.Accounts, want.Accounts) || !reflect.DeepEqual(got.Violations, want.Violations) ||
		!reflect.DeepEqual(got.Exempt, want.Exempt) || got.Rules.Hash() != want.Hash || !got.Started.Equal(want.Started.Time) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := s.Get(t.Context(), "another", id); !errors.Is(err, ErrNone) {
		t.Errorf("another profile's run: %v", err)
	}
	st, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
}

func TestTheLastRunsOfEachProfileAreKept(t *testing.T) {
	s, _ := open(t)
	for i := range Keep + 5 {
		if _, err := s.Put(t.Context(), "p", run(t, int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Put(t.Context(), "q", run(t, 0)); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(t.Context(), "p")
	if err != nil || len(list) != Keep || list[0].Accounts != Keep+4 || list[Keep-1].Accounts != 5 {
		t.Errorf("%d runs, %v", len(list), err)
	}
	if err := errors.Join(s.Rename(t.Context(), "p", "r"), s.Forget(t.Context(), "q")); err != nil {
		t.Fatal(err)
	}
	for profile, want := range map[string]int{"p": 0, "q": 0, "r": Keep} {
		if list, err := s.List(t.Context(), profile); err != nil || len(list) != want {
			t.Errorf("%s has %d runs, %v", profile, len(list), err)
		}
	}
}

func TestPartsOfABrokenOffCheckAreThereForAnHour(t *testing.T) {
	s, path := open(t)
	at := time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
	for _, p := range []completeness.Part{
		{Plan: "x", At: completeness.Moment{Time: at}, Counts: map[string]int64{"q": 1}},
		{Plan: "x", At: completeness.Moment{Time: at}, Query: "q", Counts: map[string]int64{"q": 1}, Accounts: []completeness.Account{{ID: "A1"}}},
		{Plan: "x", At: completeness.Moment{Time: at}, Query: "q", Counts: map[string]int64{"q": 2}, Accounts: []completeness.Account{{ID: "A2"}}},
		{Plan: "y", At: completeness.Moment{Time: at}, Query: "q"},
	} {
		if err := s.SavePart(t.Context(), "p", p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil { // as when the program is killed
		t.Fatal(err)
	}
	s = New(path)
	defer s.Close()
	parts, err := s.Parts(t.Context(), "p", "x", at.Add(59*time.Minute))
	if err != nil || len(parts) != 2 || parts[1].Accounts[0].ID != "A2" {
		t.Errorf("got %+v, %v", parts, err)
	}
	for plan, want := range map[string]int{"x": 1, "y": 1, "z": 0} {
		if n, err := s.Answered(t.Context(), "p", plan, at); n != want || err != nil {
			t.Errorf("%s: %d answered, %v", plan, n, err)
		}
	}
	if n, err := s.Answered(t.Context(), "p", "x", at.Add(61*time.Minute)); n != 0 || err != nil {
		t.Errorf("an hour later %d are answered, %v", n, err)
	}
	if err := s.Begin(t.Context(), "p"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Answered(t.Context(), "p", "x", at); n != 0 || err != nil {
		t.Errorf("afresh %d are answered, %v", n, err)
	}
}

func TestAChangedFileIsNoPanic(t *testing.T) {
	s, _ := open(t)
	id, err := s.Put(t.Context(), "p", run(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*completeness.Run){
		"account": func(r *completeness.Run) { r.Violations[0].Account = 7 },
		"rule":    func(r *completeness.Run) { r.Violations[0].Rule = -1 },
		"exempt":  func(r *completeness.Run) { r.Exempt = map[int][]int{0: {99}} },
		"failed":  func(r *completeness.Run) { r.Failed = []int{3} },
	} {
		r := run(t, 1)
		spoil(r)
		body, err := pack(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.exec(t.Context(), "UPDATE run SET body = ? WHERE id = ?", body, id); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), "p", id); err == nil {
			t.Errorf("%s: a run that refers to what it does not have was read", name)
		}
	}
	if err := s.exec(t.Context(), "UPDATE run SET body = x'1f8b00' WHERE id = ?", id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "p", id); err == nil {
		t.Error("half a run was read")
	}
	if err := s.Replace(t.Context(), "p", id, run(t, 3)); err != nil {
		t.Fatal(err)
	}
	if err := s.Replace(t.Context(), "p", id+1, run(t, 3)); !errors.Is(err, ErrNone) {
		t.Errorf("a run that is not kept was replaced: %v", err)
	}
}
