package preview

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/pkg/browser"
)

// ErrNoViewer is returned by an Opener that knows it cannot open anything here.
var ErrNoViewer = errors.New("preview: nothing to open files with")

// Opener opens a loopback address, or a folder of the user's, outside the terminal.
type Opener func(target string) error

// System opens with the desktop's own means. It never hands over anything a server sent, and nothing a child prints reaches the
// terminal.
func System(target string) error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return ErrNoViewer // a text browser would take over the terminal
	}
	quiet.Do(func() { browser.Stdout, browser.Stderr = io.Discard, io.Discard })
	return browser.OpenURL(target)
}

var quiet sync.Once

// patience is how long a browser's launcher may take to fail. One that still runs then has most likely become the browser.
const patience = 3 * time.Second

// Viewer shows galleries in the browser.
type Viewer struct {
	Open   Opener // nil: System
	Server Server
}

// Show opens a gallery. When it cannot be opened here it returns the one-time link for the user to open elsewhere.
func (v *Viewer) Show(ctx context.Context, g Gallery) (string, error) {
	link, err := v.Server.Link(g)
	if err != nil || v.start(ctx, link) == nil {
		return "", err
	}
	return link, nil
}

// start runs the opener, which may block as long as the browser runs.
func (v *Viewer) start(ctx context.Context, target string) error {
	open := v.Open
	if open == nil {
		open = System
	}
	failed := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				failed <- fmt.Errorf("opening a preview: %v", p)
			}
		}()
		failed <- open(target)
	}()
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case err := <-failed:
		return err
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
