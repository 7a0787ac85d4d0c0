// Package login is the sign-in screen, and the dialog that asks for the password again when a session ended.
package login

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/grid"
	"imagery/ui/internal/keymap"
)

// Profile is one platform that can be signed in to.
type Profile struct {
	Name, URL, Username string
	Note                string // translated: what to know before trusting it with a password
	Trust               string // translated: how the server is known
	ReadOnly            bool
	Fixed               bool // cannot be changed or removed
}

// Service is what the screen needs of the program.
type Service interface {
	// SignIn signs in. An *Untrusted error brings the key that the server showed.
	SignIn(ctx context.Context, profile, username string, password client.Secret) error
	// Remembered returns the password kept in the system's keyring, zero if there is none.
	Remembered(profile, username string) client.Secret
	// Remember keeps a password there, or with on false forgets it.
	Remember(profile, username string, password client.Secret, on bool) error
	// KeepFromWriting refuses writes for the session that was just signed in, or allows them.
	KeepFromWriting(on bool)
	// TestProfile looks whether a profile's server answers, without signing in, and says so in translated lines.
	TestProfile(ctx context.Context, profile string) ([]string, error)
	// TrustKey pins a server's key to a profile.
	TrustKey(profile, fingerprint string) error
	// WhyNoProfiles returns why profiles can be neither added nor changed; empty when they can.
	WhyNoProfiles() string
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// DoneMsg tells the router that the session is there.
type DoneMsg struct{}

// Model is the screen's state.
type Model struct {
	env      *core.Env
	svc      Service
	profiles *grid.Grid[Profile]
	form     *form.Form
	user     *field.Text
	password *field.Text
	choices  *field.Checks
	onList   bool
	signIn   core.Load[outcome]
	kept     core.Load[client.Secret]
	hadKept  bool // the keyring holds this user's password
	test     core.Load[[]string]
	attempts int
	width    int // of the last View, for the mouse
	upper    int // lines of its upper panels
}

var _ core.Screen = (*Model)(nil)

// The choices: a password that is kept in the system's keyring, and a session that writes nothing.
const (
	remember = "remember"
	readOnly = "read_only"
)

// outcome is where somebody tried to sign in, and how, whatever is chosen by now.
type outcome struct {
	profile  string
	readOnly bool
	unkept   error // why the password was not kept
}

// New returns the screen with the first profile chosen.
func New(env *core.Env, svc Service, profiles []Profile) *Model {
	m := &Model{env: env, svc: svc, user: field.NewText(env), password: field.NewText(env)}
	m.password.Password = true
	m.choices = field.NewChecks(env, field.Option{Value: remember, Key: "login.remember"}, field.Option{Value: readOnly, Key: "login.read_only"})
	m.profiles = grid.New(env, grid.Config[Profile]{
		Columns: []grid.Column[Profile]{
			{ID: "name", Title: "login.col.name", Min: 8, Max: 14, Cell: func(p Profile) string { return client.Text(p.Name).String() }},
			{ID: "url", Title: "login.col.url", Min: 12, Max: -1, Priority: 1, Cell: where(env)},
		},
		Key: func(p Profile) string { return p.Name }, Empty: "login.no_profiles", NoMarks: true, Moved: m.chosen,
		Open: func(Profile) tea.Cmd { return m.focusForm() },
	})
	m.profiles.SetRows(profiles)
	m.form = form.New(env, []form.Row{
		{ID: "user", Label: "login.user", Control: m.user, Required: true},
		{ID: "password", Label: "login.password", Control: m.password, Required: true},
		{ID: "choices", Label: "login.choices", Control: m.choices, Hint: "login.choices_hint"},
	},
		form.Button{ID: "sign_in", Label: "login.sign_in", Submit: true, Do: m.submit},
		form.Button{ID: "quit", Label: "login.quit", Do: func() tea.Cmd { return core.Send(core.QuitMsg{}) }})
	m.form.EnterSubmits = true
	return m
}

func where(env *core.Env) func(Profile) string {
	return func(p Profile) string {
		if p.URL == "" {
			return env.T("login.built_in")
		}
		return client.Text(p.URL).String()
	}
}

// chosen fills in what is known of the profile: its user name, and the password if the keyring has it. A sign-in to another one ends.
func (m *Model) chosen() tea.Cmd {
	m.signIn.Stop()
	m.kept.Stop()
	p, ok := m.profiles.Current()
	if !ok {
		return nil
	}
	m.user.SetValue(p.Username)
	m.password.SetValue("")
	m.hadKept = false
	m.choices.SetValue(map[bool]string{true: readOnly}[p.ReadOnly])
	m.form.SetNote("", false)
	if p.Username == "" {
		m.form.FocusOn("user")
	} else {
		m.form.FocusOn("password")
	}
	svc, name, user := m.svc, p.Name, p.Username
	return m.kept.Start(m.env.Ctx, func(context.Context) (client.Secret, error) { return svc.Remembered(name, user), nil })
}

// fillKept puts a password from the keyring into the field, unless the user was faster.
func (m *Model) fillKept(msg core.Loaded[client.Secret]) tea.Cmd {
	if !m.kept.Accept(msg) || msg.Value.IsZero() || m.password.Value() != "" {
		return nil
	}
	m.hadKept = true
	m.password.SetValue(msg.Value.Reveal())
	m.choices.SetValue(m.choices.Value() + "," + remember)
	return nil
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return tea.Batch(m.chosen(), m.fill()) }

// fill puts the cursor where something is still to be typed.
func (m *Model) fill() tea.Cmd {
	cmd := m.focusForm()
	if m.user.Value() != "" {
		return tea.Batch(cmd, m.form.FocusOn("password"))
	}
	return cmd
}

func (m *Model) focusForm() tea.Cmd {
	m.onList = false
	m.profiles.SetFocus(false)
	return m.form.Focus()
}

func (m *Model) focusList() tea.Cmd {
	m.onList = true
	m.form.Blur()
	m.profiles.SetFocus(true)
	return nil
}

func (m *Model) submit() tea.Cmd {
	m.form.SetNote("", false)
	return m.start("")
}

// start signs in, after pinning the key of a fingerprint if there is one.
func (m *Model) start(fingerprint string) tea.Cmd {
	p, ok := m.profiles.Current()
	if !ok {
		return nil
	}
	svc, name, user, password := m.svc, p.Name, m.user.Value(), client.NewSecret(m.password.Value())
	keep := m.choices.Checked(remember)
	touch, out := keep || m.hadKept, outcome{profile: name, readOnly: m.choices.Checked(readOnly)}
	return m.signIn.Start(m.env.Ctx, func(ctx context.Context) (outcome, error) {
		if fingerprint != "" {
			if err := svc.TrustKey(name, fingerprint); err != nil {
				return out, err
			}
		}
		if err := svc.SignIn(ctx, name, user, password); err != nil || !touch {
			return out, err
		}
		out.unkept = svc.Remember(name, user, password, keep)
		return out, nil
	})
}

// Close ends what is still under way.
func (m *Model) Close() { m.signIn.Stop(); m.test.Stop(); m.kept.Stop() }

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.signIn.Busy() || m.test.Busy() }

// Back implements core.Backer: it gives up a sign-in under way, else leaves the list of profiles.
func (m *Model) Back() bool {
	switch {
	case m.signIn.Busy():
		m.signIn.Stop()
		m.form.SetNote(m.env.T("login.given_up"), true)
		return true
	case m.test.Busy():
		m.test.Stop()
		return true
	case m.onList && m.profiles.Back():
		return true
	case m.onList:
		m.focusForm()
		return true
	}
	return false
}

// Typing implements core.Screen.
func (m *Model) Typing() bool { return !m.onList && m.form.Typing() || m.profiles.Typing() }

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("login.title") }

// Status implements core.Screen.
func (m *Model) Status() string {
	switch {
	case m.signIn.Busy():
		return m.env.Spinner() + " " + m.env.T("login.signing_in")
	case m.test.Busy():
		return m.env.Spinner() + " " + m.env.T("login.testing")
	}
	return m.env.T("login.ready")
}

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[outcome]:
		return m.answered(msg)
	case core.Loaded[client.Secret]:
		return m.fillKept(msg)
	case core.Loaded[[]string]:
		return m.tested(msg)
	case ProfilesMsg:
		return m.setProfiles(msg)
	case core.DialogClosedMsg:
		return m.decided(msg)
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseClickMsg:
		return m.click(msg)
	}
	cmd, _ := m.form.Update(msg)
	return tea.Batch(cmd, m.profiles.Update(msg))
}

func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if cmd, handled := m.env.Run(m.ownBindings(), k, m.Typing()); handled {
		return cmd
	}
	if m.onList {
		return m.profiles.Update(k)
	}
	cmd, _ := m.form.Update(k)
	return cmd
}

// answered goes on with a session, or says what went wrong and leaves everything filled in.
func (m *Model) answered(msg core.Loaded[outcome]) tea.Cmd {
	if !m.signIn.Accept(msg) {
		return nil
	}
	if msg.Err == nil {
		m.password.SetValue("")
		m.svc.KeepFromWriting(msg.Value.readOnly || m.choices.Checked(readOnly)) // ticked meanwhile counts too
		if msg.Value.unkept != nil {
			return tea.Sequence(core.Send(DoneMsg{}), core.Toast(core.Warning, m.svc.Explain(msg.Value.unkept))) // a new screen takes notices away
		}
		return core.Send(DoneMsg{})
	}
	if u := (*Untrusted)(nil); errors.As(msg.Err, &u) {
		return core.OpenUnasked(m.askTrust(u, msg.Value.profile), m)
	}
	m.attempts++
	m.form.SetNote(m.env.T("login.failed", "why", m.svc.Explain(msg.Err))+"\n"+m.env.T("login.attempts", "n", m.attempts), true)
	return m.form.FocusOn("password")
}

// Bindings implements core.Screen.
func (m *Model) Bindings() []keymap.Binding {
	if m.onList {
		return append(m.ownBindings(), m.profiles.Bindings()...)
	}
	bs := m.form.Bindings()
	for i, b := range bs {
		if b.ID == "form.submit" {
			bs[i].Footer = 0 // it is there as signing in
		}
	}
	return append(m.ownBindings(), bs...)
}

func (m *Model) ownBindings() []keymap.Binding {
	if m.onList {
		there := m.env.Apply(keymap.Binding{ID: "login.switch", Keys: []string{"f2"}})[0].Keys // the same key goes back
		return append([]keymap.Binding{{ID: "login.to_form", Keys: there, Footer: 2, Do: m.focusForm}}, m.env.Apply(m.listBindings()...)...)
	}
	return m.env.Apply(
		keymap.Binding{ID: "login.switch", Keys: []string{"f2"}, Footer: 2, Do: m.focusList},
		keymap.Binding{ID: "login.sign_in", Keys: []string{"f5"}, Show: "enter", Footer: 1, Do: m.form.Submit})
}
