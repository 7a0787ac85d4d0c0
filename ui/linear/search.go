package linear

import (
	"strconv"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
)

// filter is interface 9's seven filters and the page size.
type filter struct {
	d                                *dialogue
	has, lacks, from, to, depts, biz *question
	cust, size                       *question
}

const (
	defaultPageSize = 50
	maxPageSize     = 1000
)

func newFilter(d *dialogue) *filter {
	return &filter{
		d: d, has: d.codesQuestion("accounts.filter.has", codes.Materials), lacks: d.codesQuestion("accounts.filter.lacks", codes.Materials),
		from: d.dateQuestion("accounts.filter.from", "linear.date", false), to: d.dateQuestion("accounts.filter.to", "linear.date", false),
		depts: d.codesQuestion("accounts.filter.depts", codes.Departments), biz: d.codesQuestion("accounts.filter.biz", codes.BizTypes),
		cust: d.codesQuestion("accounts.filter.cust", codes.AccountCustomerTypes),
		size: &question{label: "accounts.filter.size", value: strconv.Itoa(defaultPageSize), read: func(typed string) (string, error) {
			n, ok := number(typed)
			if !ok || n < 1 || n > maxPageSize {
				return "", complaint(d.t("accounts.filter.bad_size", "max", maxPageSize))
			}
			return strconv.Itoa(n), nil
		}},
	}
}

func (f *filter) questions() form {
	return form{f.has, f.lacks, f.from, f.to, f.depts, f.biz, f.cust, f.size}
}

// clear takes every filter away; the page size stays.
func (f *filter) clear() {
	for _, q := range f.questions() {
		if q != f.size {
			q.value = ""
		}
	}
}

// request is page 1 of what the filters ask for. ok is false when they cannot be meant.
func (f *filter) request() (r client.SearchAccountsRequest, ok bool) {
	from, _ := client.ParseDate(f.from.value) // empty: the zero date
	to, _ := client.ParseDate(f.to.value)
	if !from.IsZero() && !to.IsZero() && to.Compare(from) < 0 {
		return r, false
	}
	size, _ := strconv.Atoi(f.size.value) // the question took nothing else
	return client.SearchAccountsRequest{
		MaterialCodes: split(f.has.value), ExcludedMaterialCodes: split(f.lacks.value), OpenedFrom: from, OpenedTo: to,
		DeptCodes: split(f.depts.value), AccountBizTypes: split(f.biz.value), AccountCustomerTypes: split(f.cust.value),
		PageNumber: 1, PageSize: size,
	}, true
}

// active counts the filters in force.
func (f *filter) active() (n int) {
	for _, q := range f.questions() {
		if q != f.size && q.value != "" {
			n++
		}
	}
	return n
}

// search lets the filters be changed, and searches.
func (d *dialogue) search() error {
	return d.menu("accounts.filter.title", func() []option {
		opts := append([]option{{name: d.t("accounts.filter.search"), do: d.find}}, d.changes(d.filter.questions())...)
		return append(opts, option{name: d.t("accounts.filter.clear"), do: func() error {
			d.filter.clear()
			d.say(d.t("linear.cleared"))
			return nil
		}})
	})
}

// find searches with the filters as they are and reads the answer out.
func (d *dialogue) find() error {
	req, ok := d.filter.request()
	if !ok {
		d.say(d.t("accounts.filter.bad_range"))
		return nil
	}
	r := &results{d: d, asked: req, filters: d.filter.active()}
	if err := r.fetch(1); err != nil || r.page == nil {
		return err
	}
	d.found = r
	return d.browse(&r.list)
}

// pairs says the details of something, those that there are.
func (d *dialogue) pairs(labels []i18n.Key, values []string) {
	for i, label := range labels {
		d.labelled(label, values[i])
	}
}
