package transfer

import (
	"os"
	"path/filepath"
)

// mark tells Windows that a file of the folder came from elsewhere, so that what opens it is careful (Office: Protected View). The stream
// goes with the file when it is renamed. File systems without streams, FAT among them, keep none: that is no reason to refuse the file.
func (f *folder) mark(_ *os.File, name string) {
	stream := filepath.Join(f.path, filepath.FromSlash(name)) + ":Zone.Identifier"
	_ = os.WriteFile(stream, []byte("[ZoneTransfer]\r\nZoneId=3\r\n"), 0o600)
}
