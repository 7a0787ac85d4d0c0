package cli

import (
	"context"
	"log"
	"net/url"
	"path/filepath"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/audit"
	"imagery/internal/completeness/runs"
	"imagery/internal/config"
	"imagery/internal/review"
	"imagery/internal/secret"
	"imagery/internal/store"
)

// state is opened when something of it is first needed, and closed after what needs it.
func (p *program) state() *store.Store {
	if p.kept == nil {
		p.kept = store.New(filepath.Join(p.paths.State, "state.db"))
		p.cleanup = append(p.cleanup, func() { _ = p.kept.Close() })
	}
	return p.kept
}

// newApp returns the use cases for the profiles given; they end with the program. A profile for --url alone is kept nowhere.
func (p *program) newApp(profiles []config.Profile) *app.App {
	return p.appFor(profiles, p.settings.Get("url") == "")
}

func (p *program) appFor(profiles []config.Profile, stored bool) *app.App {
	o := app.Options{
		Profiles: profiles, Journal: p.journal(), Version: Version, StartDemo: p.startDemo, State: p.state(), CacheDir: p.paths.Cache, Queue: p.state(), Adopt: p.adopts,
		Runs: runs.New(filepath.Join(p.paths.State, "runs.db")), RulesFolder: filepath.Dir(p.paths.File),
		Log: log.Default(), Verbose: p.flags.verbose,
	}
	o.Reviews = func(ctx context.Context) (*review.Book, error) {
		if p.book != nil { // a command has opened it, and told what it could not
			return p.book, nil
		}
		return review.Open(ctx, p.storePath())
	}
	o.Reconciled = func(audit.Act) {
		if !p.screen {
			p.note(p.T("cli.reconciled"))
		}
	}
	if stored {
		o.Store, o.Keyring = profileFile{p.paths.File}, secret.Keyring{}
	}
	a := app.New(o)
	p.cleanup = append(p.cleanup, func() { _ = o.Runs.Close() })
	p.cleanup = append([]func(){func() { _ = a.Close() }}, p.cleanup...) // before the demo it may talk to
	return a
}

// chosen returns the profile the settings name: an ad-hoc one for --url, else by name, else the only one there is.
func (p *program) chosen() (config.Profile, error) {
	if raw := p.settings.Get("url"); raw != "" {
		return p.adHoc(raw)
	}
	name := p.settings.Get("profile")
	if name == "" && len(p.file.Profiles) == 1 {
		name = p.file.List()[0].Name
	}
	switch prof, ok := p.file.Profiles[name]; {
	case ok:
		return prof, p.checked(prof)
	case name == config.DemoName:
		return p.demoProfile()
	case name == "":
		return config.Profile{}, usage{p.T("cli.want_profile")}
	}
	return config.Profile{}, &app.NoProfileError{Name: name}
}

func (p *program) checked(prof config.Profile) error {
	for _, problem := range prof.Check() {
		return problem
	}
	return nil
}

// adHoc is a profile for an address alone. It has the demo platform's endpoints.
func (p *program) adHoc(raw string) (config.Profile, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return config.Profile{}, usage{p.T("cli.bad_url", "url", raw)}
	}
	prof := config.Profile{Name: u.Hostname(), URL: raw, SystemCode: demoSystemCode}
	if problems := prof.Check(); len(problems) > 0 && problems[0].Key != "profiles."+prof.Name+".name" {
		return prof, usage{p.T("cli.bad_url", "url", raw)}
	}
	prof.Endpoints, err = demoEndpoints()
	return prof, err
}

// signedIn returns the use cases signed in to the chosen profile.
func (p *program) signedIn(ctx context.Context) (*app.App, error) {
	prof, err := p.chosen()
	if err != nil {
		return nil, err
	}
	username := p.settings.Get("username")
	if username == "" {
		username = prof.Username
	}
	if username == "" {
		return nil, usage{p.T("cli.want_username")}
	}
	password, err := p.passwordFor(prof, username)
	if err != nil {
		return nil, err
	}
	p.used = password
	a := p.newApp([]config.Profile{prof})
	return a, a.SignIn(ctx, prof.Name, username, password)
}

// writable is signedIn for writes: a read-only profile is refused before anything is sent.
func (p *program) writable(ctx context.Context) (*app.App, error) {
	if prof, err := p.chosen(); err == nil && prof.ReadOnly {
		return nil, app.ErrReadOnly
	}
	return p.signedIn(ctx)
}

func (p *program) passwordFor(prof config.Profile, username string) (client.Secret, error) {
	if p.flags.passwordStdin {
		return secret.FromReader(p.in)
	}
	if !p.password.IsZero() {
		return p.password, nil
	}
	if prof.Demo && username == demoUser {
		return client.NewSecret(demoPassword), nil
	}
	if p.settings.Get("url") == "" {
		if s, err := (secret.Keyring{}).Load(prof.Name, username); err == nil {
			return s, nil
		}
	}
	if p.settings.On("no-input") {
		return client.Secret{}, secret.ErrNone
	}
	return secret.Ask(p.in, p.err, p.T("cli.password_prompt", "username", client.SafeText(username, 60), "url", client.SafeText(prof.URL, 100)))
}
