package core

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/keymap"
)

func TestOnlyTheNewestAnswerIsAccepted(t *testing.T) {
	var l, other Load[int]
	say := func(n int) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { return n, nil }
	}
	first, second := l.Start(t.Context(), say(1)), l.Start(t.Context(), say(2))
	a, b := first().(Loaded[int]), second().(Loaded[int])
	if l.Accept(a) {
		t.Error("a stale answer was accepted")
	}
	if other.Accept(b) || other.Owns(b) || !l.Owns(b) {
		t.Error("an answer went to the wrong Load")
	}
	if !l.Busy() || !l.Accept(b) || b.Value != 2 || l.Busy() || l.Accept(b) {
		t.Error("the newest answer must be accepted exactly once")
	}
}

func TestStoppingCancelsAndDropsTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Load[int]
		cmd := l.Start(t.Context(), func(ctx context.Context) (int, error) {
			select {
			case <-ctx.Done():
				return 0, ctx.Err()
			case <-time.After(time.Hour):
				return 1, nil
			}
		})
		got := make(chan tea.Msg, 1)
		go func() { got <- cmd() }()
		synctest.Wait()
		l.Stop()
		m := (<-got).(Loaded[int])
		if m.Err != context.Canceled || l.Accept(m) {
			t.Errorf("%v", m.Err)
		}
	})
}

func TestADisabledKeySaysWhy(t *testing.T) {
	e := NewEnv(t.Context())
	cmd, handled := e.Run([]keymap.Binding{{ID: "x", Keys: []string{"x"}, Reason: "只读"}}, tea.KeyPressMsg{Code: 'x', Text: "x"}, false)
	if !handled || cmd().(ToastMsg) != (ToastMsg{Text: "只读", Kind: Warning}) {
		t.Error("no toast")
	}
}

func TestTheLanguageCanChangeWhileRunning(t *testing.T) {
	e := NewEnv(t.Context())
	zh := e.T("ui.cancel")
	e.SetLang("en")
	if zh != "取消" || e.T("ui.cancel") != "Cancel" || e.Lang != "en" {
		t.Errorf("%s %s", zh, e.T("ui.cancel"))
	}
	if got := e.KeyName("ctrl+g", true) + e.KeyName("space", false) + e.KeyName("f6", true); got != "^GSpaceF6" {
		t.Error(got)
	}
}

func TestKeysAndPairsOfThemHaveNames(t *testing.T) {
	e := NewEnv(t.Context())
	e.Keys = keymap.NewMap(map[string][]string{"grid.up": {"shift+up"}})
	for _, b := range []struct {
		keymap.Binding
		want string
	}{
		{keymap.Binding{Show: "up/down"}, "上下"},
		{keymap.Binding{Show: "shift+up/down"}, "Shift+上下"},
		{keymap.Binding{Show: "+/-"}, "+/-"},
		{keymap.Binding{Keys: []string{"+"}}, "+"},
		{e.Apply(keymap.Binding{ID: "grid.up", Keys: []string{"up"}})[0], "Shift+上"},
	} {
		if got := e.KeyCap(b.Binding, true); got != b.want {
			t.Errorf("%v is written %q, want %q", b.Keys, got, b.want)
		}
	}
	if b := (keymap.Binding{ID: "grid.down"}); e.FootLabel(b) != "移动" || e.Label(b) != "下移" {
		t.Errorf("%s %s", e.FootLabel(b), e.Label(b))
	}
}

func TestTheSpinnerTurnsOnlyWithMotion(t *testing.T) {
	e := NewEnv(t.Context())
	seen := map[string]bool{}
	for e.Frame = range 8 {
		seen[e.Spinner()] = true
	}
	if e.Motion = false; len(seen) != 4 || e.Spinner() != "." {
		t.Errorf("%v", seen)
	}
}
