package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"imagery/client"
	"imagery/ui/batch"
	"imagery/ui/completeness"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/materials"
	"imagery/ui/newaccount"
	"imagery/ui/review"
)

// At the matrix, behind which stands the list of accounts that } goes through.
var matrix = []string{"+", "c", "r", "right", "right"}

func TestTheNextAccountIsOnlyThereOverTheListOfAccounts(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.bare = true
		l.follow(matrix).Press("enter").Wait(time.Second)
		l.Press("}").Contains("只有从账号列表打开的账号").Press("esc").Wait(time.Second)
		if _, on := l.model.top().(*completeness.Model); !on {
			t.Fatalf("esc led to %T", l.model.top())
		}
	})
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow(reviewing("v", "}")).Contains("只有从账号列表打开的账号").Press("esc").Wait(time.Second)
		if _, on := l.model.top().(*review.Work); !on {
			t.Fatalf("esc led to %T", l.model.top())
		}
	})
}

func TestTheSecondTabLeadsToTheAccountOpenedFromTheMatrix(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.bare = true
		l.follow(matrix).Press("down", "enter").Wait(time.Second)
		opened := l.accountNo()
		l.Press("1").Wait(time.Second)
		l.Press("2").Wait(time.Second)
		if _, on := l.model.top().(*materials.Model); !on || l.accountNo() != opened {
			t.Errorf("2 led to %T of %s, not of %s", l.model.top(), l.accountNo(), opened)
		}
	})
}

func TestGoingBackByTheTabShowsThePreviewAsEscDoes(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.follow([]string{"+", "enter", "enter", "n", "n", "n", "n", "n"}).Press("2").Wait(time.Second)
		l.Contains("> 资料").Lacks("正在载入影像")
	})
}

func TestAClickBesideADialogDoesNothing(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.follow([]string{"+", ":"}).Contains("命令")
		if l.Click(2, 15).Click(117, 15).Wait(time.Second); len(l.model.dialogs) != 1 {
			t.Errorf("a click beside the palette ran a command:\n%s", l.Screen())
		}
		if l.Click(l.model.box.Min.X+4, 15).Wait(time.Second); len(l.model.dialogs) != 0 {
			t.Errorf("a click in it did not:\n%s", l.Screen())
		}
	})
}

// kinds are the screens behind the list of accounts, the one on top last.
func (l *lab) kinds() string {
	var out []string
	for _, s := range l.model.screens[2:] {
		out = append(out, fmt.Sprintf("%T", s))
	}
	return strings.Join(out, " ")
}

func TestAScreenThatIsDoneLeavesThoseOverItAlone(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.planned()
		plan := l.model.top()
		l.Press("t").Send(batch.StartedMsg{Screen: plan, Rows: 2}).Wait(time.Second)
		if got := l.kinds(); got != "*tasks.Model" {
			t.Error(got)
		}
		l.Send(core.PopMsg{Screen: plan}).Wait(time.Second) // twice is once
		if got := l.kinds(); got != "*tasks.Model" {
			t.Error(got)
		}
	})
}

func TestAnAccountLookedForDoesNotOpenOverAnother(t *testing.T) {
	for _, key := range []string{"enter", "t"} {
		run(t, 100, 30, "zh", func(l *lab) {
			l.signIn()
			l.latency = time.Second
			l.Press("ctrl+g").Type("8800000003").Press("enter").Wait(500 * time.Millisecond)
			l.Press(key).Wait(time.Minute)
			if n := len(l.model.screens); n != 3 || strings.Contains(l.Screen(), "8800000003") {
				t.Errorf("%s: %s\n%s", key, l.kinds(), l.Screen())
			}
		})
	}
}

func TestDialogsThatOpenWhenAnAnswerComesTakeNoKeysAtOnce(t *testing.T) {
	for name, way := range map[string][]string{
		"draw": {"+", "S", "f7"}, "sign": ways["review-sign"], "test": {"f2", "t"}, "head": {"+", "J", "e", "enter"},
	} {
		run(t, 100, 30, "zh", func(l *lab) {
			l.bare = true
			l.follow(way[:len(way)-1])
			l.Press(way[len(way)-1])
			for range 200 { // not a moment longer than it takes
				if l.model.held.Before(l.model.env.Now()) {
					l.Wait(10 * time.Millisecond)
				}
			}
			open := len(l.model.dialogs)
			if l.Press("esc"); open == 0 || len(l.model.dialogs) != open {
				t.Errorf("%s: what was typed on reached it", name)
			}
			if l.Wait(time.Second).Press("esc"); len(l.model.dialogs) == open {
				t.Errorf("%s does not close", name)
			}
		})
	}
}

func TestGoingToAndFroLeavesOneScreenOfAKind(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "t", "t", "J", "t", "J", "J"})
		if got := l.kinds(); got != "*tasks.Model *journal.Model" {
			t.Error(got)
		}
	})
}

// The notice of what led to a screen comes after it, however the two race.
func TestTheNoticeOfWhatOpenedAScreenStaysOnIt(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		for range 12 {
			l.Type("demo").Press("tab", "space", "f5").Wait(2 * time.Second)
			l.Contains("账号检索", "钥匙串")
			a := client.CustomerAccount{Account: client.Account{AccountNo: "8800000001", AccountBizType: "0"}}
			l.Send(core.DialogClosedMsg{Action: newaccount.Added{Account: a}}).Wait(time.Second)
			l.Contains("> 资料", "已新增账号 8800000001")
			l.Press(":").Type("切换环境").Press("enter").Wait(time.Second)
		}
	})
}

func TestATabWorksWhateverItsKeyIs(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.model.env.Keys = keymap.NewMap(map[string][]string{"main.tasks": {"ctrl+t"}})
		x, _, _ := l.Terminal().Find("2 资料")
		l.Click(x, 1).Wait(time.Second)
		l.Contains("还没有打开账号")
		l.signIn().Contains("4 任务")
		x, _, _ = l.Terminal().Find("4 任务")
		l.Click(x, 1).Wait(time.Second)
		if got := l.kinds(); got != "*tasks.Model" {
			t.Error(got)
		}
	})
}

func TestKeysInTextsAreThoseTheUserChose(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.model.env.Keys = keymap.NewMap(map[string][]string{"form.submit": {"f10"}, "main.details": {"f11"}})
		l.signIn().Press("ctrl+g").Contains("(F10)").Lacks("(F7)").Press("esc")
		l.Send(core.ToastMsg{Text: strings.Repeat("长", 60), Kind: core.Warning}).Contains("F11 错误详情")
	})
}
