package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
	"imagery/internal/store"
)

// mends says whether another attempt is worth it: these faults are of the way, the others are what the platform says.
var mends = map[string]bool{
	"cut": true, "cut early": true, "cut chunked": true, "stall": true, "stall early": true, "502 page": true, "busy": true, "error behind": true, "page behind": true, "half": true,
}

func TestEveryFileOfAFaultyServerIsRightOrReported(t *testing.T) {
	names := slices.Sorted(maps.Keys(faults))
	faultOf := func(id string) (name string, times int) {
		var n int
		_, _ = fmt.Sscanf(id, "F%d", &n)
		return names[n%len(names)], 1 + n/len(names)*9 // once, or always
	}
	s := serveFiles(t, func(w http.ResponseWriter, r *http.Request, id string, call int) bool {
		name, times := faultOf(id)
		if call > times {
			return false
		}
		faults[name](w, r, scan(id))
		return true
	})
	items := numbered(2 * len(names))
	for i := range items {
		items[i].File.FileSize = int64(len(scan(items[i].FileID)))
		if name, _ := faultOf(items[i].FileID); strings.HasSuffix(name, "behind") {
			items[i].File.FileSize = 0 // what came is all there is to go by
		}
	}
	dir := t.TempDir()
	m := managed(t, clientOf(t, s.URL))
	m.idle = 250 * time.Millisecond
	task := finished(t, m, begin(t, m, Request{Folder: dir, Items: items}))
	good := map[string]bool{}
	for _, f := range task.Files {
		name, times := faultOf(f.FileID)
		if f.Err == nil {
			good[f.FileID] = true
		}
		if want := mends[name] && times == 1; want != (f.Err == nil) {
			t.Errorf("%s ×%d: %v after %d calls", name, times, f.Err, s.called(f.FileID))
		}
	}
	if len(task.Files) != len(items) || task.State != Failed || task.Err != nil {
		t.Errorf("%d results, %s, %v", len(task.Files), task.State, task.Err)
	}
	holdsExactly(t, dir, good)
}

func TestFileOfUnknownLengthWithoutItsEndIsMarked(t *testing.T) {
	s := serveFiles(t, func(w http.ResponseWriter, _ *http.Request, id string, _ int) bool {
		b := scan(id)
		chunked(w, b[:len(b)/2])
		return true
	})
	task := run(t, clientOf(t, s.URL), Request{Folder: t.TempDir(), Items: numbered(1)})
	if f := task.Files[0]; f.Err != nil || f.Note != NoteEnd {
		t.Errorf("got %+v", f)
	}
}

func TestAFileThatABusyServerPutOffComes(t *testing.T) {
	s := serveFiles(t, func(w http.ResponseWriter, r *http.Request, id string, call int) bool {
		if call == 1 && id == "F00000" {
			faults["busy"](w, r, nil)
			return true
		}
		return false
	})
	task := run(t, clientOf(t, s.URL), Request{Folder: t.TempDir(), Items: numbered(1)})
	if task.State != Done || s.called("F00000") != 2 {
		t.Errorf("%s after %d calls", task.State, s.called("F00000"))
	}
}

// versioned serves id with an entity tag and parts of it; the first calls are cut in the middle.
func versioned(t *testing.T, cuts int, content func(call int) (tag string, b []byte)) *fileServer {
	t.Helper()
	return serveFiles(t, func(w http.ResponseWriter, r *http.Request, _ string, call int) bool {
		tag, b := content(call)
		w.Header().Set("ETag", tag)
		if call <= cuts {
			cutOff(w, len(b), b[:len(b)/2])
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
		return true
	})
}

func TestBrokenOffFileGoesOnWhereItStopped(t *testing.T) {
	b := scan("x")
	s := versioned(t, 1, func(int) (string, []byte) { return `"v1"`, b })
	task := run(t, clientOf(t, s.URL), Request{Folder: t.TempDir(), Items: numbered(1)})
	if got := s.ranges["F00000"]; task.State != Done || len(got) != 2 || got[1] != fmt.Sprintf("bytes=%d-", len(b)/2) || task.Files[0].SHA256 != sumOfBytes(b) {
		t.Errorf("%s %+v after %q", task.State, task.Files[0], got)
	}
}

func TestTwoVersionsAreNeverMixed(t *testing.T) {
	for name, tags := range map[string][2]string{"strong": {`"v1"`, `"v2"`}, "weak": {`W/"v"`, `W/"v"`}, "none": {"", ""}} {
		old, now := scan("old"), scan("now")
		s := versioned(t, 1, func(call int) (string, []byte) {
			if call == 1 {
				return tags[0], old
			}
			return tags[1], now
		})
		task := run(t, clientOf(t, s.URL), Request{Folder: t.TempDir(), Items: numbered(1)})
		if task.State != Done || task.Files[0].SHA256 != sumOfBytes(now) || task.DoneBytes != int64(len(now)) {
			t.Errorf("%s: %+v", name, task)
		}
	}
}

func TestHalfOfALargeFileOutlivesTheProgram(t *testing.T) {
	b := bytes.Repeat(scan("x"), 20)
	half := make(chan struct{})
	s := serveFiles(t, func(w http.ResponseWriter, r *http.Request, _ string, call int) bool {
		w.Header().Set("ETag", `"v1"`)
		if call == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
			chunked(w, b[:len(b)/2])
			close(half)
			<-r.Context().Done()
			return true
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
		return true
	})
	dir, db := t.TempDir(), filepath.Join(t.TempDir(), "state.db")
	open := func() (*Manager, func()) {
		st := store.New(db)
		m := NewManager(Options{Store: st, Adopt: true})
		m.large = 1000
		m.Attach(Session{From: clientOf(t, s.URL)})
		return m, func() { m.Close(); _ = st.Close() }
	}
	m, stop := open()
	id := begin(t, m, Request{Folder: dir, Items: numbered(1)})
	<-half
	for task, _ := m.Task(id); task.DoneBytes < int64(len(b)/2); task, _ = m.Task(id) {
		<-m.Changed()
	}
	stop()
	if got := fileListing(t, dir); !strings.HasSuffix(got, halfSuffix) {
		t.Fatalf("the folder holds %q", got)
	}
	m, stop = open()
	defer stop()
	waitFor(t, m, id, Done)
	task := finished(t, m, id)
	if got := s.ranges["F00000"]; len(got) != 2 || !strings.HasPrefix(got[1], "bytes=") || got[1] == "bytes=0-" || task.Files[0].SHA256 != sumOfBytes(b) {
		t.Errorf("%+v after %q", task, got)
	}
	if got := fileListing(t, dir); strings.Contains(got, tempPrefix) {
		t.Errorf("left %q", got)
	}
}

// waitFor waits until a task is in a state.
func waitFor(t *testing.T, m *Manager, id string, state State) {
	t.Helper()
	for task, _ := m.Task(id); task.State != state; task, _ = m.Task(id) {
		select {
		case <-m.Changed():
		case <-t.Context().Done():
			t.Fatalf("it is %s", task.State)
		}
	}
}

func TestDeadServerEndsTheTaskBeforeAllFilesHaveFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{faults: map[string][]error{}}
		items := numbered(500)
		for _, it := range items {
			p.faults[it.FileID] = slices.Repeat([]error{errNetwork}, attempts)
		}
		task := run(t, p, Request{Folder: t.TempDir(), Items: items})
		if task.State != Failed || !networkFault(task.Err) || task.FailedFiles > maxDown+MaxConcurrency {
			t.Errorf("%s, %v, %d files failed", task.State, task.Err, task.FailedFiles)
		}
	})
}

func TestAnErrorIsTheSameAfterTheQueue(t *testing.T) {
	for _, err := range []error{
		client.ErrTruncated, fmt.Errorf("x: %w", ErrSize), &client.Error{Op: client.OpFetchFile, Status: 404, Message: "没有"}, os.ErrPermission, ErrStalled, errNetwork,
	} {
		back := faultOf(err).err()
		var before, after *client.Error
		if errors.As(err, &before) && (!errors.As(back, &after) || *before != *after) {
			t.Errorf("%v became %v", before, after)
		}
		for _, k := range kinds[1:] {
			if errors.Is(err, k) != errors.Is(back, k) {
				t.Errorf("%v is %v: %v, afterwards %v", err, k, errors.Is(err, k), errors.Is(back, k))
			}
		}
		if networkFault(err) != networkFault(back) {
			t.Errorf("%v: network %v, afterwards %v", err, networkFault(err), networkFault(back))
		}
	}
}
