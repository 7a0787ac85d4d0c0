package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/picture/screen"
	"imagery/ui/accounts"
	"imagery/ui/archive"
	"imagery/ui/batch"
	"imagery/ui/completeness"
	"imagery/ui/discard"
	"imagery/ui/download"
	"imagery/ui/export"
	"imagery/ui/internal/core"
	"imagery/ui/login"
	"imagery/ui/materials"
	"imagery/ui/newaccount"
	"imagery/ui/profiles"
	"imagery/ui/rules"
	"imagery/ui/tasks"
	"imagery/ui/viewer"
)

// navigate opens the screens and dialogs that screens ask for. mine is false for other messages.
func (m *Model) navigate(msg tea.Msg) (cmd tea.Cmd, mine bool) {
	switch msg := msg.(type) {
	case login.DoneMsg:
		m.closeScreens(1)
		m.matrix = completeness.Place{}
		m.minutes++
		return tea.Batch(m.push(accounts.New(m.env, m.svc)), m.nextMinute(), m.warmPictures()), true
	case completeness.RulesMsg:
		return m.push(rules.New(m.env, m.svc, msg.Scope)), true
	case rules.SavedMsg:
		return m.broadcast(completeness.RulesChangedMsg{}), true
	case rules.ShowMsg:
		return m.showRule(msg.Rule), true
	case completeness.OpenMsg:
		m.lately = &msg.Account
		list := materials.New(m.env, m.svc, msg.Account)
		list.Seek(msg.Codes)
		return m.push(list), true
	case materials.ViewMsg:
		return m.push(viewer.New(m.env, m.svc, msg.Account, msg.Items, msg.At)), true
	case materials.OutsideMsg:
		return m.gallery(msg.Account, msg.Items), true
	case viewer.OutsideMsg:
		return m.gallery(msg.Account, msg.Items), true
	case core.ExportMsg:
		return core.Open(export.New(m.env, m.svc, msg), msg.Owner), true
	case materials.NeighbourMsg:
		return m.neighbour(msg.Delta, msg.View), true
	case viewer.ShownMsg:
		return m.broadcast(materials.ShownMsg{FileID: msg.FileID}), true
	case viewer.NeighbourMsg:
		return m.neighbour(msg.Delta, true), true
	case viewer.DownloadMsg:
		return core.Open(download.New(m.env, m.svc, msg.Items), msg.Owner), true
	case materials.AddMsg:
		return core.Open(newaccount.New(m.env, m.svc, msg.AccountNo, msg.BizType), msg.Owner), true
	case materials.DownloadMsg:
		return core.Open(download.New(m.env, m.svc, msg.Items), msg.Owner), true
	case materials.DiscardMsg:
		return core.Open(discard.New(m.env, m.svc, msg.Account, msg.Material), msg.Owner), true
	case materials.ArchiveMsg:
		return core.Open(archive.New(m.env, m.svc, msg.Account, msg.Code, msg.FileIDs), msg.Owner), true
	}
	return m.fromAccounts(msg)
}

// fromAccounts is navigate for what is asked for on the screen of accounts, and what follows from it.
func (m *Model) fromAccounts(msg tea.Msg) (cmd tea.Cmd, mine bool) {
	switch msg := msg.(type) {
	case accounts.OpenMsg:
		if _, on := m.top().(*accounts.Model); !on {
			return nil, true // found too late: the user has gone elsewhere
		}
		m.lately = &msg.Account
		return m.push(materials.New(m.env, m.svc, msg.Account)), true
	case accounts.CheckMsg:
		return m.push(completeness.New(m.env, m.svc, msg.Scope, &m.matrix)), true
	case accounts.AddMsg:
		return core.Open(newaccount.New(m.env, m.svc, "", ""), msg.Owner), true
	case accounts.DownloadMsg:
		if len(msg.Accounts) == 0 {
			return core.Open(download.NewSearch(m.env, m.svc, msg.Search, msg.Total), msg.Owner), true
		}
		return core.Open(download.NewAccounts(m.env, m.svc, msg.Accounts, m.app.FilesOf(m.env.Ctx, msg.Accounts)), msg.Owner), true
	case accounts.BatchMsg:
		return core.Open(batch.NewSource(m.env, m.svc), nil), true
	case batch.StartedMsg:
		return tea.Batch(m.drop(msg.Screen), m.openTasks(), core.Toast(core.Success, m.env.T("main.batch_started", "n", msg.Rows))), true
	case tasks.ElsewhereMsg:
		t := msg.Task
		left := m.app.LeftOfTask(m.env.Ctx, t.ID)
		return core.Open(download.NewRest(m.env, m.svc, t.Label, t.AllFiles-t.DoneFiles, left), nil), true
	case tasks.ReportMsg:
		return m.push(tasks.NewReport(m.env, m.svc, msg.TaskID)), true
	case accounts.ArchiveMsg:
		return core.Open(archive.New(m.env, m.svc, msg.Account, "", nil), msg.Owner), true
	}
	if cmd, mine := m.reviewed(msg); mine {
		return cmd, true
	}
	return m.managed(msg)
}

// finished says what a dialog brought about, and tells its owner that its list may be out of date.
func (m *Model) finished(msg core.DialogClosedMsg) tea.Cmd {
	var toast tea.Cmd
	switch act := msg.Action.(type) {
	case discard.Done:
		toast, msg.Action = core.Toast(act.Kind, act.Text), materials.ChangedMsg{}
	case archive.Done:
		toast, msg.Action = core.Toast(act.Kind, act.Text), materials.ChangedMsg{}
	case batch.Checked:
		return tea.Batch(m.push(batch.New(m.env, m.svc, act)), m.broadcast(msg))
	case profiles.Saved:
		toast = tea.Batch(core.Toast(core.Success, m.env.T("main.profile_saved", "name", client.SafeText(act.Name, 40))), m.listProfiles(act.Name))
	case newaccount.Added:
		toast = core.Toast(core.Success, m.env.T("main.account_added", "no", act.Account.Account.AccountNo))
		if _, there := msg.Owner.(*materials.Model); there {
			msg.Action = materials.ChangedMsg{}
		} else {
			toast = tea.Sequence(core.Send(accounts.OpenMsg{Account: act.Account}), toast) // a new screen takes notices away
		}
	case export.Done:
		toast = core.Toast(core.Success, m.env.T("export.done", "n", act.Rows, "path", act.Path))
	case download.Started:
		toast = core.Toast(core.Info, m.env.T("main.download_started", "key", m.env.KeyOf("main.tasks", "t")))
	}
	return tea.Batch(toast, m.broadcast(msg))
}

// neighbour shows the account delta rows further in the list of accounts, in the viewer if view is set.
func (m *Model) neighbour(delta int, view bool) tea.Cmd {
	i, list := m.listBelow()
	if list == nil {
		return nil
	}
	a, ok := list.Step(delta)
	if !ok {
		return core.Toast(core.Info, m.env.T("main.no_neighbour"))
	}
	m.closeScreens(i + 1)
	m.lately = &a
	next := materials.New(m.env, m.svc, a)
	if view {
		next.ViewFirst()
	}
	return m.push(next)
}

// listBelow returns the list of accounts that the materials on top, or the viewer over them, were opened from, and its index in the stack;
// nil when it was another screen, which going to a neighbour would close.
func (m *Model) listBelow() (int, *accounts.Model) {
	for i := len(m.screens) - 1; i >= 0; i-- {
		switch s := m.screens[i].(type) {
		case *accounts.Model:
			return i, s
		case *materials.Model, *viewer.Model:
		default:
			return -1, nil
		}
	}
	return -1, nil
}

// warmPictures loads what the first PDF would wait for, where pictures are shown.
func (m *Model) warmPictures() tea.Cmd {
	if m.env.Graphics.Caps.Protocol == screen.None {
		return nil
	}
	a, ctx := m.app, m.env.Ctx
	return func() tea.Msg { a.WarmPictures(ctx); return nil }
}

// at returns the index of the first screen of a kind, -1 without one.
func at[S core.Screen](screens []core.Screen) int {
	return slices.IndexFunc(screens, func(s core.Screen) bool { _, ok := s.(S); return ok })
}
