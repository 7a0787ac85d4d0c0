package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/text"
)

// created reads --create-time: a moment in the profile's zone, as people write it.
func (p *program) created(a *app.App, s string) (client.Time, error) {
	if s == "" {
		return client.Time{}, nil
	}
	loc, err := a.Session().Profile.Location()
	if err != nil {
		return client.Time{}, err
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return client.Time{Time: t}, nil
		}
	}
	return client.Time{}, usage{p.T("cli.bad_date", "flag", "--create-time", "value", s)}
}

// sending returns a progress line for a terminal, nil elsewhere.
func (p *program) sending() func(sent, total int64) {
	if !terminal(p.err) {
		return nil
	}
	var mu sync.Mutex // a body may still be read while its replay, after a token was renewed, is
	var last time.Time
	return func(sent, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); sent == total || now.Sub(last) > 200*time.Millisecond {
			last = now
			fmt.Fprint(p.err, "\r\x1b[K"+p.T("cli.sending", "sent", text.Bytes(sent), "total", text.Bytes(total)))
			if sent == total {
				fmt.Fprintln(p.err)
			}
		}
	}
}

func (p *program) upload() *cobra.Command {
	var when string
	var yes bool
	c := &cobra.Command{Use: "upload FILE…", Short: p.T("cli.upload"), Long: p.T("cli.upload_long"), Args: p.atLeast(1)}
	c.Flags().StringVar(&when, "create-time", "", p.T("cli.flag.create_time"))
	c.Flags().BoolVarP(&yes, "yes", "y", false, p.T("cli.flag.yes_file"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return p.runUpload(cmd, args, when, yes)
	}
	return c
}

func (p *program) runUpload(cmd *cobra.Command, files []string, when string, yes bool) error {
	a, err := p.writable(cmd.Context())
	if err != nil {
		return err
	}
	created, err := p.created(a, when)
	if err != nil {
		return err
	}
	for i, name := range files {
		err := p.uploadOne(cmd, a, name, created, yes)
		if err != nil && i > 0 {
			p.explain(err)
			return silent(exitPartly)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *program) uploadOne(cmd *cobra.Command, a *app.App, name string, created client.Time, yes bool) error {
	local, err := a.Inspect(cmd.Context(), name)
	if err == nil {
		err = p.allowed(local, yes)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f, err := a.Upload(cmd.Context(), local.Path, created, p.sending())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if p.flags.json {
		return p.line(f)
	}
	return p.table([]string{p.T("cli.col.file"), p.T("cli.col.name"), p.T("cli.col.size"), p.T("cli.col.expires")},
		[][]string{{f.ID.String(), f.FileOriginalName.String(), size(f.FileSize), moment(f.TempExpireTime)}})
}

// archiving holds archive's flags.
type archiving struct {
	account, biz, idType, idNo, extra string
	materials                         []string
	when                              string
	yes                               bool
	request                           client.Archive
	many                              sendingMany
}

func (p *program) archive() *cobra.Command {
	var d archiving
	c := &cobra.Command{
		Use:   "archive ((--account NO --biz-type C | --id-type C --id-no N) --material CODE=PATH… --title T | --mapping FILE.csv | --from-folder DIR)",
		Short: p.T("cli.archive"), Long: p.T("cli.archive_long"), Args: p.noArgs,
		Example: "  imagery archive --account 8000000001 --biz-type 0 --material 1103=photo.jpg --title 补录头像\n  imagery archive --account 8000000001 --biz-type 0 --material 1103=file:FILE_ID --title 补录头像\n  imagery archive --mapping list.csv --biz-type 0 --title 补录 --plan\n  imagery archive --from-folder evidence --biz-type 0 --report done.csv --yes",
	}
	f := c.Flags()
	f.StringVar(&d.account, "account", "", p.T("cli.flag.account"))
	f.StringVar(&d.biz, "biz-type", "", p.T("batch.flag.biz_type"))
	f.StringVar(&d.idType, "id-type", "", p.T("cli.flag.id_type"))
	f.StringVar(&d.idNo, "id-no", "", p.T("cli.flag.id_no"))
	f.StringVar(&d.extra, "extra-code", "", p.T("cli.flag.extra_code"))
	f.StringArrayVar(&d.materials, "material", nil, p.T("cli.flag.material"))
	f.StringVar(&d.request.Title, "title", "", p.T("batch.flag.title"))
	f.StringVar(&d.request.BusinessID, "business-id", "", p.T("cli.flag.business_id"))
	f.StringVar(&d.when, "create-time", "", p.T("cli.flag.create_time"))
	f.StringVar(&d.request.Extras, "extras", "", p.T("cli.flag.extras"))
	f.StringVar(&d.request.SystemCode, "system-code", "", p.T("cli.flag.system_code"))
	f.BoolVarP(&d.yes, "yes", "y", false, p.T("batch.flag.yes"))
	d.many.register(p, f)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if mode, err := d.many.mode(p, cmd); err != nil || mode != "" {
			if err != nil {
				return err
			}
			return p.runMany(cmd, &d, mode)
		}
		if err := p.checkArchive(cmd, &d); err != nil {
			return err
		}
		return p.runArchive(cmd, &d)
	}
	return c
}

func (p *program) checkArchive(cmd *cobra.Command, d *archiving) error {
	toAccount, toCustomer := d.account != "", d.idType != "" || d.idNo != ""
	switch {
	case toAccount == toCustomer:
		return usage{p.T("cli.archive_one_target")}
	case d.request.Extras != "" && !json.Valid([]byte(d.request.Extras)):
		return usage{p.T("cli.bad_extras")}
	}
	flags := []string{"material", "title", "biz-type"}
	if toCustomer {
		flags = []string{"material", "title", "id-type", "id-no"}
	}
	return p.need(cmd, flags...)
}

// allowed asks before a file goes to the platform that is not what its name says.
func (p *program) allowed(local app.LocalFile, yes bool) error {
	if !local.OtherType {
		return nil
	}
	p.note(p.T("cli.local_other_type", "path", client.SafeText(local.Name, 200), "type", local.Type))
	if yes || p.interactive() && p.confirm(p.T("cli.send_confirm")) {
		return nil
	}
	return local.Mismatch()
}

// source reads one --material: CODE=PATH or CODE=file:FILE_ID. With yes, a file that is not what its name says is taken unasked.
func (p *program) source(cmd *cobra.Command, a *app.App, s string, yes bool) (client.ArchiveMaterial, error) {
	code, what, ok := strings.Cut(s, "=")
	if !ok || strings.TrimSpace(code) == "" || what == "" || what == "file:" {
		return client.ArchiveMaterial{}, usage{p.T("cli.bad_material", "value", s)}
	}
	if id, ok := strings.CutPrefix(what, "file:"); ok {
		if !client.ValidFileID(id) {
			return client.ArchiveMaterial{}, usage{p.T("cli.bad_file_id", "id", client.SafeText(id, 80))}
		}
		return client.ArchiveMaterial{Code: code, FileID: id}, nil
	}
	local, err := a.Inspect(cmd.Context(), what)
	if err != nil {
		return client.ArchiveMaterial{}, fmt.Errorf("%s: %w", what, err)
	}
	if err := p.allowed(local, yes); err != nil {
		return client.ArchiveMaterial{}, err
	}
	src, err := client.FileSource(local.Path)
	return client.ArchiveMaterial{Code: code, Source: src}, err
}

func (p *program) runArchive(cmd *cobra.Command, d *archiving) error {
	a, err := p.writable(cmd.Context())
	if err != nil {
		return err
	}
	for _, s := range d.materials {
		m, err := p.source(cmd, a, s, d.yes)
		if err != nil {
			return err
		}
		d.request.Materials = append(d.request.Materials, m)
	}
	if d.request.CreateTime, err = p.created(a, d.when); err != nil {
		return err
	}
	var out *client.ServiceAccess
	if d.account != "" {
		out, err = a.ArchiveToAccount(cmd.Context(), client.ArchiveToAccountRequest{AccountNo: d.account, AccountBizType: d.biz, Archive: d.request}, p.sending())
	} else {
		out, err = a.ArchiveToCustomer(cmd.Context(), client.ArchiveToCustomerRequest{
			IDType: d.idType, IDNo: client.NewIDNumber(d.idNo), ExtraCode: d.extra, AccountBizType: d.biz, Archive: d.request,
		}, client.ListMaterialsRequest{}, p.sending())
	}
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.line(out)
	}
	return p.table([]string{p.T("cli.col.archive"), p.T("cli.col.title"), p.T("cli.col.business"), p.T("cli.col.time")},
		[][]string{{out.ID.String(), out.Title.String(), out.BusinessID.String(), moment(out.CreateTime)}})
}

// discarding holds discard's flags.
type discarding struct {
	request      client.DiscardRequest
	account, biz string
	yes          bool
}

func (p *program) discard() *cobra.Command {
	var d discarding
	c := &cobra.Command{Use: "discard SERVICE_ACCESS_ID --reason R --account NO --biz-type C", Short: p.T("cli.discard"), Long: p.T("cli.discard_long"), Args: p.exactly(1)}
	f := c.Flags()
	f.StringVar(&d.request.DiscardReason, "reason", "", p.T("cli.flag.reason"))
	f.StringVar(&d.request.DiscardEmpCode, "emp-code", "", p.T("cli.flag.emp_code"))
	f.StringVar(&d.account, "account", "", p.T("cli.flag.discard_account"))
	f.StringVar(&d.biz, "biz-type", "", p.T("cli.flag.biz_type"))
	f.BoolVarP(&d.yes, "yes", "y", false, p.T("cli.flag.yes"))
	c.RunE = func(cmd *cobra.Command, args []string) error {
		d.request.ServiceAccessID = strings.TrimSpace(args[0])
		d.request.DiscardReason = strings.TrimSpace(d.request.DiscardReason)
		if d.request.ServiceAccessID == "" {
			return usage{p.T("cli.no_archive_id")}
		}
		if err := p.need(cmd, "reason", "account", "biz-type"); err != nil {
			return err
		}
		if !d.yes && !p.interactive() {
			return usage{p.T("cli.want_yes")}
		}
		return p.runDiscard(cmd, &d)
	}
	return c
}

func (p *program) runDiscard(cmd *cobra.Command, d *discarding) error {
	a, err := p.writable(cmd.Context())
	if err != nil {
		return err
	}
	rows, err := a.Affected(cmd.Context(), d.account, d.biz, d.request.ServiceAccessID)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		p.note(p.T("cli.discard_nothing", "id", client.SafeText(d.request.ServiceAccessID, 80), "account", client.SafeText(d.account, 40)))
		return silent(exitFailed)
	}
	p.note(p.T("cli.discard_affects", "id", client.SafeText(d.request.ServiceAccessID, 80), "n", len(rows)))
	for _, m := range rows {
		p.note("  " + m.MaterialCode.String() + " " + m.MaterialName.String() + "  " + moment(m.CreateTime))
	}
	if !d.yes && !p.confirm(p.T("cli.discard_confirm")) {
		p.note(p.T("cli.nothing_done"))
		return silent(exitFailed)
	}
	left, err := a.Discard(cmd.Context(), d.request, d.account, d.biz)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		p.note(p.T("cli.discard_left", "n", len(left)))
		return silent(exitPartly)
	}
	if p.flags.json {
		return p.line(map[string]any{"serviceAccessId": d.request.ServiceAccessID, "discarded": true, "rows": len(rows)})
	}
	p.note(p.T("cli.discarded", "n", len(rows)))
	return nil
}

// confirm asks on the terminal; anything but yes is no.
func (p *program) confirm(question string) bool {
	fmt.Fprint(p.err, question+" ")
	answer, _ := bufio.NewReader(p.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "是":
		return true
	}
	return false
}

func (p *program) account() *cobra.Command {
	var r client.AddAccountRequest
	var idNo string
	add := &cobra.Command{Use: "add", Short: p.T("cli.account_add"), Args: p.noArgs}
	f := add.Flags()
	f.StringVar(&r.DeptCode, "dept", "", p.T("cli.flag.one_dept"))
	f.StringVar(&r.AccountNo, "account", "", p.T("cli.flag.account"))
	f.StringVar(&r.AccountBizType, "biz-type", "", p.T("cli.flag.biz_type"))
	f.StringVar(&r.AccountName, "name", "", p.T("cli.flag.name"))
	f.StringVar(&r.AccountCustomerType, "account-customer-type", "", p.T("cli.flag.account_customer_type"))
	f.StringVar(&r.CustomerType, "customer-type", "", p.T("cli.flag.customer_type"))
	f.StringVar(&r.AccountStatus, "status", "", p.T("cli.flag.status"))
	f.StringVar(&r.IDType, "id-type", "", p.T("cli.flag.id_type"))
	f.StringVar(&idNo, "id-no", "", p.T("cli.flag.id_no"))
	f.StringVar(&r.ExtraCode, "extra-code", "", p.T("cli.flag.extra_code"))
	add.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := p.need(cmd, "dept", "account", "biz-type", "name", "account-customer-type", "customer-type", "status", "id-type", "id-no"); err != nil {
			return err
		}
		r.IDNo = client.NewIDNumber(idNo)
		a, err := p.writable(cmd.Context())
		if err != nil {
			return err
		}
		added, err := a.AddAccount(cmd.Context(), r)
		if err != nil {
			return err
		}
		return p.printAccounts(a.Codes(), []client.CustomerAccount{*added})
	}
	return p.group("account", p.T("cli.account"), add)
}
