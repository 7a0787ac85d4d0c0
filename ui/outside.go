package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
	"imagery/ui/internal/overlay"
)

// gallery shows an account's files in the browser.
func (m *Model) gallery(account client.CustomerAccount, items []transfer.Item) tea.Cmd {
	if len(items) == 0 {
		return core.Toast(core.Info, m.env.T("main.gallery_empty"))
	}
	a, lang := m.app, m.env.Lang
	open := m.opening.Start(m.env.Ctx, func(ctx context.Context) (link, error) {
		url, err := a.Gallery(ctx, account, items, lang)
		return link(url), err
	})
	return tea.Batch(open, core.Toast(core.Info, m.env.T("main.gallery_opening")))
}

// link is the address of a gallery that could not be opened here, empty when it was.
type link string

// opened says what became of a gallery. Where no browser can be opened the link is shown in full, to be opened elsewhere.
func (m *Model) opened(msg core.Loaded[link]) tea.Cmd {
	if !m.opening.Accept(msg) {
		return nil
	}
	switch {
	case msg.Err != nil:
		return core.Toast(core.Failure, m.svc.Explain(msg.Err))
	case msg.Value == "":
		return core.Toast(core.Success, m.env.T("main.gallery_opened"))
	}
	url := string(msg.Value)
	_, rest, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	port, _, _ := strings.Cut(rest, "/")
	d := overlay.NewMessage(m.env, m.env.T("main.gallery_title"), m.env.T("main.gallery_why"), "", url, "", m.env.T("main.gallery_ssh", "port", port))
	return tea.Batch(core.OpenUnasked(d, nil), core.Send(core.CopyMsg{Text: url, What: m.env.T("main.gallery_link")}))
}
