//go:build unix && !linux

package worker

import (
	"os"
	"time"
)

// limitMemory watches what Go holds, since these systems do not enforce limits on memory, and ends the process by a panic.
func limitMemory(bytes uint64) error {
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			if held() > bytes {
				panic("out of memory: more than a worker may have")
			}
		}
	}()
	return nil
}

// widen does nothing: these systems have no such setting.
func widen(...*os.File) {}

// keepToOurselves does nothing: there is no such call.
func keepToOurselves() {}
