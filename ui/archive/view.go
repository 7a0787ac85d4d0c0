package archive

import (
	"fmt"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/doubt"
	"imagery/ui/internal/style"
)

// around is the lines of the head besides the files: the account, the heading and a blank one.
const around = 3

// head names the account and shows as many of the files as there is room for.
func (d *Dialog) head(w, maxH int) []string {
	s, n := d.env.Styles, len(d.files)+len(d.fileIDs)
	files := d.fileLines(w)
	checked := d.checked(w)
	d.page = max(1, maxH-around)
	if checked != "" {
		d.page = max(1, d.page-1)
	}
	shown, from := d.list.Show(files, d.page)
	part := ""
	if len(shown) < len(files) {
		part = fmt.Sprintf("%d-%d/%d", from+1, from+len(shown), n)
	}
	out := []string{
		d.env.T("archive.account", "no", d.account.Account.AccountNo, "name", d.account.Account.AccountName),
		s.Column.Render(text.Spread(d.env.T("archive.files", "n", n), part, w)),
	}
	if out = append(out, shown...); checked != "" {
		out = append(out, checked)
	}
	return append(out, "")
}

// fileLines says of each file how large it is and how it travels, those added last at the end.
func (d *Dialog) fileLines(w int) (out []string) {
	for _, id := range d.fileIDs {
		out = append(out, text.Spread("  "+client.Text(id).String(), d.env.T("archive.by_id"), w))
	}
	a := d.intended()
	for _, f := range d.files {
		how := d.env.T("archive.by_base64")
		if f.Size > d.svc.Base64Limit() {
			how = d.env.T("archive.by_upload")
		}
		mark, style := "  ", d.env.Styles.Text
		switch {
		case doubt.Odd(f):
			how = d.env.T("archive.odd")
			mark, style = "! ", d.env.Styles.Warning
		case a.Same(f):
			how = d.env.T("archive.check_same")
			mark, style = "! ", d.env.Styles.Warning
		}
		out = append(out, style.Render(text.Spread(mark+client.Text(f.Name).String(), text.FitRight(text.Bytes(f.Size), 10)+"  "+text.Fit(how, 18), w)))
	}
	if len(out) == 0 {
		out = []string{d.env.Styles.Muted.Render("  " + d.env.T("archive.add_first"))}
	}
	return out
}

// progress is how far the files are sent.
func (d *Dialog) progress() string {
	sent, total := d.sent.sent.Load(), d.sent.total.Load()
	part := 0.0
	if total > 0 {
		part = float64(sent) / float64(total)
	}
	return style.Bar(part, 24) + " " + text.Bytes(sent)
}
