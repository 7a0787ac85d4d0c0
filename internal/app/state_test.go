package app

import (
	"path/filepath"
	"testing"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/store"
)

// memory is a ProfileStore that keeps nothing.
type memory struct{}

func (memory) Save(string, config.Profile) error { return nil }
func (memory) Remove(string) error               { return nil }

func TestCodesLearntAndImportedAreThereAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	run := func(do func(a *App)) {
		s := store.New(path)
		defer s.Close()
		a := start(t, &platform{rows: []map[string]any{row("S1", "t", "1103")}}, nil)
		a.opts.State, a.opts.Store = s, memory{}
		a.SignOut()
		if err := a.SignIn(t.Context(), a.Profiles()[0].Name, "mt1", client.NewSecret("x")); err != nil {
			t.Fatal(err)
		}
		do(a)
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	var name string
	run(func(a *App) {
		name = a.Profiles()[0].Name
		a.Codes().LearnMaterials([]client.MaterialInfo{{MaterialCode: "77", MaterialName: "学到的"}, {MaterialCode: "78", MaterialName: "学到的"}})
		if err := a.ImportCodes(t.Context(), name, codes.Names{codes.Materials: {"78": "导入的"}}); err != nil {
			t.Error(err)
		}
		if got := a.Codes().Name(codes.Materials, "78"); got != "导入的" {
			t.Errorf("at once it is %q", got)
		}
	})
	run(func(a *App) {
		if x, y := a.Codes().Name(codes.Materials, "77"), a.Codes().Name(codes.Materials, "78"); x != "学到的" || y != "导入的" {
			t.Errorf("after a restart %q and %q", x, y)
		}
		p := a.Profiles()[0]
		p.Name = "renamed"
		if err := a.SaveProfile(name, p); err != nil {
			t.Fatal(err)
		}
		b, err := a.CodesOf(t.Context(), "renamed")
		if err != nil || b.Name(codes.Materials, "78") != "导入的" {
			t.Errorf("renamed: %v", err)
		}
		if err := a.RemoveProfile("renamed"); err != nil {
			t.Fatal(err)
		}
		var n codes.Names
		if there, err := a.opts.State.Get(t.Context(), "renamed", codesImported, &n); there || err != nil {
			t.Errorf("a removed profile's codes are kept: %v, %v", n, err)
		}
	})
}
