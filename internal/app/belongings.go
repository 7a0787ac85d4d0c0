package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/secret"
)

// carryOver has the profile p keep what is kept under its name before: else the next profile of that name would have it, passwords too.
func (a *App) carryOver(before string, p config.Profile) error {
	errs := []error{a.renameRules(before, p.Name)}
	if a.opts.State != nil {
		errs = append(errs, a.opts.State.Rename(context.Background(), before, p.Name))
	}
	if a.opts.Runs != nil {
		errs = append(errs, a.opts.Runs.Rename(context.Background(), before, p.Name))
	}
	users, err := a.keptUsers(before, p)
	errs = append(errs, err)
	for user, told := range users {
		password, err := a.kept(before, user, told)
		if err == nil && !password.IsZero() {
			err = a.Remember(p.Name, user, password, true)
		}
		if err == nil {
			err = a.Remember(before, user, client.Secret{}, false)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// ErrPasswordLeft is returned when a password is to be removed and is not, because the keyring does not answer.
var ErrPasswordLeft = errors.New("app: a password is left in the keyring")

// kept is Remembered with what kept it from being read: told is whether there has to be one, which a silent keyring does not say.
func (a *App) kept(profile, user string, told bool) (client.Secret, error) {
	password, err := a.opts.Keyring.Load(profile, user)
	if told && errors.Is(err, secret.ErrNoKeyring) {
		return password, fmt.Errorf("%w: %s: %w", ErrPasswordLeft, user, err)
	}
	return password, nil
}

// forgetPasswords removes the passwords kept under the name of a profile, p as it was. Error: ErrPasswordLeft.
func (a *App) forgetPasswords(name string, p config.Profile) error {
	users, err := a.keptUsers(name, p)
	errs := []error{err}
	for user, told := range users {
		errs = append(errs, a.forgetPassword(name, user, told))
	}
	return errors.Join(errs...)
}

// ForgetPassword removes the password kept for a user of a profile. Errors: those of Remember, ErrPasswordLeft.
func (a *App) ForgetPassword(profile, username string) error {
	users, err := a.keptUsers(profile, config.Profile{})
	return errors.Join(err, a.forgetPassword(profile, username, users[username]))
}

func (a *App) forgetPassword(profile, user string, told bool) error {
	if _, err := a.kept(profile, user, told); err != nil {
		return err
	}
	return a.Remember(profile, user, client.Secret{}, false)
}

// forget removes all else that is kept under the name of a profile. One thing that cannot be removed does not keep the others.
func (a *App) forget(name string) error {
	var errs []error
	if a.opts.State != nil {
		errs = append(errs, a.opts.State.Forget(context.Background(), name))
	}
	if a.opts.Runs != nil {
		errs = append(errs, a.opts.Runs.Forget(context.Background(), name))
	}
	if path := a.rulesPath(config.Profile{Name: name}); path != "" { // its own file; one that it names is somebody's
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// renameRules has a renamed profile keep its own rules.
func (a *App) renameRules(before, after string) error {
	from, to := a.rulesPath(config.Profile{Name: before}), a.rulesPath(config.Profile{Name: after})
	if _, err := os.Stat(from); from == to || err != nil {
		return nil
	}
	return os.Rename(from, to)
}

// keptUsers are the users who may have a password kept under a profile's name: its own, and true for those who asked for it, as the journal
// says. Keyrings list nothing.
func (a *App) keptUsers(name string, p config.Profile) (map[string]bool, error) {
	users := map[string]bool{}
	if a.opts.Keyring == nil {
		return users, nil
	}
	var err error
	if a.opts.Journal != nil {
		err = a.opts.Journal.Entries(func(e audit.Entry) bool {
			if e.Act == audit.Configure && e.Profile == name && e.Detail["what"] == "password" {
				users[e.Detail["of"]] = e.Detail["kept"] == "true"
			}
			return true
		})
	}
	maps.DeleteFunc(users, func(_ string, told bool) bool { return !told })
	if p.Username != "" && !users[p.Username] {
		users[p.Username] = false
	}
	return users, err
}
