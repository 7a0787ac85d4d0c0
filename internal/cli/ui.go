package cli

import (
	"context"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/ui"
)

// runUI opens the terminal UI at the sign-in screen, on the profile last used.
func (p *program) runUI(ctx context.Context) error {
	if !terminal(p.in) || !terminal(p.out) {
		return usage{p.T("cli.want_terminal")}
	}
	if p.settings.Get("url") != "" {
		prof, err := p.chosen()
		if err != nil {
			return err
		}
		return p.show(ctx, p.newApp([]config.Profile{prof}))
	}
	p.file.Current = p.settings.Get("profile")
	profiles := p.file.List()
	demo, err := p.demoProfile()
	if err != nil {
		return err
	}
	if _, own := p.file.Profiles[config.DemoName]; !own {
		if p.file.Current == config.DemoName {
			profiles = append([]config.Profile{demo}, profiles...)
		} else {
			profiles = append(profiles, demo)
		}
	}
	return p.show(ctx, p.newApp(profiles))
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
	return ui.Run(ctx, ui.Options{
		App: a, Lang: p.cat.Lang(), ASCII: p.settings.On("ascii"), NoMotion: p.settings.On("no-motion"), NoColor: p.getenv("NO_COLOR") != "", Version: Version,
	})
}
