package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"imagery/internal/audit"
	"imagery/internal/completeness"
	"imagery/internal/i18n"
	"imagery/internal/report"
)

// ReportForm is a form that runs are reported in.
type ReportForm string

// The forms, which are also the endings of the files' names.
const (
	CSV  ReportForm = "csv"
	XLSX ReportForm = "xlsx"
	HTML ReportForm = "html"
)

// ReportOptions say what a report tells.
type ReportOptions struct {
	Unmasked bool
	Since    *completeness.Run // an earlier run to compare with; nil: none
	Lang     string            // "zh" or "en"
}

// WriteReport writes a run to path, whose folder must exist, in the place of what was there; readable by its owner only, and whole or not
// at all.
func (a *App) WriteReport(ctx context.Context, r *completeness.Run, form ReportForm, path string, o ReportOptions) error {
	c, err := a.current()
	if err != nil {
		return err
	}
	path, err = filepath.Abs(Home(path))
	if err != nil {
		return err
	}
	tie := ref()
	d := detail{"what": "completeness", "form": string(form), "path": path, "violations": number(len(r.Violations)), "unmasked": strconv.FormatBool(o.Unmasked)}
	if err := c.before(audit.Export, tie, d); err != nil {
		return err
	}
	rep := a.report(c, r, o)
	write := map[ReportForm]func(io.Writer) error{CSV: rep.CSV, XLSX: rep.XLSX, HTML: rep.HTML}[form]
	err = replaceFile(path, func(w io.Writer) error { return write(until{ctx, w}) })
	c.after(audit.Export, tie, err, detail{"form": string(form)})
	return err
}

func (a *App) report(c *conn, r *completeness.Run, o ReportOptions) *report.Report {
	rep := &report.Report{
		Run: r, Profile: c.profile.Name, Operator: c.username, Name: c.codes.Name, Cat: i18n.Load(o.Lang), Unmasked: o.Unmasked, Location: time.Local,
	}
	if loc, err := c.profile.Location(); err == nil {
		rep.Location = loc
	}
	if o.Since != nil {
		diff := completeness.Compare(o.Since, r)
		rep.Since, rep.Before = &diff, o.Since.Finished.Time
	}
	return rep
}

// Obtained tells how a run came about, what it rests on, and why it is not certified if it is not.
func (a *App) Obtained(r *completeness.Run, lang string) []report.Fact {
	c, err := a.current()
	if err != nil {
		return nil
	}
	return a.report(c, r, ReportOptions{Lang: lang}).Obtained()
}

// Doubts says in words why a run is not certified.
func (a *App) Doubts(r *completeness.Run, lang string) (out []string) {
	c, err := a.current()
	if err != nil {
		return nil
	}
	rep := a.report(c, r, ReportOptions{Lang: lang})
	for _, why := range r.Summary().Reasons {
		out = append(out, rep.Reason(why))
	}
	return out
}

// WriteReports writes a run in several forms into a folder, which is made if need be, under names that tell profile and time, and returns
// the files' paths.
func (a *App) WriteReports(ctx context.Context, r *completeness.Run, forms []ReportForm, folder string, o ReportOptions) (paths []string, err error) {
	folder = Home(folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	name := "completeness-" + a.Session().Profile.Name + "-" + r.Finished.Format("20060102-150405")
	for _, form := range forms {
		path := filepath.Join(folder, name+"."+string(form))
		if err := a.WriteReport(ctx, r, form, path, o); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// WriteTable writes lines of a list as CSV to a new file at path, whose folder is made if need be; readable by its owner only, and whole or
// not at all. Error: fs.ErrExist for a file that is there.
func (a *App) WriteTable(ctx context.Context, what, path string, lines [][]string) error {
	c, err := a.current()
	if err != nil {
		return err
	}
	path, err = filepath.Abs(Home(path))
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "export", Path: path, Err: fs.ErrExist}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tie := ref()
	if err := c.before(audit.Export, tie, detail{"what": what, "form": string(CSV), "path": path, "rows": number(len(lines) - 1), "unmasked": "false"}); err != nil {
		return err
	}
	err = replaceFile(path, func(w io.Writer) error { return report.Table(until{ctx, w}, slices.Values(lines)) })
	c.after(audit.Export, tie, err, detail{"form": string(CSV)})
	return err
}

// until is a writer for as long as its context lasts.
type until struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (u until) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}

// ErrNoFolder is a file to be written whose folder is not there.
var ErrNoFolder = errors.New("app: no such folder")

// FolderFor fails for a file to be written whose folder is not there; no name is no file. Errors: ErrNoFolder, syscall.ENOTDIR, and those of
// looking.
func FolderFor(path string) error {
	if path == "" {
		return nil
	}
	dir := filepath.Dir(path)
	st, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", ErrNoFolder, err)
	case err == nil && !st.IsDir():
		return &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	return err
}

// replaceFile puts what write writes in the place of the file at path.
func replaceFile(path string, write func(io.Writer) error) error {
	if err := FolderFor(path); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".imagery-*") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	out := bufio.NewWriter(tmp)
	err = write(out)
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}
