package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	OtherType bool   // the name claims another type: it goes to the platform only when the user has confirmed that
}

// What keeps a local file from the platform.
var (
	ErrFolder    = errors.New("app: is a folder")
	ErrDangerous = errors.New("app: is a program or a script")
	ErrOtherType = errors.New("app: content is of another type than the name says")
)

// FileError is a local file that is not to be sent as it is.
type FileError struct {
	Path string
	Type string // by content
	Err  error  // ErrDangerous or ErrOtherType
}

// Error implements error.
func (e *FileError) Error() string { return fmt.Sprintf("%s: %v (%s)", e.Path, e.Err, e.Type) }

// Unwrap returns what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// Mismatch returns the error of a file whose name claims another type, nil for others.
func (f LocalFile) Mismatch() error {
	if !f.OtherType {
		return nil
	}
	return &FileError{f.Name, f.Type, ErrOtherType}
}

// Inspect looks at a local file that is to be archived or uploaded. An empty one is client.ErrEmptyFile; programs and scripts, which are no
// documents of anybody, are *FileError with ErrDangerous.
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
	claimed := strings.ToLower(filepath.Ext(st.Name()))
	if kind := program(head[:n], claimed); kind != "" {
		return LocalFile{}, &FileError{st.Name(), kind, ErrDangerous}
	}
	kind := transfer.Sniff(head[:n])
	abs, err := filepath.Abs(f.Name())
	if err != nil {
		return LocalFile{}, err
	}
	return LocalFile{Path: abs, Name: st.Name(), Size: st.Size(), Type: kind.MIME, OtherType: !sameType(claimed, kind.Ext)}, nil
}

// program tells programs and scripts, by what they begin with and by the names that systems run; empty for other files.
func program(head []byte, ext string) string {
	for _, m := range []struct{ begin, kind string }{
		{"MZ", "Windows EXE"},
		{"\x7fELF", "ELF"},
		{"#!", "script"},
		{"\xca\xfe\xba\xbe", "Java/Mach-O"},
		{"\xfe\xed\xfa", "Mach-O"},
		{"\xcf\xfa\xed\xfe", "Mach-O"},
		{"\xce\xfa\xed\xfe", "Mach-O"},
		{"L\x00\x00\x00\x01\x14\x02\x00", "Windows LNK"},
		{"<?php", "PHP"},
		{"\xef\xbb\xbf#!", "script"},
	} {
		if bytes.HasPrefix(head, []byte(m.begin)) {
			return m.kind
		}
	}
	switch ext {
	case ".exe", ".dll", ".com", ".scr", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".lnk", ".reg", ".jar", ".sh", ".py", ".php", ".apk", ".app", ".command":
		return strings.ToUpper(ext[1:])
	}
	return ""
}

// sameType reports whether an extension may stand for content of another's type. Pictures and documents whose content can be told have to
// be what they are called; a name without an extension claims nothing.
func sameType(claimed, byContent string) bool {
	alias := map[string]string{".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg", ".tiff": ".tif", ".htm": ".html", ".dib": ".bmp", ".heif": ".heic"}
	if a, ok := alias[claimed]; ok {
		claimed = a
	}
	switch claimed {
	case "", byContent:
		return true
	case ".jpg", ".png", ".gif", ".bmp", ".tif", ".webp", ".heic", ".pdf":
		return false
	}
	office := byContent == ".zip" || byContent == ".doc" // containers: docx, xlsx, ofd, xls and the like
	return byContent == ".bin" || byContent == ".txt" || office
}

// Home returns a path as it was meant: without the quotes that file managers copy around it, and with a leading ~ replaced by the user's
// home folder.
func Home(path string) string {
	path = Unquoted(path)
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

// Unquoted returns a path without blanks around it and without the quotes around the whole of it.
func Unquoted(path string) string {
	trimmed := strings.TrimSpace(path)
	if n := len(trimmed); n > 2 && (trimmed[0] == '"' || trimmed[0] == '\'') && trimmed[n-1] == trimmed[0] {
		return trimmed[1 : n-1]
	}
	return path
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
