package discard

import (
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/style"
)

const (
	boxWidth  = 72
	listLines = 6 // of what is affected, shown at once
)

// definite reports whether a failed discard was certainly not carried out, so that the dialog may stay and be corrected.
func definite(err error) bool { return !errors.Is(err, client.ErrOutcomeUnknown) }

// View implements core.Dialog.
func (d *Dialog) View(maxW, maxH int) (string, *tea.Cursor) {
	w := min(boxWidth, maxW)
	p := style.Panel{Title: d.env.T("discard.title"), W: w, Focused: true}
	p.H = 2
	iw, _ := p.Inner()
	head := d.head(iw)
	bodyH := max(1, min(d.form.Height(iw), maxH-2-len(head)))
	body, cur := d.form.View(iw, bodyH)
	p.Body, p.H = strings.Join(head, "\n")+"\n"+body, len(head)+bodyH+2
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY+len(head)
	}
	return d.env.Styles.Panel(p), cur
}

// head lists what the discard takes away, scrolled, and where.
func (d *Dialog) head(w int) []string {
	s := d.env.Styles
	out := text.Wrap(s.Warning.Render(d.env.T("discard.whole", "id", d.id, "title", d.title)), w)
	out = append(out, "")
	rows := d.rows(w)
	d.top = max(0, min(d.top, len(rows)-listLines))
	shown := rows[d.top:min(len(rows), d.top+listLines)]
	out = append(out, shown...)
	if len(rows) > listLines {
		out = append(out, s.Muted.Render(d.env.T("discard.more", "from", d.top+1, "to", d.top+len(shown), "n", len(rows))))
	}
	name := d.account.Account.AccountName
	out = append(out, "", text.Truncate(d.env.T("discard.account", "no", d.account.Account.AccountNo, "name", name, "profile", d.svc.ProfileName()), w))
	out = append(out, text.Wrap(s.Muted.Render(d.env.T("discard.no_undo")), w)...)
	return append(out, "")
}

func (d *Dialog) rows(w int) []string {
	s := d.env.Styles
	switch {
	case d.list.Busy():
		return []string{d.env.Spinner() + " " + d.env.T("discard.looking")}
	case d.err != nil:
		return text.Wrap(s.Error.Render("! "+d.svc.Explain(d.err)+"  "+d.env.T("discard.retry")), w)
	case len(d.affected) == 0:
		return text.Wrap(s.Error.Render("! "+d.env.T("discard.not_listed")), w)
	}
	var out []string
	customer := false
	for _, m := range d.affected {
		at := ""
		if !m.CreateTime.IsZero() {
			at = m.CreateTime.Format("2006-01-02 15:04")
		}
		files := max(len(m.Files), len(m.FileIDs))
		out = append(out, text.Spread("  "+m.MaterialCode.String()+" "+m.MaterialName.String(), d.env.T("discard.files", "n", strconv.Itoa(files))+"  "+at, w))
		customer = customer || m.AccountID == "" && m.CustomerID != ""
	}
	if customer {
		out = append(out, text.Wrap(s.Warning.Render("! "+d.env.T("discard.customer_level")), w)...)
	}
	return out
}
