// Package cli is the command line: one file a command, and the place where the program's parts are put together.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/internal/picture/screen"
	"imagery/internal/picture/worker"
	"imagery/internal/review"
	"imagery/internal/secret"
	"imagery/internal/store"
	"imagery/internal/supervise"
)

// Version is set by the linker at release.
var Version = "dev"

// The exit codes scripts rely on.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRefused     = 3 // sign-in
	exitNetwork     = 4 // or TLS
	exitPartly      = 5
	exitInterrupted = 130
)

// program is one run.
type program struct {
	in       *os.File
	out, err io.Writer
	getenv   func(string) string
	password client.Secret // from the environment
	used     client.Secret // to sign in with
	cat      *i18n.Catalogue

	paths    config.Paths
	file     *config.File
	broken   error // why the configuration file was not read
	settings config.Settings
	flags    globals
	kept     *store.Store   // nil until it is first wanted
	acts     *audit.Journal // nil until it is first wanted
	book     *review.Book   // of spot checks; nil until it is first wanted
	adopts   bool           // tasks of earlier runs go on in this one
	cleanup  []func()
	screen   bool // the terminal UI is on: nothing else may print
}

// globals are the flags every command has. Those that are also settings are read through Settings.
type globals struct {
	config        string
	json          bool
	passwordStdin bool
	verbose       bool
}

// usage is a command line that cannot be meant.
type usage struct{ msg string }

// Error implements error.
func (u usage) Error() string { return u.msg }

// silent is an exit code whose reason has been printed.
type silent int

// Error implements error.
func (s silent) Error() string { return fmt.Sprintf("exit %d", int(s)) }

// Main runs the program with its arguments, without its name, and returns its exit code.
func Main(args []string, in *os.File, out, stderr io.Writer) int {
	if worker.Is(args) {
		return worker.Main(in, out)
	}
	log.SetOutput(io.Discard) // net/http logs bytes a server chose
	ctx, stop := signal.NotifyContext(supervise.Follow(context.Background()), ends()...)
	defer stop()
	// A second interrupt ends the program the hard way. One that follows at once is the first again: a terminal that closes tells the shell,
	// the supervisor and this process, and each tells on.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	p := &program{in: in, out: out, err: stderr, getenv: os.Getenv, password: secret.FromEnv()}
	p.cat = i18n.Load(p.guessLang(args))
	root := p.root(args)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	for _, f := range p.cleanup {
		f()
	}
	return p.report(err)
}

// ends are the signals that end the program in good order.
func ends() []os.Signal {
	s := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		s = append(s, syscall.SIGHUP)
	}
	return s
}

// guessLang finds the language before flags are parsed: help needs it.
func (p *program) guessLang(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	if v := p.getenv(config.EnvName("lang")); v != "" {
		return v
	}
	if f, err := config.Read(config.Locate(p.getenv, p.getenv(config.EnvName("config"))).File); err == nil && f.Lang != "" {
		return f.Lang
	}
	return i18n.Detect(p.getenv)
}

// T returns a message in the user's language.
func (p *program) T(key i18n.Key, pairs ...any) string { return p.cat.T(key, pairs...) }

// report prints an error in the user's words and returns the exit code it stands for.
func (p *program) report(err error) int {
	var u usage
	var s silent
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &s):
		return int(s)
	case errors.As(err, &u):
		fmt.Fprintln(p.err, client.SafeText(u.msg, 2000))
		fmt.Fprintln(p.err, p.T("cli.see_help"))
		return exitUsage
	}
	p.explain(err)
	switch {
	case errors.Is(err, client.ErrSignInRefused):
		return exitRefused
	case errors.Is(err, client.ErrInvalid), errors.Is(err, secret.ErrNone), errors.Is(err, app.ErrNoProfile), errors.Is(err, app.ErrDangerous),
		errors.Is(err, app.ErrOtherType), errors.Is(err, config.ErrName):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case app.IsNetwork(err):
		return exitNetwork
	}
	return exitFailed
}

// explain prints what happened, why, and what to do, a line each.
func (p *program) explain(err error) {
	what, why, todo := app.Explain(err, p.cat)
	fmt.Fprintln(p.err, p.T("cli.error", "what", what))
	for _, line := range []string{why, todo} {
		if line != "" {
			fmt.Fprintln(p.err, "  "+line)
		}
	}
	if p.flags.verbose {
		fmt.Fprintln(p.err, "  "+client.SafeText(err.Error(), 2000))
	}
}

// load reads configuration and settings once the flags are known.
func (p *program) load(cmd *cobra.Command) error {
	given := map[string]string{}
	for _, key := range config.Keys {
		if f := cmd.Flags().Lookup(key); f != nil && f.Changed {
			given[key] = f.Value.String()
		}
	}
	if p.flags.config == "" {
		p.flags.config = p.getenv(config.EnvName("config"))
	}
	if err := config.Homed(p.getenv); err != nil && cmd.Annotations["config"] != "none" {
		return err
	}
	p.paths = config.Locate(p.getenv, p.flags.config)
	file, err := config.Read(p.paths.File)
	if err != nil && cmd.Annotations["config"] == "" {
		return err
	}
	p.broken = err
	if file == nil {
		file = &config.File{}
	}
	p.file, p.settings = file, config.Resolve(given, p.getenv, file)
	if l := p.settings.Get("lang"); l != "" && l != "zh" && l != "en" {
		return usage{p.T("cli.bad_lang", "lang", l)}
	}
	if g := p.settings.Get("graphics"); g != "" && !slices.Contains(screen.Names(), g) {
		return usage{p.T("cli.bad_graphics", "name", g, "names", strings.Join(screen.Names(), ", "))}
	}
	if err := p.fullLists(cmd); err != nil {
		return err
	}
	return p.openLog()
}

// fullLists refuses list flags that were given without a value, as an unset shell variable does: left out, they would widen what is asked.
func (p *program) fullLists(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		l, isList := f.Value.(pflag.SliceValue)
		if !isList || err != nil {
			return
		}
		values := l.GetSlice()
		if len(values) == 0 || slices.ContainsFunc(values, func(s string) bool { return strings.TrimSpace(s) == "" }) {
			err = usage{p.T("cli.want_flag", "flag", "--"+f.Name)}
		}
	})
	return err
}

func (p *program) openLog() error {
	name := p.settings.Get("log")
	if name == "" {
		return nil
	}
	if err := app.FolderFor(name); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	log.SetOutput(f)
	p.cleanup = append(p.cleanup, func() { log.SetOutput(io.Discard); _ = f.Close() })
	return nil
}

func terminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && f != nil && term.IsTerminal(int(f.Fd()))
}

// interactive reports whether the user can be asked.
func (p *program) interactive() bool {
	return !p.settings.On("no-input") && terminal(p.in) && (terminal(p.err) || supervise.Is())
}

// save writes the configuration file.
func (p *program) save() error { return p.file.Write(p.paths.File) }
