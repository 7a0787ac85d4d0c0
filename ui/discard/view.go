package discard

import (
	"errors"
	"strconv"

	"imagery/client"
	"imagery/internal/text"
)

// definite reports whether a failed discard was certainly not carried out, so that the dialog may stay and be corrected.
func definite(err error) bool { return !errors.Is(err, client.ErrOutcomeUnknown) }

// confirmed reports whether the platform confirmed the discard, though looking again afterwards failed.
func confirmed(err error) bool {
	var done interface{ Confirmed() bool }
	return errors.As(err, &done) && done.Confirmed()
}

// head lists what the discard takes away, as much as there is room for, and where.
func (d *Dialog) head(w, maxH int) []string {
	s := d.env.Styles
	above := append(text.Wrap(s.Warning.Render(d.env.T("discard.whole", "id", d.id, "title", d.title)), w), "")
	below := []string{"", text.Truncate(d.env.T("discard.account", "no", d.account.Account.AccountNo, "name", d.account.Account.AccountName, "profile", d.svc.ProfileName()), w)}
	below = append(append(below, text.Wrap(s.Muted.Render(d.env.T("discard.no_undo")), w)...), "")
	rows := d.rows(w)
	d.lines, d.page = len(rows), max(1, maxH-len(above)-len(below))
	if d.lines > d.page {
		d.page = max(1, d.page-1)
	}
	shown, from := d.window.Show(rows, d.page)
	out := append(above, shown...)
	if len(shown) < len(rows) {
		out = append(out, s.Muted.Render(d.env.T("discard.more", "from", from+1, "to", from+len(shown), "n", len(rows))))
	}
	return append(out, below...)
}

func (d *Dialog) rows(w int) []string {
	s := d.env.Styles
	switch {
	case d.list.Busy():
		return []string{d.env.Spinner() + " " + d.env.T("discard.looking")}
	case d.err != nil:
		return text.Wrap(s.Error.Render("! "+d.svc.Explain(d.err)+"  "+d.env.T("discard.retry", "key", d.env.KeyOf("discard.retry", "f5"))), w)
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
