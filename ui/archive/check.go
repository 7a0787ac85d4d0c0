package archive

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/doubt"
)

// lookAround asks what the account and its customer have: an archive takes the place of what is there under its code.
func (d *Dialog) lookAround() tea.Cmd {
	svc := d.svc
	req := client.ListMaterialsRequest{AccountNo: d.account.Account.AccountNo.Raw(), AccountBizType: d.account.Account.AccountBizType.Raw(), WithCustomer: true}
	return d.look.Start(d.env.Ctx, func(ctx context.Context) ([]client.MaterialInfo, error) { return svc.ListMaterials(ctx, req) })
}

// Busy implements core.Busier.
func (d *Dialog) Busy() bool { return d.look.Busy() || d.Form.Busy() }

// intended is the archive as it would be sent now, for what is doubtful about it.
func (d *Dialog) intended() doubt.Archive {
	a := doubt.Archive{Code: d.code.Value(), ToCustomer: d.target.Checked(toCustomer), Files: d.files, There: d.there, Looked: d.looked}
	if d.lookErr != nil {
		a.Why = d.svc.Explain(d.lookErr)
	}
	return a
}

// checked is the line that says how the files and the code came out of the checks; empty while there is nothing to check.
func (d *Dialog) checked(w int) string {
	if len(d.files)+len(d.fileIDs) == 0 {
		return ""
	}
	format, double, s := d.env.T("archive.check_ok"), d.env.T("archive.check_none"), d.env.Styles
	style := s.Muted
	if slices.ContainsFunc(d.files, doubt.Odd) {
		format, style = d.env.T("archive.check_bad"), s.Warning
	}
	a := d.intended()
	switch n := len(a.Superseded()); {
	case d.look.Busy():
		double = d.env.T("archive.check_looking")
	case !d.looked:
		double, style = d.env.T("archive.check_unknown"), s.Warning
	case slices.ContainsFunc(d.files, a.Same):
		double, style = d.env.T("archive.check_same"), s.Warning
	case n > 0:
		double, style = d.env.T("archive.check_there", "n", n), s.Warning
	}
	return style.Render(text.Truncate(d.env.T("archive.check", "format", format, "double", double), w))
}
