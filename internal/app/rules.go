package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"imagery/assets"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/rules"
	"imagery/internal/text"
)

// Errors of rules files.
var (
	ErrNoRules      = errors.New("app: the profile has no rules file")
	ErrRulesChanged = errors.New("app: the rules file was changed by another program meanwhile")
	ErrRulesNowhere = errors.New("app: there is no folder for rules files")
)

// ExampleRules is the rules file that ships with the program: made for the demo, and an example for others.
func ExampleRules() ([]byte, error) { return fs.ReadFile(assets.FS, "rules/demo.toml") }

// RuleBook is the rules file of a profile, to be looked at and edited.
type RuleBook struct {
	*rules.File
	Path    string // where the file is, or will be once something is edited
	Kept    bool   // it is there
	Example bool   // the file is the one that ships with the program, and stays as it is: editing makes a copy at Path
}

// Rules returns the rules in force on the profile signed in to: those of the file it names, or else of its own file, or on the demo without
// one of the example. Errors: ErrNoRules, rules.Problems, and those of reading.
func (a *App) Rules(ctx context.Context) (*rules.Set, error) {
	b, err := a.RuleBook(ctx)
	switch {
	case err != nil:
		return nil, err
	case !b.Kept && !b.Example:
		return nil, ErrNoRules
	}
	return b.Set(), nil
}

// RuleBook returns the rules file of the profile signed in to, with the errors of Rules; without a file one that has no rules.
func (a *App) RuleBook(context.Context) (RuleBook, error) {
	c, err := a.current()
	if err != nil {
		return RuleBook{}, err
	}
	b := RuleBook{Path: a.rulesPath(c.profile), Kept: true}
	text, err := ReadRules(b.Path)
	if errors.Is(err, fs.ErrNotExist) && c.profile.Rules == "" {
		b.Kept, b.Example = false, c.profile.Demo
		if !b.Example {
			b.File = rules.NewFile()
			return b, nil
		}
		text, err = ExampleRules()
	}
	if err != nil {
		return RuleBook{Path: b.Path}, err
	}
	b.File, err = rules.ParseFile(text)
	return b, err
}

// RulesPath is where the rules of the profile signed in to are, or will be once they are edited.
func (a *App) RulesPath() string { return a.rulesPath(a.Session().Profile) }

// rulesPath is where a profile's rules are: the file it names, or its own beside the configuration.
func (a *App) rulesPath(p config.Profile) string {
	if p.Rules != "" {
		return Home(p.Rules)
	}
	if a.opts.RulesFolder == "" {
		return ""
	}
	return filepath.Join(a.opts.RulesFolder, "rules-"+strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("._ -", r) {
			return r
		}
		return '_'
	}, p.Name)+".toml")
}

// ReadRules reads a rules file as lists are read, in whatever encoding an editor or shell wrote it, and no more of it than rules may have.
func ReadRules(path string) ([]byte, error) {
	if path == "" {
		return nil, fs.ErrNotExist
	}
	return readText(path, rules.MaxBytes)
}

// readText reads a file in whatever encoding it was written; of one that is larger than most bytes, one more.
func readText(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil || int64(len(raw)) > most {
		return raw, err // too large whatever it says
	}
	return []byte(text.Decode(raw)), nil
}

// SaveRules puts an edited file, whole or not at all, in the place of the one that was read as was. A link to it stays a link, and its
// permissions stay. Errors: ErrRulesChanged, ErrRulesNowhere, ErrJournal, and those of writing.
func (a *App) SaveRules(_ context.Context, was RuleBook, f *rules.File) (RuleBook, error) {
	c, err := a.current()
	switch {
	case err != nil:
		return was, err
	case was.Path == "":
		return was, ErrRulesNowhere
	}
	path, mode := was.Path, fs.FileMode(0o600)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if st, err := os.Stat(path); err == nil {
		mode = st.Mode().Perm()
	}
	now, err := ReadRules(path)
	if there := err == nil; there != was.Kept || there && !bytes.Equal(now, was.Text) {
		return was, ErrRulesChanged
	}
	tie := ref()
	if err := c.before(audit.Configure, tie, detail{"rules": f.Set().Hash(), "rulesBefore": was.Set().Hash()}); err != nil {
		return was, err
	}
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
		err = replaceFile(path, func(w io.Writer) error { _, err := w.Write(f.Text); return err })
	}
	if err == nil && mode != 0o600 {
		err = os.Chmod(path, mode)
	}
	c.after(audit.Configure, tie, err, nil)
	if err != nil {
		return was, fmt.Errorf("writing the rules: %w", err)
	}
	return RuleBook{File: f, Path: was.Path, Kept: true}, nil
}
