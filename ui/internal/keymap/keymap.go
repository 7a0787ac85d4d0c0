// Package keymap makes one binding, as data, serve as key, help line, palette entry, footer and reason why it does not work now.
package keymap

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// Binding is one thing a user can do.
type Binding struct {
	// ID names the binding in the config's remaps; the message "key."+ID is its label everywhere.
	ID string
	// Keys trigger it, as tea.KeyPressMsg.String writes them ("a", "?", "ctrl+g", "f6", "space", "shift+tab"). None: palette only.
	Keys []string
	// Footer is the priority of its place in the footer, 1 first to stay when room is short; 0 leaves it out.
	Footer int
	// Reason says, translated, why it does not work now. Empty when it does.
	Reason string
	// Do runs it on the Update goroutine.
	Do func() tea.Cmd
	// Hidden leaves it out of help and palette, for twins and plain movement.
	Hidden bool
	// Show replaces the keys shown for it, such as "up/down" or "[ ]". Ignored once the keys are remapped.
	Show string
}

// Match returns the enabled or disabled binding that k triggers where letters are commands. What an IME in Chinese mode sends for
// `/ : ? [ ] *` and space counts as those.
func Match(bs []Binding, k tea.KeyPressMsg) (*Binding, bool) { return find(bs, Normalize(k)) }

// MatchTyping is Match for when a text field has the focus: keys that type something trigger nothing.
func MatchTyping(bs []Binding, k tea.KeyPressMsg) (*Binding, bool) {
	if Types(k) {
		return nil, false
	}
	return find(bs, k.String())
}

func find(bs []Binding, key string) (*Binding, bool) {
	for i := range bs {
		if slices.Contains(bs[i].Keys, key) {
			return &bs[i], true
		}
	}
	return nil, false
}

// Types reports whether k puts text into a field.
func Types(k tea.KeyPressMsg) bool {
	return k.Text != "" && !k.Mod.Contains(tea.ModCtrl) && !k.Mod.Contains(tea.ModAlt)
}

// imeForms maps what a Chinese IME commits for the punctuation keys that are commands.
var imeForms = map[string]string{
	"、": "/", "：": ":", "？": "?", "【": "[", "】": "]", "［": "[", "］": "]", "「": "[", "」": "]", "／": "/", "＊": "*", "×": "*",
	"，": ",", "。": ".", "；": ";", "！": "!", "＋": "+", "－": "-", "＝": "=", "\u3000": "space",
}

// Normalize returns the key's name for commands: full-width letters, digits and punctuation as their plain forms.
func Normalize(k tea.KeyPressMsg) string {
	s := k.String()
	if len(s) == 1 || k.Text == "" {
		return s
	}
	if plain, ok := imeForms[k.Text]; ok {
		return plain
	}
	r := []rune(k.Text)
	if len(r) == 1 && r[0] >= '\uff01' && r[0] <= '\uff5e' {
		return string(r[0] - 0xfee0)
	}
	return s
}

// Run does what k is bound to. The reason is that of a disabled binding, to be shown; handled is false when nothing is bound.
func Run(bs []Binding, k tea.KeyPressMsg, typing bool) (cmd tea.Cmd, reason string, handled bool) {
	match := Match
	if typing {
		match = MatchTyping
	}
	b, ok := match(bs, k)
	if !ok {
		return nil, "", false
	}
	if b.Reason != "" || b.Do == nil {
		return nil, b.Reason, true
	}
	return b.Do(), "", true
}
