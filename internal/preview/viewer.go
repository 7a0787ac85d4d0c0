package preview

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/pkg/browser"

	"imagery/internal/transfer"
)

// ErrNoViewer is returned by an Opener that knows it cannot open anything here.
var ErrNoViewer = errors.New("preview: nothing to open files with")

// Opener opens a loopback address or a file of ours outside the terminal.
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

// Viewer shows files: in the browser what browsers can show, else in the system's viewer from a temporary file.
type Viewer struct {
	Open   Opener // nil: System
	Server Server

	mu  sync.Mutex
	dir string // of temporary files, ours alone
}

// viewable are the types that are handed to the system's viewer: pictures that browsers do not show.
var viewable = map[string]bool{"image/tiff": true}

// Show opens a file. When it cannot be opened here it returns the one-time link for the user to open elsewhere.
func (v *Viewer) Show(ctx context.Context, from Fetcher, it transfer.Item) (string, error) {
	path, err := v.local(ctx, from, it)
	if err != nil {
		return "", err
	}
	if path != "" && v.start(ctx, path) == nil {
		return "", nil
	}
	link, err := v.Server.Link(from, it)
	if err != nil {
		return "", err
	}
	if path == "" && v.start(ctx, link) == nil {
		return "", nil
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

// local looks at the first bytes of a file, and brings it into a temporary file if it is for the system's viewer.
func (v *Viewer) local(ctx context.Context, from Fetcher, it transfer.Item) (path string, err error) {
	body, err := from.FetchFile(ctx, it.FileID)
	if err != nil {
		return "", err
	}
	defer body.Close()
	head := make([]byte, transfer.SniffLen)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", err
	}
	kind := transfer.Sniff(head[:n])
	if !viewable[kind.MIME] {
		return "", nil
	}
	dir, err := v.folder()
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "preview-*"+kind.Ext)
	if err != nil {
		return "", err
	}
	_, err = f.Write(head[:n])
	if err == nil {
		_, err = io.Copy(f, body)
	}
	return f.Name(), errors.Join(err, f.Close())
}

// folder makes the folder of temporary files, which only this user can enter.
func (v *Viewer) folder() (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.dir == "" {
		dir, err := os.MkdirTemp("", "imagery-preview-")
		if err != nil {
			return "", err
		}
		v.dir = filepath.Clean(dir)
	}
	return v.dir, nil
}

// Close ends the server and removes the temporary files.
func (v *Viewer) Close() error {
	err := v.Server.Close()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.dir != "" {
		err = errors.Join(err, os.RemoveAll(v.dir))
		v.dir = ""
	}
	return err
}
