package transfer

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// diskFull reports whether there is no room left on the disk: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
func diskFull(err error) bool {
	return errors.Is(err, syscall.Errno(39)) || errors.Is(err, syscall.Errno(112))
}

// freeSpace is how many bytes the user may still write where path is; ok is false if the system does not tell.
func freeSpace(path string) (free int64, ok bool) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, false
	}
	var available uint64
	err = windows.GetDiskFreeSpaceEx(name, &available, nil, nil)
	return int64(available), err == nil
}
