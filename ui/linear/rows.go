package linear

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/text"
	"imagery/internal/transfer"
)

// row is one line of an account's materials: a file of a material, or a material that has none.
type row struct {
	section section
	item    transfer.Item // without a FileID when the material has no file
}

// section is whose a material is, in the order of the list.
type section int

const (
	ofAccount section = iota
	ofCustomer
	ofHistory
)

func sectionOf(m client.MaterialInfo) section {
	switch {
	case !m.HisCreateTime.IsZero():
		return ofHistory
	case m.AccountID == "" && m.CustomerID != "":
		return ofCustomer
	}
	return ofAccount
}

// rowsOf flattens interface 7's answer to one row a file, by section and material, the newest first.
func rowsOf(ms []client.MaterialInfo, a client.CustomerAccount) []row {
	ms = slices.Clone(ms)
	slices.SortStableFunc(ms, func(x, y client.MaterialInfo) int {
		return cmp.Or(cmp.Compare(sectionOf(x), sectionOf(y)), cmp.Compare(x.MaterialCode, y.MaterialCode), y.CreateTime.Compare(x.CreateTime.Time))
	})
	var rows []row
	for _, m := range ms {
		items := transfer.Items(m, a)
		if len(items) == 0 {
			items = []transfer.Item{{Account: a.Account, Customer: a.Customer, Material: m}}
		}
		for _, it := range items {
			rows = append(rows, row{sectionOf(m), it})
		}
	}
	return rows
}

func (r row) hasFile() bool { return r.item.FileID != "" }

func (r row) fileName() string {
	if n := r.item.File.FileOriginalName.String(); n != "" {
		return n
	}
	return r.item.File.ID.String()
}

func (r row) material() string {
	return strings.TrimSpace(r.item.Material.MaterialCode.String() + " " + r.item.Material.MaterialName.String())
}

// source is the archive's, workflow's or sender's name, whichever the platform told.
func (r row) source() string {
	m := r.item.Material
	return cmp.Or(m.ServiceAccessTitle, m.ProcessName, m.ServiceName, m.BizName, m.SourceType).String()
}

// submitter is "name(code)", or what there is of it.
func (r row) submitter() string {
	name, code := r.item.Material.SubmitterEmpName.String(), r.item.Material.SubmitterEmpCode.String()
	if name != "" && code != "" {
		return name + "(" + code + ")"
	}
	return cmp.Or(name, code)
}

func (r row) time() time.Time {
	if r.section == ofHistory {
		return r.item.Material.HisCreateTime.Time
	}
	return r.item.Material.CreateTime.Time
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

// heading is what the rows of a material stand under.
func (d *dialogue) heading(r row) string {
	switch r.section {
	case ofCustomer:
		return d.t("materials.group_customer", "name", r.material())
	case ofHistory:
		return d.t("materials.group_history", "name", r.material())
	}
	return r.material()
}

// rowLine is a row without what its heading says.
func (d *dialogue) rowLine(r row) string {
	file := d.t("linear.without_file")
	size := ""
	if r.hasFile() {
		file, size = r.fileName(), text.Bytes(r.item.File.FileSize)
	}
	parts := []string{file, size}
	if s := r.source(); s != "" {
		parts = append(parts, d.t("materials.col.source")+" "+s)
	}
	return d.commas(append(parts, moment(r.time())))
}

// fileDetails reads out all there is about a row.
func (d *dialogue) fileDetails(r row) {
	m, f := r.item.Material, r.item.File
	size, expires := "", ""
	if r.hasFile() {
		size = strings.TrimSpace(text.Bytes(f.FileSize) + " " + f.FileContentType.String())
	}
	if f.IsTemp {
		expires = d.t("materials.temporary", "time", moment(f.TempExpireTime.Time))
	}
	d.say(d.heading(r))
	d.pairs([]i18n.Key{
		"materials.detail.file", "materials.detail.size", "materials.detail.submitter", "materials.detail.time", "materials.detail.replaced",
		"materials.detail.archive", "materials.detail.process", "materials.detail.source", "materials.detail.expires", "materials.detail.id",
	}, []string{
		r.fileName(), size, r.submitter(), moment(m.CreateTime.Time), moment(m.HisCreateTime.Time),
		strings.TrimSpace(m.ServiceAccessTitle.String() + " " + m.ServiceAccessID.String()),
		strings.TrimSpace(m.ProcessName.String() + " " + m.ProcessInstanceID.String()), m.SourceType.String(), expires, f.ID.String(),
	})
}
