package text

import (
	"fmt"
	"time"
)

// Bytes returns a size for people, in steps of 1024: "0 B", "412 KB", "38.2 MB". A negative size is unknown and gives "--".
func Bytes(n int64) string {
	if n < 0 {
		return "--"
	}
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f := float64(n)
	for _, unit := range []string{"KB", "MB", "GB", "TB"} {
		f /= 1024
		switch {
		case f < 9.95 && unit != "KB":
			return fmt.Sprintf("%.2g %s", f, unit)
		case f < 99.95 && unit != "KB":
			return fmt.Sprintf("%.1f %s", f, unit)
		case f < 1023.5:
			return fmt.Sprintf("%.0f %s", f, unit)
		}
	}
	return fmt.Sprintf("%.0f PB", f/1024)
}

// Clock returns d as "mm:ss", or "h:mm:ss" from an hour on. Less than nothing counts as nothing.
func Clock(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
