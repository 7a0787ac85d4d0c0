package login

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
)

// Messages to the router about profiles.
type (
	// EditMsg asks for the dialog that changes Profile, adds one like it (Copy), or adds one from nothing (Profile empty).
	EditMsg struct {
		Profile string
		Copy    bool
	}
	// RemoveMsg asks for Profile to be removed, which the user has confirmed.
	RemoveMsg struct{ Profile string }
	// ProfilesMsg brings the profiles as they are now, and which to choose.
	ProfilesMsg struct {
		Profiles []Profile
		Choose   string
	}
)

// Untrusted is a sign-in that ended before anything was sent, because nobody vouches for the server's key.
type Untrusted struct {
	Err         error
	Fingerprint string   // SHA-256 of the key, lower-case hex; empty: another key was pinned, and this one is not to be trusted here
	Lines       []string // translated: what the server shows of itself
}

// Error implements error.
func (u *Untrusted) Error() string { return u.Err.Error() }

// Unwrap returns what failed.
func (u *Untrusted) Unwrap() error { return u.Err }

// trusting and removing are the Actions of confirmations.
type (
	trusting struct{ profile, fingerprint string }
	removing struct{ profile string }
)

func (m *Model) listBindings() []keymap.Binding {
	fixed, none := m.svc.WhyNoProfiles(), ""
	p, ok := m.profiles.Current()
	switch {
	case !ok:
		none = m.env.T("login.no_profile")
	case p.Fixed:
		none = m.env.T("login.fixed")
	}
	first := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	return []keymap.Binding{
		{ID: "login.choose", Keys: []string{"enter", "tab"}, Footer: 1, Do: m.fill},
		{ID: "login.new", Keys: []string{"n", "insert"}, Footer: 3, Reason: fixed, Do: func() tea.Cmd { return core.Send(EditMsg{}) }},
		{ID: "login.edit", Keys: []string{"e", "f4"}, Footer: 3, Reason: first(fixed, none), Do: func() tea.Cmd { return core.Send(EditMsg{Profile: p.Name}) }},
		{ID: "login.copy", Keys: []string{"c"}, Footer: 5, Reason: first(fixed, none), Do: func() tea.Cmd { return core.Send(EditMsg{p.Name, true}) }},
		{ID: "login.remove", Keys: []string{"D", "delete"}, Footer: 5, Reason: first(fixed, none), Do: m.askRemove},
		{ID: "login.test", Keys: []string{"t", "f6"}, Footer: 4, Do: m.startTest},
	}
}

// askRemove asks before a profile is forgotten. Nothing on the platform changes by it.
func (m *Model) askRemove() tea.Cmd {
	p, ok := m.profiles.Current()
	if !ok {
		return nil
	}
	d := overlay.NewConfirm(m.env, m.env.T("login.remove_title"), text.Wrap(m.env.T("login.remove_text", "name", client.SafeText(p.Name, 40)), 60), "login.remove_yes")
	d.Answers[1].Action = removing{p.Name}
	return core.Open(d, m)
}

func (m *Model) startTest() tea.Cmd {
	p, ok := m.profiles.Current()
	if !ok {
		return nil
	}
	svc, name := m.svc, p.Name
	return m.test.Start(m.env.Ctx, func(ctx context.Context) ([]string, error) { return svc.TestProfile(ctx, name) })
}

// tested shows how the server answered.
func (m *Model) tested(msg core.Loaded[[]string]) tea.Cmd {
	if !m.test.Accept(msg) {
		return nil
	}
	var lines []string
	for _, l := range msg.Value {
		lines = append(lines, text.Wrap(l, 70)...)
	}
	if msg.Err != nil {
		lines = append(lines, text.Wrap("! "+m.svc.Explain(msg.Err), 70)...)
	}
	return core.OpenUnasked(overlay.NewMessage(m.env, m.env.T("login.test_title"), lines...), m)
}

// setProfiles takes in changed profiles. What is typed stays if it is still for the same one.
func (m *Model) setProfiles(msg ProfilesMsg) tea.Cmd {
	before, _ := m.profiles.Current()
	m.profiles.SetRows(msg.Profiles)
	if msg.Choose != "" {
		m.profiles.Select(msg.Choose)
	}
	now, _ := m.profiles.Current()
	before.Note, before.Trust = now.Note, now.Trust // words, in either language
	if msg.Choose == "" && now == before {
		return nil
	}
	return m.chosen()
}

// trustWidth is the cells of a line about a key.
const trustWidth = 72

// askTrust shows an unknown key of a profile's server as ssh does: nothing was sent yet, and nothing will be unless the user says so.
func (m *Model) askTrust(u *Untrusted, profile string) core.Dialog {
	var lines []string
	for _, l := range u.Lines {
		lines = append(lines, text.Wrap(l, trustWidth)...)
	}
	if u.Fingerprint == "" {
		return overlay.NewMessage(m.env, m.env.T("login.changed_title"), lines...)
	}
	lines = append(append(lines, ""), text.Wrap(m.env.T("login.trust_text"), trustWidth)...)
	d := overlay.NewConfirm(m.env, m.env.T("login.trust_title"), lines, "login.trust_yes")
	d.Danger = true
	d.Answers[1].Action = trusting{profile, u.Fingerprint}
	return d
}

// decided goes on where a confirmation ended, or a dialog of the list.
func (m *Model) decided(msg core.DialogClosedMsg) tea.Cmd {
	switch act := msg.Action.(type) {
	case removing:
		return core.Send(RemoveMsg{act.profile})
	case trusting:
		return m.trust(act)
	}
	return m.profiles.Update(msg)
}

// trust pins the key that was shown, and signs in; not where another profile was chosen before the question came up.
func (m *Model) trust(act trusting) tea.Cmd {
	if p, ok := m.profiles.Current(); !ok || p.Name != act.profile {
		m.form.SetNote(m.env.T("login.given_up"), true)
		return nil
	}
	return m.start(act.fingerprint)
}
