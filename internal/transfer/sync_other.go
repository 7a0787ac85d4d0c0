//go:build !linux

package transfer

import "os"

// lasting writes the bytes of files to the disk and closes them.
func lasting(files []*os.File) error { return syncEach(files) }
