package ui

import (
	"context"
	"maps"
	"slices"
	"strings"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/i18n"
	engine "imagery/internal/review"
	"imagery/ui/accounts"
	"imagery/ui/archive"
	"imagery/ui/batch"
	"imagery/ui/completeness"
	"imagery/ui/discard"
	"imagery/ui/download"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/journal"
	"imagery/ui/login"
	"imagery/ui/materials"
	"imagery/ui/newaccount"
	"imagery/ui/profiles"
	"imagery/ui/review"
	"imagery/ui/rules"
	"imagery/ui/tasks"
)

// KeyProblem is one thing that is wrong with the user's keys.
type KeyProblem struct {
	ID    string // of the remapped binding
	Key   string // that is written wrongly, or claimed twice; empty when no binding has the ID
	Other string // the binding that claims Key too
	Fixed bool   // the binding keeps its own keys
}

// CheckKeys finds what is wrong with remaps (keys by binding ID): IDs that no binding has or whose keys are fixed, keys written wrongly, and
// keys that another binding of the same screen or dialog claims.
func CheckKeys(remaps map[string][]string) []KeyProblem {
	var out []KeyProblem
	for _, id := range slices.Sorted(maps.Keys(remaps)) {
		if _, known := i18n.Load("zh").Lookup(i18n.Key("key." + id)); !known {
			out = append(out, KeyProblem{ID: id})
		} else if keymap.Fixed(id) {
			out = append(out, KeyProblem{ID: id, Fixed: true})
		}
		for _, k := range remaps[id] {
			if rest := strings.TrimSuffix(k, "+"); k == "" || len(rest) > 1 && rest != strings.ToLower(rest) {
				out = append(out, KeyProblem{ID: id, Key: k})
			}
		}
	}
	for _, bs := range places(remaps) {
		for _, c := range keymap.Conflicts(bs) {
			id, other := c.Winner, c.Loser
			if !slices.Contains(remaps[id], c.Key) {
				id, other = other, id
			}
			p := KeyProblem{ID: id, Key: c.Key, Other: other}
			if slices.Contains(remaps[id], c.Key) && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// places are the bindings that are offered together, for each screen and dialog.
func places(remaps map[string][]string) [][]keymap.Binding {
	env := core.NewEnv(context.Background())
	env.Keys = keymap.NewMap(remaps)
	svc := &service{App: app.New(app.Options{})}
	svc.setLang(env.Lang)
	m := &Model{env: env, app: svc.App, svc: svc}
	var a client.CustomerAccount
	var out [][]keymap.Binding
	for _, s := range []core.Screen{
		login.New(env, svc, nil), accounts.New(env, svc), materials.New(env, svc, a), tasks.New(env, svc), tasks.NewReport(env, svc, ""),
		completeness.New(env, svc, client.SearchAccountsRequest{}, &completeness.Place{}), rules.New(env, svc, client.SearchAccountsRequest{}), batch.New(env, svc, batch.Checked{}),
		review.New(env, svc, client.SearchAccountsRequest{}), review.NewWork(env, svc, engine.Run{}), review.NewDifferences(env, svc, engine.Run{}), journal.New(env, svc),
	} {
		m.screens = []core.Screen{s}
		out = append(out, m.allBindings())
	}
	for _, d := range []core.Dialog{
		archive.New(env, svc, a, "", nil), discard.New(env, svc, a, client.MaterialInfo{}), newaccount.New(env, svc, "", ""), batch.NewSource(env, svc),
		download.New(env, svc, nil), profiles.NewEditor(env, svc, "", config.Profile{}), overlay.NewMenu(env, "", nil, ""),
	} {
		out = append(out, d.Bindings())
	}
	return out
}
