package app

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
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
	for _, user := range users {
		if password := a.Remembered(before, user); !password.IsZero() {
			errs = append(errs, a.Remember(p.Name, user, password, true), a.Remember(before, user, client.Secret{}, false))
		}
	}
	return errors.Join(errs...)
}

// forget removes all that is kept under the name of a profile, p as it was. One thing that cannot be removed does not keep the others.
func (a *App) forget(name string, p config.Profile) error {
	users, err := a.keptUsers(name, p)
	errs := []error{err}
	for _, user := range users {
		errs = append(errs, a.Remember(name, user, client.Secret{}, false))
	}
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

// keptUsers are the users who may have a password kept under a profile's name: its own, and who the journal says asked for it. Keyrings list
// nothing.
func (a *App) keptUsers(name string, p config.Profile) ([]string, error) {
	if a.opts.Keyring == nil {
		return nil, nil
	}
	kept := map[string]bool{p.Username: true}
	var err error
	if a.opts.Journal != nil {
		err = a.opts.Journal.Entries(func(e audit.Entry) bool {
			if e.Act == audit.Configure && e.Profile == name && e.Detail["what"] == "password" {
				kept[e.Detail["of"]] = e.Detail["kept"] == "true" || e.Detail["of"] == p.Username
			}
			return true
		})
	}
	var users []string
	for user, yes := range kept {
		if yes && user != "" {
			users = append(users, user)
		}
	}
	return users, err
}
