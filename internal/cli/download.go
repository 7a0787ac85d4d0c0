package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/internal/transfer"
)

// fetching holds download's flags: where the files come from and where they go.
type fetching struct {
	search
	one
	account, list string
	biz           []string
	request       transfer.Request
}

func (p *program) download() *cobra.Command {
	var d fetching
	c := &cobra.Command{
		Use: "download (FILE_ID… | --account NO --biz-type C | --from FILE.jsonl | filters) --out DIR", Short: p.T("cli.download"), Long: p.T("cli.download_long"),
		Example: "  imagery download --account 8000000001 --biz-type 0 --out evidence\n  imagery accounts --has 1103 --all --json | imagery download --from - --out evidence",
	}
	f := c.Flags()
	d.search.register(p, f)
	d.one.register(p, f)
	f.StringSliceVar(&d.biz, "biz-type", nil, p.T("cli.flag.biz_types"))
	f.StringVar(&d.account, "account", "", p.T("cli.flag.account"))
	f.StringVar(&d.list, "from", "", p.T("cli.flag.from"))
	f.StringVar(&d.request.Folder, "out", "", p.T("cli.flag.out"))
	f.IntVar(&d.request.Jobs, "jobs", 0, p.T("cli.flag.jobs"))
	f.StringVar(&d.request.NameTemplate, "name-template", transfer.DefaultTemplate, p.T("cli.flag.name_template"))
	f.StringVar(&d.request.Manifest, "manifest", "", p.T("cli.flag.manifest"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		filters := false
		for _, name := range []string{"has", "lacks", "opened-from", "opened-to", "dept", "customer-type"} {
			filters = filters || cmd.Flags().Changed(name)
		}
		filters = filters || d.account == "" && len(d.biz) > 0
		if err := p.checkDownload(cmd, args, &d, filters); err != nil {
			return err
		}
		return p.runDownload(cmd.Context(), args, &d, filters)
	}
	c.AddCommand(p.verifyDownload())
	return c
}

// verifyDownload is "download verify": a line for each thing that does not hold.
func (p *program) verifyDownload() *cobra.Command {
	var manifest string
	c := &cobra.Command{Use: "verify DIR", Short: p.T("cli.download_verify"), Args: p.exactly(1)}
	c.Flags().StringVar(&manifest, "manifest", "", p.T("cli.flag.manifest"))
	c.RunE = func(_ *cobra.Command, args []string) error {
		problems, told := 0, error(nil) // the first line that could not be printed
		n, err := transfer.Verify(args[0], manifest, func(x transfer.Problem) {
			problems++
			var err error
			if p.flags.json {
				err = p.line(x)
			} else {
				_, err = fmt.Fprintln(p.out, client.SafeText(strings.Join([]string{x.Kind, x.FileID, x.Path, x.Want, x.Got}, "\t"), 1000))
			}
			told = cmp.Or(told, err)
		})
		if err = cmp.Or(err, told); err != nil {
			return err
		}
		p.note(p.T("cli.verified", "n", n, "problems", problems))
		if problems > 0 {
			return silent(exitFailed)
		}
		return nil
	}
	return c
}

func (p *program) checkDownload(cmd *cobra.Command, args []string, d *fetching, filters bool) error {
	sources := 0
	for _, given := range []bool{len(args) > 0, d.account != "", d.list != "", filters} {
		if given {
			sources++
		}
	}
	switch {
	case sources != 1:
		return usage{p.T("cli.download_one_source")}
	case d.account != "" && len(d.biz) != 1:
		return usage{p.T("cli.want_flag", "flag", "--biz-type")}
	case d.request.Jobs < 0 || d.request.Jobs > transfer.MaxConcurrency || d.request.Jobs == 0 && cmd.Flags().Changed("jobs"):
		return usage{p.T("cli.bad_jobs")}
	}
	if bad := transfer.BadField(d.request.NameTemplate); bad != "" {
		return usage{p.T("cli.bad_template", "field", bad, "fields", strings.Join(transfer.TemplateFields, " "))}
	}
	for _, id := range args {
		if !client.ValidFileID(id) {
			return usage{p.T("cli.bad_file_id", "id", client.SafeText(id, 80))}
		}
	}
	if err := p.need(cmd, "out"); err != nil {
		return err
	}
	if filepath.Clean(d.request.Folder) == filepath.Dir(d.request.Manifest) { // it is made if need be
		return nil
	}
	return app.FolderFor(d.request.Manifest)
}

func (p *program) runDownload(ctx context.Context, args []string, d *fetching, filters bool) error {
	list, err := p.openList(d.list)
	if err != nil {
		return err
	}
	a, err := p.signedIn(ctx)
	if err != nil {
		return err
	}
	switch {
	case d.account != "":
		d.one.biz = d.biz[0]
		d.request.Items, err = p.accountItems(ctx, a, d.one.request(d.account), client.CustomerAccount{})
	case d.list != "":
		d.request.Source = p.listedItems(ctx, a, d, list)
	case filters:
		d.request.Search, err = p.foundItems(d)
	default:
		for _, id := range args {
			d.request.Items = append(d.request.Items, transfer.Item{FileID: id})
		}
	}
	if err != nil {
		return err
	}
	id, err := a.Download(d.request)
	if err != nil {
		return err
	}
	t := p.watch(ctx, a, id)
	if t.AllFiles == 0 && t.Err == nil && t.State == transfer.Done {
		p.note(p.T("cli.nothing_to_download"))
		return nil
	}
	return p.printDownload(a, t)
}

func (p *program) accountItems(ctx context.Context, a *app.App, r client.ListMaterialsRequest, account client.CustomerAccount) ([]transfer.Item, error) {
	found, err := a.ListInTurn(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", client.SafeText(r.AccountNo, 40), err)
	}
	if account.Account.AccountNo == "" { // customer-level rows do not name the account they were asked for with
		account.Account.AccountNo, account.Account.AccountBizType = client.Text(r.AccountNo), client.Text(r.AccountBizType)
	}
	var out []transfer.Item
	for _, m := range found {
		out = append(out, transfer.Items(m, account)...)
	}
	return out, nil
}

// foundItems asks for the files of every account that the filters find.
func (p *program) foundItems(d *fetching) (*transfer.Search, error) {
	d.search.biz, d.search.page, d.search.size = d.biz, 1, 100
	r, err := d.search.request(p)
	return &transfer.Search{Accounts: r, Materials: d.one.request("")}, err
}

// listed is a line of --from: a material or file as this program prints it, an account, or a bare fileId.
type listed struct {
	client.MaterialInfo
	FileID           client.Text `json:"fileId"`
	FileSize         int64       `json:"fileSize"`
	FileOriginalName client.Text `json:"fileOriginalName"`
	FileExtName      client.Text `json:"fileExtName"`
	Account          struct {
		AccountNo      client.Text `json:"accountNo"`
		AccountBizType client.Text `json:"accountBizType"`
	} `json:"account"`
	Customer struct {
		CustomerName client.Text `json:"customerName"`
	} `json:"customer"`
}

// openList opens the list of --from, nil without one, before a task is made that reads it. It is closed with the program.
func (p *program) openList(name string) (io.Reader, error) {
	if name == "" {
		return nil, nil
	}
	if st, err := os.Stat(app.Home(name)); err == nil && st.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: app.ErrFolder}
	}
	in, err := p.openFile(name)
	if err != nil {
		return nil, err
	}
	p.cleanup = append(p.cleanup, func() { _ = in.Close() })
	return in, nil
}

// listedItems yields the files that the lines of a list name.
func (p *program) listedItems(ctx context.Context, a *app.App, d *fetching, list io.Reader) iter.Seq2[transfer.Item, error] {
	return func(yield func(transfer.Item, error) bool) {
		lines := bufio.NewScanner(list)
		lines.Buffer(nil, 16<<20)
		for n := 1; lines.Scan(); n++ {
			if strings.TrimSpace(lines.Text()) != "" && !p.yieldLine(ctx, a, d, n, lines.Bytes(), yield) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(transfer.Item{}, err)
		}
	}
}

// yieldLine yields the files of one line.
func (p *program) yieldLine(ctx context.Context, a *app.App, d *fetching, n int, line []byte, yield func(transfer.Item, error) bool) bool {
	items, err := p.listedLine(ctx, a, d, line)
	if err == nil && len(items) == 0 {
		err = usage{p.T("cli.bad_line", "line", n)}
	}
	if err != nil {
		return yield(transfer.Item{}, err)
	}
	for _, it := range items {
		if !yield(it, nil) {
			return false
		}
	}
	return true
}

// listedLine returns no items for a line that names no file and no account.
func (p *program) listedLine(ctx context.Context, a *app.App, d *fetching, line []byte) ([]transfer.Item, error) {
	var l listed
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, nil
	}
	switch {
	case l.Account.AccountNo != "":
		d.one.biz = l.Account.AccountBizType.Raw()
		account := client.CustomerAccount{}
		account.Account.AccountNo, account.Account.AccountBizType = l.Account.AccountNo, l.Account.AccountBizType
		account.Customer.CustomerName = l.Customer.CustomerName
		return p.accountItems(ctx, a, d.one.request(l.Account.AccountNo.Raw()), account)
	case l.FileID != "":
		return []transfer.Item{{FileID: l.FileID.Raw(), Material: l.MaterialInfo}}, nil
	case len(l.Files) > 0 || len(l.FileIDs) > 0:
		return transfer.Items(l.MaterialInfo, client.CustomerAccount{}), nil
	case l.ID != "" && l.FileSize > 0:
		return []transfer.Item{{FileID: l.ID.Raw(), File: client.File{ID: l.ID, FileSize: l.FileSize, FileOriginalName: l.FileOriginalName, FileExtName: l.FileExtName}}}, nil
	}
	return nil, nil
}

// watch shows progress until a task has ended.
func (p *program) watch(ctx context.Context, a *app.App, id string) transfer.Task {
	if !terminal(p.err) {
		return a.WaitTask(ctx, id)
	}
	done := make(chan transfer.Task, 1)
	go func() { done <- a.WaitTask(ctx, id) }()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case t := <-done:
			fmt.Fprint(p.err, "\r\x1b[K")
			return t
		case <-tick.C:
			t, _ := a.Task(id)
			fmt.Fprint(p.err, "\r\x1b[K"+p.T("cli.progress", "done", t.DoneFiles+t.FailedFiles, "all", t.AllFiles, "bytes", text.Bytes(t.DoneBytes), "rate", text.Bytes(int64(t.Rate))))
		}
	}
}

// printDownload prints a line a file, and returns the exit code: all, some or none came.
func (p *program) printDownload(a *app.App, t transfer.Task) error {
	why, elsewhere := error(context.Canceled), t.Elsewhere && !t.State.Ended()
	if elsewhere {
		why = transfer.ErrElsewhere
	}
	var rows [][]string
	for f, err := range a.TaskFiles(context.Background(), t.ID) {
		if err != nil {
			return err
		}
		if f.Status == transfer.StatusWaiting { // the task ended before its turn
			f.Status, f.Bytes, f.Err = transfer.StatusFailed, 0, cmp.Or(t.Err, why)
		}
		if p.flags.json {
			if err := p.line(fileLine(f)); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{p.word(i18n.Key("cli.status."+f.Status), f.Status), f.FileID, size(f.Bytes), f.SHA256, f.Path, p.why(f)})
	}
	if len(rows) > 0 {
		if err := p.table([]string{p.T("cli.col.result"), p.T("cli.col.file"), p.T("cli.col.size"), "SHA-256", p.T("cli.col.path"), p.T("cli.col.note")}, rows); err != nil {
			return err
		}
	}
	p.note(p.T("cli.downloaded", "done", t.DoneFiles, "all", t.AllFiles, "bytes", text.Bytes(t.DoneBytes)))
	switch {
	case t.State == transfer.Canceled:
		return context.Canceled
	case elsewhere:
		return why
	case t.Err != nil && t.DoneFiles == 0:
		return t.Err
	case t.Err != nil:
		p.explain(t.Err)
		return silent(exitPartly)
	case t.FailedFiles > 0:
		return silent(exitPartly)
	}
	return nil
}

func (p *program) why(f transfer.FileResult) string {
	if f.Err != nil {
		return app.Line(f.Err, p.cat)
	}
	switch f.Note {
	case transfer.NoteType:
		return p.T("cli.other_type")
	case transfer.NoteEnd:
		return p.T("cli.no_end")
	}
	return ""
}

func fileLine(f transfer.FileResult) map[string]any {
	line := map[string]any{"fileId": f.FileID, "path": f.Path, "bytes": f.Bytes, "sha256": f.SHA256, "status": f.Status, "error": nil}
	if f.Err != nil {
		line["error"] = client.SafeText(f.Err.Error(), 300)
	}
	if f.Note != "" {
		line["note"] = f.Note
	}
	return line
}
