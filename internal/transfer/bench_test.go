package transfer

import (
	"path/filepath"
	"strconv"
	"testing"

	"imagery/internal/store"
)

// BenchmarkDownload brings a thousand scans home from a server in this process, with everything on: checks, hashes, fsync, names, manifest,
// queue on disk. .ci/bench-transfer compares the program with others.
func BenchmarkDownload(b *testing.B) {
	s := serveFiles(b, nil)
	st := store.New(filepath.Join(b.TempDir(), "state.db"))
	defer st.Close()
	m := NewManager(Options{Store: st})
	defer m.Close()
	m.Attach(Session{From: clientOf(b, s.URL)})
	items := numbered(1000)
	var bytes int64
	for _, it := range items {
		bytes += int64(len(scan(it.FileID)))
	}
	b.SetBytes(bytes)
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		id, err := m.Start(Request{Folder: filepath.Join(dir, strconv.Itoa(i)), Items: items})
		if err != nil {
			b.Fatal(err)
		}
		if t := m.Wait(b.Context(), id); t.State != Done {
			b.Fatal(t.State, t.Err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(items))/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkSnapshot is what the task panel costs a frame, with 100,000 files in the queue.
func BenchmarkSnapshot(b *testing.B) {
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: &platform{stall: true}})
	id, err := m.Start(Request{Folder: b.TempDir(), Source: manyItems(100_000)})
	if err != nil {
		b.Fatal(err)
	}
	for t, _ := m.Task(id); t.AllFiles < 100_000; t, _ = m.Task(id) {
		<-m.Changed()
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Tasks()
	}
}
