package secret

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"

	"imagery/client"
)

// ErrNoKeyring is returned where the system offers no keyring, or a locked one does not answer.
var ErrNoKeyring = errors.New("secret: the system has no keyring")

const (
	keyringService = "imagery"
	keyringWait    = 3 * time.Second // a locked keyring may wait for somebody to unlock it
)

// Keyring is the operating system's store of passwords. Passwords go there only when the user asks for it. The zero value is ready.
type Keyring struct{}

// entry is the name a password is kept under.
func entry(profile, username string) string { return profile + "\x1f" + username }

// Load returns the password kept for a user of a profile. Errors: ErrNone, ErrNoKeyring.
func (Keyring) Load(profile, username string) (client.Secret, error) {
	return within(func() (client.Secret, error) {
		s, err := keyring.Get(keyringService, entry(profile, username))
		if err != nil {
			return client.Secret{}, err
		}
		return client.NewSecret(s), nil
	})
}

// Store keeps a password. Errors: ErrNoKeyring.
func (Keyring) Store(profile, username string, password client.Secret) error {
	_, err := within(func() (struct{}, error) {
		return struct{}{}, keyring.Set(keyringService, entry(profile, username), password.Reveal())
	})
	return err
}

// Delete forgets a password; one that is not there is no error. Errors: ErrNoKeyring.
func (Keyring) Delete(profile, username string) error {
	_, err := within(func() (struct{}, error) { return struct{}{}, keyring.Delete(keyringService, entry(profile, username)) })
	if errors.Is(err, ErrNone) {
		return nil
	}
	return err
}

// within runs f, but waits for it no longer than keyringWait: the libraries below take no context.
func within[T any](f func() (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	ended := make(chan result, 1)
	go func() { v, err := f(); ended <- result{v, err} }()
	ctx, cancel := context.WithTimeout(context.Background(), keyringWait)
	defer cancel()
	select {
	case r := <-ended:
		switch {
		case errors.Is(r.err, keyring.ErrNotFound):
			r.err = ErrNone
		case r.err != nil:
			r.err = fmt.Errorf("%w: %w", ErrNoKeyring, r.err)
		}
		return r.v, r.err
	case <-ctx.Done():
		return *new(T), fmt.Errorf("%w: no answer in %v", ErrNoKeyring, keyringWait)
	}
}
