package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/i18n"
	"imagery/ui"
)

// anyConfig marks commands that work with a broken configuration file too.
var anyConfig = map[string]string{"config": "any"}

// noConfig marks commands that neither read nor keep anything.
var noConfig = map[string]string{"config": "none"}

func (p *program) config() *cobra.Command {
	sub := func(use, short string, run func(cmd *cobra.Command) error) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Args: p.noArgs, Annotations: anyConfig, RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd) }}
	}
	return p.group("config", p.T("cli.config"),
		sub("path", p.T("cli.config_path"), func(*cobra.Command) error {
			if p.flags.json {
				return p.line(map[string]string{"config": p.paths.File, "state": p.paths.State, "data": p.paths.Data})
			}
			_, err := fmt.Fprintln(p.out, p.paths.File)
			return err
		}),
		sub("validate", p.T("cli.config_validate"), func(*cobra.Command) error { return p.validate() }),
		sub("schema", p.T("cli.config_schema"), func(*cobra.Command) error {
			b, err := config.Schema()
			if err == nil {
				_, err = fmt.Fprintf(p.out, "%s\n", b)
			}
			return err
		}),
		sub("edit", p.T("cli.config_edit"), p.editConfig))
}

func (p *program) validate() error {
	if _, err := os.Stat(p.paths.File); errors.Is(err, fs.ErrNotExist) {
		if p.flags.config != "" { // it was named
			return err
		}
		p.note(p.T("cli.config_none", "path", client.SafeText(p.paths.File, 300)))
		return nil
	}
	f, err := config.Read(p.paths.File)
	if err != nil {
		return err
	}
	if !p.fine(f) {
		return silent(exitFailed)
	}
	p.note(p.T("cli.config_fine", "path", p.paths.File))
	return nil
}

// fine prints what cannot be right in a configuration, with lines where they are known, and reports whether there was nothing.
func (p *program) fine(f *config.File) bool {
	problems := f.Check()
	for _, x := range problems {
		where := ""
		if n := f.Line(x.Key); n > 0 {
			where = p.T("cli.config_line", "n", n) + " "
		}
		fmt.Fprintln(p.out, where+client.SafeText(x.Key, 150)+p.T("cli.colon")+app.SettingProblem(x, p.cat))
	}
	keys := ui.CheckKeys(f.Remaps())
	for _, x := range keys {
		where := ""
		if n := f.Line("keys." + x.ID); n > 0 {
			where = p.T("cli.config_line", "n", n) + " "
		}
		fmt.Fprintln(p.out, where+client.SafeText(p.keyProblem(x), 300))
	}
	return len(problems)+len(keys) == 0
}

// keyProblem says what is wrong with a remapped key.
func (p *program) keyProblem(x ui.KeyProblem) string {
	label := func(id string) string { return id + " (" + p.T(i18n.Key("key."+id)) + ")" }
	switch {
	case x.Fixed:
		return p.T("cli.key_fixed", "id", label(x.ID))
	case x.Key == "":
		return p.T("cli.key_unknown", "id", x.ID)
	case x.Other == "":
		return p.T("cli.key_bad", "id", x.ID, "key", x.Key)
	}
	return p.T("cli.key_twice", "id", label(x.ID), "key", x.Key, "other", label(x.Other))
}

// editConfig opens a copy of the configuration in the user's editor, again and again until it is right or the user gives up, and only then
// puts it in place.
func (p *program) editConfig(cmd *cobra.Command) error {
	before, err := config.Read(p.paths.File)
	if errors.Is(err, config.ErrBroken) {
		before, err = p.brokenConfig()
	}
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp("", "imagery-*.toml") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(before.Text())
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	for {
		if err := p.runEditor(cmd, tmp.Name()); err != nil {
			return err
		}
		text, err := os.ReadFile(tmp.Name())
		if err != nil {
			return err
		}
		f, err := config.Parse(text)
		switch {
		case err != nil:
			what, why, _ := app.Explain(err, p.cat)
			p.note(what + p.T("cli.colon") + why)
		case bytes.Equal(text, before.Text()):
			p.note(p.T("cli.nothing_done"))
			return nil
		case p.fine(f):
			if err := p.configuring("", "file", nil); err != nil {
				return err
			}
			if err := before.Install(p.paths.File, text); err != nil {
				return err
			}
			p.note(p.T("cli.config_saved", "path", p.paths.File))
			return nil
		}
		if !p.interactive() || !p.confirm(p.T("cli.config_again")) {
			p.note(p.T("cli.nothing_done"))
			return silent(exitFailed)
		}
	}
}

// brokenConfig is a file that cannot be read, to be mended in the editor.
func (p *program) brokenConfig() (*config.File, error) {
	text, err := os.ReadFile(p.paths.File)
	if err != nil {
		return nil, err
	}
	return config.Unread(text), nil
}

// runEditor runs $VISUAL or $EDITOR, which may hold arguments, or what every system has.
func (p *program) runEditor(cmd *cobra.Command, file string) error {
	editor := "vi"
	if runtime.GOOS == "windows" {
		editor = "notepad"
	}
	for _, name := range []string{"EDITOR", "VISUAL"} {
		if v := strings.TrimSpace(p.getenv(name)); v != "" {
			editor = v
		}
	}
	args := append(strings.Fields(editor), file)
	c := exec.CommandContext(cmd.Context(), args[0], args[1:]...)
	c.Stdin, c.Stdout, c.Stderr = p.in, p.out, p.err
	err := c.Run()
	if err == nil || cmd.Context().Err() != nil {
		return cmp.Or(cmd.Context().Err(), err)
	}
	key := i18n.Key("cli.editor_none") // it did not even start
	if errors.As(err, new(*exec.ExitError)) {
		key = "cli.editor_failed"
	}
	fmt.Fprintln(p.err, p.T("cli.error", "what", p.T(key, "editor", client.SafeText(editor, 200), "how", client.SafeText(err.Error(), 200))))
	fmt.Fprintln(p.err, "  "+p.T("cli.editor_todo"))
	return silent(exitFailed)
}
