package materials

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/text"
)

// row is one line of the list: a file of a material, a material that has none, or one that is missing.
type row struct {
	key     string
	section section
	mat     client.MaterialInfo // shared by the rows of a material's files
	file    client.File         // zero when the material has no file
	lacks   []string            // codes and names of what is missing, one of which is enough
}

// section is whose a material is, in the order of the list.
type section int

const (
	ofAccount section = iota
	ofCustomer
	missing // found by the last check of completeness, and not there since
	ofHistory
)

// rowsOf flattens interface 7's answer to one row a file, grouped by section and material, the newest first.
func rowsOf(ms []client.MaterialInfo) []row {
	ms = slices.Clone(ms)
	slices.SortStableFunc(ms, func(a, b client.MaterialInfo) int {
		return cmp.Or(cmp.Compare(sectionOf(a), sectionOf(b)), cmp.Compare(a.MaterialCode, b.MaterialCode), b.CreateTime.Compare(a.CreateTime.Time))
	})
	var rows []row
	for i, m := range ms {
		base := row{section: sectionOf(m), mat: m}
		id := m.ID.Raw() + "/" + m.MaterialCode.Raw()
		if m.ID == "" {
			id = m.ServiceAccessID.Raw() + "/" + m.ProcessInstanceID.Raw() + "/" + m.MaterialCode.Raw() + "/" + string(rune('a'+i%26))
		}
		files := filesOf(m)
		if len(files) == 0 {
			base.key = id
			rows = append(rows, base)
		}
		for _, f := range files {
			base.file, base.key = f, id+"/"+f.ID.Raw()
			rows = append(rows, base)
		}
	}
	return rows
}

func sectionOf(m client.MaterialInfo) section {
	switch {
	case !m.HisCreateTime.IsZero():
		return ofHistory
	case m.AccountID == "" && m.CustomerID != "":
		return ofCustomer
	}
	return ofAccount
}

// filesOf returns a material's files, those that the platform only named by id included.
func filesOf(m client.MaterialInfo) []client.File {
	files := slices.Clone(m.Files)
	for _, id := range m.FileIDs {
		if !slices.ContainsFunc(files, func(f client.File) bool { return f.ID == id }) {
			files = append(files, client.File{ID: id})
		}
	}
	return files
}

// lacking are rows for what the last check found to be missing and ms does not have. Only a list of all that is in force can tell.
func (m *Model) lacking(ms []client.MaterialInfo) (rows []row) {
	if !m.asked.WithCustomer || len(m.asked.MaterialCodes) > 0 {
		return nil
	}
	for _, anyOf := range m.svc.Lacking(m.account.Account.AccountID) {
		held := slices.ContainsFunc(ms, func(x client.MaterialInfo) bool {
			return x.HisCreateTime.IsZero() && slices.Contains(anyOf, x.MaterialCode.Raw())
		})
		if held {
			continue
		}
		r := row{section: missing, key: "lacks/" + anyOf[0], mat: client.MaterialInfo{MaterialCode: client.Text(anyOf[0])}}
		for _, code := range anyOf {
			r.lacks = append(r.lacks, m.named(client.Text(code)))
		}
		rows = append(rows, r)
	}
	return rows
}

// oneOf names what is missing.
func (m *Model) oneOf(r row) string { return strings.Join(r.lacks, m.env.T("completeness.or")) }

// named is a material's code and, where it is known, its name.
func (m *Model) named(code client.Text) string {
	return strings.TrimSpace(code.String() + " " + strings.TrimPrefix(m.svc.Codes().Name(codes.Materials, code), code.String()))
}

func (r row) hasFile() bool { return r.file.ID != "" }

func (r row) fileName() string {
	if n := r.file.FileOriginalName.String(); n != "" {
		return n
	}
	return r.file.ID.String()
}

func (r row) size() string {
	if !r.hasFile() {
		return "--"
	}
	return text.Bytes(r.file.FileSize)
}

// submitter is "name(code)", or what there is of it.
func (r row) submitter() string {
	name, code := r.mat.SubmitterEmpName.String(), r.mat.SubmitterEmpCode.String()
	switch {
	case name == "":
		return code
	case code == "":
		return name
	}
	return name + "(" + code + ")"
}

// source is the archive's, workflow's or sender's name, whichever the platform told.
func (r row) source() string {
	for _, t := range []client.Text{r.mat.ServiceAccessTitle, r.mat.ProcessName, r.mat.ServiceName, r.mat.BizName, r.mat.SourceType} {
		if t != "" {
			return t.String()
		}
	}
	return "--"
}

func (r row) time() time.Time {
	if r.section == ofHistory {
		return r.mat.HisCreateTime.Time
	}
	return r.mat.CreateTime.Time
}

func moment(t time.Time, layout string) string {
	if t.IsZero() {
		return "--"
	}
	return t.Format(layout)
}

// haystack is what the page filter looks through.
func (r row) haystack() string {
	return strings.Join([]string{r.mat.MaterialCode.String(), r.mat.MaterialName.String(), r.fileName(), r.source(), r.submitter(), strings.Join(r.lacks, " ")}, " ")
}
