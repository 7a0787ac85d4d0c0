// Package app holds the use cases that the terminal UI and the command line share. Each checks the read-only guard first, then writes
// the journal, then calls the SDK.
package app

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/codes"
	"imagery/internal/completeness/runs"
	"imagery/internal/config"
	"imagery/internal/picture/shelf"
	"imagery/internal/preview"
	"imagery/internal/review"
	"imagery/internal/session"
	"imagery/internal/store"
	"imagery/internal/transfer"
)

// Options is what an App needs. Only Journal is obligatory.
type Options struct {
	Profiles []config.Profile // in the order they are offered
	Journal  *audit.Journal
	Version  string // of the program, for the extras of an archive
	// StartDemo starts the built-in platform for a demo profile without a URL, and returns its address.
	StartDemo func(context.Context) (url string, err error)
	// Transport carries a profile's requests; nil: session.Transport with the profile's trust.
	Transport func(config.Profile) http.RoundTripper
	Open      preview.Opener // nil: preview.System
	Store     ProfileStore   // nil: profiles cannot be changed
	Keyring   Keyring        // nil: passwords are never kept
	State     State          // nil: nothing is kept from one run to the next
	Pictures  shelf.Opener   // opens files to be looked at; nil: in processes of their own
	CacheDir  string         // for what can be made again, such as compiled decoders; empty: nowhere
	Queue     *store.Store   // keeps tasks; nil: they end with the program
	Adopt     bool           // tasks of earlier runs, and of programs that are gone, go on here
	Log       *log.Logger    // takes a line for each request; nil: none
	Verbose   bool           // the lines say more
	// Reconciled is told when the answer to a write was lost and the platform shows that it was done nevertheless; nil: nobody is.
	Reconciled func(audit.Act)
	Runs       *runs.Store // of completeness checks; nil: none is kept
	// RulesFolder takes the rules files of profiles that name none; empty: their rules cannot be edited.
	RulesFolder string
	// Reviews opens the database of spot checks, when it is first wanted; nil: there are none. Close closes it.
	Reviews func(context.Context) (*review.Book, error)
}

// Keyring keeps passwords that the user wants kept. Errors: secret.ErrNone, secret.ErrNoKeyring.
type Keyring interface {
	Load(profile, username string) (client.Secret, error)
	Store(profile, username string, password client.Secret) error
	Delete(profile, username string) error
}

// App is signed in to at most one platform at a time. Its methods may be called from any goroutine.
type App struct {
	opts   Options
	tasks  *transfer.Manager
	viewer *preview.Viewer
	looks  *looks

	reviews reviews

	starting sync.Mutex // held while the demo starts
	logins   atomic.Int64

	mu   sync.Mutex
	conn *conn
}

// New returns an App that is not signed in.
func New(o Options) *App {
	return &App{
		opts: o, tasks: transfer.NewManager(transfer.Options{Store: o.Queue, Adopt: o.Adopt}), viewer: &preview.Viewer{Open: o.Open}, looks: newLooks(o),
		reviews: reviews{held: map[int64]holding{}},
	}
}

// ErrReadOnly is returned by writes on a read-only profile; nothing was sent.
var ErrReadOnly = errors.New("app: profile is read-only")

// ErrNotSignedIn is returned before the first sign-in.
var ErrNotSignedIn = errors.New("app: not signed in")

// ErrNoProfile is returned for a profile that does not exist.
var ErrNoProfile = errors.New("app: no such profile")

// NoProfileError is ErrNoProfile with the name that was asked for.
type NoProfileError struct{ Name string }

// Error implements error.
func (e *NoProfileError) Error() string { return ErrNoProfile.Error() + ": " + e.Name }

// Is matches ErrNoProfile.
func (e *NoProfileError) Is(target error) bool { return target == ErrNoProfile }

// ErrJournal is returned when the journal cannot be written; nothing was sent.
var ErrJournal = errors.New("app: journal cannot be written")

// conn is one login on one profile. Tasks hold on to theirs when the user goes elsewhere.
type conn struct {
	profile  config.Profile
	username string
	client   *client.Client
	session  *session.Session
	codes    *codes.Book
	kept     *kept
	journal  *audit.Journal
	told     func(audit.Act) // Options.Reconciled
	readOnly atomic.Bool     // for this session, whatever the profile says
	last     atomic.Pointer[standing]
	login    int64 // no other conn of this run has it

	viewing sync.Mutex      // held while a view is written in the journal
	viewed  map[string]bool // files whose view is there
}

// reconciled tells that a write with a lost answer was done.
func (c *conn) reconciled(act audit.Act) {
	if c.told != nil {
		c.told(act)
	}
}

// guarded reports whether writes are refused.
func (c *conn) guarded() bool { return c.profile.ReadOnly || c.readOnly.Load() }

// KeepFromWriting refuses writes for as long as the session lasts, or allows them again where the profile does.
func (a *App) KeepFromWriting(on bool) {
	if c, err := a.current(); err == nil {
		c.readOnly.Store(on)
	}
}

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
func (a *App) Profiles() []config.Profile {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]config.Profile(nil), a.opts.Profiles...)
}

// Session returns who is signed in; the zero Session before the first sign-in.
func (a *App) Session() Session {
	c, err := a.current()
	if err != nil {
		return Session{}
	}
	st := c.session.Status()
	return Session{
		Profile: c.profile, Username: c.username, SignedIn: st.SignedIn, Expires: st.Expires,
		ReadOnly: c.guarded(), Insecure: c.profile.Insecure, Plain: strings.HasPrefix(c.profile.URL, "http://"),
	}
}

func (a *App) current() (*conn, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn == nil {
		return nil, ErrNotSignedIn
	}
	return a.conn, nil
}

// SignIn signs in to a profile. On failure the session stays as it was. Signing in again to the same profile as the same user lets
// everything that was refused meanwhile go on. Errors: client.ErrSignInRefused, network errors. Interface 1.
func (a *App) SignIn(ctx context.Context, profile, username string, password client.Secret) error {
	p, err := a.profile(ctx, profile)
	if err != nil {
		return err
	}
	c, err := a.current()
	if err != nil || c.username != username || !reflect.DeepEqual(c.profile, p) {
		if c, err = a.connect(ctx, p, username); err != nil {
			return err
		}
	}
	if err := c.before(audit.SignIn, "", detail{}.set("insecure", yes(p.Insecure))); err != nil {
		return err
	}
	if err := c.session.SignInWith(ctx, password); err != nil {
		return err
	}
	a.become(c)
	return nil
}

// become makes c the current login, nil for none. What the one before has learnt is kept.
func (a *App) become(c *conn) {
	a.mu.Lock()
	before := a.conn
	a.conn = c
	a.mu.Unlock()
	if before != nil && before != c {
		a.viewer.Server.Forget()
		a.looks.forget()
		a.tasks.Detach(before.profile.Name, before.username) // what runs goes on with it
		a.keepCodes(before)
		a.writeKept(context.Background(), before)
	}
	if c != nil {
		a.tasks.Attach(a.carrier(c))
	}
}

// profile finds a profile, and starts the demo if it is that.
func (a *App) profile(ctx context.Context, name string) (config.Profile, error) {
	a.starting.Lock() // not mu, which the UI needs for every frame
	defer a.starting.Unlock()
	for _, p := range a.Profiles() {
		if p.Name != name {
			continue
		}
		if p.URL == "" && p.Demo && a.opts.StartDemo != nil {
			url, err := a.opts.StartDemo(ctx)
			if err != nil {
				return p, fmt.Errorf("starting the demo: %w", err)
			}
			p.URL = url
			a.putProfile(name, p, false)
		}
		return p, nil
	}
	return config.Profile{}, &NoProfileError{Name: name}
}

func (a *App) connect(ctx context.Context, p config.Profile, username string) (*conn, error) {
	loc, err := p.Location()
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", p.Name, err)
	}
	book, err := a.book(ctx, p.Name, p.Demo)
	if err != nil {
		return nil, err
	}
	cl := &client.Client{
		BaseURL: p.URL, Endpoints: p.Endpoints, HTTP: &http.Client{Transport: a.carry(p)}, Location: loc, PageBase: p.Base(), Charset: session.ToUTF8,
	}
	c := &conn{profile: p, username: username, client: cl, codes: book, kept: a.recall(ctx, p.Name, username), journal: a.opts.Journal, told: a.opts.Reconciled}
	c.login, c.viewed = a.logins.Add(1), map[string]bool{}
	c.session = session.New(cl, username, client.Secret{})
	c.session.SignedIn = func(err error) { c.after(audit.SignIn, "", err, nil) }
	cl.Auth = c.session
	return c, nil
}

// SignOut forgets token and password. Running tasks go on with theirs.
func (a *App) SignOut() { a.become(nil) }

// Codes returns the names of codes on this platform; never nil.
func (a *App) Codes() *codes.Book {
	if c, err := a.current(); err == nil {
		return c.codes
	}
	return codes.New()
}

// Close stops tasks, galleries and the workers that draw.
func (a *App) Close() error {
	a.tasks.Close()
	err := errors.Join(a.viewer.Server.Close(), a.closeReviews())
	a.looks.pool.Close()
	if c, e := a.current(); e == nil {
		c.client.HTTP.CloseIdleConnections()
		a.keepCodes(c)
		a.writeKept(context.Background(), c)
	}
	return err
}
