package app

import (
	"context"
	"io"
	"slices"
	"strconv"
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
	owner map[string][]ownerOf // by login and SHA-256
}

// ownerOf is a customer under whom some bytes hang.
type ownerOf struct{ customer, accountNo string }

func newLooks(o Options) *looks {
	l := &looks{pool: worker.New(worker.Options{CacheDir: o.CacheDir}), owner: map[string][]ownerOf{}}
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
	return a.look(ctx, c, item)
}

// look opens a file whose look is in the journal.
func (a *App) look(ctx context.Context, c *conn, item transfer.Item) (look *shelf.Look, others []string, err error) {
	look, err = a.looks.shelf.Get(ctx, c.own(item.FileID), func(ctx context.Context, _ string) (io.ReadCloser, int64, error) {
		body, err := c.client.FetchFile(ctx, item.FileID)
		if err != nil {
			return nil, 0, err
		}
		return body, body.Size, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return look, a.looks.met(c.own(look.SHA256), item), nil
}

// own is a key that no other login has: an answer that comes after signing out is not for the next.
func (c *conn) own(key string) string { return strconv.FormatInt(c.login, 10) + "\n" + key }

// viewed writes in the journal that a file is looked at, the first time in this session. Whoever else wants the file waits for the line.
func (a *App) viewed(c *conn, item transfer.Item) error {
	c.viewing.Lock()
	defer c.viewing.Unlock()
	if c.viewed[item.FileID] {
		return nil
	}
	if err := c.before(audit.View, "", detail{"fileId": item.FileID}.set("accountNo", item.Account.AccountNo.Raw())); err != nil {
		return err
	}
	c.viewed[item.FileID] = true
	return nil
}

// met notes whose bytes these are, sum being their key, and returns the accounts of others that hold the same.
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
	clear(l.owner)
}
