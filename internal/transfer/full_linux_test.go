package transfer

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of that many bytes.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk takes root; CI is")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestFullDiskIsSaidLeavesNothingBehindAndTheTaskGoesOnWithRoom(t *testing.T) {
	dir := smallDisk(t, "size=1m")
	s := serveFiles(t, nil)
	m := managed(t, clientOf(t, s.URL))
	id := begin(t, m, Request{Folder: dir, Items: numbered(100)})
	task := finished(t, m, id)
	if task.State != Failed || !diskFull(task.Err) || task.FailedFiles != 0 {
		t.Fatalf("%s, %v, %d files failed", task.State, task.Err, task.FailedFiles)
	}
	saved := map[string]bool{}
	for _, f := range task.Files {
		if f.Status == StatusSaved {
			saved[f.FileID] = true
		}
	}
	if len(saved) == 0 && fileListing(t, dir) != "" {
		t.Errorf("left %s", fileListing(t, dir))
	}
	if len(saved) > 0 {
		holdsExactly(t, dir, saved)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	m.Retry(id)
	if task := finished(t, m, id); task.State != Done || task.DoneFiles != 100 {
		t.Errorf("with room: %s, %v", task.State, task.Err)
	}
	holdsExactly(t, dir, idsOf(numbered(100)))
}

func TestWhatCannotFitIsNotBegun(t *testing.T) {
	dir := smallDisk(t, "size=1m")
	s := serveFiles(t, nil)
	items := numbered(100)
	for i := range items {
		items[i].File.FileSize = int64(len(scan(items[i].FileID)))
	}
	task := run(t, clientOf(t, s.URL), Request{Folder: dir, Items: items})
	var room *RoomError
	if !errors.As(task.Err, &room) || room.Need <= room.Free || len(s.calls) > 0 || !errors.Is(faultOf(task.Err).err(), ErrNoRoom) {
		t.Errorf("%v after %d calls", task.Err, len(s.calls))
	}
}
