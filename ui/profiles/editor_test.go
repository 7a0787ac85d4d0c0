package profiles

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/postman"
	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/uitest"
)

// machine takes a second for each file and for saving.
type machine struct {
	saved, imported int
	err             error
}

func (m *machine) SaveProfile(string, config.Profile) error {
	time.Sleep(time.Second)
	m.saved++
	return nil
}

func (m *machine) ReadCodes(context.Context, string, codes.Table) (codes.Names, error) {
	time.Sleep(time.Second)
	return codes.Names{}, m.err
}

func (m *machine) ImportCodes(context.Context, string, codes.Names) error { m.imported++; return nil }

func (m *machine) Collection(context.Context, string, string) (*postman.Result, error) {
	time.Sleep(time.Second)
	return nil, errors.New("不是 Postman 集合")
}

func (m *machine) CompletePath(context.Context, string) ([]string, error) { return nil, nil }
func (m *machine) Explain(err error) string                               { return err.Error() }

func open(t *testing.T, lang string, f func(d *uitest.Dialog, e *Editor, m *machine)) {
	synctest.Test(t, func(t *testing.T) {
		env, m := core.NewEnv(t.Context()), &machine{}
		env.SetLang(lang)
		e := NewEditor(env, m, "生产", config.Profile{Name: "生产", URL: "https://10.1.2.3", Endpoints: client.Endpoints{client.OpSignIn: client.Endpoint{}}})
		f(uitest.DriveDialog(t, e), e, m)
	})
}

func TestEscEndsReadingAndNothingIsSaved(t *testing.T) {
	for lang, words := range map[string][2]string{"zh": {"正在读取文件", "已停止"}, "en": {"Reading the file", "Stopped"}} {
		for _, row := range []string{"collection", "codes"} {
			open(t, lang, func(d *uitest.Dialog, e *Editor, m *machine) {
				e.Form.Form.Control(row).SetValue("/x.json")
				d.Press("f7").Contains(words[0])
				d.Press("esc").Contains(words[1]).Wait(3 * time.Second)
				if d.Closed != nil || m.saved != 0 {
					t.Errorf("%s: closed with %v, saved %d times", row, d.Closed, m.saved)
				}
			})
		}
	}
}

func TestSavingShowsItselfAndIsSeenThrough(t *testing.T) {
	open(t, "zh", func(d *uitest.Dialog, e *Editor, m *machine) {
		e.Form.Form.Control("codes").SetValue("/码表.csv")
		d.Press("f7").Wait(1100 * time.Millisecond)
		d.Contains("正在保存")
		d.ClickOn("取消", 0).Press("esc").Wait(2 * time.Second)
		if d.Closed != (Saved{"生产"}) || m.saved != 1 || m.imported != 1 {
			t.Errorf("%v, saved %d, imported %d", d.Closed, m.saved, m.imported)
		}
	})
}

func TestAFailureIsShownAtItsRow(t *testing.T) {
	open(t, "zh", func(d *uitest.Dialog, e *Editor, m *machine) {
		m.err = errors.New("第 3 行没有编码")
		e.Form.Form.Control("codes").SetValue("/码表.csv")
		d.Press("f7").Wait(2 * time.Second)
		d.Contains("第 3 行没有编码")
		if e.Form.Form.Current() != "codes" || m.saved != 0 {
			t.Errorf("the focus is on %s, saved %d times", e.Form.Form.Current(), m.saved)
		}
	})
}

func TestLimitsAreNumbersOrNothing(t *testing.T) {
	open(t, "zh", func(d *uitest.Dialog, e *Editor, m *machine) {
		for value, ok := range map[string]bool{"": true, "8": true, "64": true, "65": false, "0": false, "-1": false, "x": false} {
			c := e.Form.Form.Control("concurrency")
			c.SetValue(value)
			if got := c.Problem() == ""; got != ok {
				t.Errorf("%q at once: %q", value, c.Problem())
			}
		}
		e.Form.Form.Control("concurrency").SetValue("8")
		e.Form.Form.Control("rate").SetValue("")
		if p := e.profile(); p.Concurrency != 8 || p.Rate != 0 {
			t.Errorf("%d at once, %d a second", p.Concurrency, p.Rate)
		}
	})
}

func TestTheColumnsOfTheMappingCanBeChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := uitest.DriveDialog(t, NewMapping(core.NewEnv(t.Context()), &postman.Result{Name: "x"}))
		d.Contains("缺少").Press("C")
		ask := d.Seen[0].(core.OpenDialogMsg)
		d.Send(core.DialogClosedMsg{Owner: ask.Owner, Action: overlay.Arranged{Items: []overlay.Item{{ID: "op", On: true}, {ID: "state"}}}})
		d.Lacks("缺少")
	})
}
