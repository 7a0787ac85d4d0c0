//go:build unix

package transfer

import (
	"errors"
	"syscall"
)

// diskFull reports whether there is no room left on the disk or in the user's quota.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// freeSpace is how many bytes the user may still write where path is; ok is false if the system does not tell.
func freeSpace(path string) (free int64, ok bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true //nolint:unconvert // the fields' types differ by system
}
