package ui

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/config"
	"imagery/internal/session"
	"imagery/ui/internal/core"
	"imagery/ui/login"
	"imagery/ui/profiles"
)

// profiles are the platforms as the sign-in screen shows them.
func (s *service) profiles() []login.Profile {
	var out []login.Profile
	for _, p := range s.Profiles() {
		note := ""
		switch {
		case p.Demo:
			note = s.T("login.note_demo")
		case p.Insecure:
			note = s.T("login.note_insecure")
		case strings.HasPrefix(p.URL, "http://"):
			note = s.T("login.note_plain")
		case len(app.Missing(p)) > 0:
			note = s.T("login.note_endpoints", "n", len(app.Missing(p)))
		}
		out = append(out, login.Profile{
			Name: p.Name, URL: p.URL, Username: p.Username, ReadOnly: p.ReadOnly, Fixed: p.Demo, Note: note, Trust: s.trustOf(p),
		})
	}
	return out
}

// trustOf says how a profile's server is known.
func (s *service) trustOf(p config.Profile) string {
	switch {
	case !strings.HasPrefix(p.URL, "https://"):
		return ""
	case p.Insecure:
		return s.T("login.trust_any")
	case p.TrustedKey != "":
		return s.T("login.trust_pinned", "key", short(p.TrustedKey))
	}
	return s.T("login.trust_system")
}

// short is a fingerprint as people compare it at a glance.
func short(fingerprint string) string {
	if len(fingerprint) < 16 {
		return fingerprint
	}
	up := strings.ToUpper(fingerprint)
	return up[:2] + ":" + up[2:4] + ":..:" + up[len(up)-4:len(up)-2] + ":" + up[len(up)-2:]
}

// whole is a fingerprint in groups that can be read out over the telephone.
func whole(fingerprint string) string {
	var groups []string
	for i := 0; i+8 <= len(fingerprint); i += 8 {
		groups = append(groups, strings.ToUpper(fingerprint[i:i+8]))
	}
	return strings.Join(groups, " ")
}

// WhyNoProfiles returns why profiles can be neither added nor changed; empty when they can.
func (s *service) WhyNoProfiles() string {
	if s.CanKeepProfiles() {
		return ""
	}
	return s.T("login.not_kept")
}

// SignIn implements login.Service: a server that nobody vouches for is looked at, so that the user can decide.
func (s *service) SignIn(ctx context.Context, profile, username string, password client.Secret) error {
	err := s.App.SignIn(ctx, profile, username, password)
	var changed *session.KeyError
	if errors.As(err, &changed) {
		_, _, todo := app.Explain(err, s.words.Load())
		return &login.Untrusted{Err: err, Lines: []string{
			s.T("login.key_host", "host", client.SafeText(changed.Host, 80)), s.T("login.key_was", "key", whole(changed.Pinned)),
			s.T("login.key_now", "key", whole(changed.Seen)), "", todo,
		}}
	}
	if !app.Untrusted(err) {
		return err
	}
	key, e := s.ServerKey(ctx, profile)
	if e != nil {
		return err
	}
	return &login.Untrusted{Err: err, Fingerprint: key.Fingerprint, Lines: s.keyLines(key)}
}

func (s *service) keyLines(k *session.Key) []string {
	day := func(t time.Time) string { return t.Local().Format(time.DateOnly) }
	return []string{
		s.T("login.key_host", "host", client.SafeText(k.Host, 80)),
		s.T("login.key_subject", "subject", client.SafeText(k.Subject, 120), "issuer", client.SafeText(k.Issuer, 120)),
		s.T("login.key_valid", "from", day(k.NotBefore), "to", day(k.NotAfter)),
		s.T("login.key_sha", "key", whole(k.Fingerprint)),
		s.T("login.key_reason", "reason", cmp.Or(client.SafeText(k.Reason, 120), s.T("login.key_fine"))),
	}
}

// TestProfile implements login.Service.
func (s *service) TestProfile(ctx context.Context, name string) ([]string, error) {
	p, _ := s.Profile(name)
	if p.URL == "" {
		return []string{s.T("login.built_in")}, nil
	}
	r, err := s.App.TestProfile(ctx, p)
	lines := []string{client.SafeText(p.URL, 100)}
	if r.Key != nil {
		lines = append(lines, s.keyLines(r.Key)...)
	}
	if err != nil {
		return lines, err
	}
	lines = append(lines, s.T("login.test_answer", "status", r.Status, "ms", r.Took.Milliseconds()))
	if r.Skew.Abs() > 5*time.Second {
		lines = append(lines, s.T("login.test_skew", "n", int(r.Skew.Seconds())))
	}
	if n := len(app.Missing(p)); n > 0 {
		lines = append(lines, s.T("login.note_endpoints", "n", n))
	}
	return lines, nil
}

// Messages about what was done off Update, because it writes files.
type (
	signedOutMsg      struct{ profile string }
	profileRemovedMsg struct{ err error }
)

// Failed returns why the profile, or something kept under its name, is still there.
func (m profileRemovedMsg) Failed() error { return m.err }

// managed opens the dialogs that the sign-in screen asks for, and does what was decided in them. mine is false for other messages.
func (m *Model) managed(msg tea.Msg) (cmd tea.Cmd, mine bool) {
	switch msg := msg.(type) {
	case login.EditMsg:
		p, _ := m.svc.Profile(msg.Profile)
		before := p.Name
		if msg.Copy || msg.Profile == "" {
			before, p.Name = "", ""
		}
		return core.Open(profiles.NewEditor(m.env, m.svc, before, p), nil), true
	case login.RemoveMsg:
		svc, name := m.svc, msg.Profile
		return func() tea.Msg { return profileRemovedMsg{svc.RemoveProfile(name)} }, true
	case signedOutMsg:
		return m.listProfiles(msg.profile), true
	case profileRemovedMsg:
		toast := core.Toast(core.Success, m.env.T("main.profile_removed"))
		if msg.err != nil {
			toast = core.Toast(core.Failure, m.svc.Explain(msg.err))
		}
		return tea.Batch(m.listProfiles(""), toast), true // of what was kept under its name, something may be left
	}
	return nil, false
}

// listProfiles tells the sign-in screen what there is now.
func (m *Model) listProfiles(choose string) tea.Cmd {
	return core.Send(login.ProfilesMsg{Profiles: m.svc.profiles(), Choose: choose})
}
