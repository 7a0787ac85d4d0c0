package transfer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"imagery/client"
	"imagery/internal/store"
)

func TestMain(m *testing.M) {
	if db := os.Getenv("TRANSFER_CHILD_DB"); db != "" {
		os.Exit(child(db))
	}
	goleak.VerifyTestMain(m)
}

// child is a program that shares the queue in db, goes on with what is there, and ends when all of it has. It starts a download of n files
// if there is nothing, and then says what memory it needed.
func child(db string) int {
	n, _ := strconv.Atoi(os.Getenv("TRANSFER_CHILD_FILES"))
	st := store.New(db)
	defer st.Close()
	tasks, err := st.Tasks(context.Background())
	m := NewManager(Options{Store: st, Adopt: true})
	defer m.Close()
	m.Attach(Session{From: &client.Client{
		BaseURL: os.Getenv("TRANSFER_CHILD_URL"), Endpoints: client.Endpoints{client.OpFetchFile: {Method: "GET", Path: "/files/{fileId}", Default: client.InQuery}},
	}})
	if err == nil && len(tasks) == 0 {
		r := Request{Folder: os.Getenv("TRANSFER_CHILD_TO")}
		if r.Source = manyItems(n); os.Getenv("TRANSFER_CHILD_MEMORY") == "" {
			r.Items, r.Source = numbered(n), nil
		}
		_, err = m.Start(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for {
		<-m.Changed()
		all := m.Tasks()
		if len(all) > 0 && all[0].State.Ended() {
			fmt.Println(all[0].State, all[0].DoneFiles, all[0].Err)
			return 0
		}
		if len(all) > 0 && all[0].AllFiles == n && os.Getenv("TRANSFER_CHILD_MEMORY") != "" {
			runtime.GC()
			fmt.Println("memory", peak())
			return 0
		}
	}
}

// manyItems yields n files of ten to an account.
func manyItems(n int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for i := range n {
			if !yield(item(fmt.Sprintf("F%05d", i), fmt.Sprintf("88%03d", i/10), "张三", "1103", "头部正面照"), nil) {
				return
			}
		}
	}
}

// peak is the most memory that the process has had, in MB; 0 where the system does not tell.
func peak() int {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		var kb int
		if n, _ := fmt.Sscanf(in.Text(), "VmHWM: %d kB", &kb); n == 1 {
			return kb / 1000
		}
	}
	return 0
}

func startChild(t *testing.T, db, to, url string, n int, env ...string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "TRANSFER_CHILD_DB="+db, "TRANSFER_CHILD_TO="+to, "TRANSFER_CHILD_URL="+url, "TRANSFER_CHILD_FILES="+strconv.Itoa(n))...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// TestKillingTheProgramLosesNothing kills it again and again in the middle of a download, IMAGERY_KILLS times.
func TestKillingTheProgramLosesNothing(t *testing.T) {
	kills, files := 20, 2000
	if n, err := strconv.Atoi(os.Getenv("IMAGERY_KILLS")); err == nil {
		kills = n
	}
	progress := make(chan struct{}, files)
	s := serveFiles(t, nil)
	s.mu.Lock() // the requests come from other processes
	s.served = func() {
		select {
		case progress <- struct{}{}:
		default:
		}
	}
	s.mu.Unlock()
	dir, db := t.TempDir(), filepath.Join(t.TempDir(), "state.db")
	done := 0
	for range kills {
		cmd, out := startChild(t, db, dir, s.URL, files)
		ended := make(chan error, 1)
		go func() { _, _ = io.Copy(io.Discard, out); ended <- cmd.Wait() }()
		died := false
		for range 1 + rand.N(max(2, files*3/2/kills)) {
			select {
			case <-progress:
				continue
			case <-ended:
				died = true
			}
			break
		}
		if done++; died {
			break
		}
		_ = cmd.Process.Kill()
		<-ended
	}
	cmd, out := startChild(t, db, dir, s.URL, files)
	said, _ := io.ReadAll(out)
	if err := cmd.Wait(); err != nil || strings.TrimSpace(string(said)) != fmt.Sprint(Done, " ", files, " <nil>") {
		t.Errorf("it says %q, %v", said, err)
	}
	t.Logf("killed %d times, the last run said %s", done, strings.TrimSpace(string(said)))
	st := store.New(db)
	defer st.Close()
	tasks, err := st.Tasks(t.Context())
	if err != nil || len(tasks) != 1 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	holdsExactly(t, dir, idsOf(numbered(files)))
}

func TestAHundredThousandQueuedFilesNeedLittleMemory(t *testing.T) {
	stall := make(chan struct{})
	defer close(stall)
	s := serveFiles(t, func(_ http.ResponseWriter, r *http.Request, _ string, _ int) bool {
		select {
		case <-stall:
		case <-r.Context().Done():
		}
		return true
	})
	cmd, out := startChild(t, filepath.Join(t.TempDir(), "state.db"), t.TempDir(), s.URL, 100_000, "TRANSFER_CHILD_MEMORY=1")
	var mb int
	said, _ := io.ReadAll(out)
	_ = cmd.Wait()
	if n, _ := fmt.Sscanf(string(said), "memory %d", &mb); n != 1 || mb > 150 {
		t.Errorf("it says %q", said)
	}
	t.Logf("at most %d MB", mb)
}

func TestASnapshotCostsTheSameWhateverTheNumberOfFiles(t *testing.T) {
	cost := func(n int) float64 {
		p := &platform{stall: true}
		m := managed(t, p)
		id := begin(t, m, Request{Folder: t.TempDir(), Source: manyItems(n)})
		for task, _ := m.Task(id); task.AllFiles < n; task, _ = m.Task(id) {
			<-m.Changed()
		}
		return testing.AllocsPerRun(100, func() { m.Tasks() })
	}
	if few, lots := cost(20), cost(20_000); lots > few+2 {
		t.Errorf("%.0f allocations for 20 files, %.0f for 20,000", few, lots)
	}
}

func TestTwoProgramsShareTheQueue(t *testing.T) {
	s := serveFiles(t, nil)
	db := filepath.Join(t.TempDir(), "state.db")
	var managers []*Manager
	for range 2 {
		st := store.New(db)
		m := NewManager(Options{Store: st, Adopt: true})
		m.Attach(Session{From: clientOf(t, s.URL)})
		t.Cleanup(func() { m.Close(); _ = st.Close() })
		managers = append(managers, m)
	}
	dirs := map[string]string{}
	for i := range 8 {
		dir := t.TempDir()
		dirs[begin(t, managers[i%2], Request{Folder: dir, Items: numbered(40)})] = dir
	}
	for id, dir := range dirs {
		for _, m := range managers {
			waitFor(t, m, id, Done)
		}
		holdsExactly(t, dir, idsOf(numbered(40)))
	}
	for id := range s.calls {
		if s.called(id) != len(dirs) {
			t.Errorf("%s was fetched %d times for %d folders", id, s.called(id), len(dirs))
		}
	}
}

func TestTwoTasksMayFillOneFolder(t *testing.T) {
	s := serveFiles(t, nil)
	m, dir := managed(t, clientOf(t, s.URL)), t.TempDir()
	items := numbered(150)
	a, b := begin(t, m, Request{Folder: dir, Items: items[:100]}), begin(t, m, Request{Folder: dir, Items: items[50:]})
	for _, id := range []string{a, b} {
		if task := finished(t, m, id); task.State != Done || task.DoneFiles != 100 {
			t.Errorf("%+v", task.Err)
		}
	}
	holdsExactly(t, dir, idsOf(items))
}

func TestAnotherProgramsTaskCanBeStoppedFromHere(t *testing.T) {
	db := filepath.Join(t.TempDir(), "state.db")
	open := func() *Manager {
		st := store.New(db)
		m := NewManager(Options{Store: st, Adopt: true})
		m.Attach(Session{From: &platform{stall: true}})
		t.Cleanup(func() { m.Close(); _ = st.Close() })
		return m
	}
	runs, sees := open(), open()
	id := begin(t, runs, Request{Folder: t.TempDir(), Items: numbered(3)})
	waitFor(t, sees, id, Running)
	if task, _ := sees.Task(id); !task.Elsewhere {
		t.Error("it does not say that another program works on it")
	}
	sees.Pause(id)
	waitFor(t, sees, id, Paused)
	sees.Cancel(id)
	waitFor(t, runs, id, Canceled)
}

func TestATaskGoesOnWhenTheLeaseOfItsProgramEnds(t *testing.T) {
	s := serveFiles(t, nil)
	st := store.New(filepath.Join(t.TempDir(), "state.db"))
	defer st.Close()
	elsewhere := NewManager(Options{Store: st})
	elsewhere.owner = "ffffffff-1-elsewhere" // on another machine: only its lease tells
	elsewhere.sessions[login{}] = &session{}
	elsewhere.closed = false
	dir := t.TempDir()
	id := queueOnly(t, elsewhere, Request{Folder: dir, Items: numbered(5)})
	m := NewManager(Options{Store: st, Adopt: true})
	defer m.Close()
	m.Attach(Session{From: clientOf(t, s.URL)})
	m.look()
	if task, _ := m.Task(id); task.State != Waiting || !task.Elsewhere {
		t.Fatalf("it was taken before the lease ended: %+v", task)
	}
	if err := st.Heartbeat(t.Context(), elsewhere.owner, time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, m, id, Done)
	holdsExactly(t, dir, idsOf(numbered(5)))
}

// queueOnly queues a download without running it.
func queueOnly(t *testing.T, m *Manager, r Request) string {
	t.Helper()
	row := store.Task{Kind: KindDownload, Spec: `{"key":"k","folder":` + strconv.Quote(r.Folder) + `,"template":"` + DefaultTemplate + `"}`, State: string(Waiting), Owner: m.owner, Lease: time.Now().Add(time.Hour), Created: time.Now()}
	id, err := m.store.AddTask(t.Context(), row)
	if err == nil {
		err = m.enqueueItems(id, spec{Template: DefaultTemplate}, r.Items)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(id, 10)
}

func TestATaskWaitsForItsOperator(t *testing.T) {
	s := serveFiles(t, nil)
	db := filepath.Join(t.TempDir(), "state.db")
	st := store.New(db)
	defer st.Close()
	first := NewManager(Options{Store: st, Adopt: true})
	first.Attach(Session{Profile: "甲", Operator: "u1", From: &platform{stall: true}})
	dir := t.TempDir()
	id := begin(t, first, Request{Folder: dir, Items: numbered(5), Profile: "甲", Operator: "u1"})
	first.Close()
	m := NewManager(Options{Store: st, Adopt: true})
	defer m.Close()
	m.Attach(Session{Profile: "甲", Operator: "u2", From: clientOf(t, s.URL)})
	m.look()
	if task, _ := m.Task(id); task.State != Waiting || len(s.calls) > 0 {
		t.Fatalf("another user's task is %s", task.State)
	}
	if _, err := m.Start(Request{Folder: dir, Profile: "乙", Operator: "u1"}); !errors.Is(err, ErrNoSession) {
		t.Errorf("a task without a session: %v", err)
	}
	m.Attach(Session{Profile: "甲", Operator: "u1", From: clientOf(t, s.URL)})
	waitFor(t, m, id, Done)
}

func TestPauseKeepsWhatIsDoneAndResumeDoesTheRest(t *testing.T) {
	var once sync.Once
	some := make(chan struct{})
	release := make(chan struct{})
	s := serveFiles(t, func(_ http.ResponseWriter, r *http.Request, id string, _ int) bool {
		if id < "F00010" {
			return false
		}
		once.Do(func() { close(some) })
		select {
		case <-release:
			return false
		case <-r.Context().Done():
			return true
		}
	})
	m, dir := managed(t, clientOf(t, s.URL)), t.TempDir()
	id := begin(t, m, Request{Folder: dir, Items: numbered(30), Jobs: 1})
	<-some
	m.Pause(id)
	task := finished(t, m, id)
	if task.State != Paused || task.DoneFiles != 10 || task.FailedFiles != 0 || task.DoneBytes == 0 {
		t.Fatalf("%+v", task)
	}
	holdsExactly(t, dir, idsOf(numbered(10)))
	close(release)
	m.Resume(id)
	if task := finished(t, m, id); task.State != Done || task.DoneFiles != 30 || s.called("F00000") != 1 {
		t.Errorf("%+v", task)
	}
	holdsExactly(t, dir, idsOf(numbered(30)))
}

func TestHigherPriorityGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(Limits{Concurrency: 1})
		if err := p.acquire(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		order := make(chan int, 3)
		for _, priority := range []int{0, 5, 1} {
			go func() { _ = p.acquire(t.Context(), priority); order <- priority; p.release(true) }()
			synctest.Wait()
		}
		p.release(true)
		if a, b, c := <-order, <-order, <-order; a != 5 || b != 1 || c != 0 {
			t.Errorf("order %d %d %d", a, b, c)
		}
	})
}

// Whoever waits for a task that another program took over learns it, and may have enough of waiting.
func TestWaitingEndsWhenAnotherProgramTakesTheTaskOver(t *testing.T) {
	st := store.New(filepath.Join(t.TempDir(), "state.db"))
	defer st.Close()
	m := NewManager(Options{Store: st, Adopt: true})
	defer m.Close()
	m.Attach(Session{From: &platform{stall: true}})
	id := begin(t, m, Request{Folder: t.TempDir(), Items: numbered(3)})
	waitFor(t, m, id, Running)
	n, _ := strconv.ParseInt(id, 10, 64)
	if got, err := st.Claim(t.Context(), n, m.owner, "ffffffff-1-elsewhere", time.Now().Add(time.Hour)); !got || err != nil {
		t.Fatal(got, err)
	}
	ctx, enough := context.WithTimeout(t.Context(), 5*time.Second)
	defer enough()
	if task := m.Wait(ctx, id); !task.Elsewhere {
		t.Errorf("%+v", task)
	}
}

// A file that is not a manifest is not taken for one, whatever the user calls it.
func TestAFileThatIsNoManifestIsLeftAlone(t *testing.T) {
	s := serveFiles(t, nil)
	for name, text := range map[string]string{"long": strings.Repeat("x", 2<<20) + "\n", "notes": "dear diary", "lines": "a\nb\n", "json": `{"name":"x"}` + "\n"} {
		path := filepath.Join(t.TempDir(), "mine.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m := managed(t, clientOf(t, s.URL))
		task := finished(t, m, begin(t, m, Request{Folder: t.TempDir(), Manifest: path, Items: numbered(2)}))
		if b, err := os.ReadFile(path); string(b) != text || err != nil || !errors.Is(task.Err, ErrNotManifest) {
			t.Errorf("%s: %v, %d bytes left, %v", name, task.Err, len(b), err)
		}
	}
}
