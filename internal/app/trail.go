package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"imagery/internal/audit"
)

// JournalPage returns up to n lines of the journal that a filter chooses, the newest first, beginning before a cursor.
func (a *App) JournalPage(_ context.Context, f audit.Filter, from audit.Cursor, n int) (audit.Page, error) {
	return a.opts.Journal.Page(f, from, n)
}

// VerifyJournal reads the whole journal and checks every line.
func (a *App) VerifyJournal(context.Context) (*audit.Report, error) { return a.opts.Journal.Verify() }

// ExportHead adds the journal's head to the file at path, a line each, and returns it. Kept where this user cannot write, it shows later that
// nothing before it was changed.
func (a *App) ExportHead(_ context.Context, path string) (head string, err error) {
	c, err := a.current()
	if err != nil {
		return "", err
	}
	if path, err = filepath.Abs(Home(path)); err != nil {
		return "", err
	}
	tie := ref()
	if err := c.before(audit.Export, tie, detail{"what": "journal-head", "path": path}); err != nil {
		return "", err
	}
	h, err := a.opts.Journal.Head()
	if err == nil {
		err = addLine(path, h.String())
	}
	c.after(audit.Export, tie, err, nil)
	return h.String(), err
}

// addLine writes a line at the end of a file, which is made if need be, and has it on disk when it returns.
func addLine(path, line string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Sync(), f.Close())
}
