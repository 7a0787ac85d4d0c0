package app

import (
	"context"
	"io"
	"slices"
	"sync"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/picture"
	"imagery/internal/picture/shelf"
	"imagery/internal/picture/worker"
	"imagery/internal/transfer"
)

// looks is what was looked at in this session: open files, and whose bytes were met where.
type looks struct {
	pool  *worker.Pool
	shelf shelf.Shelf

	mu    sync.Mutex
	seen  map[string]bool      // files whose look is in the journal
	owner map[string][]ownerOf // by SHA-256
}

// ownerOf is a customer under whom some bytes hang.
type ownerOf struct{ customer, accountNo string }

func newLooks(o Options) *looks {
	l := &looks{pool: worker.New(worker.Options{CacheDir: o.CacheDir}), seen: map[string]bool{}, owner: map[string][]ownerOf{}}
	if l.shelf.Open = o.Pictures; o.Pictures == nil {
		l.shelf.Open = shelf.InPool(l.pool)
	}
	return l
}

// Look opens a file to be looked at in the terminal; nothing of it touches the disk. others are the accounts of other customers, met in
// this session, that hold the same bytes. The journal has it once per file. Interface 8.
func (a *App) Look(ctx context.Context, item transfer.Item) (look *shelf.Look, others []string, err error) {
	c, err := a.current()
	if err != nil {
		return nil, nil, err
	}
	if err := a.viewed(c, item); err != nil {
		return nil, nil, err
	}
	look, err = a.looks.shelf.Get(ctx, c.profile.Name+"\n"+item.FileID, func(ctx context.Context, _ string) (io.ReadCloser, int64, error) {
		body, err := c.client.FetchFile(ctx, item.FileID)
		if err != nil {
			return nil, 0, err
		}
		return body, body.Size, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return look, a.looks.met(look.SHA256, item), nil
}

// viewed writes in the journal that a file is looked at, the first time in this session.
func (a *App) viewed(c *conn, item transfer.Item) error {
	a.looks.mu.Lock()
	was := a.looks.seen[item.FileID]
	a.looks.seen[item.FileID] = true
	a.looks.mu.Unlock()
	if was {
		return nil
	}
	err := c.before(audit.View, "", detail{"fileId": item.FileID}.set("accountNo", item.Account.AccountNo.Raw()))
	if err != nil {
		a.looks.mu.Lock()
		delete(a.looks.seen, item.FileID)
		a.looks.mu.Unlock()
	}
	return err
}

// met notes whose bytes these are, and returns the accounts of others that hold the same.
func (l *looks) met(sum string, item transfer.Item) (others []string) {
	o := ownerOf{customerOf(item), item.Account.AccountNo.Raw()}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.owner[sum], o) {
		l.owner[sum] = append(l.owner[sum], o)
	}
	for _, x := range l.owner[sum] {
		if x.customer != o.customer && !slices.Contains(others, x.accountNo) {
			others = append(others, x.accountNo)
		}
	}
	return others
}

// customerOf identifies a customer as well as the platform told; an account alone stands for its own.
func customerOf(item transfer.Item) string {
	for _, id := range []client.Text{item.Customer.CustomerID, item.Account.CustomerID, item.Material.CustomerID, item.Account.AccountID} {
		if id != "" {
			return id.Raw()
		}
	}
	return item.Account.AccountNo.Raw()
}

// WarmPictures starts what showing the first PDF needs, which would be a wait of its own.
func (a *App) WarmPictures(ctx context.Context) { _ = a.looks.pool.Warm(ctx, picture.PDF) }

// forget drops what was looked at: the session ended, or another one begins.
func (l *looks) forget() {
	l.shelf.Clear()
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.seen)
	clear(l.owner)
}
