package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/config"
	"imagery/internal/session"
)

func (p *program) trust() *cobra.Command {
	var given string
	c := &cobra.Command{Use: "trust", Short: p.T("cli.trust"), Long: p.T("cli.trust_long"), Args: p.noArgs}
	c.Flags().StringVar(&given, "fingerprint", "", p.T("cli.flag.fingerprint"))
	c.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if cmd.Flags().Changed("fingerprint") {
			raw := given
			if given, err = session.ParseFingerprint(raw); err != nil {
				return usage{p.T("cli.bad_fingerprint", "value", client.SafeText(raw, 100))}
			}
		}
		prof, err := p.chosen()
		if err != nil {
			return err
		}
		if !strings.HasPrefix(prof.URL, "https://") {
			return usage{p.T("cli.trust_https")}
		}
		key, err := session.Inspect(cmd.Context(), prof.URL)
		if err != nil {
			return err
		}
		if err := p.showKey(key, prof); err != nil {
			return err
		}
		if given == "" && key.Trusted {
			return nil
		}
		return p.pin(prof, key, given)
	}
	return c
}

func (p *program) showKey(k *session.Key, prof config.Profile) error {
	if p.flags.json {
		return p.line(struct {
			*session.Key
			NotBefore string `json:"notBefore"`
			NotAfter  string `json:"notAfter"`
			Pinned    string `json:"pinned,omitempty"`
		}{k, k.NotBefore.Format(time.RFC3339), k.NotAfter.Format(time.RFC3339), prof.TrustedKey})
	}
	return p.table([]string{p.T("cli.col.key"), p.T("cli.col.value")}, [][]string{
		{p.T("cli.trust_host"), client.SafeText(k.Host, 200)},
		{p.T("cli.trust_key"), session.Printed(k.Fingerprint)},
		{p.T("cli.trust_subject"), client.SafeText(k.Subject, 200)},
		{p.T("cli.trust_issuer"), client.SafeText(k.Issuer, 200)},
		{p.T("cli.trust_valid"), k.NotBefore.Format(time.DateOnly) + " ~ " + k.NotAfter.Format(time.DateOnly)},
		{p.T("cli.trust_system"), map[bool]string{true: p.T("cli.yes"), false: p.T("cli.no")}[k.Trusted]},
		{p.T("cli.trust_pinned"), session.Printed(prof.TrustedKey)},
	})
}

// pin stores a key as the profile's, when its fingerprint was given (lower-case hex) or the user confirms it.
func (p *program) pin(prof config.Profile, k *session.Key, given string) error {
	if _, stored := p.file.Profiles[prof.Name]; !stored || p.settings.Get("url") != "" {
		p.note(p.T("cli.trust_no_profile"))
		return nil
	}
	switch {
	case given != "" && given != k.Fingerprint:
		p.note(p.T("cli.trust_other", "given", session.Printed(given), "shown", session.Printed(k.Fingerprint)))
		return silent(exitNetwork)
	case given == "" && !p.interactive():
		p.note(p.T("cli.trust_how", "command", session.TrustCommand(prof.Name, k.Fingerprint)))
		return nil
	case given == "" && !p.confirm(p.T("cli.trust_confirm")):
		p.note(p.T("cli.nothing_done"))
		return silent(exitFailed)
	}
	if err := p.newApp([]config.Profile{prof}).TrustKey(prof.Name, k.Fingerprint); err != nil {
		return err
	}
	p.note(p.T("cli.trusted", "profile", prof.Name))
	return nil
}

func (p *program) version() *cobra.Command {
	return &cobra.Command{Use: "version", Short: p.T("cli.version"), Args: p.noArgs, Annotations: noConfig, RunE: func(*cobra.Command, []string) error {
		_, err := fmt.Fprintln(p.out, "imagery "+Version)
		return err
	}}
}

func (p *program) completion() *cobra.Command {
	return &cobra.Command{
		Use: "completion bash|zsh|fish|powershell", Short: p.T("cli.completion"), Args: p.exactly(1), Annotations: noConfig, ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(p.out, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(p.out)
			case "fish":
				return cmd.Root().GenFishCompletion(p.out, true)
			case "powershell":
				return cmd.Root().GenPowerShellCompletionWithDesc(p.out)
			}
			return usage{p.T("cli.no_args", "arg", args[0])}
		},
	}
}
