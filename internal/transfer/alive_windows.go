package transfer

import "os"

// alive reports whether a process of that number runs.
func alive(pid int) bool {
	p, err := os.FindProcess(pid) // opens it, and fails when there is none
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
