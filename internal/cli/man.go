package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// man prints one page that holds every command. Cobra's own generator would bring two parsers of Markdown and YAML into the binary, and
// their initialisation into the start of every command.
func (p *program) man() *cobra.Command {
	return &cobra.Command{Use: "man", Short: p.T("cli.man"), Args: p.noArgs, Annotations: noConfig, RunE: func(cmd *cobra.Command, _ []string) error {
		return manPage(p.out, cmd.Root())
	}}
}

func manPage(w io.Writer, c *cobra.Command) error {
	if c.Hidden {
		return nil
	}
	var b strings.Builder
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
	fmt.Fprintf(&b, ".TH \"%s\" \"1\" \"\" \"imagery %s\"\n", troff(strings.ToUpper(name)), troff(Version))
	manSection(&b, "NAME", name+" - "+c.Short)
	fmt.Fprintf(&b, ".SH SYNOPSIS\n\\fB%s\\fP\n", troff(c.UseLine()))
	if c.Long != "" {
		manSection(&b, "DESCRIPTION", c.Long)
	}
	c.InitDefaultHelpFlag()
	manFlags(&b, "OPTIONS", c.NonInheritedFlags())
	manFlags(&b, "GLOBAL OPTIONS", c.InheritedFlags())
	if c.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLE\n.nf\n%s\n.fi\n", troff(c.Example))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	for _, sub := range c.Commands() {
		if err := manPage(w, sub); err != nil {
			return err
		}
	}
	return nil
}

func manSection(b *strings.Builder, title, text string) {
	fmt.Fprintf(b, ".SH %s\n%s\n", title, strings.ReplaceAll(troff(text), "\n\n", "\n.PP\n"))
}

func manFlags(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		names := "--" + f.Name
		if f.Shorthand != "" {
			names = "-" + f.Shorthand + ", " + names
		}
		value, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(b, ".TP\n\\fB%s\\fP %s\n%s\n", troff(names), troff(value), troff(usage))
	})
}

// troff keeps a text from being read as requests, escapes and typographic dashes.
func troff(s string) string {
	s = strings.NewReplacer("\\", "\\e", "-", "\\-").Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = "\\&" + l
		}
	}
	return strings.Join(lines, "\n")
}
