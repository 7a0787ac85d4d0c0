package linear

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/transfer"
)

// account is one account's materials and what can be done to them.
type account struct {
	d     *dialogue
	of    client.CustomerAccount
	asked client.ListMaterialsRequest
	rows  []row
	count int   // materials of the last answer
	err   error // of the last answer
	list  list
}

// openAccount lists an account's materials, its customer's with them.
func (d *dialogue) openAccount(of client.CustomerAccount) error {
	a := &account{d: d, of: of, asked: client.ListMaterialsRequest{
		AccountNo: of.Account.AccountNo.Raw(), AccountBizType: of.Account.AccountBizType.Raw(), WithCustomer: true,
	}}
	a.list = list{name: "linear.which_file", title: a.title, line: a.line, open: a.openRow, options: a.options}
	if err := a.fetch(); err != nil {
		return err
	}
	return d.browse(&a.list)
}

// fetch lists the materials again. A failure is told, and what can be done about it here.
func (a *account) fetch() error {
	d, req := a.d, a.asked
	var ms []client.MaterialInfo
	ms, a.err = look(d, "materials.loading", func(ctx context.Context) ([]client.MaterialInfo, error) { return d.svc.ListMaterials(ctx, req) })
	if err := a.err; err != nil {
		if err := d.failed(err); err != nil {
			return err
		}
		if a.unknown() && d.whyNotWrite() == "" {
			d.say(d.t("linear.can_add"))
		}
		return nil
	}
	a.rows, a.count = rowsOf(ms, a.of), len(ms)
	a.list.set(len(a.rows))
	return nil
}

// unknown reports whether the platform said that there is no such account.
func (a *account) unknown() bool {
	var e *client.Error
	return errors.As(a.err, &e) && e.Status == 404
}

// title is the account, how much there is, and what was asked for.
func (a *account) title() string {
	d, acc := a.d, a.of.Account
	parts := []string{strings.TrimSpace(d.t("archive.account", "no", acc.AccountNo, "name", customerName(a.of))), d.svc.Codes().Name(codes.BizTypes, acc.AccountBizType)}
	switch {
	case a.err != nil:
		return d.commas(append(parts, d.t("linear.not_listed")))
	case len(a.rows) == 0:
		parts = append(parts, d.t("linear.no_materials"))
	default:
		parts = append(parts, d.t("materials.count", "n", a.count, "files", len(a.files(0, len(a.rows)))))
	}
	parts = append(parts, d.t("linear.included", "customer", d.onOff(a.asked.WithCustomer), "history", d.onOff(a.asked.WithHis)))
	if n := len(a.asked.MaterialCodes); n > 0 {
		parts = append(parts, d.t("linear.narrowed", "n", n))
	}
	return d.commas(parts)
}

func (d *dialogue) onOff(on bool) string {
	if on {
		return d.t("materials.on")
	}
	return d.t("materials.off")
}

func (a *account) line(i int) (heading, line string) {
	return a.d.heading(a.rows[i]), a.d.rowLine(a.rows[i])
}

// files are the items of rows from up to to that have one.
func (a *account) files(from, to int) (items []transfer.Item) {
	for _, r := range a.rows[from:to] {
		if r.hasFile() {
			items = append(items, r.item)
		}
	}
	return items
}

func (a *account) options() []option {
	d := a.d
	none := ""
	if len(a.rows) == 0 {
		none = d.t("linear.no_materials")
	}
	opts := []option{
		{keys: []string{"d"}, name: d.t("key.materials.download"), why: none, do: a.downloadSome},
		{keys: []string{"a"}, name: d.t("key.materials.archive"), why: d.whyNotWrite(), do: func() error { return a.archive("", "") }},
		{keys: []string{"m"}, name: d.t("key.materials.customer"), do: a.toggle(&a.asked.WithCustomer)},
		{keys: []string{"h"}, name: d.t("key.materials.history"), do: a.toggle(&a.asked.WithHis)},
		{keys: []string{"f"}, name: d.t("key.materials.codes"), do: a.narrow},
		{keys: []string{"i"}, name: d.t("accounts.detail.title"), do: func() error { d.accountDetails(a.of); return nil }},
		{keys: []string{"r"}, name: d.t("key.materials.refresh"), do: a.fetch},
	}
	if a.unknown() {
		opts = append(opts, option{keys: []string{"add"}, name: d.t("key.materials.add"), why: d.whyNotWrite(), do: a.add})
	}
	return opts
}

// add adds the account, which the platform does not know.
func (a *account) add() error {
	added, err := a.d.newAccount(a.asked.AccountNo, a.asked.AccountBizType)
	if err != nil {
		return err
	}
	a.of = *added
	return a.fetch()
}

// toggle switches one of the request's flags and asks again.
func (a *account) toggle(flag *bool) func() error {
	return func() error {
		*flag = !*flag
		return a.fetch()
	}
}

// narrow asks which material codes to list.
func (a *account) narrow() error {
	q := a.d.codesQuestion("materials.codes.title", codes.Materials)
	q.value = strings.Join(a.asked.MaterialCodes, ",")
	if err := a.d.answer(q); err != nil {
		return err
	}
	a.asked.MaterialCodes = split(q.value)
	return a.fetch()
}

// openRow offers what can be done with one row.
func (a *account) openRow(i int) error {
	d, r := a.d, a.rows[i]
	noFile := ""
	if !r.hasFile() {
		noFile = d.t("linear.without_file")
	}
	d.say(d.commas([]string{d.heading(r), d.rowLine(r)}))
	return d.menu("linear.file", func() []option {
		return []option{
			{name: d.t("materials.detail_title"), do: func() error { d.fileDetails(r); return nil }},
			{name: d.t("key.materials.open"), why: noFile, do: func() error { return a.preview(r) }},
			{name: d.t("key.materials.download"), why: noFile, do: func() error { return d.download([]transfer.Item{r.item}) }},
			{name: d.t("linear.archive_same"), why: d.whyNotWrite(), do: func() error { return a.archive(r.item.Material.MaterialCode.Raw(), "") }},
			{name: d.t("linear.archive_file"), why: first(d.whyNotWrite(), noFile), do: func() error { return a.archive("", r.item.FileID) }},
			{name: d.t("key.materials.discard"), why: d.whyNotDiscard(r.item.Material), do: func() error { return a.discard(r.item.Material) }},
		}
	})
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// preview shows a file in the browser or the system's viewer, or gives the link to it.
func (a *account) preview(r row) error {
	d := a.d
	d.say(d.t("materials.opening", "file", r.fileName()))
	link, err := look(d, "linear.opening", func(ctx context.Context) (string, error) { return d.svc.Preview(ctx, r.item) })
	switch {
	case err != nil:
		return d.failed(err)
	case link != "":
		d.say(d.t("linear.link"))
		d.say(link)
	default:
		d.say(d.t("materials.opened"))
	}
	return nil
}

// downloadSome asks which files to bring home.
func (a *account) downloadSome() error {
	d := a.d
	var items []transfer.Item
	q := &question{label: "linear.which_files", hint: "linear.ranges", read: func(typed string) (string, error) {
		var ok bool
		if items, ok = a.picked(typed); !ok {
			return "", complaint(d.t("linear.bad_ranges", "n", len(a.rows)))
		}
		if len(items) == 0 {
			return "", complaint(d.t("linear.without_file"))
		}
		return typed, nil
	}}
	if err := d.answer(q); err != nil {
		return err
	}
	return d.download(items)
}

// picked are the files of rows written "1,3-5", or all.
func (a *account) picked(typed string) (items []transfer.Item, ok bool) {
	typed = strings.ToLower(fold(typed))
	if typed == "全部" || typed == "all" || typed == "*" {
		return a.files(0, len(a.rows)), true
	}
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(", ;", r) }) {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err != nil || err2 != nil || from < 1 || to < from || to > len(a.rows) {
			return nil, false
		}
		items = append(items, a.files(from-1, to)...)
	}
	return items, true
}
