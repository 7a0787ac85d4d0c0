package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"imagery/client"
	"imagery/internal/audit"
)

// detail is what a line says of its act: codes and ids, no names, no document numbers.
type detail map[string]string

// set adds a value unless it is empty.
func (d detail) set(key, value string) detail {
	if value != "" {
		d[key] = value
	}
	return d
}

func list(codes []string) string { return strings.Join(codes, ",") }

func number(n int) string { return strconv.Itoa(n) }

// ref returns a new tie between the two lines of an act.
func ref() string { return rand.Text()[:12] }

// before writes the line that stands before an act. Without it nothing is done.
func (c *conn) before(act audit.Act, ref string, d detail) error {
	err := c.journal.Append(audit.Entry{Act: act, Phase: audit.Begun, Ref: ref, Profile: c.profile.Name, User: c.username, Detail: d})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return nil
}

// after writes what became of an act. A failure to write is not reported: the act is done and its result matters more, and the
// journal shows a beginning without an end.
func (c *conn) after(act audit.Act, ref string, err error, d detail) {
	result := audit.OK
	switch {
	case errors.Is(err, ErrNotLooked): // the act itself was confirmed
	case errors.Is(err, client.ErrOutcomeUnknown):
		result = audit.Unknown
	case err != nil:
		result = audit.Failed
	}
	var answer *client.Error
	if result != audit.OK && errors.As(err, &answer) {
		if d == nil {
			d = detail{}
		}
		d["status"] = number(answer.Status)
	}
	_ = c.journal.Append(audit.Entry{Act: act, Phase: audit.Ended, Ref: ref, Profile: c.profile.Name, User: c.username, Result: result, Detail: d})
}

// configuring writes the line that stands before a change of what is kept of a profile.
func (a *App) configuring(profile, what string, d detail) error {
	user := ""
	if c, err := a.current(); err == nil {
		user = c.username
	}
	err := Configuring(a.opts.Journal, profile, user, what, d)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return nil
}

// Configuring writes the line that stands before a setting is changed; what names it. Nothing may be changed when it cannot be written.
func Configuring(j *audit.Journal, profile, user, what string, d map[string]string) error {
	if j == nil { // a program that only looks
		return nil
	}
	all := map[string]string{"what": what}
	maps.Copy(all, d)
	return j.Append(audit.Entry{Act: audit.Configure, Phase: audit.Begun, Profile: profile, User: user, Detail: all})
}

// reading returns the connection for a read whose line is on disk.
func (a *App) reading(act audit.Act, d detail) (*conn, error) {
	c, err := a.current()
	if err != nil {
		return nil, err
	}
	return c, c.before(act, "", d)
}

// writing returns the connection for a write, and the tie its two lines share.
func (a *App) writing(act audit.Act, d detail) (*conn, string, error) {
	c, err := a.current()
	if err != nil {
		return nil, "", err
	}
	if c.guarded() {
		return nil, "", ErrReadOnly
	}
	id := ref()
	return c, id, c.before(act, id, d)
}
