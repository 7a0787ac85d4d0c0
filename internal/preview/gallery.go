package preview

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/picture/shelf"
	"imagery/internal/text"
	"imagery/internal/transfer"
)

// ErrGone is returned by a Source whose session has ended.
var ErrGone = errors.New("preview: the session has ended")

// Source opens the files of a gallery. It is asked whenever something of a file is about to be shown, and not before.
type Source interface {
	// Look opens a file that is to be drawn. others are the accounts of other customers that hold the same bytes.
	Look(ctx context.Context, it transfer.Item) (look *shelf.Look, others []string, err error)
	// Fetch opens the bytes of a file, to be shown by the browser or to be saved by the user.
	Fetch(ctx context.Context, it transfer.Item, save bool) (*client.FileBody, error)
}

// Gallery is what a page shows: files of one account.
type Gallery struct {
	Lang    string // "zh", "en", or "" for what the browser asks for
	Account client.CustomerAccount
	Items   []transfer.Item // in any order; their number in it names a file in addresses
	Source  Source
}

// group is whose materials are listed together, material what is archived as one. Their strings are translated and sanitised.
type (
	group struct {
		Title     string
		Files     int
		Materials []*material
	}
	material struct {
		Code, Name, Facts string
		Files             []entry
	}
	entry struct {
		Index            int
		Name, Size, Type string
	}
)

// section is whose a material is, in the order of the page, which is the terminal's.
func section(m client.MaterialInfo) int {
	switch {
	case !m.HisCreateTime.IsZero():
		return 2
	case m.AccountID == "" && m.CustomerID != "":
		return 1
	}
	return 0
}

// order returns the numbers of the items as they stand on the page: by section, material code and age.
func (g *Gallery) order() []int {
	order := make([]int, len(g.Items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := g.Items[i].Material, g.Items[j].Material
		return cmp.Or(cmp.Compare(section(a), section(b)), cmp.Compare(a.MaterialCode, b.MaterialCode), b.CreateTime.Compare(a.CreateTime.Time))
	})
	return order
}

// groups lists what is to be shown.
func (g *Gallery) groups(cat *i18n.Catalogue) []*group {
	titles := []string{cat.T("gallery.of_account"), cat.T("gallery.of_customer"), cat.T("gallery.of_history")}
	var out []*group
	last := -1
	var before client.MaterialInfo
	for _, i := range g.order() {
		it := g.Items[i]
		if s := section(it.Material); s != last {
			out, last, before = append(out, &group{Title: titles[s]}), s, client.MaterialInfo{}
		}
		in := out[len(out)-1]
		if len(in.Materials) == 0 || it.Material.ID != before.ID || it.Material.MaterialCode != before.MaterialCode || it.Material.ServiceAccessID != before.ServiceAccessID {
			in.Materials, before = append(in.Materials, newMaterial(it.Material)), it.Material
		}
		m := in.Materials[len(in.Materials)-1]
		m.Files = append(m.Files, entry{i, fileName(it), size(it), strings.ToUpper(it.File.FileExtName.String())})
		in.Files++
	}
	return out
}

func newMaterial(m client.MaterialInfo) *material {
	facts := []string{source(m), submitter(m), moment(m.CreateTime.Time)}
	return &material{Code: m.MaterialCode.String(), Name: m.MaterialName.String(), Facts: strings.Join(filled(facts), " · ")}
}

func filled(parts []string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

func fileName(it transfer.Item) string {
	return cmp.Or(it.File.FileOriginalName.String(), it.FileID)
}

func size(it transfer.Item) string {
	if it.File.FileSize <= 0 {
		return ""
	}
	return text.Bytes(it.File.FileSize)
}

// source is the archive's, workflow's or sender's name, whichever the platform told.
func source(m client.MaterialInfo) string {
	return cmp.Or(m.ServiceAccessTitle, m.ProcessName, m.ServiceName, m.BizName, m.SourceType).String()
}

// submitter is "name(code)", or what there is of it.
func submitter(m client.MaterialInfo) string {
	name, code := m.SubmitterEmpName.String(), m.SubmitterEmpCode.String()
	if name == "" || code == "" {
		return name + code
	}
	return name + "(" + code + ")"
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateTime)
}

// fact is a line of what is known about a file: its translated label and its value.
type fact [2]string

// listed is what the platform listed of a file.
func listed(it transfer.Item, cat *i18n.Catalogue) []fact {
	m := it.Material
	facts := []fact{
		{cat.T("gallery.material"), strings.Join(filled([]string{m.MaterialCode.String(), m.MaterialName.String()}), " ")},
		{cat.T("gallery.submitter"), submitter(m)},
		{cat.T("gallery.archived"), moment(m.CreateTime.Time)},
		{cat.T("gallery.superseded"), moment(m.HisCreateTime.Time)},
		{cat.T("gallery.archive"), m.ServiceAccessTitle.String()},
		{cat.T("gallery.workflow"), m.ProcessName.String()},
		{cat.T("gallery.purged"), moment(it.File.TempExpireTime.Time)},
		{cat.T("gallery.listed_size"), size(it)},
		{cat.T("gallery.file_id"), client.Text(it.FileID).String()},
	}
	return slices.DeleteFunc(facts, func(f fact) bool { return f[1] == "" })
}
