package worker

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// limitMemory limits what this process may write to. The address space would be the wrong measure: Go reserves much of it and uses little.
func limitMemory(bytes uint64) error {
	if err := unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: bytes, Max: bytes}); err != nil {
		return fmt.Errorf("worker: memory limit: %w", err)
	}
	// A core file would hold the picture.
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("worker: core limit: %w", err)
	}
	return nil
}

// widen makes pipes hold a whole small picture, which saves switching between the processes. The system may refuse.
func widen(pipes ...*os.File) {
	const wide = 1 << 20
	for _, pipe := range pipes {
		if raw, err := pipe.SyscallConn(); err == nil {
			_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, wide) })
		}
	}
}

// keepToOurselves has files that this program was started with, whatever they are, not go on to workers; those Go opens never do. Old
// kernels do not know how.
func keepToOurselves() { _ = unix.CloseRange(3, 1<<31-1, unix.CLOSE_RANGE_CLOEXEC) }
