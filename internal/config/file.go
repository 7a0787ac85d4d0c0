package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pelletier/go-toml/v2"

	"imagery/internal/picture/screen"
)

// File is the configuration file. A file that is not there is an empty one.
type File struct {
	Current  string `toml:"current,omitempty"` // the profile last used
	Lang     string `toml:"lang,omitempty"`    // "zh" or "en"
	ASCII    bool   `toml:"ascii,omitempty"`
	NoMotion bool   `toml:"no_motion,omitempty"`
	// HighContrast is for eyes that need it.
	HighContrast bool `toml:"high_contrast,omitempty"`
	// Graphics is how pictures are shown: auto, kitty, sixel and so on, or none.
	Graphics string `toml:"graphics,omitempty"`
	// Accessible holds a conversation in plain lines in the place of screens.
	Accessible bool `toml:"accessible,omitempty"`
	// Store is where spot checks are kept: postgres://user@host/database for a team; empty for this machine's own file.
	Store string `toml:"store,omitempty"`
	// Keys replaces the keys of bindings, by the area and name that help shows: keys.accounts.goto = ["ctrl+g"].
	Keys     map[string]map[string][]string `toml:"keys,omitempty"`
	Profiles map[string]Profile             `toml:"profiles,omitempty"`

	text []byte // as it was read
}

// Read reads the file at path. Unknown keys are an error that names them, so that a typing mistake does not go unseen.
func Read(path string) (*File, error) {
	f := &File{}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	if f, err = decode(b); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBroken, path, explainTOML(err))
	}
	return f, nil
}

func decode(b []byte) (*File, error) {
	f := &File{text: b}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(f); err != nil {
		return nil, err
	}
	for name, p := range f.Profiles {
		p.Name = name
		f.Profiles[name] = p
	}
	return f, nil
}

// Parse reads a configuration from text, as Read does from a file.
func Parse(text []byte) (*File, error) {
	f, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, explainTOML(err))
	}
	return f, nil
}

// Unread returns a file with nothing understood of its text, to be mended.
func Unread(text []byte) *File { return &File{text: text} }

// Text returns the file as it was read.
func (f *File) Text() []byte { return bytes.Clone(f.text) }

// Install puts text, which the caller has parsed and checked, in the place of the file that f was read from. Error: ErrChanged.
func (f *File) Install(path string, text []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if now, err := os.ReadFile(path); err == nil && !bytes.Equal(now, f.text) {
		return ErrChanged
	}
	return replace(path, text)
}

// ErrChanged is returned by Write when the file is no longer what was read: somebody else's changes would be lost.
var ErrChanged = errors.New("config: file was changed by another program meanwhile")

// ErrBroken is matched by errors of Read about the file's content.
var ErrBroken = errors.New("config: file cannot be read")

// SyntaxError says where a configuration cannot be read: a key that is not known, or text that is not TOML.
type SyntaxError struct {
	Line, Column int    // counted from 1; 0: not known
	Key          string // the unknown one; empty when the text is not TOML
	Err          error
}

// Error implements error.
func (e *SyntaxError) Error() string {
	if e.Key != "" {
		return fmt.Sprintf("line %d: unknown key %s", e.Line, e.Key)
	}
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns what the TOML decoder said.
func (e *SyntaxError) Unwrap() error { return e.Err }

// explainTOML gives a decoding error its line and key.
func explainTOML(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		return &SyntaxError{Line: row, Key: strings.Join(strict.Errors[0].Key(), "."), Err: err}
	}
	var d *toml.DecodeError
	if errors.As(err, &d) {
		row, col := d.Position()
		return &SyntaxError{Line: row, Column: col, Err: err}
	}
	return err
}

// Write puts f in the place of the file at path, atomically, readable by its owner only. Only what differs from what was read is edited;
// comments and the order stay. A link to the file stays a link. Errors: ErrChanged, and those of writing.
func (f *File) Write(path string) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	b, err := f.edited(path)
	if err == nil {
		err = replace(path, b)
	}
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	f.text = b
	return nil
}

// edited returns the file's new text.
func (f *File) edited(path string) ([]byte, error) {
	now, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if !bytes.Equal(now, f.text) {
		return nil, ErrChanged
	}
	if b, ok := f.edit(); ok {
		return b, nil
	}
	return toml.Marshal(f) // written in a way that edit does not know: it is right at least, though without comments
}

func replace(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".config-*.toml") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// Put adds or replaces a profile.
func (f *File) Put(p Profile) {
	if f.Profiles == nil {
		f.Profiles = map[string]Profile{}
	}
	f.Profiles[p.Name] = p
}

// List returns the profiles, the one last used first, then by name.
func (f *File) List() []Profile {
	out := make([]Profile, 0, len(f.Profiles))
	for _, p := range f.Profiles {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Profile) int {
		switch {
		case (a.Name == f.Current) != (b.Name == f.Current):
			return map[bool]int{true: -1, false: 1}[a.Name == f.Current]
		case a.Name < b.Name:
			return -1
		}
		return 1
	})
	return out
}

// Problem is a setting that cannot be right. Reason is English and lower case, for logs; Key is where it stands.
type Problem struct{ Key, Reason string }

// Error implements error.
func (p Problem) Error() string { return p.Key + ": " + p.Reason }

var (
	// Spaces are for people who write "prod 2"; TOML quotes such keys.
	profileName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN]([\pL\pN._ -]{0,62}[\pL\pN._-])?$`) })
	fingerprint = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{64}$`) })
)

// ErrName is returned for a name that no profile can have.
var ErrName = errors.New("config: not a profile name")

// CheckName returns ErrName unless a profile can have that name: 1 to 64 letters, digits, dots, dashes, underscores and spaces inside,
// beginning with a letter or digit.
func CheckName(name string) error {
	if !profileName().MatchString(name) {
		return fmt.Errorf("%w: %q", ErrName, name)
	}
	return nil
}

// ValidURL reports whether s can be a platform's address: http or https with a host, and without a password.
func ValidURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// Check returns what cannot be right in a profile.
func (p Profile) Check() []Problem {
	var out []Problem
	bad := func(key, reason string) { out = append(out, Problem{"profiles." + p.Name + "." + key, reason}) }
	if !profileName().MatchString(p.Name) {
		bad("name", "must be letters, digits, dots, dashes, underscores or spaces inside")
	}
	if !ValidURL(p.URL) {
		bad("url", "must be http:// or https:// with a host and without a password")
	}
	if p.Timezone != "" {
		if _, err := time.LoadLocation(p.Timezone); err != nil {
			bad("timezone", "is not a time zone name such as Asia/Shanghai")
		}
	}
	if !slices.Contains([]string{"", "0", "1"}, p.PageBase) {
		bad("page_base", `must be "0" or "1"`)
	}
	if p.TrustedKey != "" && !fingerprint().MatchString(p.TrustedKey) {
		bad("trusted_key", "must be 64 lower-case hex digits")
	}
	if p.Rules != "" && !filepath.IsAbs(p.Rules) && !strings.HasPrefix(p.Rules, "~") {
		bad("rules", "must be an absolute path, or begin with ~")
	}
	if p.Base64Limit < 0 {
		bad("base64_limit", "must not be negative")
	}
	if p.Concurrency < 0 || p.Concurrency > MaxConcurrency {
		bad("concurrency", "must be 0 to 64")
	}
	if p.Rate < 0 || p.Rate > MaxRate {
		bad("rate", "must be 0 to 10000")
	}
	return out
}

// Check returns what cannot be right in the file.
func (f *File) Check() []Problem {
	var out []Problem
	if !slices.Contains([]string{"", "zh", "en"}, f.Lang) {
		out = append(out, Problem{"lang", "must be zh or en"})
	}
	if !slices.Contains(screen.Names(), cmp.Or(f.Graphics, screen.Auto)) {
		out = append(out, Problem{"graphics", "must be one of " + strings.Join(screen.Names(), ", ")})
	}
	if _, ok := f.Profiles[f.Current]; f.Current != "" && f.Current != DemoName && !ok {
		out = append(out, Problem{"current", "names no profile"})
	}
	for _, p := range f.List() {
		out = append(out, p.Check()...)
	}
	return out
}

// DemoName is the profile of the built-in platform; it is always there and stands in no file.
const DemoName = "demo"
