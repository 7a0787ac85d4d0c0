package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/app"
)

// keeper keeps what the user arranged, per profile and user, through the program's state.
type keeper struct {
	app *app.App
	ctx context.Context
}

// writeAfter is how long what was kept may stay in memory alone: typing a word writes once.
const writeAfter = 300 * time.Millisecond

// Recall implements core.Keeper.
func (k keeper) Recall(key string, into any) bool { return k.app.Recall(key, into) }

// Keep implements core.Keeper.
func (k keeper) Keep(key string, v any) tea.Cmd {
	k.app.Keep(key, v)
	return tea.Tick(writeAfter, func(time.Time) tea.Msg { k.app.WriteKept(k.ctx); return nil })
}
