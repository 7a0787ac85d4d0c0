package newaccount

import (
	"context"
	"errors"
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

func TestAnAccountUnderWayIsSentOnceWhateverIsPressedOrClicked(t *testing.T) {
	for lang, words := range map[string][3]string{"zh": {"正在新增，请勿关闭", "新增 (F7)", "取消"}, "en": {"Adding, please wait", "Add (F7)", "Cancel"}} {
		open(t, lang, func(d *uitest.Dialog, p *platform) {
			d.ClickOn(words[1], 0).Contains(words[0])
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
		d.Press("f7").Wait(2 * time.Second)
		d.Contains("账号已存在", "880012347").Lacks("正在新增")
		d.Press("f7").Wait(2 * time.Second)
		if p.added != 2 {
			t.Errorf("sent %d times", p.added)
		}
	})
}
