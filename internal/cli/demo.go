package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/postman"
)

// What the built-in platform knows its first user by.
const (
	demoUser       = "demo"
	demoPassword   = "demo"
	demoSystemCode = "IMAGERY"
	demoEmpCode    = "0231"
)

func demoEndpoints() (client.Endpoints, error) { return postman.Demo() }

// running is what `demo --serve` leaves in the state folder, for --profile demo to find.
type running struct {
	URL string `json:"url"`
}

func (p *program) runningFile() string { return filepath.Join(p.paths.State, "demo.json") }

// demoProfile is the built-in platform: the one that `demo --serve` runs, else one started when it is needed.
func (p *program) demoProfile() (config.Profile, error) {
	prof := config.Profile{Name: config.DemoName, Username: demoUser, SystemCode: demoSystemCode, EmpCode: demoEmpCode, Demo: true, URL: p.findDemo()}
	var err error
	prof.Endpoints, err = demoEndpoints()
	return prof, err
}

// findDemo returns the address of a served demo that still answers.
func (p *program) findDemo() string {
	b, err := os.ReadFile(p.runningFile())
	var r running
	if err != nil || json.Unmarshal(b, &r) != nil {
		return ""
	}
	addr, ok := strings.CutPrefix(r.URL, "http://")
	if !ok {
		return ""
	}
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return ""
	}
	_ = conn.Close()
	return r.URL
}

// startDemo starts a platform of this process's own. Its database is kept, so that commands see what earlier ones did.
func (p *program) startDemo(ctx context.Context) (string, error) {
	p.note(p.T("cli.demo_starting"))
	return p.serveDemo(ctx, demo.Options{DataDir: filepath.Join(p.paths.Data, "demo")}, "127.0.0.1:0")
}

// serveDemo runs a platform until the program ends and returns its address.
func (p *program) serveDemo(ctx context.Context, o demo.Options, listen string) (string, error) {
	platform, err := demo.Open(ctx, o)
	if err != nil {
		return "", p.heldDemo(fmt.Errorf("starting the demo: %w", err))
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return "", errors.Join(fmt.Errorf("starting the demo: %w", err), platform.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() { defer close(ended); _ = platform.Serve(serving, l) }()
	p.cleanup = append(p.cleanup, func() { stop(); <-ended; _ = platform.Close() })
	return "http://" + l.Addr().String(), nil
}

// heldDemo says of a data folder that holds something else what it holds and what can be done.
func (p *program) heldDemo(err error) error {
	var held *demo.HeldError
	if !errors.As(err, &held) {
		return err
	}
	dir := client.SafeText(held.Dir, 300)
	switch {
	case errors.Is(held, demo.ErrNotAPlatform):
		return usage{p.T("cli.demo_foreign", "dir", dir)}
	case held.Accounts == 0:
		return usage{p.T("cli.demo_version", "dir", dir)}
	}
	return usage{p.T("cli.demo_other", "dir", dir, "seed", held.Seed, "accounts", held.Accounts)}
}

// checkDemo refuses flags that cannot be meant.
func (p *program) checkDemo(o demo.Options, latency time.Duration, listen string, serve bool) error {
	host, port, err := net.SplitHostPort(listen)
	if _, e := strconv.ParseUint(port, 10, 16); err == nil && (e != nil || strings.ContainsAny(host, " /")) {
		err = errors.Join(errors.New("bad port"), e)
	}
	switch {
	case o.TokenLife < time.Second: // a token tells its end in seconds
		return usage{p.T("cli.at_least", "flag", "--token-life", "least", time.Second, "value", o.TokenLife)}
	case latency < 0:
		return usage{p.T("cli.at_least", "flag", "--latency", "least", 0, "value", latency)}
	case !serve && p.canShow() != nil:
		return p.canShow()
	case o.Accounts < 1:
		return usage{p.T("cli.bad_accounts", "n", o.Accounts)}
	case err != nil:
		return usage{p.T("cli.bad_listen", "value", client.SafeText(listen, 100))}
	}
	return nil
}

func (p *program) demo() *cobra.Command {
	var o demo.Options
	var listen string
	var serve bool
	var latency time.Duration
	c := &cobra.Command{Use: "demo", Short: p.T("cli.demo"), Long: p.T("cli.demo_long"), Args: p.noArgs, Annotations: anyConfig}
	f := c.Flags()
	f.IntVar(&o.Accounts, "accounts", demo.DefaultAccounts, p.T("cli.flag.accounts"))
	f.Uint64Var(&o.Seed, "seed", 1, p.T("cli.flag.seed"))
	f.StringVar(&listen, "listen", "127.0.0.1:0", p.T("cli.flag.listen"))
	f.BoolVar(&serve, "serve", false, p.T("cli.flag.serve"))
	f.StringVar(&o.DataDir, "data", "", p.T("cli.flag.data"))
	f.DurationVar(&latency, "latency", 0, p.T("cli.flag.latency"))
	f.DurationVar(&o.TokenLife, "token-life", demo.DefaultTokenLife, p.T("cli.flag.token_life"))
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := p.checkDemo(o, latency, listen, serve); err != nil {
			return err
		}
		if !serve {
			if done, err := p.supervised(); done {
				return err
			}
		}
		if p.broken != nil {
			p.note(p.T("cli.demo_config_ignored", "path", client.SafeText(p.paths.File, 300)))
		}
		o.DataDir = app.Home(o.DataDir)
		if latency > 0 {
			o.Latency = func(*http.Request) time.Duration { return latency }
		}
		address, err := p.serveDemo(cmd.Context(), o, listen)
		if err != nil {
			return err
		}
		if serve {
			return p.serveUntilDone(cmd.Context(), address)
		}
		prof, err := p.demoProfile()
		if err != nil {
			return err
		}
		prof.URL = address
		return p.showDemo(cmd.Context(), prof)
	}
	return c
}

func (p *program) serveUntilDone(ctx context.Context, address string) error {
	b, err := json.Marshal(running{address})
	if err == nil {
		err = os.MkdirAll(p.paths.State, 0o700)
	}
	if err == nil {
		err = os.WriteFile(p.runningFile(), b, 0o600)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "READY %s user=%s password=%s\n", address, demoUser, demoPassword)
	<-ctx.Done()
	if now, err := os.ReadFile(p.runningFile()); err == nil && string(now) == string(b) { // not another's by now
		_ = os.Remove(p.runningFile())
	}
	return nil
}
