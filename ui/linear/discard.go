package linear

import (
	"context"
	"strconv"

	"imagery/client"
)

// confirmDigits is how much of the account's number is typed to confirm a discard.
const confirmDigits = 4

// whyNotDiscard: only what came by an archive can be discarded, and that as a whole.
func (d *dialogue) whyNotDiscard(m client.MaterialInfo) string {
	switch why := d.whyNotWrite(); {
	case why != "":
		return why
	case m.ServiceAccessID != "":
		return ""
	case m.ProcessInstanceID != "":
		return d.t("materials.from_workflow")
	}
	return d.t("materials.from_counter")
}

// discard reads out everything that an archive holds, asks for what a discard needs, and discards it as a whole. errDone: something may
// have changed.
func (a *account) discard(m client.MaterialInfo) error {
	d, id := a.d, m.ServiceAccessID
	no, biz := a.of.Account.AccountNo.Raw(), a.of.Account.AccountBizType.Raw()
	affected, err := look(d, "discard.looking", func(ctx context.Context) ([]client.MaterialInfo, error) {
		return d.svc.Affected(ctx, no, biz, id.Raw())
	})
	switch {
	case err != nil:
		return d.failed(err)
	case len(affected) == 0:
		d.say(d.t("discard.not_listed"))
		return nil
	}
	d.say(d.t("discard.whole", "id", id, "title", m.ServiceAccessTitle))
	d.sayAffected(affected)
	d.say(d.t("discard.account", "no", a.of.Account.AccountNo, "name", customerName(a.of), "profile", client.Text(d.profile)))
	d.say(d.t("discard.no_undo"))
	reason, emp := d.reasonQuestion(), &question{label: "discard.emp", value: d.svc.Session().Profile.EmpCode}
	for {
		digits := a.digitsQuestion()
		if err := d.fill(form{reason, emp, digits}); err != nil {
			return err
		}
		req := client.DiscardRequest{ServiceAccessID: id.Raw(), DiscardEmpCode: emp.value, DiscardReason: reason.value}
		left, err := run(d, "discard.sending", nil, func(ctx context.Context) ([]client.MaterialInfo, error) { return d.svc.Discard(ctx, req, no, biz) })
		if !over(err) {
			return a.discarded(id, len(affected), left, err)
		}
		if err := d.signInAgain(); err != nil { // nothing was discarded; it is confirmed once more
			return err
		}
	}
}

// sayAffected reads out everything a discard would take away.
func (d *dialogue) sayAffected(affected []client.MaterialInfo) {
	customer := false
	for i, m := range affected {
		files := max(len(m.Files), len(m.FileIDs))
		d.say(strconv.Itoa(i+1) + ". " + d.commas([]string{m.MaterialCode.String() + " " + m.MaterialName.String(), d.t("discard.files", "n", files), moment(m.CreateTime.Time)}))
		customer = customer || m.AccountID == "" && m.CustomerID != ""
	}
	if customer {
		d.say(d.t("discard.customer_level"))
	}
}

// discarded says what became of a discard.
func (a *account) discarded(id client.Text, n int, left []client.MaterialInfo, err error) error {
	d := a.d
	switch {
	case err != nil:
		if err := d.failed(err); err != nil {
			return err
		}
	case len(left) > 0:
		d.say(d.t("discard.still_there", "n", len(left)))
	default:
		d.say(d.t("discard.done", "n", n, "id", id))
	}
	if err := a.fetch(); err != nil {
		return err
	}
	return errDone
}

// reasonQuestion asks why: one of the usual reasons by number or pinyin, or any other words.
func (d *dialogue) reasonQuestion() *question {
	reasons := func() []string {
		return []string{
			d.t("discard.reason_blurred"), d.t("discard.reason_wrong_person"), d.t("discard.reason_wrong_material"),
			d.t("discard.reason_expired"), d.t("discard.reason_duplicate"),
		}
	}
	return &question{
		label: "discard.reason", hint: "linear.reason",
		read: func(typed string) (string, error) {
			if n, ok := number(typed); ok {
				if all := reasons(); n >= 1 && n <= len(all) {
					return all[n-1], nil
				}
				return "", complaint(d.t("linear.not_understood"))
			}
			return typed, nil
		},
		help: func() []string {
			var out []string
			for i, r := range reasons() {
				out = append(out, strconv.Itoa(i+1)+". "+r)
			}
			return out
		},
	}
}

// digitsQuestion asks for the end of the account's number, which is the confirmation.
func (a *account) digitsQuestion() *question {
	r := []rune(a.of.Account.AccountNo.String())
	wanted := string(r[max(0, len(r)-confirmDigits):])
	return &question{label: "linear.digits", read: func(typed string) (string, error) {
		if fold(typed) != wanted {
			return "", complaint(a.d.t("discard.confirm_wrong"))
		}
		return typed, nil
	}}
}
