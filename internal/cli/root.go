package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"imagery/internal/i18n"
	"imagery/internal/picture/screen"
)

// root builds the command tree, as far as args may need it.
func (p *program) root(args []string) *cobra.Command {
	c := &cobra.Command{
		Use: "imagery", Short: p.T("cli.root"), Long: p.T("cli.root_long"), Version: Version,
		SilenceErrors: true, SilenceUsage: true, Args: p.noArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return p.load(cmd) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return p.runUI(cmd.Context()) },
	}
	c.SetOut(p.out)
	c.SetErr(p.err)
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage{p.flagFault(err)} })
	c.SetVersionTemplate("imagery {{.Version}}\n")
	c.SetUsageTemplate(p.usageTemplate())
	c.CompletionOptions.HiddenDefaultCmd = true
	c.AddGroup(&cobra.Group{ID: "work", Title: p.T("cli.group_work")}, &cobra.Group{ID: "setup", Title: p.T("cli.group_setup")})
	p.globalFlags(c.PersistentFlags())
	c.AddCommand(p.commands(args)...)
	c.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
		target, _, err := cmd.Root().Find(args)
		if err != nil {
			return usage{p.T("cli.usage", "detail", err)}
		}
		target.InitDefaultHelpFlag()
		return target.Help()
	}})
	p.localise(c)
	return c
}

// commands makes every command, or only the one that args begin with: to make them all takes longer than many of them run. The terminal program,
// which starts without args, needs none.
func (p *program) commands(args []string) (subs []*cobra.Command) {
	if len(args) == 0 {
		return nil
	}
	all := []command{
		{"demo", "work", p.demo},
		{"login", "work", p.login},
		{"accounts", "work", p.accounts},
		{"materials", "work", p.materials},
		{"download", "work", p.download},
		{"upload", "work", p.upload},
		{"archive", "work", p.archive},
		{"discard", "work", p.discard},
		{"account", "work", p.account},
		{"check", "work", p.check},
		{"sample", "work", p.sample},
		{"profile", "setup", p.profile},
		{"trust", "setup", p.trust},
		{"codes", "setup", p.codes},
		{"rules", "setup", p.rules},
		{"doctor", "setup", p.doctor},
		{"config", "setup", p.config},
		{"audit", "setup", p.audit},
		{"completion", "setup", p.completion},
		{"man", "setup", p.man},
		{"version", "setup", p.version},
	}
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] }); i >= 0 && !slices.Contains(describing, args[0]) {
		all = all[i : i+1]
	}
	for _, c := range all {
		sub := c.make()
		sub.GroupID = c.group
		subs = append(subs, sub)
	}
	return subs
}

// describing are the commands that tell of all commands.
var describing = []string{"completion", "man"}

// command is a command that is made when it is wanted.
type command struct {
	name, group string
	make        func() *cobra.Command
}

// flagFault says what is wrong with a flag.
func (p *program) flagFault(err error) string {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return p.T("cli.flag_unknown", "flag", "-"+unknown.GetSpecifiedShortnames())
	case errors.As(err, &unknown):
		return p.T("cli.flag_unknown", "flag", "--"+unknown.GetSpecifiedName())
	case errors.As(err, &bare):
		return p.T("cli.flag_bare", "flag", "--"+bare.GetFlag().Name)
	case errors.As(err, &value):
		said := p.T("cli.flag_value", "flag", "--"+value.GetFlag().Name, "value", value.GetValue())
		if form, ok := forms[value.GetFlag().Value.Type()]; ok {
			said += p.T("cli.colon") + p.T(form)
		}
		return said
	}
	return p.T("cli.usage", "detail", err)
}

// forms say what a flag's value looks like, by its type.
var forms = map[string]i18n.Key{
	"int": "cli.form.int", "int64": "cli.form.int", "uint64": "cli.form.uint", "float64": "cli.form.float", "duration": "cli.form.duration",
	"bool": "cli.form.bool", "int64Slice": "cli.form.ints",
}

// localise translates the help flags that cobra makes itself.
func (p *program) localise(c *cobra.Command) {
	c.InitDefaultHelpFlag()
	c.Flags().Lookup("help").Usage = p.T("cli.flag.help")
	if c.Version != "" {
		c.InitDefaultVersionFlag()
		c.Flags().Lookup("version").Usage = p.T("cli.flag.version")
	}
	for _, sub := range c.Commands() {
		p.localise(sub)
	}
}

func (p *program) globalFlags(f *pflag.FlagSet) {
	f.String("profile", "", p.T("cli.flag.profile"))
	f.String("url", "", p.T("cli.flag.url"))
	f.String("username", "", p.T("cli.flag.username"))
	f.StringVar(&p.flags.config, "config", "", p.T("cli.flag.config"))
	f.BoolVar(&p.flags.json, "json", false, p.T("cli.flag.json"))
	f.BoolVar(&p.flags.passwordStdin, "password-stdin", false, p.T("cli.flag.password_stdin"))
	f.Bool("no-input", false, p.T("cli.flag.no_input"))
	f.String("lang", "", p.T("cli.flag.lang"))
	f.Bool("ascii", false, p.T("cli.flag.ascii"))
	f.Bool("no-motion", false, p.T("cli.flag.no_motion"))
	f.Bool("high-contrast", false, p.T("cli.flag.high_contrast"))
	f.String("graphics", "", p.T("cli.flag.graphics", "names", strings.Join(screen.Names(), "|")))
	f.Bool("accessible", false, p.T("cli.flag.accessible"))
	f.String("log", "", p.T("cli.flag.log"))
	f.BoolVarP(&p.flags.verbose, "verbose", "v", false, p.T("cli.flag.verbose"))
	f.SortFlags = false
}

// usageTemplate is cobra's with its words translated.
func (p *program) usageTemplate() string {
	return strings.NewReplacer(
		"USAGE", p.T("cli.help.usage"), "EXAMPLES", p.T("cli.help.examples"), "COMMANDS", p.T("cli.help.commands"), "GLOBAL", p.T("cli.help.global"), "FLAGS", p.T("cli.help.flags"),
	).Replace(`USAGE
{{if .Runnable}}  {{.UseLine}}
{{end}}{{if .HasAvailableSubCommands}}  {{.CommandPath}} COMMANDS
{{end}}{{if .HasExample}}
EXAMPLES
{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{range $group := .Groups}}
{{.Title}}{{range $cmds}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if not .AllChildCommandsHaveGroup}}{{range $cmds}}{{if and (eq .GroupID "") .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{end}}{{if .HasAvailableLocalFlags}}
FLAGS
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}
GLOBAL
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}`)
}

// noArgs, exactly, atLeast and atMost are cobra's argument checks in the user's language.
func (p *program) noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return usage{p.T("cli.no_command", "name", args[0])}
	}
	return usage{p.T("cli.no_args", "arg", args[0])}
}

func (p *program) exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return usage{p.T("cli.want_args", "use", cmd.UseLine())}
	}
}

func (p *program) atLeast(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= n {
			return nil
		}
		return usage{p.T("cli.want_args", "use", cmd.UseLine())}
	}
}

func (p *program) atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return usage{p.T("cli.no_args", "arg", args[n])}
	}
}

// group is a command that only holds others.
func (p *program) group(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: p.noArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return usage{p.T("cli.want_command", "use", cmd.CommandPath())}
	}}
	c.AddCommand(subs...)
	return c
}

// need returns an error naming the first of the flags that is empty.
func (p *program) need(cmd *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if v := cmd.Flags().Lookup(name).Value.String(); strings.TrimSpace(v) == "" || v == "[]" {
			return usage{p.T("cli.want_flag", "flag", "--"+name)}
		}
	}
	return nil
}

// note prints a line for people.
func (p *program) note(s string) { fmt.Fprintln(p.err, s) }
