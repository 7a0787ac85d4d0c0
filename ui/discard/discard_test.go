package discard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// platform takes a second for everything and counts what arrives.
type platform struct {
	rows      int
	err       error
	refused   error // of the discard
	discarded []client.DiscardRequest
}

func (p *platform) Affected(context.Context, string, string, string) (out []client.MaterialInfo, err error) {
	time.Sleep(time.Second)
	for i := range p.rows {
		out = append(out, client.MaterialInfo{MaterialCode: client.Text(fmt.Sprintf("B%04d", i)), MaterialName: "银行卡"})
	}
	return out, p.err
}

func (p *platform) Discard(_ context.Context, r client.DiscardRequest, _, _ string) ([]client.MaterialInfo, error) {
	p.discarded = append(p.discarded, r)
	time.Sleep(time.Second)
	return nil, p.refused
}

// notLooked is a discard that was confirmed and not looked at again.
type notLooked struct{ error }

func (notLooked) Confirmed() bool { return true }

func (p *platform) Explain(err error) string { return err.Error() }
func (p *platform) EmpCode() string          { return "0231" }
func (p *platform) ProfileName() string      { return "生产" }

func open(t *testing.T, lang string, p *platform, f func(d *uitest.Dialog, a *Dialog)) {
	synctest.Test(t, func(t *testing.T) {
		env := core.NewEnv(t.Context())
		env.SetLang(lang)
		a := New(env, p, client.CustomerAccount{Account: client.Account{AccountNo: "880012347"}}, client.MaterialInfo{ServiceAccessID: "8831", ServiceAccessTitle: "补录"})
		f(uitest.DriveDialog(t, a), a)
	})
}

func TestNothingHidesTheOutcomeOfADiscardUnderWay(t *testing.T) {
	p := &platform{rows: 2}
	open(t, "zh", p, func(d *uitest.Dialog, a *Dialog) {
		d.Contains("正在查询受影响的资料").Wait(2 * time.Second)
		a.Form.Form.Control("reason").SetValue("重复归档")
		a.Form.Form.Control("confirm").SetValue("2347")
		d.Press("f7").Contains("正在作废，请勿关闭")
		d.ClickOn("取消", 0).ClickOn("作废 (F7)", 0).Press("esc", "f7")
		if d.Closed != nil || len(p.discarded) != 1 {
			t.Fatalf("closed with %v, discarded %d times", d.Closed, len(p.discarded))
		}
		d.Wait(2 * time.Second)
		if done, ok := d.Closed.(Done); !ok || done.Kind != core.Success {
			t.Errorf("%v", d.Closed)
		}
	})
}

func TestADiscardEndsTheDialogUnlessItWasRefused(t *testing.T) {
	for _, c := range []struct {
		err    error
		closed bool
		kind   core.Kind
		says   string
	}{
		{nil, true, core.Success, "已重新查询核实"},
		{fmt.Errorf("looking: %w", notLooked{errors.New("连接超时")}), true, core.Warning, "没能重新核对"},
		{fmt.Errorf("sending: %w", client.ErrOutcomeUnknown), true, core.Failure, ""},
		{errors.New("没有权限"), false, 0, ""},
	} {
		open(t, "zh", &platform{rows: 1, refused: c.err}, func(d *uitest.Dialog, a *Dialog) {
			d.Wait(2 * time.Second)
			a.Form.Form.Control("reason").SetValue("重复归档")
			a.Form.Form.Control("confirm").SetValue("2347")
			d.Press("f7").Wait(2 * time.Second)
			done, closed := d.Closed.(Done)
			if closed != c.closed || done.Kind != c.kind || !strings.Contains(done.Text, c.says) {
				t.Errorf("%v closes with %v", c.err, d.Closed)
			}
		})
	}
}

func TestClicksLandInTheRowTheyPointAt(t *testing.T) {
	open(t, "en", &platform{rows: 2}, func(d *uitest.Dialog, a *Dialog) {
		d.Wait(2 * time.Second)
		for label, id := range map[string]string{"Employee": "emp", "Last four of account": "confirm"} {
			if d.ClickOn(label, 26); a.Form.Form.Current() != id {
				t.Errorf("the click on %s went to %s:\n%s", label, a.Form.Form.Current(), d.Screen())
			}
		}
	})
}

func TestALongListOfTheAffectedScrollsAndTheFooterSaysHow(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		open(t, lang, &platform{rows: 50}, func(d *uitest.Dialog, a *Dialog) {
			d.Wait(2 * time.Second)
			d.Contains("B0000", "PgUp/PgDn", "(F7)").Lacks("B0040")
			shown := false
			for _, b := range a.Bindings() {
				shown = shown || b.ID == "discard.scroll" && b.Footer > 0 && b.Show == "PgUp/PgDn"
			}
			if !shown {
				t.Error("PgUp and PgDn are not in the footer")
			}
			for range 20 {
				d.Press("pgdown")
			}
			d.Contains("B0049", "2347")
			d.Send(tea.MouseWheelMsg{X: 9, Y: 5, Button: tea.MouseWheelUp}).Lacks("B0049")
		})
	}
}

func TestAFailedLookIsRepeatedByF5AndR(t *testing.T) {
	for _, key := range []string{"f5", "r"} {
		p := &platform{rows: 1, err: errors.New("连接超时")}
		open(t, "zh", p, func(d *uitest.Dialog, _ *Dialog) {
			d.Wait(2*time.Second).Contains("连接超时", "按 F5 重试")
			p.err = nil
			d.Press(key).Wait(2 * time.Second)
			d.Contains("B0000").Lacks("连接超时")
		})
	}
}

func TestAReasonOfOnesOwnIsOfferedNextTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, p := core.NewEnv(t.Context()), &platform{rows: 1}
		account := client.CustomerAccount{Account: client.Account{AccountNo: "880012347"}}
		a := New(env, p, account, client.MaterialInfo{})
		d := uitest.DriveDialog(t, a)
		d.Wait(2 * time.Second)
		d.Press("tab", "tab").Type("签字页缺页").Press("enter")
		a.Form.Form.Control("confirm").SetValue("2347")
		d.Press("f7").Wait(2 * time.Second)
		if _, ok := d.Closed.(Done); !ok || p.discarded[0].DiscardReason != "签字页缺页" {
			t.Fatalf("%v %v", d.Closed, p.discarded)
		}
		again := uitest.DriveDialog(t, New(env, p, account, client.MaterialInfo{}))
		again.Wait(2 * time.Second)
		again.Press("tab", "tab", "enter").Contains("> 签字页缺页", "重复归档")
	})
}
