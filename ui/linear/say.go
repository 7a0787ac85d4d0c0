package linear

import (
	"context"
	"errors"
	"io"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/i18n"
)

// say writes one line. Whatever it is made of, a terminal can do nothing with it.
func (d *dialogue) say(line string) { d.write(client.Text(line).String() + "\n") }

func (d *dialogue) write(s string) {
	if d.out == nil {
		_, d.out = io.WriteString(d.opts.Out, s)
	}
}

// explain says what happened, why, and what to do, a line each.
func (d *dialogue) explain(err error) {
	what, why, todo := app.Explain(err, i18n.Load(d.env.Lang))
	d.say(d.t("cli.error", "what", what))
	for _, line := range []string{why, todo} {
		if line != "" {
			d.say(line)
		}
	}
}

// failed explains an error, unless it is a way out. What the user cancelled has not failed.
func (d *dialogue) failed(err error) error {
	switch {
	case errors.Is(err, errQuit) || errors.Is(err, errBack) || d.ctx.Err() != nil:
		return err
	case errors.Is(err, context.Canceled) && !errors.Is(err, client.ErrOutcomeUnknown):
		d.say(d.t("error.canceled"))
	default:
		d.explain(err)
	}
	return nil
}

// labelled says "label: value", and nothing without a value.
func (d *dialogue) labelled(label i18n.Key, value string) {
	if value != "" {
		d.say(d.t("linear.pair", "label", d.t(label), "value", value))
	}
}

// sayWho tells where the user is signed in, and with what rights.
func (d *dialogue) sayWho(s app.Session) {
	rights := d.t("ui.profile.writable")
	if s.ReadOnly {
		rights = d.t("ui.profile.readonly")
	}
	d.say(d.t("linear.signed_in", "profile", client.Text(s.Profile.Name), "user", client.Text(s.Username), "rights", rights))
}
