package core

import (
	"strings"

	"imagery/internal/i18n"
	"imagery/ui/internal/keymap"
)

// keyNames are the keys, and pairs of them, that have a name of their own in each language.
var keyNames = map[string]i18n.Key{
	"space": i18n.Key("ui.keyname.space"), "enter": i18n.Key("ui.keyname.enter"), "up": i18n.Key("ui.keyname.up"),
	"down": i18n.Key("ui.keyname.down"), "left": i18n.Key("ui.keyname.left"), "right": i18n.Key("ui.keyname.right"),
	"up/down": i18n.Key("ui.keyname.up_down"), "left/right": i18n.Key("ui.keyname.left_right"), "arrows": i18n.Key("ui.keyname.arrows"),
}

// named is the name of a key with what is held before it, "Shift+"; ok is false for a key without a name of its own.
func named(key string) (held string, name i18n.Key, ok bool) {
	if i := strings.LastIndex(key, "+"); i > 0 {
		held, key = keymap.Display(key[:i])+"+", key[i+1:]
	}
	name, ok = keyNames[key]
	return held, name, ok
}

// KeyName writes a key for people in the current language: "space" gives 空格, "ctrl+g" Ctrl+G, or ^G when brief.
func (e *Env) KeyName(key string, brief bool) string {
	if held, name, ok := named(key); ok {
		return held + e.T(name)
	}
	if rest, ok := strings.CutPrefix(key, "ctrl+"); ok && brief && len(rest) == 1 {
		return "^" + strings.ToUpper(rest)
	}
	return keymap.Display(key)
}

// KeyOf returns the key that does what id names: the one that the user chose, else the usual one.
func (e *Env) KeyOf(id, usual string) string {
	return e.KeyCap(e.Apply(keymap.Binding{ID: id, Keys: []string{usual}})[0], false)
}

// KeyCap writes the key to press for a binding, empty when it has none.
func (e *Env) KeyCap(b keymap.Binding, brief bool) string {
	switch {
	case b.Show != "":
		return e.shown(b.Show, brief)
	case len(b.Keys) == 0:
		return ""
	}
	return e.KeyName(b.Keys[0], brief)
}

// shown translates a Show that has a name, and leaves "+/-" and the like alone.
func (e *Env) shown(show string, brief bool) string {
	if _, _, ok := named(show); ok {
		return e.KeyName(show, brief)
	}
	return show
}

// Label is the binding's name in the current language.
func (e *Env) Label(b keymap.Binding) string { return e.T(i18n.Key("key." + b.ID)) }

// FootLabel is the binding's name in the footer, where it may be shorter or stand for a pair.
func (e *Env) FootLabel(b keymap.Binding) string {
	if s, ok := i18n.Load(e.Lang).Lookup(i18n.Key("key.foot." + b.ID)); ok {
		return s
	}
	return e.Label(b)
}
