package app

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/atotto/clipboard"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/preview"
	"imagery/internal/transfer"
)

// LocalFile is what is known of a file on this machine.
type LocalFile struct {
	Path      string // absolute
	Name      string
	Size      int64  // bytes
	Type      string // by content, "image/jpeg"
	OtherType bool   // the name claims another type
}

// ErrFolder is returned where a file was wanted and a folder was named.
var ErrFolder = errors.New("app: is a folder")

// Inspect looks at a local file that is to be archived or uploaded. An empty one is client.ErrEmptyFile.
func (a *App) Inspect(_ context.Context, path string) (LocalFile, error) {
	f, err := os.Open(Home(path))
	if err != nil {
		return LocalFile{}, err
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return LocalFile{}, err
	case st.IsDir():
		return LocalFile{}, ErrFolder
	case st.Size() == 0:
		return LocalFile{}, client.ErrEmptyFile
	}
	head := make([]byte, transfer.SniffLen)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return LocalFile{}, err
	}
	kind := transfer.Sniff(head[:n])
	abs, err := filepath.Abs(f.Name())
	if err != nil {
		return LocalFile{}, err
	}
	claimed := strings.ToLower(filepath.Ext(abs))
	return LocalFile{Path: abs, Name: st.Name(), Size: st.Size(), Type: kind.MIME, OtherType: !sameType(claimed, kind.Ext)}, nil
}

// sameType reports whether an extension may stand for content of another's type.
func sameType(claimed, byContent string) bool {
	alias := map[string]string{".jpeg": ".jpg", ".jpe": ".jpg", ".tiff": ".tif", ".htm": ".html"}
	if a, ok := alias[claimed]; ok {
		claimed = a
	}
	office := byContent == ".zip" || byContent == ".doc" // containers: docx, xlsx, ofd, xls and the like
	return claimed == byContent || byContent == ".bin" || byContent == ".txt" || office
}

// Home returns path with a leading ~ replaced by the user's home folder.
func Home(path string) string {
	rest, ok := strings.CutPrefix(path, "~")
	if !ok || rest != "" && rest[0] != '/' && rest[0] != filepath.Separator {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return home + rest
}

// maxCompletions is how many entries of a folder are offered.
const maxCompletions = 200

// CompletePath lists what a typed path may go on as, folders with a separator behind; files that begin with a dot only when asked for.
func (a *App) CompletePath(ctx context.Context, prefix string) ([]string, error) {
	cut := strings.LastIndexFunc(prefix, func(r rune) bool { return r == '/' || r == filepath.Separator }) + 1
	dir, stem := prefix[:cut], prefix[cut:]
	look := Home(dir)
	if look == "" {
		look = "."
	}
	entries, err := os.ReadDir(look)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if ctx.Err() != nil || len(out) == maxCompletions {
			break
		}
		name := e.Name()
		if !strings.HasPrefix(strings.ToLower(name), strings.ToLower(stem)) || strings.HasPrefix(name, ".") && !strings.HasPrefix(stem, ".") {
			continue
		}
		if e.IsDir() {
			name += string(filepath.Separator)
		}
		out = append(out, dir+name)
	}
	return out, nil
}

// Copy puts text on the system's clipboard. Where there is none, over SSH or on a console, the terminal's own has to do.
func (a *App) Copy(text string) {
	if err := clipboard.WriteAll(text); err != nil {
		log.Printf("clipboard: %v", err)
	}
}

// Revealed records that an account's document number is about to be shown in full.
func (a *App) Revealed(_ context.Context, accountNo client.Text) error {
	_, err := a.reading(audit.Reveal, detail{"accountNo": accountNo.Raw()})
	return err
}

// OpenFolder shows a folder that a download made in the system's file manager.
func (a *App) OpenFolder(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !st.IsDir() {
		return os.ErrNotExist
	}
	open := a.opts.Open
	if open == nil {
		open = preview.System
	}
	return open(path)
}
