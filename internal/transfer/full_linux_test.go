package transfer

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of that many bytes. Who is not root runs the test again as root of a namespace of its own; dir is empty
// then, and the test is over.
func smallDisk(t *testing.T, options string) (dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		asRoot(t)
		return ""
	}
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// asRoot runs the calling test in new user and mount namespaces, in which the user is root.
func asRoot(t *testing.T) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		t.Fatalf("%s", out)
	case err != nil:
		t.Skipf("neither root nor allowed to make a namespace: %v", err)
	case bytes.Contains(out, []byte("--- SKIP")):
		t.Skipf("%s", out)
	}
}

func TestFullDiskIsSaidLeavesNothingBehindAndTheTaskGoesOnWithRoom(t *testing.T) {
	dir := smallDisk(t, "size=1m")
	if dir == "" {
		return
	}
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
