package login

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/field"
	"imagery/ui/internal/form"
	"imagery/ui/internal/overlay"
)

// Again is the dialog that asks for the password when a session ended. The screen behind it stays as it was.
type Again struct {
	*overlay.Form
	env      *core.Env
	svc      Service
	profile  string
	user     string
	password *field.Text
	signIn   core.Load[struct{}]
}

// NewAgain returns the dialog for the session of user on profile; why says, translated, what ended it.
func NewAgain(env *core.Env, svc Service, profile, user, why string) *Again {
	d := &Again{env: env, svc: svc, profile: profile, user: user, password: field.NewText(env)}
	d.password.Password = true
	f := form.New(env, []form.Row{{ID: "password", Label: "login.password", Control: d.password, Required: true}},
		form.Button{ID: "sign_in", Label: "login.sign_in", Submit: true, Do: d.submit},
		form.Button{ID: "later", Label: "login.later", Do: func() tea.Cmd { return overlay.Close(core.Cancel{}) }})
	f.EnterSubmits = true
	d.Form = overlay.NewForm(env, env.Words("login.again"), f)
	d.Width, d.Working = 60, d.working
	d.Head = append(text.Wrap(why, d.Width-4), env.T("login.again_who", "user", client.Text(user), "profile", client.Text(profile)), "")
	return d
}

func (d *Again) submit() tea.Cmd {
	svc, profile, user, password := d.svc, d.profile, d.user, client.NewSecret(d.password.Value())
	d.Form.Form.SetNote("", false)
	return d.signIn.Start(d.env.Ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, svc.SignIn(ctx, profile, user, password)
	})
}

func (d *Again) working() (words string, stop func()) {
	if d.signIn.Busy() {
		return d.env.T("login.signing_in"), d.signIn.Stop
	}
	return "", nil
}

// Update implements core.Dialog. It closes with core.Confirm once the session is good again.
func (d *Again) Update(msg tea.Msg) (core.Action, tea.Cmd) {
	if msg, ok := msg.(core.Loaded[struct{}]); ok {
		switch {
		case !d.signIn.Accept(msg):
		case msg.Err != nil:
			d.Form.Form.SetNote(d.env.T("login.failed", "why", d.svc.Explain(msg.Err)), true)
			d.password.SetValue("")
		default:
			return core.Confirm{}, nil
		}
		return nil, nil
	}
	return d.Form.Update(msg)
}
