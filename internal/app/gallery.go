package app

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/picture/shelf"
	"imagery/internal/preview"
	"imagery/internal/transfer"
)

// Gallery shows an account's files in the browser. It returns the one-time loopback link when no browser could be opened here, for the
// user to open, and "" when one was. The page shows what the session could until it is signed out; lang is "zh" or "en". The journal has
// the gallery, and each file when it is really shown or saved. Interface 8.
func (a *App) Gallery(ctx context.Context, account client.CustomerAccount, items []transfer.Item, lang string) (url string, err error) {
	c, err := a.reading(audit.View, detail{"in": "gallery", "files": number(len(items))}.set("accountNo", account.Account.AccountNo.Raw()))
	if err != nil {
		return "", err
	}
	return a.viewer.Show(ctx, preview.Gallery{Lang: lang, Account: account, Items: items, Source: &shown{app: a, conn: c, seen: map[string]bool{}}})
}

// Preview shows one file in the browser, as a Gallery of its own in the language the browser asks for. Interface 8.
func (a *App) Preview(ctx context.Context, item transfer.Item) (url string, err error) {
	return a.Gallery(ctx, client.CustomerAccount{Account: item.Account, Customer: item.Customer}, []transfer.Item{item}, "")
}

// shown is where one gallery gets its files, as long as the session lasts it was opened in.
type shown struct {
	app  *App
	conn *conn

	mu   sync.Mutex
	seen map[string]bool // files whose view is in the journal
}

// Look implements preview.Source.
func (s *shown) Look(ctx context.Context, it transfer.Item) (*shelf.Look, []string, error) {
	if err := s.viewed(it); err != nil {
		return nil, nil, err
	}
	return s.app.look(ctx, s.conn, it)
}

// Fetch implements preview.Source. Each saving has two lines in the journal, as a download does; the second says that the platform gave
// the file, not that the browser has written it.
func (s *shown) Fetch(ctx context.Context, it transfer.Item, save bool) (*client.FileBody, error) {
	if !save {
		if err := s.viewed(it); err != nil {
			return nil, err
		}
		return s.conn.client.FetchFile(ctx, it.FileID)
	}
	if err := s.alive(); err != nil {
		return nil, err
	}
	tie := ref()
	if err := s.conn.before(audit.Download, tie, s.detail(it)); err != nil {
		return nil, fmt.Errorf("%w: %w", preview.ErrJournal, err)
	}
	body, err := s.conn.client.FetchFile(ctx, it.FileID)
	s.conn.after(audit.Download, tie, err, nil)
	return body, err
}

// alive returns preview.ErrGone once another session, or none, has taken this one's place.
func (s *shown) alive() error {
	now, err := s.app.current()
	if err != nil || now != s.conn {
		return errors.Join(preview.ErrGone, err)
	}
	return nil
}

func (s *shown) detail(it transfer.Item) detail {
	return detail{"in": "gallery", "fileId": it.FileID}.set("accountNo", it.Account.AccountNo.Raw())
}

// viewed writes in the journal that a file is shown, the first time in this gallery.
func (s *shown) viewed(it transfer.Item) error {
	if err := s.alive(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[it.FileID] {
		return nil
	}
	if err := s.conn.before(audit.View, "", s.detail(it)); err != nil {
		return fmt.Errorf("%w: %w", preview.ErrJournal, err)
	}
	s.seen[it.FileID] = true
	return nil
}
