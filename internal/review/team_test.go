package review

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"imagery/internal/audit"
)

// reviewerEnv makes the test binary a reviewer: "DSN\nRUN\nNAME\nJOURNAL".
const reviewerEnv = "IMAGERY_TEST_REVIEWER"

func TestMain(m *testing.M) {
	if given := os.Getenv(reviewerEnv); given != "" {
		f := strings.Split(given, "\n")
		if err := beReviewer(f[0], f[1], f[2], f[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// beReviewer passes what it gets, once for each byte that comes in, and prints each place when it is claimed and when its verdict is
// acknowledged.
func beReviewer(dsn, run, who, journal string) error {
	ctx := context.Background()
	b, err := Open(ctx, dsn)
	if err != nil {
		return err
	}
	if journal != "" {
		b.Journal = audit.Open(journal)
	}
	v := Verdict{}
	for _, id := range []string{"legible", "name", "person", "signed", "dated", "valid"} {
		v.Answers = append(v.Answers, Answer{Check: id, Value: Pass})
	}
	for {
		task, err := b.Next(ctx, run, who)
		if errors.Is(err, ErrNothing) {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Println("claimed", task.Item.Place)
		if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
			return err
		}
		if _, err := b.Put(ctx, task, v); err != nil {
			return err
		}
		fmt.Println("kept", task.Item.Place)
	}
}

// worker is a reviewer in a process of its own.
type worker struct {
	cmd   *exec.Cmd
	allow io.Writer // a byte lets it review one account
	lines *bufio.Scanner
	kept  []int // places acknowledged
}

func startWorker(t *testing.T, dsn, run, who, journal string) *worker {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), reviewerEnv+"="+strings.Join([]string{dsn, run, who, journal}, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := &worker{cmd: cmd, allow: in, lines: bufio.NewScanner(out)}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return w
}

// let lets the worker review n accounts more.
func (w *worker) let(t *testing.T, n int) {
	t.Helper()
	if _, err := w.allow.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
}

// read takes in what the worker says until it ends or, with n > 0, has kept n; it reports whether there is more to come.
func (w *worker) read(t *testing.T, n int) bool {
	for w.lines.Scan() {
		what, place, _ := strings.Cut(w.lines.Text(), " ")
		p, err := strconv.Atoi(place)
		if err != nil {
			t.Errorf("worker says %q", w.lines.Text())
			return false
		}
		if what != "kept" {
			continue
		}
		if w.kept = append(w.kept, p); n > 0 && len(w.kept) >= n {
			return true
		}
	}
	return false
}

// kill ends the worker as kill -9 does, and takes in what it had said before.
func (w *worker) kill(t *testing.T) {
	t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	w.read(t, 0)
	_ = w.cmd.Wait()
}

// checkAll checks that each of n items has one verdict, and that what was acknowledged is there.
func checkAll(t *testing.T, b *Book, run string, n int, acknowledged map[string][]int) {
	t.Helper()
	all, err := b.Verdicts(t.Context(), run, "")
	if err != nil {
		t.Fatal(err)
	}
	by := map[int]string{}
	for _, v := range all {
		if by[v.Place] != "" {
			t.Errorf("place %d was reviewed by %s and %s", v.Place, by[v.Place], v.Reviewer)
		}
		by[v.Place] = v.Reviewer
	}
	if len(by) != n {
		t.Errorf("%d of %d reviewed", len(by), n)
	}
	for who, places := range acknowledged {
		for _, p := range places {
			if by[p] != who {
				t.Errorf("place %d was acknowledged to %s, and is %q's", p, who, by[p])
			}
		}
	}
}

func TestTwoReviewersShareFiveHundredAccountsAndOneIsKilled(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		r := start(t, b, selection(t, 2000, 500))
		anna, bert := startWorker(t, dsn, r.ID, "anna", ""), startWorker(t, dsn, r.ID, "bert", "")
		anna.let(t, 200)
		bert.let(t, 100)
		if !bert.read(t, 100) || !bert.lines.Scan() || !strings.HasPrefix(bert.lines.Text(), "claimed ") {
			t.Fatal("bert has not claimed the next")
		}
		bert.kill(t)
		anna.let(t, 500)
		anna.read(t, 0)
		if err := anna.cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		p, err := b.Progress(t.Context(), r.ID, "")
		if err != nil || p.Remaining != 1 || p.Claimed != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		expire(t, b, r.ID) // as the lease does, of what bert held
		carl := startWorker(t, dsn, r.ID, "carl", "")
		carl.let(t, 1)
		carl.read(t, 0)
		if err := carl.cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		checkAll(t, b, r.ID, 500, map[string][]int{"anna": anna.kept, "bert": bert.kept, "carl": carl.kept})
		if len(anna.kept) != 399 || len(bert.kept) != 100 || len(carl.kept) != 1 {
			t.Errorf("anna %d, bert %d, carl %d", len(anna.kept), len(bert.kept), len(carl.kept))
		}
	})
}

func TestEveryAcknowledgedVerdictSurvivesKillLoops(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		r := start(t, b, selection(t, 500, 120))
		journal := t.TempDir() + "/audit.jsonl"
		acknowledged := map[string][]int{}
		for loop := 0; ; loop++ {
			who := fmt.Sprint("r", loop)
			w := startWorker(t, dsn, r.ID, who, journal)
			w.let(t, 200)
			more := w.read(t, 5+loop%11)
			w.kill(t)
			acknowledged[who] = w.kept
			if !more {
				break
			}
			expire(t, b, r.ID)
		}
		checkAll(t, b, r.ID, 120, acknowledged)
		begun := map[string]bool{}
		err := audit.Open(journal).Entries(func(e audit.Entry) bool {
			if e.Phase == audit.Begun {
				begun[e.User+" "+e.Detail["place"]] = true
			}
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		for who, places := range acknowledged {
			for _, p := range places {
				if !begun[fmt.Sprint(who, " ", p)] {
					t.Errorf("no journal line for %s's verdict on %d", who, p)
				}
			}
		}
	})
}
