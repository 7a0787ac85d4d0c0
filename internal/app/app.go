// Package app holds the use cases that the terminal UI and the command line share. Each checks the read-only guard first, then writes
// the journal, then calls the SDK.
package app

import (
	"context"
	"errors"
	"time"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/transfer"
)

// App is signed in to at most one platform at a time. Its methods may be called from any goroutine.
type App struct{}

// ErrReadOnly is returned by writes on a read-only profile; nothing was sent.
var ErrReadOnly = errors.New("app: profile is read-only")

// ErrNotSignedIn is returned before the first sign-in, and when a session ended and no password is held.
var ErrNotSignedIn = errors.New("app: not signed in")

// Session is who is signed in where.
type Session struct {
	Profile  config.Profile
	Username string
	SignedIn bool      // a token is held and the password behind it was not refused
	Expires  time.Time // by the local clock; the session renews itself ahead of it as long as the password is held
	ReadOnly bool
	Insecure bool // the server's certificate is not checked
	Plain    bool // http: everything travels readable
}

// Profiles lists the profiles for the sign-in screen, the last used one first.
func (a *App) Profiles() []config.Profile { return nil }

// Session returns who is signed in; the zero Session before the first sign-in.
func (a *App) Session() Session { return Session{} }

// SignIn signs in to a profile. It replaces the session on success only, and ends every wait for a new password when it is the
// same profile and user. Errors: client.ErrSignInRefused, network errors. Interface 1.
func (a *App) SignIn(ctx context.Context, profile, username string, password client.Secret) error {
	return errors.ErrUnsupported
}

// SignOut forgets token and password.
func (a *App) SignOut() {}

// Codes returns the names of codes on this platform; never nil.
func (a *App) Codes() *codes.Book { return codes.New() }

// SearchAccounts returns one page. Interface 9.
func (a *App) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error) {
	return nil, errors.ErrUnsupported
}

// ListMaterials returns the materials of one account. Interface 7.
func (a *App) ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	return nil, errors.ErrUnsupported
}

// Affected returns every row visible to this login that shares an archive's id, customer-level and history rows included: what a
// discard would take away. Interface 7.
func (a *App) Affected(ctx context.Context, accountNo, bizType, serviceAccessID string) ([]client.MaterialInfo, error) {
	return nil, errors.ErrUnsupported
}

// Discard discards a whole archive and looks again: the rows returned are still visible under its id afterwards (empty is what
// is hoped for; only current rows are looked at when the account is known). An error that matches client.ErrOutcomeUnknown with
// no rows left means that it was done all the same, and is not returned as an error; with rows left it is returned. A discard is
// never repeated. An empty DiscardEmpCode is the profile's. accountNo may be empty: then nothing is looked up. Interface 3.
func (a *App) Discard(ctx context.Context, d client.DiscardRequest, accountNo, bizType string) (left []client.MaterialInfo, err error) {
	return nil, errors.ErrUnsupported
}

// Progress is told how many bytes of all files were sent. It is called from other goroutines, many times a second.
type Progress func(sent, total int64)

// ArchiveToAccount archives to an account. Files above the profile's base64 limit go up through interface 5 first. Empty SystemCode,
// BusinessID and Extras are filled in: the profile's code, a unique token, and compact JSON with the files' SHA-256, tool and
// operator. After a lost answer the account's materials are searched for the archive: found, it is returned with no error; else the
// error matches client.ErrOutcomeUnknown. It is never sent twice. progress may be nil. Interfaces 2 and 5.
func (a *App) ArchiveToAccount(ctx context.Context, r client.ArchiveToAccountRequest, progress Progress) (*client.ServiceAccess, error) {
	return nil, errors.ErrUnsupported
}

// ArchiveToCustomer is ArchiveToAccount for a customer. lookup names one of the customer's accounts, through which a lost
// answer is looked up; it may be zero. Interfaces 6 and 5.
func (a *App) ArchiveToCustomer(ctx context.Context, r client.ArchiveToCustomerRequest, lookup client.ListMaterialsRequest, progress Progress) (*client.ServiceAccess, error) {
	return nil, errors.ErrUnsupported
}

// AddAccount adds an account. Interface 4.
func (a *App) AddAccount(ctx context.Context, r client.AddAccountRequest) (*client.CustomerAccount, error) {
	return nil, errors.ErrUnsupported
}

// Upload stores a local file on the platform for a later archive; createTime may be zero. Interface 5.
func (a *App) Upload(ctx context.Context, path string, createTime client.Time, progress Progress) (*client.File, error) {
	return nil, errors.ErrUnsupported
}

// Download starts a background task and returns its id. The task outlives the screen and the context it was started from. An empty
// Folder is DownloadFolder. Interface 8.
func (a *App) Download(r transfer.Request) (taskID string, err error) {
	return "", errors.ErrUnsupported
}

// DownloadFolder is where downloads are offered to go: the profile's folder, else the user's download folder.
func (a *App) DownloadFolder() string { return "" }

// Tasks returns snapshots of all tasks of this run, the newest first.
func (a *App) Tasks() []transfer.Task { return nil }

// Changed receives when tasks changed since the last receive, at most about ten times a second. One reader only.
func (a *App) Changed() <-chan struct{} { return nil }

// CancelTask stops a task; files that are complete stay.
func (a *App) CancelTask(id string) {}

// RetryTask fetches a task's failed and cancelled files again, in the same task.
func (a *App) RetryTask(id string) {}

// Preview shows a file in the browser or the system's viewer. It returns the one-time loopback link when it could not be opened here,
// for the user to open, and "" when it was. Interface 8.
func (a *App) Preview(ctx context.Context, item transfer.Item) (url string, err error) {
	return "", errors.ErrUnsupported
}

// Close stops tasks and the preview server and removes temporary files.
func (a *App) Close() error { return nil }
