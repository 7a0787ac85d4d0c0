package app

import (
	"context"
	"iter"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/transfer"
)

func filter(r client.SearchAccountsRequest) detail {
	return detail{"page": number(r.PageNumber)}.
		set("materialCodes", list(r.MaterialCodes)).set("excludedMaterialCodes", list(r.ExcludedMaterialCodes)).
		set("openedFrom", r.OpenedFrom.String()).set("openedTo", r.OpenedTo.String()).set("deptCodes", list(r.DeptCodes)).
		set("accountBizTypes", list(r.AccountBizTypes)).set("accountCustomerTypes", list(r.AccountCustomerTypes))
}

// SearchAccounts returns one page. Interface 9.
func (a *App) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error) {
	c, err := a.reading(audit.Search, filter(r))
	if err != nil {
		return nil, err
	}
	p, err := c.client.SearchAccounts(ctx, r)
	if err != nil {
		return nil, err
	}
	c.codes.LearnAccounts(p.Content)
	return p, nil
}

// AccountPages yields the pages of a search from r.PageNumber to the last. Interface 9.
func (a *App) AccountPages(ctx context.Context, r client.SearchAccountsRequest) iter.Seq2[*client.Page[client.CustomerAccount], error] {
	return func(yield func(*client.Page[client.CustomerAccount], error) bool) {
		c, err := a.reading(audit.Search, filter(r).set("pages", "all"))
		if err != nil {
			yield(nil, err)
			return
		}
		for p, err := range c.client.AccountPages(ctx, r) {
			if err == nil {
				c.codes.LearnAccounts(p.Content)
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// ListMaterials returns the materials of one account. Interface 7.
func (a *App) ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	c, err := a.reading(audit.List, detail{"accountNo": r.AccountNo, "accountBizType": r.AccountBizType}.set("materialCodes", list(r.MaterialCodes)))
	if err != nil {
		return nil, err
	}
	ms, err := c.client.ListMaterials(ctx, r)
	c.codes.LearnMaterials(ms)
	return ms, err
}

// Affected returns every row visible to this login that shares an archive's id, customer-level and history rows included: what a
// discard would take away. Interface 7.
func (a *App) Affected(ctx context.Context, accountNo, bizType, serviceAccessID string) ([]client.MaterialInfo, error) {
	c, err := a.reading(audit.List, detail{"accountNo": accountNo, "accountBizType": bizType, "serviceAccessId": serviceAccessID})
	if err != nil {
		return nil, err
	}
	return c.affected(ctx, accountNo, bizType, serviceAccessID)
}

func (c *conn) affected(ctx context.Context, accountNo, bizType, serviceAccessID string) ([]client.MaterialInfo, error) {
	all, err := c.client.ListMaterials(ctx, client.ListMaterialsRequest{AccountNo: accountNo, AccountBizType: bizType, WithCustomer: true, WithHis: true})
	if err != nil {
		return nil, err
	}
	c.codes.LearnMaterials(all)
	var out []client.MaterialInfo
	for _, m := range all {
		if m.ServiceAccessID.Raw() == serviceAccessID {
			out = append(out, m)
		}
	}
	return out, nil
}

// DownloadFolder is where downloads are offered to go: the profile's folder, else the user's download folder.
func (a *App) DownloadFolder() string {
	if c, err := a.current(); err == nil && c.profile.Downloads != "" {
		return c.profile.Downloads
	}
	return config.DownloadFolder()
}

// Download starts a background task and returns its id. The task outlives the screen and the context it was started from. An empty
// Folder is DownloadFolder. Interface 8.
func (a *App) Download(r transfer.Request) (taskID string, err error) {
	if r.Folder == "" {
		r.Folder = a.DownloadFolder()
	}
	tie := ref()
	c, err := a.current()
	if err != nil {
		return "", err
	}
	if err := c.before(audit.Download, tie, detail{"files": number(len(r.Items)), "folder": r.Folder}); err != nil {
		return "", err
	}
	r.Server, r.Operator = c.profile.URL, c.username
	return a.tasks.Start(c.client, r, func(t transfer.Task) {
		c.after(audit.Download, tie, t.Err, detail{"files": number(t.DoneFiles), "failed": number(t.FailedFiles), "state": string(t.State)})
	}), nil
}

// Tasks returns snapshots of all tasks of this run, the newest first.
func (a *App) Tasks() []transfer.Task { return a.tasks.Tasks() }

// Changed receives when tasks changed since the last receive, at most about ten times a second. One reader only.
func (a *App) Changed() <-chan struct{} { return a.tasks.Changed() }

// CancelTask stops a task; files that are complete stay.
func (a *App) CancelTask(id string) { a.tasks.Cancel(id) }

// RetryTask fetches a task's failed and cancelled files again, in the same task.
func (a *App) RetryTask(id string) { a.tasks.Retry(id) }

// WaitTask returns a task when it has ended; it is cancelled when ctx ends first.
func (a *App) WaitTask(ctx context.Context, id string) transfer.Task { return a.tasks.Wait(ctx, id) }
