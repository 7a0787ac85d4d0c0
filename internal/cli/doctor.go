package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/audit"
	"imagery/internal/completeness"
	"imagery/internal/config"
	"imagery/internal/doctor"
	"imagery/internal/picture/screen"
	"imagery/ui"
)

func (p *program) doctor() *cobra.Command {
	var online bool
	var out string
	c := &cobra.Command{Use: "doctor", Short: p.T("doctor.short"), Long: p.T("doctor.long"), Args: p.noArgs, Annotations: anyConfig}
	c.Flags().BoolVar(&online, "online", false, p.T("doctor.flag.online"))
	c.Flags().StringVar(&out, "out", "", p.T("doctor.flag.out"))
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := app.FolderFor(out); err != nil {
			return err
		}
		r := doctor.New(p.cat)
		prof, err := p.diagnose(r)
		if err == nil && online {
			name := prof.Name
			if p.settings.Get("url") != "" { // no profile that could be named
				name = ""
			}
			err = errors.Join(app.AtProfile(name, p.examine(cmd.Context(), r, prof)), p.keepBasis(cmd.Context(), r, prof.Name))
		}
		if e := p.showPicture(cmd.Context(), r, out); e != nil {
			return e
		}
		if !online && p.settings.Get("profile") == "" && p.settings.Get("url") == "" {
			err = nil // none was asked for
		}
		if failed := p.printReport(r, out); failed != nil {
			return failed
		}
		if r.Broken && (err == nil || errors.As(err, new(config.Problem))) {
			return silent(exitFailed)
		}
		return err
	}
	return c
}

// diagnose fills in what needs no connection, and returns the profile to examine. Nothing is started for it.
func (p *program) diagnose(r *doctor.Report) (config.Profile, error) {
	home, _ := os.UserHomeDir()
	r.Machine(doctor.Place{Version: Version, Home: home, File: p.paths.File, Settings: p.settings})
	width, height := p.size()
	r.Screen(doctor.Screen{
		Getenv: p.getenv, In: terminal(p.in), Out: terminal(p.out), Err: terminal(p.err), Width: width, Height: height, Windows: runtime.GOOS == "windows",
	})
	prof, err := p.chosen()
	if err == nil || errors.As(err, new(config.Problem)) {
		r.ProfileIs(prof)
	} else {
		r.NoProfile()
	}
	return prof, err
}

// showPicture asks the terminal for its graphics and shows a test picture, where somebody is looking.
func (p *program) showPicture(ctx context.Context, r *doctor.Report, out string) error {
	if !p.interactive() || !terminal(p.out) || out != "" || p.flags.json || p.settings.On("accessible") || p.getenv("TERM") == "dumb" {
		return nil
	}
	caps, err := ui.Probe(ctx, ui.Options{Lang: p.cat.Lang(), Graphics: p.settings.Get("graphics"), NoColor: p.getenv("NO_COLOR") != "", Getenv: p.getenv})
	if err != nil {
		return err
	}
	r.Answered(doctor.Asked{
		Protocol: caps.Protocol.String(), Terminal: caps.Terminal, CellW: caps.CellW, CellH: caps.CellH, Cells: caps.Colours != screen.NoColours,
	})
	return nil
}

// size returns the terminal's cells, zero without one.
func (p *program) size() (width, height int) {
	for _, w := range []any{p.out, p.err, p.in} {
		if f, ok := w.(*os.File); ok && terminal(w) {
			width, height, _ = term.GetSize(int(f.Fd()))
			return width, height
		}
	}
	return 0, 0
}

// examine asks the platform. What an interface answered is in the report; only a failed sign-in and a lost network are errors in words.
func (p *program) examine(ctx context.Context, r *doctor.Report, prof config.Profile) error {
	username := p.settings.Get("username")
	if username == "" {
		username = prof.Username
	}
	if username == "" {
		return usage{p.T("cli.want_username")}
	}
	password, err := p.passwordFor(prof, username)
	if err != nil {
		return err
	}
	if prof.URL == "" && prof.Demo {
		if prof.URL, err = p.startDemo(ctx); err != nil {
			return err
		}
	}
	journal := p.journal()
	err = r.Online(ctx, doctor.Options{
		Profile: prof, Username: username, Password: password,
		Journal: func(e audit.Entry) error {
			e.Profile, e.User = prof.Name, username
			if err := journal.Append(e); err != nil {
				return fmt.Errorf("%w: %w", app.ErrJournal, err)
			}
			return nil
		},
		Progress: func(op client.Op) {
			if terminal(p.err) {
				p.note(p.T("doctor.asking", "op", int(op)))
			}
		},
	})
	if err == nil || len(r.Interfaces) < 2 || app.IsNetwork(err) || errors.Is(err, context.Canceled) || errors.Is(err, app.ErrJournal) {
		return err
	}
	return silent(exitPartly)
}

// keepBasis keeps what was found of what interface 9 counts, for checks of completeness to rest on.
func (p *program) keepBasis(ctx context.Context, r *doctor.Report, profile string) error {
	if p.settings.Get("url") != "" {
		return nil
	}
	var b completeness.Basis
	if _, err := p.state().Get(ctx, profile, app.BasisKey, &b); err != nil {
		return err
	}
	was := b
	for into, found := range map[*completeness.Known]string{&b.Customer: r.CountsCustomerLevel(), &b.History: r.CountsHistory()} {
		if known := completeness.Known(found); known == completeness.Yes || known == completeness.No {
			*into = known // what this examination had no example of is as the last one found it
		}
	}
	if b == was {
		return nil
	}
	return p.state().Put(ctx, profile, app.BasisKey, b)
}

// printReport prints a report, and writes it to a file if that is asked for.
func (p *program) printReport(r *doctor.Report, out string) error {
	if out != "" {
		b, err := json.MarshalIndent(r, "", "  ")
		if err == nil {
			err = os.WriteFile(out, append(b, '\n'), 0o600)
		}
		if err != nil {
			return err
		}
		p.note(p.T("doctor.written", "path", client.SafeText(out, 300)))
	}
	if p.flags.json {
		return p.line(r)
	}
	var rows [][]string
	area := ""
	for _, x := range r.Rows() {
		shown := x.Area
		if terminal(p.out) && x.Area == area {
			shown = ""
		}
		area = x.Area
		rows = append(rows, []string{shown, x.Item, x.Found})
	}
	if err := p.table([]string{p.T("doctor.col.area"), p.T("doctor.col.item"), p.T("doctor.col.found")}, rows); err != nil {
		return err
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(p.out, "\n! %s\n  %s\n", w.Text, w.Todo)
	}
	if len(r.Warnings) == 0 {
		fmt.Fprintf(p.out, "\n%s\n", p.T("doctor.fine"))
	}
	return nil
}
