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
