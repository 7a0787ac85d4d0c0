package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/report"
	"imagery/internal/text"
	"imagery/internal/transfer"
)

// sendingMany holds the flags of archives of many rows.
type sendingMany struct {
	mapping, folder          string
	lookUp, sendAgain, again string // tasks
	rows                     []int64
	plan                     bool
	reports                  []string
}

// manyModes are the flags that make archive one of many rows, with the other flags that may stand beside each.
var manyModes = map[string][]string{
	"mapping": {"biz-type", "title", "plan", "report", "yes"}, "from-folder": {"biz-type", "title", "plan", "report", "yes"},
	"look-up": {"report"}, "send-again": {"row", "report", "yes"}, "resume": {"report", "yes"},
}

func (m *sendingMany) register(p *program, f *pflag.FlagSet) {
	f.StringVar(&m.mapping, "mapping", "", p.T("batch.flag.mapping"))
	f.StringVar(&m.folder, "from-folder", "", p.T("batch.flag.from_folder"))
	f.BoolVar(&m.plan, "plan", false, p.T("batch.flag.plan"))
	f.StringArrayVar(&m.reports, "report", nil, p.T("batch.flag.report"))
	f.StringVar(&m.lookUp, "look-up", "", p.T("batch.flag.look_up"))
	f.StringVar(&m.sendAgain, "send-again", "", p.T("batch.flag.send_again"))
	f.Int64SliceVar(&m.rows, "row", nil, p.T("batch.flag.row"))
	f.Lookup("row").DefValue = "" // help would say [] otherwise
	f.StringVar(&m.again, "resume", "", p.T("batch.flag.resume"))
}

// task is the task that is named, empty for none.
func (m *sendingMany) task() string { return m.lookUp + m.sendAgain + m.again }

// mode returns which of manyModes is asked for, empty for one archive.
func (m *sendingMany) mode(p *program, cmd *cobra.Command) (mode string, err error) {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	for name := range manyModes {
		switch {
		case !given(name):
		case mode != "":
			return "", usage{p.T("batch.one_way")}
		case cmd.Flag(name).Value.String() == "":
			return "", usage{p.T("cli.want_flag", "flag", "--"+name)}
		default:
			mode = name
		}
	}
	if mode == "" {
		for key, name := range map[i18n.Key]string{"batch.plan_alone": "plan", "batch.rows_alone": "row", "batch.one_way": "report"} {
			if given(name) {
				return "", usage{p.T(key)}
			}
		}
		return "", nil
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != mode && !slices.Contains(manyModes[mode], f.Name) && cmd.InheritedFlags().Lookup(f.Name) == nil {
			err = usage{p.T("batch.other_flag", "flag", f.Name, "mode", mode)}
		}
	})
	for _, path := range m.reports {
		if ext := strings.ToLower(filepath.Ext(path)); ext != ".csv" && ext != ".json" && ext != ".jsonl" {
			return "", usage{p.T("batch.bad_report", "path", path)}
		}
		if err := app.FolderFor(app.Home(path)); err != nil { // before anything is sent
			return "", err
		}
	}
	if err == nil {
		err = m.checkTask(p, mode)
	}
	return mode, err
}

// checkTask refuses what names no task, or no row of it to send again.
func (m *sendingMany) checkTask(p *program, mode string) error {
	id := m.task()
	if n, err := strconv.ParseInt(id, 10, 64); id != "" && (err != nil || n < 1) {
		return usage{p.T("batch.want_task", "flag", "--"+mode, "value", client.SafeText(id, 40))}
	}
	if mode == "send-again" && len(m.rows) == 0 {
		return usage{p.T("batch.want_rows")}
	}
	return nil
}

// runMany carries out an archive of many rows.
func (p *program) runMany(cmd *cobra.Command, d *archiving, mode string) error {
	ctx, m := cmd.Context(), &d.many
	if mode == "mapping" || mode == "from-folder" {
		return p.runPlan(ctx, d)
	}
	connect := p.writable
	if mode == "look-up" { // it writes nothing
		connect = p.signedIn
	}
	a, err := connect(ctx)
	if err != nil {
		return err
	}
	id := m.task()
	switch mode {
	case "look-up":
		err = a.LookUpTask(ctx, id)
	case "resume":
		err = a.TakeUpTask(ctx, id)
	default:
		err = p.sendAgain(ctx, a, d)
	}
	if err != nil {
		return err
	}
	return p.finishMany(ctx, a, m, id, nil)
}

// sendAgain sends rows again that the user has seen not to be archived.
func (p *program) sendAgain(ctx context.Context, a *app.App, d *archiving) error {
	if err := a.Resendable(ctx, d.many.sendAgain, d.many.rows...); err != nil {
		return err
	}
	p.note(p.T("batch.again_warning", "n", len(d.many.rows)))
	switch {
	case d.yes:
	case !p.interactive():
		return usage{p.T("batch.want_yes")}
	case !p.confirm(p.T("batch.again_confirm")):
		p.note(p.T("cli.nothing_done"))
		return silent(exitFailed)
	}
	return a.SendAgain(ctx, d.many.sendAgain, d.many.rows...)
}

// runPlan checks the rows of a list or folder, and sends those that can be sent unless only the plan is wanted.
func (p *program) runPlan(ctx context.Context, d *archiving) error {
	path, err := p.listPath(&d.many)
	if err != nil {
		return err
	}
	connect := p.writable
	if d.many.plan { // it writes nothing
		connect = p.signedIn
	}
	a, err := connect(ctx)
	if err != nil {
		return err
	}
	rows, err := a.ReadRows(ctx, path, d.biz, d.request.Title)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		p.note(p.T("batch.nothing"))
		return nil
	}
	plan, err := p.checkRows(ctx, a, rows)
	if err != nil {
		return err
	}
	counts, shown := transfer.Count(plan), app.PlanRows(plan, p.cat)
	p.note(p.T("batch.plan_counts", "all", len(plan), "good", counts.Good, "doubtful", counts.Doubtful, "refused", counts.Refused))
	if d.many.plan || counts.Good == 0 {
		return p.printPlan(ctx, a, d, shown, counts)
	}
	var refused []report.Row
	for _, r := range shown {
		if r.Status == report.RowRefused {
			refused = append(refused, r)
		}
		if r.Status != report.RowReady {
			p.note("  " + strings.Join([]string{p.T(report.StatusWord(r.Status)), client.SafeText(r.AccountNo, 40), client.SafeText(r.Path, 200), r.Reason}, "  "))
		}
	}
	switch {
	case d.yes:
	case !p.interactive():
		return usage{p.T("batch.want_yes")}
	case !p.confirm(p.T("batch.confirm", "n", counts.Good)):
		p.note(p.T("cli.nothing_done"))
		return silent(exitFailed)
	}
	id, err := a.StartArchive(client.SafeText(filepath.Base(path), 100), plan)
	if err != nil {
		return err
	}
	p.note(p.T("batch.started", "task", id, "n", counts.Good))
	return p.finishMany(ctx, a, &d.many, id, refused)
}

// listPath is the list or folder, after a look whether it is one.
func (p *program) listPath(m *sendingMany) (string, error) {
	path := m.mapping + m.folder
	st, err := os.Stat(app.Home(path))
	switch {
	case err != nil:
		return "", err
	case m.folder != "" && !st.IsDir():
		return "", usage{p.T("batch.want_folder", "path", path)}
	case m.mapping != "" && st.IsDir():
		return "", usage{p.T("batch.want_file", "path", path)}
	}
	return path, nil
}

// checkRows makes a plan, counting rows on a terminal.
func (p *program) checkRows(ctx context.Context, a *app.App, rows []transfer.Row) ([]transfer.Planned, error) {
	var done atomic.Int64
	stop := p.every(func() string { return p.T("batch.checking", "done", done.Load(), "all", len(rows)) })
	defer stop()
	return a.PlanArchive(ctx, rows, func(n int) { done.Add(int64(n)) })
}

// every shows a line on a terminal again and again, until stop takes it away.
func (p *program) every(line func() string) (stop func()) {
	if !terminal(p.err) {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				_, _ = p.err.Write([]byte("\r\x1b[K"))
				return
			case <-tick.C:
				_, _ = p.err.Write([]byte("\r\x1b[K" + line()))
			}
		}
	}()
	return func() { close(end); <-ended }
}

// printPlan prints a plan that is not carried out.
func (p *program) printPlan(ctx context.Context, a *app.App, d *archiving, rows []report.Row, counts transfer.Counts) error {
	if err := p.printRows(rows); err != nil {
		return err
	}
	sums := map[string]any{"type": "summary", "rows": len(rows), "good": counts.Good, "doubtful": counts.Doubtful, "refused": counts.Refused}
	if p.flags.json {
		if err := p.line(sums); err != nil {
			return err
		}
	}
	if err := p.writeRows(ctx, a, &d.many, rows); err != nil {
		return err
	}
	switch {
	case counts.Good == 0:
		p.note(p.T("batch.none_good"))
		return silent(exitFailed)
	case counts.Refused > 0:
		return silent(exitPartly)
	}
	return nil
}

// finishMany waits for a task and reports every row, those that the plan refused behind.
func (p *program) finishMany(ctx context.Context, a *app.App, m *sendingMany, id string, refused []report.Row) error {
	stop := p.every(func() string {
		t, _ := a.Task(id)
		return p.T("batch.progress", "done", t.DoneFiles, "all", t.AllFiles, "unknown", t.UnknownFiles, "failed", t.FailedFiles)
	})
	t := a.WaitTask(ctx, id)
	stop()
	after := context.WithoutCancel(ctx) // what was done is told whatever ended it
	rows, err := a.TaskRows(after, id, p.cat)
	if err != nil {
		return err
	}
	rows = append(rows, refused...)
	if err := p.printRows(rows); err != nil {
		return err
	}
	unsent := t.AllFiles - t.DoneFiles - t.FailedFiles - t.UnknownFiles
	if p.flags.json {
		sums := map[string]any{
			"type": "summary", "task": id, "rows": len(rows), "archived": t.DoneFiles, "failed": t.FailedFiles, "unknown": t.UnknownFiles, "unsent": unsent, "refused": len(refused),
		}
		if err := p.line(sums); err != nil {
			return err
		}
	}
	p.note(p.T("batch.ended", "task", id, "done", t.DoneFiles, "failed", t.FailedFiles, "unknown", t.UnknownFiles, "unsent", unsent, "refused", len(refused)))
	if t.UnknownFiles > 0 && unsent == 0 {
		p.note(p.T("batch.unknown_todo", "n", t.UnknownFiles, "task", id))
	}
	if unsent > 0 {
		p.note(p.T("batch.unsent_todo", "n", unsent, "task", id))
	}
	if err := p.writeRows(after, a, m, rows); err != nil {
		return err
	}
	return p.outcome(t, t.DoneFiles < len(rows))
}

// outcome is the exit code of a task of which some part may have failed.
func (p *program) outcome(t transfer.Task, partly bool) error {
	switch {
	case t.State == transfer.Canceled:
		return context.Canceled
	case t.Elsewhere && !t.State.Ended():
		return transfer.ErrElsewhere
	case t.Err != nil && t.DoneFiles+t.UnknownFiles == 0:
		return t.Err
	case t.Err != nil:
		p.explain(t.Err)
		return silent(exitPartly)
	case partly:
		return silent(exitPartly)
	}
	return nil
}

func (p *program) printRows(rows []report.Row) error {
	if p.flags.json {
		return report.RowsJSON(p.out, rows)
	}
	head := []string{
		p.T("batch.col.line"), p.T("batch.col.row"), p.T("batch.col.status"), p.T("batch.col.account"), p.T("batch.col.code"), p.T("batch.col.size"),
		p.T("batch.col.title"), p.T("batch.col.path"), p.T("batch.col.archive"), p.T("batch.col.reason"),
	}
	lines := make([][]string, 0, len(rows))
	for _, r := range rows {
		lines = append(lines, []string{
			limit(int64(r.Line)), limit(r.Seq), p.T(report.StatusWord(r.Status)), client.SafeText(r.AccountNo, 40), client.SafeText(r.MaterialCode, 40), text.Bytes(r.Bytes),
			client.SafeText(r.Title, 60), client.SafeText(r.Path, 300), client.SafeText(r.ServiceAccessID, 60), r.Reason,
		})
	}
	return p.table(head, lines)
}

func (p *program) writeRows(ctx context.Context, a *app.App, m *sendingMany, rows []report.Row) error {
	for _, path := range m.reports {
		if err := a.WriteRows(ctx, rows, path, p.cat); err != nil {
			return err
		}
		p.note(p.T("batch.report_written", "path", client.SafeText(path, 300)))
	}
	return nil
}
