package ui

import (
	"slices"
	"testing"
)

func TestKeysOfTheUserAreChecked(t *testing.T) {
	for _, c := range []struct {
		remaps map[string][]string
		want   []KeyProblem
	}{
		{nil, nil},
		{map[string][]string{"accounts.goto": {"ctrl+j"}}, nil},
		{map[string][]string{"accounts.gotoo": {"ctrl+j"}}, []KeyProblem{{ID: "accounts.gotoo"}}},
		{map[string][]string{"dialog.cancel": {"f2"}}, []KeyProblem{{ID: "dialog.cancel", Fixed: true}}},
		{map[string][]string{"accounts.goto": {"Ctrl+J"}}, []KeyProblem{{ID: "accounts.goto", Key: "Ctrl+J"}}},
		{map[string][]string{"accounts.goto": {"p"}}, []KeyProblem{{ID: "accounts.goto", Key: "p", Other: "accounts.detail"}}},
		{map[string][]string{"accounts.goto": {"p"}, "accounts.detail": {"ctrl+g"}}, nil},
		{map[string][]string{"materials.download": {"?"}}, []KeyProblem{{ID: "materials.download", Key: "?", Other: "main.help"}}},
	} {
		if got := CheckKeys(c.remaps); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.remaps, got, c.want)
		}
	}
}
