package archive

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/style"
)

const boxWidth = 78

// View implements core.Dialog.
func (d *Dialog) View(maxW, maxH int) (string, *tea.Cursor) {
	p := style.Panel{Title: d.env.T("archive.title"), W: min(boxWidth, maxW), H: 2, Focused: true}
	iw, _ := p.Inner()
	head := d.list(iw)
	h := max(1, min(d.form.Height(iw), maxH-2-len(head)))
	body, cur := d.form.View(iw, h)
	p.Body, p.H = strings.Join(head, "\n")+"\n"+body, len(head)+h+2
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY+len(head)
	}
	return d.env.Styles.Panel(p), cur
}

// list shows the files to be archived and how each travels, or how far they are sent.
func (d *Dialog) list(w int) []string {
	s := d.env.Styles
	name := d.account.Account.AccountName
	out := []string{
		text.Fit(d.env.T("archive.account", "no", d.account.Account.AccountNo, "name", name), w),
		s.Column.Render(text.Fit(d.env.T("archive.files", "n", len(d.files)+len(d.fileIDs)), w)),
	}
	if len(d.files)+len(d.fileIDs) == 0 {
		out = append(out, s.Muted.Render(text.Fit("  "+d.env.T("archive.add_first"), w)))
	}
	for _, f := range d.files {
		how := d.env.T("archive.by_base64")
		if f.Size > d.svc.Base64Limit() {
			how = d.env.T("archive.by_upload")
		}
		out = append(out, text.Spread("  "+client.Text(f.Name).String(), text.FitRight(text.Bytes(f.Size), 10)+"  "+text.Fit(how, 18), w))
	}
	for _, id := range d.fileIDs {
		out = append(out, text.Spread("  "+client.Text(id).String(), d.env.T("archive.by_id"), w))
	}
	if d.send.Busy() {
		out = append(out, d.progressLine(w))
	}
	return append(out, "")
}

func (d *Dialog) progressLine(w int) string {
	sent, total := d.sent.sent.Load(), d.sent.total.Load()
	part := 0.0
	if total > 0 {
		part = float64(sent) / float64(total)
	}
	return text.Fit(d.env.Spinner()+" "+d.env.T("archive.sending")+" "+style.Bar(part, 24)+" "+text.Bytes(sent), w)
}
