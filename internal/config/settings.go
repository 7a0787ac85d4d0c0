package config

import "strings"

// Source is where a value came from.
type Source string

// The sources, the strongest first.
const (
	FromFlag    Source = "flag"
	FromEnv     Source = "env"
	FromFile    Source = "file"
	FromDefault Source = "default"
)

// Value is a setting that knows where it came from.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Source Source `json:"source"`
}

// Keys are the settings, named as their flags are.
var Keys = []string{"profile", "url", "username", "lang", "ascii", "no-motion", "high-contrast", "graphics", "accessible", "no-input", "log", "store"}

// Settings holds the value of each of Keys.
type Settings map[string]Value

// EnvName returns the environment variable of a setting: IMAGERY_NO_MOTION for "no-motion".
func EnvName(key string) string {
	return "IMAGERY_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// Resolve finds each setting: flag, then environment, then file, then default ("", which callers interpret). flags holds the flags
// that were given.
func Resolve(flags map[string]string, getenv func(string) string, f *File) Settings {
	inFile := map[string]string{"profile": f.Current, "lang": f.Lang, "ascii": yes(f.ASCII), "no-motion": yes(f.NoMotion), "high-contrast": yes(f.HighContrast), "graphics": f.Graphics, "accessible": yes(f.Accessible), "store": f.Store}
	s := Settings{}
	for _, key := range Keys {
		v := Value{Key: key, Source: FromDefault}
		if given, ok := flags[key]; ok {
			v.Value, v.Source = given, FromFlag
		} else if env := getenv(EnvName(key)); env != "" {
			v.Value, v.Source = env, FromEnv
		} else if inFile[key] != "" {
			v.Value, v.Source = inFile[key], FromFile
		}
		s[key] = v
	}
	return s
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// Get returns a setting's value.
func (s Settings) Get(key string) string { return s[key].Value }

// On reports whether a yes-or-no setting is on.
func (s Settings) On(key string) bool {
	switch strings.ToLower(s[key].Value) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}
