//go:build !windows

package screen

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"golang.org/x/sys/unix"
)

// Measure is a command that asks the system for the window's pixels, which a
// Detector takes like the terminal's own answer. Terminals that answer no
// question about sizes often set them. It returns nil when they are not known.
func (w *Writer) Measure() tea.Msg {
	size, err := unix.IoctlGetWinsize(int(w.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Xpixel == 0 || size.Ypixel == 0 {
		return nil
	}
	return uv.PixelSizeEvent{Width: int(size.Xpixel), Height: int(size.Ypixel)}
}
