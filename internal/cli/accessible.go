package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/secret"
	"imagery/ui/linear"
)

// canShow returns an error where there is no terminal to show screens on. Plain lines go anywhere.
func (p *program) canShow() error {
	switch {
	case p.settings.On("accessible"):
		return nil
	case !terminal(p.in) || !terminal(p.out):
		return usage{p.T("cli.want_terminal")}
	case p.getenv("TERM") == "dumb": // an editor's window, or a log of builds: it shows every escape as it is
		return usage{p.T("cli.dumb_terminal")}
	}
	return nil
}

// firstLine takes the password off the beginning of what is piped in, and nothing of the answers behind it.
func (p *program) firstLine() (err error) {
	p.flags.passwordStdin = false
	p.password, err = secret.FromReader(byteByByte{p.in})
	return err
}

// byteByByte hands a buffer above it no more than it asks for.
type byteByByte struct{ io.Reader }

// Read implements io.Reader.
func (b byteByByte) Read(buf []byte) (int, error) { return b.Reader.Read(buf[:min(1, len(buf))]) }

// converse is show in plain lines. Ctrl+C is the conversation's: the first does not end ctx there, as it does elsewhere.
func (p *program) converse(ctx context.Context, a *app.App) error {
	interrupts, stop := interruptions()
	defer stop()
	own, cancel := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer cancel()
	o := linear.Options{App: a, Lang: p.cat.Lang(), In: p.in, Out: p.out, Interrupts: interrupts, KeepLang: p.keepLang}
	if terminal(p.in) {
		o.ReadPassword = p.unseen
		if before, err := term.GetState(int(p.in.Fd())); err == nil {
			defer func() { _ = term.Restore(int(p.in.Fd()), before) }() // a password that is still waited for hides what is typed
		}
	}
	err := linear.Run(own, o)
	if e := p.remember(a.Session()); err == nil {
		err = e
	}
	return err
}

// unseen reads a password without echo; an empty one is none.
func (p *program) unseen() (client.Secret, error) {
	s, err := secret.Ask(p.in, p.out, "")
	if errors.Is(err, secret.ErrNone) {
		err = nil
	}
	return s, err
}

// interruptions receives each Ctrl+C from now on until stop is called.
func interruptions() (each <-chan struct{}, stop func()) {
	signals, out, done := make(chan os.Signal, 2), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, os.Interrupt)
	go func() {
		for {
			select {
			case <-signals:
			case <-done:
				return
			}
			select {
			case out <- struct{}{}:
			case <-done:
				return
			}
		}
	}()
	return out, func() { signal.Stop(signals); close(done) }
}
