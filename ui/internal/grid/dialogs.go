package grid

import (
	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

func (g *Grid[R]) openSort() tea.Cmd { return nil }

func (g *Grid[R]) openColumns() tea.Cmd { return nil }

func (g *Grid[R]) closed(core.DialogClosedMsg) tea.Cmd { return nil }
