// Package linear is the program for screen readers: the whole job as questions and plain lines, read from top to bottom. Nothing already
// said is drawn over, nothing moves or has a colour, and every question is a line that ends with a colon.
package linear

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/codes"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/session"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
)

// Service is what the conversation needs of the program. *app.App is one.
type Service interface {
	Profiles() []config.Profile
	Session() app.Session
	SignIn(ctx context.Context, profile, username string, password client.Secret) error
	SignOut()
	Remembered(profile, username string) client.Secret
	ServerKey(ctx context.Context, profile string) (*session.Key, error)
	TrustKey(profile, fingerprint string) error
	Codes() *codes.Book

	SearchAccounts(context.Context, client.SearchAccountsRequest) (*client.Page[client.CustomerAccount], error)
	ListMaterials(context.Context, client.ListMaterialsRequest) ([]client.MaterialInfo, error)
	Preview(context.Context, transfer.Item) (url string, err error)

	Inspect(ctx context.Context, path string) (app.LocalFile, error)
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	ArchiveToAccount(context.Context, client.ArchiveToAccountRequest, func(sent, total int64)) (*client.ServiceAccess, error)
	ArchiveToCustomer(context.Context, client.ArchiveToCustomerRequest, client.ListMaterialsRequest, func(sent, total int64)) (*client.ServiceAccess, error)
	Affected(ctx context.Context, accountNo, bizType, serviceAccessID string) ([]client.MaterialInfo, error)
	Discard(ctx context.Context, d client.DiscardRequest, accountNo, bizType string) (left []client.MaterialInfo, err error)
	AddAccount(context.Context, client.AddAccountRequest) (*client.CustomerAccount, error)

	transfers
}

var _ Service = (*app.App)(nil)

// Options says how the conversation is held. App, In and Out are required.
type Options struct {
	App  Service
	Lang string // "zh" or "en"
	In   io.Reader
	Out  io.Writer
	// ReadPassword reads a password that is not shown; an empty one is the zero Secret. Nil: In is not a terminal. Passwords are lines of
	// it then, and questions end their lines themselves, because nobody's Enter does.
	ReadPassword func() (client.Secret, error)
	// Interrupts receives when the user presses Ctrl+C: once cancels what runs, twice leaves.
	Interrupts <-chan struct{}
	KeepLang   func(lang string) // keeps the language chosen; nil: it is not kept
}

// Ways out of a question. errDone leaves a menu whose job is done.
var (
	errBack = errors.New("linear: back")
	errQuit = errors.New("linear: quit")
	errDone = errors.New("linear: done")
)

// dialogue is one user's conversation with the program.
type dialogue struct {
	opts Options
	svc  Service
	ctx  context.Context
	env  *core.Env // language and clock
	in   *bufio.Reader
	out  error // why nothing can be written any more

	profile, user string // of the last sign-in
	filter        *filter
	found         *results              // of the last search
	drafts        map[string]*archiving // what was not sent, by account
	told          map[string]bool       // tasks whose end was told
}

// Run holds the conversation until the user leaves, In ends or ctx does. Without a session in App it begins with the sign-in.
func Run(ctx context.Context, o Options) error {
	env := core.NewEnv(ctx)
	env.SetLang(o.Lang)
	env.Now = func() time.Time { return time.Now().In(config.Zone()) }
	d := &dialogue{opts: o, svc: o.App, ctx: ctx, env: env, in: bufio.NewReader(o.In), drafts: map[string]*archiving{}, told: map[string]bool{}}
	d.say(d.t("linear.welcome"))
	err := d.run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, errQuit) {
		return d.out
	}
	return err
}

func (d *dialogue) run() error {
	for {
		if !d.svc.Session().SignedIn {
			if err := d.signIn(); err != nil {
				return err
			}
		}
		s := d.svc.Session()
		d.profile, d.user = s.Profile.Name, s.Username
		d.sayWho(s)
		if err := d.mainMenu(); err != nil {
			return err
		}
		d.svc.SignOut()
	}
}

// mainMenu returns nil to go to another platform.
func (d *dialogue) mainMenu() error {
	d.filter, d.found = newFilter(d), nil
	options := func() []option {
		return []option{
			{name: d.t("accounts.breadcrumb"), do: d.search},
			{name: d.t("accounts.goto.title"), do: d.goTo},
			{name: d.t("newaccount.title"), why: d.whyNotWrite(), do: d.addAccount},
			{name: d.t("tasks.title"), do: d.tasks},
			{name: d.t("key.main.language"), do: d.switchLanguage},
			{name: d.t("key.main.sign_out"), do: func() error { return errDone }},
			{name: d.t("key.main.help"), do: d.overview},
			{name: d.t("key.main.quit"), do: d.quit},
		}
	}
	err := d.menu("linear.main", options)
	for errors.Is(err, errBack) {
		d.say(d.t("linear.no_back"))
		err = d.choose("linear.main", options)
	}
	return err
}

func (d *dialogue) switchLanguage() error {
	lang := map[string]string{"zh": "en", "en": "zh"}[d.env.Lang]
	d.env.SetLang(lang)
	if d.opts.KeepLang != nil {
		d.opts.KeepLang(lang)
	}
	d.say(d.t("linear.language"))
	return nil
}

// overview tells how the conversation works.
func (d *dialogue) overview() error {
	for line := range strings.SplitSeq(d.t("linear.overview"), "\n") {
		d.say(line)
	}
	d.sayRules()
	return nil
}

// quit ends the conversation, asking first if that would end tasks too.
func (d *dialogue) quit() error {
	if n := d.running(); n > 0 {
		d.say(d.t("main.quit_running", "n", n))
		if err := d.confirm(d.t("main.quit_anyway")); err != nil {
			return err
		}
	}
	return errQuit
}

func (d *dialogue) t(key i18n.Key, pairs ...any) string { return d.env.T(key, pairs...) }

// whyNotWrite says why nothing can be archived, discarded or added here; empty when it can.
func (d *dialogue) whyNotWrite() string {
	if d.svc.Session().ReadOnly {
		return d.t("main.read_only")
	}
	return ""
}
