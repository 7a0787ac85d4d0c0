package linear

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/session"
)

// signIn asks for platform, user and password until a session is there.
func (d *dialogue) signIn() error {
	for {
		p, err := d.chooseProfile()
		back := errors.Is(err, errBack)
		if err == nil {
			err = d.signInTo(p)
			back = errors.Is(err, errBack) && len(d.svc.Profiles()) == 1
		}
		switch {
		case back:
			d.say(d.t("linear.no_back"))
		case !errors.Is(err, errBack):
			return err
		}
	}
}

// chooseProfile asks which platform to go to, if there is more than one.
func (d *dialogue) chooseProfile() (config.Profile, error) {
	ps := d.svc.Profiles()
	if len(ps) == 1 {
		d.say(d.profileLine(ps[0]))
		return ps[0], nil
	}
	lines := func() (out []string) {
		for i, p := range ps {
			out = append(out, strconv.Itoa(i+1)+". "+d.profileLine(p))
		}
		return out
	}
	for _, line := range append([]string{d.t("login.profiles")}, lines()...) {
		d.say(line)
	}
	var opts []option
	for _, p := range ps {
		opts = append(opts, option{name: p.Name})
	}
	for {
		typed, err := d.ask(prompt{text: d.t("linear.choose", "title", d.t("login.profiles"), "n", len(ps)), help: lines})
		if err != nil {
			return config.Profile{}, err
		}
		if i, ok := d.chosen(opts, typed, true); ok {
			return ps[i], nil
		}
	}
}

func (d *dialogue) profileLine(p config.Profile) string {
	parts := []string{client.Text(p.Name).String(), d.t("login.built_in")}
	if p.URL != "" {
		parts[1] = client.Text(p.URL).String()
	}
	if p.ReadOnly {
		parts = append(parts, d.t("login.read_only"))
	}
	return strings.Join(parts, d.t("linear.comma"))
}

func (d *dialogue) signInTo(p config.Profile) error {
	for _, warning := range d.warnings(p) {
		d.say(warning)
	}
	user := &question{label: "login.user", value: p.Username}
	for {
		if err := d.answer(user); err != nil {
			return err
		}
		if err := d.signInAs(p.Name, user.value); !errors.Is(err, errBack) {
			return err
		}
	}
}

// signInAs asks for the password until it is the right one.
func (d *dialogue) signInAs(profile, user string) error {
	kept := d.svc.Remembered(profile, user)
	for attempts := 1; ; attempts++ {
		password, err := d.askFor(kept)
		if err != nil {
			return err
		}
		err = d.try(profile, user, password)
		if err == nil {
			return nil
		}
		if e := d.failed(err); e != nil && !errors.Is(e, errBack) {
			return e
		}
		if errors.Is(err, client.ErrSignInRefused) {
			d.say(d.t("login.attempts", "n", attempts))
		}
		kept = client.Secret{} // it was not the right one
	}
}

// warnings are what to know of a platform before trusting it with a password.
func (d *dialogue) warnings(p config.Profile) (out []string) {
	switch n := len(app.Missing(p)); {
	case p.Insecure:
		out = append(out, d.t("login.note_insecure"))
	case strings.HasPrefix(p.URL, "http://") && !p.Demo:
		out = append(out, d.t("login.note_plain"))
	case n > 0:
		out = append(out, d.t("login.note_endpoints", "n", n))
	}
	return out
}

// askFor asks for a password; with one from the keyring an empty line takes that.
func (d *dialogue) askFor(kept client.Secret) (client.Secret, error) {
	if kept.IsZero() {
		return d.askPassword(d.t("linear.password"))
	}
	s, err := d.askPassword(d.t("linear.password_kept"))
	if errors.Is(err, errBack) {
		return kept, nil
	}
	return s, err
}

// try signs in, and asks whether to trust a server that nobody vouches for.
func (d *dialogue) try(profile, user string, password client.Secret) error {
	signIn := func() error {
		_, err := run(d, "login.signing_in", nil, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, d.svc.SignIn(ctx, profile, user, password)
		})
		return err
	}
	err := signIn()
	if !app.Untrusted(err) {
		return err
	}
	d.explain(err)
	key, e := run(d, "login.testing", nil, func(ctx context.Context) (*session.Key, error) { return d.svc.ServerKey(ctx, profile) })
	if e != nil {
		return e
	}
	d.sayKey(key)
	if e := d.confirm(d.t("login.trust_yes")); e != nil {
		return e
	}
	if e := d.svc.TrustKey(profile, key.Fingerprint); e != nil {
		return e
	}
	return signIn()
}

// sayKey reads out what a server shows of itself.
func (d *dialogue) sayKey(k *session.Key) {
	day := func(t time.Time) string { return t.Local().Format(time.DateOnly) }
	d.say(d.t("login.trust_text"))
	d.say(d.t("login.key_host", "host", client.SafeText(k.Host, 80)))
	d.say(d.t("login.key_subject", "subject", client.SafeText(k.Subject, 120), "issuer", client.SafeText(k.Issuer, 120)))
	d.say(d.t("login.key_valid", "from", day(k.NotBefore), "to", day(k.NotAfter)))
	d.say(d.t("login.key_sha", "key", spelled(k.Fingerprint)))
	d.say(d.t("login.key_reason", "reason", cmp.Or(client.SafeText(k.Reason, 120), d.t("login.key_fine"))))
}

// spelled is a fingerprint in groups that can be compared by ear.
func spelled(fingerprint string) string {
	var groups []string
	for i := 0; i+4 <= len(fingerprint); i += 4 {
		groups = append(groups, strings.ToUpper(fingerprint[i:i+4]))
	}
	return strings.Join(groups, " ")
}

// signInAgain asks for the password of a session that has ended. What was going on stays as it was.
func (d *dialogue) signInAgain() error {
	d.say(d.t("linear.session_over"))
	d.say(d.t("login.again_who", "user", client.Text(d.user), "profile", client.Text(d.profile)))
	for {
		password, err := d.askPassword(d.t("linear.password"))
		if err != nil {
			return err
		}
		err = d.try(d.profile, d.user, password)
		if err == nil {
			d.say(d.t("linear.going_on"))
			return nil
		}
		if err := d.failed(err); err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}
