package app

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/i18n"
	"imagery/internal/report"
	"imagery/internal/transfer"
)

// PlanRows are the rows of a plan as they are shown, in the order of the list: ready, doubtful or refused, with what is wrong in the words of a language.
func PlanRows(plan []transfer.Planned, cat *i18n.Catalogue) []report.Row {
	rows := make([]report.Row, 0, len(plan))
	for _, p := range plan {
		row := rowOf(p.Row, report.RowReady)
		switch {
		case p.Problem != nil:
			row.Status = report.RowRefused
			explainRow(&row, p.Problem, cat)
		case p.Doubt != nil:
			row.Status = report.RowDoubt
			explainRow(&row, p.Doubt, cat)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b report.Row) int { return cmp.Compare(a.Line, b.Line) })
	return rows
}

func rowOf(r transfer.Row, status string) report.Row {
	return report.Row{
		Kind: "row", Line: r.Line, Path: r.Path, AccountNo: r.AccountNo, AccountBizType: r.AccountBizType, MaterialCode: r.Code, Title: r.Title, Bytes: r.Size,
		SHA256: r.SHA256, ContentType: r.Type, Status: status,
	}
}

func explainRow(row *report.Row, err error, cat *i18n.Catalogue) {
	row.Problem, row.Error, row.Reason = classify(err), client.SafeText(err.Error(), 300), Line(err, cat)
}

var rowStatus = map[string]string{
	transfer.StatusArchived: report.RowArchived, transfer.StatusFailed: report.RowFailed, transfer.StatusUnknown: report.RowUnknown,
	transfer.StatusWaiting: report.RowUnsent,
}

// TaskRows are all rows of an archive task, as far as they have come.
func (a *App) TaskRows(ctx context.Context, taskID string, cat *i18n.Catalogue) ([]report.Row, error) {
	var rows []report.Row
	for f, err := range a.TaskFiles(ctx, taskID) {
		if err != nil {
			return nil, err
		}
		if f.Row == nil {
			return nil, transfer.ErrNoTask
		}
		row := rowOf(*f.Row, rowStatus[f.Status])
		row.Task, row.Seq = taskID, f.Seq
		if f.Status == transfer.StatusArchived {
			row.ServiceAccessID = f.FileID
		}
		if f.Err != nil {
			explainRow(&row, f.Err, cat)
		}
		rows = append(rows, row)
	}
	return rows, ctx.Err()
}

// WriteRows writes rows to path, as CSV if its name ends so and else as JSON Lines, in the place of what was there; readable by its owner
// only, and whole or not at all.
func (a *App) WriteRows(ctx context.Context, rows []report.Row, path string, cat *i18n.Catalogue) error {
	c, err := a.current()
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(Home(path)); err != nil {
		return err
	}
	form := "jsonl"
	write := func(w io.Writer) error { return report.RowsJSON(w, rows) }
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		form, write = "csv", func(w io.Writer) error { return report.RowsCSV(w, cat, rows) }
	}
	tie := ref()
	if err := c.before(audit.Export, tie, detail{"what": "archive", "form": form, "path": path, "rows": number(len(rows))}); err != nil {
		return err
	}
	err = replaceFile(path, func(w io.Writer) error { return write(until{ctx, w}) })
	c.after(audit.Export, tie, err, detail{"form": form})
	return err
}

// ExportPlan writes a plan as CSV where downloads go, and returns the file's path.
func (a *App) ExportPlan(ctx context.Context, plan []transfer.Planned, cat *i18n.Catalogue) (path string, err error) {
	paths, err := a.exportRows(ctx, "imagery-plan-"+time.Now().Format("20060102-150405"), PlanRows(plan, cat), cat, ".csv")
	if err != nil {
		return "", err
	}
	return paths[0], nil
}

// ExportTask writes the report of an archive task as CSV and as JSON Lines where downloads go, and returns the files' paths.
func (a *App) ExportTask(ctx context.Context, taskID string, cat *i18n.Catalogue) (paths []string, err error) {
	rows, err := a.TaskRows(ctx, taskID, cat)
	if err != nil {
		return nil, err
	}
	return a.exportRows(ctx, "imagery-task-"+taskID, rows, cat, ".csv", ".jsonl")
}

func (a *App) exportRows(ctx context.Context, name string, rows []report.Row, cat *i18n.Catalogue, forms ...string) (paths []string, err error) {
	folder := Home(a.DownloadFolder())
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	for _, form := range forms {
		path := filepath.Join(folder, name+form)
		if err := a.WriteRows(ctx, rows, path, cat); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}
