package cli

import (
	"context"
	"log"
	"slices"

	"github.com/charmbracelet/x/ansi"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/supervise"
	"imagery/ui"
)

// runUI opens the terminal UI on the profile last used: at the sign-in screen, or signed in when the environment holds the password.
func (p *program) runUI(ctx context.Context) error {
	if err := p.canShow(); err != nil {
		return err
	}
	if done, err := p.supervised(); done {
		return err
	}
	if p.settings.On("accessible") && p.flags.passwordStdin {
		if err := p.firstLine(); err != nil {
			return err
		}
	}
	p.adopts = true
	if !p.password.IsZero() {
		a, err := p.signedIn(ctx)
		if err != nil {
			return err
		}
		return p.show(ctx, a)
	}
	profiles, err := p.offered()
	if err != nil {
		return err
	}
	return p.show(ctx, p.newApp(profiles))
}

// offered returns the profiles for the sign-in screen: the one asked for or last used first, the demo's among them.
func (p *program) offered() ([]config.Profile, error) {
	if p.settings.Get("url") != "" {
		prof, err := p.chosen()
		prof.Username = p.settings.Get("username")
		return []config.Profile{prof}, err
	}
	profiles := p.file.List()
	if _, own := p.file.Profiles[config.DemoName]; !own {
		demo, err := p.demoProfile()
		if err != nil {
			return nil, err
		}
		profiles = append(profiles, demo)
	}
	first := p.settings.Get("profile")
	at := slices.IndexFunc(profiles, func(x config.Profile) bool { return x.Name == first })
	if at < 0 && first != "" && p.settings["profile"].Source != config.FromFile {
		return nil, &app.NoProfileError{Name: first}
	}
	if at > 0 {
		chosen := profiles[at]
		profiles = slices.Insert(slices.Delete(profiles, at, at+1), 0, chosen)
	}
	if u := p.settings.Get("username"); u != "" {
		profiles[0].Username = u
	}
	return profiles, nil
}

// showDemo opens the terminal UI signed in to a running demo.
func (p *program) showDemo(ctx context.Context, prof config.Profile) error {
	a := p.newApp([]config.Profile{prof})
	if err := a.SignIn(ctx, prof.Name, prof.Username, client.NewSecret(demoPassword)); err != nil {
		return err
	}
	return p.show(ctx, a)
}

func (p *program) show(ctx context.Context, a *app.App) error {
	if p.settings.On("accessible") {
		return p.converse(ctx, a)
	}
	p.screen = true
	supervise.Hold()
	go ansi.StringWidthWc("宽") // makes the renderer's table of widths, which the first frame would wait for
	err := ui.Run(ctx, ui.Options{
		App: a, Lang: p.cat.Lang(), ASCII: p.settings.On("ascii"), NoMotion: p.settings.On("no-motion"), NoColor: p.getenv("NO_COLOR") != "",
		HighContrast: p.settings.On("high-contrast"), Graphics: p.settings.Get("graphics"), Getenv: p.getenv, Keys: p.file.Remaps(), KeepLang: p.keepLang, Version: Version,
	})
	if e := p.remember(a.Session()); err == nil {
		err = e
	}
	return err
}

// keepLang makes the language chosen on the screen the configured one.
func (p *program) keepLang(lang string) {
	file, err := config.Read(p.paths.File)
	if err == nil && file.Lang != lang {
		file.Lang = lang
		err = file.Write(p.paths.File)
	}
	if err != nil {
		log.Printf("keeping the language: %v", err)
	}
}

// remember makes the profile signed in to the default, if it is one that can be chosen by name.
func (p *program) remember(s app.Session) error {
	if s.Profile.Demo { // it stands in no file, and works with a broken one
		return nil
	}
	file, err := config.Read(p.paths.File) // it may have changed meanwhile
	if err != nil {
		return err
	}
	_, stored := file.Profiles[s.Profile.Name]
	if !s.SignedIn || !stored || p.settings.Get("url") != "" || file.Current == s.Profile.Name {
		return nil
	}
	file.Current = s.Profile.Name
	return file.Write(p.paths.File)
}
