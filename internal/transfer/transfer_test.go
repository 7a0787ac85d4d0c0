package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"imagery/client"
)

// platform serves files by id; faults are used up one a call, nil serves.
type platform struct {
	mu     sync.Mutex
	files  map[string][]byte
	faults map[string][]error
	calls  map[string]int
	stall  bool
}

func (p *platform) FetchFile(ctx context.Context, id string) (*client.FileBody, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.calls == nil {
		p.calls = map[string]int{}
	}
	p.calls[id]++
	if p.stall {
		return &client.FileBody{ReadCloser: io.NopCloser(stalled{ctx}), Size: -1}, nil
	}
	b := p.files[id]
	size := int64(len(b))
	if f := p.faults[id]; len(f) > 0 {
		p.faults[id] = f[1:]
		if f[0] != nil {
			return nil, f[0]
		}
		b = b[:len(b)/2]
	}
	return &client.FileBody{ReadCloser: io.NopCloser(bytes.NewReader(b)), Size: size}, nil
}

type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) { <-s.ctx.Done(); return 0, s.ctx.Err() }

var jpeg = append([]byte("\xff\xd8\xff\xe0"), bytes.Repeat([]byte("picture"), 10_000)...)

// managed returns a manager in memory that runs downloads of p for anybody.
func managed(t *testing.T, p Fetcher) *Manager {
	t.Helper()
	m := NewManager(Options{})
	m.Attach(Session{From: p})
	t.Cleanup(m.Close)
	return m
}

func begin(t *testing.T, m *Manager, r Request) string {
	t.Helper()
	id, err := m.Start(r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// run downloads to the end, with all results in Files.
func run(t *testing.T, p Fetcher, r Request) Task {
	t.Helper()
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: p})
	return finished(t, m, begin(t, m, r))
}

// finished waits for a task; its Files are all.
func finished(t *testing.T, m *Manager, id string) Task {
	t.Helper()
	task := m.Wait(t.Context(), id)
	task.Files = nil
	for f, err := range m.EachFile(t.Context(), id) {
		if err != nil {
			t.Fatal(err)
		}
		task.Files = append(task.Files, f)
	}
	return task
}

func fileListing(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func TestFileComesHomeWholeAndRecorded(t *testing.T) {
	dir := t.TempDir()
	p := &platform{files: map[string][]byte{"F1": jpeg}}
	it := item("F1", "8800", "张三", "1103", "头部正面照")
	it.File.FileSize = int64(len(jpeg))
	task := run(t, p, Request{Folder: dir, Items: []Item{it, it}})
	if task.State != Done || task.DoneFiles != 1 || task.DoneBytes != int64(len(jpeg)) || task.AllBytes != task.DoneBytes {
		t.Fatalf("task ended as %+v", task)
	}
	if got, want := fileListing(t, dir), "8800_张三/1103_头部正面照_F1.jpg SHA256SUMS manifest.jsonl"; got != want {
		t.Errorf("folder holds %s, want %s", got, want)
	}
	sum := sha256.Sum256(jpeg)
	sums, _ := os.ReadFile(filepath.Join(dir, SumsName))
	if want := hex.EncodeToString(sum[:]) + "  8800_张三/1103_头部正面照_F1.jpg\n"; string(sums) != want {
		t.Errorf("SHA256SUMS says %q, want %q", sums, want)
	}
	st, err := os.Stat(task.Files[0].Path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
}

func TestFileThatIsHereIsKeptWithoutAsking(t *testing.T) {
	dir := t.TempDir()
	p := &platform{files: map[string][]byte{"F1": jpeg}}
	r := Request{Folder: dir, Items: []Item{item("F1", "1", "n", "c", "m")}}
	run(t, p, r)
	task := run(t, p, r)
	if task.Files[0].Status != "kept" || p.calls["F1"] != 1 || task.DoneBytes != int64(len(jpeg)) {
		t.Errorf("%+v after %d calls", task.Files[0], p.calls["F1"])
	}
	damaged := bytes.Repeat([]byte("x"), len(jpeg)) // of the same size
	if err := os.WriteFile(task.Files[0].Path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	task = run(t, p, r)
	if task.Files[0].Status != "saved" || !strings.HasSuffix(task.Files[0].Path, "_F1_2.jpg") {
		t.Errorf("a damaged file led to %+v", task.Files[0])
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "1_n", "c_m_F1.jpg")); !bytes.Equal(b, damaged) {
		t.Error("another file was overwritten")
	}
}

func TestFaultsOfTheWayAreRetriedAndClearAnswersAreNot(t *testing.T) {
	busy := &client.Error{Op: client.OpFetchFile, Status: 503}
	gone := &client.Error{Op: client.OpFetchFile, Status: 404}
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			faults []error
			calls  int
			want   error
		}{
			"busy, then cut, then whole": {[]error{busy, nil}, 3, nil},
			"not there":                  {[]error{gone}, 1, client.ErrNotFound},
			"a page instead":             {[]error{client.ErrNotAFile}, 1, client.ErrNotAFile},
			"nothing":                    {[]error{client.ErrEmptyFile}, 1, client.ErrEmptyFile},
			"cut for ever":               {[]error{nil, nil, nil, nil, nil}, attempts, client.ErrTruncated},
		} {
			dir := t.TempDir()
			p := &platform{files: map[string][]byte{"F1": jpeg}, faults: map[string][]error{"F1": c.faults}}
			task := run(t, p, Request{Folder: dir, Items: []Item{item("F1", "", "", "", "")}})
			if p.calls["F1"] != c.calls || !errors.Is(task.Files[0].Err, c.want) {
				t.Errorf("%s: %d calls, %v", name, p.calls["F1"], task.Files[0].Err)
			}
			if c.want != nil && (task.State != Failed || fileListing(t, dir) != "" || task.DoneBytes != 0) {
				t.Errorf("%s: left %q, task %+v", name, fileListing(t, dir), task)
			}
		}
	})
}

func TestSizeThatWasListedIsChecked(t *testing.T) {
	for size, want := range map[int64]error{int64(len(jpeg)) + 1: client.ErrTruncated, int64(len(jpeg)) - 1: ErrSize} {
		it := item("F1", "", "", "", "")
		it.File.FileSize = size
		p := &platform{files: map[string][]byte{"F1": jpeg}}
		synctest.Test(t, func(t *testing.T) {
			if task := run(t, p, Request{Folder: t.TempDir(), Items: []Item{it}}); !errors.Is(task.Files[0].Err, want) {
				t.Errorf("listed %d: %v, want %v", size, task.Files[0].Err, want)
			}
		})
	}
}

func TestRefusedPasswordEndsTheTaskAtOnce(t *testing.T) {
	refused := &client.Error{Op: client.OpSignIn, Status: 401}
	p := &platform{files: map[string][]byte{}, faults: map[string][]error{}}
	var items []Item
	for _, id := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
		items = append(items, item(id, "", "", "", ""))
		p.faults[id], p.files[id] = []error{refused}, jpeg
	}
	m := managed(t, p)
	id := begin(t, m, Request{Folder: t.TempDir(), Items: items, Jobs: 2})
	task := finished(t, m, id)
	if task.State != Failed || !errors.Is(task.Err, client.ErrSignInRefused) || len(p.calls) > 4 {
		t.Errorf("%+v after asking for %d files", task, len(p.calls))
	}
	p.mu.Lock()
	p.faults = nil
	p.mu.Unlock()
	m.Retry(id)
	if task = finished(t, m, id); task.State != Done || task.DoneFiles != 8 {
		t.Errorf("after a retry: %+v", task)
	}
}

func TestCancelLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	m := managed(t, &platform{stall: true})
	id := begin(t, m, Request{Folder: dir, Items: []Item{item("F1", "", "", "", "")}})
	<-m.Changed()
	m.Cancel(id)
	if task := finished(t, m, id); task.State != Canceled || fileListing(t, dir) != "" {
		t.Errorf("%+v, left %q", task, fileListing(t, dir))
	}
}

func TestRemainsOfADeadProgramAreSwept(t *testing.T) {
	dir := t.TempDir()
	temp := func(host string, pid int) string { return fmt.Sprint(tempPrefix, host, "-", pid, "-x", tempSuffix) }
	dead, living, elsewhere := temp(hostMark(), 999999999), temp(hostMark(), os.Getppid()), temp("00000000", 999999999)
	for _, name := range []string{dead, living, elsewhere} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, &platform{files: map[string][]byte{"F1": jpeg}}, Request{Folder: dir, Items: []Item{item("F1", "", "", "", "")}})
	if got := fileListing(t, dir); strings.Contains(got, dead) || !strings.Contains(got, living) || !strings.Contains(got, elsewhere) {
		t.Errorf("folder holds %s", got)
	}
}

func TestRetryCountsAnew(t *testing.T) {
	gone := &client.Error{Op: client.OpFetchFile, Status: 404}
	p := &platform{files: map[string][]byte{"F1": jpeg, "F2": jpeg}, faults: map[string][]error{"F2": {gone}}}
	m := managed(t, p)
	id := begin(t, m, Request{Folder: t.TempDir(), Items: []Item{item("F1", "", "", "", ""), item("F2", "", "", "", "")}})
	if task := finished(t, m, id); task.State != Failed || task.DoneFiles != 1 || task.FailedFiles != 1 {
		t.Fatalf("%+v", task)
	}
	m.Retry(id)
	task := finished(t, m, id)
	if task.State != Done || task.DoneFiles != 2 || task.FailedFiles != 0 || len(task.Files) != 2 || p.calls["F1"] != 1 || task.DoneBytes != task.AllBytes {
		t.Errorf("%+v, F1 asked for %d times", task, p.calls["F1"])
	}
}

func TestFileThatIsNotWhatItsNameSaysIsReported(t *testing.T) {
	it := item("F1", "", "", "", "")
	it.File.FileOriginalName = "scan.pdf"
	task := run(t, &platform{files: map[string][]byte{"F1": jpeg}}, Request{Folder: t.TempDir(), Items: []Item{it}})
	if r := task.Files[0]; r.Note != NoteType || filepath.Ext(r.Path) != ".jpg" {
		t.Errorf("got %+v", r)
	}
}
