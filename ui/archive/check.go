package archive

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
)

// lookAround asks what the account and its customer have: an archive takes the place of what is there under its code.
func (d *Dialog) lookAround() tea.Cmd {
	svc := d.svc
	req := client.ListMaterialsRequest{AccountNo: d.account.Account.AccountNo.Raw(), AccountBizType: d.account.Account.AccountBizType.Raw(), WithCustomer: true}
	return d.look.Start(d.env.Ctx, func(ctx context.Context) ([]client.MaterialInfo, error) { return svc.ListMaterials(ctx, req) })
}

// Busy implements core.Busier.
func (d *Dialog) Busy() bool { return d.look.Busy() || d.Form.Busy() }

// superseded are the materials in whose place the archive comes: those of its code at its target that are no history.
func (d *Dialog) superseded() (out []client.MaterialInfo) {
	for _, m := range d.there {
		ofCustomer := m.AccountID == "" && m.CustomerID != ""
		if m.MaterialCode.Raw() == d.code.Value() && m.HisCreateTime.IsZero() && ofCustomer == d.target.Checked(toCustomer) {
			out = append(out, m)
		}
	}
	return out
}

// odd reports whether a file is not what its name says, or nothing that shows or reads as a document.
func odd(f LocalFile) bool { return f.OtherType || !imagery(f.Type) }

// imagery reports whether content of a type may be a picture or a document.
func imagery(mime string) bool {
	major, _, _ := strings.Cut(mime, "/")
	switch {
	case major == "text", mime == "", mime == "application/octet-stream":
		return false
	}
	return true
}

// same returns a file that the materials to be superseded have under f's name and size, as far as the platform tells both.
func (d *Dialog) same(f LocalFile) bool {
	for _, m := range d.superseded() {
		for _, have := range m.Files {
			if have.FileOriginalName.Raw() == f.Name && have.FileSize == f.Size {
				return true
			}
		}
	}
	return false
}

// doubts is what the user has to confirm before the archive is sent; nothing when all is well.
func (d *Dialog) doubts() (lines []string) {
	if there := d.superseded(); len(there) > 0 {
		lines = append(lines, d.env.T("archive.ask_supersedes", "n", len(there)))
		for _, m := range there {
			at := ""
			if !m.CreateTime.IsZero() {
				at = m.CreateTime.Format("2006-01-02 15:04")
			}
			files := d.env.T("archive.ask_files", "n", max(len(m.Files), len(m.FileIDs)))
			lines = append(lines, strings.TrimRight("  "+m.MaterialCode.String()+" "+m.MaterialName.String()+"  "+files+"  "+at, " "))
		}
	}
	if !d.looked {
		lines = append(lines, d.env.T("archive.ask_not_known"))
		if d.lookErr != nil {
			lines = append(lines, "  "+d.svc.Explain(d.lookErr))
		}
	}
	return append(lines, d.fileDoubts()...)
}

// fileDoubts is what the user has to confirm of the files.
func (d *Dialog) fileDoubts() (lines []string) {
	for _, f := range d.files {
		name, kind := client.Text(f.Name), client.SafeText(f.Type, 60)
		switch {
		case f.OtherType:
			lines = append(lines, d.env.T("archive.other_type", "file", name, "type", kind))
		case odd(f):
			lines = append(lines, d.env.T("archive.ask_no_document", "file", name, "type", kind))
		case d.same(f):
			lines = append(lines, d.env.T("archive.ask_same", "file", name))
		}
	}
	return lines
}

// checked is the line that says how the files and the code came out of the checks; empty while there is nothing to check.
func (d *Dialog) checked(w int) string {
	if len(d.files)+len(d.fileIDs) == 0 {
		return ""
	}
	format, double, s := d.env.T("archive.check_ok"), d.env.T("archive.check_none"), d.env.Styles
	style := s.Muted
	if slices.ContainsFunc(d.files, odd) {
		format, style = d.env.T("archive.check_bad"), s.Warning
	}
	switch n := len(d.superseded()); {
	case d.look.Busy():
		double = d.env.T("archive.check_looking")
	case !d.looked:
		double, style = d.env.T("archive.check_unknown"), s.Warning
	case slices.ContainsFunc(d.files, d.same):
		double, style = d.env.T("archive.check_same"), s.Warning
	case n > 0:
		double, style = d.env.T("archive.check_there", "n", n), s.Warning
	}
	return style.Render(text.Truncate(d.env.T("archive.check", "format", format, "double", double), w))
}
