package accounts

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/uitest"
)

// platform answers every search with one account.
type platform struct{}

func (platform) SearchAccounts(_ context.Context, r client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error) {
	one := client.CustomerAccount{Account: client.Account{AccountNo: "880012347", AccountBizType: "2"}}
	return &client.Page[client.CustomerAccount]{Content: []client.CustomerAccount{one}, TotalElements: 1, TotalPages: 1, Size: r.PageSize}, nil
}

func (platform) Revealed(context.Context, client.Text) error { return nil }
func (platform) Codes() *codes.Book                          { return new(codes.Book) }
func (platform) Explain(err error) string                    { return err.Error() }
func (platform) WhyNotWrite() string                         { return "" }

func open(t *testing.T, f func(d *uitest.Driver, m *Model)) {
	synctest.Test(t, func(t *testing.T) {
		m := New(core.NewEnv(t.Context()), platform{})
		d := uitest.Drive(t, m, m.Init())
		f(d.Pump(), m)
	})
}

func TestFiltersThatWereChangedAndNotSearchedAreSaid(t *testing.T) {
	open(t, func(d *uitest.Driver, m *Model) {
		const says = "条件已改，按 F7 查询"
		if strings.Contains(m.Status(), says) {
			t.Errorf("at the start: %s", m.Status())
		}
		d.Press("f").Type("1101").Press("tab")
		if !strings.Contains(m.Status(), says) {
			t.Errorf("after a change: %s", m.Status())
		}
		d.Press("f7")
		if strings.Contains(m.Status(), says) || len(m.asked.MaterialCodes) != 1 {
			t.Errorf("after the search: %s", m.Status())
		}
		d.Press("f", "shift+tab", "backspace")
		if !strings.Contains(m.Status(), says) {
			t.Errorf("after another change: %s", m.Status())
		}
		d.Type("1101").Press("tab")
		if strings.Contains(m.Status(), says) {
			t.Errorf("when it is as searched again: %s", m.Status())
		}
	})
}

func TestASavedViewIsRemovedOnlyWhenThatIsConfirmed(t *testing.T) {
	open(t, func(d *uitest.Driver, m *Model) {
		m.keepView(saved{name: "缺合同"})
		for _, answer := range []core.Action{core.Cancel{}, core.Confirm{}} {
			d.Seen = nil
			d.Send(core.DialogClosedMsg{Owner: menuOf{m, removeView}, Action: overlay.Chosen{ID: "缺合同"}})
			ask := d.Seen[0].(core.OpenDialogMsg)
			if act, _ := ask.Dialog.Update(tea.KeyPressMsg{Code: tea.KeyEnter}); act != (core.Cancel{}) || len(m.views) != 1 {
				t.Fatalf("enter does %v, %d views", act, len(m.views))
			}
			d.Send(core.DialogClosedMsg{Owner: ask.Owner, Action: answer})
		}
		if len(m.views) != 0 {
			t.Errorf("%d views are left", len(m.views))
		}
	})
}
