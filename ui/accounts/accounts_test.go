package accounts

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// Codes has the business types 0, 1 and 2.
func (platform) Codes() *codes.Book {
	b := codes.New()
	b.LearnAccounts([]client.CustomerAccount{{Account: client.Account{AccountBizType: "1"}}, {Account: client.Account{AccountBizType: "2"}}})
	return b
}

// ListMaterials knows 7001 under type 1, and 7002 under 1 and 2.
func (platform) ListMaterials(_ context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	if strings.Contains("7001/1 7002/1 7002/2", r.AccountNo+"/"+r.AccountBizType) {
		return nil, nil
	}
	return nil, client.ErrNotFound
}

func (platform) Revealed(context.Context, client.Text) error { return nil }
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

func TestAFilterThatIsNoneIsPointedAt(t *testing.T) {
	for _, way := range [][]string{{"tab", "tab", "tab", "f5"}, {"esc", "f7"}} {
		open(t, func(d *uitest.Driver, m *Model) {
			d.Press("f", "tab", "tab").Type("abc")
			if way[0] == "esc" {
				m.Back()
				way = way[1:]
			}
			d.Press(way...).Contains("日期应写作")
			if m.focus != onFilter || m.filter.form.Current() != "from" || !m.asked.OpenedFrom.IsZero() {
				t.Errorf("%v: focus %v on %s", way, m.focus, m.filter.form.Current())
			}
		})
	}
}

func TestOneKeyIsSaidToSearch(t *testing.T) {
	open(t, func(d *uitest.Driver, m *Model) {
		for _, row := range []string{"has", "from", "search"} {
			d.Press("f")
			m.filter.form.FocusOn(row)
			var caps []string
			for _, b := range m.Bindings() {
				if label := m.env.Label(b); b.Footer > 0 && (label == "查询" || label == "提交") {
					caps = append(caps, m.env.KeyCap(b, true))
				}
			}
			if !slices.Equal(caps, []string{"F7"}) {
				t.Errorf("on %s: %v", row, caps)
			}
		}
	})
}

func TestSearchingTakesWhatIsTypedInAnOpenList(t *testing.T) {
	for _, key := range []string{"f7", "f5"} {
		open(t, func(d *uitest.Driver, m *Model) {
			if d.Press("f").Type("1101").Press(key); !slices.Equal(m.showing.MaterialCodes, []string{"1101"}) {
				t.Errorf("%s asks for %v", key, m.showing.MaterialCodes)
			}
		})
	}
}

func TestWhatCanBeDoneWithMarksIsSaid(t *testing.T) {
	open(t, func(d *uitest.Driver, m *Model) {
		const says = "已选 1 个账号：d 批量下载  e 导出"
		if strings.Contains(m.Status(), "已选") {
			t.Errorf("without marks: %s", m.Status())
		}
		if d.Press("space"); !strings.Contains(m.Status(), says) {
			t.Errorf("with one: %s", m.Status())
		}
	})
}

func TestTheDepartmentHasRoomBesideTheFilter(t *testing.T) {
	open(t, func(d *uitest.Driver, _ *Model) { d.Resize(100, 26).Contains("筛选", "营业部     开户日期") })
}

func TestAnAccountIsFoundUnderTheBusinessTypesThatHaveIt(t *testing.T) {
	for _, c := range []struct {
		asked gone
		opens string // business type, empty for a menu
		menu  string
		kept  int // among the recent ones
	}{
		{gone{"7001", ""}, "1", "", 1},
		{gone{"7001", "1"}, "1", "", 1},
		{gone{"7001", "2"}, "", "此业务类型下没有这个账号", 0},
		{gone{"7002", ""}, "", "几个业务类型下都有", 0},
		{gone{"7002", "2"}, "2", "", 1},
		{gone{"9", ""}, "0", "", 0},
		{gone{"9", "2"}, "2", "", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := &watched{Model: New(core.NewEnv(t.Context()), platform{})}
			d := uitest.Drive(t, m, m.Init())
			d.Send(core.DialogClosedMsg{Owner: m.Model, Action: c.asked})
			switch {
			case c.menu == "" && (len(m.opened) != 1 || m.opened[0].Account.Account.AccountBizType.Raw() != c.opens):
				t.Errorf("%v opens %v", c.asked, m.opened)
			case c.menu != "":
				dialog := d.Seen[0].(core.OpenDialogMsg).Dialog
				dialog.Init()
				menu, _ := dialog.View(60, 20)
				if !strings.Contains(menu, c.menu) || len(m.opened) != 0 {
					t.Errorf("%v opens %v and asks\n%s", c.asked, m.opened, menu)
				}
			}
			if got := len(m.recents()); got != c.kept {
				t.Errorf("%v leaves %d recent accounts", c.asked, got)
			}
		})
	}
}

// watched notes the accounts that the screen asks to open.
type watched struct {
	*Model
	opened []OpenMsg
}

func (w *watched) Update(msg tea.Msg) tea.Cmd {
	if o, ok := msg.(OpenMsg); ok {
		w.opened = append(w.opened, o)
	}
	return w.Model.Update(msg)
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

func (platform) Completeness(client.Text) (int, bool) { return 0, false }
func (platform) CheckedAt() time.Time                 { return time.Time{} }
func (platform) LoadStanding(context.Context) error   { return nil }
