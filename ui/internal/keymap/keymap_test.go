package keymap

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func typed(s string) tea.KeyPressMsg { return tea.KeyPressMsg{Code: []rune(s)[0], Text: s} }

func TestFullWidthPunctuationCountsAsTheKey(t *testing.T) {
	for in, want := range map[string]string{"、": "/", "：": ":", "？": "?", "【": "[", "】": "]", "\u3000": "space", "＊": "*", "ａ": "a", "Ｇ": "G", "a": "a", "?": "?", "张": "张", " ": "space"} {
		if got := Normalize(typed(in)); got != want {
			t.Errorf("%q counts as %q, want %q", in, got, want)
		}
	}
	if got := Normalize(tea.KeyPressMsg{Code: 'g', Mod: tea.ModCtrl}); got != "ctrl+g" {
		t.Error(got)
	}
}

func TestNothingThatTypesIsACommandInATextField(t *testing.T) {
	bs := []Binding{{ID: "a", Keys: []string{"a", "/", "space"}}, {ID: "f", Keys: []string{"f6", "ctrl+g"}}}
	for _, s := range []string{"a", "/", " ", "、", "\u3000"} {
		if b, ok := MatchTyping(bs, typed(s)); ok {
			t.Errorf("%q ran %s", s, b.ID)
		}
	}
	for _, k := range []tea.KeyPressMsg{{Code: tea.KeyF6}, {Code: 'g', Mod: tea.ModCtrl}} {
		if _, ok := MatchTyping(bs, k); !ok {
			t.Errorf("%s did not run", k)
		}
	}
}

func TestADisabledBindingGivesItsReasonAndDoesNothing(t *testing.T) {
	ran := false
	bs := []Binding{{ID: "x", Keys: []string{"x"}, Reason: "只读", Do: func() tea.Cmd { ran = true; return nil }}}
	_, reason, handled := Run(bs, typed("x"), false)
	if reason != "只读" || !handled || ran {
		t.Errorf("%q %v %v", reason, handled, ran)
	}
	if _, _, handled := Run(bs, typed("z"), false); handled {
		t.Error("an unbound key was handled")
	}
}

func TestRemapsReplaceKeysAndWhatIsShown(t *testing.T) {
	m := NewMap(map[string][]string{"a.open": {"ctrl+o", "f2"}, "typo": {"z"}})
	bs := m.Apply([]Binding{{ID: "a.open", Keys: []string{"enter"}, Show: "Enter"}, {ID: "b", Keys: []string{"b"}}})
	if !slices.Equal(bs[0].Keys, []string{"ctrl+o", "f2"}) || bs[0].Label(false) != "Ctrl+O" || bs[1].Keys[0] != "b" {
		t.Errorf("%+v", bs)
	}
	if got := NewMap(map[string][]string{"dialog.cancel": {"f2"}}).Apply([]Binding{{ID: "dialog.cancel", Keys: []string{"esc"}}}); got[0].Keys[0] != "esc" {
		t.Errorf("a dialog is left by %v", got[0].Keys)
	}
	if (*Map)(nil).Apply(bs)[0].ID != "a.open" {
		t.Error("a nil map changed something")
	}
}

func TestConflictsNameBothSides(t *testing.T) {
	got := Conflicts([]Binding{{ID: "one", Keys: []string{"a", "f1"}}, {ID: "two", Keys: []string{"f1"}}, {ID: "one", Keys: []string{"a"}}})
	if want := []Conflict{{"f1", "one", "two"}}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestKeysAreWrittenForPeople(t *testing.T) {
	for in, want := range map[string]string{"ctrl+g": "Ctrl+G", "f6": "F6", "a": "a", "G": "G", "space": "Space", "shift+tab": "Shift+Tab", "pgdown": "PgDn", "+": "+", "f": "f", "ctrl+pgup": "Ctrl+PgUp", "f12": "F12"} {
		if got := Display(in); got != want {
			t.Errorf("%s is written %q, want %q", in, got, want)
		}
	}
}
