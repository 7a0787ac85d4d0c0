package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/postman"
	"imagery/internal/secret"
	"imagery/internal/session"
)

// ProfileStore keeps profiles where the next start finds them.
type ProfileStore interface {
	// Save adds p, or puts it in the place of the profile that was called before.
	Save(before string, p config.Profile) error
	Remove(name string) error
}

// Errors of changing profiles.
var (
	ErrProfileExists = errors.New("app: a profile of that name exists")
	ErrProfileFixed  = errors.New("app: this profile cannot be changed")
)

// CanKeepProfiles reports whether profiles can be added and changed.
func (a *App) CanKeepProfiles() bool { return a.opts.Store != nil }

// SaveProfile adds p, or with before the name of a profile puts it in that one's place. A session on it goes on as it was until the next
// sign-in. Errors: config.Problem, ErrProfileExists, ErrProfileFixed, and those of writing.
func (a *App) SaveProfile(before string, p config.Profile) error {
	if problems := p.Check(); len(problems) > 0 {
		return problems[0]
	}
	if a.opts.Store == nil || p.Demo || before == config.DemoName || p.Name == config.DemoName {
		return ErrProfileFixed
	}
	if before != p.Name && a.profileAt(p.Name) >= 0 {
		return fmt.Errorf("%w: %s", ErrProfileExists, p.Name)
	}
	if err := a.configuring(p.Name, "profile", ProfileDetail(before, p)); err != nil {
		return err
	}
	if err := a.opts.Store.Save(before, p); err != nil {
		return err
	}
	if before != "" && before != p.Name {
		if err := a.carryOver(before, p); err != nil {
			log.Printf("what was kept of %s: %v", p.Name, err)
		}
	}
	a.putProfile(before, p, true)
	return nil
}

// ProfileDetail is what the journal says of a profile that is saved; before is its name until now, empty for a new one.
func ProfileDetail(before string, p config.Profile) map[string]string {
	d := detail{"endpoints": number(len(p.Endpoints))}.set("before", before).set("url", p.URL).set("key", p.TrustedKey).set("rules", p.Rules)
	for name, on := range map[string]bool{"insecure": p.Insecure, "readOnly": p.ReadOnly} {
		if on {
			d[name] = "true"
		}
	}
	return d
}

// putProfile puts p in the place of the profile called name. Without one it is added if add is set, and else dropped: that profile was
// removed meanwhile.
func (a *App) putProfile(name string, p config.Profile, add bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch at := slices.IndexFunc(a.opts.Profiles, called(name)); {
	case at >= 0:
		a.opts.Profiles[at] = p
	case add:
		a.opts.Profiles = append(a.opts.Profiles, p)
	}
}

func called(name string) func(config.Profile) bool {
	return func(p config.Profile) bool { return p.Name == name }
}

// RemoveProfile forgets a profile and all that is kept under its name. Errors: ErrNoProfile, ErrProfileFixed, those of writing, and when it is
// removed ErrPasswordLeft.
func (a *App) RemoveProfile(name string) error {
	if a.opts.Store == nil || name == config.DemoName {
		return ErrProfileFixed
	}
	old, ok := a.Profile(name)
	if !ok {
		return &NoProfileError{Name: name}
	}
	if err := a.configuring(name, "profile", detail{"removed": "true"}); err != nil {
		return err
	}
	left := a.forgetPasswords(name, old)
	if err := a.forget(name); err != nil { // before the profile goes, so that it can be tried again
		return errors.Join(err, left)
	}
	if err := a.opts.Store.Remove(name); err != nil {
		return errors.Join(err, left)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opts.Profiles = slices.DeleteFunc(a.opts.Profiles, called(name))
	return left
}

// Profile returns a profile by its name.
func (a *App) Profile(name string) (config.Profile, bool) {
	ps := a.Profiles()
	at := slices.IndexFunc(ps, called(name))
	if at < 0 {
		return config.Profile{}, false
	}
	return ps[at], true
}

func (a *App) profileAt(name string) int {
	return slices.IndexFunc(a.Profiles(), called(name))
}

// Reach is what a look at a server told. Nothing but a request for its first page was sent: no user name, no password.
type Reach struct {
	Status int // HTTP
	Took   time.Duration
	Skew   time.Duration // the server's clock minus the local one; zero when it sent no date
	Key    *session.Key  // nil over plain http
}

// TestProfile looks whether a profile's server answers. Over https the key is told even when it is not trusted, and then with an error.
func (a *App) TestProfile(ctx context.Context, p config.Profile) (Reach, error) {
	var r Reach
	if strings.HasPrefix(p.URL, "https://") {
		key, err := session.Inspect(ctx, p.URL)
		if err != nil {
			return r, err
		}
		r.Key = key
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
	if err != nil {
		return r, err
	}
	start := time.Now()
	res, err := a.carry(p).RoundTrip(req)
	if err != nil {
		return r, err
	}
	defer res.Body.Close()
	r.Status, r.Took = res.StatusCode, time.Since(start)
	if served, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		r.Skew = time.Until(served).Round(time.Second)
	}
	return r, nil
}

// carry returns what transports a profile's requests.
func (a *App) carry(p config.Profile) http.RoundTripper {
	w := &wire{profile: p, log: a.opts.Log, verbose: a.opts.Verbose}
	if w.log == nil {
		w.log = log.New(io.Discard, "", 0)
	}
	if a.opts.Store == nil { // not kept: no command can name it
		w.profile.Name = ""
	}
	if a.opts.Transport != nil {
		w.RoundTripper = a.opts.Transport(p)
		return w
	}
	trust := session.Trust{Key: p.TrustedKey, Insecure: p.Insecure}
	if u, err := url.Parse(p.URL); err == nil {
		trust.Host = u.Host
	}
	w.RoundTripper = session.Transport(trust)
	return w
}

// Collection reads the vendor's Postman collection at path, and with environment not empty that file for its variables. Nothing of it is
// stored before the user has seen what was understood.
func (a *App) Collection(_ context.Context, path, environment string) (*postman.Result, error) {
	f, err := os.Open(Home(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if environment == "" {
		return postman.Parse(f)
	}
	e, err := os.Open(Home(environment))
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return postman.Parse(f, e)
}

// Untrusted reports whether a connection failed because the server's certificate is not vouched for. TrustKey may mend that.
func Untrusted(err error) bool {
	if err == nil || errors.Is(err, session.ErrKeyChanged) {
		return false
	}
	key := classify(err)
	return key == "cert_unknown" || key == "cert_host" || key == "cert_expired"
}

// ServerKey returns the key that a profile's server shows. Nothing but the handshake is sent.
func (a *App) ServerKey(ctx context.Context, name string) (*session.Key, error) {
	p, ok := a.Profile(name)
	if !ok {
		return nil, &NoProfileError{Name: name}
	}
	return session.Inspect(ctx, p.URL)
}

// TrustKey pins a server's key, by its SHA-256 in lower-case hex, to a profile. From then on no other key is accepted.
func (a *App) TrustKey(name, fingerprint string) error {
	p, ok := a.Profile(name)
	if !ok {
		return &NoProfileError{Name: name}
	}
	before := p.TrustedKey
	p.TrustedKey = fingerprint
	if problems := p.Check(); len(problems) > 0 {
		return problems[0]
	}
	err := a.opts.Journal.Append(audit.Entry{Act: audit.Trust, Phase: audit.Begun, Profile: name, Detail: map[string]string{"key": fingerprint, "before": before}})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	if a.opts.Store != nil {
		if err := a.opts.Store.Save(name, p); err != nil {
			return err
		}
	}
	a.putProfile(name, p, false)
	return nil
}

// Missing lists the interfaces that a profile has no address for.
func Missing(p config.Profile) []client.Op {
	var out []client.Op
	for op := client.OpSignIn; op <= client.OpSearchAccounts; op++ {
		if _, ok := p.Endpoints[op]; !ok {
			out = append(out, op)
		}
	}
	return out
}

// Remembered returns the password kept for a user of a profile, zero if there is none. It may wait for the keyring.
func (a *App) Remembered(profile, username string) client.Secret {
	if a.opts.Keyring == nil || username == "" {
		return client.Secret{}
	}
	s, _ := a.opts.Keyring.Load(profile, username)
	return s
}

// Remember keeps the password of a user of a profile in the system's keyring, or with on false forgets it. Error: secret.ErrNoKeyring;
// the password stays in memory only then.
func (a *App) Remember(profile, username string, password client.Secret, on bool) error {
	switch {
	case a.opts.Keyring == nil && on:
		return secret.ErrNoKeyring
	case a.opts.Keyring == nil:
		return nil
	}
	kept := a.Remembered(profile, username)
	if on && kept.Reveal() == password.Reveal() || !on && kept.IsZero() { // signing in changes nothing there
		return nil
	}
	note := func(kept bool) error {
		return a.configuring(profile, "password", detail{"kept": strconv.FormatBool(kept)}.set("of", username))
	}
	if err := note(on); err != nil {
		return err
	}
	var err error
	if on {
		err = a.opts.Keyring.Store(profile, username, password)
	} else {
		err = a.opts.Keyring.Delete(profile, username)
	}
	if err != nil { // the journal is to say what is there
		err = errors.Join(err, note(!kept.IsZero()))
	}
	return err
}
