package accounts

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
)

// filter is the panel with interface 9's seven filters and the page size.
type filter struct {
	env       *core.Env
	book      func() *codes.Book
	form      *form.Form
	has       *field.Picker // materialCodes
	lacks     *field.Picker // excludedMaterialCodes
	from, to  *field.Date
	depts     *field.Picker
	biz, cust *field.Picker
	size      *field.Text
}

const (
	defaultPageSize = 50
	maxPageSize     = 1000
)

func newFilter(env *core.Env, book func() *codes.Book, search, reset func() tea.Cmd) *filter {
	multi := func() *field.Picker {
		p := field.NewPicker(env)
		p.Multi, p.Free = true, true
		return p
	}
	f := &filter{
		env: env, book: book, has: multi(), lacks: multi(), depts: multi(), biz: multi(), cust: multi(),
		from: field.NewDate(env), to: field.NewDate(env), size: field.NewText(env),
	}
	f.size.MaxLen = 4
	f.size.SetValue(strconv.Itoa(defaultPageSize))
	f.size.Validate = func(s string) string {
		if n, err := strconv.Atoi(s); err != nil || n < 1 || n > maxPageSize {
			return env.T("accounts.filter.bad_size", "max", maxPageSize)
		}
		return ""
	}
	f.to.Validate = func(string) string {
		from, okFrom := f.from.Time()
		if to, okTo := f.to.Time(); okFrom && okTo && to.Before(from) {
			return env.T("accounts.filter.bad_range")
		}
		return ""
	}
	f.form = form.New(env, []form.Row{
		{ID: "has", Label: "accounts.filter.has", Control: f.has, Above: true},
		{ID: "lacks", Label: "accounts.filter.lacks", Control: f.lacks, Above: true},
		{ID: "from", Label: "accounts.filter.from", Control: f.from, Above: true},
		{ID: "to", Label: "accounts.filter.to", Control: f.to, Above: true},
		{ID: "depts", Label: "accounts.filter.depts", Control: f.depts, Above: true},
		{ID: "biz", Label: "accounts.filter.biz", Control: f.biz, Above: true},
		{ID: "cust", Label: "accounts.filter.cust", Control: f.cust, Above: true},
		{ID: "size", Label: "accounts.filter.size", Control: f.size},
	},
		form.Button{ID: "search", Label: "accounts.filter.search", Do: search, Submit: true},
		form.Button{ID: "clear", Label: "accounts.filter.clear", Do: reset})
	f.form.EnterSubmits = true
	f.refresh()
	return f
}

// refresh offers the codes met since.
func (f *filter) refresh() {
	b := f.book()
	materials := options(b, codes.Materials)
	f.has.SetOptions(materials)
	f.lacks.SetOptions(materials)
	f.depts.SetOptions(options(b, codes.Departments))
	f.biz.SetOptions(options(b, codes.BizTypes))
	f.cust.SetOptions(options(b, codes.AccountCustomerTypes))
}

func options(b *codes.Book, t codes.Table) []field.Option {
	list := b.List(t)
	out := make([]field.Option, len(list))
	for i, c := range list {
		out[i] = field.Option{Value: c.Code, Label: client.Text(c.Code).String() + " " + c.Name}
	}
	return out
}

// set puts kept values back; what they do not name is cleared.
func (f *filter) set(values map[string]string) {
	f.clear()
	f.form.Restore(values)
	if f.size.Problem() != "" {
		f.size.SetValue(strconv.Itoa(defaultPageSize))
	}
}

// clear takes every filter away; the page size stays.
func (f *filter) clear() {
	size := f.size.Value()
	for id := range f.form.Values() {
		f.form.Control(id).SetValue("")
	}
	f.size.SetValue(size)
}

// request returns interface 9's request for the panel's values, page 1.
func (f *filter) request() client.SearchAccountsRequest {
	date := func(d *field.Date) client.Date {
		if t, ok := d.Time(); ok {
			return client.DateOf(t)
		}
		return client.Date{}
	}
	size, _ := strconv.Atoi(f.size.Value())
	return client.SearchAccountsRequest{
		MaterialCodes: f.has.Values(), ExcludedMaterialCodes: f.lacks.Values(),
		OpenedFrom: date(f.from), OpenedTo: date(f.to),
		DeptCodes: f.depts.Values(), AccountBizTypes: f.biz.Values(), AccountCustomerTypes: f.cust.Values(),
		PageNumber: 1, PageSize: size,
	}
}

// sameFilters reports whether two requests ask for the same accounts, in pages of the same size.
func sameFilters(a, b client.SearchAccountsRequest) bool {
	return slices.Equal(a.MaterialCodes, b.MaterialCodes) && slices.Equal(a.ExcludedMaterialCodes, b.ExcludedMaterialCodes) &&
		a.OpenedFrom.String() == b.OpenedFrom.String() && a.OpenedTo.String() == b.OpenedTo.String() &&
		slices.Equal(a.DeptCodes, b.DeptCodes) && slices.Equal(a.AccountBizTypes, b.AccountBizTypes) &&
		slices.Equal(a.AccountCustomerTypes, b.AccountCustomerTypes) && a.PageSize == b.PageSize
}
