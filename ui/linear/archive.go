package linear

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync/atomic"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/ui/internal/doubt"
)

// archiving is an archive that is being put together.
type archiving struct {
	d       *dialogue
	of      client.CustomerAccount
	code    *question
	title   *question
	more    form // what can be left as it is: business, system, when, extras
	files   []app.LocalFile
	fileIDs []string // files the platform has
	toCust  bool
}

// archive puts an archive to the account or its customer together and sends it. code and fileID fill it in and may be empty.
func (a *account) archive(code, fileID string) error {
	d := a.d
	key := a.asked.AccountBizType + "/" + a.asked.AccountNo
	w := d.drafts[key]
	if w == nil || code != "" || fileID != "" {
		w = d.newArchiving(a.of, code, fileID)
	} else {
		d.say(d.t("archive.restored"))
	}
	d.drafts[key] = w
	if err := d.fill(form{w.code, w.title}); err != nil {
		return err
	}
	for len(w.files)+len(w.fileIDs) == 0 {
		if err := w.addFile(); err != nil {
			return err
		}
	}
	if err := d.menu("archive.title", w.options); err != nil {
		return err
	}
	delete(d.drafts, key)
	return a.fetch()
}

func (d *dialogue) newArchiving(of client.CustomerAccount, code, fileID string) *archiving {
	w := &archiving{d: d, of: of, code: d.codeQuestion("archive.code", codes.Materials, code), title: &question{label: "archive.title_field"}}
	w.code.hint = "archive.code_hint"
	if fileID != "" {
		w.fileIDs = []string{fileID}
	}
	when := d.dateQuestion("archive.when", "archive.when_hint", true)
	when.hinted = true
	w.more = form{
		{label: "archive.business", hint: "archive.business_hint", optional: true, hinted: true},
		{label: "archive.system", hint: "archive.system_hint", value: d.svc.Session().Profile.SystemCode},
		when,
		{label: "archive.extras", hint: "archive.extras_hint", optional: true, hinted: true},
	}
	return w
}

// options is the summary: what would be sent, each line to be changed, and sending it.
func (w *archiving) options() []option {
	d := w.d
	opts := append([]option{{name: d.t("archive.send"), why: w.whyNot(), do: w.send}}, d.changes(append(form{w.code, w.title}, w.more...))...)
	noCustomer := ""
	if w.of.Customer.IDNo.IsZero() {
		noCustomer = d.t("archive.no_customer")
	}
	opts = append(opts,
		option{name: w.target(), why: noCustomer, do: w.retarget},
		option{name: d.t("linear.add_file"), do: w.addFile})
	for _, f := range w.files {
		opts = append(opts, option{name: d.t("linear.drop_file", "file", w.fileLine(f)), do: func() error { w.drop(f.Path); return nil }})
	}
	for _, id := range w.fileIDs {
		opts = append(opts, option{name: d.t("linear.drop_file", "file", client.Text(id)), do: func() error { w.drop(id); return nil }})
	}
	return opts
}

// target says whom the archive is for.
func (w *archiving) target() string {
	value := w.d.t("archive.to_account", "no", w.of.Account.AccountNo)
	if w.toCust {
		value = w.d.t("archive.to_customer")
	}
	return w.d.t("linear.pair", "label", w.d.t("archive.target"), "value", value)
}

// fileLine is a file's name and size, and how it travels.
func (w *archiving) fileLine(f app.LocalFile) string {
	how := w.d.t("archive.by_base64")
	if limit := w.d.svc.Session().Profile.Base64Max(); f.Size > limit {
		how = w.d.t("archive.by_upload")
	}
	return w.d.commas([]string{client.Text(f.Name).String(), text.Bytes(f.Size), how})
}

func (w *archiving) whyNot() string {
	if len(w.files)+len(w.fileIDs) == 0 {
		return w.d.t("archive.no_files")
	}
	return ""
}

// retarget switches between the account and its customer.
func (w *archiving) retarget() error {
	w.toCust = !w.toCust
	w.d.say(w.target())
	return nil
}

// drop takes a file off, by path or id.
func (w *archiving) drop(file string) {
	var files []app.LocalFile
	for _, f := range w.files {
		if f.Path != file {
			files = append(files, f)
		}
	}
	var ids []string
	for _, id := range w.fileIDs {
		if id != file {
			ids = append(ids, id)
		}
	}
	w.files, w.fileIDs = files, ids
	w.d.say(w.d.t("archive.files", "n", len(files)+len(ids)))
}

// addFile asks for a file on this machine, or one of the platform as file:ID.
func (w *archiving) addFile() error {
	return w.d.answer(&question{label: "archive.path", hint: "linear.path", read: w.inspect})
}

func (w *archiving) inspect(typed string) (string, error) {
	d, path := w.d, unquoted(typed)
	if id, ok := strings.CutPrefix(fold(path), "file:"); ok && client.ValidFileID(id) {
		w.fileIDs = append(w.fileIDs, id)
		return path, nil
	}
	f, err := run(d, "archive.inspecting", nil, func(ctx context.Context) (app.LocalFile, error) { return d.svc.Inspect(ctx, path) })
	if err != nil {
		if err := d.failed(err); err != nil {
			return "", err
		}
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, app.ErrFolder) {
			d.candidates(path, errors.Is(err, app.ErrFolder))
		}
		return "", errBack // asks again
	}
	for _, other := range w.files {
		if other.Path == f.Path {
			return "", complaint(d.t("archive.twice", "file", client.Text(f.Name)))
		}
	}
	w.files = append(w.files, f)
	d.say(d.t("linear.added", "file", w.fileLine(f)))
	if f.OtherType {
		d.say(d.t("archive.other_type", "file", client.Text(f.Name), "type", f.Type))
	}
	return typed, nil
}

// candidates reads out what a path that is no file may go on as.
func (d *dialogue) candidates(path string, folder bool) {
	if folder && !strings.HasSuffix(path, "/") {
		path += "/"
	}
	found, err := run(d, "archive.inspecting", nil, func(ctx context.Context) ([]string, error) { return d.svc.CompletePath(ctx, path) })
	if err != nil || len(found) == 0 {
		return
	}
	d.say(d.t("linear.there_is", "n", len(found)))
	for _, name := range found[:min(len(found), atOnce)] {
		d.say(client.Text(name).String())
	}
}

// unquoted is a path without the quotes that dropping a file on a terminal puts around it.
func unquoted(path string) string {
	if n := len(path); n > 1 && path[0] == path[n-1] && (path[0] == '\'' || path[0] == '"') {
		return path[1 : n-1]
	}
	return path
}

// send sends the archive after a confirmation. errDone: something may have changed.
func (w *archiving) send() error {
	d := w.d
	if err := w.warn(); err != nil {
		return err
	}
	if err := d.confirm(d.t("linear.archive_sure", "n", len(w.files)+len(w.fileIDs), "material", w.code.shown())); err != nil {
		return err
	}
	archive, err := w.build()
	if err != nil {
		return d.failed(err)
	}
	var sent, total atomic.Int64
	changed := make(chan struct{}, 1)
	p := &progress{changed: changed, percent: func() int { return int(sent.Load() * wholePart / max(1, total.Load())) }}
	tell := func(now, all int64) {
		sent.Store(now)
		total.Store(all)
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	done, err := run(d, "archive.sending", p, func(ctx context.Context) (*client.ServiceAccess, error) { return w.deliver(ctx, archive, tell) })
	switch {
	case err == nil:
		d.say(d.t("archive.done", "n", len(archive.Materials), "id", done.ID))
		return errDone
	case over(err):
		return d.signInAgain() // nothing was archived; the summary is there to be sent again
	}
	if e := d.failed(err); e != nil {
		return e
	}
	if errors.Is(err, client.ErrOutcomeUnknown) {
		return errDone
	}
	return nil
}

// warn asks what account and customer have, and says what is doubtful about the archive.
func (w *archiving) warn() error {
	d := w.d
	req := client.ListMaterialsRequest{AccountNo: w.of.Account.AccountNo.Raw(), AccountBizType: w.of.Account.AccountBizType.Raw(), WithCustomer: true}
	there, err := look(d, "archive.check_looking", func(ctx context.Context) ([]client.MaterialInfo, error) { return d.svc.ListMaterials(ctx, req) })
	if errors.Is(err, context.Canceled) || errors.Is(err, errQuit) || errors.Is(err, errBack) {
		return cmp.Or(d.failed(err), errBack)
	}
	a := doubt.Archive{Code: w.code.value, ToCustomer: w.toCust, There: there, Looked: err == nil}
	if err != nil {
		a.Why, _, _ = app.Explain(err, i18n.Load(d.env.Lang))
	}
	for _, f := range w.files {
		a.Files = append(a.Files, doubt.LocalFile(f))
	}
	for _, line := range a.Lines(d.t) {
		d.say(strings.TrimSpace(line))
	}
	return nil
}

func (w *archiving) build() (client.Archive, error) {
	business, system, when, extras := w.more[0].value, w.more[1].value, w.more[2].value, w.more[3].value
	a := client.Archive{SystemCode: system, Title: w.title.value, BusinessID: business, Extras: extras}
	if t, ok := w.d.date(when, true).Time(); ok {
		a.CreateTime = client.Time{Time: t}
	}
	for _, f := range w.files {
		src, err := client.FileSource(f.Path)
		if err != nil {
			return a, err
		}
		a.Materials = append(a.Materials, client.ArchiveMaterial{Code: w.code.value, Source: src})
	}
	for _, id := range w.fileIDs {
		a.Materials = append(a.Materials, client.ArchiveMaterial{Code: w.code.value, FileID: id})
	}
	return a, nil
}

func (w *archiving) deliver(ctx context.Context, a client.Archive, tell func(sent, total int64)) (*client.ServiceAccess, error) {
	no, biz, c := w.of.Account.AccountNo.Raw(), w.of.Account.AccountBizType.Raw(), w.of.Customer
	if !w.toCust {
		return w.d.svc.ArchiveToAccount(ctx, client.ArchiveToAccountRequest{AccountNo: no, AccountBizType: biz, Archive: a}, tell)
	}
	req := client.ArchiveToCustomerRequest{IDType: c.IDType.Raw(), IDNo: c.IDNo, AccountBizType: biz, Archive: a}
	if biz == client.Brokerage {
		req.ExtraCode = c.ExtraCode.Raw()
	}
	return w.d.svc.ArchiveToCustomer(ctx, req, client.ListMaterialsRequest{AccountNo: no, AccountBizType: biz}, tell)
}
