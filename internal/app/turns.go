package app

import (
	"context"
	"io"
	"iter"

	"imagery/client"
)

// turn waits until one more request of a task may go out under the profile's limits.
func (a *App) turn(ctx context.Context, c *conn) (done func(), err error) {
	return a.tasks.Turn(ctx, c.profile.Name)
}

// turns is the platform as tasks ask it for lists: each request waits for its turn. Files have theirs from the queue.
type turns struct {
	*client.Client
	a *App
	c *conn
}

// SearchAccounts returns one page. Interface 9.
func (t *turns) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error) {
	done, err := t.a.turn(ctx, t.c)
	if err != nil {
		return nil, err
	}
	defer done()
	return t.Client.SearchAccounts(ctx, r)
}

// ListMaterials returns the materials of one account. Interface 7.
func (t *turns) ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	done, err := t.a.turn(ctx, t.c)
	if err != nil {
		return nil, err
	}
	defer done()
	return t.Client.ListMaterials(ctx, r)
}

// AccountPages yields the pages of a search. A turn is held while a page is fetched, and let go while it is used. Interface 9.
func (t *turns) AccountPages(ctx context.Context, r client.SearchAccountsRequest) iter.Seq2[*client.Page[client.CustomerAccount], error] {
	return func(yield func(*client.Page[client.CustomerAccount], error) bool) {
		done, err := t.a.turn(ctx, t.c)
		if err != nil {
			yield(nil, err)
			return
		}
		for page, err := range t.Client.AccountPages(ctx, r) {
			done()
			if !yield(page, err) {
				return
			}
			if done, err = t.a.turn(ctx, t.c); err != nil {
				break // the search is called off
			}
		}
		if done != nil {
			done()
		}
	}
}

// whole is turns for those who fetch files beside the queue: a file has its turn until it is closed. Interface 8.
type whole struct{ *turns }

// FetchFile opens a file.
func (w whole) FetchFile(ctx context.Context, id string) (*client.FileBody, error) {
	done, err := w.a.turn(ctx, w.c)
	if err != nil {
		return nil, err
	}
	body, err := w.Client.FetchFile(ctx, id)
	if err != nil {
		done()
		return nil, err
	}
	body.ReadCloser = &turned{body.ReadCloser, done}
	return body, nil
}

type turned struct {
	io.ReadCloser
	done func()
}

// Close implements io.Closer.
func (t *turned) Close() error {
	defer t.done()
	return t.ReadCloser.Close()
}
