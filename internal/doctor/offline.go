package doctor

import (
	"errors"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"imagery/client"
	"imagery/internal/config"
	"imagery/internal/session"
)

// Place is the machine as far as a report speaks of it.
type Place struct {
	Version  string // of the program
	Home     string // the user's home folder; printed as ~, for it holds a name
	File     string // the configuration file
	Settings config.Settings
}

// Setting is one of the settings, safe to show, and where it came from.
type Setting struct {
	Key    string        `json:"key"`
	Value  string        `json:"value"`
	Source config.Source `json:"source"`
}

// Machine fills in the program and its configuration.
func (r *Report) Machine(p Place) {
	r.Program = Facts{{"version", p.Version}, {"os", runtime.GOOS}, {"arch", runtime.GOARCH}, {"language", r.cat.Lang()}}
	r.Config = Facts{{"path", tilde(p.File, p.Home)}}
	st, err := os.Stat(p.File)
	r.Config.add("exists", err == nil)
	if err == nil && runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 {
		r.warn("config_open", "path", tilde(p.File, p.Home))
	}
	f, err := config.Read(p.File)
	problems := []string{}
	if err != nil {
		problems = append(problems, broken(err))
		r.warn("config_broken", "detail", r.brokenIn(err))
	} else {
		for _, x := range f.Check() {
			problems = append(problems, client.SafeText(x.Error(), 200))
			r.warn("config_problem", "detail", client.SafeText(x.Error(), 200))
		}
	}
	r.Broken = len(problems) > 0
	r.Config.add("valid", !r.Broken)
	r.Config.add("problems", problems)
	r.Config.add("settings", settings(p))
}

func settings(p Place) []Setting {
	var out []Setting
	for _, key := range config.Keys {
		v := p.Settings[key]
		switch key {
		case "username":
			v.Value = masked(v.Value)
		case "url":
			v.Value = address(v.Value)
		case "store":
			v.Value = database(v.Value, p.Home)
		default:
			v.Value = client.SafeText(tilde(v.Value, p.Home), 200)
		}
		out = append(out, Setting{key, v.Value, v.Source})
	}
	return out
}

var (
	where   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bline \d+(, column \d+)?`) })
	unknown = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`unknown key [A-Za-z0-9_.\-]{1,80}`) })
)

// broken says where a configuration file cannot be read, without what stands there.
func broken(err error) string {
	parts := slices.DeleteFunc([]string{where().FindString(err.Error()), unknown().FindString(err.Error())}, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return "unreadable"
	}
	return strings.Join(parts, ": ")
}

// brokenIn is broken in the reader's language.
func (r *Report) brokenIn(err error) string {
	var syntax *config.SyntaxError
	switch {
	case !errors.As(err, &syntax):
		return broken(err)
	case syntax.Key != "":
		return r.cat.T("error.config_key", "line", syntax.Line, "key", client.SafeText(syntax.Key, 80))
	}
	return r.cat.T("error.config_toml", "line", syntax.Line, "column", syntax.Column)
}

// ProfileIs fills in the profile that is examined.
func (r *Report) ProfileIs(p config.Profile) {
	missing := []string{}
	for op := client.OpSignIn; op <= client.OpSearchAccounts; op++ {
		if _, ok := p.Endpoints[op]; !ok {
			missing = append(missing, number(int(op)))
		}
	}
	zone := p.Timezone
	if zone == "" {
		zone = "Asia/Shanghai"
	}
	base := p.PageBase
	if base == "" {
		base = "automatic"
	}
	r.Profile = Facts{
		{"name", client.SafeText(p.Name, 64)},
		{"url", address(p.URL)},
		{"demo", p.Demo},
		{"username", masked(p.Username)},
		{"systemCodeSet", p.SystemCode != ""},
		{"empCodeSet", p.EmpCode != ""},
		{"timezone", client.SafeText(zone, 60)},
		{"pageBase", base},
		{"readOnly", p.ReadOnly},
		{"insecure", p.Insecure},
		{"keyPinned", p.TrustedKey != ""},
		{"base64Limit", int(p.Base64Max())},
		{"concurrency", int(p.Concurrency)},
		{"rate", int(p.Rate)},
		{"downloadsSet", p.Downloads != ""},
		{"endpoints", len(p.Endpoints)},
		{"missing", missing},
	}
	if len(missing) > 0 {
		r.warn("no_endpoints", "ops", strings.Join(missing, ", "), "profile", client.SafeText(p.Name, 64))
	}
	if !p.ReadOnly && p.SystemCode == "" {
		r.warn("no_system_code")
	}
	if !p.ReadOnly && p.EmpCode == "" {
		r.warn("no_emp_code")
	}
	r.security(p)
}

// security fills in what is known of TLS without a connection.
func (r *Report) security(p config.Profile) {
	u, err := url.Parse(p.URL)
	r.TLS = Facts{}
	if err != nil || u.Host == "" {
		return
	}
	r.TLS.add("scheme", client.SafeText(u.Scheme, 10))
	r.TLS.add("host", client.SafeText(u.Host, 200))
	switch {
	case u.Scheme == "http" && !p.Demo:
		r.warn("plain_http")
	case u.Scheme == "https" && p.Insecure:
		r.warn("insecure", "command", session.TrustCommand(p.Name, ""))
	}
}

// NoProfile notes that there is nothing to examine beyond the machine.
func (r *Report) NoProfile() { r.warn("no_profile") }

// masked leaves a name's first character.
func masked(name string) string {
	for _, first := range client.SafeText(name, 10) {
		return string(first) + "***"
	}
	return ""
}

// address is a URL without user, query and fragment.
func address(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "invalid"
	}
	return client.SafeText((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(), 200)
}

// database is a path, or the address of a database without user and options: it may hold a password, though it must not.
func database(raw, home string) string {
	if !strings.Contains(raw, "://") {
		return client.SafeText(tilde(raw, home), 200)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "invalid"
	}
	return client.SafeText(u.Scheme+"://"+u.Host+u.Path, 200) // without a host it is a socket on this machine
}

// tilde shortens the home folder in a path.
func tilde(path, home string) string {
	rest, ok := strings.CutPrefix(path, home)
	if home == "" || !ok || rest != "" && !strings.ContainsAny(rest[:1], `/\`) {
		return client.SafeText(path, 300)
	}
	return client.SafeText("~"+rest, 300)
}
