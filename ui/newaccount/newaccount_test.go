package newaccount

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// platform takes a second to add an account and counts.
type platform struct {
	added int
	err   error
}

func (p *platform) AddAccount(_ context.Context, r client.AddAccountRequest) (*client.CustomerAccount, error) {
	p.added++
	time.Sleep(time.Second)
	return &client.CustomerAccount{Account: client.Account{AccountNo: client.Text(r.AccountNo)}}, p.err
}

func (p *platform) Codes() *codes.Book       { return new(codes.Book) }
func (p *platform) Explain(err error) string { return err.Error() }

func open(t *testing.T, lang string, f func(d *uitest.Dialog, p *platform)) {
	synctest.Test(t, func(t *testing.T) {
		env, p := core.NewEnv(t.Context()), &platform{}
		env.SetLang(lang)
		a := New(env, p, "880012347", "2")
		for _, id := range []string{"name", "dept", "acctCust", "idType", "idNo"} {
			a.Form.Form.Control(id).SetValue("01")
		}
		f(uitest.DriveDialog(t, a), p)
	})
}

// confirm answers the question that stands before an account is sent.
func confirm(t *testing.T, d *uitest.Dialog, yes core.Action) {
	t.Helper()
	if len(d.Seen) == 0 {
		t.Fatalf("nothing is asked:\n%s", d.Screen())
	}
	ask := d.Seen[len(d.Seen)-1].(core.OpenDialogMsg)
	d.Send(core.DialogClosedMsg{Owner: ask.Owner, Action: yes})
}

func TestAnAccountIsAddedOnlyWhenItsSummaryWasConfirmed(t *testing.T) {
	open(t, "zh", func(d *uitest.Dialog, p *platform) {
		d.Dialog.(*Dialog).Form.Form.Control("idNo").SetValue("310101199001011234")
		d.Press("f7")
		ask := d.Seen[0].(core.OpenDialogMsg).Dialog
		box, _ := ask.View(76, 20)
		if !strings.Contains(box, "880012347") || strings.Contains(box, "310101199001011234") {
			t.Errorf("asked:\n%s", box)
		}
		if act, _ := ask.Update(uitest.Key("enter")); act != (core.Cancel{}) {
			t.Errorf("enter does %v", act)
		}
		confirm(t, d, core.Cancel{})
		if d.Wait(2 * time.Second); p.added != 0 || d.Closed != nil {
			t.Errorf("sent %d times, closed with %v", p.added, d.Closed)
		}
	})
}

func TestAnAccountUnderWayIsSentOnceWhateverIsPressedOrClicked(t *testing.T) {
	for lang, words := range map[string][3]string{"zh": {"正在新增，请勿关闭", "新增 (F7)", "取消"}, "en": {"Adding, please wait", "Add (F7)", "Cancel"}} {
		open(t, lang, func(d *uitest.Dialog, p *platform) {
			d.ClickOn(words[1], 0)
			confirm(t, d, core.Confirm{})
			d.Contains(words[0])
			d.ClickOn(words[1], 0).ClickOn(words[2], 0).Press("f7", "esc", "enter")
			if d.Closed != nil || p.added != 1 {
				t.Fatalf("closed with %v, sent %d times", d.Closed, p.added)
			}
			d.Wait(2 * time.Second)
			if a, ok := d.Closed.(Added); !ok || a.Account.Account.AccountNo != "880012347" {
				t.Errorf("%v", d.Closed)
			}
		})
	}
}

func TestARefusedAccountStaysToBeCorrected(t *testing.T) {
	open(t, "zh", func(d *uitest.Dialog, p *platform) {
		p.err = errors.New("账号已存在")
		d.Press("f7")
		confirm(t, d, core.Confirm{})
		d.Wait(2 * time.Second)
		d.Contains("账号已存在", "880012347").Lacks("正在新增")
		d.Press("f7")
		confirm(t, d, core.Confirm{})
		d.Wait(2 * time.Second)
		if p.added != 2 {
			t.Errorf("sent %d times", p.added)
		}
	})
}
