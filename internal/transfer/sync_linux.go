package transfer

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// lasting writes the bytes of files, which are in one file system, to the disk and closes them. The file system is asked once for all of
// them: asked for each, it would wait for the disk as often.
func lasting(files []*os.File) error {
	if len(files) < 4 || !syncReports() {
		return syncEach(files)
	}
	if err := unix.Syncfs(int(files[0].Fd())); err != nil {
		return syncEach(files)
	}
	var err error
	for _, f := range files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// syncReports reports whether syncfs says when something could not be written, as it does since Linux 5.8.
var syncReports = sync.OnceValue(func() bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	parts := strings.SplitN(unix.ByteSliceToString(u.Release[:]), ".", 3)
	if len(parts) < 3 {
		return false
	}
	major, err := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	return err == nil && err2 == nil && (major > 5 || major == 5 && minor >= 8)
})
